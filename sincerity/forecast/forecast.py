"""The forecast of a round: every published table of it, from the simulated days."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.domain import (
    BALLOT,
    FORECAST_BASIS,
    FORECAST_CHANGE,
    FORECAST_KPIS,
    FORECAST_REVIEW,
    LEVERS,
    UNIT_REVIEW,
)
from sincerity.forecast.assumptions import assumption_rows
from sincerity.forecast.eve import Days
from sincerity.forecast.risks import risks
from sincerity.forecast.summaries import (
    absorption_curve,
    forecast_buyers,
    forecast_change,
    forecast_grades,
    forecast_totals,
    forecast_units,
)

REPLACED_BY_MODEL = ("accept.",)


def forecast_tables(days: Days, before: Days | None) -> Mapping[str, pd.DataFrame]:
    """The published forecast by table name; ``before`` are the days of the round before, None where there was none.

    What only a command of its own fills (levers, ballot, review) is empty.
    """
    return {
        "forecast_totals": forecast_totals(days),
        "absorption_curve": absorption_curve(days),
        "forecast_units": forecast_units(days),
        "forecast_buyers": forecast_buyers(days),
        "forecast_grades": forecast_grades(days),
        "risks": risks(days),
        "forecast_basis": forecast_basis(days),
        "forecast_change": FORECAST_CHANGE.empty() if before is None else forecast_change(days, before),
        **{schema.name: schema.empty() for schema in (LEVERS, BALLOT, FORECAST_REVIEW, UNIT_REVIEW, FORECAST_KPIS)},
    }


def forecast_basis(days: Days) -> pd.DataFrame:
    """FORECAST_BASIS: what the forecast rests on; assumptions the model replaces are left out."""
    conduct = days.conduct
    measured = conduct.model_chances is not None
    stated = {name: value for name, value in conduct.given.stated().items()
              if not (measured and name.startswith(REPLACED_BY_MODEL))}
    rows = [
        ("order", conduct.order, ""),
        ("chances", "model" if measured else "assumptions", ""),
        ("runs", str(conduct.runs), "runs"),
        ("buyers", str(days.scene.buyers), "buyers"),
        ("units", str(days.scene.units), "units"),
        *((name, f"{value:g}", str(assumption_rows()[name]["unit"])) for name, value in stated.items()),
    ]
    return FORECAST_BASIS.frame(pd.DataFrame(rows, columns=FORECAST_BASIS.names))
