"""The tables a launch is made of: what comes in, what the round computes, what is published.

Every table that crosses a border between stages is described here once. Input tables carry one more
column, ``source_row``, the row number Excel shows, so that any later check can name the row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from sincerity.schema import Column, Schema
from sincerity.settings import Settings

GRADES = ("A", "B", "C", "D", "U")  # best first; U = not enough known yet

UNIT_STATUS = ("available", "held", "sold")
TOUCHPOINT_KINDS = ("visit", "inbound_call", "outbound_call", "showflat_view", "message_in", "event", "deposit")
COMMITMENTS = ("none", "card", "refundable", "frozen")  # weakest first
BUYER_STATES = ("active", "gave_up", "bought_elsewhere", "excluded")
ACCEPTS = ("below", "low", "base", "high")  # lowest first

_SOURCE_ROW = Column("source_row", "int")

UNITS = Schema("units", (
    Column("unit_id", "str", required=True),
    Column("building", "str", required=True),
    Column("section", "str"),
    Column("floor", "int", required=True, low=-5, high=150),
    Column("room", "str"),
    Column("layout", "str", required=True),
    Column("bedrooms", "float", "rooms", low=0, high=12),
    Column("area_m2", "float", "m²", required=True, low=10, high=2_000),
    Column("orientation", "str"),
    Column("base_price_yuan_per_m2", "float", "yuan/m²", required=True, low=500, high=500_000),
    Column("price_yuan_per_m2", "float", "yuan/m²", low=500, high=500_000),
    Column("status", "str", default="available", choices=UNIT_STATUS),
    _SOURCE_ROW,
), key=("unit_id",))

BUYERS = Schema("buyers", (
    Column("buyer_id", "str", required=True),
    Column("name", "str", personal=True),
    Column("phone", "str", personal=True),
    Column("household_id", "str"),
    Column("consultant", "str"),
    Column("registered_on", "datetime", required=True),
    Column("channel", "str"),
    Column("purpose", "str", choices=("first_home", "upgrade", "investment", "special")),
    Column("budget_yuan", "float", "yuan", low=10_000, high=1_000_000_000),
    Column("payment", "str"),
    Column("subscribed_on", "datetime"),
    Column("queue_no", "str"),
    Column("commitment", "str", default="none", choices=COMMITMENTS),
    Column("state", "str", default="active", choices=BUYER_STATES),
    _SOURCE_ROW,
), key=("buyer_id",))

TOUCHPOINTS = Schema("touchpoints", (
    Column("buyer_id", "str", required=True),
    Column("kind", "str", required=True, choices=TOUCHPOINT_KINDS),
    Column("at", "datetime", required=True),
    Column("recorded_at", "datetime"),
    Column("party", "str", choices=("alone", "family", "decider")),
    Column("consultant", "str"),
    Column("note", "str", personal=True),
    _SOURCE_ROW,
))

PICKS = Schema("picks", (
    Column("round", "int", required=True, low=1, high=3),
    Column("buyer_id", "str", required=True),
    Column("choice_rank", "int", required=True, low=1, high=20),
    Column("unit_id", "str", required=True),
    Column("max_total_yuan", "float", "yuan", low=10_000, high=1_000_000_000),
    Column("accepts", "str", choices=ACCEPTS),
    Column("recorded_at", "datetime"),
    _SOURCE_ROW,
), key=("round", "buyer_id", "unit_id"))

ANSWERS = Schema("answers", (
    Column("buyer_id", "str", required=True),
    Column("question", "str", required=True),
    Column("answer", "str", required=True, personal=True),
    Column("recorded_at", "datetime"),
    _SOURCE_ROW,
))

TARGETS = Schema("targets", (
    Column("layout", "str"),  # "" = all layouts together
    Column("min_units", "float", "units", low=0, high=100_000),
    Column("max_units", "float", "units", low=0, high=100_000),
    Column("bonus", "float", low=0, high=1_000),
    _SOURCE_ROW,
), key=("layout",))

DECISIONS = Schema("decisions", (
    Column("buyer_id", "str", required=True),
    Column("unit_id", "str", required=True),
    Column("decision", "str", required=True, choices=("keep", "forbid")),
    Column("by", "str"),
    Column("reason", "str"),
    Column("decided_at", "datetime"),
    _SOURCE_ROW,
), key=("buyer_id", "unit_id"))

OUTCOMES = Schema("outcomes", (
    Column("launch_id", "str"),
    Column("buyer_id", "str", required=True),
    Column("status", "str", required=True, choices=("bought", "no_show", "came_no_choice", "blocked", "withdrew")),
    Column("unit_id", "str"),
    Column("at", "datetime"),
    _SOURCE_ROW,
), key=("launch_id", "buyer_id"))

INPUT_TABLES = (UNITS, BUYERS, TOUCHPOINTS, PICKS, ANSWERS, TARGETS, DECISIONS, OUTCOMES)
REQUIRED_TABLES = ("units", "buyers", "touchpoints", "picks")


@dataclass(frozen=True)
class Source:
    """Where an input table came from. ``columns`` maps a field to (column letter, header as in the file)."""

    table: str
    file: str
    sheet: str
    columns: Mapping[str, tuple[str, str]]
    rows_read: int
    rows_refused: int = 0
    hidden_rows: int = 0
    extra_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class InputFile:
    """A file the run has read: its name inside the launch folder, size and SHA-256."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Launch:
    """A validated launch: settings and one frame per input table (empty where the file had none)."""

    settings: Settings
    units: pd.DataFrame
    buyers: pd.DataFrame
    touchpoints: pd.DataFrame
    picks: pd.DataFrame
    answers: pd.DataFrame
    targets: pd.DataFrame
    decisions: pd.DataFrame
    outcomes: pd.DataFrame
    sources: Mapping[str, Source] = field(default_factory=dict)
    files: tuple[InputFile, ...] = ()


@dataclass(frozen=True)
class Known:
    """What was known at the cutoff of one round, one row per household in ``buyers``.

    ``buyers`` has the columns of BUYERS without source_row plus ``household_key`` (stable under renamed
    buyer ids: phone, else household id, else buyer id) and ``members`` (all joined buyer ids, space-separated).
    ``buyer_id`` in every frame is the household's representative. ``units`` carries QUOTED_UNITS.
    ``picks`` are those of this round only, one row per household and unit, ranks dense from 1.
    """

    round: int
    cutoff: datetime
    units: pd.DataFrame
    buyers: pd.DataFrame
    touchpoints: pd.DataFrame
    picks: pd.DataFrame
    answers: pd.DataFrame
    targets: pd.DataFrame
    decisions: pd.DataFrame
    late_entries: pd.DataFrame


# ---- what a round computes and publishes: one CSV per table under out/round-N/tables/ ----

QUOTED_UNITS = Schema("units", (
    Column("unit_id", "str"),
    Column("building", "str"),
    Column("section", "str"),
    Column("floor", "int"),
    Column("room", "str"),
    Column("layout", "str"),
    Column("bedrooms", "float", "rooms"),
    Column("area_m2", "float", "m²"),
    Column("orientation", "str"),
    Column("status", "str"),
    Column("base_price_yuan_per_m2", "float", "yuan/m²"),
    Column("price_yuan_per_m2", "float", "yuan/m²"),  # execution price, base price where none is given
    Column("total_yuan", "int", "yuan"),  # price × area, half up to the yuan
    Column("low_total_yuan", "int", "yuan"),  # base total at the lower edge of the band
    Column("base_total_yuan", "int", "yuan"),
    Column("high_total_yuan", "int", "yuan"),
), key=("unit_id",))

PUBLISHED_BUYERS = Schema("buyers", (
    Column("buyer_id", "str"),
    Column("name", "str", personal=True),
    Column("phone_masked", "str", personal=True),
    Column("members", "str"),
    Column("consultant", "str"),
    Column("channel", "str"),
    Column("purpose", "str"),
    Column("registered_on", "datetime"),
    Column("subscribed_on", "datetime"),
    Column("queue_no", "str"),
    Column("commitment", "str"),
    Column("state", "str"),
    Column("budget_yuan", "float", "yuan"),
    Column("last_contact_at", "datetime"),  # newest inbound contact or visit before the cutoff
    Column("outbound_calls", "int"),  # effort, scores nothing
), key=("buyer_id",))

SCORES = Schema("scores", (
    Column("buyer_id", "str"),
    Column("score", "int", "points"),  # 0–100, the sum of the buyer's score lines
    Column("raw_points", "int", "points"),
    Column("available_points", "int", "points"),  # maximum of the items that are available
    Column("absolute_grade", "str"),
    Column("percentile", "float", "percent"),  # mid-rank, 100 = most sincere
    Column("percentile_grade", "str"),
    Column("grade", "str"),  # the one that governs
    Column("grade_reason", "str"),  # code: points, gave_up, bought_elsewhere, no_scored_event, registered_recently
    Column("grade_gap", "bool"),  # absolute and percentile grade two or more steps apart
    Column("priority_rank", "int"),  # 1 = most sincere
    Column("committed_on", "datetime"),  # when money was committed; NaT when none was
    Column("registered_on", "datetime"),
    Column("trend", "str"),  # improving, steady, declining, unknown
    Column("next_grade", "str"),  # "" when no single act of the buyer reaches a higher grade
), key=("buyer_id",))

SCORE_LINES = Schema("score_lines", (
    Column("buyer_id", "str"),
    Column("line_no", "int"),
    Column("line", "str"),  # item id of the card; cap_<group>; rescale
    Column("line_kind", "str"),  # item, cap, rescale
    Column("group", "str"),
    Column("available", "bool"),
    Column("value", "float"),  # NaN where the buyer never did it
    Column("points", "int", "points"),
    Column("max_points", "int", "points"),
    Column("median_value", "float"),  # of the launch's buyers with this item
), key=("buyer_id", "line"))

NEXT_STEPS = Schema("next_steps", (
    Column("buyer_id", "str"),
    Column("step_no", "int"),  # best first
    Column("line", "str"),
    Column("from_value", "float"),
    Column("to_value", "float"),
    Column("gain_points", "int", "points"),  # of the score
    Column("reaches_grade", "str"),
), key=("buyer_id", "step_no"))

FLAGS = Schema("flags", (
    Column("consultant", "str"),
    Column("buyer_id", "str"),
    Column("flag", "str"),  # visits_without_showflat, same_minute_entries, late_jump
    Column("count", "int"),
    Column("detail", "str"),  # data only (times, numbers), no sentence
))

DEMAND = Schema("demand", (  # every pick of the round
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("ceiling_yuan", "float", "yuan"),  # the most the buyer accepts for this unit; NaN = no ceiling stated
    Column("accepts", "str"),
    Column("total_yuan", "int", "yuan"),
    Column("eligible", "bool"),
    Column("reason", "str"),  # "" or price_above_ceiling, unit_held, unit_sold, forbidden, buyer_inactive
    Column("kept", "bool"),
), key=("buyer_id", "unit_id"))

ALLOCATION = Schema("allocation", (  # the plan: one row per placement
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("grade", "str"),
    Column("score", "int", "points"),
    Column("priority_rank", "int"),
    Column("total_yuan", "int", "yuan"),
    Column("kept", "bool"),
), key=("buyer_id", "unit_id"))

REFUSALS = Schema("refusals", (  # every pick that was not granted
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("reason", "str"),  # placed_higher, taken, given_up_for_others, layout_full, or a DEMAND reason
    Column("taken_by", "str"),
    Column("taken_by_grade", "str"),
    Column("taken_by_priority_rank", "int"),  # 0 where nobody took it
    Column("taken_by_choice_rank", "int"),
    Column("gain", "int", "buyers"),  # buyers placed or first choices kept by giving this up
), key=("buyer_id", "unit_id"))

CONFLICTS = Schema("conflicts", (  # units with two or more eligible contenders
    Column("unit_id", "str"),
    Column("contenders", "int", "buyers"),
    Column("first_choice_contenders", "int", "buyers"),
    Column("winner_id", "str"),  # "" when nobody got it
    Column("winner_grade", "str"),
    Column("winner_priority_rank", "int"),
    Column("winner_choice_rank", "int"),
    Column("winner_reason", "str"),  # kept, grade, choice, previous, priority, draw, more_placed, only_left
    Column("losers_placed", "int", "buyers"),
    Column("losers_unplaced", "int", "buyers"),
), key=("unit_id",))

WAITING_LIST = Schema("waiting_list", (
    Column("unit_id", "str"),
    Column("position", "int"),
    Column("buyer_id", "str"),
    Column("grade", "str"),
    Column("priority_rank", "int"),
    Column("choice_rank", "int"),
    Column("placed_unit_id", "str"),  # "" when the buyer has nothing
), key=("unit_id", "position"))

STEERING = Schema("steering", (
    Column("buyer_id", "str"),
    Column("option_no", "int"),  # 1 to 3; option 1 goes to one buyer only
    Column("unit_id", "str"),
    Column("from_unit_id", "str"),  # the best pick the buyer lost
    Column("same_layout", "bool"),
    Column("area_gap_m2", "float", "m²"),
    Column("floor_gap", "int", "floors"),
    Column("same_building", "bool"),
    Column("price_gap_yuan", "int", "yuan"),
    Column("total_yuan", "int", "yuan"),
    Column("gives_up", "str"),  # codes, space-separated: layout, area, floor, building, orientation
), key=("buyer_id", "option_no"))

MOVES = Schema("moves", (
    Column("buyer_id", "str"),
    Column("from_unit_id", "str"),
    Column("to_unit_id", "str"),
    Column("reason", "str"),
), key=("buyer_id",))

FRONTIER = Schema("frontier", (
    Column("policy", "str"),
    Column("placed", "int", "buyers"),
    Column("first_choices", "int", "buyers"),
    Column("placed_a", "int", "buyers"),
    Column("placed_b", "int", "buyers"),
    Column("justified_envy", "int", "pairs"),
    Column("score_sum", "int", "points"),
    Column("list_value_yuan", "int", "yuan"),
    Column("layout_shortfall", "int", "units"),
    Column("status", "str"),
), key=("policy",))

GOALS = Schema("goals", (
    Column("goal_no", "int"),
    Column("goal", "str"),  # layout_shortfall, placed, moves, score, tie
    Column("grades", "str"),  # space-separated; "" = all
    Column("choices", "str"),  # space-separated; "" = all
    Column("sense", "str"),  # max, min
    Column("value", "int"),
    Column("bound", "float"),
    Column("status", "str"),  # proven, feasible
), key=("goal_no",))

TARGET_RESULTS = Schema("targets", (
    Column("layout", "str"),
    Column("min_units", "float", "units"),
    Column("max_units", "float", "units"),
    Column("placed", "int", "units"),
    Column("shortfall", "int", "units"),
    Column("bonus", "float"),
), key=("layout",))

COLLISIONS = Schema("collisions", (  # minimal sets of targets and decisions that cannot all hold
    Column("set_no", "int"),
    Column("member", "str"),  # layout_min, layout_max, keep
    Column("layout", "str"),
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("demanded", "float"),
    Column("reachable", "float"),  # how far this member would have to move for the others to hold
))

LATE_ENTRIES = Schema("late_entries", (
    Column("table", "str"),
    Column("source_row", "int"),
    Column("buyer_id", "str"),
    Column("at", "datetime"),
    Column("recorded_at", "datetime"),
    Column("reason", "str"),  # after_cutoff, recorded_late
))

KPIS = Schema("kpis", (
    Column("kpi", "str"),  # a name of the glossary's rates; see sincerity.kpi
    Column("numerator", "int"),
    Column("denominator", "int"),
), key=("kpi",))

PUBLISHED_DECISIONS = Schema("decisions", tuple(c for c in DECISIONS.columns if c.name != "source_row"))

PUBLISHED_TABLES = (
    QUOTED_UNITS, PUBLISHED_BUYERS, SCORES, SCORE_LINES, NEXT_STEPS, FLAGS, DEMAND, ALLOCATION, REFUSALS,
    CONFLICTS, WAITING_LIST, STEERING, MOVES, FRONTIER, GOALS, TARGET_RESULTS, COLLISIONS, LATE_ENTRIES,
    KPIS, PUBLISHED_DECISIONS,
)


@dataclass(frozen=True)
class Scores:
    """The scoring stage's answer: ``buyers`` (SCORES, by priority), ``lines`` (SCORE_LINES, by buyer and line),
    ``next_steps`` (NEXT_STEPS), ``flags`` (FLAGS)."""

    buyers: pd.DataFrame
    lines: pd.DataFrame
    next_steps: pd.DataFrame
    flags: pd.DataFrame


@dataclass(frozen=True)
class RoundResult:
    """Everything a round found out. ``tables`` holds one frame per PUBLISHED_TABLES name; reports read only this."""

    settings: Settings
    round: int
    cutoff: datetime
    policy: str
    status: str  # proven, feasible
    path: str  # which way the plan was solved: levelled, lp_sequence, reference, serial
    tables: Mapping[str, pd.DataFrame]
    audit: Mapping[str, object]  # see allocation.audit
    sources: Mapping[str, Source]
    files: tuple[InputFile, ...]
    notes: tuple  # warnings of the run, as Problem values
