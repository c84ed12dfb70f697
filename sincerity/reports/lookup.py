"""The published tables joined once, so that every table of the report can name people and units."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sincerity.domain import RoundResult
from sincerity.reports.facade import facade
from sincerity.reports.refusal_sentences import refusal_sentences
from sincerity.reports.view import FacadeBuilding
from sincerity.reports.wording import Words


@dataclass(frozen=True)
class Lookup:
    """A round's result with the joins that its report needs, in one language."""

    result: RoundResult
    words: Words

    def table(self, name: str) -> pd.DataFrame:
        """The published table called ``name``."""
        return self.result.tables[name]

    @cached_property
    def facade(self) -> tuple[FacadeBuilding, ...]:
        """The buildings as they stand."""
        return facade(self.table("units"))

    @cached_property
    def people(self) -> pd.DataFrame:
        """Buyers by id with their score, ``who`` (name, or the id where no name is given) and ``placed_unit``
        (the units held, best choice first, space-separated)."""
        buyers = self.table("buyers").set_index("buyer_id", drop=False).rename_axis(None)
        scores = self.table("scores").set_index("buyer_id").drop(columns="registered_on")
        plan = self.table("allocation").sort_values("choice_rank", kind="stable")
        held = plan.groupby("buyer_id")["unit_id"].agg(" ".join)
        people = buyers.join(scores)
        people["who"] = people["name"].where(people["name"] != "", people["buyer_id"]).astype(object)
        people["placed_unit"] = held.reindex(people.index).fillna("").astype(object)
        return people

    @cached_property
    def stock(self) -> pd.DataFrame:
        """Units by id in the order of the facade, with who holds them and how many buyers want them.

        ``named_by`` counts all picks, ``contenders`` those that may be granted at the given price,
        ``first_choice_contenders`` the first choices among these.
        """
        units = self.table("units").set_index("unit_id", drop=False).rename_axis(None).loc[self._facade_order()]
        plan = self.table("allocation").set_index("unit_id")[["buyer_id", "grade", "choice_rank", "kept"]]
        demand = self.table("demand")
        eligible = demand[demand["eligible"]]
        return units.join(plan.rename(columns={"buyer_id": "holder_id"})).assign(
            named_by=_per_unit(demand, units),
            contenders=_per_unit(eligible, units),
            first_choice_contenders=_per_unit(eligible[eligible["choice_rank"] == 1], units),
        ).fillna({"holder_id": "", "grade": "", "kept": False})

    @cached_property
    def refusal_reasons(self) -> pd.Series:
        """``why`` each refused pick was not granted, by buyer and unit, in the order of the refusals."""
        refused = self.table("refusals")
        reasons = refused.assign(why=refusal_sentences(refused, self))
        return reasons.set_index(["buyer_id", "unit_id"])["why"]

    def with_buyer(
        self, frame: pd.DataFrame, columns: list[str], on: str = "buyer_id", prefix: str = ""
    ) -> pd.DataFrame:
        """``frame`` with ``columns`` of the buyer its column ``on`` names."""
        return _joined(frame, self.people[columns], on, prefix)

    def with_unit(self, frame: pd.DataFrame, columns: list[str], on: str = "unit_id", prefix: str = "") -> pd.DataFrame:
        """``frame`` with ``columns`` of the unit its column ``on`` names."""
        return _joined(frame, self.stock[columns], on, prefix)

    def _facade_order(self) -> list[str]:
        return [
            unit_id
            for building in self.facade
            for section in building.sections
            for floor in section.unit_ids
            for unit_id in floor
            if unit_id is not None
        ]


def _joined(frame: pd.DataFrame, other: pd.DataFrame, on: str, prefix: str) -> pd.DataFrame:
    """Left join on ``on``; a text that finds no partner is "" and a number is missing."""
    named = other.add_prefix(prefix)
    texts = named.select_dtypes(["object", "str"]).columns
    return frame.join(named, on=on).fillna(dict.fromkeys(texts, ""))


def _per_unit(picks: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    return picks.groupby("unit_id").size().reindex(units.index, fill_value=0)
