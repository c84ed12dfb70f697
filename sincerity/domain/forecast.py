"""What the launch-day forecast publishes. Ranges are P10, P50 and P90 over the runs; chances are shares of runs."""

from __future__ import annotations

from sincerity.schema import Column, Schema

CALLING_ORDERS = ("priority", "queue", "ballot", "online", "mixed")

FORECAST_TOTALS = Schema("forecast_totals", (
    Column("scope", "str"),  # all, layout, building, floor_band, price_band
    Column("member", "str"),  # which one; "" for all; bands as "low-high", floors or yuan, both included
    Column("units", "int", "units"),  # on sale
    Column("sold_p10", "int", "units"),
    Column("sold_p50", "int", "units"),
    Column("sold_p90", "int", "units"),
    Column("sold_days_inside", "float"),  # share of the days from P10 to P90, both included: at least 0.8
    Column("sold_mean", "float", "units"),
    Column("revenue_p10_yuan", "int", "yuan"),
    Column("revenue_p50_yuan", "int", "yuan"),
    Column("revenue_p90_yuan", "int", "yuan"),
    Column("revenue_days_inside", "float"),
), key=("scope", "member"))

ABSORPTION_CURVE = Schema("absorption_curve", (
    Column("position", "int", "buyers"),  # called so far
    Column("sold_p10", "int", "units"),
    Column("sold_p50", "int", "units"),
    Column("sold_p90", "int", "units"),
), key=("position",))

FORECAST_UNITS = Schema("forecast_units", (  # units on sale
    Column("unit_id", "str"),
    Column("chance_to_sell", "float"),
    Column("wave", "int"),  # third of the calling order in which it goes, 1 to 3; 0 where it never sold in any run
    Column("expected_position", "float", "buyers"),  # mean calling position of its sale; NaN where it never sold
    Column("likely_buyer_id", "str"),  # "" where it never sold
    Column("likely_buyer_chance", "float"),
), key=("unit_id",))

FORECAST_BUYERS = Schema("forecast_buyers", (  # invited buyers: active, with a pick or a substitute to offer
    Column("buyer_id", "str"),
    Column("grade", "str"),
    Column("chance_to_come", "float"),
    Column("chance_first_choice", "float"),
    Column("chance_pick", "float"),  # any own pick, first choice included
    Column("chance_substitute", "float"),
    Column("chance_nothing", "float"),  # absent, undecided or too late; pick + substitute + nothing = 1
    Column("expected_position", "float", "buyers"),
), key=("buyer_id",))

FORECAST_GRADES = Schema("forecast_grades", (
    Column("grade", "str"),
    Column("buyers", "int"),
    Column("orders_p10", "int", "units"),
    Column("orders_p50", "int", "units"),
    Column("orders_p90", "int", "units"),
    Column("orders_days_inside", "float"),
), key=("grade",))

RISKS = Schema("risks", (
    Column("risk_no", "int"),  # largest first
    Column("risk", "str"),  # crowded, unwanted, overpriced, unsteady
    Column("member", "str"),  # layout; "" for the whole launch
    Column("names", "int", "buyers"),  # buyers it counts, see the texts of each risk
    Column("units", "int", "units"),
    Column("at_stake", "float", "units"),  # units the launch may lose by it
), key=("risk_no",))

FORECAST_BASIS = Schema("forecast_basis", (
    Column("item", "str"),  # dotted name of the assumption; order, runs, model, buyers, units
    Column("value", "str"),
    Column("unit", "str"),
), key=("item",))

FORECAST_CHANGE = Schema("forecast_change", (  # this round against the one before, paired runs
    Column("scope", "str"),  # all, layout
    Column("member", "str"),
    Column("round_before", "int"),
    Column("sold_p50_before", "int", "units"),
    Column("sold_p50", "int", "units"),
    Column("change_p10", "int", "units"),
    Column("change_p50", "int", "units"),
    Column("change_p90", "int", "units"),
), key=("scope", "member"))

LEVERS = Schema("levers", (  # filled by `sincerity compare`; differences are paired, run by run, against `current`
    Column("lever", "str"),  # current, order, policy, price, steering, release
    Column("choice", "str"),
    Column("units", "int", "units"),  # on sale
    Column("sold_p10", "int", "units"),
    Column("sold_p50", "int", "units"),
    Column("sold_p90", "int", "units"),
    Column("revenue_p50_yuan", "int", "yuan"),
    Column("sold_change_p10", "int", "units"),
    Column("sold_change_p50", "int", "units"),
    Column("sold_change_p90", "int", "units"),
    Column("sold_change_mean", "float", "units"),
    Column("revenue_change_p10_yuan", "int", "yuan"),
    Column("revenue_change_p50_yuan", "int", "yuan"),
    Column("revenue_change_p90_yuan", "int", "yuan"),
), key=("lever", "choice"))

BALLOT = Schema("ballot", (  # filled by `sincerity ballot`
    Column("position", "int"),  # 1 = called first
    Column("buyer_id", "str"),
    Column("drawn_from", "str"),  # launch_id|digits|buyer_id
    Column("number", "str"),  # its SHA-256; the smallest is called first
), key=("buyer_id",))

FORECAST_REVIEW = Schema("forecast_review", (  # filled by `sincerity close`
    Column("scope", "str"),  # all, layout, building, grade
    Column("member", "str"),
    Column("forecast_p10", "int", "units"),
    Column("forecast_p50", "int", "units"),
    Column("forecast_p90", "int", "units"),
    Column("forecast_days_inside", "float"),  # share of the forecast days from P10 to P90
    Column("actual", "int", "units"),
    Column("inside", "bool"),  # P10 ≤ actual ≤ P90
    Column("error", "float"),  # P50 ÷ actual − 1; NaN where nothing was sold
), key=("scope", "member"))

UNIT_REVIEW = Schema("unit_review", (  # filled by `sincerity close`
    Column("unit_id", "str"),
    Column("chance_to_sell", "float"),
    Column("wave", "int"),
    Column("likely_buyer_id", "str"),
    Column("sold", "bool"),
    Column("buyer_id", "str"),
    Column("buyer_grade", "str"),
    Column("claims", "int", "buyers"),  # outcomes that name the unit as bought
    Column("as_expected", "bool"),  # sold exactly when its chance was even or better
    Column("buyer_as_expected", "bool"),
), key=("unit_id",))

FORECAST_KPIS = Schema("forecast_kpis", (  # filled by `sincerity close`; the rates of the forecast itself
    Column("kpi", "str"),  # forecast_error: (P50 − actual) ÷ actual in total; forecast_inside: cuts inside ÷ all cuts
    Column("numerator", "int"),
    Column("denominator", "int"),
), key=("kpi",))

FORECAST_TABLES = (
    FORECAST_TOTALS, ABSORPTION_CURVE, FORECAST_UNITS, FORECAST_BUYERS, FORECAST_GRADES, RISKS, FORECAST_BASIS,
    FORECAST_CHANGE, LEVERS, BALLOT, FORECAST_REVIEW, UNIT_REVIEW,
    FORECAST_KPIS,
)
