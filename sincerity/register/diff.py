"""What changed between two runs of a launch, from their published tables alone.

Both sides are the tables of a run by name (at least ``allocation``, ``scores``, ``score_lines``, ``demand``,
``units`` and ``targets``). Rows come in the order of the later run: buyers by priority, units as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sincerity.domain import CHANGES_BUYERS, CHANGES_PICKS, CHANGES_TARGETS, CHANGES_UNITS, GRADES
from sincerity.screening_rules import DemandRules

Tables = Mapping[str, pd.DataFrame]


def changes(before: Tables | None, after: Tables, rules: DemandRules) -> Mapping[str, pd.DataFrame]:
    """The four tables of changes by name; without an earlier run they are empty."""
    if before is None:
        return {schema.name: schema.empty() for schema in (CHANGES_BUYERS, CHANGES_PICKS, CHANGES_UNITS,
                                                           CHANGES_TARGETS)}
    return {
        "changes_buyers": changed_buyers(before, after),
        "changes_picks": changed_picks(before, after),
        "changes_units": changed_units(before, after, rules),
        "changes_targets": changed_targets(before, after),
    }


def changed_buyers(before: Tables, after: Tables) -> pd.DataFrame:
    """Buyers new, gone or with another grade; a re-graded buyer once per score line that moved, the largest first."""
    both = before["scores"][["buyer_id", "grade", "score"]].merge(
        after["scores"][["buyer_id", "grade", "score", "priority_rank"]],
        how="outer", on="buyer_id", suffixes=("_before", "_after"), indicator=True,
    )
    came, left = both["_merge"] == "right_only", both["_merge"] == "left_only"
    place = {grade: number for number, grade in enumerate(GRADES)}
    step = both["grade_after"].map(place) - both["grade_before"].map(place)
    change = np.select([came, left, step < 0, step > 0], ["new", "gone", "up", "down"], default="")
    moved = both.assign(change=change)[change != ""].merge(
        _moved_lines(before["score_lines"], after["score_lines"]), how="left", on="buyer_id"
    )
    ordered = moved.sort_values(["priority_rank", "buyer_id", "weight", "line"], ascending=[True, True, False, True])
    return CHANGES_BUYERS.frame(ordered.rename(columns={
        "grade_before": "from_grade", "grade_after": "to_grade", "score_before": "from_score",
        "score_after": "to_score"}).fillna({"from_grade": "", "to_grade": "", "line": ""}))


def changed_picks(before: Tables, after: Tables) -> pd.DataFrame:
    """Every pick that came, went or changed its rank, by buyer and the rank it has or had."""
    ranks = _ranks_in_both(before["demand"], after["demand"])
    earlier, later = ranks["from_rank"], ranks["to_rank"]
    change = np.select(
        [earlier == 0, later == 0, later < earlier, later > earlier], ["added", "dropped", "raised", "lowered"], ""
    )
    rows = ranks.assign(
        change=change,
        shown_rank=later.where(later > 0, earlier),
        priority_rank=ranks["buyer_id"].map(_priority(after)),
    )[change != ""]
    return CHANGES_PICKS.frame(rows.sort_values(["priority_rank", "buyer_id", "shown_rank", "unit_id"]))


def churn(before: Tables, after: Tables) -> tuple[int, int]:
    """Intention churn: buyers whose picks changed, of buyers with picks in either run."""
    named = pd.concat([before["demand"]["buyer_id"], after["demand"]["buyer_id"]]).nunique()
    return changed_picks(before, after)["buyer_id"].nunique(), named


def changed_units(before: Tables, after: Tables, rules: DemandRules) -> pd.DataFrame:
    """Units on sale in either run whose class of demand is another one now, in the order of the later run."""
    earlier, later = (_contenders(tables, rules) for tables in (before, after))
    both = earlier.add_suffix("_before").join(later.add_suffix("_after"), how="outer")
    both = both.fillna({"demand_before": "", "demand_after": "", "count_before": 0, "count_after": 0})
    turned = both[both["demand_before"] != both["demand_after"]]
    order = pd.Index(after["units"]["unit_id"]).get_indexer(turned.index)
    rows = turned.rename_axis("unit_id").reset_index().assign(order=np.where(order < 0, len(after["units"]), order))
    return CHANGES_UNITS.frame(rows.sort_values(["order", "unit_id"]).rename(columns={
        "demand_before": "from_demand", "demand_after": "to_demand", "count_before": "from_contenders",
        "count_after": "to_contenders"}))


def changed_targets(before: Tables, after: Tables) -> pd.DataFrame:
    """Targets of both runs that the plan meets now and did not, or the other way round, in their order."""
    both = after["targets"].merge(before["targets"], on="layout", suffixes=("_after", "_before"))
    met, was_met = both["shortfall_after"] == 0, both["shortfall_before"] == 0
    rows = both.assign(change=np.where(met, "gained", "lost"))[met != was_met]
    return CHANGES_TARGETS.frame(rows.rename(columns={
        "placed_before": "from_placed", "placed_after": "to_placed", "shortfall_before": "from_shortfall",
        "shortfall_after": "to_shortfall"}))


def _moved_lines(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Score lines of buyers known to both runs whose points differ; a line one run does not have counts 0."""
    columns = ["buyer_id", "line", "points"]
    known = set(before["buyer_id"]) & set(after["buyer_id"])
    lines = before[columns].merge(after[columns], how="outer", on=["buyer_id", "line"], suffixes=("_before", "_after"))
    lines = lines[lines["buyer_id"].isin(known)].fillna({"points_before": 0, "points_after": 0})
    weight = (lines["points_after"] - lines["points_before"]).abs()
    moved = lines.assign(weight=weight)[weight > 0]
    return moved.rename(columns={"points_before": "from_points", "points_after": "to_points"})


def _ranks_in_both(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Every pair of buyer and unit in either DEMAND once, with its rank in each; 0 where it is not named.

    Ranks stay whole numbers on the way: a pick that one side lacks must not pass through a missing value.
    """
    columns = ["buyer_id", "unit_id", "choice_rank"]
    sides = pd.concat([
        before[columns].rename(columns={"choice_rank": "from_rank"}).assign(to_rank=0),
        after[columns].rename(columns={"choice_rank": "to_rank"}).assign(from_rank=0),
    ], ignore_index=True)
    return sides.groupby(["buyer_id", "unit_id"], sort=False, as_index=False)[["from_rank", "to_rank"]].max()


def _priority(tables: Tables) -> pd.Series:
    return tables["scores"].set_index("buyer_id")["priority_rank"]


def _contenders(tables: Tables, rules: DemandRules) -> pd.DataFrame:
    """Per unit on sale: how many buyers can be granted it (``count``) and the class of that (``demand``)."""
    units, demand = tables["units"], tables["demand"]
    on_sale = units.loc[units["status"] == "available", "unit_id"]
    count = demand.loc[demand["eligible"], "unit_id"].value_counts().reindex(on_sale, fill_value=0)
    classes = np.select([count >= rules.hot_buyers, count <= rules.cold_buyers], ["hot", "cold"], default="normal")
    return pd.DataFrame({"count": count, "demand": classes})
