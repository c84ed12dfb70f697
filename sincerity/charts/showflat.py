"""Chart 2.4: how many buyers saw the show flat, by day and by the consultant who showed it."""

from __future__ import annotations

import pandas as pd

from sincerity.domain import SHOWFLAT_SUMS, SHOWFLAT_VIEWS, Known
from sincerity.domain.charts import BY_CONSULTANT, DAY


def showflat_views(known: Known) -> pd.DataFrame:
    """SHOWFLAT_VIEWS, by day, everybody first. A buyer counts once a day, and once a day for each consultant.

    A view without a consultant of its own belongs to the buyer's.
    """
    views = known.touchpoints[known.touchpoints["kind"] == "showflat_view"]
    own = views["buyer_id"].map(known.buyers.set_index("buyer_id")["consultant"]).astype("str")
    day = views["at"].dt.normalize()
    views = pd.DataFrame({
        "buyer_id": views["buyer_id"],
        "day": day,
        "consultant": views["consultant"].where(views["consultant"] != "", own),
        "first_time": day == day.groupby(views["buyer_id"]).transform("min"),
    })
    everybody = _counted(views.assign(consultant="", scope=DAY))
    each = _counted(views.assign(scope=BY_CONSULTANT))
    order = {DAY: 0, BY_CONSULTANT: 1}
    counts = pd.concat([everybody, each])
    counts["place"] = counts["scope"].map(order)
    return SHOWFLAT_VIEWS.frame(counts.sort_values(["day", "place", "consultant"], kind="stable"))


def showflat_sums(views: pd.DataFrame) -> pd.DataFrame:
    """SHOWFLAT_SUMS of SHOWFLAT_VIEWS: everybody, then consultant by consultant."""
    sums = views.groupby(["scope", "consultant"], as_index=False).agg(
        views=("buyers", "sum"), first_time_views=("first_time_buyers", "sum"), busiest=("buyers", "max"),
    )
    return SHOWFLAT_SUMS.frame(sums.sort_values(["scope", "consultant"], ascending=[False, True], kind="stable"))


def _counted(views: pd.DataFrame) -> pd.DataFrame:
    once = views.drop_duplicates(["day", "scope", "consultant", "buyer_id"])
    return once.groupby(["day", "scope", "consultant"], as_index=False).agg(
        buyers=("buyer_id", "size"), first_time_buyers=("first_time", "sum")
    )
