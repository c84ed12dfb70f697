"""The executive's first look: one sentence, one number with its range, one curve, what changed, what could go wrong."""

from __future__ import annotations

import pandas as pd

from sincerity.reports.forecast_words import lever_labels
from sincerity.reports.formatting import count_text, money_text, share_text
from sincerity.reports.lookup import Lookup
from sincerity.reports.range_charts import Curve, RangeRow, draw_curve, draw_ranges
from sincerity.reports.review_view import review_view
from sincerity.reports.view import AbsorptionView
from sincerity.reports.wave_chart import wave_chart
from sincerity.texts import text


def absorption(lookup: Lookup) -> AbsorptionView | None:
    """The view of the forecast in the report's language; None when no unit is on sale."""
    totals = lookup.table("forecast_totals")
    total = totals[totals["scope"] == "all"]
    if total.empty:
        return None
    lang, row = lookup.words.lang, total.iloc[0]
    counts = {level: count_text(row[f"sold_{level}"]) for level in ("p10", "p50", "p90")}
    money = {level: money_text(row[f"revenue_{level}_yuan"], lang) for level in ("p10", "p50", "p90")}
    basis = lookup.table("forecast_basis").set_index("item")["value"]
    share = share_text(row["sold_p50"], row["units"])
    inside = {name: share_text(row[f"{name}_days_inside"], 1) for name in ("sold", "revenue")}
    return AbsorptionView(
        review=review_view(lookup),
        sentence=text("forecast.sentence", lang, units=count_text(row["units"]), share=share,
                      inside=inside["sold"], **counts),
        figure=text("forecast.figure", lang, **counts),
        figure_range=text("forecast.figure_range", lang, inside=inside["sold"], **counts),
        revenue_range=text("forecast.revenue_range", lang, inside=inside["revenue"], **money),
        basis=text(
            "forecast.basis_model" if basis["chances"] == "model" else "forecast.basis_prior",
            lang,
            order=text(f"forecast.order.{basis['order']}", lang),
            runs=count_text(float(basis["runs"])),
        ),
        curve=_curve(lookup),
        changes=_changes(lookup) or (text("forecast.no_change", lang),),
        risks=_risks(lookup) or (text("forecast.no_risk", lang),),
        waves=wave_chart(lookup.result, lang, lookup.result.settings.theme),
        levers=_levers(lookup),
        words={name: text(f"forecast.{name}", lang)
               for name in ("changes_title", "risks_title", "waves_title", "levers_title", "levers_note")},
    )


def _curve(lookup: Lookup) -> str:
    rows, lang = lookup.table("absorption_curve"), lookup.words.lang
    last = rows.iloc[-1]
    return draw_curve(
        Curve(
            positions=tuple(rows["position"]),
            low=tuple(rows["sold_p10"]),
            middle=tuple(rows["sold_p50"]),
            high=tuple(rows["sold_p90"]),
            title=text("forecast.curve.title", lang),
            described=text(
                "forecast.curve.described", lang, buyers=count_text(last["position"]),
                p10=count_text(last["sold_p10"]), p50=count_text(last["sold_p50"]), p90=count_text(last["sold_p90"]),
            ),
            x_label=text("forecast.curve.x", lang),
            y_label=text("forecast.curve.y", lang),
            band_label=text("forecast.curve.band", lang),
        ),
        lang,
    )


def _changes(lookup: Lookup) -> tuple[str, ...]:
    """The change in total, then by layout, each with its range."""
    rows, lang = lookup.table("forecast_change"), lookup.words.lang
    return tuple(
        text(
            f"forecast.change_{row.scope}", lang, layout=row.member, round=row.round_before,
            before=count_text(row.sold_p50_before), now=count_text(row.sold_p50),
            low=_signed(row.change_p10), high=_signed(row.change_p90),
        )
        for row in rows.itertuples(index=False)
    )


def _risks(lookup: Lookup) -> tuple[str, ...]:
    rows = lookup.table("risks")
    return tuple(
        text(
            f"forecast.risk.{row.risk}", lookup.words.lang, layout=row.member, names=count_text(row.names),
            units=count_text(row.units), stake=count_text(row.at_stake),
        )
        for row in rows.itertuples(index=False)
    )


def _levers(lookup: Lookup) -> str:
    """The levers as a chart; "" where none were compared."""
    rows = lookup.table("levers")
    compared = rows["lever"] != "current"
    if not compared.any():
        return ""
    bars = pd.DataFrame({"label": lever_labels(lookup)}).join(rows)[compared.to_numpy()]
    name = text("forecast.levers_title", lookup.words.lang)
    shown = [RangeRow(row.label, row.sold_change_p10, row.sold_change_p50, row.sold_change_p90)
             for row in bars.itertuples(index=False)]
    return draw_ranges(shown, name, lookup.words.lang)


def _signed(number: int) -> str:
    return f"{number:+,}".replace("-", "−") if number else "±0"
