"""Buyers: phones, households, queue numbers, and dates and money that fit each other."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import Launch
from sincerity.intake.pointing import point
from sincerity.problems import Problem

MOST_BUYERS_PER_PHONE = 4  # more are hardly one household: a placeholder or a consultant's own number


def shared_phones(launch: Launch) -> list[Problem]:
    """One phone on several buyers: they will be joined as a household; on many it is a question."""
    buyers = launch.buyers[launch.buyers["phone"] != ""]
    by_phone = buyers.groupby("phone")
    count = by_phone["buyer_id"].transform("nunique")
    again = (count > 1) & buyers.duplicated("phone")
    parts = {"other": by_phone["buyer_id"].transform("first"), "first": by_phone["source_row"].transform("first"),
             "count": count}
    few, many = again & (count <= MOST_BUYERS_PER_PHONE), again & (count > MOST_BUYERS_PER_PHONE)
    many &= ~buyers["phone"].where(many).duplicated()
    return [
        problem for severity, code, rows in
        (("warning", "phone_shared", few), ("error", "phone_on_many", many))
        for problem in point(launch, "buyers", "phone", severity, code, buyers[rows],  # type: ignore[arg-type]
                             {name: part[rows] for name, part in parts.items()})
    ]


def household_with_two_consultants(launch: Launch) -> list[Problem]:
    """Members of one household looked after by different consultants."""
    buyers = launch.buyers[(launch.buyers["household_id"] != "") & (launch.buyers["consultant"] != "")]
    first = buyers.groupby("household_id")[["consultant", "source_row"]].transform("first")
    other = buyers["consultant"] != first["consultant"]
    return point(launch, "buyers", "consultant", "warning", "household_two_consultants", buyers[other], {
        "household": buyers["household_id"][other], "other": first["consultant"][other],
        "first": first["source_row"][other]})


def phone_in_two_households(launch: Launch) -> list[Problem]:
    """One phone under two household ids: the phone and the id say different things."""
    buyers = launch.buyers[(launch.buyers["household_id"] != "") & (launch.buyers["phone"] != "")]
    first = buyers.groupby("phone")[["household_id", "source_row"]].transform("first")
    other = buyers["household_id"] != first["household_id"]
    return point(launch, "buyers", "household_id", "warning", "phone_two_households", buyers[other], {
        "phone": buyers["phone"][other].str[-4:], "other": first["household_id"][other],
        "first": first["source_row"][other]})


def duplicate_queue_numbers(launch: Launch) -> list[Problem]:
    """One queue number given to two buyers."""
    buyers = launch.buyers[launch.buyers["queue_no"] != ""]
    again = buyers.duplicated("queue_no")
    first = buyers.groupby("queue_no")[["buyer_id", "source_row"]].transform("first")[again]
    return point(launch, "buyers", "queue_no", "warning", "queue_no_twice", buyers[again], {
        "other": first["buyer_id"], "first": first["source_row"]})


def subscribed_before_registered(launch: Launch) -> list[Problem]:
    """A subscription dated before the buyer's registration."""
    early = _days(launch.buyers["subscribed_on"]) < _days(launch.buyers["registered_on"])
    bad = launch.buyers[early]
    return point(launch, "buyers", "subscribed_on", "warning", "subscribed_before_registered", bad, {
        "registered": bad["registered_on"].dt.date})


def commitment_and_date(launch: Launch) -> list[Problem]:
    """Money committed without a date (ties are then broken by registration), or a date without a commitment."""
    buyers = launch.buyers
    dated = buyers["subscribed_on"].notna()
    undated = buyers[buyers["commitment"].isin(["refundable", "frozen"]) & ~dated]
    uncommitted = buyers[(buyers["commitment"] == "none") & dated]
    return point(launch, "buyers", "commitment", "info", "commitment_without_date", undated) + (
        point(launch, "buyers", "subscribed_on", "warning", "date_without_commitment", uncommitted)
        if "commitment" in _columns(launch) else [])


def left_with_picks(launch: Launch) -> list[Problem]:
    """Buyers who gave up, bought elsewhere or were excluded but still have picks."""
    left = launch.buyers[launch.buyers["state"] != "active"]
    bad = left[left["buyer_id"].isin(launch.picks["buyer_id"])]
    return point(launch, "buyers", "state", "info", "left_with_picks", bad, {"buyer": bad["buyer_id"]})


def _days(moments: pd.Series) -> pd.Series:
    return moments.dt.normalize()


def _columns(launch: Launch) -> set[str]:
    source = launch.sources.get("buyers")
    return set(source.columns) if source else set()
