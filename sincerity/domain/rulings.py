"""Rulings: what sales leads wrote into the conflict review, and what the decisions in force cost."""

from __future__ import annotations

from sincerity.schema import Column, Schema

RULING_WORDS = ("keep", "override", "forbid", "withdraw")
KEEPING = ("keep", "override")  # the unit is kept for the buyer; override takes it from whom the plan gave it to
DECISIONS_FOLDER = "decisions"  # of a launch; the program's own, beside what the planner hands in
RULINGS_FILE = f"{DECISIONS_FOLDER}/rulings.csv"

RULINGS = Schema("rulings", (  # append-only; of a pair the newest counts
    Column("ruling_no", "int"),
    Column("round", "int"),
    Column("plan_cutoff", "datetime"),  # of the plan ruled on: a run with this cutoff or a later one follows it
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("decision", "str"),  # RULING_WORDS
    Column("by", "str"),
    Column("reason", "str"),
    Column("decided_at", "datetime"),  # one moment for all that was read from a workbook at once
    Column("taken_from", "str"),  # who held the unit in the plan ruled on and lost it by an override
    Column("place", "str"),  # workbook, sheet and row it was read from
), key=("ruling_no",))

DECISION_COSTS = Schema("decision_costs", (  # the same input solved with and without decisions
    Column("scope", "str"),  # all decisions in force; newest: those decided last
    Column("goal_no", "int"),
    Column("goal", "str"),
    Column("grades", "str"),
    Column("choices", "str"),
    Column("sense", "str"),
    Column("before", "int"),  # the best value without the decisions of the scope
    Column("after", "int"),  # the value of the plan
    Column("status", "str"),  # proven when both values are
), key=("scope", "goal_no"))
