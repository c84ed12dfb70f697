"""``prices_for_units``: every unit with its final price, in the columns the units table reads back for round 3."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook

from sincerity.domain import UNITS, RoundResult
from sincerity.reports.workbook_text import excel_text

NAME = "prices_for_units"
CREATED = datetime(2000, 1, 1)


def units_with_prices(result: RoundResult) -> pd.DataFrame:
    """The units table with the plan's prices as execution prices; units the plan does not price keep theirs."""
    units, prices = result.tables["units"], result.tables["prices"].set_index("unit_id")["price_yuan_per_m2"]
    planned = units["unit_id"].map(prices)
    columns = [column.name for column in UNITS.columns if column.name != "source_row"]
    return units.assign(price_yuan_per_m2=planned.fillna(units["price_yuan_per_m2"]))[columns]


def write_price_files(result: RoundResult, folder: Path) -> None:
    """Writes both forms into ``folder``; nothing where the round has no price plan."""
    if result.tables["price_goals"].empty:
        return
    units = units_with_prices(result)
    units.to_csv(folder / f"{NAME}.csv", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(str(folder / f"{NAME}.xlsx"), options) as workbook:
        workbook.set_properties({"created": CREATED})
        sheet = workbook.add_worksheet(UNITS.name)
        bold = workbook.add_format({"bold": True})
        for place, name in enumerate(units.columns):
            sheet.write_string(0, place, name, bold)
            values = units[name].astype(object).where(units[name].notna(), None).tolist()
            sheet.write_column(1, place, [excel_text(v) if isinstance(v, str) else v for v in values])
        sheet.set_column(0, len(units.columns) - 1, 16)
        sheet.freeze_panes(1, 1)
