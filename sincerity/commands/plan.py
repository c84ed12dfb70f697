"""The command ``plan``: after an edit the new plan and who moves, told and on disk before any report is written."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sincerity.allocation.audit import PLAN_TABLES
from sincerity.choices import Choices
from sincerity.commands.answer import DONE, INPUT_PROBLEMS, NOT_PROVEN, Answer, progress_of
from sincerity.console import say
from sincerity.domain import PUBLISHED_TABLES, RoundResult
from sincerity.history import History
from sincerity.lock import locked
from sincerity.manifest import write_manifest
from sincerity.plan_first import plan_first, write_plan
from sincerity.publish import PLAN_FOLDER, publish_folder
from sincerity.texts import text

MOST_MOVES = 20  # told on the terminal; tables/moves.csv has them all
LEFT_OUT = {schema.name for schema in PUBLISHED_TABLES} - {schema.name for schema in PLAN_TABLES}


def plan(options: Namespace) -> Answer:
    """The plan of the round under today's input, and its moves against the plan in force."""
    out_root = options.out or options.folder / "out"
    chosen = Choices(options.round, options.as_of, options.policy, options.lang)
    progress = progress_of(options)
    with locked(options.folder), History(options.folder, out_root, os.environ) as history:
        look_back = partial(history.background, only=("allocation",))
        outcome = plan_first(options.folder, chosen, progress, look_back)
        result = outcome.result
        if result is None:
            errors = sum(problem.severity == "error" for problem in outcome.problems)
            return Answer(INPUT_PROBLEMS, (say("done.plan_failed", options.words, errors=errors),), outcome.problems)
        progress("publish")

        def write(folder: Path) -> None:
            write_plan(result, folder)
            write_manifest(result, progress.timings_s, folder, sorted(LEFT_OUT))

        publish_folder(out_root / PLAN_FOLDER, write)
        progress.finish()
    facts = _facts(result, out_root / PLAN_FOLDER)
    exit_code = DONE if result.status == "proven" else NOT_PROVEN
    words = (*_said(result, facts, options.words), say(f"done.{result.status}", options.words))
    return Answer(exit_code, words, outcome.problems, facts, listed=False)


def _facts(result: RoundResult, folder: Path) -> dict[str, object]:
    allocation = result.tables["allocation"]
    return {
        "folder": str(folder),
        "round": result.round,
        "policy": result.policy,
        "status": result.status,
        "compared_with": result.register.previous_run if result.register else "",
        "placed": len(allocation),
        "first_choices": int((allocation["choice_rank"] == 1).sum()),
        "moves": result.tables["moves"].to_dict("records"),
    }


def _said(result: RoundResult, facts: dict[str, object], lang: str) -> Iterator[str]:
    """The plan in one sentence, then who moves and why."""
    moved = result.tables["moves"]
    names = result.tables["buyers"].set_index("buyer_id")["name"]
    if facts["compared_with"]:
        yield say("decide.moves_since", lang, before=facts["compared_with"], count=len(moved))
    for buyer_id, before, now, reason in moved.head(MOST_MOVES).to_numpy():
        words = text(f"report.move.{reason}", lang)
        yield say(
            "decide.move", lang, buyer=names[buyer_id] or buyer_id, buyer_id=buyer_id, unit_before=before or "–",
            unit_now=now or "–", reason=words,
        )
    yield say("done.plan", lang, round=result.round, placed=facts["placed"], first=facts["first_choices"],
              folder=facts["folder"])
