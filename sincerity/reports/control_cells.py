"""What stands in each unit's place on the pre-sale control grid: who holds it, price, how many want it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.reports.formatting import money_text, texts_of
from sincerity.reports.lookup import Lookup
from sincerity.reports.view import ControlCell
from sincerity.reports.wording import Words

STATES = ("held_by_buyer", "contested", "free", "held", "sold")


def control_cells(lookup: Lookup) -> Mapping[str, ControlCell]:
    """One cell per unit; its lines: unit and layout, price, holder and choice, how many want it.

    ``contested`` is a unit that two or more buyers want at its price, whether or not one of them holds it.
    """
    stock = lookup.with_buyer(lookup.stock, ["who"], on="holder_id")
    words, states = lookup.words, _states(stock)
    lines = zip(
        words.phrase("cell.unit", {"unit": stock["unit_id"], "layout": stock["layout"]}),
        texts_of(stock["total_yuan"], lambda yuan: money_text(yuan, words.lang)),
        _holder_line(stock, states, words),
        _wanted_line(stock, words),
        strict=True,
    )
    cells = zip(stock["unit_id"], lines, states, stock["grade"], strict=True)
    return {unit_id: ControlCell(unit_id, four, state, grade) for unit_id, four, state, grade in cells}


def _states(stock: pd.DataFrame) -> pd.Series:
    wanted = pd.Series("free", index=stock.index, dtype=object)
    wanted = wanted.mask(stock["holder_id"] != "", "held_by_buyer").mask(stock["contenders"] >= 2, "contested")
    return wanted.where(stock["status"] == "available", stock["status"])


def _holder_line(stock: pd.DataFrame, states: pd.Series, words: Words) -> pd.Series:
    parts = {"who": stock["who"], "choice": texts_of(stock["choice_rank"], "{:.0f}".format)}
    nobody = states.map({state: words(f"cell.{state}") for state in STATES}).astype(object)
    held = nobody.mask(stock["holder_id"] != "", words.phrase("cell.holder", parts))
    return held.mask(stock["kept"].astype(bool), words.phrase("cell.kept", parts))


def _wanted_line(stock: pd.DataFrame, words: Words) -> pd.Series:
    """How many want the unit at its price; where nobody does, how many named it."""
    parts = {"contenders": texts_of(stock["contenders"]), "named": texts_of(stock["named_by"])}
    unwanted = words.phrase("cell.named", parts).where(stock["named_by"] > 0, words("cell.nobody"))
    return words.phrase("cell.wanted", parts).where(stock["contenders"] > 0, unwanted)
