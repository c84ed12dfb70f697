"""Rulings read back from a review: checked, added to the launch's log, and the round solved again around them.

    workbook → rulings → checks → log → instance with the plan ruled on as the one before → plan with the fewest moves

Nothing is written unless every ruling can be followed.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from sincerity.allocation.demand import demand_table
from sincerity.choices import Choices, LookBack, RoundOutcome, Say, with_choices
from sincerity.domain import DECISIONS, InputFile, Known, Launch
from sincerity.domain.rulings import KEEPING, RULINGS, RULINGS_FILE
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_aliases import load_aliases
from sincerity.intake.ruling_sheet import Ruling, read_ruling_sheets
from sincerity.known import known_at
from sincerity.problems import Problem, has_errors
from sincerity.publish import replace_file
from sincerity.round import work_out
from sincerity.ruling_checks import Ground, ground, not_yet_taken, ruling_problems
from sincerity.rulings import rulings_until, standing
from sincerity.scoring.score import score_buyers
from sincerity.tables import write_tables


@dataclass(frozen=True)
class Review:
    """An edited workbook, the plan it is about (ALLOCATION), and when it was handed in."""

    workbook: Path
    plan: pd.DataFrame
    decided_at: datetime


def ruled_round(folder: Path, review: Review, chosen: Choices, say: Say, look_back: LookBack) -> RoundOutcome:
    """The round ``chosen`` names, worked out anew under the rulings of ``review``, which then stand in the log.

    Rulings that cannot be followed are problems, and nothing is changed.
    """
    say("read")
    launch, problems = read_launch(folder)
    if launch is None:
        return RoundOutcome(problems, None)
    launch, misfits = with_choices(launch, chosen)
    rulings, faults = read_ruling_sheets(review.workbook, load_aliases(folder)[0])
    if misfits or faults:
        return RoundOutcome((*problems, *misfits, *faults), None)
    known, _ = known_at(launch, chosen.round or 0, chosen.as_of)
    in_force = standing(rulings_until(launch.rulings, known.cutoff))
    notes = _problems(rulings, _ground(launch, known, review.plan, in_force), in_force, review.workbook.name)
    if has_errors(notes):
        return RoundOutcome((*problems, *notes), None)
    ruled, content = _with_log(launch, known, not_yet_taken(rulings, in_force), review)
    outcome = work_out(ruled, known.round, chosen.as_of, say, look_back(launch, known.round))
    if outcome.result is not None:
        _keep_log(folder, content)
    return replace(outcome, problems=(*problems, *notes, *outcome.problems))


def _ground(launch: Launch, known: Known, plan: pd.DataFrame, in_force: pd.DataFrame) -> Ground:
    scores = score_buyers(known, launch.settings)
    undecided = replace(known, decisions=DECISIONS.empty())
    return ground(launch, known, demand_table(undecided, scores.buyers, launch.settings), plan, in_force)


def _problems(rulings: Sequence[Ruling], on: Ground, in_force: pd.DataFrame, workbook: str) -> tuple[Problem, ...]:
    if not rulings:
        return (Problem("error", "ruling_none", workbook),)
    found = ruling_problems(rulings, on)
    if not has_errors(found) and not not_yet_taken(rulings, in_force):
        return (Problem("error", "rulings_stand_already", workbook, parts={"count": len(rulings)}),)
    return found


def _with_log(launch: Launch, known: Known, rulings: Sequence[Ruling], review: Review) -> tuple[Launch, bytes]:
    """The launch with ``rulings`` at the end of its log, and the log's file as it is to be written."""
    log = pd.concat([launch.rulings, _entries(rulings, known, review, len(launch.rulings))], ignore_index=True)
    content = _file_content(log)
    file = InputFile(RULINGS_FILE, len(content), hashlib.sha256(content).hexdigest())
    others = [other for other in launch.files if other.name != RULINGS_FILE]
    return replace(launch, rulings=log, files=(*others, file)), content


def _entries(rulings: Sequence[Ruling], known: Known, review: Review, so_far: int) -> pd.DataFrame:
    holder = dict(zip(review.plan["unit_id"], review.plan["buyer_id"], strict=True))
    return RULINGS.frame([
        {
            "ruling_no": number,
            "round": known.round,
            "plan_cutoff": known.cutoff,
            "buyer_id": ruling.buyer_id,
            "unit_id": ruling.unit_id,
            "decision": ruling.decision,
            "by": ruling.by,
            "reason": ruling.reason,
            "decided_at": review.decided_at,
            "taken_from": _loser(ruling, holder),
            "place": ruling.place,
        }
        for number, ruling in enumerate(rulings, so_far + 1)
    ])


def _loser(ruling: Ruling, holder: dict[str, str]) -> str:
    before = holder.get(ruling.unit_id, "")
    return before if ruling.decision in KEEPING and before != ruling.buyer_id else ""


def _keep_log(folder: Path, content: bytes) -> None:
    def write(new: Path) -> None:
        new.write_bytes(content)

    replace_file(folder / RULINGS_FILE, write)


def _file_content(log: pd.DataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_tables({RULINGS.name: log}, Path(folder))
        return (Path(folder) / f"{RULINGS.name}.csv").read_bytes()
