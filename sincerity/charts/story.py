"""All that the charts of a round publish beyond its scores and its plan, table by table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sincerity.charts.answers import answer_tally, objections
from sincerity.charts.payments import unit_payments
from sincerity.charts.picks import feedback_shares, pick_changes, pick_feedback, pick_levels, unit_picks
from sincerity.charts.showflat import showflat_sums, showflat_views
from sincerity.domain import Known
from sincerity.method_charts import method_charts
from sincerity.questionnaire import questionnaire
from sincerity.settings import Settings


def round_charts(
    known: Known, before: Known | None, scores: pd.DataFrame, demand: pd.DataFrame, settings: Settings
) -> Mapping[str, pd.DataFrame]:
    """The published tables of the charts, by name. ``before`` is what was known in the round before, if any."""
    form, charts = questionnaire(), method_charts()
    picks = unit_picks(demand, known.units, scores)
    feedback = pick_feedback(demand, known.units, objections(known.answers, form))
    views = showflat_views(known)
    return {
        "answer_tally": answer_tally(known.answers, form, charts.least_buyers_to_show),
        "unit_picks": picks,
        "pick_levels": pick_levels(picks, known.units, charts.pick_levels),
        "pick_feedback": feedback,
        "feedback_shares": feedback_shares(feedback, known.units),
        "showflat_views": views,
        "showflat_sums": showflat_sums(views),
        "pick_changes": pick_changes(before, known),
        "unit_payments": unit_payments(known.units, settings.payment_plans),
    }
