"""From configuration files to a ``Config``: read, merge, set, expand, check; every problem at once."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from identity_spark.config.environment import expand
from identity_spark.config.fields import check_fields
from identity_spark.config.golden import golden
from identity_spark.config.identifiers import identifiers
from identity_spark.config.keys import values
from identity_spark.config.merge import apply_settings, merge
from identity_spark.config.model import Config
from identity_spark.config.places import TOP
from identity_spark.config.problems import Problems, show
from identity_spark.config.project import country, decisions, engine, gates, guardrails, output, project
from identity_spark.config.rules import Names, rules
from identity_spark.config.section import opened
from identity_spark.config.sources import sources
from identity_spark.config.yaml_reader import UnreadableError, read_yaml
from identity_spark.errors import ConfigError

log = logging.getLogger(__name__)


def load_config(
    paths: Sequence[str | Path], settings: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Config:
    """The configuration that the files say together, later ones on top, with ``path=value`` settings last.

    Texts take ``${NAME}`` and ``${NAME:-default}`` from ``environment``, by default the process's own.
    Raises ConfigError with every problem, each one line: ``place: value; remedy``. What only looks wrong is logged.
    """
    problems = Problems()
    tree: dict[str, Any] = {}
    for content in _read(paths, problems):
        tree = merge(tree, content)
    tree = apply_settings(tree, tuple(settings), problems)
    tree = expand(tree, os.environ if environment is None else environment, problems)
    config = _config(tree, problems)
    problems.raise_any()
    for warning in problems.warnings:
        log.warning(warning)
    return config


def config_hash(config: Config) -> str:
    """SHA-256 of everything the configuration says after defaults, in hex; the same for the same meaning."""
    text = json.dumps(asdict(config), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _read(paths: Sequence[str | Path], problems: Problems) -> list[dict[str, Any]]:
    """What each file holds; stops here when one cannot be read, as the rest would only look incomplete."""
    contents = []
    unreadable = [] if paths else ["--config: missing; name at least one configuration file"]
    for path in paths:
        try:
            content = read_yaml(Path(path).read_text("utf-8-sig"), str(path), "", problems)
        except OSError as error:
            unreadable.append(f"{path}: cannot be read ({error.strerror}); check the path given by --config")
        except UnicodeDecodeError:
            unreadable.append(f"{path}: no UTF-8 text; save it as UTF-8")
        except UnreadableError as error:
            unreadable.append(str(error))
        else:
            if isinstance(content, dict):
                contents.append(content)
            elif content is not None:
                unreadable.append(f"{path}: {show(content)} is no configuration; write key: value lines")
    if unreadable:
        raise ConfigError(*unreadable)
    return contents


def _config(tree: dict[str, Any], problems: Problems) -> Config:
    top = opened(tree, "", TOP, problems)
    name, default_country = project(top), country(top, "default_country")
    found_sources, found_identifiers = sources(top), identifiers(top)
    check_fields(found_sources, found_identifiers, problems)
    names = Names.of(found_sources, found_identifiers)
    shown, verify_values = golden(top, names)
    config = Config(
        project=name,
        sources=found_sources,
        identifiers=found_identifiers,
        rules=rules(top, names),
        golden=shown,
        output=output(top),
        default_country=default_country,
        guardrails=guardrails(top, names.identifiers),
        gates=gates(top, found_sources, names.identifiers),
        engine=engine(top),
        **values(top, Config),
        overrides=decisions(top, "overrides"),
        golden_overrides=decisions(top, "golden_overrides"),
        verify_values=verify_values,
    )
    return config
