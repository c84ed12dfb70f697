"""Checks between tables: what they must not say, and that they say it of every row it holds for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from sincerity import domain
from sincerity.domain import Launch, Source
from sincerity.intake import check_buyers, check_ids, check_picks, check_targets, check_times, check_units
from sincerity.intake.checks import CHECKS, CHECKS_AGAINST_SETTINGS, check_launch
from sincerity.intake.headers import column_letter
from sincerity.intake.pointing import most_like
from tests.cases import five_by_four, table


def launch(**tables: list[dict]) -> Launch:
    """The five-by-four case with some tables replaced, and a source for every table."""
    schemas = {schema.name: schema for schema in domain.INPUT_TABLES}
    sources = {
        name: Source(name, "a.xlsx", name, {c: (column_letter(i), c) for i, c in enumerate(schema.names)}, 0)
        for name, schema in schemas.items()
    }
    frames = {name: table(schemas[name], records) for name, records in tables.items()}
    return replace(five_by_four(), sources=sources, **frames)


def rows(problems) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in problems]


def test_the_case_everybody_knows_is_clean():
    assert check_launch(launch()) == ()


@pytest.mark.parametrize("check", [*CHECKS, *CHECKS_AGAINST_SETTINGS], ids=lambda check: check.__name__)
def test_no_check_stumbles_over_empty_tables(check):
    empty = {schema.name: [] for schema in domain.INPUT_TABLES}
    assert check(launch(**empty)) == []


@pytest.mark.parametrize("name", [schema.name for schema in domain.INPUT_TABLES])
def test_no_check_stumbles_over_one_empty_table(name):
    assert isinstance(check_launch(launch(**{name: []})), tuple)


def test_a_third_row_of_one_id_names_the_first():
    buyers = [{"buyer_id": "x", "registered_on": datetime(2026, 10, 1)} for _ in range(3)]
    problems = check_ids.duplicate_buyers(launch(buyers=buyers))
    assert rows(problems) == [("buyer_twice", 3), ("buyer_twice", 4)]
    assert {problem.parts["first"] for problem in problems} == {"2"}


def test_ids_are_never_matched_by_their_beginning():
    picks = [{"round": 3, "buyer_id": "anna", "choice_rank": 1, "unit_id": "1-10"}]
    assert rows(check_ids.unknown_units(launch(picks=picks))) == [("unknown_unit", 2)]


def test_hints_see_through_zeros_and_marks():
    assert most_like(["01-0101", "1101", "zz", "1_102"], ["1-101", "1-102"]) == ["1-101", "1-101", "", "1-102"]


def test_unknown_ids_are_not_told_when_the_table_itself_is_missing():
    assert check_ids.unknown_units(launch(units=[])) == []
    assert check_ids.unknown_buyers(launch(buyers=[])) == []


def test_outcomes_of_other_launches_know_their_own_buyers():
    outcomes = [{"launch_id": "elsewhere", "buyer_id": "zoe", "status": "bought", "unit_id": "9-9"},
                {"launch_id": "5x4", "buyer_id": "zoe", "status": "bought", "unit_id": "9-9"}]
    assert rows(check_ids.unknown_in_outcomes(launch(outcomes=outcomes))) == [("unknown_buyer", 3), ("unknown_unit", 3)]


def test_four_on_a_phone_are_a_household_and_five_a_question():
    def of(count: int):
        buyers = [{"buyer_id": f"b{i}", "phone": "13800000001", "registered_on": datetime(2026, 10, 1)}
                  for i in range(count)]
        return rows(check_buyers.shared_phones(launch(buyers=buyers)))

    assert of(1) == []
    assert of(4) == [("phone_shared", 3), ("phone_shared", 4), ("phone_shared", 5)]
    assert of(5) == [("phone_on_many", 3)]


def test_an_entry_of_the_same_day_without_a_time_is_not_too_early():
    at = datetime(2026, 11, 1, 15)
    recorded = [datetime(2026, 11, 1), datetime(2026, 11, 1, 14), datetime(2026, 10, 31), datetime(2026, 11, 1, 15)]
    touchpoints = [{"buyer_id": "anna", "kind": "visit", "at": at, "recorded_at": r} for r in recorded]
    assert rows(check_times.recorded_before_it_happened(launch(touchpoints=touchpoints))) == [
        ("recorded_before", 3), ("recorded_before", 4)]


@pytest.mark.parametrize(("moment", "told"), [(datetime(2026, 11, 28, 23, 59), []), (datetime(2026, 11, 29), [2])])
def test_the_launch_day_itself_is_not_the_future(moment, told):
    touchpoints = [{"buyer_id": "anna", "kind": "visit", "at": moment}]
    assert [p.row for p in check_times.in_the_future(launch(touchpoints=touchpoints))] == told


@pytest.mark.parametrize(("price", "told"), [(20_600.0, []), (20_600.1, [2]), (19_400.0, []), (19_399.9, [2])])
def test_the_edges_of_the_band_belong_to_it(price, told):
    units = [{"unit_id": "u", "building": "1", "floor": 1, "layout": "A", "area_m2": 100.0,
              "base_price_yuan_per_m2": 20_000.0, "price_yuan_per_m2": price}]
    assert [p.row for p in check_units.price_outside_band(launch(units=units))] == told


def test_a_faulty_rank_causes_no_further_remark():
    picks = [{"round": 3, "buyer_id": "anna", "choice_rank": rank, "unit_id": unit}
             for rank, unit in ((0, "1-101"), (0, "1-102"), (2, "1-201"))]
    assert check_picks.gaps_in_ranks(launch(picks=picks)) == []
    assert check_picks.two_on_one_rank(launch(picks=picks)) == []


def test_ranks_of_different_rounds_do_not_collide():
    picks = [{"round": number, "buyer_id": "anna", "choice_rank": 1, "unit_id": "1-101"} for number in (1, 2, 3)]
    assert check_picks.two_on_one_rank(launch(picks=picks)) == []
    assert check_picks.one_unit_twice(launch(picks=picks)) == []


def test_the_whole_stock_bounds_the_target_of_all_layouts():
    assert rows(check_targets.targets_crossed(launch(targets=[{"layout": "",
    "min_units": 5.0}]))) == [("min_above_stock", 2)]
    assert check_targets.targets_crossed(launch(targets=[{"layout": "", "min_units": 4.0}])) == []


def test_a_repeated_keep_is_no_second_keep():
    keep = {"buyer_id": "anna", "unit_id": "1-101", "decision": "keep"}
    doubled = launch(decisions=[keep, keep])
    assert rows(check_targets.keep_and_forbid(doubled)) == [("decision_twice", 3)]
    assert check_targets.kept_twice(doubled) == []
    assert check_targets.keeps_above_quota(doubled) == []


def test_quota_counts_the_keeps_of_one_buyer():
    keeps = [{"buyer_id": "anna", "unit_id": unit, "decision": "keep"} for unit in ("1-101", "1-102")]
    one = launch(decisions=keeps)
    two = replace(one, settings=replace(one.settings, quota=2))
    assert rows(check_targets.keeps_above_quota(one)) == [("keeps_above_quota", 3)]
    assert check_targets.keeps_above_quota(two) == []
