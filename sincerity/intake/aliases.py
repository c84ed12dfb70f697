"""The words by which tables, columns, choices and units of measure are recognised, from ``config/columns.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sincerity.domain import INPUT_TABLES
from sincerity.paths import config_dir
from sincerity.schema import Schema

_MARKS = re.compile(r"[\s_\-*:·./\\#'\"“”,、]+")


@dataclass(frozen=True)
class Wrapping:
    """What may stand before and after a whole number, and which words before it make it negative."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True)
class Aliases:
    """Every recognised word, already in the form ``key`` gives: word → what it stands for."""

    tables: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]  # table → word → field
    ignored: Mapping[str, frozenset[str]]  # table → headers the launch has chosen to leave aside
    choices: Mapping[tuple[str, str], Mapping[str, str]]  # (table, field) → word → value
    measures: Mapping[str, Mapping[str, float]]  # unit → word → factor
    around: Mapping[str, Wrapping]  # field → wrapping
    own_sheets: frozenset[str]  # sheets of our own form that hold no data
    totals: frozenset[str]
    blanks: frozenset[str]
    labels: Mapping[tuple[str, str], str]  # (table, field or "") → the Chinese name messages use


def key(text: str) -> str:
    """``text`` without what makes no difference: width, case, spaces, line breaks, joining marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


@cache
def shipped_aliases() -> Aliases:
    """The words that ship with the program."""
    return build_aliases(shipped_words())


def shipped_words() -> dict[str, Any]:
    """``config/columns.toml`` as it stands."""
    return tomllib.loads((config_dir() / "columns.toml").read_text(encoding="utf-8"))


def build_aliases(*layers: Mapping[str, Any]) -> Aliases:
    """The words of all ``layers``; where two layers differ about a word, the later layer wins.

    ValueError when one layer gives a word to two things, or names a table, field or value that does not exist.
    """
    for layer in layers:
        _named(dict.fromkeys(layer, ()), ("tables", "measures", "around", "words"), "columns.toml")
    return Aliases(
        tables=_laid_over(_table_names(layer) for layer in layers),
        columns={s.name: _laid_over(_column_names(layer, s) for layer in layers) for s in INPUT_TABLES},
        ignored={s.name: frozenset(_ignored(layers, s.name)) for s in INPUT_TABLES},
        choices={
            (s.name, c.name): _laid_over(_choice_names(layer, s, c.name) for layer in layers)
            for s in INPUT_TABLES for c in s.columns if c.choices
        },
        measures=_measures(layers),
        around=_wrappings(layers),
        own_sheets=frozenset(_words(layers, "own_sheets")),
        totals=frozenset(_words(layers, "totals")),
        blanks=frozenset(_marks(layers, "blanks")),
        labels=_labels(layers[0]),
    )


def mark(text: str) -> str:
    """The form in which signs for "empty" such as ``-`` or ``N/A`` are compared: joining marks stay."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _laid_over(layers: Iterable[Mapping[str, str]]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for layer in layers:
        merged.update(layer)
    return merged


def _named(meanings: Mapping[str, Iterable[str]], known: Iterable[str], where: str) -> dict[str, str]:
    """word → meaning; every meaning's own name is a word for it."""
    words: dict[str, str] = {}
    allowed = list(known)
    for meaning, names in meanings.items():
        if meaning not in allowed:
            raise ValueError(f"{where}: {meaning!r} is not one of {', '.join(allowed)}")
        for word in {key(name): name for name in (meaning, *names)}:
            if words.setdefault(word, meaning) != meaning:
                raise ValueError(f"{where}: {word!r} stands for {words[word]} and for {meaning}")
    return words


def _table_names(layer: Mapping[str, Any]) -> dict[str, str]:
    names = {table: part.get("names", ()) for table, part in layer.get("tables", {}).items()}
    return _named(names, (schema.name for schema in INPUT_TABLES), "tables")


def _column_names(layer: Mapping[str, Any], schema: Schema) -> dict[str, str]:
    columns = layer.get("tables", {}).get(schema.name, {}).get("columns", {})
    return _named(columns, (name for name in schema.names if name != "source_row"), f"tables.{schema.name}.columns")


def _choice_names(layer: Mapping[str, Any], schema: Schema, field: str) -> dict[str, str]:
    choices = layer.get("tables", {}).get(schema.name, {}).get("choices", {})
    return _named(choices.get(field, {}), schema.column(field).choices, f"tables.{schema.name}.choices.{field}")


def _ignored(layers: Iterable[Mapping[str, Any]], table: str) -> Iterable[str]:
    for layer in layers:
        yield from map(key, layer.get("tables", {}).get(table, {}).get("ignore", ()))


def _measures(layers: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    units: dict[str, dict[str, float]] = {}
    for layer in layers:
        for unit, words in layer.get("measures", {}).items():
            units.setdefault(unit, {}).update({key(word): float(factor) for word, factor in words.items()})
    return units


def _wrappings(layers: Iterable[Mapping[str, Any]]) -> dict[str, Wrapping]:
    fields: dict[str, Wrapping] = {}
    for layer in layers:
        for field, part in layer.get("around", {}).items():
            fields[field] = Wrapping(**{side: tuple(map(mark, words)) for side, words in part.items()})
    return fields


def _words(layers: Iterable[Mapping[str, Any]], name: str) -> Iterable[str]:
    for layer in layers:
        yield from map(key, layer.get("words", {}).get(name, ()))


def _marks(layers: Iterable[Mapping[str, Any]], name: str) -> Iterable[str]:
    for layer in layers:
        yield from map(mark, layer.get("words", {}).get(name, ()))


def _labels(layer: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    labels: dict[tuple[str, str], str] = {}
    for table, part in layer.get("tables", {}).items():
        labels[table, ""] = part["names"][0]
        for field, names in part["columns"].items():
            labels[table, field] = names[0]
    return labels
