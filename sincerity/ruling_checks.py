"""Whether rulings can be followed: each by itself, against one another, and against what was decided before.

Nothing is guessed: of two rulings that contradict each other none is taken, and both places are named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sincerity.domain import Known, Launch
from sincerity.domain.rulings import KEEPING, RULINGS_FILE
from sincerity.intake.ruling_sheet import Ruling
from sincerity.problems import Problem
from sincerity.rulings import table_place

Pair = tuple[str, str]


@dataclass(frozen=True)
class Decided:
    """A decision that stands already: ``keep`` or ``forbid``, and where it is written."""

    buyer_id: str
    unit_id: str
    keeps: bool
    place: str


@dataclass(frozen=True)
class Ground:
    """What rulings are judged by. ``picks``: pair → DEMAND row as if nothing were decided; ``holder``: unit → buyer in
    the plan ruled on; ``logged``: standing rulings by pair; ``tabled``: the planner's own decisions by pair."""

    buyers: frozenset[str]
    units: frozenset[str]
    picks: Mapping[Pair, Mapping[str, object]]
    holder: Mapping[str, str]
    logged: Mapping[Pair, Decided]
    tabled: Mapping[Pair, Decided]
    quota: int


def ground(
    launch: Launch, known: Known, demand: pd.DataFrame, plan: pd.DataFrame, standing: pd.DataFrame
) -> Ground:
    """The ground for rulings on ``plan`` (ALLOCATION); ``demand`` (DEMAND) as if nothing were decided."""
    facts = demand[["reason", "total_yuan", "ceiling_yuan"]].to_dict("records")
    return Ground(
        buyers=frozenset(known.buyers["buyer_id"]),
        units=frozenset(known.units["unit_id"]),
        picks=dict(zip(_pairs(demand), facts, strict=True)),
        holder=dict(zip(plan["unit_id"], plan["buyer_id"], strict=True)),
        logged=_logged(standing),
        tabled=_tabled(launch),
        quota=launch.settings.quota,
    )


def ruling_problems(rulings: Sequence[Ruling], on: Ground) -> tuple[Problem, ...]:
    """Everything that keeps ``rulings`` from being followed, in their order."""
    alone = [problem for ruling in rulings for problem in _of_one(ruling, on)]
    if alone:
        return tuple(alone)
    return (*_two_on_a_pair(rulings), *_unit_for_two(rulings, on), *_buyer_over_quota(rulings, on))


def not_yet_taken(rulings: Sequence[Ruling], standing: pd.DataFrame) -> tuple[Ruling, ...]:
    """The rulings that do not stand in the log word for word, each pair once: reading a workbook twice adds nothing."""
    said = zip(_pairs(standing), standing["decision"], strict=True)
    taken = {(*pair, decision) for pair, decision in said}
    new: dict[Pair, Ruling] = {}
    for ruling in rulings:
        if (ruling.buyer_id, ruling.unit_id, ruling.decision) not in taken:
            new.setdefault((ruling.buyer_id, ruling.unit_id), ruling)
    return tuple(new.values())


def _of_one(ruling: Ruling, on: Ground) -> Iterator[Problem]:
    """What is wrong with a ruling by itself: the form first, then the ids, then what it asks for."""
    for check in (_form, _ids, _demand):
        problems = list(check(ruling, on))
        yield from problems
        if problems:
            return


def _form(ruling: Ruling, on: Ground) -> Iterator[Problem]:
    if not ruling.written:
        yield ruling.problem("ruling_missing", "ruling")
    elif not ruling.decision:
        yield ruling.problem("ruling_unknown_word", "ruling")
    if not ruling.reason:
        yield ruling.problem("ruling_without_reason", "ruling_reason")
    if not ruling.by:
        yield ruling.problem("ruling_without_name", "ruled_by")


def _ids(ruling: Ruling, on: Ground) -> Iterator[Problem]:
    if ruling.buyer_id not in on.buyers:
        yield ruling.problem("ruling_unknown_buyer", "buyer_id")
    if ruling.unit_id not in on.units:
        yield ruling.problem("ruling_unknown_unit", "unit_id")


def _demand(ruling: Ruling, on: Ground) -> Iterator[Problem]:
    """Whether the pair is a pick that can be granted, and what the plan and earlier decisions say of it."""
    pair = ruling.buyer_id, ruling.unit_id
    keeps = ruling.decision in KEEPING
    if pair in on.tabled and (ruling.decision == "withdraw" or on.tabled[pair].keeps != keeps):
        yield ruling.problem("ruling_against_table", "ruling", place=on.tabled[pair].place)
    elif ruling.decision == "withdraw":
        if pair not in on.logged:
            yield ruling.problem("ruling_nothing_to_withdraw", "ruling")
    elif pair not in on.picks:
        yield ruling.problem("ruling_not_a_pick", "unit_id")
    elif keeps:
        yield from _keep(ruling, on)


def _keep(ruling: Ruling, on: Ground) -> Iterator[Problem]:
    pick, holder = on.picks[ruling.buyer_id, ruling.unit_id], on.holder.get(ruling.unit_id, "")
    if pick["reason"]:
        amounts = {name: f"{pick[name]:,.0f}" for name in ("total_yuan", "ceiling_yuan")}
        yield ruling.problem(f"ruling_{pick['reason']}", "ruling", **amounts)
    elif ruling.decision == "keep" and holder not in ("", ruling.buyer_id):
        yield ruling.problem("ruling_keep_overturns", "ruling", holder=holder)
    elif ruling.decision == "override" and holder in ("", ruling.buyer_id):
        yield ruling.problem("ruling_nothing_to_override", "ruling", severity="warning")


def _two_on_a_pair(rulings: Sequence[Ruling]) -> Iterator[Problem]:
    first: dict[Pair, Ruling] = {}
    for ruling in rulings:
        other = first.setdefault((ruling.buyer_id, ruling.unit_id), ruling)
        if other.decision != ruling.decision:
            yield ruling.problem("ruling_twice", "ruling", other=other.written, place=other.place)


def _unit_for_two(rulings: Sequence[Ruling], on: Ground) -> Iterator[Problem]:
    first: dict[str, Decided] = {}
    for kept, ruling in _keeps(rulings, on):
        other = first.setdefault(kept.unit_id, kept)
        if ruling is not None and other.buyer_id != kept.buyer_id:
            yield ruling.problem("ruling_unit_for_two", "ruling", other=other.buyer_id, place=other.place)


def _buyer_over_quota(rulings: Sequence[Ruling], on: Ground) -> Iterator[Problem]:
    held: dict[str, dict[str, str]] = {}
    for kept, ruling in _keeps(rulings, on):
        places = held.setdefault(kept.buyer_id, {})
        earlier = dict(places)
        places.setdefault(kept.unit_id, kept.place)
        if ruling is not None and len(places) > on.quota and kept.unit_id not in earlier:
            yield ruling.problem("ruling_over_quota", "ruling", quota=on.quota, others=_units_at(earlier))


def _keeps(rulings: Sequence[Ruling], on: Ground) -> Iterator[tuple[Decided, Ruling | None]]:
    """Every keep that would stand: those decided before that no ruling replaces, then the rulings themselves."""
    replaced = {(ruling.buyer_id, ruling.unit_id) for ruling in rulings}
    for pair, decided in {**on.tabled, **on.logged}.items():
        if decided.keeps and pair not in replaced:
            yield decided, None
    for ruling in rulings:
        if ruling.decision in KEEPING:
            yield Decided(ruling.buyer_id, ruling.unit_id, True, ruling.place), ruling


def _units_at(places: Mapping[str, str]) -> str:
    return ", ".join(f"{unit} ({place})" for unit, place in places.items())


def _logged(standing: pd.DataFrame) -> dict[Pair, Decided]:
    rows = zip(_pairs(standing), standing["decision"], standing["ruling_no"], standing["by"], strict=True)
    return {
        pair: Decided(*pair, decision in KEEPING, f"{RULINGS_FILE} › {number + 1}, {by}")
        for pair, decision, number, by in rows
    }


def _tabled(launch: Launch) -> dict[Pair, Decided]:
    where = table_place(launch)
    rows = zip(_pairs(launch.decisions), launch.decisions["decision"], launch.decisions["source_row"], strict=True)
    return {pair: Decided(*pair, decision == "keep", f"{where} › {row}") for pair, decision, row in rows}


def _pairs(frame: pd.DataFrame) -> list[Pair]:
    return list(zip(frame["buyer_id"], frame["unit_id"], strict=True))
