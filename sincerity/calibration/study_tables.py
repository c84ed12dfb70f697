"""A study as tables for its reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

import numpy as np
import pandas as pd

from sincerity.calibration.backtest import BASE, MODEL, Backtest
from sincerity.calibration.buyer_chances import similar
from sincerity.calibration.rules import CalibrationRules
from sincerity.calibration.study import RateRow, Study
from sincerity.domain.study import (
    ACCOUNTS,
    ALARMS,
    CALIBRATION_ROWS,
    CHANCE_BY_SCORE,
    CONSULTANT_POINTS,
    GRADE_ROWS,
    LAUNCH_TESTS,
    METHOD_TESTS,
    PROPOSED_CARD,
    ModelStudy,
)
from sincerity.schema import Schema
from sincerity.scoring.chance import SCORES
from sincerity.settings import CardItem


def model_study(
    found: Study, name: str, version: int, made_on: date, program: str, synthetic: bool, rules: CalibrationRules
) -> ModelStudy:
    """``found`` with everything a report shows laid out in tables."""
    ways = (found.left_out, found.onward)
    tables = {
        "accounts": _frame(ACCOUNTS, [asdict(one) | {"launch": one.launch_id} for one in found.accounts]),
        "chance_by_score": _chance_by_score(found, rules),
        "launch_tests": _frame(LAUNCH_TESTS, [row for way in ways for row in _launch_rows(way)]),
        "method_tests": _frame(METHOD_TESTS, [row for way in ways for row in _method_rows(way)]),
        "calibration": _rates(CALIBRATION_ROWS, found.calibration, "tenth"),
        "grades": _rates(GRADE_ROWS, found.grades, "grade"),
        "alarms": _frame(ALARMS, [asdict(alarm) for alarm in found.alarms]),
        "consultants": _frame(CONSULTANT_POINTS, [asdict(one) for one in found.consultants]),
        "proposal": _frame(PROPOSED_CARD, list(_proposal_rows(found))),
        "drift": found.drift,
    }
    return ModelStudy(
        name=name,
        made_on=made_on,
        program=program,
        synthetic=synthetic,
        verdict=found.verdict.answer,
        reasons=found.verdict.reasons,
        points_auc=found.points_auc,
        slope=found.slope[0],
        slope_error=found.slope[1],
        gain=found.proposal.gain[0],
        gain_error=found.proposal.gain[1],
        is_worth_it=found.proposal.is_worth_it,
        version=version,
        labels={item.item: item.label for item in found.past.items},
        tables=tables,
    )


def _frame(schema: Schema, records: list[Mapping]) -> pd.DataFrame:
    return schema.frame(records) if records else schema.empty()


def _chance_by_score(found: Study, rules: CalibrationRules) -> pd.DataFrame:
    mean, low, high = found.chance_by_score
    counts = found.past.counts()
    seen, bought = (part.sum(axis=0).astype(np.int64) for part in (counts.buyers, counts.bought))
    return CHANCE_BY_SCORE.frame({
        "score": SCORES, "chance": mean, "low": low, "high": high,
        "similar_buyers": similar(seen, rules.chance_similar_points),
        "similar_bought": similar(bought, rules.chance_similar_points),
    })


def _launch_rows(way: Backtest):
    for test in way.tests:
        yield {
            "way": way.way, "launch": test.launch, "buyers": test.buyers, "bought": test.bought,
            "expected": test.expected, "low": test.low, "high": test.high, "inside": test.inside,
            "auc": test.auc[MODEL], "log_loss": test.log_loss[MODEL], "base_log_loss": test.log_loss[BASE],
            "ks": test.ks, "lift": test.lift,
        }


def _method_rows(way: Backtest):
    for one in way.methods.values():
        (against_base, base_error), (gain, gain_error) = one.against_base, one.against_model
        yield {
            "way": way.way, "method": one.method, "launches": one.launches, "auc": one.auc, "log_loss": one.log_loss,
            "brier": one.brier, "skill": one.skill, "against_base": against_base, "against_base_error": base_error,
            "model_gain": gain, "model_gain_error": gain_error,
        }


def _rates(schema: Schema, rows: tuple[RateRow, ...], key: str) -> pd.DataFrame:
    return _frame(schema, [asdict(row) | {key: row.name, "rate": row.bought / row.buyers} for row in rows])


def _proposal_rows(found: Study):
    old, new = found.proposal.old, found.proposal.card
    old_caps, new_caps = (dict(zip(card.groups, card.caps, strict=True)) for card in (old, new))
    for number, (before, after) in enumerate(zip(old.items, new.items, strict=True)):
        yield {
            "item": before.item, "auc": found.items[number].auc, "multiplier": found.proposal.multipliers[number],
            "old_points": _level_points(before), "new_points": _level_points(after),
            "old_cap": old_caps[before.group], "new_cap": new_caps[before.group],
        }


def _level_points(item: CardItem) -> str:
    return "/".join(str(level.points) for level in item.levels)
