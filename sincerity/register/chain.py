"""The event log: append-only, each entry's hash over its content and the hash before it.

Whoever knows the head knows that nothing before it was changed, left out or put in another order.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sql
from sqlalchemy.engine import Connection

from sincerity.register.database import EVENTS

GENESIS = "0" * 64  # the head of an empty log


@dataclass(frozen=True)
class Event:
    """One entry of the log. ``facts`` is JSON-ready and holds no personal data."""

    seq: int
    at: str
    kind: str
    facts: Mapping[str, Any]
    previous_sha256: str
    sha256: str


def events(connection: Connection, launch_id: str) -> tuple[Event, ...]:
    """All entries in order."""
    columns = [EVENTS.c[name] for name in ("seq", "at", "kind", "facts", "previous_sha256", "sha256")]
    query = sql.select(*columns).where(EVENTS.c.launch_id == launch_id).order_by(EVENTS.c.seq)
    rows = connection.execute(query).mappings()
    return tuple(Event(**{**row, "facts": json.loads(row["facts"])}) for row in rows)


def head(connection: Connection, launch_id: str) -> str:
    """The hash of the last entry; GENESIS of an empty log."""
    last = _last(connection, launch_id)
    return last.sha256 if last else GENESIS


def append(connection: Connection, launch_id: str, at: str, kind: str, facts: Mapping[str, Any]) -> Event:
    """Add an entry to the log and give it."""
    last = _last(connection, launch_id)
    seq, previous = (last.seq + 1, last.sha256) if last else (1, GENESIS)
    entry = Event(seq, at, kind, dict(facts), previous, entry_sha256(launch_id, seq, at, kind, facts, previous))
    connection.execute(EVENTS.insert().values(
        launch_id=launch_id, seq=seq, at=at, kind=kind, facts=_written(facts), previous_sha256=previous,
        sha256=entry.sha256,
    ))
    return entry


def broken_links(launch_id: str, entries: Iterable[Event]) -> tuple[int, ...]:
    """Numbers of the entries whose hash, place or predecessor is not what it must be."""
    broken, previous = [], GENESIS
    for place, entry in enumerate(entries, 1):
        true_hash = entry_sha256(launch_id, place, entry.at, entry.kind, entry.facts, previous)
        if (entry.seq, entry.previous_sha256, entry.sha256) != (place, previous, true_hash):
            broken.append(entry.seq)
        previous = entry.sha256
    return tuple(broken)


def entry_sha256(
    launch_id: str, seq: int, at: str, kind: str, facts: Mapping[str, Any], previous_sha256: str
) -> str:
    """The hash of an entry with this content after the one with the hash ``previous_sha256``."""
    content = _written([launch_id, seq, at, kind, facts, previous_sha256])
    return hashlib.sha256(content.encode()).hexdigest()


def _last(connection: Connection, launch_id: str):
    query = sql.select(EVENTS.c.seq, EVENTS.c.sha256).where(EVENTS.c.launch_id == launch_id)
    return connection.execute(query.order_by(EVENTS.c.seq.desc()).limit(1)).first()


def _written(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
