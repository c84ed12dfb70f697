"""``compare``, ``ballot`` and ``close``: a round worked out and published with what was asked for beyond it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from sincerity.commands.answer import INPUT_PROBLEMS, Answer
from sincerity.commands.launch import run
from sincerity.console import say
from sincerity.domain import RoundResult
from sincerity.forecast.ballot import formula
from sincerity.problems import Problem
from sincerity.published import published_result
from sincerity.reports.forecast_words import lever_labels
from sincerity.reports.lookup import Lookup
from sincerity.reports.wording import Words

FEWEST_CALLERS = 2


def compare(options: Namespace) -> Answer:
    """Calling orders, policies, prices, steering and releases side by side, in the published report."""
    answer = run(Namespace(**{**vars(options), "levers": True}))
    result = _result(answer)
    if result is None:
        return answer
    rows = result.tables["levers"].assign(words=lever_labels(Lookup(result, Words(options.words))))
    lines = [
        say("done.lever", options.words, lever=row.words, p10=row.sold_change_p10,
            p50=row.sold_change_p50, p90=row.sold_change_p90)
        for row in rows[rows["lever"] != "current"].itertuples(index=False)
    ]
    return replace(answer, words=(*answer.words, say("done.compare", options.words), *lines))


def ballot(options: Namespace) -> Answer:
    """The calling order drawn from digits called out in public."""
    digits = all(called.isascii() and called.isdigit() for called in options.digits)
    if not digits or len(options.digits) < FEWEST_CALLERS:
        problem = Problem("error", "ballot_digits", value=" ".join(options.digits))
        return Answer(INPUT_PROBLEMS, problems=(problem,))
    answer = run(Namespace(**vars(options)))
    result = _result(answer)
    if result is None:
        return answer
    drawn = say(
        "done.ballot", options.words, buyers=len(result.tables["ballot"]),
        formula=formula(result.settings.launch_id, options.digits),
    )
    return replace(answer, words=(*answer.words, drawn))


def close(options: Namespace) -> Answer:
    """The launch's outcomes beside its forecast, published as the record of the launch."""
    answer = run(Namespace(**{**vars(options), "close": True}))
    result = _result(answer)
    if result is None:
        return answer
    review = result.tables["forecast_review"]
    total = review[review["scope"] == "all"].iloc[0]
    words = say(
        "done.close_inside" if total["inside"] else "done.close_outside", options.words, actual=total["actual"],
        p10=total["forecast_p10"], p50=total["forecast_p50"], p90=total["forecast_p90"],
        inside=int(review["inside"].sum()), rows=len(review),
    )
    return replace(answer, words=(*answer.words, words))


def _result(answer: Answer) -> RoundResult | None:
    """What was published; None when nothing was."""
    return published_result(Path(str(answer.facts["run"]))) if "run" in answer.facts else None
