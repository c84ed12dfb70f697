"""May the chances be used? One of three answers, with every reason against a better one."""

from __future__ import annotations

from dataclasses import dataclass

from sincerity.calibration.alarms import Alarm
from sincerity.calibration.backtest import BASE, MODEL, Backtest, paired
from sincerity.calibration.past import PastBuyers
from sincerity.calibration.rules import CalibrationRules

READY, WITH_CARE, NOT_ENOUGH = "ready", "with_care", "not_enough"


@dataclass(frozen=True)
class Verdict:
    """``answer``: ready, with_care, not_enough. ``reasons`` are codes with the figure and the figure asked for."""

    answer: str
    reasons: tuple[tuple[str, float, float], ...]


def verdict(past: PastBuyers, test: Backtest, alarms: tuple[Alarm, ...], rules: CalibrationRules) -> Verdict:
    """The verdict on a history; ``test`` leaves one launch out."""
    launches, orders = len(past.launches), int(past.bought.sum())
    if launches < rules.verdict_care_launches or orders < rules.verdict_care_orders:
        short = (
            ("few_launches", launches, rules.verdict_care_launches),
            ("few_orders", orders, rules.verdict_care_orders),
        )
        return Verdict(NOT_ENOUGH, tuple(reason for reason in short if reason[1] < reason[2]))
    reasons = tuple(_against_ready(launches, orders, test, alarms, rules))
    return Verdict(WITH_CARE if reasons else READY, reasons)


def _against_ready(launches: int, orders: int, test: Backtest, alarms: tuple[Alarm, ...], rules: CalibrationRules):
    if launches < rules.verdict_ready_launches:
        yield "few_launches", launches, rules.verdict_ready_launches
    if orders < rules.verdict_ready_orders:
        yield "few_orders", orders, rules.verdict_ready_orders
    difference, error = paired(test, MODEL, BASE)
    if not difference < -error:
        yield "no_better_than_base", difference, error
    if test.hits < rules.verdict_least_hits * len(test.tests):
        yield "range_misses", test.hits, len(test.tests)
    loud = sum(alarm.loud for alarm in alarms)
    if loud:
        yield "alarms", loud, 0
