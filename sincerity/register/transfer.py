"""A whole register as one file, and back: what is imported exports to the same bytes.

One JSON text per line: first what the file is, then every row of every relation in the order of its key.
The file holds personal data as the register does; keep it as carefully.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from sincerity.publish import replace_file
from sincerity.register.checks import register_problems
from sincerity.register.database import RELATIONS, RUNS
from sincerity.register.faults import RegisterFault
from sincerity.register.store import PREPARED, PUBLISHED, Register

FORMAT = "sincerity-register"
VERSION = 1
_BATCH = 500
_RELATION_OF = {relation.name: relation for relation in RELATIONS}


def export_register(register: Register, path: Path) -> int:
    """Write the launch's register to ``path`` in one step; give the number of rows."""
    if register.prepared() is not None:
        raise RegisterFault("register_at_work")
    lines = list(_lines(register))
    text = "\n".join(json.dumps(line, ensure_ascii=False, sort_keys=True) for line in lines) + "\n"

    def write(new: Path) -> None:
        new.write_bytes(text.encode())

    replace_file(path, write)
    return len(lines) - 1


def import_register(register: Register, path: Path) -> int:
    """Fill the empty register from ``path``; give the number of rows.

    RegisterFault, and nothing is kept, when the file is no register, tells of another launch, does not verify,
    or the register holds something already.
    """
    if register.runs() or register.events():
        raise RegisterFault("register_not_empty")
    header, rows = _read(path)
    if header["launch_id"] != register.launch_id:
        raise RegisterFault("register_of_other_launch", header["launch_id"], found=header["launch_id"],
                            wanted=register.launch_id)
    try:
        with register.engine.begin() as connection:
            _fill(connection, register.launch_id, rows)
    except (sql.exc.SQLAlchemyError, TypeError, ValueError, KeyError) as fault:
        raise RegisterFault("register_file_damaged", path.name, detail=str(fault).splitlines()[0]) from fault
    _keep_if_true(register, path)
    return len(rows)


def _keep_if_true(register: Register, path: Path) -> None:
    problems = register_problems(register)
    if problems:
        with register.engine.begin() as connection:
            for relation in RELATIONS:
                connection.execute(relation.delete().where(relation.c.launch_id == register.launch_id))
        raise RegisterFault("register_file_damaged", path.name, detail=problems[0].what("en"))


def _lines(register: Register) -> Iterator[Any]:
    yield {"format": FORMAT, "version": VERSION, "launch_id": register.launch_id}
    with register.engine.connect() as connection:
        for relation in RELATIONS:
            columns = [column for column in relation.columns if column.name != "launch_id"]
            query = sql.select(*columns).where(relation.c.launch_id == register.launch_id)
            rows = connection.execute(query).mappings().all()
            for row in sorted(map(_plain, rows), key=lambda row: json.dumps(_ordered(row), sort_keys=True)):
                yield [relation.name, row]


def _ordered(row: dict[str, Any]) -> list[Any]:
    """The row's values in column order, numbers written so that they sort as numbers."""
    return [f"{value:012d}" if isinstance(value, int) else value for value in row.values()]


def _plain(row) -> dict[str, Any]:
    return {name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value
            for name, value in row.items()}


def _read(path: Path) -> tuple[dict[str, Any], list[Any]]:
    try:
        first, *rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        if (first["format"], first["version"]) != (FORMAT, VERSION):
            raise ValueError(f"{first['format']} {first['version']}")
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise RegisterFault("register_file_damaged", path.name, detail=str(fault)) from fault
    return first, rows


def _fill(connection: Connection, launch_id: str, rows: list[Any]) -> None:
    for name, of_relation in groupby(rows, key=lambda row: row[0]):
        records = [{**_restored(row), "launch_id": launch_id} for _, row in of_relation]
        for start in range(0, len(records), _BATCH):
            connection.execute(_RELATION_OF[name].insert(), records[start : start + _BATCH])
    strays = sql.select(sql.func.count()).select_from(RUNS).where(
        RUNS.c.launch_id == launch_id, RUNS.c.state != PUBLISHED
    )
    if connection.execute(strays).scalar_one():
        raise ValueError(PREPARED)


def _restored(row: dict[str, Any]) -> dict[str, Any]:
    return {name: base64.b64decode(value["base64"]) if isinstance(value, dict) else value
            for name, value in row.items()}
