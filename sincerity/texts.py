"""Every label and sentence a user sees, in Chinese and English, from one catalogue.

The catalogue is the set of TOML files under ``config/texts/``. A key is the dotted path of tables
down to a table that holds ``zh`` and ``en``. Placeholders are ``str.format`` fields.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from sincerity.paths import config_dir

LANGUAGES = ("zh", "en")


def text(key: str, lang: str, /, **parts: object) -> str:
    """The text of ``key`` in ``lang`` with its placeholders filled.

    Raises KeyError for a key the catalogue does not hold: a missing label is a programmer's mistake.
    """
    template = catalogue()[key][lang]
    return template.format(**parts) if parts else template


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All texts: key → {"zh": …, "en": …}."""
    entries: dict[str, Mapping[str, str]] = {}
    for path in sorted((config_dir() / "texts").glob("*.toml")):
        for key, entry in texts_in(path.stem).items():
            if key in entries:
                raise ValueError(f"text {key!r} stands twice in config/texts (again in {path.name})")
            entries[key] = entry
    return entries


@cache
def texts_in(name: str) -> Mapping[str, Mapping[str, str]]:
    """The texts of ``config/texts/<name>.toml`` alone: the command line answers ``--help`` without reading them all."""
    path = config_dir() / "texts" / f"{name}.toml"
    entries = dict(_leaves(tomllib.loads(path.read_text(encoding="utf-8")), ()))
    for key, entry in entries.items():
        if set(entry) != set(LANGUAGES):
            raise ValueError(f"text {key!r} in {path.name} must hold exactly zh and en")
    return entries


def _leaves(node: Mapping[str, Any], path: tuple[str, ...]):
    if all(isinstance(value, str) for value in node.values()):
        yield ".".join(path), node
        return
    for name, child in node.items():
        yield from _leaves(child, (*path, name))
