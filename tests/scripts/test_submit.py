"""scripts/submit and what it decides before Spark starts: a checkout whose spark-submit only tells what it was given."""

import os
import subprocess

import input_size
import pytest

PROJECT = """
project: small
sources:
  crm: {path: PATH, format: FORMAT, primary_key: id, columns: {email: mail}}
identifiers: {email: {type: email}}
rules: [{name: email, criteria: [{identifiers: email, match: exact}]}]
output: {path: out}
"""
QUICK = "-XX:TieredStopAtLevel=1"


@pytest.fixture
def submit(checkout, tmp_path):
    """What spark-submit and Java get for a job over a source of so many bytes, with options before the job."""

    def run(*options: str, size: int = 1000, path: str = "crm.parquet", kind: str = "parquet", **environment: str):
        (tmp_path / "crm.parquet").write_bytes(b"." * size)
        (tmp_path / "small.yaml").write_text(PROJECT.replace("PATH", path).replace("FORMAT", kind), "utf-8")
        command = ["scripts/submit", *options, "jobs/resolve.py", "--config", "small.yaml", "--run-id", "one"]
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("SPARK_", "IDENTITY_"))}
        done = subprocess.run(
            [checkout / command[0], *command[1:]],
            env={**clean, "JAVA_HOME": str(checkout / ".java"), **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        java = [line.removeprefix("java: ") for line in lines if line.startswith("java: ")]
        return [line for line in lines if not line.startswith("java: ")], java

    return run


def setting(java: list[str], name: str) -> list[str]:
    return [line.partition("=")[2] for line in java if line.startswith(f"-D{name}=")]


SMALL = {QUICK, "-XX:ReservedCodeCacheSize=512m", "-Dspark.sql.adaptive.enabled=false"}
TINY = {"-Dspark.sql.codegen.wholeStage=false", "-Dspark.sql.codegen.factoryMode=NO_CODEGEN"}


@pytest.mark.parametrize(
    ("records", "expected"),
    [(input_size.TINY, SMALL | TINY), (input_size.TINY + 1, SMALL), (input_size.SMALL, SMALL)],
)
def test_small_sources_get_the_settings_for_them(submit, records, expected):
    _, java = submit(size=60 * records)
    assert set(java) & (SMALL | TINY) == expected
    assert setting(java, "spark.sql.shuffle.partitions")[-1] == "2"  # the last is the one that counts
    assert setting(java, "spark.databricks.delta.snapshotPartitions")[-1] == "1"


LARGE = (
    {"size": 60 * input_size.SMALL + 60},
    {"path": "gone.parquet"},
    {"path": "s3a://bucket/crm"},
    {"kind": "parkett"},
    {"IDENTITY_SMALL": "off"},
)


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_all_others_get_those_of_one_machine(submit, case):
    _, java = submit(**case)
    assert setting(java, "spark.sql.shuffle.partitions") == ["32"]
    assert setting(java, "spark.databricks.delta.snapshotPartitions") == ["2"]
    assert not [option for option in java if option.startswith("-XX") or "adaptive" in option or "codegen" in option]


def test_options_of_the_user_come_last(submit):
    """Java and spark-submit keep the last of two; Spark keeps what it was told over what Java was."""
    mine = ("--conf", "spark.sql.shuffle.partitions=8", "--driver-java-options", "-XX:TieredStopAtLevel=4")
    given, java = submit(*mine, SPARK_SUBMIT_OPTS="-XX:ReservedCodeCacheSize=1g -Dspark.sql.adaptive.enabled=true")
    assert given[-9:] == [*mine, "jobs/resolve.py", "--config", "small.yaml", "--run-id", "one"]
    assert not [option for option in given[:-9] if option.startswith("spark.")]
    assert java[-2:] == ["-XX:ReservedCodeCacheSize=1g", "-Dspark.sql.adaptive.enabled=true"]


MASTERS = (
    (),
    ("--master", "local[3]"),
    ("--master=local",),
    ("--master", "local-cluster[1,1,1024]"),
    ("--master=yarn",),
)


@pytest.mark.parametrize("options", MASTERS, ids=" ".join)
def test_settings_are_for_one_machine(submit, options):
    given, java = submit(*options)
    assert ("local[*]" in given) == (options == ())
    assert bool(setting(java, "spark.ui.enabled")) == (options == ())
    assert (QUICK in java) == (options in MASTERS[:3])


def test_a_job_without_a_valid_configuration_may_have_any_input(capsys):
    for arguments in ([], ["--help"], ["--config"], ["--set", "a=b"], ["--config", "gone.yaml"]):
        input_size.main(arguments)
        assert capsys.readouterr() == ("large\n", "")


SIZES = (  # format, files with their bytes, about how many records
    ("csv", {"a.csv": 1000, "b.csv": 500}, 15),
    ("json", {"a.json": 1300}, 10),
    ("json", {"a.json.gz": 1300}, 80),
    ("parquet", {"day=1/a.parquet": 600, "_b=2/b.parquet": 60, "_SUCCESS": 6000, ".crc": 6000}, 11),
    ("delta", {"a.parquet": 600, "_delta_log/0.json": 6000}, 10),
)


@pytest.mark.parametrize(("kind", "sizes", "expected"), SIZES)
def test_records_are_guessed_by_format_and_size(tmp_path, kind, sizes, expected):
    for name, size in sizes.items():
        (tmp_path / "crm" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "crm" / name).write_bytes(b"." * size)
    for path in (f"{tmp_path}/crm", f"file://{tmp_path}/crm", f"file:{tmp_path}/crm", f"{tmp_path}/c[rs]?"):
        source = input_size.Source("crm", primary_key=("id",), columns={}, path=path, format=kind)
        assert sum(input_size.record_counts(source)) == pytest.approx(expected)


def test_so_may_a_table_of_a_catalog():
    assert sum(
        input_size.record_counts(input_size.Source("crm", primary_key=("id",), columns={}, table="a.b"))
    ) == float("inf")
