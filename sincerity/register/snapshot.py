"""A launch's input in two parts: what a run rests on, without any person's data, and the personal data apart.

The first part is normalised: no source rows, rows in the order of their content, so that a sheet sorted
otherwise is the same snapshot. It holds buyer ids only; erasing a person changes none of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.domain import INPUT_TABLES, Launch
from sincerity.schema import Column, Schema

PEOPLE = Schema("people", (
    Column("buyer_id", "str"),
    Column("field", "str"),  # name, phone, note, answer
    Column("about", "str"),  # what a note or an answer belongs to
    Column("content", "str", personal=True),
))


def impersonal(schema: Schema) -> Schema:
    """The input table's schema without personal columns and source rows."""
    kept = tuple(column for column in schema.columns if not column.personal and column.name != "source_row")
    return Schema(schema.name, kept, schema.key)


SNAPSHOT_TABLES = tuple(impersonal(schema) for schema in INPUT_TABLES)


def snapshot(launch: Launch) -> Mapping[str, pd.DataFrame]:
    """The launch's input tables without personal data, each in the order of its content."""
    return {schema.name: _normalised(schema, getattr(launch, schema.name)) for schema in SNAPSHOT_TABLES}


def people(launch: Launch) -> pd.DataFrame:
    """PEOPLE of the launch: every name, phone, note and answer, each once."""
    buyers, acts, answers = launch.buyers, launch.touchpoints, launch.answers
    moment = acts["at"].dt.strftime("%Y-%m-%d %H:%M:%S").fillna("").astype("str")
    parts = [
        _facts(buyers["buyer_id"], "name", "", buyers["name"]),
        _facts(buyers["buyer_id"], "phone", "", buyers["phone"]),
        _facts(acts["buyer_id"], "note", moment + " " + acts["kind"], acts["note"]),
        _facts(answers["buyer_id"], "answer", answers["question"], answers["answer"]),
    ]
    return _normalised(PEOPLE, pd.concat(parts, ignore_index=True)).drop_duplicates(ignore_index=True)


def _facts(buyer_ids: pd.Series, field: str, about: pd.Series | str, content: pd.Series) -> pd.DataFrame:
    facts = pd.DataFrame({"buyer_id": buyer_ids, "field": field, "about": about, "content": content})
    return facts[facts["content"] != ""]


def _normalised(schema: Schema, frame: pd.DataFrame) -> pd.DataFrame:
    return schema.frame(frame.sort_values(schema.names, kind="stable"))
