"""What buyers accept: per group the share that still accepts at each price, and per unit who follows to which edge.

Only stated ceilings count (``pricing.statements`` says which). A buyer counts once in a group, with the unit of the
group for which the ceiling stands highest above the base price.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import pandas as pd

from sincerity.domain import BASE_CHECK, PRICE_ACCEPTANCE, PRICE_BAND, PRICE_LOST, Known
from sincerity.pricing.statements import SOURCES, stated_prices
from sincerity.settings import Settings

SCOPES = ("all", "layout", "building", "floor_band", "orientation")
UNIT = "unit"  # one more scope of the base-price check
EDGES = ("low", "base", "high")
_NEAR = 1e-9  # a ceiling this little below a price is at it


def acceptance(known: Known, demand: pd.DataFrame, settings: Settings, shares: Sequence[float]) -> pd.DataFrame:
    """PRICE_ACCEPTANCE of every group at prices ``shares`` above (below) base, ascending."""
    parts = []
    before = None
    limits = group_limits(known, demand, settings)
    for share in sorted(shares):
        counts = _counts(limits, share, settings.price.confidence).assign(price_share=share)
        accepting = counts.set_index(["scope", "name"])["accepting"]
        counts["lost"] = 0 if before is None else (before - accepting).to_numpy()
        before = accepting
        parts.append(counts)
    every = pd.concat(parts)
    every["order"] = every["scope"].map({scope: place for place, scope in enumerate(SCOPES)})
    return PRICE_ACCEPTANCE.frame(every.sort_values(["order", "name", "price_share"], kind="stable"))


def base_check(known: Known, demand: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """BASE_CHECK: every group's acceptance of its base prices beside the launch's, with a correction where it is off.

    The correction is the change of price at which as large a share of the group accepts as of the whole launch. A
    unit stands alone where enough buyers speak of it.
    """
    limits, rules = group_limits(known, demand, settings, (*SCOPES, UNIT)), settings.price
    groups = _counts(limits, 0.0, rules.confidence)
    groups = groups[(groups["scope"] != UNIT) | (groups["buyers"] >= rules.few_buyers)].reset_index(drop=True)
    launch = groups.loc[groups["scope"] == "all", ["accepting", "buyers"]].sum()
    launch_share = launch["accepting"] / launch["buyers"] if launch["buyers"] else 0.0
    by_group = limits.groupby(["scope", "name"], sort=False)
    as_launch = by_group["ratio"].quantile(1 - launch_share, interpolation="lower")
    wanted = (as_launch - 1).clip(-rules.largest_correction, rules.largest_correction).round(3)
    verdict = _verdict(groups, launch_share, settings)
    judged = np.isin(verdict, ["too_dear", "too_cheap"])
    available = known.units[known.units["status"] == "available"]
    units = _grouped_units(available, settings, (*SCOPES, UNIT)).groupby(["scope", "name"]).size()
    places = pd.MultiIndex.from_frame(groups[["scope", "name"]])
    heard = by_group["source"].value_counts().unstack("source").reindex(index=places, columns=SOURCES).fillna(0)
    return BASE_CHECK.frame(groups.assign(
        **{f"by_{source}": heard[source].to_numpy() for source in SOURCES},
        launch_share=launch_share, verdict=verdict, units=units.reindex(places).fillna(0).to_numpy(),
        correction=np.where(judged, wanted.reindex(places).to_numpy(), 0.0),
    ))


def price_band(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """PRICE_BAND of every available unit that a buyer names."""
    picks = stated_at_edges(known, demand)
    counts = picks.groupby("unit_id").agg(
        named_by=("buyer_id", "size"), unstated=("unstated", "sum"),
        **{f"accept_{edge}": (edge, "sum") for edge in EDGES},
    ).reset_index()
    stated = counts["named_by"] - counts["unstated"]
    counts["edge"] = np.select(
        [(stated > 0) & (counts["accept_high"] == counts["named_by"]), counts["accept_low"] == 0],
        ["upper", "lower"], "",
    )
    return PRICE_BAND.frame(_in_order_of(known, counts))


def price_lost(known: Known, demand: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """PRICE_LOST: every pick that does not reach the upper edge, with the price at which it is lost."""
    picks = stated_at_edges(known, demand)
    lost = picks[~picks["high"]]
    lost_at = np.select([~lost["low"], ~lost["base"]], ["low", "base"], "high")
    grade = lost["buyer_id"].map(scores.set_index("buyer_id")["grade"])
    named = lost.assign(lost_at=lost_at, grade=grade.astype("str").fillna(""))
    return PRICE_LOST.frame(_in_order_of(known, named.sort_values(["choice_rank", "buyer_id"])))


def stated_at_edges(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """Picks of active buyers for available units: whether each reaches ``low``, ``base`` and ``high``; ``unstated``."""
    totals = [f"{edge}_total_yuan" for edge in EDGES]
    picks = _asked(known, demand).merge(known.units[["unit_id", *totals]], on="unit_id")
    ceiling = picks["ceiling_yuan"].fillna(np.inf)
    return picks.assign(
        unstated=picks["ceiling_yuan"].isna(),
        **{edge: picks[f"{edge}_total_yuan"] <= ceiling for edge in EDGES},
    )


def group_limits(
    known: Known, demand: pd.DataFrame, settings: Settings, scopes: Sequence[str] = SCOPES
) -> pd.DataFrame:
    """One row per group and buyer: ``scope``, ``name``, ``ratio`` of the ceiling to the base total, its ``source``."""
    stated = stated_prices(known, demand, settings)
    stated = stated.assign(
        ratio=stated["ceiling_yuan"] / stated["base_total_yuan"],
        source_no=stated["source"].map({source: number for number, source in enumerate(SOURCES)}),
    )
    wishes = stated[stated["unit_id"] == ""]
    rated = pd.concat([
        stated.merge(_grouped_units(known.units, settings, scopes), on="unit_id"),
        wishes.assign(scope="all", name=""),
        wishes.assign(scope="layout", name=wishes["layout"]),
    ], ignore_index=True)
    rated["order"] = rated["scope"].map({scope: place for place, scope in enumerate(scopes)})
    rated = rated.sort_values(["order", "name", "buyer_id", "ratio", "source_no"], ascending=[True] * 3 + [False, True])
    best = rated.drop_duplicates(["scope", "name", "buyer_id"])
    return best[["scope", "name", "buyer_id", "ratio", "source"]].reset_index(drop=True)


def wilson(accepting: pd.Series, buyers: pd.Series, confidence: float) -> tuple[pd.Series, pd.Series]:
    """Wilson's range of a share; honest for few buyers and for shares of 0 and 1."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, spread = accepting / buyers, z * z / buyers
    middle = (share + spread / 2) / (1 + spread)
    half = np.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return (middle - half).clip(lower=0.0), (middle + half).clip(upper=1.0)


def _in_order_of(known: Known, rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` as their units stand in the building, rows of a unit in the order given."""
    place = pd.Series(range(len(known.units)), index=known.units["unit_id"])
    return rows.iloc[np.argsort(rows["unit_id"].map(place).to_numpy(), kind="stable")]


def _verdict(groups: pd.DataFrame, launch_share: float, settings: Settings) -> np.ndarray:
    """Per group: too few answers, or out of line by more than its range and the least gap that matters."""
    far = (groups["accepting"] / groups["buyers"] - launch_share).abs() >= settings.price.out_of_line
    return np.select(
        [
            groups["buyers"] < settings.price.few_buyers,
            far & (groups["high"] < launch_share),
            far & (groups["low"] > launch_share),
        ],
        ["few_answers", "too_dear", "too_cheap"], "in_line",
    )


def _counts(limits: pd.DataFrame, share: float, confidence: float) -> pd.DataFrame:
    accepts = limits.assign(accepts=limits["ratio"] >= 1 + share - _NEAR)
    by_group = accepts.groupby(["scope", "name"], sort=False)["accepts"]
    counts = by_group.agg(buyers="size", accepting="sum")
    low, high = wilson(counts["accepting"], counts["buyers"], confidence)
    return counts.assign(low=low, high=high).reset_index()


def _asked(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    available = known.units.loc[known.units["status"] == "available", "unit_id"]
    return demand[(demand["reason"] != "buyer_inactive") & demand["unit_id"].isin(available)]


def _grouped_units(units: pd.DataFrame, settings: Settings, scopes: Sequence[str]) -> pd.DataFrame:
    """Every unit once in each scope that names it: ``unit_id``, ``scope``, ``name``."""
    height = settings.price.floors_per_band
    first = (units["floor"] - 1) // height * height + 1
    band = first.map("{:02d}".format) + "–" + (first + height - 1).map("{:02d}".format)
    names = {"all": "", "layout": units["layout"], "building": units["building"], "floor_band": band,
             "orientation": units["orientation"], UNIT: units["unit_id"]}
    rows = [units[["unit_id"]].assign(scope=scope, name=names[scope]) for scope in scopes]
    every = pd.concat(rows, ignore_index=True)
    return every[(every["name"] != "") | (every["scope"] == "all")]
