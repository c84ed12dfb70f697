"""Why a pick was not granted, in one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sincerity.reports.formatting import money_text, texts_of

if TYPE_CHECKING:
    from sincerity.reports.lookup import Lookup


def refusal_sentences(refusals: pd.DataFrame, lookup: Lookup, *, name_takers: bool = True) -> pd.Series:
    """Why each pick of ``refusals`` was not granted, in one sentence; who took the unit is named only on request."""
    lang = lookup.words.lang
    picks = lookup.table("demand").set_index(["buyer_id", "unit_id"])[["ceiling_yuan", "total_yuan"]]
    rows = refusals.join(picks, on=["buyer_id", "unit_id"])
    rows = lookup.with_buyer(rows, ["placed_unit"])
    rows = lookup.with_buyer(rows, ["who"], on="taken_by", prefix="taker_")
    unexplained = (rows["reason"] == "given_up_for_others") & (rows["gain"] == 0)
    return lookup.words.sentences(rows["reason"].mask(unexplained, "given_up_for_the_order"), "refusal", {
        "placed": rows["placed_unit"],
        "taker": rows["taker_who"] if name_takers else pd.Series(lookup.words("another_buyer"), index=rows.index),
        "grade": rows["taken_by_grade"],
        "rank": texts_of(rows["taken_by_priority_rank"]),
        "choice": texts_of(rows["taken_by_choice_rank"]),
        "gain": texts_of(rows["gain"]),
        "total": texts_of(rows["total_yuan"], lambda yuan: money_text(yuan, lang)),
        "ceiling": texts_of(rows["ceiling_yuan"], lambda yuan: money_text(yuan, lang)),
        "gap": texts_of(rows["total_yuan"] - rows["ceiling_yuan"], lambda yuan: money_text(yuan, lang)),
    })
