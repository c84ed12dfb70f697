"""What comes in on each of the twenty days: a sample launch as plain rows, and the edits of every morning.

Days run from 1 to 20; a run of a day sees what was known at its end, or at the round's cutoff. Households are taken
apart (no phones, no household ids), so that a buyer id is a buyer. A thinned launch has every n-th buyer, and the
units that several of them name.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from sample_data.generate import generate
from sample_data.write import CUTOFFS as SAMPLE_CUTOFFS
from sample_data.write import launch_toml

FIRST_DAY = date(2026, 10, 30)
BRIEF_PRICES = "\n[price]\ntime_limit_s = 2\nfrontier_points = 0\n"  # the price plan is not what is replayed
DAYS = 20
CUTOFF_DAYS = {1: 7, 2: 14, 3: 20}
CUTOFFS = {
    number: datetime.combine(FIRST_DAY + timedelta(days=day - 1), SAMPLE_CUTOFFS[number].time())
    for number, day in CUTOFF_DAYS.items()
}
MOVED_OVER, LATE, NEW, GONE = "over the line", "entered late", "N00001", 8
LATE_DAY = 9
Row = dict[str, Any]
Book = dict[str, list[Row]]


def day(number: int, clock: str = "00:00") -> datetime:
    """A moment of day ``number``."""
    hours, minutes = map(int, clock.split(":"))
    return datetime.combine(FIRST_DAY + timedelta(days=number - 1), datetime.min.time()).replace(
        hour=hours, minute=minutes)


def round_of(number: int) -> int:
    """The round under way on day ``number``."""
    return next(round_number for round_number, last in CUTOFF_DAYS.items() if number <= last)


def opening_book(shape: str, every: int) -> Book:
    """The launch's tables as rows before the first day, with the cutoffs of the script."""
    tables = generate(shape).tables
    keep = set(tables["buyers"]["buyer_id"].iloc[::every])
    book = {
        name: _rows(frame[frame["buyer_id"].isin(keep)] if "buyer_id" in frame else frame)
        for name, frame in tables.items() if name not in ("decisions", "outcomes")
    }
    for buyer in book["buyers"]:
        buyer.update(phone="", household_id="")
    for place, pick in enumerate(book["picks"]):
        pick["recorded_at"] = day(_first_day(pick["round"]) + place % 2, "06:00")
    if every > 1:
        named = Counter(pick["unit_id"] for pick in book["picks"] if pick["round"] == 2)
        contested = {unit_id for unit_id, count in named.items() if count > 1}
        book["units"] = [unit for unit in book["units"] if unit["unit_id"] in contested]
        book["picks"] = [pick for pick in book["picks"] if pick["unit_id"] in contested]
        book["targets"] = []
    return book


def morning(book: Book, number: int, untouched: set[str], rng: random.Random) -> None:
    """What the sales office enters before the run of day ``number``; buyers in ``untouched`` change no picks."""
    _change_picks(book, number, untouched, rng)
    known = [buyer for buyer in book["buyers"] if buyer["registered_on"] < day(1) and buyer["state"] == "active"]
    if number == 6:
        book["buyers"].append({**known[0], "buyer_id": NEW, "name": "Ms New", "registered_on": day(6, "09:00"),
                               "commitment": "none", "subscribed_on": None, "queue_no": ""})
        book["touchpoints"].append(visit(NEW, day(6, "10:00")))
        book["picks"].append({**book["picks"][0], "round": 1, "buyer_id": NEW, "choice_rank": 1,
                              "recorded_at": day(6, "12:00")})
    if number == 7:
        book["touchpoints"].append(visit(known[1]["buyer_id"], CUTOFFS[1] - timedelta(minutes=1), note=MOVED_OVER))
    if number == GONE:
        known[2]["state"] = "excluded"
    if number == LATE_DAY:
        book["touchpoints"].append(visit(known[3]["buyer_id"], day(8, "15:00"), day(13, "10:00"), LATE))


def move_over_the_line(book: Book) -> str:
    """The visit one minute before the first cutoff takes place one minute later; gives its buyer."""
    row = next(row for row in book["touchpoints"] if row["note"] == MOVED_OVER)
    row["at"] = row["recorded_at"] = CUTOFFS[1]
    return row["buyer_id"]


def name_in_round(book: Book, number: int, buyer_id: str, unit_id: str) -> None:
    """The buyer names the unit in the round of day ``number``, too, so that a ruling on it still has its pick."""
    own = [pick for pick in book["picks"] if (pick["round"], pick["buyer_id"]) == (round_of(number), buyer_id)]
    if unit_id not in [pick["unit_id"] for pick in own]:
        source = next(pick for pick in book["picks"] if (pick["buyer_id"], pick["unit_id"]) == (buyer_id, unit_id))
        book["picks"].append({**source, "round": round_of(number), "choice_rank": max(map(_rank, own), default=0) + 1,
                              "recorded_at": day(number, "08:00")})
    for pick in own:
        pick["recorded_at"] = min(pick["recorded_at"], day(number, "08:00"))


def visit(buyer_id: str, at: datetime, recorded_at: datetime | None = None, note: str = "") -> Row:
    """A visit to the sales office."""
    return {"buyer_id": buyer_id, "kind": "visit", "at": at, "recorded_at": recorded_at or at, "party": "alone",
            "consultant": "", "note": note}


def write(book: Mapping[str, list[Row]], shape: str, folder: Path) -> None:
    """The launch folder as it lies there on a morning: ``launch.toml`` and one CSV per table."""
    text = launch_toml(generate(shape)) if not (folder / "launch.toml").exists() else None
    if text is not None:
        for number, cutoff in CUTOFFS.items():
            text = text.replace(f"{SAMPLE_CUTOFFS[number]:%Y-%m-%dT%H:%M:%S}", f"{cutoff:%Y-%m-%dT%H:%M:%S}")
        text = text.replace('language = "zh"', 'language = "en"') + BRIEF_PRICES
        (folder / "launch.toml").write_text(text, encoding="utf-8")
    for name, rows in book.items():
        if rows:
            pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)


def _change_picks(book: Book, number: int, untouched: set[str], rng: random.Random) -> None:
    """Three buyers change their picks: one drops the last, one swaps the first two, one names a unit more."""
    own: dict[str, list[Row]] = {}
    for pick in book["picks"]:
        if pick["round"] == round_of(number):
            own.setdefault(pick["buyer_id"], []).append(pick)
    several = sorted(buyer for buyer, picks in own.items() if len(picks) > 1 and buyer not in untouched)
    if len(several) < 3:
        return
    dropping, swapping, adding = (sorted(own[buyer], key=_rank) for buyer in rng.sample(several, 3))
    book["picks"].remove(dropping[-1])
    swapping[0]["choice_rank"], swapping[1]["choice_rank"] = swapping[1]["choice_rank"], swapping[0]["choice_rank"]
    others = sorted({unit["unit_id"] for unit in book["units"]} - {pick["unit_id"] for pick in adding})
    book["picks"].append({**adding[-1], "unit_id": rng.choice(others), "choice_rank": adding[-1]["choice_rank"] + 1,
                          "recorded_at": day(number, "12:00")})


def _first_day(round_number: int) -> int:
    return CUTOFF_DAYS.get(round_number - 1, 0) + 1


def _rank(pick: Row) -> int:
    return pick["choice_rank"]


def _rows(frame: pd.DataFrame) -> list[Row]:
    plain = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return [{name: value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for name, value in row.items()}
            for row in plain]
