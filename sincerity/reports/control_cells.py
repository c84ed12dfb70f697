"""What stands in each unit's place on the pre-sale control grid: who holds it, price, how many want it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.reports.formatting import money_text, texts_of
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import ControlCell

STATES = ("held_by_buyer", "contested", "free", "held", "sold")


def control_cells(lookup: Lookup) -> Mapping[str, ControlCell]:
    """One cell per unit: unit and layout, holder with grade and choice, price and number of contenders.

    ``contested`` is a unit that two or more buyers want at its price, whether or not one of them holds it.
    """
    stock = lookup.with_buyer(lookup.stock, ["who"], on="holder_id")
    states = _states(stock)
    lines = zip(_unit_line(stock, lookup), _holder_line(stock, states, lookup), _price_line(stock, lookup), strict=True)
    cells = zip(stock["unit_id"], lines, states, stock["grade"], strict=True)
    return {unit_id: ControlCell(unit_id, three, state, grade) for unit_id, three, state, grade in cells}


def _states(stock: pd.DataFrame) -> pd.Series:
    held = stock["holder_id"] != ""
    wanted = pd.Series("free", index=stock.index, dtype=object).mask(held, "held_by_buyer")
    wanted = wanted.mask(stock["contenders"] >= 2, "contested")
    return wanted.where(stock["status"] == "available", stock["status"])


def _unit_line(stock: pd.DataFrame, lookup: Lookup) -> pd.Series:
    return lookup.words.phrase("cell.unit", {"unit": stock["unit_id"], "layout": stock["layout"]})


def _holder_line(stock: pd.DataFrame, states: pd.Series, lookup: Lookup) -> pd.Series:
    words = lookup.words
    parts = {"who": stock["who"], "choice": texts_of(stock["choice_rank"], "{:.0f}".format)}
    held = words.phrase("cell.holder", parts)
    kept = words.phrase("cell.kept", parts)
    unheld = states.map({state: words(f"cell.{state}") for state in STATES})
    return unheld.mask(stock["holder_id"] != "", held).mask(stock["kept"].astype(bool), kept).astype(object)


def _price_line(stock: pd.DataFrame, lookup: Lookup) -> pd.Series:
    words = lookup.words
    parts = {
        "total": texts_of(stock["total_yuan"], lambda yuan: money_text(yuan, words.lang)),
        "contenders": texts_of(stock["contenders"]),
        "named": texts_of(stock["named_by"]),
    }
    wanted = words.phrase("cell.price_wanted", parts)
    refused = words.phrase("cell.price_refused", parts)
    nobody = words.phrase("cell.price_only", parts)
    return wanted.where(stock["contenders"] > 0, refused.where(stock["named_by"] > 0, nobody))
