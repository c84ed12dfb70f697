"""Reports big enough to page through, made by hand from the columns of the real ones."""

from __future__ import annotations

from dataclasses import replace

from sincerity.reports.flowering_chart import flowering_chart
from sincerity.reports.page import render_page
from sincerity.reports.view import ControlCell, Report, TableView
from sincerity.reports.viewmodel import build_report
from tests.reports.charts import launch, tower
from tests.reports.result import five_by_four_result

BUYERS, UNITS, CONTENDERS = 130, 60, 3


def small_page(lang: str = "zh") -> str:
    """Five-by-four in both languages."""
    return render_page(small_reports(), lang)


def small_reports() -> dict[str, Report]:
    result = five_by_four_result(synthetic=True)
    return {lang: build_report(result, lang) for lang in ("zh", "en")}


def wide_page(lang: str = "zh") -> str:
    """Three buildings of four sections, 130 buyers, 60 contested units: wider than any phone."""
    return render_page({lang: _wide(report) for lang, report in small_reports().items()}, lang)


def _wide(report: Report) -> Report:
    units = tower(3, 4, 12, 4)
    chart = flowering_chart(launch(units, dict(zip(units, ["held", "sold"], strict=False))), report.lang, "classic")
    states = ("held_by_buyer", "contested", "free", "held", "sold")
    cells = {unit: ControlCell(unit, (unit, "王芳 A", "270 万元"), states[n % 5], "A") for n, unit in enumerate(units)}
    tables = {
        **report.tables,
        "sincerity": _filled(report.tables["sincerity"], [_buyer(n) for n in range(BUYERS)]),
        "refusals": _filled(report.tables["refusals"], [
            {"buyer": f"Buyer {n}", "buyer_id": f"b{n}", "unit_id": f"1-1-{choice}-01", "choice_rank": choice,
             "reason": f"reason {n}/{choice}"} for n in range(BUYERS) for choice in (1, 2)
        ]),
        "conflicts": _filled(report.tables["conflicts"], [
            {"unit_id": unit, "layout": "3BR", "contenders": CONTENDERS, "total_yuan": 2_700_000,
             "standing": f"place {place}", "buyer": f"{unit}#{place}", "goes_to": "elsewhere"}
            for unit in list(units)[:UNITS] for place in range(CONTENDERS)
        ]),
    }
    return replace(report, chart=chart, facade=chart.buildings, control_cells=cells, tables=tables)


def _buyer(number: int) -> dict:
    return {"priority_rank": number + 1, "buyer": f"Buyer {number}", "buyer_id": f"b{number}",
            "grade": "ABCDU"[number % 5], "score": 100 - number % 90, "consultant": f"Consultant {number % 7}",
            "line.visit_days": 8, "strengths": "a long sentence on what stands out " * 3}


def _filled(table: TableView, records: list[dict]) -> TableView:
    rows = tuple(tuple(record.get(column.key) for column in table.columns) for record in records)
    return replace(table, rows=rows)
