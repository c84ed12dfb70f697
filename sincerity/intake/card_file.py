"""The scoring card, a table planners edit in Excel or a text editor, read strictly.

One row per level of an item. A card that scores wrongly is worse than none, so every rule a card must keep
is one check in ``CHECKS``, and each fault names the row and column where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sincerity.intake.headers import column_letter
from sincerity.intake.raw import CellError, RawCell, RawSheet
from sincerity.problems import Problem
from sincerity.settings import CardItem, CardLevel, Scorecard

COLUMNS = (
    "group", "group_max", "item", "measure", "at_least", "points", "label_zh", "label_en", "unit", "source",
)
TOTAL_POINTS = 100
FALLING_MEASURES = ("days_since_contact",)  # the smaller the value, the more points

_TEXTS_OF_FIRST_ROW = ("label_zh", "label_en", "unit", "source")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class _Level:
    """One row of the card, typed, with its place."""

    place: _Place
    group: str
    group_max: int
    item: str
    measure: str
    at_least: float
    points: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class _Place:
    """Where a row stands: makes problems that name file, sheet, row and column."""

    file: str
    sheet: str
    row: int
    letters: Mapping[str, str]

    def problem(self, code: str, column: str, value: object = None, **parts: object) -> Problem:
        shown = None if value is None else _shown(value)[:60]
        return Problem("error", code, self.file, self.sheet or None, self.row, self.letters.get(column), column, shown,
                       parts)


Check = Callable[[Mapping[str, Sequence[_Level]], Sequence[str]], list[Problem]]


def recognised_card_columns(cells: Sequence[RawCell]) -> int:
    """How many of the cells are headers of a scoring card."""
    return sum(str(cell).strip().lower() in COLUMNS for cell in cells if cell is not None)


def holds_card(sheet: RawSheet) -> bool:
    """True when some row of the sheet is the header of a scoring card."""
    return _header_row(sheet) is not None


def read_card(
    sheet: RawSheet, measures: Sequence[str], group_labels: Mapping[str, Mapping[str, str]]
) -> tuple[Scorecard | None, list[Problem]]:
    """The scoring card of a sheet; None when anything is wrong. ``measures`` are the names the scoring knows."""
    header_row = _header_row(sheet)
    if header_row is None:
        return None, [Problem("error", "card_no_header", sheet.file, sheet.sheet or None,
                              parts={"columns": ", ".join(COLUMNS)})]
    places, problems = _columns(sheet, header_row)
    if problems:
        return None, problems
    levels, problems = _levels(sheet, header_row, places)
    by_item: dict[str, list[_Level]] = {}
    for level in levels:
        by_item.setdefault(level.item, []).append(level)
    if not problems:
        problems = [problem for check in CHECKS for problem in check(by_item, measures)]
        problems += _unlabelled_groups(by_item, group_labels)
    if problems:
        return None, problems
    return _card(by_item, group_labels), []


def _header_row(sheet: RawSheet) -> int | None:
    return next((i for i, cells in enumerate(sheet.rows[:20]) if recognised_card_columns(cells) >= 3), None)


def _columns(sheet: RawSheet, header_row: int) -> tuple[dict[str, int], list[Problem]]:
    headers = [_shown(cell).lower() for cell in sheet.rows[header_row]]
    letters = {header: column_letter(index) for index, header in enumerate(headers)}
    place = _Place(sheet.file, sheet.sheet, header_row + 1, letters)
    allowed = ", ".join(COLUMNS)
    problems = [place.problem("card_column_missing", column, columns=allowed)
                for column in COLUMNS if column not in headers]
    for index, header in enumerate(headers):
        if header and header not in COLUMNS:
            problems.append(place.problem("card_column_unknown", header, header, columns=allowed))
        elif header and header in headers[:index]:
            problems.append(place.problem("card_column_twice", header, header))
    return {column: headers.index(column) for column in COLUMNS if column in headers}, problems


def _levels(sheet: RawSheet, header_row: int, columns: Mapping[str, int]) -> tuple[list[_Level], list[Problem]]:
    letters = {column: column_letter(index) for column, index in columns.items()}
    levels: list[_Level] = []
    problems: list[Problem] = []
    for index in range(header_row + 1, len(sheet.rows)):
        cells = {column: sheet.rows[index][position] for column, position in columns.items()}
        if not any(_shown(cell) for cell in cells.values()):
            continue
        level, faults = _level(_Place(sheet.file, sheet.sheet, index + 1, letters), cells)
        problems += faults
        if level is not None:
            levels.append(level)
    if not levels and not problems:
        problems.append(Problem("error", "card_empty", sheet.file, sheet.sheet or None))
    return levels, problems


def _level(place: _Place, cells: Mapping[str, RawCell]) -> tuple[_Level | None, list[Problem]]:
    names = {column: _shown(cells[column]) for column in ("group", "item", "measure")}
    problems = [place.problem("card_bad_name" if name else "card_cell_empty", column, name or None)
                for column, name in names.items() if not _NAME.fullmatch(name)]
    numbers: dict[str, float] = {}
    for column in ("group_max", "at_least", "points"):
        number = _number(cells[column])
        if not _shown(cells[column]):
            problems.append(place.problem("card_cell_empty", column))
        elif number is None or number < 0:
            problems.append(place.problem("card_not_number", column, _shown(cells[column])))
        elif column != "at_least" and number != int(number):
            problems.append(place.problem("card_not_whole", column, cells[column]))
        else:
            numbers[column] = number
    if problems:
        return None, problems
    texts = {column: _shown(cells[column]) for column in _TEXTS_OF_FIRST_ROW}
    return _Level(
        place, names["group"], int(numbers["group_max"]), names["item"], names["measure"],
        numbers["at_least"], int(numbers["points"]), texts,
    ), []


def _known_measures(by_item: Mapping[str, Sequence[_Level]], measures: Sequence[str]) -> list[Problem]:
    allowed = ", ".join(measures)
    return [level.place.problem("card_unknown_measure", "measure", level.measure, allowed=allowed)
            for levels in by_item.values() for level in levels if level.measure not in measures]


def _one_block_per_item(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    """An item has one group, one measure and rows that stand together: anything else is a duplicate."""
    problems = []
    for item, levels in by_item.items():
        for above, level in pairwise(levels):
            apart = any(above.place.row < other.place.row < level.place.row
                        for others in by_item.values() for other in others)
            if apart or (level.group, level.measure) != (above.group, above.measure):
                problems.append(level.place.problem("card_item_twice", "item", item, first=levels[0].place.row))
                break
    return problems


def _levels_rise(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    return [level.place.problem("card_levels_not_rising", "at_least", level.at_least, above=f"{above.at_least:g}")
            for levels in by_item.values() for above, level in pairwise(levels) if level.at_least <= above.at_least]


def _first_level_is_zero(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    return [levels[0].place.problem("card_first_level_missing", "at_least", levels[0].at_least, item=item)
            for item, levels in by_item.items() if levels[0].at_least != 0]


def _points_monotone(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    """More of a good thing never gives fewer points; for a falling measure, a larger value never gives more."""
    problems = []
    for levels in by_item.values():
        falling = levels[0].measure in FALLING_MEASURES
        for above, level in pairwise(levels):
            if level.points > above.points if falling else level.points < above.points:
                code = "card_points_rise" if falling else "card_points_fall"
                problems.append(level.place.problem(code, "points", level.points, above=above.points))
    return problems


def _texts_given(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    return [levels[0].place.problem("card_text_missing", column, item=item)
            for item, levels in by_item.items() for column, words in levels[0].texts.items() if not words]


def _one_cap_per_group(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    caps = _caps(by_item)
    return [level.place.problem("card_group_max_differs", "group_max", level.group_max, group=level.group,
                                first=caps[level.group])
            for levels in by_item.values() for level in levels if level.group_max != caps[level.group]]


def _items_fit_groups(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    """No single item gives more than its group may, and together the items can reach the group's maximum."""
    caps = _caps(by_item)
    problems = [level.place.problem("card_over_group_max", "points", level.points, group=level.group,
                                    maximum=caps[level.group])
                for levels in by_item.values() for level in levels if level.points > caps[level.group]]
    for group, cap in caps.items():
        blocks = [levels for levels in by_item.values() if levels[0].group == group]
        reachable = sum(max(level.points for level in levels) for levels in blocks)
        if reachable < cap:
            problems.append(blocks[0][0].place.problem("card_group_max_unreachable", "group_max", cap, group=group,
                                                       reachable=reachable))
    return problems


def _groups_sum_to_total(by_item: Mapping[str, Sequence[_Level]], _: Sequence[str]) -> list[Problem]:
    caps = _caps(by_item)
    total = sum(caps.values())
    if total == TOTAL_POINTS:
        return []
    last = list(by_item.values())[-1][-1]
    listed = ", ".join(f"{group} {cap}" for group, cap in caps.items())
    return [last.place.problem("card_total_not_100", "group_max", total, groups=listed, total=TOTAL_POINTS)]


CHECKS: tuple[Check, ...] = (
    _known_measures,
    _one_block_per_item,
    _levels_rise,
    _first_level_is_zero,
    _points_monotone,
    _texts_given,
    _one_cap_per_group,
    _items_fit_groups,
    _groups_sum_to_total,
)


def _unlabelled_groups(by_item: Mapping[str, Sequence[_Level]], labels: Mapping[str, object]) -> list[Problem]:
    firsts = {levels[0].group: levels[0] for levels in reversed(list(by_item.values()))}
    return [level.place.problem("card_group_unlabelled", "group", group, groups=", ".join(labels))
            for group, level in firsts.items() if group not in labels]


def _card(by_item: Mapping[str, Sequence[_Level]], group_labels: Mapping[str, Mapping[str, str]]) -> Scorecard:
    items = tuple(
        CardItem(
            item, levels[0].group, levels[0].measure,
            tuple(CardLevel(level.at_least, level.points) for level in levels),
            {"zh": levels[0].texts["label_zh"], "en": levels[0].texts["label_en"]},
            levels[0].texts["unit"], levels[0].texts["source"],
        )
        for item, levels in by_item.items()
    )
    caps = _caps(by_item)
    return Scorecard(items, caps, {group: dict(group_labels[group]) for group in caps})


def _caps(by_item: Mapping[str, Sequence[_Level]]) -> dict[str, int]:
    """Group → its maximum as first written."""
    caps: dict[str, int] = {}
    for levels in by_item.values():
        caps.setdefault(levels[0].group, levels[0].group_max)
    return caps


def _number(cell: RawCell) -> float | None:
    if isinstance(cell, str):
        try:
            cell = float(cell.strip())
        except ValueError:
            return None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return float(cell) if abs(cell) < 1e9 else None


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return cell.shown
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip()
