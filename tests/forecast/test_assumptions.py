"""The shipped assumptions: complete, possible, each with unit, label and source; and what a launch may change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sincerity.domain import CALLING_ORDERS, GRADES
from sincerity.forecast.assumptions import CHOICES, _file, assumption_rows, assumptions, checked, order_labels
from sincerity.intake.launch_file import load_settings

LAUNCH = """
name = "One"
launch_id = "one"
launch_day = 2027-04-18
[[rounds]]
number = 3
cutoff = 2027-04-17T20:00:00
"""


def test_every_assumption_has_value_unit_label_and_source():
    for name, row in assumption_rows().items():
        assert set(row) == {"value", "unit", "label", "source"}, name
        assert set(row["label"]) == {"zh", "en"}, name
        assert row["unit"] and row["source"], name


def test_the_orders_are_those_a_launch_may_name():
    assert tuple(assumptions().orders) == CALLING_ORDERS == tuple(order_labels())
    for batches in assumptions().orders.values():
        assert sorted(grade for batch in batches for grade in batch.grades) == sorted(GRADES)


def test_the_more_sincere_come_and_accept_more():
    for chances in (assumptions().show, assumptions().accept):
        assert [chances[grade] for grade in "ABCD"] == sorted((chances[grade] for grade in "ABCD"), reverse=True)


@pytest.mark.parametrize(("field", "values"), [
    ("show", dict.fromkeys(GRADES, 1.2)), ("accept", dict.fromkeys(GRADES, -0.1)),
    ("choice", dict(zip(CHOICES, (0.5, 0.6, 0.4, 0.3, 0.2, 0.1), strict=True))),
])
def test_impossible_assumptions_are_refused(field, values):
    with pytest.raises(ValueError, match=r"forecast\.toml"):
        checked(replace(assumptions(), **{field: values}))


@pytest.mark.parametrize("batches", [
    [{"grades": ["A", "B", "C", "D"], "by": "ballot"}],
    [{"grades": ["A", "B", "C", "D", "U", "A"], "by": "ballot"}],
    [{"grades": ["A", "B", "C", "D", "U"], "by": "alphabet"}],
    [{"grades": ["A"], "by": "priority"}, {"grades": ["B", "C", "D", "U"], "by": "online"}],
])
def test_an_order_calls_every_grade_once_in_a_known_way_and_online_all_at_once(monkeypatch, batches):
    shipped = _file()
    odd = {**shipped, "order": {**shipped["order"], "ballot": {**shipped["order"]["ballot"], "batches": batches}}}
    monkeypatch.setattr("sincerity.forecast.assumptions._file", lambda: odd)
    with pytest.raises(ValueError, match=r"forecast\.toml: order ballot"):
        assumptions.__wrapped__()


def settings_of(tmp_path, forecast):
    (tmp_path / "launch.toml").write_text(LAUNCH + "[forecast]\n" + forecast, encoding="utf-8")
    return load_settings(tmp_path)


def test_a_launch_chooses_order_and_runs(tmp_path):
    settings, problems = settings_of(tmp_path, 'calling_order = "mixed"\nruns = 10_000\n')
    assert not problems
    assert (settings.calling_order, settings.forecast_runs) == ("mixed", 10_000)
    default, _ = settings_of(tmp_path, "")
    assert (default.calling_order, default.forecast_runs) == ("priority", 5_000)
    assert default.sha256 != settings.sha256


@pytest.mark.parametrize(("line", "words"), [
    ('calling_order = "alphabet"', "priority, queue, ballot, online, mixed"),
    ("calling_order = 3", "calling_order"),
    ("runs = 100", "200"),
    ("runs = 10.5", "runs"),
    ("run = 500", "calling_order, runs"),
])
def test_what_a_launch_cannot_say_is_told_with_its_line(tmp_path, line, words):
    settings, problems = settings_of(tmp_path, line + "\n")
    assert settings is None
    assert [problem.row for problem in problems] == [9]
    told = problems[0].what("en") + problems[0].fix("en") + str(problems[0].header)
    assert words in told
