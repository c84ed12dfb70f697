"""The command ``price``: the price plan of round 2 alone, said in words, nothing published."""

from __future__ import annotations

from argparse import Namespace

import pandas as pd

from sincerity.commands.answer import DONE, INPUT_PROBLEMS, NOT_PROVEN, Answer
from sincerity.console import say
from sincerity.intake.launch import read_launch
from sincerity.intake.launch_file import with_lines
from sincerity.known import known_at
from sincerity.pricing.plan import PLAN_ROUND, price_plan
from sincerity.problems import Problem, has_errors
from sincerity.scoring.score import score_buyers


def price(options: Namespace) -> Answer:
    """Prices and placements solved together for the launch's second round, beside the ways without."""
    launch, problems = read_launch(options.folder)
    if launch is None:
        return Answer(INPUT_PROBLEMS, problems=problems)
    if PLAN_ROUND not in [plan.number for plan in launch.settings.rounds]:
        return Answer(INPUT_PROBLEMS, problems=(*problems, Problem("error", "price_no_round")))
    known, notes = known_at(launch, PLAN_ROUND)
    tables, found = price_plan(known, score_buyers(known, launch.settings).buyers, launch.settings)
    every = with_lines(options.folder, (*problems, *notes, *found))
    if has_errors(found) or not tables:
        return Answer(INPUT_PROBLEMS, problems=every)
    proven = bool((tables["price_goals"]["status"] == "proven").all())
    words = tuple(_said(row, options.words) for row in tables["price_variants"].to_dict("records"))
    facts = {name: _plain(tables[name]) for name in ("prices", "price_goals", "price_variants")}
    return Answer(DONE if proven else NOT_PROVEN, words, every, facts, listed=False)


def _said(row: dict, lang: str) -> str:
    kind, _, number = str(row["variant"]).partition("frontier_")
    parts = {name: f"{row[name]:,}" for name in ("placed", "revenue_yuan", "average_yuan_per_m2", "moved_units")}
    return say("price.row", lang, way=say(f"price.{kind or 'frontier'}", lang, number=number), **parts)


def _plain(table: pd.DataFrame) -> list[dict]:
    """Rows as plain values; a bound nobody knows is None."""
    finite = table.astype(object).where(~table.isin([float("inf"), float("-inf")]), None)
    return finite.to_dict("records")
