"""The pages for people: their snippets run as written, in a folder that looks like a fresh checkout; what they link to,
name and say of commands and tables is there.

A block below ``<!-- runnable -->`` is run; one below ``<!-- printed -->`` is what it prints, where a line ``...`` stands
for any lines. Pages are run in the order of ``RUN``, each in what those before it left.
"""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from outputs import rows
from pyspark.sql.types import StructType

from identity_spark import schemas
from identity_spark.schemas import TABLES

ROOT = Path(__file__).resolve().parent.parent
PAGES = {str(page.relative_to(ROOT)): page.read_text("utf-8") for page in sorted(ROOT.glob("[!.]*/**/*.md"))}
PAGES |= {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "CHANGELOG.md")}
RUN = ("README.md", "jobs/README.md", "conf/operations.md")  # the first by itself, for it is what a reader does
MARKED = re.compile(r"^<!-- (runnable|printed) -->\n```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SCRIPT = re.compile(r"(?<![\w./$-])(?:scripts|jobs)/(?!NAME)[\w/]+(?:\.\w+)?")
COMMAND = re.compile(r"^[^#\n]*?(?P<file>(?:scripts|jobs)/(?:\w+/)?\w+\.py)(?P<rest>[^\n#|]*)", re.MULTILINE)
ROOM = re.compile(r"`((?:audit|config|expressions|pipeline|stages|storage|tests)/[\w/]*(?:\.py)?)`")
FILE = re.compile(r"write\(\s*f?\"([a-z][a-z_]*?)_?\d*[\"{]")  # the name of a working file, less its number
GOLDEN = re.compile(r"^\| (\w{8}-[-\w]+) \| (\S+) \| (\S+) \|", re.MULTILINE)  # a row of the table of golden records
QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m"  # short jobs: compile little
ENVIRONMENT = {**os.environ, "JAVA_TOOL_OPTIONS": QUICK}


def snippets(page: str) -> list[tuple[str, str, str | None]]:
    """Language and text of what is to be run, and what the page says that it prints; None where it does not say."""
    found: list[tuple[str, str, str | None]] = []
    for mark, language, text in MARKED.findall(PAGES[page]):
        if mark == "runnable":
            found.append((language, text, None))
        else:
            found[-1] = (*found[-1][:2], text)
    return found


def differs(printed: str, said: str) -> bool:
    """Whether ``printed`` is not what a page ``said``."""
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "..." else f"{re.escape(line)}\n" for line in said.splitlines())
    return re.fullmatch(pattern, printed) is None


def without_blocks(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", BLOCK.sub("", text))


@cache
def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A folder with all that the commands find in a checkout, and nothing that they make."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("scripts", "jobs", "identity_spark", "conf", "requirements.txt", ".venv", ".spark"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture(scope="module")
def steps(checkout) -> list[str]:
    """What each step of the README printed."""
    found = []
    for _, text, _ in snippets("README.md"):
        done = subprocess.run(
            ["bash", "-e"], input=text, cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stderr}"
        found.append(done.stdout)
    return found


@pytest.fixture(scope="module")
def further(steps, checkout) -> list[str]:
    """What each snippet of the other pages printed after the five steps."""
    wanted, printed = checkout / "snippets.json", checkout / "printed.json"
    wanted.write_text(json.dumps([(language, text) for page in RUN[1:] for language, text, _ in snippets(page)]))
    command = ["scripts/submit", str(ROOT / "tests" / "support" / "run_snippets.py"), wanted.name, printed.name]
    done = subprocess.run(command, cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    found = json.loads(printed.read_text("utf-8")) if printed.exists() else []
    assert done.returncode == 0, f"{found[-1:]}\n{done.stderr}"
    return found


@pytest.mark.slow
def test_five_steps_lead_to_golden_records(steps):
    said = [said for _, _, said in snippets("README.md")]
    assert len(steps) == 5
    assert [line is None for line in said] == [True, True, False, True, False]
    assert [(printed, line) for printed, line in zip(steps, said, strict=True) if line and differs(printed, line)] == []


@pytest.mark.slow
def test_the_golden_records_shown_are_those_made(steps, checkout):
    made = {
        r["dinmo_id"]: (r["email"], r["last_name"]) for r in rows(checkout / "lake" / "identity", "identity_golden")
    }
    assert {dinmo_id: tuple(shown) for dinmo_id, *shown in GOLDEN.findall(PAGES["jobs/README.md"])} == made


@pytest.mark.slow
def test_every_other_snippet_runs_and_prints_what_its_page_says(further):
    said = [said for page in RUN[1:] for _, _, said in snippets(page)]
    assert len([line for line in said if line]) >= 8
    wrong = [(printed, line) for printed, line in zip(further, said, strict=True) if line and differs(printed, line)]
    assert wrong == []


def test_a_line_of_dots_stands_for_any_lines():
    assert not differs("a\nb\nc\n", "a\n...\n")
    assert not differs("a\n", "a\n  ...\n")
    assert differs("a\nb\nc\n", "a\n...\nd\n")
    assert differs("a (b)\n", "a .b.\n")


def test_marks_stand_above_blocks_of_pages_that_are_run():
    """A mark that is not right above its block, or in a page that nobody runs, would be passed over."""
    for page, text in PAGES.items():
        assert len(re.findall(r"<!-- (?:runnable|printed)", text)) == (len(MARKED.findall(text)) if page in RUN else 0)
    assert {page: bool(snippets(page)) for page in RUN} == dict.fromkeys(RUN, True)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str):
    lost = []
    for link in LINK.findall(without_blocks(PAGES[page])):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_page_is_reached_from_the_readme():
    reached, left = set(), ["README.md"]
    while left:
        page = left.pop()
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(without_blocks(PAGES[page])))
        targets = {os.path.relpath((ROOT / page).parent / link, ROOT) for link in links if link.endswith(".md")}
        left += sorted(targets - reached)
    assert reached == {*PAGES}


def test_every_script_and_job_named_exists():
    named = {(page, name) for page, text in PAGES.items() if page != "CHANGELOG.md" for name in SCRIPT.findall(text)}
    assert len(named) > 40
    assert [(page, name) for page, name in sorted(named) if not (ROOT / name.rstrip("/")).exists()] == []


def test_every_job_and_script_has_its_place():
    jobs = {file.stem for file in (ROOT / "jobs").glob("*.py")}
    assert jobs <= anchors(ROOT / "jobs" / "README.md")
    scripts = {file.name for file in (ROOT / "scripts").iterdir() if file.is_file()} - {"README.md"}
    assert [name for name in sorted(scripts) if f"`{name}`" not in PAGES["scripts/README.md"]] == []


def test_every_option_shown_is_one_that_the_command_takes():
    shown: dict[str, set[str]] = {}
    for text in PAGES.values():
        for _, block in BLOCK.findall(text):
            for command in COMMAND.finditer(block.replace("\\\n", " ")):
                options = shown.setdefault(command["file"], set())
                options |= set(re.findall(r"(?<=\s)--[a-z][\w-]*", command["rest"]))
    shown = {file: options for file, options in shown.items() if options}
    assert len(shown) >= 12
    for file, options in shown.items():
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, ROOT / file, "--help"], env=environment, capture_output=True, text=True, check=True
        )
        assert options - set(re.findall(r"--[a-z][\w-]*", done.stdout)) == set(), file


def test_the_readme_is_short_and_has_every_table():
    assert len(PAGES["README.md"].splitlines()) <= 200
    assert [table for table in TABLES if f"| `{table}` |" not in PAGES["README.md"]] == []


def test_the_page_of_the_code_has_every_hand_over_and_working_file():
    page = PAGES["identity_spark/README.md"]
    handed_over = {name for name, schema in vars(schemas).items() if isinstance(schema, StructType)}
    assert len(handed_over) > 30
    assert sorted(handed_over - set(re.findall(r"`([A-Z_]+)`", page))) == []
    places = [ROOT / "identity_spark" / "pipeline", ROOT / "identity_spark" / "storage" / "known.py"]
    code = [file for place in places for file in ([place] if place.suffix else place.rglob("*.py"))]
    written = {name for file in code for name in FILE.findall(file.read_text("utf-8"))}
    assert len(written) > 30
    assert [name for name in sorted(written) if not re.search(rf"`{name}(?:_N)?`", page)] == []


def test_the_page_of_the_code_names_rooms_that_are_there():
    named = set(ROOM.findall(PAGES["identity_spark/README.md"]))
    assert len(named) > 20
    places = {name: ROOT / ("" if name.startswith("tests/") else "identity_spark") / name for name in named}
    assert [name for name, place in sorted(places.items()) if not place.exists()] == []
