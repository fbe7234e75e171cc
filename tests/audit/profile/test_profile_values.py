"""profile_values in process: what it prints, what it refuses, and that it writes nothing."""

import pytest

from identity_spark.audit.profile.values import profile_values
from identity_spark.config import load_config
from identity_spark.errors import InputError

CONFIG = """
project: small
sources: {{crm: {{path: {folder}/crm.csv, format: csv, options: {{header: "true"}}, primary_key: id, columns: {{email: mail}}}}}}
identifiers: {{email: {{type: email, max_records_per_value: 2}}}}
rules: [{{name: email, criteria: [{{identifiers: email, match: exact}}]}}]
output: {{path: {folder}/out}}
"""


@pytest.fixture
def profile(spark, tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG.format(folder=tmp_path), "utf-8")

    def run(rows: str) -> str:
        (tmp_path / "crm.csv").write_text("id,mail\n" + rows, "utf-8")
        config = load_config([tmp_path / "c.yaml"], environment={})
        try:
            return profile_values(spark, config, 5)
        finally:
            assert not (tmp_path / "out").exists()

    return run


def test_shared_values_of_records_with_a_key_of_their_own(profile):
    text = profile("1,desk@x.io\n2,DESK@x.io\n3,desk@x.io\n4,a@x.io\n5,a@x.io\n6,b@x.io\n6,b@x.io\n,c@x.io\n,c@x.io\n")
    assert [line.split() for line in text.splitlines()] == [
        ["email"],
        ["records", "sources", "last", "names", "value"],
        ["3", "1", '"desk@x.io"'],
        ["2", "1", '"a@x.io"'],
        [],
        [
            "#",
            "proposed:",
            *[
                "look",
                "at",
                "each,",
                "then",
                "lay",
                "this",
                "over",
                "the",
                "configuration",
                "(a",
                "second",
                "--config)",
            ],
        ],
        ["identifiers:"],
        ["email:"],
        ["blocked:"],
        ["-", '"desk@x.io"'],
    ]


@pytest.mark.parametrize(("rows", "problem"), [("", "no rows to read"), ("1,\n2,\n", "every identifier is null")])
def test_a_source_without_values_is_an_error(profile, rows, problem):
    with pytest.raises(InputError, match=f"sources.crm: {problem}"):
        profile(rows)
