"""Whole rounds on small random launches: every published table the allocation stage and the audit need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sincerity import domain
from sincerity.allocation.audit import audit_parameters
from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import collisions
from sincerity.allocation.decision_costs import decision_costs
from sincerity.allocation.demand import demand_table
from sincerity.allocation.explanations import explanations
from sincerity.allocation.instance import Instance, Plan
from sincerity.allocation.solve import solve
from sincerity.domain import Known, Launch
from sincerity.known import known_at
from sincerity.kpi import kpis
from sincerity.scoring.score import score_buyers
from tests import cases

LAYOUTS = ("2BR", "3BR")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Round:
    """One round, worked out: the stages' values and the tables as they would be published."""

    known: Known
    instance: Instance
    plan: Plan
    tables: Mapping[str, pd.DataFrame]
    parameters: Mapping[str, Any]


def work_out(launch: Launch, policy_name: str, previous: pd.DataFrame | None = None) -> Round:
    """All tables of round 3 under a policy; ``previous`` is the ALLOCATION of the plan before."""
    settings = replace(launch.settings, policy=policy_name)
    policy = settings.policies[policy_name]
    known = known_at(launch, 3)[0]
    scores = score_buyers(known, settings)
    demand = demand_table(known, scores.buyers, settings)
    instance = build_instance(demand, scores.buyers, known, settings, previous)
    plan = solve(instance, policy, settings.time_limit_s)
    told = explanations(instance, plan, demand, scores.buyers, known, settings, previous)
    tables = {schema.name: schema.empty() for schema in domain.PUBLISHED_TABLES} | {
        **told,
        "units": known.units,
        "buyers": published_buyers(known),
        "scores": scores.buyers,
        "score_lines": scores.lines,
        "next_steps": scores.next_steps,
        "flags": scores.flags,
        "demand": demand,
        "decisions": domain.PUBLISHED_DECISIONS.frame(known.decisions),
        "collisions": collisions(instance),
        "decision_costs": decision_costs(plan, known, known.decisions.iloc[:0], scores.buyers, settings, previous),
        "kpis": kpis(known, demand, told["allocation"], scores.buyers),
    }
    return Round(known, instance, plan, tables, audit_parameters(settings, policy, plan.status))


def published_buyers(known: Known) -> pd.DataFrame:
    masked = known.buyers.assign(phone_masked="", last_contact_at=pd.NaT, outbound_calls=0)
    return domain.PUBLISHED_BUYERS.frame(masked)


def random_launch(seed: int, buyers: int = 12, units: int = 8, targets: bool = True, decisions: bool = True) -> Launch:
    """A launch with herding picks, all states and statuses, ceilings above and below the price, and ties."""
    rng = np.random.default_rng(seed)
    base = cases.five_by_four()
    unit_rows = [_unit(rng, number) for number in range(units)]
    buyer_rows = [_buyer(rng, number) for number in range(buyers)]
    unit_ids = [row["unit_id"] for row in unit_rows]
    pick_rows = [row for buyer in buyer_rows for row in _picks(rng, buyer["buyer_id"], unit_rows)]
    return replace(
        base,
        settings=replace(base.settings, seed=str(seed)),
        units=cases.table(domain.UNITS, unit_rows),
        buyers=cases.table(domain.BUYERS, buyer_rows),
        picks=cases.table(domain.PICKS, pick_rows),
        touchpoints=cases.table(domain.TOUCHPOINTS, [row for b in buyer_rows for row in _acts(rng, b["buyer_id"])]),
        targets=cases.table(domain.TARGETS, _targets(rng, units) if targets else []),
        decisions=cases.table(domain.DECISIONS, _decisions(rng, pick_rows, unit_ids) if decisions else []),
    )


def _unit(rng: np.random.Generator, number: int) -> dict:
    room = number % 4 + 1
    return {
        "unit_id": f"{number // 8 + 1}-{number // 4 + 1}0{room}", "building": str(number // 8 + 1), "section": "1",
        "floor": number // 4 + 1, "room": f"0{room}", "layout": LAYOUTS[number % 2], "orientation": "SN"[number % 2],
        "area_m2": float(rng.integers(70, 130)), "base_price_yuan_per_m2": float(rng.integers(19_000, 21_000)),
        "status": str(rng.choice(["available"] * 8 + ["held", "sold"])),
    }


def _buyer(rng: np.random.Generator, number: int) -> dict:
    state = str(rng.choice(["active"] * 10 + ["gave_up", "bought_elsewhere"]))
    return {
        "buyer_id": f"b{number:03d}", "phone": f"138{number:08d}", "consultant": "WX"[number % 2], "state": state,
        "registered_on": cases.CUTOFF - DAY * int(rng.integers(1, 40)),
        "commitment": str(rng.choice(domain.COMMITMENTS)),
        "budget_yuan": float(rng.choice([np.nan, 2_000_000.0, 2_600_000.0])),
    }


def _acts(rng: np.random.Generator, buyer: str) -> list[dict]:
    kinds = rng.choice(["visit", "showflat_view", "inbound_call", "outbound_call", "event"], size=rng.integers(0, 9))
    days = rng.integers(1, 19, size=len(kinds))
    return [
        {"buyer_id": buyer, "kind": str(kind), "at": datetime(2026, 11, int(day), 10)}
        for kind, day in zip(kinds, days, strict=True)
    ]


def _picks(rng: np.random.Generator, buyer: str, units: list[dict]) -> list[dict]:
    weight = 1.0 / np.arange(1, len(units) + 1)
    count = min(int(rng.integers(0, 5)), len(units))
    chosen = rng.choice(len(units), size=count, replace=False, p=weight / weight.sum())
    return [
        {
            "round": 3, "buyer_id": buyer, "choice_rank": rank, "unit_id": units[unit]["unit_id"],
            "max_total_yuan": float(rng.choice([np.nan, 1_700_000.0, 3_000_000.0, 3_000_000.0])),
            "accepts": str(rng.choice(["", "", *domain.ACCEPTS])), "recorded_at": datetime(2026, 11, 18),
        }
        for rank, unit in enumerate(chosen.tolist(), 1)
    ]


def _targets(rng: np.random.Generator, units: int) -> list[dict]:
    if rng.random() < 0.5:
        return []
    return [
        {"layout": layout, "min_units": float(rng.integers(0, 4)), "max_units": float(rng.integers(1, units))}
        for layout in LAYOUTS
    ]


def _decisions(rng: np.random.Generator, picks: list[dict], unit_ids: list[str]) -> list[dict]:
    """At most one kept pair (two could collide) and one forbidden one."""
    if not picks or rng.random() < 0.4:
        return []
    kept, other = picks[int(rng.integers(len(picks)))], picks[int(rng.integers(len(picks)))]
    rows = [{"buyer_id": kept["buyer_id"], "unit_id": kept["unit_id"], "decision": "keep"}]
    if other is not kept:
        rows.append({"buyer_id": other["buyer_id"], "unit_id": other["unit_id"], "decision": "forbid"})
    return rows
