"""The goals of a policy in words."""

from __future__ import annotations

import pandas as pd

from sincerity.reports.wording import Words


def goal_sentences(goals: pd.DataFrame, words: Words) -> pd.Series:
    """What each goal counts, from its columns ``goal``, ``grades`` and ``choices``."""
    parts = {
        "grades": words.phrase("goal_grades", {"grades": goals["grades"].str.replace(" ", "/")}).where(
            goals["grades"] != "", ""
        ),
        "choices": words.phrase("goal_choices", {"choices": goals["choices"].str.replace(" ", "/")}).where(
            goals["choices"] != "", ""
        ),
    }
    return words.sentences(goals["goal"], "goal", parts)
