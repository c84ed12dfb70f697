"""What every buyer has said about prices, and what that makes of the prices of units.

The most specific statement governs a unit: the ceiling named with the pick, else the price level accepted for it, else
the answers of the questionnaire, else the registered budget. Of several answers the lowest counts: each of them binds.
A buyer who names a layout and no unit is heard with the layout's average unit.

Answers serve the check of prices alone. What a plan grants or refuses rests on the other three (``allocation.demand``).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sincerity.allocation.demand import ACCEPTED_TOTAL
from sincerity.domain import Known
from sincerity.problems import Problem
from sincerity.questionnaire import numbered_answers, questionnaire
from sincerity.settings import Settings

SOURCES = ("pick", "level", "answer", "budget")  # the most specific first
LAYOUT = "layout"  # the question that names a wish
AMOUNTS = {"total": (10_000, 1_000_000_000), "price_per_m2": (500, 500_000)}  # what may be meant, yuan
LEVELS = {"below": "low_total_yuan", **ACCEPTED_TOTAL}  # price level → the total it stands for; below: less
_UNIT_TOTALS = ["base_total_yuan", "area_m2", "low_total_yuan", "high_total_yuan"]
_AMOUNT = r"^\D*?(?:[\d.]+(?:万|w)?元?[-~—–至到])?(\d+(?:\.\d+)?)(万|w)?\D*$"  # one number, or a range: its upper end


def stated_prices(known: Known, demand: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """One row per active buyer and available unit named: ``buyer_id``, ``unit_id``, ``base_total_yuan``,
    ``ceiling_yuan`` and its ``source``; then one per buyer who names a layout alone (``unit_id`` "", ``layout``).

    Rows without any statement are left out.
    """
    said = price_answers(known, settings)
    picks, wishes = _picked(known, demand), _wished(known, demand)
    every = pd.concat([picks, wishes], ignore_index=True).merge(said, on="buyer_id", how="left")
    answered = _ceiling_of_answers(every)
    own = [every["max_total_yuan"].notna(), every["accepts"] != ""]
    source = np.select([*own, answered.notna(), every["ceiling_yuan"].notna()], SOURCES, "")
    every = every.assign(source=source, ceiling_yuan=answered.where(source == "answer", every["ceiling_yuan"]))
    stated = every[every["source"] != ""]
    return stated[["buyer_id", "unit_id", "layout", "base_total_yuan", "ceiling_yuan", "source"]]


def price_answers(known: Known, settings: Settings) -> pd.DataFrame:
    """By buyer id what the answers say: ``total`` and ``price_per_m2`` in yuan (NaN: nothing), ``level`` ("": nothing).
    """
    given = _answers_on_prices(known, settings).set_index("buyer_id")
    columns = {}
    for kind in AMOUNTS:
        rows = given[given["says"] == kind]
        columns[kind] = amounts(rows["answer"], kind).groupby(level=0).min()
    levels = given[given["says"] == "level"]["level"]
    columns["level"] = levels[~levels.index.duplicated()]
    said = pd.DataFrame(columns, index=pd.Index(given.index.unique(), name="buyer_id"))
    return said.assign(level=said["level"].astype("str").fillna("")).reset_index()


def unread_answers(known: Known, settings: Settings) -> tuple[Problem, ...]:
    """A warning when answers that should say a price do not."""
    given = _answers_on_prices(known, settings)
    read = given["level"] != ""
    for kind in AMOUNTS:
        read |= (given["says"] == kind) & amounts(given["answer"], kind).notna()
    unread = given[~read]
    if unread.empty:
        return ()
    shown = "、".join(sorted(set(unread["answer"]))[:3])
    return (Problem("warning", "price_answers_unread", value=shown, parts={"count": len(unread), "all": len(given)}),)


def amounts(answers: pd.Series, kind: str) -> pd.Series:
    """The amount each answer names, in yuan, of a range the upper end; NaN where it is not plain.

    "280万", "约 250-280 万", "2,800,000元". A bare 280 could mean anything: it is not read.
    """
    low, high = AMOUNTS[kind]
    plain = answers.astype("str").str.normalize("NFKC").str.lower().str.replace(r"[\s,]|m2|元?/", "", regex=True)
    found = plain.str.extract(_AMOUNT)
    value = found[0].astype("float64") * found[1].notna().map({True: 10_000.0, False: 1.0})
    return value.round(2).where((value >= low) & (value <= high))


def _answers_on_prices(known: Known, settings: Settings) -> pd.DataFrame:
    """The newest answers to the questions that speak of prices: what each ``says``, and its ``level``."""
    rules: Mapping[str, Mapping] = {str(rule["question"]): rule for rule in settings.price.answers}
    given = numbered_answers(known.answers, questionnaire())
    given = given[given["question_key"].isin(list(rules))]
    says = given["question_key"].map({key: rule["says"] for key, rule in rules.items()}).astype("str")
    levels = {
        (key, number): level for key, rule in rules.items() for number, level in enumerate(rule.get("levels", ()), 1)
    }
    options = pd.MultiIndex.from_frame(given[["question_key", "option_no"]])
    level = pd.Series(options.map(levels), index=given.index, dtype="object").astype("str").fillna("")
    return given[["buyer_id", "answer"]].assign(says=says, level=level.where(level.isin(list(LEVELS)), ""))


def _picked(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """Picks of active buyers for available units, with what was said of each and the ceiling the plan knows."""
    available = known.units.loc[known.units["status"] == "available", ["unit_id", "layout", *_UNIT_TOTALS]]
    asked = demand.loc[demand["reason"] != "buyer_inactive", ["buyer_id", "unit_id", "ceiling_yuan"]]
    said = known.picks[["buyer_id", "unit_id", "max_total_yuan", "accepts"]]
    picks = asked.merge(available, on="unit_id").merge(said, on=["buyer_id", "unit_id"], how="left")
    return picks.assign(accepts=picks["accepts"].fillna(""))


def _wished(known: Known, demand: pd.DataFrame) -> pd.DataFrame:
    """Active buyers who name no unit and one layout, with the layout's average available unit and their budget."""
    available = known.units[known.units["status"] == "available"]
    average = available.groupby("layout", as_index=False)[_UNIT_TOTALS].mean()
    given = numbered_answers(known.answers, questionnaire())
    wish = given.loc[given["question_key"] == LAYOUT, ["buyer_id", "answer"]].rename(columns={"answer": "layout"})
    quiet = known.buyers[(known.buyers["state"] == "active") & ~known.buyers["buyer_id"].isin(demand["buyer_id"])]
    facts = quiet[["buyer_id", "budget_yuan"]].rename(columns={"budget_yuan": "ceiling_yuan"})
    return facts.merge(wish, on="buyer_id").merge(average, on="layout").assign(
        unit_id="", max_total_yuan=np.nan, accepts="")


def _ceiling_of_answers(rows: pd.DataFrame) -> pd.Series:
    level = pd.Series(np.nan, index=rows.index)
    for name, total in LEVELS.items():
        level = level.mask(rows["level"] == name, rows[total] if name != "below" else rows[total] - 1.0)
    each = pd.DataFrame({"total": rows["total"], "per_m2": rows["price_per_m2"] * rows["area_m2"], "level": level})
    return each.min(axis=1)
