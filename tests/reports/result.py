"""What a round finds out about five-by-four, worked out by hand: every number below can be checked on paper."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sincerity import domain
from sincerity.domain import InputFile, RoundResult, Source
from sincerity.schema import Schema
from tests import cases

BLANK = {"str": "", "int": 0, "float": float("nan"), "bool": False, "date": pd.NaT, "datetime": pd.NaT}
SCORES = {"anna": 84, "bo": 55, "cai": 34, "dan": 10, "eve": 4}
GRADES = {"anna": "A", "bo": "B", "cai": "C", "dan": "D", "eve": "U"}
POINTS = {  # item: (most points, {buyer: (value, points)})
    ("visit_days", "visit"): (26, {"anna": (3, 22), "bo": (2, 16), "cai": (1, 8)}),
    ("decider_came", "visit"): (4, {"anna": (1, 4)}),
    ("showflat_days", "showflat"): (15, {"anna": (2, 12), "bo": (1, 8), "cai": (1, 8)}),
    ("inbound_days", "inbound"): (13, {"anna": (2, 8), "bo": (1, 4), "dan": (1, 4)}),
    ("asked_terms", "inbound"): (2, {}),
    ("event_days", "event"): (5, {"anna": (1, 3)}),
    ("commitment", "commitment"): (20, {"anna": (3, 20), "bo": (2, 12), "cai": (1, 4)}),
    ("pick_clarity", "clarity"): (4, dict.fromkeys(SCORES, (3, 4))),
    ("price_acceptance", "clarity"): (6, {"anna": (2, 6), "bo": (2, 6), "cai": (2, 6), "dan": (0, 0)}),
    ("days_since_contact", "recency"): (5, {"anna": (2, 5), "bo": (3, 5), "cai": (14, 4), "dan": (18, 2)}),
}
PLAN = (("anna", "1-101", 1), ("bo", "1-102", 2), ("cai", "1-201", 2), ("eve", "1-202", 1))

KPIS = (("visit", 3, 5), ("repeat_visit", 2, 3), ("showflat", 3, 3), ("subscription", 3, 3), ("placement", 4, 4),
        ("first_choice", 2, 4), ("loaded_unit", 2, 4), ("conflict", 1, 3), ("uncovered_unit", 0, 4))

AUDIT = {
    "ok": True, "warnings": [{"check": "price_in_band", "table": "units", "ok": True, "count": 0, "examples": []}],
    "checks": [{"check": "unit_once", "table": "allocation", "ok": True, "count": 0, "examples": []}],
    "envy": {"count": 0, "by_decision": 0, "pairs": []}, "pareto": {"efficient": True, "examples": []},
    "rates": {
        "by_grade": [{"grade": "A", "placed": 1, "with_valid_pick": 1, "first_choices": 1}],
        "by_consultant": [{"consultant": "Wu", "placed": 2, "with_valid_pick": 2, "first_choices": 1}],
    },
}


def frame(schema: Schema, records: list[dict]) -> pd.DataFrame:
    """``records`` as a published table, what they leave out blank."""
    blank = {c.name: BLANK[c.kind] for c in schema.columns}
    return schema.frame([blank | record for record in records]) if records else schema.empty()


def five_by_four_result(**setting_overrides) -> RoundResult:
    """Round 3 of five-by-four under sincerity_first: four placed, two of them on their first choice."""
    launch = cases.five_by_four(**setting_overrides)
    tables = {schema.name: schema.empty() for schema in domain.PUBLISHED_TABLES}
    tables |= {
        "units": _units(launch.units),
        "buyers": _buyers(launch.buyers),
        "scores": _scores(launch.buyers),
        "score_lines": _score_lines(),
        "next_steps": frame(domain.NEXT_STEPS, [
            {"buyer_id": "bo", "step_no": 1, "line": "visit_days", "from_value": 2, "to_value": 4,
             "gain_points": 10, "reaches_grade": ""},
            {"buyer_id": "cai", "step_no": 1, "line": "commitment", "from_value": 1, "to_value": 3,
             "gain_points": 16, "reaches_grade": "B"},
        ]),
        "demand": _demand(launch.picks),
        "allocation": _allocation(),
        "refusals": frame(domain.REFUSALS, [
            _taken_by_anna("bo", 1), _taken_by_anna("cai", 1),
            {"buyer_id": "dan", "unit_id": "1-201", "choice_rank": 1, "reason": "price_above_ceiling"},
        ]),
        "conflicts": frame(domain.CONFLICTS, [
            {"unit_id": "1-101", "contenders": 3, "first_choice_contenders": 3, "winner_id": "anna",
             "winner_grade": "A", "winner_priority_rank": 1, "winner_choice_rank": 1, "winner_reason": "grade",
             "losers_placed": 2, "losers_unplaced": 0},
        ]),
        "waiting_list": frame(domain.WAITING_LIST, [
            {"unit_id": "1-101", "position": 1, "buyer_id": "bo", "grade": "B", "priority_rank": 2,
             "choice_rank": 1, "placed_unit_id": "1-102"},
            {"unit_id": "1-101", "position": 2, "buyer_id": "cai", "grade": "C", "priority_rank": 3,
             "choice_rank": 1, "placed_unit_id": "1-201"},
        ]),
        "frontier": _frontier(),
        "round_kpis": frame(domain.ROUND_KPIS, [
            {"round": 3, "kpi": kpi, "numerator": numerator, "denominator": denominator}
            for kpi, numerator, denominator in KPIS
        ]),
        "kpis": frame(domain.KPIS, [
            {"kpi": kpi, "numerator": numerator, "denominator": denominator} for kpi, numerator, denominator in KPIS
        ]),
        "goals": _goals(),
    }
    return RoundResult(
        settings=launch.settings, round=3, cutoff=cases.CUTOFF, policy="sincerity_first", status="proven",
        path="levelled", tables=tables, audit=AUDIT,
        sources={"units": Source("units", "launch.xlsx", "房源", {}, rows_read=4),
                 "buyers": Source("buyers", "launch.xlsx", "客户", {}, rows_read=5)},
        files=(InputFile("launch.xlsx", 9_000, "5" * 64),), notes=(),
    )


def _units(units: pd.DataFrame) -> pd.DataFrame:
    base = (units["area_m2"] * 20_000).astype("int64")
    return domain.QUOTED_UNITS.frame(units.assign(
        price_yuan_per_m2=20_000.0, total_yuan=base, base_total_yuan=base,
        low_total_yuan=(base * 97) // 100, high_total_yuan=(base * 103) // 100,
    ))


def _buyers(buyers: pd.DataFrame) -> pd.DataFrame:
    contacts = ["2026-11-18 10:00", "2026-11-17 10:00", "2026-11-06 10:00", "2026-11-02 10:00", None]
    return domain.PUBLISHED_BUYERS.frame(buyers.assign(
        phone_masked=buyers["phone"].str[:3] + "****" + buyers["phone"].str[-4:], members=buyers["buyer_id"],
        last_contact_at=pd.to_datetime(contacts), outbound_calls=[0, 0, 0, 1, 0],
    ))


def _scores(buyers: pd.DataFrame) -> pd.DataFrame:
    grades = list(GRADES.values())
    return domain.SCORES.frame({
        "buyer_id": list(SCORES), "score": list(SCORES.values()), "raw_points": list(SCORES.values()),
        "available_points": [100] * 5, "absolute_grade": grades, "percentile": [90.0, 70.0, 50.0, 30.0, 10.0],
        "percentile_grade": grades, "grade": grades, "grade_reason": ["points"] * 4 + ["no_scored_event"],
        "grade_gap": [False] * 5, "priority_rank": range(1, 6), "committed_on": list(buyers["subscribed_on"]),
        "registered_on": list(buyers["registered_on"]), "trend": ["unknown"] * 5,
        "next_grade": ["", "", "B", "", ""],
    })


def _score_lines() -> pd.DataFrame:
    medians = {item: pd.Series([value for value, _ in given.values()], dtype="float64").median()
               for (item, _), (_, given) in POINTS.items()}
    return frame(domain.SCORE_LINES, [
        {"buyer_id": buyer, "line_no": line_no, "line": item, "line_kind": "item", "group": group,
         "available": True, "value": given.get(buyer, (float("nan"), 0))[0],
         "points": given.get(buyer, (0, 0))[1], "max_points": most, "median_value": medians[item]}
        for buyer in SCORES
        for line_no, ((item, group), (most, given)) in enumerate(POINTS.items(), 1)
    ])


def _demand(picks: pd.DataFrame) -> pd.DataFrame:
    total = picks["unit_id"].map({"1-101": 2_000_000, "1-102": 2_400_000, "1-201": 2_000_000, "1-202": 2_400_000})
    refused = picks["buyer_id"] == "dan"
    return domain.DEMAND.frame(picks.assign(
        ceiling_yuan=picks["max_total_yuan"], total_yuan=total, eligible=~refused,
        reason=refused.map({True: "price_above_ceiling", False: ""}), kept=False,
    ))


def _allocation() -> pd.DataFrame:
    return frame(domain.ALLOCATION, [
        {"buyer_id": buyer, "unit_id": unit, "choice_rank": choice, "grade": GRADES[buyer], "score": SCORES[buyer],
         "priority_rank": list(SCORES).index(buyer) + 1, "total_yuan": 2_000_000 if unit[-1] == "1" else 2_400_000}
        for buyer, unit, choice in PLAN
    ])


def _taken_by_anna(buyer: str, choice: int) -> dict:
    return {"buyer_id": buyer, "unit_id": "1-101", "choice_rank": choice, "reason": "taken", "taken_by": "anna",
            "taken_by_grade": "A", "taken_by_priority_rank": 1, "taken_by_choice_rank": 1}


def _frontier() -> pd.DataFrame:
    same = {"placed": 4, "first_choices": 2, "placed_a": 1, "placed_b": 1, "justified_envy": 0, "score_sum": 177,
            "list_value_yuan": 8_800_000, "status": "proven"}
    return frame(domain.FRONTIER, [
        {"policy": policy} | same
        for policy in ("sincerity_first", "first_choice_first", "strict_order", "most_sales")
    ])


def _goals() -> pd.DataFrame:
    placed = {("A", 1): 1, ("B", 2): 1, ("C", 2): 1, ("U", 1): 1}
    ladder = [("placed", grade, choice, "max", placed.get((grade, choice), 0))
              for grade in domain.GRADES for choice in (1, 2)]
    goals = [("layout_shortfall", "", "", "min", 0), *ladder, ("moves", "", "", "min", 0),
             ("score", "", "", "max", 177), ("tie", "", "", "min", 40)]
    return frame(domain.GOALS, [
        {"goal_no": number, "goal": goal, "grades": grade, "choices": str(choice), "sense": sense, "value": value,
         "bound": float(value), "status": "proven"}
        for number, (goal, grade, choice, sense, value) in enumerate(goals, 1)
    ])


def crowded_result(**replaced) -> RoundResult:
    """Five-by-four with everything a report can meet: Eve gone, Dan steered to her unit, rulings, flags, moves."""
    result = five_by_four_result(synthetic=True)
    tables = dict(result.tables)
    tables["allocation"] = tables["allocation"].query("buyer_id != 'eve'").reset_index(drop=True)
    tables["demand"] = tables["demand"].query("buyer_id != 'eve'").reset_index(drop=True)
    tables |= {
        "steering": frame(domain.STEERING, [
            {"buyer_id": "dan", "option_no": 1, "unit_id": "1-202", "from_unit_id": "1-201", "area_gap_m2": 20.0,
             "price_gap_yuan": 400_000, "total_yuan": 2_400_000, "gives_up": "layout area", "same_building": True},
            {"buyer_id": "cai", "option_no": 1, "unit_id": "1-202", "from_unit_id": "1-101", "area_gap_m2": 20.0,
             "price_gap_yuan": -35_000, "total_yuan": 2_400_000, "gives_up": "", "same_building": True},
        ]),
        "moves": frame(domain.MOVES, [
            {"buyer_id": "bo", "from_unit_id": "1-101", "to_unit_id": "1-102", "reason": "taken"}]),
        "targets": frame(domain.TARGET_RESULTS, [
            {"layout": "3BR", "min_units": 2.0, "max_units": float("nan"), "placed": 1, "shortfall": 1},
            {"layout": "", "min_units": float("nan"), "max_units": 4.0, "placed": 3}]),
        "collisions": frame(domain.COLLISIONS, [
            {"set_no": 1, "member": "layout_min", "layout": "3BR", "demanded": 2.0, "reachable": 1.0},
            {"set_no": 1, "member": "keep", "buyer_id": "cai", "unit_id": "1-201", "demanded": 1.0,
             "reachable": 0.0}]),
        "decisions": frame(domain.PUBLISHED_DECISIONS, [
            {"buyer_id": "cai", "unit_id": "1-201", "decision": "keep", "by": "Lead", "reason": "old client"},
            {"buyer_id": "bo", "unit_id": "1-102", "decision": "forbid"}]),
        "flags": frame(domain.FLAGS, [
            {"consultant": "Xu", "buyer_id": "dan", "flag": "late_jump", "count": 2, "detail": "+40"}]),
        "late_entries": frame(domain.LATE_ENTRIES, [
            {"table": "picks", "source_row": 9, "buyer_id": "eve", "at": pd.Timestamp("2026-11-21 09:00"),
             "recorded_at": pd.Timestamp("2026-11-21 09:00"), "reason": "after_cutoff"}]),
    }
    buyers = tables["buyers"]
    tables["buyers"] = buyers.assign(consultant=buyers["consultant"].mask(buyers["buyer_id"] == "eve", ""))
    return replace(result, **({"tables": tables, "status": "feasible"} | replaced))
