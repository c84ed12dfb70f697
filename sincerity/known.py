"""What was known at a cutoff: the facts a round may use, one row per household.

Everything is half-open: an event at the cutoff does not count, one a minute earlier does. The facts of any
earlier moment can be rebuilt from the same launch, so that past rounds are judged by what they knew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from sincerity.domain import ACCEPTS, ANSWERS, DECISIONS, LATE_ENTRIES, PICKS, TOUCHPOINTS, Known, Launch
from sincerity.households import household_members, merge_households
from sincerity.keyed_hash import unit_keys
from sincerity.prices import quote_units
from sincerity.problems import Problem
from sincerity.rulings import as_decisions
from sincerity.schema import Schema

KNOWN_TOUCHPOINTS = Schema("touchpoints", tuple(c for c in TOUCHPOINTS.columns if c.name != "source_row"))
KNOWN_PICKS = Schema("picks", tuple(c for c in PICKS.columns if c.name != "source_row"), key=("buyer_id", "unit_id"))
KNOWN_ANSWERS = Schema("answers", tuple(c for c in ANSWERS.columns if c.name != "source_row"))

_UNIT_ORDER = ["building", "section", "floor", "room", "unit_id"]


def known_at(launch: Launch, round_number: int, as_of: datetime | None = None) -> tuple[Known, tuple[Problem, ...]]:
    """What round ``round_number`` may use, as of its cutoff or of ``as_of`` when that is earlier, and warnings.

    Touchpoints count when they happened before the cutoff and were recorded at most ``late_entry_days`` after
    it; picks, answers and decisions when they were recorded before it or carry no time; buyers when registered
    before it; a commitment when subscribed before it or without a date; rulings on plans up to this cutoff.
    Excluded buyers leave before households are joined. What came too late stands in ``late_entries``.
    """
    settings = launch.settings
    planned = settings.round_plan(round_number).cutoff
    cutoff = min(planned, as_of) if as_of else planned
    grace = timedelta(days=settings.late_entry_days)
    registered, late_buyers = _split_late(launch.buyers, "buyers", "registered_on", cutoff)
    registered, late_subscriptions = _without_later_commitments(registered, cutoff)
    touchpoints, late_touchpoints = _split_late(launch.touchpoints, "touchpoints", "at", cutoff, grace)
    picks, late_picks = _split_late(_of_round(launch.picks, round_number), "picks", "recorded_at", cutoff)
    answers, late_answers = _split_late(launch.answers, "answers", "recorded_at", cutoff)
    decisions, late_decisions = _split_late(launch.decisions, "decisions", "decided_at", cutoff)
    decisions = pd.concat([decisions, as_decisions(launch.rulings, cutoff)], ignore_index=True)
    members = household_members(registered[registered["state"] != "excluded"])
    buyers = merge_households(members)
    belongs = _membership(members, buyers)
    units = quote_units(launch.units, settings).sort_values(_UNIT_ORDER, kind="stable", ignore_index=True)
    known = Known(
        round=round_number,
        cutoff=cutoff,
        units=units,
        buyers=buyers,
        touchpoints=_once(KNOWN_TOUCHPOINTS, _of_households(touchpoints, belongs)),
        picks=_merged_picks(_of_households(picks, belongs), units),
        answers=_once(KNOWN_ANSWERS, _of_households(answers, belongs)),
        targets=launch.targets,
        decisions=_decisions(_of_households(decisions, belongs)),
        late_entries=_late_entries(belongs, [late_buyers, late_subscriptions, late_touchpoints, late_picks,
                                             late_answers, late_decisions]),
    )
    return known, _warnings(known)


def _of_round(picks: pd.DataFrame, round_number: int) -> pd.DataFrame:
    return picks[picks["round"] == round_number]


def _split_late(
    frame: pd.DataFrame, table: str, moment: str, cutoff: datetime, grace: timedelta | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that count and LATE_ENTRIES of the others. A row without a moment counts.

    With ``grace`` the row must also be recorded at most that long after the cutoff.
    """
    after = frame[moment] >= cutoff
    late = after if grace is None else after | (frame["recorded_at"] > cutoff + grace)
    rows = frame[late]
    entries = rows.assign(
        table=table,
        at=rows[moment],
        recorded_at=rows.get("recorded_at", pd.NaT),
        reason=np.where(after[late], "after_cutoff", "recorded_late"),
    )
    return frame[~late], LATE_ENTRIES.frame(entries)


def _without_later_commitments(buyers: pd.DataFrame, cutoff: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Buyers as they stood before the cutoff: a subscription that came later is taken back and listed."""
    _, late = _split_late(buyers, "buyers", "subscribed_on", cutoff)
    later = buyers["subscribed_on"] >= cutoff
    earlier = buyers.assign(
        commitment=buyers["commitment"].mask(later, "none"),
        subscribed_on=buyers["subscribed_on"].mask(later),
        queue_no=buyers["queue_no"].mask(later, ""),
    )
    return earlier, late


def _membership(members: pd.DataFrame, buyers: pd.DataFrame) -> pd.DataFrame:
    """Per buyer id: ``representative``, ``household_no`` in the order of the known buyers, and ``member_no``."""
    representative = members.groupby("household")["buyer_id"].transform("first")
    return pd.DataFrame({
        "representative": representative.to_numpy(),
        "household_no": pd.Index(buyers["buyer_id"]).get_indexer(representative),
        "member_no": members["member_no"].to_numpy(),
    }, index=members["buyer_id"].to_numpy())


def _of_households(facts: pd.DataFrame, belongs: pd.DataFrame) -> pd.DataFrame:
    """The facts of known buyers under their household's representative, with household and member number beside."""
    place = belongs.index.get_indexer(facts["buyer_id"])
    ours, place = facts[place >= 0], place[place >= 0]
    return ours.assign(
        buyer_id=belongs["representative"].to_numpy()[place],
        household_no=belongs["household_no"].to_numpy()[place],
        member_no=belongs["member_no"].to_numpy()[place],
    ).reset_index(drop=True)


def _once(schema: Schema, facts: pd.DataFrame) -> pd.DataFrame:
    """Each fact once, however often it was imported (of copies the first record), by household and content."""
    content = [name for name in schema.names if name not in ("buyer_id", "recorded_at")]
    ordered = facts.sort_values(["household_no", *content, "recorded_at"], kind="stable")
    return schema.frame(ordered.drop_duplicates(["household_no", *content]))


def _merged_picks(picks: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """One row per household and unit: best rank of any member, highest ceiling and acceptance, newest record.

    Households are ranked anew from 1 without gaps; at equal rank the earlier member's pick comes first.
    """
    key_of_unit = pd.Series(unit_keys(units).to_numpy(), index=units["unit_id"])
    picks = picks.assign(
        unit_key=key_of_unit.reindex(picks["unit_id"]).fillna(picks["unit_id"].set_axis(picks["unit_id"])).to_numpy(),
        accepts=pd.Index(ACCEPTS).get_indexer(picks["accepts"]),
    ).sort_values(["household_no", "unit_id", "choice_rank", "member_no"], kind="stable")
    merged = picks.groupby(["household_no", "unit_id"], sort=False, as_index=False).agg({
        "round": "first", "buyer_id": "first", "unit_key": "first", "choice_rank": "first", "member_no": "first",
        "max_total_yuan": "max", "accepts": "max", "recorded_at": "max",
    }).sort_values(["household_no", "choice_rank", "member_no", "unit_key"], kind="stable")
    return KNOWN_PICKS.frame(merged.assign(
        choice_rank=merged.groupby("household_no").cumcount() + 1,
        accepts=np.array([*ACCEPTS, ""])[merged["accepts"].to_numpy(int)],
    ))


def _decisions(decisions: pd.DataFrame) -> pd.DataFrame:
    """Each decision once, by household and unit; contradicting ones are left for the solver's checks to name."""
    ordered = decisions.sort_values(["household_no", "unit_id", "decision", "source_row"], kind="stable")
    return DECISIONS.frame(ordered.drop_duplicates(["household_no", "unit_id", "decision"]))


def _late_entries(belongs: pd.DataFrame, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """All late rows under their household's representative where the buyer is known; by table and row."""
    entries = pd.concat(parts, ignore_index=True)
    representative = entries["buyer_id"].map(belongs["representative"]).astype("str")
    entries["buyer_id"] = representative.fillna(entries["buyer_id"])
    return entries.sort_values(["table", "source_row", "reason"], kind="stable", ignore_index=True)


def _warnings(known: Known) -> tuple[Problem, ...]:
    problems = []
    if len(known.late_entries):
        late = known.late_entries["reason"] == "recorded_late"
        problems.append(Problem("warning", "late_entries", parts={
            "count": len(late), "recorded_late": int(late.sum()), "after_cutoff": int((~late).sum()),
            "cutoff": f"{known.cutoff:%Y-%m-%d %H:%M}",
        }))
    if known.picks.empty:
        problems.append(Problem("warning", "round_without_picks", parts={"round": known.round}))
    return tuple(problems)
