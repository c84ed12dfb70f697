"""Prices of five-by-four: acceptance, steps and rounding, bad input, the audit, and round 3 on the written table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sincerity import domain
from sincerity.allocation.audit import audit_parameters
from sincerity.allocation.audit.evidence import Evidence
from sincerity.allocation.audit.price_checks import PRICE_CHECKS
from sincerity.allocation.demand import demand_table
from sincerity.intake.launch_file import default_settings
from sincerity.intake.sheets import read_sheets
from sincerity.known import known_at
from sincerity.price_settings import LockedPrice, UnitBand
from sincerity.prices import quote_units, total_yuan
from sincerity.pricing.acceptance import acceptance, base_check, price_band, price_lost, wilson
from sincerity.pricing.plan import price_findings, price_plan
from sincerity.pricing.steps import unit_steps
from sincerity.reports.price_files import units_with_prices, write_price_files
from sincerity.scoring.score import score_buyers
from sincerity.settings import RoundPlan
from tests import cases
from tests.reports.result import five_by_four_result


def facts(number=2, targets=(), keeps=(), **rules):
    """Known, demand, scores and settings of five-by-four as round ``number``."""
    launch = cases.five_by_four()
    decisions = [{"buyer_id": buyer, "unit_id": unit, "decision": "keep"} for buyer, unit in keeps]
    launch = replace(
        launch,
        picks=launch.picks.assign(round=number),
        targets=cases.table(domain.TARGETS, [
            {"layout": layout, "min_units": low or np.nan, "max_units": high} for layout, low, high in targets
        ]),
        decisions=cases.table(domain.DECISIONS, decisions),
    )
    rounds = (RoundPlan(number, cases.CUTOFF),)
    settings = replace(launch.settings, rounds=rounds, price=replace(launch.settings.price, time_limit_s=20, **rules))
    launch = replace(launch, settings=settings)
    known, _ = known_at(launch, number)
    scores = score_buyers(known, settings).buyers
    return known, demand_table(known, scores, settings), scores, settings


def evidence(known, demand, scores, settings, tables):
    named = {schema.name: schema.empty() for schema in domain.PUBLISHED_TABLES}
    named |= {"units": known.units, "buyers": known.buyers, "demand": demand, "scores": scores}
    named["decisions"] = domain.PUBLISHED_DECISIONS.frame(known.decisions)
    policy = settings.policies[settings.policy]
    return Evidence({**named, **tables}, audit_parameters(settings, policy, "proven"))


def faults(given):
    found = {check: np.asarray(find(given)) for check, _, find in PRICE_CHECKS}
    return {check: int(rows.sum()) for check, rows in found.items() if rows.any()}


def test_steps_are_equal_shares_of_the_band_rounded_down():
    known, *_, settings = facts()
    steps = unit_steps(known.units, settings)
    assert (steps.mills[0] / 1000).tolist() == [19_400, 19_600, 19_800, 20_000, 20_200, 20_400, 20_600]
    assert steps.base_step.tolist() == [3, 3, 3, 3]
    odd = unit_steps(known.units.assign(base_price_yuan_per_m2=20_001.0), settings)
    assert (odd.mills[0] / 1000).tolist() == [19_400, 19_600, 19_800, 20_001, 20_201, 20_401, 20_601]


def test_totals_round_to_a_thousand_yuan():
    known, *_, settings = facts(round_to="total", round_yuan=1_000)
    units = known.units.assign(area_m2=[89.37, 143.25, 110.01, 98.76])
    units = quote_units(units, settings)
    steps = unit_steps(units, settings)
    assert (steps.totals % 1_000 == 0).all()
    assert (steps.totals[:, -1] <= units["high_total_yuan"]).all()


@given(
    st.integers(1_000, 200_000), st.integers(500, 500_000), st.sampled_from([1, 100, 1_000, 10_000]),
    st.sampled_from([2, 7, 61]),
)
def test_quoted_totals_hold_to_the_yuan_when_the_price_is_read_back(area_hundredths, base, round_yuan, steps):
    settings = default_settings()
    settings = replace(settings, price=replace(settings.price, round_to="total", round_yuan=round_yuan, steps=steps))
    area = area_hundredths / 100
    units = pd.DataFrame({"unit_id": ["u"], "building": "1", "layout": "2BR", "area_m2": area,
                          "base_price_yuan_per_m2": float(base), "base_total_yuan": round(base * area)})
    found = unit_steps(units, settings)
    read_back = total_yuan(pd.Series(found.prices[0]), pd.Series([area] * steps))
    assert read_back.tolist() == found.totals[0].tolist()
    assert (found.totals % round_yuan == 0).all()


def test_a_locked_price_and_a_band_of_its_own():
    rules = {"locked": (LockedPrice("1-101", 20_123.45),), "bands": (UnitBand(-0.01, 0.05, layout="3BR"),)}
    known, demand, scores, settings = facts(average_tolerance=0.05, **rules)
    tables, problems = price_plan(known, scores, settings)
    prices = tables["prices"].set_index("unit_id")
    assert problems == ()
    assert prices.loc["1-101", ["price_yuan_per_m2", "locked", "reason"]].tolist() == [20_123.45, True, "locked"]
    assert prices.loc["1-102", ["band_low", "band_high"]].tolist() == [-0.01, 0.05]
    assert faults(evidence(known, demand, scores, settings, tables)) == {}


def test_the_plan_of_five_by_four_and_its_audit():
    known, demand, scores, settings = facts()
    tables, problems = price_plan(known, scores, settings)
    assert problems == ()
    placed = tables["price_placements"].set_index("buyer_id")["unit_id"].to_dict()
    assert placed == {"anna": "1-101", "bo": "1-102", "cai": "1-201", "eve": "1-202"}
    assert set(tables["price_goals"]["status"]) == {"proven"}
    variants = tables["price_variants"].set_index("variant")
    assert variants.loc["joint", "revenue_yuan"] >= variants.loc["base_table", "revenue_yuan"]
    assert faults(evidence(known, demand, scores, settings, tables)) == {}


TAMPERED = {
    "price_total": lambda t: t["prices"].assign(total_yuan=t["prices"]["total_yuan"] + 1),
    "price_within_band": lambda t: t["prices"].assign(price_yuan_per_m2=30_000.0),
    "price_rounded": lambda t: t["prices"].assign(price_yuan_per_m2=t["prices"]["price_yuan_per_m2"] - 0.5),
    "price_locked": lambda t: t["prices"].assign(locked=True),
    "price_list_value": lambda t: t["prices"].assign(total_yuan=t["prices"]["total_yuan"] + 20_000),
    "price_of_unit": lambda t: t["prices"].assign(area_m2=t["prices"]["area_m2"] + 1),
    "price_band_as_set": lambda t: t["prices"].assign(band_high=0.1),
    "price_stack_order": lambda t: t["prices"].assign(
        price_yuan_per_m2=t["prices"]["price_yuan_per_m2"].where(t["prices"]["unit_id"] != "1-101", 20_600.0)),
    "price_willing": lambda t: t["prices"].assign(willing=9),
    "price_holder": lambda t: t["prices"].assign(buyer_id=""),
    "price_unit_once": lambda t: t["price_placements"].assign(unit_id="1-101"),
    "price_quota": lambda t: t["price_placements"].assign(buyer_id="anna"),
    "price_placement": lambda t: t["price_placements"].assign(total_yuan=9_999_999),
    "price_placement_facts": lambda t: t["price_placements"].assign(grade="B"),
    "price_keeps": lambda t: t["price_placements"].query("buyer_id != 'cai'"),
    "price_layout_maximum": lambda t: t["targets"].assign(max_units=0.0),
    "price_variant_row": lambda t: t["price_variants"].assign(placed=t["price_variants"]["placed"] + 1),
    "price_goal_values": lambda t: t["price_goals"].assign(value=t["price_goals"]["value"] + 1),
    "price_goal_status": lambda t: t["price_goals"].assign(bound=t["price_goals"]["value"] + 2.0),
}
CHANGED = {table: {check for check in TAMPERED if check in checks} for table, checks in {
    "price_placements": ("price_unit_once", "price_quota", "price_placement", "price_placement_facts", "price_keeps"),
    "price_goals": ("price_goal_values", "price_goal_status"),
    "price_variants": ("price_variant_row",),
    "targets": ("price_layout_maximum",),
}.items()}


@pytest.fixture(scope="module")
def planned():
    """The evidence of a plan with a keep decision and targets for a layout, and its tables."""
    known, demand, scores, settings = facts(targets=[("2BR", 1, 2), ("", None, 4)], keeps=[("cai", "1-201")])
    tables, problems = price_plan(known, scores, settings)
    assert problems == ()
    tables = {**tables, "targets": domain.TARGET_RESULTS.frame(known.targets.assign(placed=0, shortfall=0))}
    given = evidence(known, demand, scores, settings, tables)
    assert faults(given) == {}
    return given


@pytest.mark.parametrize("check", TAMPERED)
def test_the_audit_names_a_table_that_was_changed(planned, check):
    name = next((table for table, checks in CHANGED.items() if check in checks), "prices")
    changed = replace(planned, tables={**planned.tables, name: TAMPERED[check](planned.tables)})
    assert check in faults(changed)


def test_a_shortfall_that_is_not_the_plan_s_is_found(planned):
    targets = planned.tables["targets"].assign(min_units=9.0)
    assert "price_goal_values" in faults(replace(planned, tables={**planned.tables, "targets": targets}))


def test_a_placement_that_a_ruling_forbids_is_found(planned):
    decisions = planned.tables["decisions"]
    added = decisions.assign(buyer_id="anna", unit_id="1-101", decision="forbid")
    changed = {**planned.tables, "decisions": pd.concat([decisions, added])}
    assert "price_placement" in faults(replace(planned, tables=changed))


@pytest.mark.parametrize(("rules", "code"), [
    ({"average_yuan_per_m2": 25_000.0}, "price_average_unreachable"),
    ({"total_list_value_yuan": 1_000_000.0}, "price_list_value_unreachable"),
    ({"locked": (LockedPrice("1-101", 25_000.0),)}, "price_locked_outside_band"),
    ({"locked": (LockedPrice("1-101", 20_600.0), LockedPrice("1-201", 19_400.0))}, "price_stack_impossible"),
])
def test_what_stands_against_a_plan_is_told_before_anything_is_solved(rules, code):
    known, demand, scores, settings = facts(**rules)
    found = price_findings(known, demand, scores, settings)
    assert [problem.code for problem in found.problems] == [code]
    assert found.tables["prices"].empty and all(problem.what("zh") and problem.fix("en") for problem in found.problems)


def test_the_reachable_average_is_said():
    known, demand, scores, settings = facts(average_yuan_per_m2=25_000.0)
    (problem,) = price_findings(known, demand, scores, settings).problems
    assert "19,400 to 20,600 yuan/m²" in problem.what("en")


def test_ceilings_below_every_price_are_a_warning():
    known, _, scores, settings = facts()
    poor = replace(known, picks=known.picks.assign(max_total_yuan=50_000.0))
    _, problems = price_plan(poor, scores, settings)
    assert [(problem.severity, problem.code) for problem in problems] == [("warning", "price_ceilings_below_all")]


def test_acceptance_counts_each_buyer_once_with_the_best_ceiling():
    known, demand, _, settings = facts()
    shown = acceptance(known, demand, settings, (-0.03, 0.0, 0.03))
    launch = shown[shown["scope"] == "all"]
    assert launch["buyers"].tolist() == [4, 4, 4]  # eve states no ceiling
    assert launch["accepting"].tolist() == [3, 3, 1] and launch["lost"].tolist() == [0, 0, 2]


def test_the_band_chart_and_who_is_lost_where():
    known, demand, scores, _ = facts()
    band = price_band(known, demand).set_index("unit_id")
    assert band.loc["1-101", ["named_by", "accept_low", "accept_base", "accept_high"]].tolist() == [3, 3, 3, 1]
    lost = price_lost(known, demand, scores).set_index(["buyer_id", "unit_id"])["lost_at"]
    assert lost["dan", "1-201"] == "low" and lost["cai", "1-101"] == "high" and ("anna", "1-101") not in lost


def test_few_answers_are_shown_with_their_range_and_not_judged():
    known, demand, _, settings = facts(1)
    checked = base_check(known, demand, settings)
    assert set(checked["verdict"]) == {"few_answers"} and (checked["correction"] == 0).all()
    low, high = wilson(pd.Series([0, 10]), pd.Series([10, 10]), 0.9)
    assert low[0] == 0.0 and high[0] == pytest.approx(0.2130, abs=1e-4) and low[1] == pytest.approx(1 - high[0])


def test_each_round_publishes_its_own_price_tables():
    filled = {
        number: {name for name, table in price_findings(*facts(number)).tables.items() if len(table)}
        for number in (1, 2, 3)
    }
    assert filled[1] == {"price_acceptance", "base_check"}
    assert filled[3] == {"prices"}
    assert filled[2] >= {"price_acceptance", "price_band", "price_lost", "prices", "price_goals", "price_variants"}


def test_the_written_table_reads_back_with_the_planned_prices(tmp_path):
    known, _, scores, settings = facts()
    tables, _ = price_plan(known, scores, settings)
    result = five_by_four_result()
    result = replace(result, tables={**result.tables, "units": known.units, **tables})
    write_price_files(result, tmp_path)
    planned = units_with_prices(result)
    (tmp_path / "prices_for_units.csv").rename(tmp_path / "units.csv")
    (tmp_path / "prices_for_units.xlsx").unlink()
    sheets, _, problems = read_sheets(tmp_path)
    assert not problems and len(sheets) == 1
    totals = quote_units(planned, settings).set_index("unit_id")["total_yuan"]
    assert totals.to_dict() == tables["prices"].set_index("unit_id")["total_yuan"].to_dict()


def test_every_price_check_is_tampered_with():
    assert set(TAMPERED) == {check for check, _, _ in PRICE_CHECKS}
