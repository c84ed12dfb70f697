"""Chart 2.1: the scoring card as a printed standard, item by item and level by level, and the bounds of the grades."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sincerity.method_charts import method_charts
from sincerity.reports.lookup import Lookup
from sincerity.reports.run_tables import unavailable_items
from sincerity.reports.sincerity_table import value_texts
from sincerity.reports.view import TableView
from sincerity.reports.view_tables import Shown, table_view
from sincerity.settings import CardItem

STANDARD = (
    Shown("standard_group", width=14), Shown("standard_cap", "int", 8), Shown("standard_item", width=26),
    Shown("standard_where", width=14), Shown("standard_at_least", width=16), Shown("standard_unit", width=9),
    Shown("standard_points", "int", 8),
)
_KEYS = [column.key for column in STANDARD]


def scoring_standard(lookup: Lookup) -> TableView:
    """The card in force, without the items this round cannot observe, then the grades."""
    rows = [*_card_rows(lookup), *_grade_rows(lookup)]
    return table_view("scoring_standard", pd.DataFrame(rows, columns=_KEYS, dtype=object), STANDARD, lookup.words)


def _card_rows(lookup: Lookup) -> Iterator[tuple[object, ...]]:
    settings, lang = lookup.result.settings, lookup.words.lang
    card, missing = settings.scorecard, unavailable_items(settings, lookup.result.round)
    for item in card.items:
        if item.item not in missing:
            group = card.group_labels[item.group][lang]
            where = lookup.words(f"where.{method_charts().collected_at(item.measure)}")
            for bound, level in zip(_bounds(item, lookup), item.levels, strict=True):
                yield (group, card.group_caps[item.group], item.label[lang], where, bound, _unit(item, lookup),
                       level.points)


def _grade_rows(lookup: Lookup) -> Iterator[tuple[object, ...]]:
    words, grades = lookup.words, lookup.result.settings.grades
    if grades.governing == "absolute":
        for grade, points in grades.absolute.items():
            yield (words("grade_group"), None, words("grade_named", grade=grade), "", f"{points}",
                   words("points_unit"), None)
        return
    for grade, share in grades.percentile_shares.items():
        yield (words("grade_group_percentile"), None, words("grade_named", grade=grade), "", f"{share:.0%}",
               words("share_unit"), None)


def _unit(item: CardItem, lookup: Lookup) -> str:
    """The unit the card names, in the report's language where the catalogue knows it."""
    key = f"card_unit.{item.unit}"
    return lookup.words(key) if lookup.words.has(key) else item.unit


def _bounds(item: CardItem, lookup: Lookup) -> pd.Series:
    """Each level's lower bound in words, where the measure has names for its values."""
    return value_texts(pd.Series([float(level.at_least) for level in item.levels]), item, lookup.words)
