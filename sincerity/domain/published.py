"""The tables a round computes and publishes: one CSV per table under ``out/round-N/tables/``."""

from __future__ import annotations

from sincerity.domain.chances import CHANCES, DRIFT, EXPECTED_ORDERS
from sincerity.domain.charts import CHART_TABLES
from sincerity.domain.forecast import FORECAST_TABLES
from sincerity.domain.inputs import DECISIONS
from sincerity.domain.prices import PRICE_TABLES
from sincerity.domain.register import REGISTER_TABLES
from sincerity.domain.rulings import DECISION_COSTS, RULINGS
from sincerity.schema import Column, Schema

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
    Column("goal", "str"),  # layout_shortfall, placed, moves, score, priority, tie
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
    RULINGS, DECISION_COSTS,
    QUOTED_UNITS, PUBLISHED_BUYERS, SCORES, SCORE_LINES, NEXT_STEPS, FLAGS, DEMAND, ALLOCATION, REFUSALS,
    CONFLICTS, WAITING_LIST, STEERING, MOVES, FRONTIER, GOALS, TARGET_RESULTS, COLLISIONS, LATE_ENTRIES,
    KPIS, PUBLISHED_DECISIONS, CHANCES, EXPECTED_ORDERS, DRIFT, *FORECAST_TABLES, *CHART_TABLES,
    *REGISTER_TABLES, *PRICE_TABLES,
)
