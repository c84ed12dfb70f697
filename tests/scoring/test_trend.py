from __future__ import annotations

import pandas as pd

from sincerity.scoring.trend import trends
from tests.cases import settings

WATCH = settings().watch


def _now(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["members", "score", "grade"])


def _before(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["buyer_id", "score", "grade"])


def test_five_points_make_a_trend_and_four_do_not():
    now = _now(("a", 55, "B"), ("b", 54, "B"), ("c", 45, "C"), ("d", 46, "C"))
    before = _before(*((buyer, 50, "B") for buyer in "abcd"))
    assert trends(now, before, WATCH).tolist() == ["improving", "steady", "declining", "steady"]


def test_unknown_without_an_earlier_score_or_with_u_on_either_side():
    now = _now(("new", 50, "B"), ("was_u", 50, "B"), ("is_u", 50, "U"))
    before = _before(("was_u", 0, "U"), ("is_u", 0, "D"))
    assert trends(now, before, WATCH).tolist() == ["unknown"] * 3
    assert trends(now, None, WATCH).tolist() == ["unknown"] * 3


def test_a_household_is_found_by_any_member_and_by_the_best_one():
    now = _now(("new a b", 60, "B"))
    assert trends(now, _before(("b", 60, "B")), WATCH).tolist() == ["steady"]
    assert trends(now, _before(("a", 10, "D"), ("b", 58, "B")), WATCH).tolist() == ["steady"]
