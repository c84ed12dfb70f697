"""The flowering chart by predicted wave: red first, green second, blue third, pale under even chance."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import Any

from sincerity.domain import RoundResult
from sincerity.reports.chart_settings import Band, chart_settings
from sincerity.reports.facade import facade
from sincerity.reports.flowering_chart import chart_labels
from sincerity.reports.formatting import share_text
from sincerity.reports.view import ChartCell, FloweringChart, LegendItem
from sincerity.texts import text

EVEN_CHANCE = 0.5
UNLIKELY = "unlikely"
Forecast = tuple[float, int, str, float]  # chance to sell, wave, most likely buyer, their chance


def wave_chart(result: RoundResult, lang: str, theme: str) -> FloweringChart:
    """The chart with every unit's chance to sell, coloured by the wave in which it goes."""
    units = result.tables["units"]
    buildings = facade(units)
    cells = _cells(result, lang)
    labels = chart_labels(result, units, buildings, lang) | {"summary": text("forecast.wave.summary", lang)}
    return FloweringChart(
        title=f"{result.settings.name} · {text('forecast.waves_title', lang)}",
        subtitle=text("forecast.wave.subtitle", lang, round=result.round),
        theme=theme,
        buildings=buildings,
        cells=MappingProxyType(cells),
        legend=_legend(cells, lang),
        labels=MappingProxyType(labels),
    )


def _cells(result: RoundResult, lang: str) -> dict[str, ChartCell]:
    units, rows, buyers = (result.tables[name] for name in ("units", "forecast_units", "buyers"))
    who = dict(zip(buyers["buyer_id"], buyers["name"], strict=True))
    columns = ("chance_to_sell", "wave", "likely_buyer_id", "likely_buyer_chance")
    forecast = dict(zip(rows["unit_id"], zip(*(rows[column].tolist() for column in columns), strict=True), strict=True))
    facts = units[["unit_id", "layout", "area_m2", "total_yuan", "status"]].itertuples(index=False)
    return {unit.unit_id: _cell(unit, forecast.get(unit.unit_id), who, lang) for unit in facts}


def _cell(unit: Any, forecast: Forecast | None, who: dict[str, str], lang: str) -> ChartCell:
    """``unit`` is a row of the units."""
    area, total = f"{unit.area_m2:,.2f}", f"{unit.total_yuan:,}"
    name = text("chart.unit", lang, unit=unit.unit_id, layout=unit.layout, area=area, total=total)
    if forecast is None:
        band, said = chart_settings().statuses[unit.status], text(f"chart.band.{unit.status}", lang)
        return ChartCell(unit.unit_id, "–", band.band, band.letter[lang], f"{name}\n{said}")
    chance, wave, buyer_id, buyer_chance = forecast
    band = _band(chance, wave)
    said = text("forecast.wave.never", lang) if not wave else text(
        "forecast.wave.cell", lang, chance=share_text(chance, 1), wave=wave, buyer=who.get(buyer_id) or buyer_id,
        share=share_text(buyer_chance, 1),
    )
    shown = share_text(chance, 1).removesuffix("%")
    return ChartCell(unit.unit_id, shown, band.band, band.letter[lang], f"{name}\n{said}")


def _band(chance: float, wave: int) -> Band:
    bands = {band.band: band for band in chart_settings().views["waves"]}
    return bands[f"wave_{wave}" if chance >= EVEN_CHANCE else UNLIKELY]


def _legend(cells: dict[str, ChartCell], lang: str) -> tuple[LegendItem, ...]:
    rules, counts = chart_settings(), Counter(cell.band for cell in cells.values())
    waves = [(band, f"forecast.wave.{band.band}") for band in rules.views["waves"]]
    off_market = [(band, f"chart.band.{band.band}") for band in rules.statuses.values() if counts[band.band]]
    return tuple(
        LegendItem(band.band, band.letter[lang], text(key, lang), counts[band.band]) for band, key in waves + off_market
    )
