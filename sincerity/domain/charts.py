"""What the method's charts show beyond the plan: answers, picks by rank, feedback, show-flat days, payments."""

from __future__ import annotations

from sincerity.schema import Column, Schema

OTHER_ANSWERS = ""  # stands for all answers too rare to be shown by their words
DAY, BY_CONSULTANT = "day", "consultant"  # scopes of a show-flat count

ANSWER_TALLY = Schema("answer_tally", (  # chart 1.2
    Column("question_no", "int"),  # as on the form, the others after them
    Column("question_key", "str"),  # "" for a question that is not on the form
    Column("question", "str"),  # as it was asked
    Column("option_no", "int"),  # as on the form; 0 for an answer in the buyer's own words
    Column("answer", "str"),  # "" = all answers that fewer buyers gave than may be shown by their words
    Column("buyers", "int", "buyers"),
    Column("answered", "int", "buyers"),  # who answered the question at all
), key=("question_no", "option_no", "answer"))

UNIT_PICKS = Schema("unit_picks", (  # chart 1.3: active buyers only
    Column("unit_id", "str"),
    Column("first", "int", "buyers"),
    Column("second", "int", "buyers"),
    Column("third", "int", "buyers"),
    Column("later", "int", "buyers"),
    Column("buyers", "int", "buyers"),
    Column("serious_buyers", "int", "buyers"),  # of grade A or B
    Column("place", "int"),  # 1 = named by most; among equals by first choices, then as the units stand
), key=("unit_id",))

PICK_LEVELS = Schema("pick_levels", (  # chart 1.3: units on sale by how many buyers name them
    Column("at_least", "int", "buyers"),
    Column("at_most", "float", "buyers"),  # NaN = no upper bound
    Column("units", "int", "units"),
), key=("at_least",))

PICK_FEEDBACK = Schema("pick_feedback", (  # chart 2.3: every pick of an active buyer
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("edge", "str"),  # the highest edge of the band the buyer accepts: high, base, low, below; "" = not said
    Column("basis", "str"),  # accepts, ceiling; "" = not said
    Column("ceiling_yuan", "float", "yuan"),
    Column("objection_no", "int"),  # the option on the form; 0 for own words or none
    Column("objection", "str", personal=True),
), key=("buyer_id", "unit_id"))

FEEDBACK_SHARES = Schema("feedback_shares", (  # chart 2.3: picks by the highest edge of the band their buyers accept
    Column("scope", "str"),  # all, layout
    Column("name", "str"),
    Column("picks", "int", "picks"),
    Column("high", "int", "picks"),
    Column("base", "int", "picks"),
    Column("low", "int", "picks"),
    Column("below", "int", "picks"),
    Column("unsaid", "int", "picks"),
    Column("accept_low", "int", "picks"),  # low, base and high together
    Column("accept_base", "int", "picks"),
    Column("accept_high", "int", "picks"),
), key=("scope", "name"))

SHOWFLAT_VIEWS = Schema("showflat_views", (  # chart 2.4
    Column("day", "date"),
    Column("scope", "str"),  # day: everybody; consultant: one consultant's
    Column("consultant", "str"),
    Column("buyers", "int", "buyers"),  # each once a day
    Column("first_time_buyers", "int", "buyers"),  # of them never before
), key=("day", "scope", "consultant"))

SHOWFLAT_SUMS = Schema("showflat_sums", (  # chart 2.4: all days together, everybody first
    Column("scope", "str"),  # as in showflat_views
    Column("consultant", "str"),
    Column("views", "int", "buyers × days"),
    Column("first_time_views", "int", "buyers"),
    Column("busiest", "int", "buyers"),  # on the busiest day
), key=("scope", "consultant"))

PICK_CHANGES = Schema("pick_changes", (  # chart 3.1: this round against the round before
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("from_round", "int"),
    Column("to_round", "int"),
    Column("change", "str"),  # named, dropped, moved_up, moved_down
    Column("from_rank", "int"),  # 0 = not named
    Column("to_rank", "int"),
    Column("recorded_at", "datetime"),
), key=("buyer_id", "unit_id"))

PICK_MOVES = Schema("pick_moves", (  # chart 3.1 from day to day: this run against the run before of the same round
    Column("buyer_id", "str"),
    Column("change", "str"),  # swapped, named, dropped, moved_up, moved_down
    Column("from_unit_id", "str"),  # "" where the buyer newly names a unit
    Column("from_rank", "int"),
    Column("to_unit_id", "str"),  # "" where the buyer drops one
    Column("to_rank", "int"),
    Column("changed_on", "date"),  # the day the new pick was entered; for a dropped one the day of this run's facts
    Column("reason", "str"),  # buyer_inactive, unit_sold, unit_held, or why the run before refused the old pick; ""
))

UNIT_PAYMENTS = Schema("unit_payments", (  # chart 3.2: units on sale, by payment plan
    Column("unit_id", "str"),
    Column("plan", "str"),
    Column("down_payment_yuan", "int", "yuan"),
    Column("loan_yuan", "int", "yuan"),
    Column("months", "int", "months"),
    Column("monthly_yuan", "int", "yuan"),
), key=("unit_id", "plan"))

ROUND_KPIS = Schema("round_kpis", (  # the rates of every round up to this one
    Column("round", "int"),
    Column("kpi", "str"),
    Column("numerator", "int"),  # of the forecast error a difference, so it may be negative
    Column("denominator", "int"),
), key=("round", "kpi"))

CHART_TABLES = (
    ANSWER_TALLY, UNIT_PICKS, PICK_LEVELS, PICK_FEEDBACK, FEEDBACK_SHARES, SHOWFLAT_VIEWS, SHOWFLAT_SUMS, PICK_CHANGES,
    PICK_MOVES, UNIT_PAYMENTS, ROUND_KPIS,
)
