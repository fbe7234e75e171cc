"""Names in a catalog, of up to three parts: ``catalog.schema.table``, a part with odd characters in backticks."""

import re

PART = re.compile(r"`((?:[^`]|``)+)`|([^`.\s][^`.]*)")


def name_parts(name: str) -> list[str]:
    """The parts of ``name`` without their backticks; none where it is no name."""
    parts, at = [], 0
    while found := PART.match(name, at):
        parts.append(found[2] if found[1] is None else found[1].replace("``", "`"))
        at = found.end()
        if at == len(name):
            return parts
        if name[at] != ".":
            break
        at += 1
    return []


def quoted(name: str) -> str:
    """``name`` with each part quoted for SQL."""
    return ".".join("`" + part.replace("`", "``") + "`" for part in name_parts(name))
