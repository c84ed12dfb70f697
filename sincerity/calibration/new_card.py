"""The re-weighted card as a file in the form of ``config/scorecard.csv``, for a person who accepts it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sincerity.calibration.reweight import Proposal

HEADER = (
    "group", "group_max", "item", "measure", "at_least", "points", "label_zh", "label_en", "unit", "source",
)


def card_text(accepted: Proposal, remark: str) -> str:
    """The card's CSV text; ``remark`` is added to the source of every item."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(_rows(accepted, remark))
    return out.getvalue()


def _rows(accepted: Proposal, remark: str) -> Iterator[tuple]:
    caps = dict(zip(accepted.card.groups, accepted.card.caps, strict=True))
    for item in accepted.card.items:
        labels = (item.label["zh"], item.label["en"], item.unit, f"{item.source}; {remark}")
        for number, level in enumerate(item.levels):
            texts = labels if number == 0 else ("",) * len(labels)
            yield (item.group, caps[item.group], item.item, item.measure, f"{level.at_least:g}", level.points, *texts)
