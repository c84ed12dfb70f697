"""The method's twelve charts as data: number, table, and the rounds each belongs to."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sincerity.paths import config_dir


@dataclass(frozen=True)
class MethodChart:
    """One chart of the method. ``always``: every round shows it, though the method asks for it in ``rounds``."""

    number: str
    table: str
    rounds: tuple[int, ...]
    always: bool = False

    def shown_in(self, round_number: int) -> bool:
        """Whether the reports of this round hold the chart."""
        return self.always or round_number in self.rounds


@dataclass(frozen=True)
class MethodCharts:
    """All charts in the method's order, what may be shown of answers, the classes in which chart 1.3 counts
    units (lower bounds in buyers), and who collects what the card measures."""

    charts: tuple[MethodChart, ...]
    least_buyers_to_show: int
    pick_levels: tuple[int, ...]
    collected: Mapping[str, tuple[str, ...]]

    def collected_at(self, measure: str) -> str:
        """Where a measure of the card is collected: site, phone or both."""
        return next((place for place, measures in self.collected.items() if measure in measures), "both")


@cache
def method_charts() -> MethodCharts:
    """The charts of ``config/charts.toml``."""
    raw = tomllib.loads((config_dir() / "charts.toml").read_text(encoding="utf-8"))
    charts = tuple(MethodChart(**(row | {"rounds": tuple(row["rounds"])})) for row in raw["chart"])
    collected = {place: tuple(measures) for place, measures in raw["collected"].items()}
    return MethodCharts(charts, raw["least_buyers_to_show"], tuple(raw["pick_levels"]), collected)


def chart_shown(table: str, round_number: int) -> bool:
    """Whether the reports of this round hold the chart of ``table``."""
    return any(chart.table == table and chart.shown_in(round_number) for chart in method_charts().charts)
