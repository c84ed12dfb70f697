"""What a study of past launches hands to its page and workbook: tables and a verdict, nothing left to compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sincerity.schema import Column, Schema

ACCOUNTS = Schema("accounts", (
    Column("launch", "str"),
    Column("launch_day", "date"),
    Column("buyers", "int"),
    Column("bought", "int"),
    Column("blocked", "int"),
    Column("unknown", "int"),
), key=("launch",))

CHANCE_BY_SCORE = Schema("chance_by_score", (
    Column("score", "int", "points"),
    Column("chance", "float"),
    Column("low", "float"),
    Column("high", "float"),
    Column("similar_buyers", "int"),
    Column("similar_bought", "int"),
), key=("score",))

LAUNCH_TESTS = Schema("launch_tests", (
    Column("way", "str"),  # leave_one_out, forward
    Column("launch", "str"),
    Column("buyers", "int"),
    Column("bought", "int"),
    Column("expected", "float"),
    Column("low", "int"),
    Column("high", "int"),
    Column("inside", "bool"),
    Column("auc", "float"),
    Column("log_loss", "float"),
    Column("base_log_loss", "float"),
    Column("ks", "float"),
    Column("lift", "float"),
), key=("way", "launch"))

METHOD_TESTS = Schema("method_tests", (
    Column("way", "str"),
    Column("method", "str"),  # model, base, points, platt, isotonic, opinion
    Column("launches", "int"),
    Column("auc", "float"),
    Column("log_loss", "float"),
    Column("brier", "float"),
    Column("skill", "float"),
    Column("against_base", "float"),
    Column("against_base_error", "float"),
    Column("model_gain", "float"),  # log loss of the model minus the method's; negative: the model is better
    Column("model_gain_error", "float"),
), key=("way", "method"))

_RATES = (
    Column("buyers", "int"),
    Column("bought", "int"),
    Column("rate", "float"),
    Column("low", "float"),
    Column("high", "float"),
    Column("forecast", "float"),
    Column("orders_so_far", "float"),
)
CALIBRATION_ROWS = Schema("calibration", (Column("tenth", "str"), *_RATES), key=("tenth",))
GRADE_ROWS = Schema("grades", (Column("grade", "str"), *_RATES), key=("grade",))

ALARMS = Schema("alarms", (
    Column("kind", "str"),
    Column("subject", "str"),
    Column("value", "float"),
    Column("limit", "float"),
    Column("buyers", "int"),
    Column("loud", "bool"),
))

CONSULTANT_POINTS = Schema("consultants", (
    Column("consultant", "str"),
    Column("buyers", "int"),
    Column("mean_points", "float"),
    Column("bought", "int"),
    Column("promised", "float"),
    Column("z", "float"),
    Column("verdict", "str"),
), key=("consultant",))

PROPOSED_CARD = Schema("proposal", (
    Column("item", "str"),
    Column("auc", "float"),  # of the item alone, within launches
    Column("multiplier", "float"),
    Column("old_points", "str"),  # of its levels, "0/8/16"
    Column("new_points", "str"),
    Column("old_cap", "int"),
    Column("new_cap", "int"),
), key=("item",))


@dataclass(frozen=True)
class ModelStudy:
    """A study as its reports need it. ``reasons`` are (code, figure, figure asked for), () when ready."""

    name: str
    made_on: date
    program: str
    synthetic: bool
    verdict: str  # ready, with_care, not_enough
    reasons: tuple[tuple[str, float, float], ...]
    points_auc: float
    slope: float  # log-odds per ten points, within launches
    slope_error: float
    gain: float  # of the re-weighted card, in log loss; NaN where it cannot be tested
    gain_error: float
    is_worth_it: bool
    version: int  # of the model; 0 for a back-test that keeps none
    labels: Mapping[str, Mapping[str, str]]  # item → its label by language
    tables: Mapping[str, pd.DataFrame]
