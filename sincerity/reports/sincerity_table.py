"""The sincerity assessment: one row per buyer, one column per score line, the score as their sum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sincerity.reports.chance_tables import column_of_chance, range_texts
from sincerity.reports.formatting import joined, texts_of, whole_numbers
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import ColumnView, TableView
from sincerity.reports.view_tables import Shown, column_view, view_of
from sincerity.reports.wording import Words
from sincerity.settings import CardItem, Scorecard

BEFORE = (
    Shown("priority_rank", "int", 7), Shown("buyer", width=12), Shown("buyer_id", width=12),
    Shown("phone_masked", width=13), Shown("consultant", width=10), Shown("grade", width=6),
)
AFTER = (
    Shown("percentile", "percent", 8), Shown("absolute_grade", width=7), Shown("percentile_grade", width=7),
    Shown("grade_reason", width=12), Shown("trend", width=8), Shown("placed_unit", width=13),
    Shown("next_step", "long_text", 30), Shown("strengths", "long_text", 80), Shown("weaknesses", "long_text", 80),
)
LINE_KINDS = ("item", "cap", "rescale")


def sincerity(lookup: Lookup) -> TableView:
    """The assessment in priority order, with what stands above and below a typical buyer and the next step."""
    lines = lookup.table("score_lines")
    order = _line_order(lines, lookup.result.settings.scorecard)
    points = lines[lines["available"]].pivot(index="buyer_id", columns="line", values="points").reindex(columns=order)
    people = lookup.people.sort_values("priority_rank", kind="stable")
    strong, weak = _against_the_median(lookup, lines, people.index)
    words = lookup.words
    frame = people.join(points.add_prefix("line.")).assign(
        buyer=people["who"],
        percentile=people["percentile"] / 100,
        grade_reason=words.labels(people["grade_reason"], "grade_reason"),
        trend=words.labels(people["trend"], "trend"),
        strengths=strong,
        weaknesses=weak,
        next_step=next_step_texts(lookup).reindex(people.index).fillna(""),
        chance_range=range_texts(lookup).reindex(people.index).fillna(""),
        **{column_of_chance(lookup).key: lookup.table("chances").set_index("buyer_id")["chance_percent"] / 100},
    )
    columns = _columns(lookup, lines, order)
    return view_of("sincerity", frame, columns, words)


def line_label(line: str, card: Scorecard, words: Words) -> str:
    """A score line in words: the item's label, a group's cap, or the rescaling to 100."""
    items = {item.item: item for item in card.items}
    if line in items:
        return items[line].label[words.lang]
    if line.startswith("cap_"):
        return words("line.cap", group=card.group_labels[line.removeprefix("cap_")][words.lang])
    return words(f"line.{line}")


def value_texts(values: pd.Series, item: CardItem, words: Words) -> pd.Series:
    """An item's values in words: levels by name, counts as numbers, "" where the buyer never did it."""
    if not words.has(f"value.{item.measure}.0"):
        return whole_numbers(values.round(1))
    return texts_of(np.floor(values), lambda level: words(f"value.{item.measure}.{level:.0f}"))


def next_step_texts(lookup: Lookup) -> pd.Series:
    """By buyer: the one act of the buyer's own that would raise the score most, with what it reaches."""
    steps = lookup.table("next_steps")
    first = steps[steps["step_no"] == steps.groupby("buyer_id")["step_no"].transform("min")]
    return step_sentences(first, lookup).set_axis(first["buyer_id"])


def step_sentences(steps: pd.DataFrame, lookup: Lookup) -> pd.Series:
    """Each of ``steps`` (NEXT_STEPS rows) as a sentence."""
    card, words = lookup.result.settings.scorecard, lookup.words
    items = {item.item: item for item in card.items}
    said = pd.DataFrame({"old": "", "new": ""}, index=steps.index, dtype=object)
    for line, rows in steps.groupby("line"):
        said.loc[rows.index, "old"] = value_texts(rows["from_value"], items[line], words)
        said.loc[rows.index, "new"] = value_texts(rows["to_value"], items[line], words)
    columns = {
        "item": steps["line"].map(lambda line: line_label(line, card, words)),
        "old": said["old"].where(said["old"] != "", words("none_yet")),
        "new": said["new"],
        "gain": texts_of(steps["gain_points"]),
        "grade": steps["reaches_grade"],
    }
    raises = steps["reaches_grade"] != ""
    plain, graded = words.phrase("next_step.points", columns), words.phrase("next_step.grade", columns)
    return graded.where(raises, plain)


def _columns(lookup: Lookup, lines: pd.DataFrame, order: list[str]) -> tuple[ColumnView, ...]:
    words = lookup.words
    per_line = tuple(ColumnView(f"line.{line}", label, "int", 9) for line, label in _headings(lookup, lines, order))
    span = (per_line[0].key, per_line[-1].key) if per_line else None
    total = ColumnView("score", words("column.score"), "int", 8, sum_of=span)
    before = tuple(column_view(column, words) for column in BEFORE)
    shown_after = (column_of_chance(lookup), Shown("chance_range", width=10), *AFTER)
    after = tuple(column_view(column, words) for column in shown_after)
    return (*before, *per_line, total, *after)


def _headings(lookup: Lookup, lines: pd.DataFrame, order: list[str]) -> Iterator[tuple[str, str]]:
    """Each line with its label; an item's says its most points and what the typical buyer has."""
    words, card = lookup.words, lookup.result.settings.scorecard
    items = {item.item: item for item in card.items}
    each = lines.groupby("line").agg(most=("max_points", "max"), median=("median_value", "max"))
    for line in order:
        label = line_label(line, card, words)
        if line in items:
            median = value_texts(each.loc[[line], "median"], items[line], words).iloc[0]
            label += words("of_most", points=each.at[line, "most"], median=median or words("none_yet"))
        yield line, label


def _line_order(lines: pd.DataFrame, card: Scorecard) -> list[str]:
    """The lines that occur: items in the card's order, then caps by group, then the rescaling."""
    items = {item.item: place for place, item in enumerate(card.items)}
    caps = {f"cap_{group}": place for place, group in enumerate(card.group_caps)}
    kinds = lines.drop_duplicates("line")[["line", "line_kind"]]
    keyed = [
        (LINE_KINDS.index(kind), items.get(line, caps.get(line, 0)), line)
        for line, kind in zip(kinds["line"], kinds["line_kind"], strict=True)
    ]
    return [line for _, _, line in sorted(keyed)]


def _against_the_median(lookup: Lookup, lines: pd.DataFrame, buyers: pd.Index) -> tuple[pd.Series, pd.Series]:
    """By buyer: the items above and below what the launch's typical buyer has, each with the buyer's value."""
    words = lookup.words
    strong: list[pd.Series] = [pd.Series("", index=buyers, dtype=object)]
    weak = strong.copy()
    of_line = dict(tuple(lines[lines["available"]].groupby("line")))
    for item in lookup.result.settings.scorecard.items:
        if item.item in of_line:
            own = of_line[item.item].set_index("buyer_id").reindex(buyers)
            value = value_texts(own["value"], item, words)
            said = item.label[words.lang] + " " + value.where(value != "", words("none_yet"))
            lead = _lead(own, item)
            strong.append(said.where(lead > 0, ""))
            weak.append(said.where(lead < 0, ""))
    between = words("list_semicolon")
    return joined(strong, between), joined(weak, between)


def _lead(own: pd.DataFrame, item: CardItem) -> pd.Series:
    """How far a value is on the better side of the median; a buyer without a value is behind one who has it."""
    rising = item.levels[-1].points >= item.levels[0].points
    if rising:
        return own["value"].fillna(0) - own["median_value"].fillna(0)
    return own["median_value"] - own["value"].fillna(np.inf)
