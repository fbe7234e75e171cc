"""A configuration that loads, and what is said when one thing in it is changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from identity_spark.config import Config, load_config
from identity_spark.errors import ConfigError

CUSTOMERS = Path(__file__).parent / "customers.yaml"


@pytest.fixture
def load() -> Callable[..., Config]:
    """The example with overrides, in an empty environment."""
    return lambda *overrides: load_config([CUSTOMERS], overrides, {})


@pytest.fixture
def problems() -> Callable[..., list[str]]:
    """Every problem that the example has with these overrides; none when it loads."""

    def found(*overrides: str, environment: dict[str, str] | None = None) -> list[str]:
        try:
            load_config([CUSTOMERS], overrides, environment or {})
        except ConfigError as error:
            return list(error.problems)
        return []

    return found


@pytest.fixture
def load_texts(tmp_path: Path) -> Callable[..., Config]:
    """What these YAML texts say, each as a file of its own: 0.yaml, 1.yaml ..."""

    def loaded(*texts: str, environment: dict[str, str] | None = None) -> Config:
        for n, text in enumerate(texts):
            (tmp_path / f"{n}.yaml").write_text(text, "utf-8")
        return load_config([tmp_path / f"{n}.yaml" for n in range(len(texts))], (), environment or {})

    return loaded


@pytest.fixture
def minimal() -> str:
    """The shortest configuration that loads: everything else is a default."""
    return """
        project: small
        sources: {crm: {path: crm, primary_key: id, columns: {email: mail, city: town}}}
        identifiers: {email: {type: email}}
        rules: [{name: email, criteria: [{identifiers: email}]}]
        output: {path: lake}
    """
