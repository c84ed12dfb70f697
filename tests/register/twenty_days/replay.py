"""What the register, the files and the log must say after every day, worked out from the script in plain Python.

Nothing here knows the package: rules are written again, the register's log is read with sqlite3, hashes with hashlib.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.register.twenty_days.script import CUTOFFS, Book, Row

OPENED, FIRST_DAYS, EVERY_DAYS, GRACE = date(2026, 10, 17), 3, 7, timedelta(days=2)
Pair = tuple[str, str]
DAY = timedelta(days=1)


@dataclass
class Day:
    """What was known when a run was made."""

    round: int
    moment: datetime
    buyers: set[str]
    picks: dict[Pair, int]  # pair → rank, ranks from 1 without gaps
    visit_days: dict[str, int]
    late: int


@dataclass
class Run:
    """A published run as the replay expects it. ``plan`` is what the run published: unit by buyer."""

    name: str
    round: int
    previous: str
    screened_on: date
    known: Day
    decisions: set[tuple[str, str, str]]
    plan: dict[str, str] = field(default_factory=dict)


@dataclass
class Replay:
    """The register on paper."""

    runs: list[Run] = field(default_factory=list)
    in_force: dict[int, int] = field(default_factory=dict)  # round → position in runs
    rulings: list[tuple[datetime, str, str, str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)  # of the log's entries

    def before(self, round_number: int) -> Run | None:
        """The run that a run of the round is compared with."""
        rounds = [number for number in self.in_force if number <= round_number]
        return self.runs[self.in_force[max(rounds)]] if rounds else None

    def publish(self, book: Book, round_number: int, end: datetime) -> Run:
        """A run of the round over what was known at ``end``; gives what it must be."""
        known = known_on(book, round_number, end)
        before = self.before(round_number)
        number = 1 + sum(run.round == round_number for run in self.runs)
        run = Run(f"round-{round_number}-{number:04d}", round_number, before.name if before else "",
                  (known.moment - timedelta(microseconds=1)).date(), known, self.decisions(known.moment))
        self.in_force[round_number] = len(self.runs)
        self.runs.append(run)
        self.kinds.append("run")
        return run

    def rule(self, moment: datetime, buyer: str, unit: str, word: str) -> None:
        """A ruling on a plan with the cutoff ``moment``; it is logged with the run that follows it."""
        self.rulings.append((moment, buyer, unit, word))
        self.kinds.append("ruling")

    def roll_back(self, position: int) -> None:
        """Back to the run at ``position``."""
        self.in_force[self.runs[position].round] = position
        self.kinds.append("rollback")

    def decisions(self, moment: datetime) -> set[tuple[str, str, str]]:
        """Pairs kept or forbidden at ``moment``: of every pair the newest ruling on a plan up to then."""
        newest = {(buyer, unit): word for cutoff, buyer, unit, word in self.rulings if cutoff <= moment}
        plain = {"keep": "keep", "override": "keep", "forbid": "forbid"}
        return {(*pair, plain[word]) for pair, word in newest.items() if word in plain}


def known_on(book: Book, round_number: int, end: datetime) -> Day:
    """What a run of the round may use at ``end``, or at the round's cutoff when that is earlier."""
    moment = min(CUTOFFS[round_number], end)
    late = sum(row["registered_on"] >= moment for row in book["buyers"])
    registered = [row for row in book["buyers"] if row["registered_on"] < moment]
    late += sum(bool(row["subscribed_on"]) and row["subscribed_on"] >= moment for row in registered)
    buyers = {row["buyer_id"] for row in registered if row["state"] != "excluded"}
    acts = [row for row in book["touchpoints"] if row["at"] < moment and not _entered_late(row, moment)]
    late += len(book["touchpoints"]) - len(acts)
    of_round = [row for row in book["picks"] if row["round"] == round_number]
    picks = [row for row in of_round if row["recorded_at"] < moment]
    answers = [row for row in book["answers"] if row["recorded_at"] is None or row["recorded_at"] < moment]
    late += len(of_round) - len(picks) + len(book["answers"]) - len(answers)
    visits = {(row["buyer_id"], row["at"].date()) for row in acts if row["kind"] == "visit"}
    days: dict[str, int] = {}
    for buyer, _ in visits:
        if buyer in buyers:
            days[buyer] = days.get(buyer, 0) + 1
    return Day(round_number, moment, buyers, _ranked(row for row in picks if row["buyer_id"] in buyers), days, late)


def _entered_late(row: Row, moment: datetime) -> bool:
    return row["recorded_at"] is not None and row["recorded_at"] > moment + GRACE


def _ranked(picks: Iterable[Row]) -> dict[Pair, int]:
    by_buyer: dict[str, list[tuple[int, str]]] = {}
    for row in picks:
        by_buyer.setdefault(row["buyer_id"], []).append((row["choice_rank"], row["unit_id"]))
    return {(buyer, unit): place for buyer, own in by_buyer.items()
            for place, (_, unit) in enumerate(sorted(own), 1)}


def changed_picks(before: Day, after: Day) -> set[tuple[str, str, int, int]]:
    """Buyer, unit, rank before and rank now (0: not named) of every pick that differs."""
    pairs = {*before.picks, *after.picks}
    ranks = {pair: (before.picks.get(pair, 0), after.picks.get(pair, 0)) for pair in pairs}
    return {(*pair, *both) for pair, both in ranks.items() if both[0] != both[1]}


def moved(before: dict[str, str], after: dict[str, str]) -> set[tuple[str, str, str]]:
    """Buyer, unit before and unit now ("" for none) of everybody whose unit differs."""
    units = {buyer: (before.get(buyer, ""), after.get(buyer, "")) for buyer in {*before, *after}}
    return {(buyer, *both) for buyer, both in units.items() if both[0] != both[1]}


def deadlines(book: Book, runs: list[Run], today: date) -> set[tuple[str, date, date | None, str]]:
    """Stage, due, held and standing of every deadline up to ``today`` and the next one."""
    picked = {row["round"] for row in book["picks"]}
    planned = [cutoff.date() for number, cutoff in CUTOFFS.items() if number in picked]
    held = sorted(day for day in {*(run.screened_on for run in runs), *planned, today} if day <= today)
    daily_from = CUTOFFS[2].date() + DAY
    rows = [("first", OPENED + FIRST_DAYS * DAY, held[0])]
    for place, screened in enumerate(held):
        due = screened + EVERY_DAYS * DAY
        if due >= daily_from:
            break
        rows.append(("weekly", due, held[place + 1] if place + 1 < len(held) else None))
    due = daily_from
    while due <= min(CUTOFFS[3].date(), today + DAY):
        rows.append(("daily", due, due if due in held else None))
        due += DAY
    return {(stage, due, done, _standing(due, done, today)) for stage, due, done in rows}


def _standing(due: date, done: date | None, today: date) -> str:
    if done is not None:
        return "met" if done <= due else "late"
    return "missing" if due < today else "open"


def log_head(register: Path, launch_id: str) -> tuple[str, list[str]]:
    """The head of the log, recomputed from what its entries say, and their kinds in order. ValueError if one lies."""
    connection = sqlite3.connect(register)
    rows = connection.execute(
        "SELECT seq, at, kind, facts, sha256 FROM events WHERE launch_id = ? ORDER BY seq", (launch_id,)).fetchall()
    connection.close()
    head = "0" * 64
    for place, (seq, at, kind, facts, claimed) in enumerate(rows, 1):
        content = json.dumps([launch_id, place, at, kind, json.loads(facts), head],
                             ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        head = hashlib.sha256(content.encode()).hexdigest()
        if (seq, claimed) != (place, head):
            raise ValueError(f"entry {seq} of the log is not what its hash says")
    return head, [row[2] for row in rows]
