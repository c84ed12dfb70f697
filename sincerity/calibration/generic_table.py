"""Any table of items, outcome and group as history, so that the scorer can be held against public data.

Every item is cut into at most five levels by its own distribution, without a look at the outcome, and all items weigh
the same: a card nobody tuned. Groups stand for launches, in the order given or in that of their first row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sincerity.calibration.drift import GRADE
from sincerity.calibration.past import PastBuyers
from sincerity.domain import GRADES, PastLaunch
from sincerity.scoring.card import FULL_POINTS, Card, line_points
from sincerity.scoring.grades import absolute_grade
from sincerity.settings import CardItem, CardLevel, GradeRules

LEVELS = 5
SOURCE = "equal weights, levels by quantile"


def past_of_table(
    items: pd.DataFrame, falling: frozenset[str], others: pd.DataFrame, outcome: np.ndarray, group: np.ndarray,
    opinion: np.ndarray, rules: GradeRules, order: Sequence[str] = (),
) -> PastBuyers:
    """The table as past buyers. ``falling`` names items of which more is worse; ``order`` groups in time."""
    first_met = pd.unique(pd.Series(group)).tolist()
    names = [name for name in order if name in first_met] + [name for name in first_met if name not in order]
    values = items.mul([-1.0 if name in falling else 1.0 for name in items]).to_numpy(float)
    card = equal_card(items.columns.tolist(), values)
    score = line_points(values, card).score
    return PastBuyers(
        launches=tuple(str(name) for name in names),
        launch=pd.Index(names).get_indexer(group).astype(np.int64),
        score=score,
        bought=outcome,
        grade=np.array(GRADES, dtype=object)[absolute_grade(score, rules)],
        consultant=np.full(len(score), "", dtype=object),
        opinion=opinion,
        values=values,
        cards=(card,) * len(names),
        columns={name: others[name].to_numpy(float) for name in others},
    )


def accounts_of(past: PastBuyers) -> tuple[PastLaunch, ...]:
    """One account per group."""
    return tuple(
        PastLaunch(name, None, None, int((past.launch == k).sum()), int(past.bought[past.launch == k].sum()))
        for k, name in enumerate(past.launches)
    )


def references_of(past: PastBuyers) -> list[dict[str, dict[str, int]]]:
    """Cases of every group counted by grade and by the points of every item."""
    points = past.item_points()
    return [
        {GRADE: _counts(past.grade[here])} | {item.item: _counts(points[here, i]) for i, item in enumerate(past.items)}
        for here in (past.launch == k for k in range(len(past.launches)))
    ]


def equal_card(names: list[str], values: np.ndarray) -> Card:
    """A card on which every column weighs the same and rises by equal steps over its levels."""
    caps = [FULL_POINTS // len(names) + (place < FULL_POINTS % len(names)) for place in range(len(names))]
    items = tuple(
        _item(name, values[:, i], cap) for i, (name, cap) in enumerate(zip(names, caps, strict=True))
    )
    return Card(items, (True,) * len(names), tuple(names), tuple(caps))


def _item(name: str, values: np.ndarray, cap: int) -> CardItem:
    borders = _borders(values)
    most = max(len(borders) - 1, 1)
    levels = tuple(CardLevel(border, (2 * cap * step + most) // (2 * most)) for step, border in enumerate(borders))
    return CardItem(name, name, name, levels, {"zh": name, "en": name}, "", SOURCE)


def _borders(values: np.ndarray) -> list[float]:
    """Lower borders of the levels: every value where there are few, else quantiles, each once.

    Where one value, the lowest, fills most levels, it is a level of its own and the rest is cut instead.
    """
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    if len(distinct) > LEVELS:
        rest = known[known > distinct[0]]
        cut = np.unique(np.quantile(known, np.arange(LEVELS) / LEVELS, method="higher"))
        finer = np.unique(np.quantile(rest, np.arange(LEVELS - 1) / (LEVELS - 1), method="higher"))
        distinct = cut if len(cut) == LEVELS else np.concatenate([distinct[:1], finer])
    return [float(border) for border in distinct] or [0.0]


def _counts(classes: np.ndarray) -> dict[str, int]:
    counted = pd.Series(classes).astype(str).value_counts().sort_index()
    return {str(name): int(cases) for name, cases in counted.items()}
