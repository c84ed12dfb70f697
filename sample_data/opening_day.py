"""What happened on the launch day of a past sample launch, told buyer by buyer like an office's record of the day.

It knows the hidden sincerity ``z`` and nothing of the product's forecast. The day has a mood of its own. A household
comes the likelier the more sincere it is, and more often when it has named units. Called by queue number, then by
registration, it goes through its latest picks; what is free and no dearer than it said it would pay is bought if the
family is ready to sign. When all picks are gone some let themselves be led to a similar unit; of those who named
nothing a few buy one of the units left. Prices are the base prices. A household buys one unit.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

OPENS_AT, CALL_TAKES = timedelta(hours=9, minutes=30), timedelta(seconds=40)

MOOD_SD = 0.45  # logits; half of it is felt in the turnout
COMES, COMES_BY_Z, COMES_WITH_PICKS = 0.6, 0.8, 0.8  # logits
SIGNS, SIGNS_BY_Z = 0.6, 0.7  # logits, of those who came for their picks
LED_ELSEWHERE = 0.35  # share of those ready to sign who take a similar unit when all their picks are gone
BUYS_A_LEFTOVER = 0.10  # share of those present without a pick who are ready for what is left
WITHDRAWS = 0.15  # share of absent subscribers who ask for their money back

NO_SHOW, NO_CHOICE, BLOCKED, WITHDREW, BOUGHT = "no_show", "came_no_choice", "blocked", "withdrew", "bought"


def opening_day(
    tables: dict[str, pd.DataFrame], z: np.ndarray, rng: np.random.Generator, day: datetime
) -> pd.DataFrame:
    """The table of outcomes: one row per registered buyer, in the order of ``tables["buyers"]``."""
    buyers = tables["buyers"].reset_index(drop=True)
    office = _Office(tables)
    mood = MOOD_SD * rng.standard_normal()
    has_picks = buyers["buyer_id"].isin(office.wishes).to_numpy()
    comes = rng.random(len(z)) < _logistic(COMES + mood / 2 + COMES_BY_Z * z + COMES_WITH_PICKS * has_picks)
    signs = rng.random(len(z)) < _logistic(SIGNS + mood + SIGNS_BY_Z * z)
    led, tempted, withdraws = (rng.random(len(z)) < share for share in (LED_ELSEWHERE, BUYS_A_LEFTOVER, WITHDRAWS))
    active, subscribed = (buyers["state"] == "active").to_numpy(), (buyers["commitment"] != "none").to_numpy()
    further_member = _families(buyers).duplicated()
    status, unit = np.full(len(buyers), NO_CHOICE, dtype=object), np.full(len(buyers), "", dtype=object)
    at = pd.Series(pd.NaT, index=buyers.index, dtype="datetime64[us]")
    for turn, place in enumerate(_called(buyers)):
        at.iloc[place] = day + OPENS_AT + turn * CALL_TAKES
        if not (active[place] and comes[place]):
            status[place] = WITHDREW if subscribed[place] and withdraws[place] else NO_SHOW
        elif not further_member[place]:
            buyer = buyers.loc[place]
            ready = signs[place] if has_picks[place] else tempted[place]
            unit[place] = office.sell(buyer, rng, bool(led[place])) if ready else ""
            status[place] = BOUGHT if unit[place] else BLOCKED if ready else NO_CHOICE
    return pd.DataFrame({"launch_id": "", "buyer_id": buyers["buyer_id"], "status": status, "unit_id": unit, "at": at})


class _Office:
    """The units still free, and what every buyer had named."""

    def __init__(self, tables: dict[str, pd.DataFrame]) -> None:
        units, picks, rulings = tables["units"], tables["picks"], tables["decisions"]
        latest = picks[picks["round"] == picks["round"].max()].sort_values(["buyer_id", "choice_rank"], kind="stable")
        self.wishes = {
            buyer: list(zip(rows["unit_id"], rows["max_total_yuan"], strict=True))
            for buyer, rows in latest.groupby("buyer_id")
        }
        self.units = units.assign(total=units["base_price_yuan_per_m2"] * units["area_m2"]).set_index("unit_id")
        self.free = self.units[self.units["status"] == "available"]
        told = dict(list(rulings.groupby("decision")))
        self.kept_for = dict(zip(told["keep"]["unit_id"], told["keep"]["buyer_id"], strict=True))
        self.forbidden = set(zip(told["forbid"]["buyer_id"], told["forbid"]["unit_id"], strict=True))
        said = tables["answers"][tables["answers"]["answer"].isin(units["layout"])]
        self.layouts = said.drop_duplicates("buyer_id").set_index("buyer_id")["answer"]

    def sell(self, buyer: pd.Series, rng: np.random.Generator, led: bool) -> str:
        """The unit the buyer signs for, gone from the stock; "" where there is none."""
        wishes = self.wishes.get(buyer["buyer_id"], [])
        found = next((unit for unit, limit in wishes if self._open(buyer["buyer_id"], unit, limit)), "")
        if not found and wishes and led:
            found = self._similar(*wishes[0])
        if not wishes:
            found = self._leftover(buyer, rng)
        self.free = self.free.drop(index=found) if found else self.free
        return found

    def _open(self, buyer_id: str, unit: str, limit: float) -> bool:
        kept = self.kept_for.get(unit, buyer_id) == buyer_id and (buyer_id, unit) not in self.forbidden
        return kept and unit in self.free.index and self.free.at[unit, "total"] <= limit

    def _similar(self, lost: str, limit: float) -> str:
        """The free unit of the lost one's layout that is nearest in height, of those the buyer can pay."""
        stock = self.free[(self.free["total"] <= limit) & ~self.free.index.isin(self.kept_for)]
        stock = stock[stock["layout"] == self.units.at[lost, "layout"]]
        away = (stock["floor"] - self.units.at[lost, "floor"]).abs().sort_values(kind="stable")
        return str(away.index[0]) if len(away) else ""

    def _leftover(self, buyer: pd.Series, rng: np.random.Generator) -> str:
        wish, budget = self.layouts.get(buyer["buyer_id"]), buyer["budget_yuan"]
        stock = self.free[~self.free.index.isin(self.kept_for)]
        stock = stock[(stock["layout"] == wish) | (wish is None)]
        stock = stock[(stock["total"] <= budget) | np.isnan(budget)]
        return str(rng.choice(stock.index.to_numpy(object))) if len(stock) else ""


def _families(buyers: pd.DataFrame) -> pd.Series:
    """One name per household: its number, else the phone."""
    return buyers["household_id"].where(buyers["household_id"] != "", buyers["phone"])


def _called(buyers: pd.DataFrame) -> list[int]:
    """Places of the buyers as they are called: by queue number, then by registration."""
    queue = pd.to_numeric(buyers["queue_no"], errors="coerce").fillna(np.inf)
    return np.lexsort((buyers["registered_on"].to_numpy(), queue.to_numpy())).tolist()


def _logistic(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))
