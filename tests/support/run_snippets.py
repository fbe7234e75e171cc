"""Runs snippets of the documents one after the other in one Spark session, in the folder that it is started in.

scripts/submit run_snippets.py SNIPPETS RESULTS

SNIPPETS is a JSON list of [language, text]. ``sh``: jobs run here, as ``scripts/submit`` would run them, anything else by
bash. ``python``: with ``spark``. ``sql``: the tables of the output are views, and so is ``mailing``. RESULTS: what each
printed; a snippet that fails ends the list with what went wrong.
"""

import io
import json
import runpy
import shlex
import subprocess
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path

from identity_spark.schemas import TABLES
from identity_spark.storage import session

OUTPUT = "lake/identity"
MAILING = "SELECT min(dinmo_id) AS dinmo_id FROM identity_golden"  # a table elsewhere that holds ids


def shell(text: str) -> None:
    commands = [shlex.split(line, comments=True) for line in text.replace("\\\n", " ").splitlines()]
    if any(command[:1] not in ([], ["scripts/submit"]) for command in commands):
        print(subprocess.run(["bash", "-e"], input=text, capture_output=True, text=True, check=True).stdout, end="")
        return
    for _, job, *arguments in filter(None, commands):
        sys.argv = [job, *arguments]
        try:
            runpy.run_path(job, run_name="__main__")
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"{job} ended with exit code {end.code}") from None


def python(text: str) -> None:
    exec(text, {"spark": session.get_session("snippets")})


def sql(text: str) -> None:
    spark = session.get_session("snippets")
    for table in TABLES:
        spark.read.format("delta").load(f"{OUTPUT}/{table}").createOrReplaceTempView(table)
    spark.sql(MAILING).createOrReplaceTempView("mailing")
    for statement in filter(str.strip, text.split(";")):
        spark.sql(statement).show(truncate=False)


def main(snippets: Path, results: Path) -> None:
    found: list[str] = []
    for language, text in json.loads(snippets.read_text("utf-8")):
        printed = io.StringIO()
        try:
            with redirect_stdout(printed):
                {"sh": shell, "python": python, "sql": sql}[language](text)
        except Exception:
            results.write_text(json.dumps([*found, f"{text}\n{printed.getvalue()}\n{traceback.format_exc()}"]), "utf-8")
            sys.exit(1)
        found.append(printed.getvalue())
    results.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
