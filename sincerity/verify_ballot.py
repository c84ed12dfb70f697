"""A published ballot drawn again from its own list: every hash, the order, and one text for all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pandas as pd

from sincerity.domain import BALLOT
from sincerity.problems import Problem

BALLOT_FILE = "tables/ballot.csv"


def ballot_problems(tables: Mapping[str, pd.DataFrame]) -> Iterator[Problem]:
    """What anyone with the list would find wrong; nothing where no ballot was drawn."""
    ballot = tables.get("ballot", BALLOT.empty())
    numbers = [hashlib.sha256(text.encode()).hexdigest() for text in ballot["drawn_from"]]
    rows = zip(ballot["position"], ballot["buyer_id"], ballot["drawn_from"], ballot["number"], numbers, strict=True)
    named = zip(ballot["drawn_from"], ballot["buyer_id"], strict=True)
    starts = {text.removesuffix(f"|{buyer}") for text, buyer in named}
    order = sorted(numbers)
    for row, (position, buyer, text, number, found) in enumerate(rows, 2):
        if number != found or not text.endswith(f"|{buyer}") or order[row - 2] != found or position != row - 1:
            yield Problem("error", "verify_ballot", file=BALLOT_FILE, row=row, value=buyer)
            return
    if len(starts) > 1:
        yield Problem("error", "verify_ballot_mixed", file=BALLOT_FILE)
    if len(ballot) and sorted(ballot["buyer_id"]) != sorted(tables["forecast_buyers"]["buyer_id"]):
        yield Problem("error", "verify_ballot_list", file=BALLOT_FILE)
