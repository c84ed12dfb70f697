"""The command ``decide``: rulings from an edited review, the plan solved again, and what that moved and cost."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sincerity.choices import Choices, LookBack, RoundOutcome, Say
from sincerity.commands.answer import INPUT_PROBLEMS, Answer
from sincerity.commands.launch import work_and_publish
from sincerity.console import say
from sincerity.deciding import Review, ruled_round
from sincerity.domain import RoundResult
from sincerity.intake.launch_file import load_settings
from sincerity.manifest import read_manifest
from sincerity.problems import Problem
from sincerity.publish import round_in_force
from sincerity.published import published_result
from sincerity.reports.buyer_tables import moves
from sincerity.reports.decision_tables import decision_costs
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import CellValue, TableView
from sincerity.reports.wording import Words
from sincerity.tables import read_table

MOST_MOVES = 20  # told on the terminal; the control sheet has them all


def decide(options: Namespace) -> Answer:
    """The rulings of an edited workbook followed by the round in force, or told why they cannot be."""
    run = round_in_force(options.out or options.folder / "out")
    if run is None:
        return Answer(INPUT_PROBLEMS, problems=(Problem("error", "rulings_without_plan"),))
    review = Review(options.workbook, read_table("allocation", run / "tables"), datetime.now().replace(microsecond=0))
    answer = work_and_publish(Namespace(**{**vars(options), **_as_published(run, options.folder)}), _work(review))
    if answer.exit_code == INPUT_PROBLEMS:
        return replace(answer, listed=True)
    result = published_result(Path(str(answer.facts["run"])))
    facts = {**answer.facts, **_facts(result)}
    return replace(answer, words=(*_said(result, options.words), *answer.words), facts=facts)


def _work(review: Review):
    def work(folder: Path, chosen: Choices, tell: Say, look_back: LookBack) -> RoundOutcome:
        return ruled_round(folder, review, chosen, tell, look_back)

    return work


def _as_published(run: Path, folder: Path) -> dict[str, object]:
    """The choices the plan ruled on was made with."""
    manifest = read_manifest(run)
    number, cutoff = manifest["round"]["number"], datetime.fromisoformat(manifest["round"]["cutoff"])
    settings, _ = load_settings(folder)
    planned = {plan.number: plan.cutoff for plan in settings.rounds} if settings else {}
    return {
        "round": number,
        "as_of": cutoff if cutoff != planned.get(number) else None,
        "policy": manifest["round"]["policy"],
        "theme": manifest["settings"]["theme"],
        "lang": manifest["settings"]["language"],
    }


def _said(result: RoundResult, lang: str) -> Iterator[str]:
    """Who moves and why, and what the newest decisions cost."""
    lookup = Lookup(result, Words(lang))
    moved, costs = list(_records(moves(lookup))), list(_records(decision_costs(lookup)))
    yield say("decide.moves", lang, count=len(moved))
    for row in moved[:MOST_MOVES]:
        yield say("decide.move", lang, **{name: row[name] or "–" for name in _MOVE})
    newest = lookup.words("cost_scope.newest")
    losses = [row for row in costs if row["cost_scope"] == newest and row["worse_by"]]
    yield say("decide.costs" if losses else "decide.no_cost", lang)
    for row in losses:
        yield say("decide.cost", lang, **{name: row[name] for name in _COST})


def _facts(result: RoundResult) -> dict[str, object]:
    return {
        "moves": result.tables["moves"].to_dict("records"),
        "decision_costs": result.tables["decision_costs"].to_dict("records"),
    }


def _records(table: TableView) -> Iterator[dict[str, CellValue]]:
    names = [column.key for column in table.columns]
    return (dict(zip(names, row, strict=True)) for row in table.rows)


_COST = ("goal", "value_without", "value_now", "worse_by")
_MOVE = ("buyer", "buyer_id", "unit_before", "unit_now", "reason")
