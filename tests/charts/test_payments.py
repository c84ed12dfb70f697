from __future__ import annotations

from decimal import Decimal, getcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sincerity.charts.payments import loan_yuan, monthly_yuan, unit_payments
from sincerity.settings import PaymentPlan

LABEL = {"zh": "按揭", "en": "mortgage"}


def plan(share=0.3, rate=0.048, years=20, step=10_000, name="mortgage") -> PaymentPlan:
    return PaymentPlan(name, LABEL, share, rate, years, step, "test")


@pytest.mark.parametrize(("loan", "rate", "years", "monthly"), [
    (1_000_000, 0.048, 20, 6_490),  # 1,000,000 · 0.004 / (1 − 1.004^−240) = 6,489.57
    (1_000_000, 0.031, 30, 4_270),  # the bank's table: 4,270.16
    (1_000_000, 0.026, 30, 4_003),  # the provident fund's table: 4,003.40
    (120_000, 0.12, 1, 10_662),  # 120,000 · 0.01 / (1 − 1.01^−12) = 10,661.85
    (120_000, 0.0, 10, 1_000),
    (0, 0.048, 20, 0),
])
def test_instalments_of_hand(loan, rate, years, monthly):
    assert monthly_yuan(np.array([loan]), rate, 12 * years).tolist() == [monthly]


@given(st.integers(0, 50_000_000), st.integers(0, 2_000), st.integers(1, 40))
@hypothesis_settings(max_examples=60, deadline=None)
def test_instalments_pay_the_loan_back_to_the_month(loan, rate_points, years):
    getcontext().prec = 40
    rate = Decimal(rate_points) / 10_000 / 12
    owed = Decimal(loan)
    monthly = int(monthly_yuan(np.array([loan]), rate_points / 10_000, 12 * years)[0])
    for _ in range(12 * years):
        owed += owed * rate - monthly
    grown = (1 + rate) ** (12 * years)
    rounding = (grown - 1) / rate if rate else 12 * years
    assert abs(owed) <= Decimal("0.500001") * rounding


@pytest.mark.parametrize(("total", "share", "step", "loan"), [
    (2_000_000, 0.30, 10_000, 1_400_000), (2_013_999, 0.30, 10_000, 1_400_000), (2_014_286, 0.30, 10_000, 1_410_000),
    (2_000_000, 1.0, 10_000, 0), (2_000_000, 0.0, 1, 2_000_000), (9_999, 0.0, 10_000, 0),
])
def test_the_loan_is_cut_down_to_whole_steps(total, share, step, loan):
    assert loan_yuan(np.array([total]), plan(share=share, step=step)).tolist() == [loan]


def test_units_on_sale_stand_with_every_plan_and_total_is_down_payment_and_loan():
    units = pd.DataFrame({
        "unit_id": ["a", "b", "c"], "status": ["available", "held", "available"], "total_yuan": [2_000_000, 1, 999_999],
    })
    found = unit_payments(units, (plan(share=1.0, rate=0.0, years=0, name="cash"), plan()))
    assert found.to_numpy().tolist() == [
        ["a", "cash", 2_000_000, 0, 0, 0], ["a", "mortgage", 600_000, 1_400_000, 240, 9_085],
        ["c", "cash", 999_999, 0, 0, 0], ["c", "mortgage", 309_999, 690_000, 240, 4_478],
    ]
    assert unit_payments(units, ()).empty
