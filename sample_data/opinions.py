"""What the buyers of a synthetic launch answer on the questionnaire, besides the layout they want.

A part of those who name a layout fills in the form, most of those who name no unit yet: what they can pay follows their
hidden sincerity as the price ceilings of picks do, what worries them follows what they can pay. Some answers are left
empty, a few say nothing.
The draws are the form's own: a launch with a longer form has the same units, buyers, contacts and picks.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from sample_data.launch import CUTOFFS
from sample_data.shapes import Shape

FORM_SHARE, FORM_SHARE_WITHOUT_PICK = 0.5, 0.9  # of the buyers who name a layout
PAYMENTS = {"按揭": "商业按揭", "公积金组合贷": "组合贷", "一次性": "一次性"}
MATTERS = np.array(["户型", "学校", "交通", "景观", "配套"])
RIVALS = np.array(["暂无", "同区域甲项目", "河对岸乙项目", "二手房"])
OBJECTIONS = np.array(["楼层不理想", "户型不合适", "位置远", "再看看"])
DECIDERS = np.array(["本人", "夫妻共同", "父母", "其他"])
VIEWS = ["上限也能接受", "基准价可以接受", "只接受下限"]
VAGUE = "看情况"


def opinions(
    shape: Shape, units: pd.DataFrame, buyers: pd.DataFrame, z: np.ndarray, picks: pd.DataFrame, wishes: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Answers (buyer, question, answer, moment) of a part of the buyers whose answers in ``wishes`` name a layout."""
    share = np.where(wishes["buyer_id"].isin(picks["buyer_id"]), FORM_SHARE, FORM_SHARE_WITHOUT_PICK)
    asked = wishes[rng.random(len(wishes)) < share].merge(
        buyers[["buyer_id", "purpose", "payment", "registered_on"]].assign(z=z), on="buyer_id")
    level = shape.ceiling_mean + 0.018 * asked["z"] + 0.02 * rng.standard_normal(len(asked))
    told = {**_of_the_buyer(asked, rng), **_of_the_price(asked, units, level.to_numpy(), rng)}
    rows = pd.concat([
        pd.DataFrame({"buyer_id": asked["buyer_id"], "question": question, "answer": answer, "recorded_at": at})
        for question, (answer, at) in told.items()
    ], ignore_index=True)
    return rows[rows["answer"] != ""].reset_index(drop=True)


def _of_the_buyer(asked: pd.DataFrame, rng: np.random.Generator) -> dict[str, tuple]:
    n, first = len(asked), asked["recorded_at"]
    return {
        "购房目的": (asked["purpose"], first),
        "付款方式": (asked["payment"].map(PAYMENTS), first),
        "谁来拍板": (rng.choice(DECIDERS, n, p=[0.3, 0.5, 0.17, 0.03]), first),
        "还在比较哪些项目": (np.where(rng.random(n) < 0.5, rng.choice(RIVALS, n), ""), first),
    }


def _of_the_price(asked: pd.DataFrame, units: pd.DataFrame, level: np.ndarray, rng: np.random.Generator) -> dict:
    """Answers that follow ``level``, the share of the base price the buyer can pay."""
    n, first = len(asked), asked["recorded_at"]
    totals = (units["base_price_yuan_per_m2"] * units["area_m2"]).groupby(units["layout"]).mean()
    prices = units.groupby("layout")["base_price_yuan_per_m2"].mean()
    budget = pd.Series(np.round(asked["answer"].map(totals).to_numpy() * level / 10_000)).map("{:.0f}万".format)
    budget = np.where(rng.random(n) < 0.03, VAGUE, budget)
    per_m2 = pd.Series(np.round(asked["answer"].map(prices).to_numpy() * level, -2)).map("{:.0f}".format)
    matters = pd.Series(rng.choice(MATTERS, n))
    dear = rng.random(n) < 1 / (1 + np.exp(40 * (level - 1.0)))  # the less a buyer can pay, the more often
    objection = np.where(dear, "总价高", rng.choice(OBJECTIONS, n))
    view = np.select([level >= 1.03, level >= 1.0, level >= 0.97], VIEWS, "下限也偏高")
    second = pd.Series(pd.Timestamp(CUTOFFS[2]) - pd.to_timedelta(rng.integers(60, 5 * 24 * 60, n), unit="min"))
    there = asked["registered_on"] < second - timedelta(days=1)
    return {
        "总价预算上限": (np.where(rng.random(n) < 0.85, budget, ""), first),
        "可接受的最高单价（元/m²）": (np.where(rng.random(n) < 0.4, per_m2, ""), first),
        "最看重什么": (matters.mask(dear, "价格、" + matters), first),
        "对报出的价格区间怎么看": (np.where(there & (rng.random(n) < 0.8), view, ""), second),
        "主要顾虑": (np.where(there & (rng.random(n) < 0.85), objection, ""), second),
    }
