"""Sixty ways to tamper with a published round, most with all hashes made good again; each is found and named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sincerity import round as rounds
from sincerity.allocation.audit import CHECKS, audit
from sincerity.allocation.audit.price_checks import PRICE_CHECKS
from sincerity.domain.rulings import RULINGS
from sincerity.manifest import list_files, write_manifest
from sincerity.problems import Problem
from sincerity.tables import read_tables, write_tables
from sincerity.texts import LANGUAGES
from sincerity.verify import verify_output
from tests.allocation.rounds import random_launch

SEED = 20  # a launch with a kept and a forbidden pair, a shortfall, envy, conflicts and all three options
Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A published round: tables, audit.json and manifest, as ``run`` leaves them."""
    folder = tmp_path_factory.mktemp("out") / "round-3"
    result = rounds.work_out(random_launch(SEED, buyers=24, units=16), 3).result
    assert result is not None
    write_tables(result.tables, folder / "tables")
    _write_json(result.audit, folder / "audit.json")
    write_manifest(result, {}, folder)
    return folder


@pytest.fixture(scope="module")
def as_published(published: Path) -> Tables:
    """Its tables as they read back; a test that changes one takes a copy."""
    return read_tables(published / "tables")


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "round-3"))


def _write_json(content: object, path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _make_good(folder: Path, audit_too: bool) -> None:
    """What a careful forger does: new audit, new hashes, new counts, new plan hash."""
    tables = read_tables(folder / "tables")
    if audit_too:
        parameters = json.loads((folder / "audit.json").read_text(encoding="utf-8"))["parameters"]
        _write_json(audit(tables, parameters), folder / "audit.json")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"] = list_files(folder)
    manifest["counts"] = {name: len(frame) for name, frame in tables.items()}
    plan = folder / "tables" / "allocation.csv"
    manifest["plan_sha256"] = hashlib.sha256(plan.read_bytes()).hexdigest() if plan.is_file() else None
    _write_json(manifest, folder / "manifest.json")


def _codes(problems: tuple[Problem, ...]) -> set[str]:
    return {problem.code for problem in problems}


def _first(frame: pd.DataFrame, mask) -> int:
    """Position of the first row where ``mask`` holds."""
    return int(np.flatnonzero(np.asarray(mask))[0])


def _set(table: str, column: str, value, where: Callable[[pd.DataFrame], object] | None = None):
    """Puts ``value`` (or what it makes of the old one) into the first row, or the first where ``where`` holds."""

    def tamper(t: Tables) -> None:
        row = _first(t[table], where(t[table])) if where else 0
        old = t[table].loc[row, column]
        t[table].loc[row, column] = value(old) if callable(value) else value
        assert t[table].loc[row, column] != old

    return tamper


def _drop(table: str, where: Callable[[pd.DataFrame], object] | None = None):
    def tamper(t: Tables) -> None:
        row = _first(t[table], where(t[table])) if where else 0
        t[table] = t[table].drop(index=row).reset_index(drop=True)

    return tamper


def _append(t: Tables, table: str, **values) -> None:
    """A copy of the table's first row with ``values`` in it."""
    row = t[table].iloc[[0]].assign(**values).astype(t[table].dtypes)
    t[table] = pd.concat([t[table], row], ignore_index=True)


def _place(t: Tables, pick: pd.Series, only: bool = True) -> None:
    """The pick granted as if all were in order: facts copied, its unit taken from whoever held it."""
    allocation = t["allocation"]
    if only:
        given_up = (allocation["unit_id"] == pick["unit_id"]) | (allocation["buyer_id"] == pick["buyer_id"])
        t["allocation"] = allocation[~given_up].reset_index(drop=True)
    score = t["scores"].set_index("buyer_id").loc[pick["buyer_id"]]
    _append(
        t, "allocation", buyer_id=pick["buyer_id"], unit_id=pick["unit_id"], choice_rank=pick["choice_rank"],
        grade=score["grade"], score=score["score"], priority_rank=score["priority_rank"],
        total_yuan=pick["total_yuan"], kept=False,
    )


def _pick(t: Tables, reason: str) -> pd.Series:
    demand = t["demand"]
    return demand.iloc[_first(demand, demand["reason"] == reason)]


def _place_refused(reason: str):
    return lambda t: _place(t, _pick(t, reason))


def unit_given_twice(t: Tables) -> None:
    waiting = t["waiting_list"].merge(t["allocation"][["unit_id"]], on="unit_id")
    loser = waiting[~waiting["buyer_id"].isin(t["allocation"]["buyer_id"])].iloc[0]
    pick = t["demand"].set_index(["buyer_id", "unit_id"]).loc[(loser["buyer_id"], loser["unit_id"])]
    _place(t, pd.Series({**pick, "buyer_id": loser["buyer_id"], "unit_id": loser["unit_id"]}), only=False)


def second_unit_for_a_buyer(t: Tables) -> None:
    refused = t["refusals"][t["refusals"]["reason"] == "placed_higher"].iloc[0]
    pick = t["demand"].set_index(["buyer_id", "unit_id"]).loc[(refused["buyer_id"], refused["unit_id"])]
    t["allocation"] = t["allocation"][t["allocation"]["unit_id"] != refused["unit_id"]].reset_index(drop=True)
    _place(t, pd.Series({**pick, "buyer_id": refused["buyer_id"], "unit_id": refused["unit_id"]}), only=False)


def overtaking_a_buyer(t: Tables) -> None:
    """The unit goes to the last on its waiting list instead of the rightful winner, who is left with nothing."""
    waiting = t["waiting_list"][t["waiting_list"]["unit_id"].isin(_free_to_give(t))]
    loser = waiting[waiting["placed_unit_id"] == ""].iloc[-1]
    pick = t["demand"].set_index(["buyer_id", "unit_id"]).loc[(loser["buyer_id"], loser["unit_id"])]
    _place(t, pd.Series({**pick, "buyer_id": loser["buyer_id"], "unit_id": loser["unit_id"]}))


def _free_to_give(t: Tables) -> pd.Series:
    return t["allocation"].loc[~t["allocation"]["kept"], "unit_id"]


def priority_swapped(t: Tables) -> None:
    ranks = t["scores"]["priority_rank"].tolist()
    ranks[0], ranks[5] = ranks[5], ranks[0]
    t["scores"]["priority_rank"] = ranks


def waiting_swapped(t: Tables) -> None:
    unit = t["waiting_list"]["unit_id"].value_counts().index[0]
    rows = t["waiting_list"].index[t["waiting_list"]["unit_id"] == unit][:2]
    t["waiting_list"].loc[rows, "position"] = [2, 1]


def maximum_lowered(t: Tables) -> None:
    placed = t["targets"]["placed"]
    row = _first(t["targets"], placed > 0)
    t["targets"].loc[row, "max_units"] = float(placed[row] - 1)


def granted_pick_refused(t: Tables) -> None:
    granted = t["allocation"].iloc[0]
    _append(t, "refusals", buyer_id=granted["buyer_id"], unit_id=granted["unit_id"],
            choice_rank=granted["choice_rank"])


def substitute_that_is_taken(t: Tables) -> None:
    t["steering"].loc[0, "unit_id"] = t["allocation"]["unit_id"].iloc[0]


def option_one_twice(t: Tables) -> None:
    first = t["steering"].index[t["steering"]["option_no"] == 1][:2]
    t["steering"].loc[first[1], "unit_id"] = t["steering"].loc[first[0], "unit_id"]


def substitute_too_dear(t: Tables) -> None:
    buyer = t["steering"]["buyer_id"].iloc[0]
    own = t["demand"]["buyer_id"] == buyer
    t["demand"].loc[own, "ceiling_yuan"] = float(t["steering"]["total_yuan"].iloc[0] - 1)


def buyer_not_steered(t: Tables) -> None:
    buyer = t["steering"].loc[t["steering"]["option_no"] == 1, "buyer_id"].iloc[0]
    t["steering"] = t["steering"][t["steering"]["buyer_id"] != buyer].reset_index(drop=True)


def steering_a_placed_buyer(t: Tables) -> None:
    t["steering"].loc[0, "buyer_id"] = t["allocation"]["buyer_id"].iloc[0]


def invented_move(t: Tables) -> None:
    t["moves"] = pd.DataFrame(
        [{"buyer_id": "b001", "from_unit_id": "", "to_unit_id": "9-909", "reason": "newly_placed"}]
    ).astype(t["moves"].dtypes)


def placement_without_pick(t: Tables) -> None:
    named = set(zip(t["demand"]["buyer_id"], t["demand"]["unit_id"], strict=True))
    buyer = t["allocation"]["buyer_id"].iloc[0]
    unit = next(unit for unit in t["units"]["unit_id"] if (buyer, unit) not in named)
    t["allocation"].loc[0, "unit_id"] = unit


def row_twice(t: Tables) -> None:
    t["conflicts"] = pd.concat([t["conflicts"], t["conflicts"].iloc[[0]]], ignore_index=True)


def ceiling_lowered_under_a_placement(t: Tables) -> None:
    granted = t["allocation"][~t["allocation"]["kept"]].iloc[0]
    own = (t["demand"]["buyer_id"] == granted["buyer_id"]) & (t["demand"]["unit_id"] == granted["unit_id"])
    t["demand"].loc[own, "ceiling_yuan"] = float(granted["total_yuan"] - 1)


def ruling_without_a_name(t: Tables) -> None:
    moment = pd.Timestamp(2026, 11, 20)
    t["rulings"] = RULINGS.frame([{
        "ruling_no": 1, "round": 3, "plan_cutoff": moment, "buyer_id": "nobody", "unit_id": "x", "decision": "keep",
        "by": "", "reason": "old customer", "decided_at": moment, "taken_from": "", "place": "",
    }])


def ruling_nobody_followed(t: Tables) -> None:
    ruling_without_a_name(t)
    pick = _first(t["demand"], ~t["demand"]["kept"] & t["demand"]["eligible"])
    buyer, unit = t["demand"].loc[pick, ["buyer_id", "unit_id"]]
    t["rulings"] = t["rulings"].assign(by="Zhang", buyer_id=buyer, unit_id=unit)


def decisions_that_only_gain(t: Tables) -> None:
    kept = t["decisions"]["decision"] == "keep"
    t["decisions"] = t["decisions"][~kept].reset_index(drop=True)
    t["demand"] = t["demand"].assign(kept=False)
    costs = t["decision_costs"]
    t["decision_costs"] = costs.assign(before=costs["before"].where(costs["goal_no"] > 1, costs["after"] + 1))


TAMPERINGS = [
    ("ruling_log", ruling_without_a_name),
    ("rulings_followed", ruling_nobody_followed),
    ("costs_complete", _drop("decision_costs")),
    ("cost_figures", _set("decision_costs", "after", lambda value: value + 1)),
    ("costs_are_losses", decisions_that_only_gain),
    ("unit_once", unit_given_twice),
    ("quota", second_unit_for_a_buyer),
    ("price_accepted", _place_refused("price_above_ceiling")),
    ("price_accepted", ceiling_lowered_under_a_placement),
    ("not_forbidden", _place_refused("forbidden")),
    ("unit_available", _place_refused("unit_held")),
    ("buyer_active", _place_refused("buyer_inactive")),
    ("pick_exists", placement_without_pick),
    ("keeps_honoured", _drop("allocation", lambda a: a["kept"])),
    ("refusals_complete", _drop("allocation", lambda a: ~a["kept"])),
    ("goal_values", _drop("allocation", lambda a: ~a["kept"])),
    ("no_better_swap", lambda t: _overtake_and_explain(t)),
    ("goal_values", overtaking_a_buyer),
    ("placement_facts", _set("allocation", "grade", lambda g: "A" if g != "A" else "B")),
    ("placement_facts", _set("allocation", "total_yuan", lambda total: total - 10_000)),
    ("placement_facts", _set("allocation", "kept", lambda kept: not kept)),
    ("goal_values", _set("goals", "value", lambda v: v + 1, lambda g: g["goal"] == "score")),
    ("goal_list", _drop("goals")),
    ("goal_status", _set("goals", "bound", lambda b: b + 3, lambda g: g["goal"] == "placed")),
    ("shortfall", _set("targets", "shortfall", 0, lambda x: x["shortfall"] > 0)),
    ("layout_maximum", maximum_lowered),
    ("unit_totals", _set("units", "total_yuan", lambda total: total + 10_000)),
    ("unit_totals", _set("units", "low_total_yuan", lambda total: total - 5)),
    ("demand_facts", _set("demand", "eligible", False, lambda d: d["eligible"])),
    ("demand_facts", _set("demand", "reason", "unit_sold", lambda d: d["reason"] == "price_above_ceiling")),
    ("demand_facts", _set("units", "status", "sold", lambda u: u["status"] == "held")),
    ("score_is_sum", _set("score_lines", "points", lambda p: p - 1, lambda x: x["points"] > 1)),
    ("score_is_sum", _set("scores", "score", lambda score: score + 1)),
    ("line_points", _set("score_lines", "points", 99)),
    ("grade_by_points", _set("scores", "grade", "A", lambda s: s["grade"] == "C")),
    ("grade_by_points", _set("scores", "absolute_grade", "B", lambda s: s["absolute_grade"] == "C")),
    ("grade_reason", _set("scores", "grade_reason", "points", lambda s: s["grade_reason"] == "gave_up")),
    ("percentiles", _set("scores", "percentile", 99.9)),
    ("priority_order", priority_swapped),
    ("buyers_scored", _drop("scores")),
    ("refusals_complete", _drop("refusals")),
    ("refusal_reasons", _set("refusals", "reason", "layout_full", lambda r: r["reason"] == "taken")),
    ("refusal_reasons", _set("refusals", "gain", 2, lambda r: r["reason"] == "taken")),
    ("refusals_of_picks", granted_pick_refused),
    ("refusal_holders", _set("refusals", "taken_by", "b999", lambda r: r["reason"] == "taken")),
    ("refusal_holders", _set("refusals", "taken_by_grade", "U", lambda r: r["taken_by_grade"].isin(list("ABC")))),
    ("conflicts_complete", _drop("conflicts")),
    ("conflict_facts", _set("conflicts", "winner_id", "b999")),
    ("conflict_facts", _set("conflicts", "contenders", lambda n: n + 1)),
    ("conflict_reasons", _set("conflicts", "winner_reason", "only_left", lambda c: c["winner_reason"] == "grade")),
    ("waiting_complete", _drop("waiting_list")),
    ("waiting_order", waiting_swapped),
    ("waiting_facts", _set("waiting_list", "placed_unit_id", "1-101", lambda w: w["placed_unit_id"] == "")),
    ("steering_units", substitute_that_is_taken),
    ("steering_exclusive", option_one_twice),
    ("steering_price", substitute_too_dear),
    ("steering_gaps", _set("steering", "price_gap_yuan", lambda gap: gap - 50_000)),
    ("steering_gaps", _set("steering", "same_layout", lambda same: not same)),
    ("steering_complete", buyer_not_steered),
    ("steering_buyers", steering_a_placed_buyer),
    ("frontier_row", _set("frontier", "placed", lambda n: n + 1, lambda f: f["policy"] == "sincerity_first")),
    ("frontier_row", _set("frontier", "justified_envy", 0, lambda f: f["policy"] == "sincerity_first")),
    ("kpi_figures", _set("kpis", "numerator", lambda n: n + 1, lambda k: k["kpi"] == "placement")),
    ("moves_end_in_plan", invented_move),
    ("rows_unique", row_twice),
]


def _overtake_and_explain(t: Tables) -> None:
    """The forger also rewrites the refusal of the buyer who was overtaken, with the only reason that fits."""
    before = t["allocation"].copy()
    overtaking_a_buyer(t)
    robbed = before[~before["buyer_id"].isin(t["allocation"]["buyer_id"])].iloc[0]
    holder = t["allocation"].set_index("unit_id").loc[robbed["unit_id"]]
    _append(
        t, "refusals", buyer_id=robbed["buyer_id"], unit_id=robbed["unit_id"], choice_rank=robbed["choice_rank"],
        reason="given_up_for_others", taken_by=holder["buyer_id"], taken_by_grade=holder["grade"],
        taken_by_priority_rank=holder["priority_rank"], taken_by_choice_rank=holder["choice_rank"], gain=0,
    )


def test_what_was_published_agrees(copy):
    assert verify_output(copy) == (True, ())


@pytest.mark.parametrize(("check", "tamper"), TAMPERINGS, ids=[f"{n}-{c}" for n, (c, _) in enumerate(TAMPERINGS)])
def test_tampering_is_found_though_all_hashes_are_made_good(copy, as_published, check, tamper):
    tables = {name: frame.copy() for name, frame in as_published.items()}
    tamper(tables)
    write_tables(tables, copy / "tables")
    _make_good(copy, audit_too=True)
    agrees, problems = verify_output(copy)
    assert not agrees
    assert f"audit_{check}" in _codes(problems)
    assert not _codes(problems) & {"output_changed", "verify_plan_hash", "verify_row_count", "verify_audit_differs"}


def test_the_finding_names_file_row_and_key(copy):
    tables = read_tables(copy / "tables")
    _set("scores", "score", lambda score: score + 1)(tables)
    write_tables(tables, copy / "tables")
    _make_good(copy, audit_too=True)
    found = next(p for p in verify_output(copy)[1] if p.code == "audit_score_is_sum")
    assert (found.place(), found.value) == ("tables/scores.csv › 2", tables["scores"]["buyer_id"].iloc[0])
    assert found.what("en").startswith("Does not hold: every score is the sum of its lines. 1 row ")
    assert "得分等于各得分项之和" in found.what("zh")


def test_every_check_is_tampered_with_or_covered_elsewhere():
    elsewhere = {check for check, _, _ in PRICE_CHECKS}  # in tests/pricing/test_price_round.py
    untouched = {check for check, _, _ in CHECKS} - {check for check, _ in TAMPERINGS} - elsewhere
    assert untouched == {"no_gain_without_loser", "nobody_overtaken"}  # in tests/allocation/test_audit.py


def test_every_check_has_its_words():
    for check in [*(name for name, _, _ in CHECKS), "tables_complete", "rows_unique"]:
        problem = Problem("error", f"audit_{check}", value="x", parts={"count": 1})
        assert all(problem.what(lang) and problem.fix(lang) for lang in LANGUAGES)


def _edit_csv(folder: Path) -> None:
    path = folder / "tables" / "allocation.csv"
    path.write_bytes(path.read_bytes().replace(b",false", b",true", 1))


def _edit_json(name: str, change: Callable[[dict], None]):
    def tamper(folder: Path) -> None:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
        change(content)
        _write_json(content, folder / name)
        if name == "audit.json":
            _make_good(folder, audit_too=False)

    return tamper


def _hidden_envy(published: dict) -> None:
    assert published["envy"]["count"] == 1
    published["envy"] |= {"count": 0, "pairs": []}


def _without_check(published: dict) -> None:
    published["checks"] = published["checks"][:-1]


def _table_gone(folder: Path) -> None:
    (folder / "tables" / "refusals.csv").unlink()
    _make_good(folder, audit_too=True)


def _header_renamed(folder: Path) -> None:
    path = folder / "tables" / "scores.csv"
    path.write_bytes(path.read_bytes().replace(b"score", b"points", 1))


def _tie_goal_changed(folder: Path) -> None:
    tables = read_tables(folder / "tables")
    row = _first(tables["goals"], tables["goals"]["goal"] == "tie")
    tables["goals"].loc[row, ["value", "bound"]] = [1, 1.0]
    write_tables(tables, folder / "tables")
    _make_good(folder, audit_too=True)


FILE_TAMPERINGS = [
    ("output_changed", _edit_csv),
    ("verify_plan_hash", _edit_csv),
    ("output_added", lambda folder: (folder / "tables" / "extra.csv").write_text("a")),
    ("output_missing", lambda folder: (folder / "tables" / "moves.csv").unlink()),
    ("audit_tables_complete", _table_gone),
    ("verify_table_damaged", _header_renamed),
    ("manifest_unreadable", lambda folder: (folder / "manifest.json").unlink()),
    ("manifest_unreadable", _edit_json("manifest.json", lambda m: m.pop("settings"))),
    ("verify_plan_hash", _edit_json("manifest.json", lambda m: m.update(plan_sha256="0" * 64))),
    ("verify_row_count", _edit_json("manifest.json", lambda m: m["counts"].update(refusals=1))),
    ("verify_goals_differ", _tie_goal_changed),
    ("verify_audit_differs", _edit_json("audit.json", _hidden_envy)),
    ("verify_audit_differs", _edit_json("audit.json", _without_check)),
    ("verify_parameters_differ", _edit_json("audit.json", lambda a: a["parameters"].update(quota=2))),
    ("verify_audit_unreadable", _edit_json("audit.json", lambda a: a.pop("parameters"))),
    ("verify_audit_unreadable", _edit_json("audit.json", lambda a: a["parameters"].update(quota="many"))),
    ("verify_audit_unreadable", lambda folder: (folder / "audit.json").write_text("{")),
]


@pytest.mark.parametrize(
    ("code", "tamper"), FILE_TAMPERINGS, ids=[f"{n}-{c}" for n, (c, _) in enumerate(FILE_TAMPERINGS)]
)
def test_changed_files_and_records_are_found(copy, code, tamper):
    tamper(copy)
    agrees, problems = verify_output(copy)
    assert not agrees
    assert code in _codes(problems)
    assert all(problem.what(lang) and problem.fix(lang) for problem in problems for lang in LANGUAGES)
