"""Profile resolution on Spark: source tables in, one golden record per real person or company out.

``load_config`` reads a configuration and needs no Spark. ``run`` resolves its sources and publishes the tables,
``resolve`` gives the same tables as frames and writes nothing. Both work on a session that somebody else made, and
leave it as it was. What goes wrong is one of the errors of ``identity_spark.errors``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from identity_spark.config import Config, load_config
    from identity_spark.pipeline.dry_run import resolve
    from identity_spark.pipeline.publication import Published, run
    from identity_spark.pipeline.resolution import Resolution

__version__ = "0.1.0"
__all__ = ["Config", "Published", "Resolution", "load_config", "resolve", "run"]

_HOMES = {
    "Config": "identity_spark.config",
    "load_config": "identity_spark.config",
    "resolve": "identity_spark.pipeline.dry_run",
    "Published": "identity_spark.pipeline.publication",
    "run": "identity_spark.pipeline.publication",
    "Resolution": "identity_spark.pipeline.resolution",
}


def __getattr__(name: str) -> Any:
    """What is imported on its first use, so that a configuration can be read where there is no Spark."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
