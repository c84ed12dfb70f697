"""What a buyer could do next: the own acts that would raise the score, and which of them reach a grade.

Every step is priced by the same ``line_points`` that made the score, caps and stretch included. A step
changes one item alone, so its gain is the least it brings: a visit also renews the last contact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import GRADES, NEXT_STEPS
from sincerity.scoring.card import Card, Floats, Ints, level_points, line_points
from sincerity.scoring.grades import GONE, GRADE_U, absolute_grade, percentile_grade
from sincerity.scoring.indicators import COUNTS_DAYS, READS_KINDS
from sincerity.settings import CardItem, GradeRules


@dataclass(frozen=True)
class Standing:
    """Where the buyers stand now, arrays over buyers: score, grade (index into GRADES) and its reason."""

    score: Ints
    grade: Ints
    reasons: npt.NDArray


def next_steps(
    buyer_ids: pd.Series, values: Floats, standing: Standing, card: Card, rules: GradeRules
) -> pd.DataFrame:
    """NEXT_STEPS of all buyers who still want to buy, in the order of ``buyer_ids``; fewest acts, then most gain.

    An item's step is its next level that gives more points; an item whose points fall with its value (days
    since the last contact) goes to its first level at once. ``reaches_grade`` is "" below a higher grade.
    """
    parts = [
        _item_steps(item_no, values, standing, card, rules)
        for item_no in range(len(card.items)) if card.available[item_no]
    ]
    if not parts:
        return NEXT_STEPS.empty()
    steps = pd.concat(parts, ignore_index=True)
    steps = steps.sort_values(["buyer", "acts", "missing_gain", "item_no"], kind="stable")
    return NEXT_STEPS.frame(steps.assign(
        buyer_id=buyer_ids.to_numpy()[steps["buyer"]],
        step_no=steps.groupby("buyer").cumcount() + 1,
        gain_points=-steps["missing_gain"],
        reaches_grade=np.array([*GRADES, ""], dtype=object)[steps["reached"]],
    ))


def best_reached_grade(buyer_ids: pd.Series, steps: pd.DataFrame) -> npt.NDArray:
    """Per buyer the best grade a single step reaches, "" where none does."""
    reaching = steps[steps["reaches_grade"] != ""]
    best = reaching.sort_values("reaches_grade").drop_duplicates("buyer_id").set_index("buyer_id")["reaches_grade"]
    return best.reindex(buyer_ids, fill_value="").to_numpy(object)


def next_value(values: Floats, item: CardItem) -> Floats:
    """The value of the item's next step for each value; NaN where no act would give more points."""
    levels = sorted(item.levels, key=lambda level: level.at_least)
    if levels[0].points > levels[-1].points:
        levels = levels[:1]
    points = level_points(values, item)
    better = np.array([level.points for level in levels]) > points[:, None]
    first_better = np.array([level.at_least for level in levels])[better.argmax(axis=1)]
    return np.where(better.any(axis=1), first_better, np.nan)


def _item_steps(item_no: int, values: Floats, standing: Standing, card: Card, rules: GradeRules) -> pd.DataFrame:
    item = card.items[item_no]
    target = next_value(values[:, item_no], item)
    moved = values.copy()
    moved[:, item_no] = np.where(np.isnan(target), values[:, item_no], target)
    score = line_points(moved, card).score
    gain = score - standing.score
    reached = _reached_grade(score, item, standing, rules)
    (buyer,) = np.nonzero((gain > 0) & ~np.isin(standing.reasons, GONE))
    start = values[buyer, item_no]
    acts = target[buyer] - np.nan_to_num(start) if item.measure in COUNTS_DAYS else np.ones(len(buyer))
    return pd.DataFrame({
        "buyer": buyer, "item_no": item_no, "line": item.item, "from_value": start, "to_value": target[buyer],
        "acts": acts, "missing_gain": -gain[buyer], "reached": reached[buyer],
    })


def _reached_grade(score: Ints, item: CardItem, standing: Standing, rules: GradeRules) -> Ints:
    """Index of the higher grade that ``score`` gives, −1 where the grade stays.

    A silent buyer gets a grade by a first act of their own, one who registered recently only by time.
    """
    graded = standing.reasons == "points"
    begins = (standing.reasons == "no_scored_event") & (item.measure in READS_KINDS)
    peers = standing.score[graded]
    if rules.governing == "absolute":
        grade = absolute_grade(score, rules)
    else:
        grade = percentile_grade(score, np.where(graded, standing.score, np.nan), peers, rules)
    grade = np.where(graded | begins, grade, GRADE_U)
    return np.where(grade < standing.grade, grade, -1)
