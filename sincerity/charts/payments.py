"""Chart 3.2: what a unit costs a buyer at signing and every month, under each payment plan of the settings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sincerity.domain import UNIT_PAYMENTS
from sincerity.settings import PaymentPlan

Ints = npt.NDArray[np.int64]

_BASIS_POINTS = 10_000


def unit_payments(units: pd.DataFrame, plans: tuple[PaymentPlan, ...]) -> pd.DataFrame:
    """UNIT_PAYMENTS of the units on sale, plans in the order given within each unit."""
    on_sale = units.loc[units["status"] == "available", ["unit_id", "total_yuan"]].reset_index(drop=True)
    parts = [_under(plan, on_sale) for plan in plans]
    if not parts:
        return UNIT_PAYMENTS.empty()
    return UNIT_PAYMENTS.frame(pd.concat(parts).sort_index(kind="stable"))


def loan_yuan(total_yuan: Ints, plan: PaymentPlan) -> Ints:
    """The loan: what the down payment leaves of the total, cut down to whole steps of the plan's lender."""
    most = total_yuan * (_BASIS_POINTS - round(plan.down_payment_share * _BASIS_POINTS)) // _BASIS_POINTS
    return most // plan.loan_step_yuan * plan.loan_step_yuan


def monthly_yuan(loan: Ints, annual_rate: float, months: int) -> Ints:
    """The equal monthly instalment, half up to the yuan; 0 where nothing is lent.

    Annuity: loan · i / (1 − (1 + i)^−months) with i = annual rate ÷ 12; loan ÷ months without interest.
    """
    if months == 0:
        return np.zeros_like(loan)
    rate = annual_rate / 12
    factor = rate / -np.expm1(-months * np.log1p(rate)) if rate else 1 / months
    return np.floor(loan * factor + 0.5).astype(np.int64)


def _under(plan: PaymentPlan, on_sale: pd.DataFrame) -> pd.DataFrame:
    total = on_sale["total_yuan"].to_numpy()
    months = 12 * plan.years
    loan = loan_yuan(total, plan) if months else np.zeros_like(total)
    return on_sale.assign(
        plan=plan.name,
        down_payment_yuan=total - loan,
        loan_yuan=loan,
        months=months,
        monthly_yuan=monthly_yuan(loan, plan.annual_rate, months),
    )
