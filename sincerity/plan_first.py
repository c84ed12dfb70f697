"""The plan before the reports: for the evening when picks still change and a sales lead waits for who moves.

    intake → what was known → scores → instance → plan → moves → audit of the plan

The plan is the one the following ``run`` publishes, to the last row; that run alone enters the register.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sincerity.allocation.audit import audit_parameters, audit_plan
from sincerity.allocation.build import build_instance
from sincerity.allocation.collisions import collisions, hard_problems
from sincerity.allocation.demand import demand_table
from sincerity.allocation.explain import allocation_table, goals_table, refusal_reasons, target_results
from sincerity.allocation.instance import Instance, Plan
from sincerity.allocation.moves import moves
from sincerity.allocation.solve import solve
from sincerity.buyer_register import buyer_register
from sincerity.choices import Choices, LookBack, RoundOutcome, Say, chosen_launch, current_round
from sincerity.domain import PUBLISHED_DECISIONS, Background, Known, Launch, RoundResult, Scores
from sincerity.intake.launch_file import with_lines
from sincerity.known import known_at
from sincerity.rulings import contradictions_with_table
from sincerity.scoring.score import score_buyers
from sincerity.tables import write_tables


def plan_first(folder: Path, chosen: Choices, say: Say, look_back: LookBack) -> RoundOutcome:
    """The plan of the round and its moves against the plan in force, as a result with PLAN_TABLES alone."""
    say("read")
    launch, problems = chosen_launch(folder, chosen)
    if launch is None:
        return RoundOutcome(problems, None)
    number = chosen.round or current_round(launch, chosen.as_of)
    background = look_back(launch, number)
    previous = background.tables["allocation"] if background and background.tables else None
    say("score")
    known, notes = known_at(launch, number, chosen.as_of)
    scores = score_buyers(known, launch.settings)
    say("allocate")
    demand = demand_table(known, scores.buyers, launch.settings)
    instance = build_instance(demand, scores.buyers, known, launch.settings, previous)
    contradictions = (*hard_problems(instance), *contradictions_with_table(launch, known.cutoff))
    if contradictions:
        return RoundOutcome(with_lines(folder, (*problems, *notes, *contradictions)), None)
    plan = solve(instance, launch.settings.policies[launch.settings.policy], launch.settings.time_limit_s)
    tables = _tables(launch, known, scores, demand, instance, plan, previous)
    say("audit")
    result = _result(launch, known, plan, tables, background)
    return RoundOutcome(with_lines(folder, (*problems, *notes)), result, launch)


def write_plan(result: RoundResult, folder: Path) -> None:
    """Writes the tables of the plan and their audit into ``folder``."""
    write_tables(result.tables, folder / "tables")
    text = json.dumps(result.audit, ensure_ascii=False, sort_keys=True, indent=1)
    (folder / "audit.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _tables(
    launch: Launch, known: Known, scores: Scores, demand: pd.DataFrame, instance: Instance, plan: Plan,
    previous: pd.DataFrame | None,
) -> Mapping[str, pd.DataFrame]:
    allocation = allocation_table(instance, plan, scores.buyers, demand)
    return {
        "units": known.units,
        "buyers": buyer_register(known, launch.settings, scores.buyers["buyer_id"]),
        "scores": scores.buyers,
        "demand": demand,
        "allocation": allocation,
        "moves": moves(allocation, previous, refusal_reasons(instance, plan, demand), scores.buyers),
        "goals": goals_table(plan),
        "targets": target_results(known.targets, known.units, allocation),
        "collisions": collisions(instance),
        "decisions": PUBLISHED_DECISIONS.frame(known.decisions),
    }


def _result(
    launch: Launch, known: Known, plan: Plan, tables: Mapping[str, pd.DataFrame], background: Background | None
) -> RoundResult:
    settings = launch.settings
    policy = settings.policies[settings.policy]
    findings = audit_plan(tables, audit_parameters(settings, policy, plan.status))
    return RoundResult(
        settings, known.round, known.cutoff, policy.name, plan.status, plan.path, tables, findings,
        launch.sources, launch.files, (), None, background.mark if background else None,
    )
