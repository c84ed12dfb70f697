"""Every label and sentence a user sees, in Chinese and English, from one catalogue.

The catalogue is the set of TOML files under ``config/texts/``. A key is the dotted path of tables
down to a table that holds ``zh`` and ``en``. Placeholders are ``str.format`` fields; ``{units:unit|units}`` is
the first word where ``units`` is 1 and the second elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from string import Formatter
from typing import Any

from sincerity.paths import config_dir

LANGUAGES = ("zh", "en")


class _WithPlurals(Formatter):
    """``str.format`` that also chooses between a singular and a plural."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if is_plural(format_spec):
            return chosen(format_spec, str(value))
        return super().format_field(value, format_spec)


_FORMATTER = _WithPlurals()


def text(key: str, lang: str, /, **parts: object) -> str:
    """The text of ``key`` in ``lang`` with its placeholders filled.

    Raises KeyError for a key the catalogue does not hold: a missing label is a programmer's mistake.
    """
    return filled(catalogue()[key][lang], **parts)


def filled(template: str, /, **parts: object) -> str:
    """The template with its placeholders filled; as it stands where there are no ``parts``."""
    return _FORMATTER.format(template, **parts) if parts else template


def is_plural(format_spec: str | None) -> bool:
    """Whether a placeholder's format chooses between a singular and a plural."""
    return "|" in (format_spec or "")


def chosen(format_spec: str, count: str) -> str:
    """The word of ``singular|plural`` that goes with ``count`` as it is written."""
    singular, plural = format_spec.split("|")
    return singular if count == "1" else plural


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
