"""Runs of five-by-four for the register's tests: a launch, a result, and both published as the program does it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import cache
from pathlib import Path

from sincerity.domain import Background, Launch, RoundResult
from sincerity.history import History
from sincerity.publish import Published, publish_round, run_name
from sincerity.register.database import REGISTER_FILE, sqlite_engine
from sincerity.register.store import Register
from tests import cases
from tests.reports.result import five_by_four_result

AT = datetime(2026, 11, 20, 18, 30)
NOTE = "wants a quiet kitchen"
ANSWER = "two sons at school"


@cache
def launch() -> Launch:
    """Five-by-four with a name, a note and an answer to keep apart."""
    plain = cases.five_by_four()
    notes = plain.touchpoints["note"].mask(plain.touchpoints["buyer_id"] == "anna", NOTE)
    answers = cases.table(cases.domain.ANSWERS, [{"buyer_id": "anna", "question": "children", "answer": ANSWER}])
    return replace(
        plain,
        buyers=plain.buyers.assign(name=plain.buyers["buyer_id"].str.title() + " Zhao"),
        touchpoints=plain.touchpoints.assign(note=notes),
        answers=answers,
    )


def result(placed: int = 4, background: Background | None = None, day: date | None = None) -> RoundResult:
    """Round 3 of five-by-four with the first ``placed`` placements, told what the register said."""
    full = _full_result()
    tables = {**full.tables, "allocation": full.tables["allocation"].head(placed)}
    return replace(
        full, tables=tables, screened_on=day or full.cutoff.date(), register=background.mark if background else None
    )


@cache
def _full_result() -> RoundResult:
    return five_by_four_result()


def register_in(folder: Path) -> Register:
    return Register(sqlite_engine(folder / REGISTER_FILE), "5x4")


def run(folder: Path, placed: int = 4, of: Launch | None = None, day: date | None = None) -> Published:
    """One run published and kept, as ``sincerity run`` does it but without working anything out."""
    of = of or launch()
    out_root = folder / "out"
    with History(folder, out_root, {}) as history:
        found = result(placed, history.background(of, 3), day)

        def write(partial: Path) -> None:
            (partial / "plan.txt").write_text(f"{placed}\n", encoding="utf-8")
            history.prepare(of, found, run_name(partial))

        published = publish_round(found, {}, out_root, write, history.taken(found.round))
        history.confirm(published)
    return published

