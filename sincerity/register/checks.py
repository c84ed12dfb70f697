"""Whether a register still says what it said: log, runs, tables and published folders against one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

import sqlalchemy as sql

from sincerity.problems import Problem
from sincerity.register import chain
from sincerity.register.database import BLOBS, CONTENTS
from sincerity.register.packing import sha256_of, unsqueezed
from sincerity.register.recovery import RUNS_FOLDER, manifest_sha256
from sincerity.register.store import RUN_EVENT, Register, contents_sha256


def register_problems(register: Register, out_root: Path | None = None) -> tuple[Problem, ...]:
    """Everything that does not hold, () when all does; with ``out_root`` the published folders are looked at, too.

    A folder that is gone is a warning: the register itself still tells the run.
    """
    with register.engine.connect() as connection:
        listed = connection.execute(sql.select(CONTENTS).where(CONTENTS.c.launch_id == register.launch_id)).all()
        blobs = connection.execute(
            sql.select(BLOBS.c.sha256, BLOBS.c.content).where(BLOBS.c.launch_id == register.launch_id)
        )
        damaged = {digest for digest, content in blobs if not _whole(digest, content)}
        known = connection.execute(sql.select(BLOBS.c.sha256).where(BLOBS.c.launch_id == register.launch_id))
        lost = {row.sha256 for row in listed} - set(known.scalars())
    problems = [*_log_problems(register), *_content_problems(register, listed, damaged | lost)]
    return (*problems, *(_folder_problems(register, out_root) if out_root else ()))


def _whole(digest: str, content: bytes) -> bool:
    try:
        return sha256_of(unsqueezed(content)) == digest
    except ValueError:
        return False


def _log_problems(register: Register) -> Iterator[Problem]:
    entries = register.events()
    for seq in chain.broken_links(register.launch_id, entries):
        yield Problem("error", "register_chain_broken", value=str(seq), parts={"number": seq})
    logged = {entry.facts["run_no"]: entry.facts for entry in entries if entry.kind == RUN_EVENT}
    runs = {run.run_no: asdict(run) for run in register.runs()}
    for run_no in sorted(logged.keys() | runs.keys()):
        if logged.get(run_no) != runs.get(run_no):
            yield Problem("error", "register_run_differs", value=str(run_no), parts={"number": run_no})


def _content_problems(register: Register, listed: Iterable, unusable: set[str]) -> Iterator[Problem]:
    by_run: dict[int, dict[tuple[str, str], str]] = {}
    for row in listed:
        by_run.setdefault(row.run_no, {})[row.part, row.name] = row.sha256
    for run in register.runs():
        contents = by_run.get(run.run_no, {})
        for (part, name), digest in sorted(contents.items()):
            if digest in unusable:
                parts = {"number": run.run_no, "table": f"{part}/{name}"}
                yield Problem("error", "register_table_damaged", value=f"{part}/{name}", parts=parts)
        if contents_sha256(contents) != run.contents_sha256:
            yield Problem("error", "register_contents_differ", value=str(run.run_no), parts={"number": run.run_no})


def _folder_problems(register: Register, out_root: Path) -> Iterator[Problem]:
    for run in register.runs():
        found = manifest_sha256(out_root / RUNS_FOLDER / run.run)
        parts = {"number": run.run_no, "run": run.run}
        if not found:
            yield Problem("warning", "register_folder_gone", value=run.run, parts=parts)
        elif found != run.manifest_sha256:
            yield Problem("error", "register_folder_differs", value=run.run, parts=parts)
