"""The register of one launch: its runs with everything they rested on, and what was done with them.

A run enters in two steps, so that the register never names a run that was not published: ``prepare`` before
its folder gets its name, ``confirm`` after. What a kill leaves between the two, ``recovery`` settles.
Tables are kept once, under the hash of their content; an unchanged sheet costs nothing the next day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine

from sincerity.domain import KEPT_TABLES, PUBLISHED_TABLES, Background, Launch, RegisterMark, RoundResult
from sincerity.register import chain
from sincerity.register.database import BLOBS, CONTENTS, ROUNDS, RUNS
from sincerity.register.faults import RegisterFault
from sincerity.register.packing import pack, sha256_of, squeezed, unpack, unsqueezed
from sincerity.register.people import forget, keep_people, kept_people
from sincerity.register.snapshot import SNAPSHOT_TABLES, people, snapshot

PREPARED, PUBLISHED = "prepared", "published"
INPUT, OUTPUT = "input", "output"
RUN_EVENT, ROLLBACK_EVENT, ERASED_EVENT, RULING_EVENT = "run", "rollback", "erased", "ruling"
RULING_FACTS = ("ruling_no", "round", "buyer_id", "unit_id", "decision", "by", "reason", "decided_at", "taken_from")

_KEPT_SCHEMAS = tuple(schema for schema in PUBLISHED_TABLES if schema.name in KEPT_TABLES)


@dataclass(frozen=True)
class Run:
    """One run of the launch. ``run`` is its folder's name; ``cutoff`` and ``screened_on`` are ISO texts."""

    run_no: int
    run: str
    round: int
    cutoff: str
    screened_on: str
    policy: str
    status: str
    previous_run: str
    settings_sha256: str
    plan_sha256: str
    contents_sha256: str
    manifest_sha256: str


_RUN_COLUMNS = [RUNS.c[name] for name in Run.__dataclass_fields__]


class Register:
    """The register of ``launch_id`` in the database behind ``engine``; use it as a context manager."""

    def __init__(self, engine: Engine, launch_id: str) -> None:
        self.engine = engine
        self.launch_id = launch_id

    def __enter__(self) -> Register:
        """The register itself."""
        return self

    def __exit__(self, *_) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def runs(self) -> tuple[Run, ...]:
        """All published runs, oldest first."""
        with self.engine.connect() as connection:
            return self._runs(connection, PUBLISHED)

    def prepared(self) -> Run | None:
        """The run that was prepared and not confirmed: one at work, or one that was killed."""
        with self.engine.connect() as connection:
            return next(iter(self._runs(connection, PREPARED)), None)

    def run(self, run_no: int) -> Run:
        """The published run number ``run_no``. RegisterFault when there is none."""
        found = [run for run in self.runs() if run.run_no == run_no]
        if not found:
            known = ", ".join(str(run.run_no) for run in self.runs()) or "-"
            raise RegisterFault("register_run_unknown", str(run_no), number=run_no, known=known)
        return found[0]

    def events(self) -> tuple[chain.Event, ...]:
        """The event log, oldest entry first."""
        with self.engine.connect() as connection:
            return chain.events(connection, self.launch_id)

    def in_force(self) -> Mapping[int, int]:
        """Round → number of the run its short path points at: the newest, or the one gone back to."""
        turned = (entry.facts for entry in self.events() if entry.kind in (RUN_EVENT, ROLLBACK_EVENT))
        return {facts["round"]: facts["run_no"] for facts in turned}

    def background(self, round_number: int, only: Sequence[str] | None = None) -> Background:
        """What a run of the round is to know: the run in force of that round, or of the nearest one before it, with
        all of its tables kept or ``only`` some."""
        in_force, runs = self.in_force(), {run.run_no: run for run in self.runs()}
        with self.engine.connect() as connection:
            head = chain.head(connection, self.launch_id)
        days = tuple(date.fromisoformat(run.screened_on) for run in runs.values())
        rounds = [number for number in in_force if number <= round_number]
        if not rounds:
            return Background(RegisterMark("", "", head), None, days)
        previous = runs[in_force[max(rounds)]]
        mark = RegisterMark(previous.run, previous.plan_sha256, head)
        return Background(mark, self.tables(previous.run_no, OUTPUT, only), days, previous.round)

    def tables(self, run_no: int, part: str, only: Sequence[str] | None = None) -> dict[str, pd.DataFrame]:
        """The tables kept of a run, or ``only`` some: ``input`` (the snapshot, without personal data) or ``output``
        (KEPT_TABLES)."""
        query = (
            sql.select(CONTENTS.c.name, BLOBS.c.content)
            .join(BLOBS, (BLOBS.c.launch_id == CONTENTS.c.launch_id) & (BLOBS.c.sha256 == CONTENTS.c.sha256))
            .where(CONTENTS.c.launch_id == self.launch_id, CONTENTS.c.run_no == run_no, CONTENTS.c.part == part)
        )
        if only is not None:
            query = query.where(CONTENTS.c.name.in_(only))
        with self.engine.connect() as connection:
            return {name: unpack(unsqueezed(content)) for name, content in connection.execute(query)}

    def names(self) -> Mapping[str, str]:
        """Buyer id → name, of everybody named in the newest input and not erased."""
        with self.engine.connect() as connection:
            facts = kept_people(connection, self.launch_id)
        named = facts[facts["field"] == "name"]
        return dict(zip(named["buyer_id"], named["content"], strict=True))

    def prepare(self, launch: Launch, result: RoundResult, run_name: str) -> Run:
        """Keep what the run rests on, before its folder is published under ``run_name``."""
        contents = _contents(launch, result)
        with self.engine.begin() as connection:
            self._drop_prepared(connection)
            run = self._entry(connection, result, run_name, contents)
            values = {**asdict(run), "state": PREPARED, "launch_id": self.launch_id}
            connection.execute(RUNS.insert().values(values))
            self._keep_contents(connection, run.run_no, contents)
            self._keep_rounds(connection, launch)
            keep_people(connection, self.launch_id, people(launch))
        return run

    def confirm(self, run_no: int, manifest_sha256: str, at: datetime) -> None:
        """The prepared run was published with this manifest: log it."""
        with self.engine.begin() as connection:
            ours = (RUNS.c.launch_id == self.launch_id) & (RUNS.c.run_no == run_no)
            connection.execute(RUNS.update().where(ours).values(state=PUBLISHED, manifest_sha256=manifest_sha256))
            run = Run(**connection.execute(sql.select(*_RUN_COLUMNS).where(ours)).mappings().one())
            self._log(connection, at, RUN_EVENT, asdict(run))

    def drop_prepared(self) -> None:
        """The prepared run was never published: forget it. Tables only it had go with it."""
        with self.engine.begin() as connection:
            self._drop_prepared(connection)

    def log_rulings(self, rulings: pd.DataFrame, at: datetime) -> None:
        """Log every entry of ``rulings`` (RULINGS) that the log does not hold yet."""
        logged = {entry.facts["ruling_no"] for entry in self.events() if entry.kind == RULING_EVENT}
        new = rulings.loc[~rulings["ruling_no"].isin(logged), list(RULING_FACTS)]
        new = new.assign(decided_at=new["decided_at"].dt.strftime("%Y-%m-%dT%H:%M:%S"))
        with self.engine.begin() as connection:
            for facts in new.to_dict("records"):
                self._log(connection, at, RULING_EVENT, facts)

    def log_rollback(self, run: Run, at: datetime) -> None:
        """Log that the round's short path is turned to ``run``."""
        with self.engine.begin() as connection:
            self._log(connection, at, ROLLBACK_EVENT, {"run_no": run.run_no, "run": run.run, "round": run.round})

    def erase(self, buyer_id: str, at: datetime) -> int:
        """Delete the buyer's personal data for good and log it by a hash; give how many facts went.

        RegisterFault when the register holds none.
        """
        with self.engine.begin() as connection:
            facts = forget(connection, self.launch_id, buyer_id)
            if not facts:
                raise RegisterFault("register_buyer_unknown", buyer_id, buyer=buyer_id)
            named = hashlib.sha256(f"{self.launch_id}\0{buyer_id}".encode()).hexdigest()
            self._log(connection, at, ERASED_EVENT, {"buyer_sha256": named, "facts": facts})
        return facts

    def _runs(self, connection: Connection, state: str) -> tuple[Run, ...]:
        query = sql.select(*_RUN_COLUMNS).where(RUNS.c.launch_id == self.launch_id, RUNS.c.state == state)
        return tuple(Run(**row) for row in connection.execute(query.order_by(RUNS.c.run_no)).mappings())

    def _entry(self, connection: Connection, result: RoundResult, run_name: str, contents: _Contents) -> Run:
        newest = sql.select(sql.func.max(RUNS.c.run_no)).where(RUNS.c.launch_id == self.launch_id)
        hashes = {(part, name): sha256_of(content) for (part, name), content in contents.items()}
        return Run(
            run_no=(connection.execute(newest).scalar() or 0) + 1,
            run=run_name,
            round=result.round,
            cutoff=result.cutoff.isoformat(),
            screened_on=(result.screened_on or result.cutoff.date()).isoformat(),
            policy=result.policy,
            status=result.status,
            previous_run=result.register.previous_run if result.register else "",
            settings_sha256=result.settings.sha256,
            plan_sha256=hashes[OUTPUT, "allocation"],
            contents_sha256=contents_sha256(hashes),
            manifest_sha256="",
        )

    def _keep_contents(self, connection: Connection, run_no: int, contents: _Contents) -> None:
        hashes = {place: sha256_of(content) for place, content in contents.items()}
        query = sql.select(BLOBS.c.sha256).where(BLOBS.c.launch_id == self.launch_id)
        kept = set(connection.execute(query).scalars())
        new = {hashes[place]: content for place, content in contents.items() if hashes[place] not in kept}
        if new:
            connection.execute(BLOBS.insert(), [
                {"launch_id": self.launch_id, "sha256": digest, "content": squeezed(content)}
                for digest, content in new.items()
            ])
        connection.execute(CONTENTS.insert(), [
            {"launch_id": self.launch_id, "run_no": run_no, "part": part, "name": name, "sha256": digest}
            for (part, name), digest in hashes.items()
        ])

    def _keep_rounds(self, connection: Connection, launch: Launch) -> None:
        connection.execute(ROUNDS.delete().where(ROUNDS.c.launch_id == self.launch_id))
        planned = [
            {"launch_id": self.launch_id, "number": plan.number, "cutoff": plan.cutoff.isoformat(),
             "purpose": plan.purpose, "event": plan.event}
            for plan in launch.settings.rounds
        ]
        if planned:
            connection.execute(ROUNDS.insert(), planned)

    def _drop_prepared(self, connection: Connection) -> None:
        for run in self._runs(connection, PREPARED):
            for relation in (CONTENTS, RUNS):
                ours = (relation.c.launch_id == self.launch_id) & (relation.c.run_no == run.run_no)
                connection.execute(relation.delete().where(ours))
        used = sql.select(CONTENTS.c.sha256).where(CONTENTS.c.launch_id == self.launch_id)
        unused = (BLOBS.c.launch_id == self.launch_id) & BLOBS.c.sha256.not_in(used)
        connection.execute(BLOBS.delete().where(unused))

    def _log(self, connection: Connection, at: datetime, kind: str, facts: Mapping[str, Any]) -> None:
        chain.append(connection, self.launch_id, at.isoformat("T", "seconds"), kind, facts)


_Contents = Mapping[tuple[str, str], bytes]


def contents_sha256(hashes: Mapping[tuple[str, str], str]) -> str:
    """The one hash of all tables kept of a run: (part, name) → hash of the table."""
    listed = sorted((part, name, digest) for (part, name), digest in hashes.items())
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def _contents(launch: Launch, result: RoundResult) -> _Contents:
    before = snapshot(launch)
    inputs = {(INPUT, schema.name): pack(schema, before[schema.name]) for schema in SNAPSHOT_TABLES}
    outputs = {(OUTPUT, schema.name): pack(schema, result.tables[schema.name]) for schema in _KEPT_SCHEMAS}
    return {**inputs, **outputs}
