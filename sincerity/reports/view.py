"""What every report places: ordered rows of ready values, labels in one language.

The view-model is the last place where numbers are looked up and sentences put together. Workbook, page
and pictures only lay it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

CellValue = str | int | float | datetime | None
ColumnKind = Literal["text", "long_text", "int", "number", "yuan", "yuan_per_m2", "percent", "date", "datetime"]


@dataclass(frozen=True)
class ColumnView:
    """One column: stable key, label in the report's language, how its values read, width in characters.

    A ``percent`` value is a fraction (0.75 reads 75%). ``sum_of`` names the first and last of the columns
    this one adds up. A ``fill_in`` column is left empty for people, who may enter ``choices`` where it names any.
    """

    key: str
    label: str
    kind: ColumnKind = "text"
    width: int = 12
    sum_of: tuple[str, str] | None = None
    fill_in: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableView:
    """One table. ``rows`` are in display order; texts are ready, numbers stay numbers for Excel."""

    key: str
    title: str
    note: str
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[CellValue, ...], ...]


@dataclass(frozen=True)
class Fact:
    """One figure of the summary: label, value as text, and its denominator or condition."""

    key: str
    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True)
class FacadeSection:
    """One stairwell section: rooms from left to right, floors from the top down, a unit id or None in each place."""

    name: str
    rooms: tuple[str, ...]
    floors: tuple[int, ...]
    unit_ids: tuple[tuple[str | None, ...], ...]  # [floor][room]


@dataclass(frozen=True)
class FacadeBuilding:
    """One building as seen from the street: its sections from left to right."""

    name: str
    sections: tuple[FacadeSection, ...]


@dataclass(frozen=True)
class LegendItem:
    """One class of the chart: its key, letter, label and how many units it holds."""

    band: str
    letter: str
    label: str
    units: int


@dataclass(frozen=True)
class ChartCell:
    """One unit on the chart: what stands in the cell, its class, its letter, and the words on hover."""

    unit_id: str
    text: str
    band: str
    letter: str
    title: str


@dataclass(frozen=True)
class FloweringChart:
    """The facade with a class for every unit."""

    title: str
    subtitle: str
    theme: str
    buildings: tuple[FacadeBuilding, ...]
    cells: Mapping[str, ChartCell]  # unit id → cell
    legend: tuple[LegendItem, ...]
    labels: Mapping[str, str]  # words the drawing needs: building, section, floor …


@dataclass(frozen=True)
class Drawn:
    """One drawing under its own heading."""

    title: str
    svg: str


@dataclass(frozen=True)
class ReviewView:
    """A closed launch beside its forecast: ready sentences, drawn comparisons, and the facade unit by unit."""

    title: str
    sentence: str
    figure: str
    findings: tuple[str, ...]
    how_to_read: str
    comparisons: tuple[Drawn, ...]
    units_title: str
    units: FloweringChart


@dataclass(frozen=True)
class AbsorptionView:
    """The launch-day forecast at a glance: ready sentences, the curve and the levers as SVG, the chart by wave."""

    review: ReviewView | None  # None before the launch is closed
    sentence: str
    figure: str
    figure_range: str
    revenue_range: str
    basis: str
    curve: str
    changes: tuple[str, ...]
    risks: tuple[str, ...]
    waves: FloweringChart
    levers: str  # "" where none were compared
    words: Mapping[str, str]  # headings


@dataclass(frozen=True)
class ControlCell:
    """One unit on the control grid: ready lines of text and its state (held_by_buyer, free, contested, held, sold)."""

    unit_id: str
    lines: tuple[str, ...]
    state: str
    grade: str


@dataclass(frozen=True)
class Picture:
    """What is drawn above a table: SVG drawings, and sentences that name what no drawing can."""

    key: str
    drawings: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Everything the round's reports show, in one language."""

    lang: str
    title: str
    subtitle: str
    synthetic_note: str  # "" for a real launch
    round_purpose: str  # what the round is for and tied to; "" where the launch does not say
    headline: str  # one sentence for an executive
    since: tuple[str, ...]  # what changed since the run before, in three sentences; () without one
    facts: tuple[Fact, ...]
    notices: tuple[str, ...]  # what the reader must know: unproven, thin evidence, late entries …
    facade: tuple[FacadeBuilding, ...]
    control_cells: Mapping[str, ControlCell]
    chart: FloweringChart
    absorption: AbsorptionView | None  # None when no unit is on sale
    tables: Mapping[str, TableView]
    work_lists: Mapping[str, TableView]  # consultant → list
    pictures: Mapping[str, Picture]  # key of the table they stand above → drawings
