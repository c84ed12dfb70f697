"""Makes a synthetic launch: units like a facade, buyers with a hidden sincerity, acts and picks that follow it.

One seed gives one launch, to the last cell. The hidden sincerity ``z`` of a buyer drives everything a sales
office would see: how often the buyer comes, calls, pays, how high the price ceiling lies. Picks herd on a few
stacks and on middle to high floors; a part of them changes from round to round. Names and phone numbers are
made up (all phones begin with 199000).

    python -m sample_data.generate normal lopsided     # writes sample_data/<shape>/
    python -m sample_data.generate stress --into DIR
"""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sample_data.launch import CUTOFFS, LAUNCH_DAY, OPENED, SampleLaunch
from sample_data.opening_day import opening_day
from sample_data.opinions import opinions
from sample_data.shapes import SHAPES, Shape
from sample_data.write import write_launch

SUBSCRIPTION_FROM, SUBSCRIPTION_TO = pd.Timestamp("2026-11-01 09:00"), pd.Timestamp("2026-11-27 17:00")
FIRST_REGISTRATION = datetime(2026, 9, 28, 10, 0)

SURNAMES = np.array(list("王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"))
GIVEN_NAMES = np.array(["秀英", "秀兰", "桂英", "文静", "子涵", "雨桐", "浩然", *"伟芳敏静丽强磊洋勇杰涛明超霞平"])
CONSULTANTS = np.array([
    "周晓彤", "何俊", "林若溪", "许志远", "沈佳怡", "韩磊", "邓敏", "曹阳", "彭雪", "袁浩", "蒋琳", "蔡峰",
])
CHANNELS = np.array(["自然到访", "老客户介绍", "中介带看", "线上广告", "户外广告"])
PURPOSES = np.array(["首置", "改善", "投资", "特殊"])
PAYMENTS = np.array(["按揭", "公积金组合贷", "一次性"])
NOTES = np.array([
    "", "", "关注学校", "问首付比例和月供", "比较周边项目", "问合同和交付时间", "嫌楼层高", "问公积金贷款额度",
])


def generate(name: str, seed: int = 20261121, *, past: bool = False) -> SampleLaunch:
    """The launch of shape ``name``; with ``past`` it also holds launch-day outcomes. KeyError for an unknown shape."""
    shape = SHAPES[name]
    rng = np.random.default_rng([seed, len(name), *name.encode()])
    units = _units(shape, rng)
    buyers, z = _buyers(shape, rng)
    touchpoints = _touchpoints(buyers, z, rng)
    picks = _picks(shape, units, buyers, z, rng)
    tables = {
        "units": units,
        "buyers": buyers,
        "touchpoints": touchpoints,
        "picks": picks,
        "answers": _answers(buyers, picks, units, rng),
        "targets": pd.DataFrame(shape.targets, columns=["layout", "min_units", "max_units"]).assign(bonus=np.nan),
        "decisions": _decisions(picks, units, rng),
    }
    own_draws = np.random.default_rng([seed, len(name), *name.encode(), 2])
    told = opinions(shape, units, buyers, z, picks, tables["answers"], own_draws)
    tables["answers"] = pd.concat([tables["answers"], told], ignore_index=True)
    if past:
        tables["outcomes"] = opening_day(tables, z, rng, LAUNCH_DAY)
    return SampleLaunch(shape, seed, tables, z)


def _units(shape: Shape, rng: np.random.Generator) -> pd.DataFrame:
    rooms = [mix for mix in shape.layouts for _ in range(mix.rooms)]
    grid = pd.MultiIndex.from_product(
        [range(1, shape.buildings + 1), range(1, shape.sections + 1), range(1, shape.floors + 1), range(len(rooms))],
        names=["building", "section", "floor", "room"],
    ).to_frame(index=False)
    mix = pd.DataFrame([vars(m) for m in rooms]).iloc[grid["room"]].reset_index(drop=True)
    height = grid["floor"] / shape.floors
    corner = np.where(grid["room"].isin([0, len(rooms) - 1]), 1.01, 1.0)
    building_level = 1 + 0.015 * rng.standard_normal(shape.buildings)[grid["building"] - 1]
    price = shape.base_price_yuan_per_m2 * mix["price_factor"] * building_level * corner * (0.96 + 0.07 * height)
    status = np.full(len(grid), "available", dtype=object)
    status[rng.choice(len(grid), max(2, len(grid) // 100), replace=False)] = "held"
    status[rng.choice(len(grid), max(1, len(grid) // 250), replace=False)] = "sold"
    number = (grid["floor"] * 100 + grid["room"] + 1).astype(str)
    return pd.DataFrame({
        "unit_id": grid["building"].astype(str) + "-" + grid["section"].astype(str) + "-" + number,
        "building": grid["building"].astype(str) + "栋",
        "section": grid["section"].astype(str) + "单元",
        "floor": grid["floor"],
        "room": (grid["room"] + 1).map("{:02d}".format),
        "layout": mix["layout"],
        "bedrooms": mix["bedrooms"],
        "area_m2": (mix["area_m2"] + (grid["building"] % 3) * 0.35).round(2),
        "orientation": np.where(grid["room"] % 2 == 0, "南", "东南"),
        "base_price_yuan_per_m2": (price / 10).round() * 10,
        "price_yuan_per_m2": np.nan,
        "status": status,
    })


def _buyers(shape: Shape, rng: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    n = shape.buyers
    z = rng.standard_normal(n)
    day = rng.beta(1.4, 1.1, n) * 59 - 0.8 * np.clip(z, -1, 2)
    registered = FIRST_REGISTRATION + pd.to_timedelta(np.clip(day, 0, 59.5).round(3), unit="D").floor("min")
    strength = z + 0.6 * rng.standard_normal(n)
    steps = [strength > 1.35, strength > 0.45, strength > -0.1]
    commitment = np.select(steps, ["frozen", "refundable", "card"], "none")
    subscribed = (pd.Series(registered) + timedelta(days=2)).clip(lower=SUBSCRIPTION_FROM)
    subscribed += pd.to_timedelta(pd.Series(rng.integers(0, 20, n)), unit="D")
    subscribed = subscribed.clip(upper=SUBSCRIPTION_TO).where(commitment != "none")
    queue = subscribed.rank(method="first")
    phones = "199000" + pd.Series(rng.permutation(99_999)[:n] + 1).astype(str).str.zfill(5)
    sharing = rng.choice(n - 1, n // 100, replace=False)
    phones.iloc[sharing + 1] = phones.iloc[sharing].to_numpy()
    household = np.full(n, "", dtype=object)
    couples = rng.choice(n - 1, n // 50, replace=False)
    household[couples] = household[couples + 1] = [f"H{i:04d}" for i in range(len(couples))]
    states = rng.choice(["active", "gave_up", "bought_elsewhere", "excluded"], n, p=[0.955, 0.025, 0.015, 0.005])
    base_total = shape.base_price_yuan_per_m2 * np.average([m.area_m2 for m in shape.layouts])
    budget = np.round(base_total * (1.03 + 0.12 * rng.standard_normal(n) + 0.04 * z), -4)
    frame = pd.DataFrame({
        "buyer_id": [f"K{i:05d}" for i in range(1, n + 1)],
        "name": rng.choice(SURNAMES, n) + rng.choice(GIVEN_NAMES, n),
        "phone": phones,
        "household_id": household,
        "consultant": rng.choice(CONSULTANTS[: 6 + 2 * (n > 1000) + 4 * (n > 5000)], n),
        "registered_on": registered,
        "channel": rng.choice(CHANNELS, n, p=[0.35, 0.2, 0.25, 0.15, 0.05]),
        "purpose": rng.choice(PURPOSES, n, p=[0.45, 0.4, 0.12, 0.03]),
        "budget_yuan": np.where(rng.random(n) < 0.7, np.maximum(budget, 300_000), np.nan),
        "payment": rng.choice(PAYMENTS, n, p=[0.6, 0.28, 0.12]),
        "subscribed_on": subscribed,
        "queue_no": queue.map(lambda q: "" if np.isnan(q) else f"{int(q):04d}"),
        "commitment": commitment,
        "state": states,
    })
    return frame, z


def _touchpoints(buyers: pd.DataFrame, z: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    kinds = [  # kind, visits per buyer at z = 0, how strongly z drives it, earliest moment
        ("visit", 1.25, 0.62, FIRST_REGISTRATION),
        ("showflat_view", 0.85, 0.62, OPENED),
        ("inbound_call", 0.95, 0.55, FIRST_REGISTRATION),
        ("message_in", 0.50, 0.45, FIRST_REGISTRATION),
        ("outbound_call", 1.80, 0.10, FIRST_REGISTRATION),
        ("event", 0.25, 0.50, OPENED),
    ]
    registered = buyers["registered_on"].to_numpy("datetime64[s]")
    last = np.datetime64(CUTOFFS[3] + timedelta(minutes=50), "s")
    parts = []
    for kind, mean, slope, earliest in kinds:
        who = np.repeat(np.arange(len(buyers)), rng.poisson(mean * np.exp(slope * z)))
        start = np.maximum(registered[who], np.datetime64(earliest, "s"))
        lean = np.where(z[who] > 0, 0.75, 1.25)  # the sincere come back late, the rest fade
        at = start + ((last - start).astype(float) * rng.random(len(who)) ** lean).astype("timedelta64[s]")
        party = np.where(
            rng.random(len(who)) < 0.25 + 0.2 * np.tanh(z[who]), rng.choice(["family", "decider"], len(who)), "alone")
        parts.append(pd.DataFrame({
            "buyer_id": buyers["buyer_id"].to_numpy()[who],
            "kind": kind,
            "at": at,
            "party": np.where(kind in ("visit", "showflat_view"), party, ""),
            "consultant": buyers["consultant"].to_numpy()[who],
            "note": rng.choice(NOTES, len(who)),
        }))
    frame = pd.concat(parts, ignore_index=True)
    frame["at"] = frame["at"].dt.floor("min")
    delay = pd.to_timedelta(rng.exponential(5, len(frame)), unit="h")
    delay = delay.where(rng.random(len(frame)) > 0.01, pd.Timedelta(days=4))
    frame.insert(3, "recorded_at", (frame["at"] + delay).dt.floor("min"))
    return frame.sort_values(["at", "buyer_id", "kind"], kind="stable", ignore_index=True)


def _picks(shape, units, buyers, z, rng) -> pd.DataFrame:
    appeal = _appeal(shape, units, rng)
    share = pd.Series({mix.layout: mix.demand_share for mix in shape.layouts})
    eager = z + 0.9 * rng.standard_normal(len(z)) > np.quantile(z, 1 - shape.picking_share)
    who = np.flatnonzero(eager)
    wanted = rng.choice(share.index, len(who), p=share / share.sum())
    first = _choose(units, wanted, appeal, rng.integers(1, 6, len(who)), rng)
    first["who"] = who[first["who"]]
    total = units["base_price_yuan_per_m2"] * units["area_m2"]
    rounds = []
    previous = first
    for number, cutoff in CUTOFFS.items():
        if number > 1:
            previous = _changed(previous, units, appeal, rng)
        here = previous[buyers["registered_on"].to_numpy()[previous["who"]] < np.datetime64(cutoff - timedelta(days=1))]
        rounds.append(_recorded(here, number, cutoff, total.to_numpy(), units, buyers, z, shape, rng))
    return pd.concat(rounds, ignore_index=True)


def _appeal(shape: Shape, units: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Log attractiveness of every unit: a few favourite stacks, middle to high floors, a little of its own."""
    stack = units["building"] + units["section"] + units["room"]
    stack_appeal = dict(zip(stack.unique(), rng.standard_normal(stack.nunique()), strict=True))
    height = units["floor"] / shape.floors
    floor_appeal = 1.2 - 6.0 * (height - 0.68) ** 2
    own_appeal = 0.3 * rng.standard_normal(len(units))
    return shape.herding * (stack.map(stack_appeal) + floor_appeal + own_appeal).to_numpy(float)


def _choose(units, wanted, appeal, counts, rng) -> pd.DataFrame:
    """For every buyer ``counts`` different units of the wanted layout, most wanted first (Gumbel top-k)."""
    parts = []
    for layout in sorted(set(wanted)):
        buyers = np.flatnonzero(wanted == layout)
        stock = np.flatnonzero((units["layout"] == layout).to_numpy())
        for chunk in np.array_split(buyers, max(1, len(buyers) * len(stock) // 5_000_000)):
            worth = appeal[stock] + rng.gumbel(size=(len(chunk), len(stock)))
            most = min(int(counts.max()), len(stock))
            best = np.argsort(-worth, axis=1)[:, :most]
            keep = np.arange(most) < counts[chunk][:, None]
            row, column = np.nonzero(keep)
            parts.append(pd.DataFrame({"who": chunk[row], "rank": column + 1, "unit": stock[best[row, column]]}))
    return pd.concat(parts, ignore_index=True).sort_values(["who", "rank"], ignore_index=True)


def _changed(picks: pd.DataFrame, units: pd.DataFrame, appeal: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The picks a round later: about one buyer in six names other units of the same layout."""
    buyers = picks["who"].unique()
    moving = buyers[rng.random(len(buyers)) < 0.16]
    old = picks[picks["who"].isin(moving)]
    layout = units["layout"].to_numpy()[old.drop_duplicates("who")["unit"]]
    fresh = _choose(units, layout, appeal, old.groupby("who").size().to_numpy(), rng)
    fresh["who"] = old["who"].unique()[fresh["who"]]
    return pd.concat([picks[~picks["who"].isin(moving)], fresh]).sort_values(["who", "rank"], ignore_index=True)


def _recorded(picks, number, cutoff, total, units, buyers, z, shape, rng) -> pd.DataFrame:
    n = len(picks)
    who, unit = picks["who"].to_numpy(), picks["unit"].to_numpy()
    level = shape.ceiling_mean + 0.018 * z[who] + 0.02 * rng.standard_normal(n)
    accepts = np.select([level >= 1.03, level >= 1.0, level >= 0.97], ["high", "base", "low"], "below")
    ceiling = np.round(total[unit] * level, -4)
    recorded = pd.Timestamp(cutoff) - pd.to_timedelta(rng.integers(30, 3 * 24 * 60, n), unit="min")
    late_joiner = buyers["registered_on"].to_numpy()[who] > recorded.to_numpy()
    return pd.DataFrame({
        "round": number,
        "buyer_id": buyers["buyer_id"].to_numpy()[who],
        "choice_rank": picks["rank"].to_numpy(),
        "unit_id": units["unit_id"].to_numpy()[unit],
        "max_total_yuan": ceiling if number != 2 else np.nan,
        "accepts": accepts if number == 2 else "",
        "recorded_at": recorded.where(~late_joiner, pd.Timestamp(cutoff - timedelta(minutes=45))),
    })


def _answers(buyers, picks, units, rng) -> pd.DataFrame:
    layout = units.set_index("unit_id")["layout"]
    named = picks[picks["choice_rank"] == 1].drop_duplicates("buyer_id").set_index("buyer_id")["unit_id"].map(layout)
    asked = buyers[rng.random(len(buyers)) < 0.6]
    wish = asked["buyer_id"].map(named)
    wish = wish.where(wish.notna() | (rng.random(len(asked)) < 0.5), rng.choice(layout.unique()))
    rows = pd.DataFrame({
        "buyer_id": asked["buyer_id"].to_numpy(),
        "question": "意向户型",
        "answer": wish.to_numpy(),
        "recorded_at": (asked["registered_on"] + timedelta(minutes=20)).to_numpy(),
    })
    return rows.dropna(subset="answer").reset_index(drop=True)


def _decisions(picks, units, rng) -> pd.DataFrame:
    available = units.loc[units["status"] == "available", "unit_id"]
    last = picks[(picks["round"] == 3) & picks["unit_id"].isin(available)]
    contested = last[last["unit_id"].duplicated(keep=False)].drop_duplicates("unit_id").drop_duplicates("buyer_id")
    chosen = contested.iloc[np.sort(rng.choice(len(contested), 3, replace=False))]
    return pd.DataFrame({
        "buyer_id": chosen["buyer_id"].to_numpy(),
        "unit_id": chosen["unit_id"].to_numpy(),
        "decision": ["keep", "forbid", "forbid"],
        "by": "销售经理",
        "reason": ["老业主一家，已面谈", "首付资料未通过", "客户要求换房"],
        "decided_at": pd.Timestamp("2026-11-27 15:00"),
    })


def main(arguments: list[str] | None = None) -> None:
    """Writes the named shapes as launch folders."""
    parser = argparse.ArgumentParser(description="Write synthetic sample launches.")
    parser.add_argument("shapes", nargs="+", choices=sorted(SHAPES))
    parser.add_argument("--into", type=Path, default=Path(__file__).parent)
    parser.add_argument("--seed", type=int, default=20261121)
    chosen = parser.parse_args(arguments)
    for name in chosen.shapes:
        write_launch(generate(name, chosen.seed), chosen.into / name)
        print(chosen.into / name)


if __name__ == "__main__":
    main()
