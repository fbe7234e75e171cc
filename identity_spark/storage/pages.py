"""HTML pages on this machine: files to open or to send, no part of the output."""

import os
from pathlib import Path

from identity_spark.errors import ConfigError


def write_page(folder: str, name: str, html: str) -> Path:
    """Writes ``html`` to ``<folder>/<name>.html``, whole or not at all; makes the folder. Returns the file.

    Raises ``ConfigError`` where that cannot be.
    """
    page = Path(folder) / f"{name}.html"
    unfinished = page.with_name(f".{page.name}.{os.getpid()}")
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(html, "utf-8")
        unfinished.replace(page)
    except OSError as error:
        raise ConfigError(f"--out: cannot write {page} ({error.strerror}); name a folder to write to") from error
    return page
