"""Tables of facts that ship with the project (``conf/*.yaml``): country rules, blocked values, nicknames, foldings.

A leaf like ``errors``: configuration and expressions both read facts, so neither owns them.
"""

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parent.parent / "conf"


def folder() -> Any:
    """Where the facts are: inside an installed wheel, else ``conf/`` of the checkout."""
    packaged = resources.files("identity_spark") / "conf"
    return packaged if packaged.is_dir() else CHECKOUT


@cache
def facts(name: str) -> Any:
    """The parsed content of ``conf/<name>.yaml``, read once per process; treat it as read-only."""
    return yaml.load((folder() / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
