"""The score as the rows a person reads: one line per item, per cap that cuts, and the stretch to 100."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import SCORE_LINES
from sincerity.scoring.card import FULL_POINTS, Card, Floats, LinePoints

RESCALE = "rescale"


@dataclass(frozen=True)
class _Slot:
    """One possible line of every buyer: arrays over buyers and what is the same for all."""

    line: str
    line_kind: str
    group: str
    available: bool
    max_points: int
    points: npt.NDArray[np.int64]
    shown: npt.NDArray[np.bool_]
    values: Floats
    median: float


def score_lines(buyer_ids: pd.Series, values: Floats, points: LinePoints, card: Card) -> pd.DataFrame:
    """SCORE_LINES in the order of ``buyer_ids`` and of the card; per buyer their points sum to the score.

    Every item has a line, an unavailable one 0 of 0. ``cap_<group>`` stands where the cap took points,
    ``rescale`` for everybody when not all points can be observed.
    """
    slots = _slots(values, points, card)
    count = len(buyer_ids)
    shown = np.column_stack([slot.shown for slot in slots])
    buyer, slot_no = np.nonzero(shown)
    return SCORE_LINES.frame({
        "buyer_id": buyer_ids.to_numpy()[buyer],
        "line_no": slot_no + 1,
        "line": np.array([slot.line for slot in slots], dtype=object)[slot_no],
        "line_kind": np.array([slot.line_kind for slot in slots], dtype=object)[slot_no],
        "group": np.array([slot.group for slot in slots], dtype=object)[slot_no],
        "available": np.array([slot.available for slot in slots])[slot_no],
        "value": np.column_stack([slot.values for slot in slots])[buyer, slot_no] if count else [],
        "points": np.column_stack([slot.points for slot in slots])[buyer, slot_no] if count else [],
        "max_points": np.array([slot.max_points for slot in slots])[slot_no],
        "median_value": np.array([slot.median for slot in slots])[slot_no],
    })


def _slots(values: Floats, points: LinePoints, card: Card) -> list[_Slot]:
    slots = []
    for group_no, group in enumerate(card.groups):
        slots += [_item_slot(i, values, points, card) for i in card.members(group)]
        cut = points.caps[:, group_no]
        slots.append(_derived_slot(f"cap_{group}", "cap", group, 0, cut, cut < 0))
    stretch = FULL_POINTS - card.available_points
    everybody = np.full(len(values), card.is_rescaled)
    slots.append(_derived_slot(RESCALE, RESCALE, "", stretch, points.rescale, everybody))
    return slots


def _item_slot(i: int, values: Floats, points: LinePoints, card: Card) -> _Slot:
    item, available = card.items[i], card.available[i]
    known = values[~np.isnan(values[:, i]), i]
    return _Slot(
        item.item, "item", item.group, available, item.max_points * available, points.items[:, i],
        np.ones(len(values), dtype=bool), values[:, i], float(np.median(known)) if len(known) else np.nan,
    )


def _derived_slot(
    line: str, kind: str, group: str, max_points: int, points: npt.NDArray[np.int64], shown: npt.NDArray[np.bool_]
) -> _Slot:
    return _Slot(line, kind, group, True, max_points, points, shown, np.full(len(points), np.nan), np.nan)
