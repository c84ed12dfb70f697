"""Random launches of any size, for properties and for the benchmark: plausible, messy, and quick to make."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from sincerity import domain
from sincerity.domain import Launch
from tests.cases import settings, table

START = np.datetime64("2026-10-05T00:00", "us")
MINUTES = 48 * 24 * 60  # from START to two days after the cutoff of tests.cases
NOTES = np.array(["", "", "", "asked for the DOWN PAYMENT", "问贷款额度", "likes the view", "合同 2026"])


def random_launch(seed: int, buyers: int = 30, touchpoints: int = 200, picks: int = 60, **overrides) -> Launch:
    """A launch of 4 × ⌈buyers/10⌉ units; a tenth of the buyers share a phone, a tenth a household id."""
    rng = np.random.default_rng(seed)
    units = _units(max(1, buyers // 10))
    people = _buyers(rng, buyers)
    ids = people["buyer_id"].to_numpy()
    return Launch(
        settings=settings(**overrides),
        units=units,
        buyers=people,
        touchpoints=_touchpoints(rng, ids, touchpoints),
        picks=_picks(rng, ids, units["unit_id"].to_numpy(), picks),
        answers=_answers(rng, ids),
        targets=domain.TARGETS.empty(),
        decisions=domain.DECISIONS.empty(),
        outcomes=domain.OUTCOMES.empty(),
    )


def shuffled(launch: Launch, seed: int) -> Launch:
    """The same launch with the rows of every table in another order."""
    return _each_table(launch, lambda frame: frame.sample(frac=1, random_state=seed).reset_index(drop=True))


def renamed(launch: Launch, new_id) -> Launch:
    """The same launch with every buyer id replaced by ``new_id(old)``."""
    def rename(frame: pd.DataFrame) -> pd.DataFrame:
        if "buyer_id" not in frame:
            return frame
        return frame.assign(buyer_id=frame["buyer_id"].map(new_id).astype("str"))

    return _each_table(launch, rename)


def imported_twice(launch: Launch) -> Launch:
    """The same launch with every row of every table but units standing twice."""
    twice = _each_table(launch, lambda frame: pd.concat([frame, frame], ignore_index=True))
    return _replace(twice, units=launch.units)


def with_touchpoints(launch: Launch, records: list[dict]) -> Launch:
    """The launch with more touchpoints."""
    more = table(domain.TOUCHPOINTS, records)
    return _replace(launch, touchpoints=pd.concat([launch.touchpoints, more], ignore_index=True))


def _replace(launch: Launch, **tables) -> Launch:
    return Launch(**{name: getattr(launch, name) for name in Launch.__dataclass_fields__} | tables)


def _each_table(launch: Launch, change) -> Launch:
    names = ("units", "buyers", "touchpoints", "picks", "answers", "targets", "decisions", "outcomes")
    return _replace(launch, **{name: change(getattr(launch, name)) for name in names})


def _moments(rng: np.random.Generator, count: int) -> np.ndarray:
    return START + rng.integers(0, MINUTES, count).astype("timedelta64[m]")


def _maybe(rng: np.random.Generator, moments: np.ndarray, share: float) -> np.ndarray:
    return np.where(rng.random(len(moments)) < share, moments, np.datetime64("NaT", "us"))


def _units(floors: int) -> pd.DataFrame:
    floor, room = np.divmod(np.arange(4 * floors), 4)
    price = 20_000.0 + 137.0 * floor
    return domain.UNITS.frame({
        "unit_id": [f"1-{f + 1}-{r + 1}" for f, r in zip(floor, room, strict=True)],
        "building": "1", "section": "1", "floor": floor + 1, "room": [f"0{r + 1}" for r in room],
        "layout": np.where(room < 2, "2BR", "3BR"), "bedrooms": 2.0, "area_m2": 88.88 + room, "orientation": "S",
        "base_price_yuan_per_m2": price, "price_yuan_per_m2": np.nan, "status": "available",
        "source_row": np.arange(4 * floors) + 2,
    })


def _buyers(rng: np.random.Generator, count: int) -> pd.DataFrame:
    number = np.arange(count)
    phone_of = np.where(rng.random(count) < 0.1, rng.integers(0, count, count), number)
    shares = rng.random(count) < 0.1
    return domain.BUYERS.frame({
        "buyer_id": [f"b{n}" for n in number],
        "name": "", "phone": [f"138{n:08d}" for n in phone_of],
        "household_id": np.where(shares, np.char.add("h", rng.integers(0, count, count).astype(str)), ""),
        "consultant": rng.choice(["Wu", "Xu", "Yao", ""], count),
        "registered_on": _moments(rng, count),
        "channel": "", "purpose": "", "budget_yuan": np.nan, "payment": "",
        "subscribed_on": _maybe(rng, _moments(rng, count), 0.4), "queue_no": "",
        "commitment": rng.choice(domain.COMMITMENTS, count, p=[0.5, 0.2, 0.2, 0.1]),
        "state": rng.choice(domain.BUYER_STATES, count, p=[0.9, 0.04, 0.03, 0.03]),
        "source_row": number + 2,
    })


def _touchpoints(rng: np.random.Generator, ids: np.ndarray, count: int) -> pd.DataFrame:
    at = _moments(rng, count)
    delay = rng.integers(0, 5 * 24 * 60, count).astype("timedelta64[m]")
    return domain.TOUCHPOINTS.frame({
        "buyer_id": rng.choice(ids, count), "kind": rng.choice(domain.TOUCHPOINT_KINDS, count),
        "at": at, "recorded_at": _maybe(rng, at + delay, 0.7),
        "party": rng.choice(["", "alone", "family", "decider"], count),
        "consultant": rng.choice(["Wu", "Xu", ""], count), "note": rng.choice(NOTES, count),
        "source_row": np.arange(count) + 2,
    })


def _picks(rng: np.random.Generator, ids: np.ndarray, units: np.ndarray, count: int) -> pd.DataFrame:
    pairs = pd.DataFrame({"buyer_id": rng.choice(ids, count), "unit_id": rng.choice(units, count)}).drop_duplicates()
    size = len(pairs)
    return domain.PICKS.frame(pairs.assign(
        round=rng.choice([2, 3], size, p=[0.1, 0.9]), choice_rank=pairs.groupby("buyer_id").cumcount() + 1,
        max_total_yuan=np.where(rng.random(size) < 0.6, rng.integers(1_700_000, 2_400_000, size), np.nan),
        accepts=rng.choice(["", *domain.ACCEPTS], size), recorded_at=_maybe(rng, _moments(rng, size), 0.5),
        source_row=np.arange(size) + 2,
    ))


def _answers(rng: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    who = ids[rng.random(len(ids)) < 0.5]
    return domain.ANSWERS.frame({
        "buyer_id": who, "question": rng.choice(["意向户型", "Intended Building?", "why"], len(who)),
        "answer": rng.choice(["3BR", " ", "2"], len(who)),
        "recorded_at": np.full(len(who), np.datetime64(datetime(2026, 11, 1), "us")),
        "source_row": np.arange(len(who)) + 2,
    })
