"""The review of a closed launch: forecast and fact in a sentence, drawn cut by cut, and unit by unit on the facade."""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import Any

from sincerity.domain import RoundResult
from sincerity.reports.chart_settings import Band, chart_settings
from sincerity.reports.facade import facade
from sincerity.reports.flowering_chart import chart_labels
from sincerity.reports.formatting import count_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.range_charts import FactRow, draw_facts
from sincerity.reports.view import ChartCell, Drawn, FloweringChart, LegendItem, ReviewView
from sincerity.reports.wave_chart import EVEN_CHANCE
from sincerity.texts import text

SCOPES = ("all", "layout", "grade", "building")


def review_view(lookup: Lookup) -> ReviewView | None:
    """The review in the report's language; None before the launch is closed."""
    rows, lang = lookup.table("forecast_review"), lookup.words.lang
    total = rows[rows["scope"] == "all"]
    if total.empty:
        return None
    row, units = total.iloc[0], lookup.table("unit_review")
    parts = rows[rows["scope"] != "all"]
    sold, even = units["sold"], units["chance_to_sell"] >= EVEN_CHANCE
    return ReviewView(
        title=text("review.title", lang),
        sentence=text(
            "review.inside" if row["inside"] else "review.outside", lang, actual=count_text(row["actual"]),
            p10=count_text(row["forecast_p10"]), p50=count_text(row["forecast_p50"]),
            p90=count_text(row["forecast_p90"]),
        ),
        figure=text("review.figure", lang, actual=count_text(row["actual"])),
        findings=(
            text("review.parts", lang, inside=int(parts["inside"].sum()), rows=len(parts),
                 expected=count_text(parts["forecast_days_inside"].sum())),
            text("review.units", lang, units=len(units), right=int(units["as_expected"].sum()),
                 surprise=int((sold & ~even).sum()), left=int((~sold & even).sum())),
            text("review.buyers", lang, right=int(units["buyer_as_expected"].sum()), sold=int(sold.sum())),
        ),
        how_to_read=text("review.how_to_read", lang),
        comparisons=tuple(_comparison(lookup, scope) for scope in SCOPES if (rows["scope"] == scope).any()),
        units_title=text("review.units_title", lang),
        units=review_chart(lookup.result, lang, lookup.result.settings.theme),
    )


def _comparison(lookup: Lookup, scope: str) -> Drawn:
    """Bars of one cut: forecast range, its middle, and what happened."""
    rows, lang = lookup.table("forecast_review"), lookup.words.lang
    title = text(f"review.scope.{scope}", lang)
    shown = [
        FactRow(
            label=row.member or title, low=row.forecast_p10, middle=row.forecast_p50, high=row.forecast_p90,
            actual=row.actual, inside=row.inside,
            words=text("review.row_inside" if row.inside else "review.row_outside", lang,
                       actual=count_text(row.actual), low=count_text(row.forecast_p10),
                       high=count_text(row.forecast_p90)),
        )
        for row in rows[rows["scope"] == scope].itertuples(index=False)
    ]
    return Drawn(title, draw_facts(shown, title, lang))


def review_chart(result: RoundResult, lang: str, theme: str) -> FloweringChart:
    """The facade: every unit on sale sold or left, as its chance had said or not."""
    buildings = facade(result.tables["units"])
    cells = _cells(result, lang)
    labels = chart_labels(result, result.tables["units"], buildings, lang) | {"summary": text("review.summary", lang)}
    return FloweringChart(
        title=f"{result.settings.name} · {text('review.units_title', lang)}",
        subtitle=text("review.subtitle", lang),
        theme=theme,
        buildings=buildings,
        cells=MappingProxyType(cells),
        legend=_legend(cells, lang),
        labels=MappingProxyType(labels),
    )


def _cells(result: RoundResult, lang: str) -> dict[str, ChartCell]:
    reviewed = {row.unit_id: row for row in result.tables["unit_review"].itertuples(index=False)}
    who = dict(zip(result.tables["buyers"]["buyer_id"], result.tables["buyers"]["name"], strict=True))
    facts = result.tables["units"][["unit_id", "layout", "status"]].itertuples(index=False)
    return {unit.unit_id: _cell(unit, reviewed.get(unit.unit_id), who, lang) for unit in facts}


def _cell(unit: Any, review: Any, who: dict[str, str], lang: str) -> ChartCell:
    """``unit`` is a row of the units, ``review`` of UNIT_REVIEW or None where the unit was not on sale."""
    name = f"{unit.unit_id} · {unit.layout}"
    if review is None:
        band, said = chart_settings().statuses[unit.status], text(f"chart.band.{unit.status}", lang)
        return ChartCell(unit.unit_id, "–", band.band, band.letter[lang], f"{name}\n{said}")
    band = _band(review.sold, review.chance_to_sell)
    said = text(
        "review.cell_sold" if review.sold else "review.cell_left", lang, chance=share_text(review.chance_to_sell, 1),
        buyer=who.get(review.buyer_id) or review.buyer_id,
    )
    shown = share_text(review.chance_to_sell, 1).removesuffix("%")
    return ChartCell(unit.unit_id, shown, band.band, band.letter[lang], f"{name}\n{said}")


def _band(sold: bool, chance: float) -> Band:
    bands = {band.band: band for band in chart_settings().views["review"]}
    expected = sold == (chance >= EVEN_CHANCE)
    return bands[f"{'sold' if sold else 'left'}_{'expected' if expected else 'surprise'}"]


def _legend(cells: dict[str, ChartCell], lang: str) -> tuple[LegendItem, ...]:
    rules, counts = chart_settings(), Counter(cell.band for cell in cells.values())
    fates = [(band, f"review.band.{band.band}") for band in rules.views["review"]]
    off_market = [(band, f"chart.band.{band.band}") for band in rules.statuses.values() if counts[band.band]]
    return tuple(
        LegendItem(band.band, band.letter[lang], text(key, lang), counts[band.band]) for band, key in fates + off_market
    )
