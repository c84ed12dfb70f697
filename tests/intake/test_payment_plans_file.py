"""Payment plans: the shipped ones, a launch's own, and every mistake told with its line and words."""

from __future__ import annotations

import pytest

from sincerity.intake.launch_file import default_settings, load_settings
from tests.intake.test_launch_file import GOOD

PLANS = """[plan.staged]
label = { zh = "分期", en = "In stages" }
down_payment_share = 0.5
annual_rate = 0
years = 2
loan_step_yuan = 1
source = "the developer"
"""


def load(folder, plans: str):
    (folder / "plans.toml").write_text(plans, encoding="utf-8")
    (folder / "launch.toml").write_text(f'{GOOD}\n[files]\npayment_plans = "plans.toml"\n', encoding="utf-8")
    return load_settings(folder)


def test_the_shipped_plans():
    plans = {plan.name: plan for plan in default_settings().payment_plans}
    assert list(plans) == ["cash", "mortgage", "provident_fund"]
    assert (plans["cash"].down_payment_share, plans["cash"].years) == (1, 0)
    assert all(plan.source and set(plan.label) == {"zh", "en"} for plan in plans.values())


def test_a_launch_s_own_plans_replace_the_shipped_ones_and_change_the_hash(tmp_path):
    settings, problems = load(tmp_path, PLANS)
    assert problems == ()
    assert [(plan.name, plan.down_payment_share, plan.years) for plan in settings.payment_plans] == [("staged", 0.5, 2)]
    other, _ = load(tmp_path, PLANS.replace("0.5", "0.4"))
    assert other.sha256 != settings.sha256


@pytest.mark.parametrize(("old", "new", "code", "header", "row"), [
    ("down_payment_share = 0.5", "down_payment_share = 30", "setting_out_of_range", "down_payment_share", 3),
    ("annual_rate = 0", "annual_rate = 3.1", "setting_out_of_range", "annual_rate", 4),
    ("years = 2", "years = 2.5", "setting_not_integer", "years", 5),
    ("years = 2", "years = 0", "payment_plan_without_years", "years", 5),
    ("years = 2", "yeras = 2", "setting_misspelt_key", "yeras", 5),
    ('source = "the developer"', "", "setting_missing", "source", 1),
    (', en = "In stages"', "", "setting_missing", "label.en", 2),
])
def test_mistakes_are_told_in_their_place(tmp_path, old, new, code, header, row):
    settings, problems = load(tmp_path, PLANS.replace(old, new))
    found = [problem for problem in problems if problem.code == code]
    assert settings is None
    assert [(problem.file, problem.header, problem.row) for problem in found] == [
        ("plans.toml", f"plan.staged.{header}", row)]


def test_a_plan_that_is_no_table(tmp_path):
    settings, problems = load(tmp_path, "[plan]\ncash = 3\n")
    assert settings is None
    assert [problem.code for problem in problems] == ["setting_not_table"]
