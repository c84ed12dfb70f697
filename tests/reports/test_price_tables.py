"""Price tables as a planner reads them: what proven means in yuan, whole bounds, changes that cannot be misread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sincerity import domain
from sincerity.reports.viewmodel import build_report
from tests.reports.result import five_by_four_result, frame

GOALS = [
    {"goal_no": 1, "goal": "placed", "grades": "A", "value": 20, "bound": 20.0, "status": "proven"},
    {"goal_no": 2, "goal": "revenue", "value": 803_044_238, "bound": 804_480_492.4, "status": "feasible"},
]


def report_with(lang, proof_yuan=1_000, **tables):
    result = five_by_four_result()
    settings = replace(result.settings, price=replace(result.settings.price, proof_yuan=proof_yuan))
    return build_report(replace(result, settings=settings, tables={**result.tables, **tables}), lang)


@pytest.mark.parametrize(("lang", "proven", "said"), [
    ("zh", "已证最优", "以元计的目标，没有方案能再好 2,500 元即视为最优。"),
    ("en", "proven", "for a goal in yuan, that none is better by 2,500 yuan."),
])
def test_the_goals_say_what_proven_means_with_the_settings_own_figure(lang, proven, said):
    shown = report_with(lang, 2_500, price_goals=frame(domain.PRICE_GOALS, GOALS)).tables["price_goals"]
    assert shown.note.endswith(said) and proven in shown.note.lower()
    kinds = {column.key: column.kind for column in shown.columns}
    assert kinds["bound"] == "yuan"
    assert [row[-1] for row in shown.rows][:1] == [proven]


def test_a_change_of_price_is_never_read_as_part_of_the_number_beside_it():
    shares = [{"scope": "all", "price_share": share, "buyers": 4, "accepting": 2, "low": 0.2, "high": 0.8}
              for share in (-0.03, 0.0, 0.03)]
    shown = report_with("zh", price_acceptance=frame(domain.PRICE_ACCEPTANCE, shares)).tables["price_acceptance"]
    place = [column.key for column in shown.columns].index("price_change")
    assert [row[place] for row in shown.rows] == ["−3.0%", "±0%", "+3.0%"]
