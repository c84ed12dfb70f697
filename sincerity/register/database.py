"""The register's relations and how to reach them: an SQLite file in the launch folder, or a PostgreSQL server.

Only this package knows SQLAlchemy. Every relation is keyed by launch, so that one server holds a group's launches.
Times are local and kept as ISO texts, so that a register moved to another machine is the same to the bit.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sql
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from sincerity.register.faults import RegisterFault

REGISTER_FILE = "register.sqlite"

_metadata = sql.MetaData()


def _relation(name: str, *columns: sql.Column) -> sql.Table:
    return sql.Table(name, _metadata, sql.Column("launch_id", sql.Text, primary_key=True), *columns)


ROUNDS = _relation(
    "rounds",
    sql.Column("number", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("cutoff", sql.Text, nullable=False),
    sql.Column("purpose", sql.Text, nullable=False),
    sql.Column("event", sql.Text, nullable=False),
)
RUNS = _relation(
    "runs",
    sql.Column("run_no", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("run", sql.Text, nullable=False),  # the folder's name under out/runs
    sql.Column("state", sql.Text, nullable=False),  # prepared, published
    sql.Column("round", sql.Integer, nullable=False),
    sql.Column("cutoff", sql.Text, nullable=False),
    sql.Column("screened_on", sql.Text, nullable=False),
    sql.Column("policy", sql.Text, nullable=False),
    sql.Column("status", sql.Text, nullable=False),
    sql.Column("previous_run", sql.Text, nullable=False),
    sql.Column("settings_sha256", sql.Text, nullable=False),
    sql.Column("plan_sha256", sql.Text, nullable=False),
    sql.Column("contents_sha256", sql.Text, nullable=False),
    sql.Column("manifest_sha256", sql.Text, nullable=False),  # "" while prepared
)
CONTENTS = _relation(
    "contents",
    sql.Column("run_no", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("part", sql.Text, primary_key=True),  # input, output
    sql.Column("name", sql.Text, primary_key=True),
    sql.Column("sha256", sql.Text, nullable=False),
)
BLOBS = _relation(
    "blobs",
    sql.Column("sha256", sql.Text, primary_key=True),
    sql.Column("content", sql.LargeBinary, nullable=False),
)
EVENTS = _relation(
    "events",
    sql.Column("seq", sql.Integer, primary_key=True, autoincrement=False),
    sql.Column("at", sql.Text, nullable=False),
    sql.Column("kind", sql.Text, nullable=False),  # run, recovered, rollback, erased
    sql.Column("facts", sql.Text, nullable=False),  # JSON
    sql.Column("previous_sha256", sql.Text, nullable=False),
    sql.Column("sha256", sql.Text, nullable=False),
)
PEOPLE_FACTS = sql.Table(
    "people", _metadata,
    sql.Column("launch_id", sql.Text, nullable=False),
    sql.Column("buyer_id", sql.Text, nullable=False),
    sql.Column("field", sql.Text, nullable=False),  # name, phone, note, answer; erased
    sql.Column("about", sql.Text, nullable=False),
    sql.Column("content", sql.Text, nullable=False),
    sql.Index("people_by_buyer", "launch_id", "buyer_id"),
)
RELATIONS = (ROUNDS, RUNS, CONTENTS, BLOBS, EVENTS, PEOPLE_FACTS)


def sqlite_engine(path: Path) -> Engine:
    """The register in the file ``path``, made when it is not there. What is deleted there is overwritten."""
    engine = sql.create_engine(sql.URL.create("sqlite", database=str(path)), poolclass=NullPool)
    event.listen(engine, "connect", _secure)
    return _with_relations(engine)


def server_engine(url: str, password: str | None = None) -> Engine:
    """The register on a server. RegisterFault when the address is wrong, the driver missing or nobody answers."""
    try:
        address = make_url(url)
        engine = sql.create_engine(address.set(password=password) if password else address, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as fault:
        raise RegisterFault("register_url_unusable", url, detail=str(fault)) from fault
    return _with_relations(engine)


def _with_relations(engine: Engine) -> Engine:
    try:
        _metadata.create_all(engine)
    except SQLAlchemyError as fault:
        engine.dispose()
        reason = str(getattr(fault, "orig", None) or fault).strip().splitlines()[0]
        place = engine.url.render_as_string(hide_password=True)
        raise RegisterFault("register_unreachable", place=place, detail=reason) from fault
    return engine


def _secure(connection, _record) -> None:
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = FULL")
