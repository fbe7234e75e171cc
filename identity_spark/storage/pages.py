"""HTML pages on this machine: files to open or to send, no part of the output."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from identity_spark.errors import ConfigError


def make_pages_folder(folder: str) -> Path:
    """``folder``, made if missing; raises ``ConfigError`` where no page could be written to it."""
    path = Path(folder)
    with _refusing(path):
        path.mkdir(parents=True, exist_ok=True)
    if not os.access(path, os.W_OK):
        raise ConfigError(f"--out: cannot write to {path}; name a folder to write to")
    return path


def write_page(folder: Path, name: str, html: str) -> Path:
    """Writes ``html`` to ``<folder>/<name>.html``, whole or not at all; returns the file."""
    page = folder / f"{name}.html"
    unfinished = folder / f".{page.name}.{os.getpid()}"
    with _refusing(page):
        unfinished.write_text(html, "utf-8")
        unfinished.replace(page)
    return page


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(f"--out: cannot write to {path} ({error.strerror}); name a folder to write to") from error
