"""Buyers' behaviour turned into points, grades and the priority order: the story of the scoring stage."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import COMMITMENTS, GRADES, SCORES, Known, Scores
from sincerity.keyed_hash import household_number
from sincerity.scoring.card import Bools, Card, Ints, LinePoints, card_in_force, line_points, measure_values
from sincerity.scoring.grades import (
    absolute_grade,
    final_grade,
    grade_reasons,
    mid_rank_percentile,
    percentile_grade,
    priority_ranks,
)
from sincerity.scoring.indicators import READS_KINDS, Facts, facts_of, first_deposit_at
from sincerity.scoring.lines import score_lines
from sincerity.scoring.padding import padding_flags
from sincerity.scoring.steps import Standing, best_reached_grade, next_steps
from sincerity.scoring.trend import trends
from sincerity.settings import GradeRules, Settings

_MONEY = tuple(COMMITMENTS.index(word) for word in ("refundable", "frozen"))


def score_buyers(known: Known, settings: Settings, previous: pd.DataFrame | None = None) -> Scores:
    """Points, grade and priority of every known buyer, with the lines, next steps and flags that explain them.

    ``previous`` is the SCORES table of the last run, for the trend. All tables are in priority order.
    """
    card = card_in_force(settings, known.round, known.cutoff)
    facts = facts_of(known, settings)
    values = measure_values(facts, card)
    points = line_points(values, card)
    buyers = _graded(known, facts, points, card, settings.grades)
    buyers["priority_rank"] = priority_ranks(buyers, household_number(settings.seed, known.buyers["household_key"]))
    buyers["trend"] = trends(buyers, previous, settings.watch)

    order = buyers["priority_rank"].argsort()
    values, points, buyers = values[order], points.of(order), buyers.iloc[order].reset_index(drop=True)
    ids = buyers["buyer_id"]
    steps = next_steps(ids, values, _standing(buyers), card, settings.grades)
    buyers["next_grade"] = best_reached_grade(ids, steps)
    return Scores(
        buyers=SCORES.frame(buyers),
        lines=score_lines(ids, values, points, card),
        next_steps=steps,
        flags=padding_flags(known, facts, card, settings),
    )


def _graded(known: Known, facts: Facts, points: LinePoints, card: Card, rules: GradeRules) -> pd.DataFrame:
    """SCORES but for priority, trend and next grade, plus members; rows as in ``known.buyers``."""
    score = points.score
    reasons = grade_reasons(known.buyers, _has_scored_act(facts, card), known.cutoff, rules)
    graded = reasons == "points"
    own = np.where(graded, score, np.nan)
    absolute = final_grade(absolute_grade(score, rules), reasons)
    relative = final_grade(percentile_grade(score, own, score[graded], rules), reasons)
    percentile = np.full(len(score), np.nan)
    percentile[graded] = mid_rank_percentile(score[graded])
    names = np.array(GRADES, dtype=object)
    return known.buyers[["buyer_id", "members", "registered_on"]].assign(
        score=score,
        raw_points=points.raw,
        available_points=card.available_points,
        absolute_grade=names[absolute],
        percentile=percentile,
        percentile_grade=names[relative],
        grade=names[absolute if rules.governing == "absolute" else relative],
        grade_reason=reasons,
        grade_gap=np.abs(absolute - relative) >= 2,
        committed_on=_money_committed_on(known, facts),
    )


def _has_scored_act(facts: Facts, card: Card) -> Bools:
    """True for buyers with a touchpoint of a kind the card in force scores, or with a commitment it scores."""
    measures = {item.measure for item, available in zip(card.items, card.available, strict=True) if available}
    kinds = {kind for measure in measures for kind in READS_KINDS.get(measure, ())}
    committed = (facts.commitment > 0) & ("commitment" in measures)
    return facts.any_touchpoint(facts.of_kind(sorted(kinds))) | committed


def _money_committed_on(known: Known, facts: Facts) -> npt.NDArray[np.datetime64]:
    """When money was committed: the subscription's day, else the first deposit's; NaT without refundable or frozen."""
    subscribed = known.buyers["subscribed_on"].to_numpy("datetime64[us]")
    stated = np.where(np.isnat(subscribed), first_deposit_at(facts), subscribed)
    return np.where(np.isin(facts.commitment, _MONEY), stated, np.datetime64("NaT", "us"))


def _standing(buyers: pd.DataFrame) -> Standing:
    grade: Ints = pd.Index(GRADES).get_indexer(buyers["grade"]).astype(np.int64)
    return Standing(buyers["score"].to_numpy(np.int64), grade, buyers["grade_reason"].to_numpy(object))
