"""Records that look padded: what a sales lead should ask the consultant about. Nothing here changes a score."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import numpy as np
import pandas as pd

from sincerity.domain import FLAGS, Known
from sincerity.scoring.card import Card, line_points, measure_values, show_flat_is_open
from sincerity.scoring.indicators import OWN_ACTS, Facts
from sincerity.settings import Settings, WatchRules


def padding_flags(known: Known, facts: Facts, card: Card, settings: Settings) -> pd.DataFrame:
    """FLAGS by consultant, flag and buyer. A touchpoint without a consultant belongs to the buyer's own."""
    acts = _own_acts(known)
    found = [_same_minute_entries(acts, settings.watch), _late_jumps(known, facts, card, settings.watch)]
    if show_flat_is_open(settings, known.cutoff):
        opened = datetime.combine(settings.show_flat_open, time.min)  # type: ignore[arg-type]
        found.append(_visits_without_showflat(acts, opened, settings.watch))
    flags = pd.concat([FLAGS.frame(part) for part in found], ignore_index=True)
    order = ["consultant", "flag", "buyer_id", "detail"]
    return flags.sort_values(order, kind="stable", ignore_index=True)


def _own_acts(known: Known) -> pd.DataFrame:
    acts = known.touchpoints[known.touchpoints["kind"].isin(OWN_ACTS)]
    of_buyer = known.buyers.set_index("buyer_id")["consultant"]
    return acts.assign(consultant=acts["consultant"].where(acts["consultant"] != "", acts["buyer_id"].map(of_buyer)))


def _visits_without_showflat(acts: pd.DataFrame, opened: datetime, rules: WatchRules) -> pd.DataFrame:
    """Buyers who came on many days since the show flat opened and never looked inside; detail: first and last day."""
    viewers = acts.loc[acts["kind"] == "showflat_view", "buyer_id"]
    visits = acts[(acts["kind"] == "visit") & (acts["at"] >= opened) & ~acts["buyer_id"].isin(viewers)]
    days = visits.assign(day=visits["at"].dt.normalize()).drop_duplicates(["buyer_id", "day"])
    found = days.groupby(["consultant", "buyer_id"], as_index=False).agg(
        count=("day", "size"), first=("day", "min"), last=("day", "max")
    )
    found = found[found["count"] >= rules.visit_days_without_showflat]
    detail = found["first"].dt.strftime("%Y-%m-%d") + "/" + found["last"].dt.strftime("%Y-%m-%d")
    return found.assign(flag="visits_without_showflat", detail=detail)


def _same_minute_entries(acts: pd.DataFrame, rules: WatchRules) -> pd.DataFrame:
    """Minutes in which one consultant entered contacts of many buyers; count: buyers, detail: the minute."""
    entered = acts[acts["recorded_at"].notna()]
    minutes = entered.assign(minute=entered["recorded_at"].dt.floor("min"))
    found = minutes.groupby(["consultant", "minute"], as_index=False).agg(count=("buyer_id", "nunique"))
    found = found[found["count"] >= rules.same_minute_buyers]
    detail = found["minute"].dt.strftime("%Y-%m-%d %H:%M")
    return found.assign(flag="same_minute_entries", buyer_id="", detail=detail)


def _late_jumps(known: Known, facts: Facts, card: Card, rules: WatchRules) -> pd.DataFrame:
    """Buyers whose contacts of the last days made the score jump; count: points, detail: score before and after.

    Only touchpoints are taken back: money, picks and answers leave traces of their own.
    """
    moment = known.cutoff - timedelta(days=rules.jump_days)
    before = line_points(measure_values(facts.before(moment), card), card).score
    now = line_points(measure_values(facts, card), card).score
    jumped = (now - before >= rules.jump_points) & (known.buyers["registered_on"] < moment).to_numpy(bool)
    found = known.buyers.loc[jumped, ["consultant", "buyer_id"]]
    detail = np.array([f"{a}/{b}" for a, b in zip(before[jumped], now[jumped], strict=True)], dtype=object)
    return found.assign(flag="late_jump", count=(now - before)[jumped], detail=detail)
