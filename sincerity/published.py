"""A published run read back: the round's result as its folder tells it, with no look at the launch's own files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sincerity.domain import InputFile, RegisterMark, RoundResult, Source
from sincerity.manifest import read_manifest
from sincerity.settings import Settings
from sincerity.tables import read_tables

AUDIT_FILE = "audit.json"


def published_result(folder: Path) -> RoundResult:
    """The result published in ``folder``, but for the seed, which is not published, and the run's notes.

    Raises OSError or ValueError when the folder is not a whole published run.
    """
    manifest = read_manifest(folder)
    told, solution, inputs = manifest["round"], manifest["solution"], manifest["inputs"]
    return RoundResult(
        settings=_settings(manifest),
        round=told["number"],
        cutoff=datetime.fromisoformat(told["cutoff"]),
        policy=told["policy"],
        status=solution["status"],
        path=solution["path"],
        tables=read_tables(folder / "tables"),
        audit=json.loads((folder / AUDIT_FILE).read_text(encoding="utf-8")),
        sources={name: _source(source) for name, source in inputs["tables"].items()},
        files=tuple(InputFile(**file) for file in inputs["files"]),
        notes=(),
        screened_on=rebuilt(date, told["screened_on"]),
        register=rebuilt(RegisterMark, manifest["register"]),
    )


def rebuilt(kind: Any, plain: Any) -> Any:
    """``plain`` (as JSON gives it) as a value of the annotated type ``kind``: frozen dataclasses, tuples, mappings."""
    if plain is None:
        return None
    if is_dataclass(kind):
        kinds = get_type_hints(kind)
        return kind(**{name: rebuilt(kinds[name], value) for name, value in plain.items()})  # type: ignore[operator]
    inner = get_args(kind)
    if get_origin(kind) is tuple:
        return tuple(rebuilt(inner[0], value) for value in plain)
    if get_origin(kind) is Mapping:
        return {inner[0](key): rebuilt(inner[1], value) for key, value in plain.items()}
    if get_origin(kind) in (Union, UnionType):
        return rebuilt(next(kind for kind in inner if kind is not type(None)), plain)
    return kind.fromisoformat(plain) if kind in (date, datetime) else plain


def _settings(manifest: Mapping[str, Any]) -> Settings:
    return rebuilt(Settings, {**manifest["settings"], "seed": "", "sha256": manifest["settings_sha256"]})


def _source(plain: Mapping[str, Any]) -> Source:
    columns = {field: (place["column"], place["header"]) for field, place in plain["columns"].items()}
    return Source(**{**plain, "columns": columns, "extra_headers": tuple(plain["extra_headers"])})
