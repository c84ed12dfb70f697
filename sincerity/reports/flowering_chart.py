"""The flowering chart's view-model: a class, a count and the words of every unit on the facade.

Classes, letters and colours are data in ``config/flowering.toml``. A later view, such as the wave a unit
goes in, brings other bands and other cell texts; the drawing stays the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from sincerity.domain import RoundResult
from sincerity.reports.chart_settings import band_for, chart_settings
from sincerity.reports.facade import facade
from sincerity.reports.view import ChartCell, FacadeBuilding, FloweringChart, LegendItem
from sincerity.texts import text


def flowering_chart(result: RoundResult, lang: str, theme: str) -> FloweringChart:
    """The chart by number of willing buyers: eligible picks per unit, one per household, at the given price."""
    units = result.tables["units"]
    cells = _cells(units, result.tables["demand"], lang)
    buildings = facade(units)
    return FloweringChart(
        title=text("chart.title", lang, launch=result.settings.name),
        subtitle=text("chart.subtitle", lang, round=result.round, cutoff=f"{result.cutoff:%Y-%m-%d %H:%M}"),
        theme=theme,
        buildings=buildings,
        cells=MappingProxyType(cells),
        legend=_legend(cells, lang),
        labels=MappingProxyType(chart_labels(result, units, buildings, lang)),
    )


def _cells(units: pd.DataFrame, demand: pd.DataFrame, lang: str) -> dict[str, ChartCell]:
    named = _per_unit(demand, units)
    willing = _per_unit(demand[demand["eligible"]], units)
    columns = ["unit_id", "layout", "area_m2", "total_yuan", "status"]
    rows = zip(*(units[column].tolist() for column in columns), willing, named, strict=True)
    return {row[0]: _cell(*row, lang=lang) for row in rows}


def _per_unit(picks: pd.DataFrame, units: pd.DataFrame) -> list[int]:
    """How many of ``picks`` name each unit, in the order of ``units``."""
    return picks.groupby("unit_id").size().reindex(units["unit_id"], fill_value=0).tolist()


def _cell(
    unit_id: str, layout: str, area_m2: float, total_yuan: int, status: str, willing: int, named: int, *, lang: str
) -> ChartCell:
    rules = chart_settings()
    off_market = rules.statuses.get(status)
    band = off_market or band_for(willing, rules.views["buyers"])
    unit = text("chart.unit", lang, unit=unit_id, layout=layout, area=f"{area_m2:,.2f}", total=f"{total_yuan:,}")
    state = text(f"chart.cell.{status}", lang, willing=willing, named=named)
    return ChartCell(
        unit_id=unit_id,
        text="–" if off_market else str(willing),
        band=band.band,
        letter=band.letter[lang],
        title=f"{unit}\n{state}",
    )


def _legend(cells: Mapping[str, ChartCell], lang: str) -> tuple[LegendItem, ...]:
    """Every band of the view, and held or sold units where there are any."""
    rules = chart_settings()
    counts = Counter(cell.band for cell in cells.values())
    shown = (*rules.views["buyers"], *(band for band in rules.statuses.values() if counts[band.band]))
    return tuple(
        LegendItem(
            band=band.band, letter=band.letter[lang], label=_band_label(band.band, lang), units=counts[band.band]
        )
        for band in shown
    )


def _band_label(name: str, lang: str) -> str:
    """The band in words: ``2–4 buyers``, ``5 or more buyers``, ``held``."""
    rules = chart_settings()
    if name in rules.statuses:
        return text(f"chart.band.{name}", lang)
    bands = rules.views["buyers"]
    place = [band.band for band in bands].index(name)
    low = int(bands[place].at_least)
    if place == 0:
        return text("chart.band.from", lang, low=low)
    high = int(bands[place - 1].at_least) - 1
    if low == high:
        return text("chart.band.none" if low == 0 else "chart.band.exactly", lang, low=low)
    return text("chart.band.range", lang, low=low, high=high)


def chart_labels(
    result: RoundResult, units: pd.DataFrame, buildings: tuple[FacadeBuilding, ...], lang: str
) -> dict[str, str]:
    """The words every view of the chart needs: buildings, sections, floors, totals, and the note on synthetic data."""
    total, on_sale = len(units), int((units["status"] == "available").sum())
    synthetic = text("chart.synthetic", lang) if result.settings.synthetic else ""
    labels = {"lang": lang, "synthetic": synthetic}
    labels["legend"] = text("chart.legend", lang, total=total, on_sale=on_sale)
    labels |= {word: text(f"chart.{word}", lang) for word in ("floor", "units", "summary")}
    for building in buildings:
        labels[f"building {building.name}"] = _named("building", building.name, lang)
        labels |= {f"section {s.name}": _named("section", s.name, lang) for s in building.sections if s.name}
    return labels


def _named(kind: str, name: str, lang: str) -> str:
    """``1`` becomes ``1栋`` or ``Building 1``; a name that says what it is (``1#楼``, ``A座``) stays."""
    return text(f"chart.{kind}", lang, name=name) if name.isascii() and name.isalnum() else name
