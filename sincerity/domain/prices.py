"""What a round publishes about prices: what buyers accept, how the base table stands, and the price plan."""

from __future__ import annotations

from sincerity.schema import Column, Schema

PRICE_ACCEPTANCE = Schema("price_acceptance", (  # share of buyers who still accept, at each price
    Column("scope", "str"),  # all, layout, building, floor_band, orientation
    Column("name", "str"),
    Column("price_share", "float"),  # price relative to the base price, 0.03 = 3 % above
    Column("buyers", "int", "buyers"),  # active buyers with a stated ceiling for a unit of the group
    Column("accepting", "int", "buyers"),
    Column("low", "float"),  # range of the true share
    Column("high", "float"),
    Column("lost", "int", "buyers"),  # accepted the price shown before, not this one
), key=("scope", "name", "price_share"))

BASE_CHECK = Schema("base_check", (
    Column("scope", "str"),  # as in PRICE_ACCEPTANCE, or unit where enough buyers speak of one
    Column("name", "str"),
    Column("units", "int", "units"),
    Column("buyers", "int", "buyers"),
    Column("by_pick", "int", "buyers"),  # of these, heard by the ceiling named with a pick
    Column("by_level", "int", "buyers"),  # by the price level accepted
    Column("by_answer", "int", "buyers"),  # by answers of the questionnaire
    Column("by_budget", "int", "buyers"),  # by the registered budget alone
    Column("accepting", "int", "buyers"),  # at the base price
    Column("low", "float"),
    Column("high", "float"),
    Column("launch_share", "float"),  # of all buyers at base prices
    Column("verdict", "str"),  # too_dear, too_cheap, in_line, few_answers
    Column("correction", "float"),  # share of the base price; 0 where none is suggested
), key=("scope", "name"))

PRICE_BAND = Schema("price_band", (  # chart 2.0: who accepts a unit at the band's edges and in its middle
    Column("unit_id", "str"),
    Column("named_by", "int", "buyers"),  # active buyers who name the unit
    Column("unstated", "int", "buyers"),  # of these, without any stated ceiling
    Column("accept_low", "int", "buyers"),
    Column("accept_base", "int", "buyers"),
    Column("accept_high", "int", "buyers"),
    Column("edge", "str"),  # upper: everybody accepts the upper edge; lower: nobody the lower; "" between
), key=("unit_id",))

PRICE_LOST = Schema("price_lost", (  # buyers who do not follow a unit to the upper edge of its band
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("grade", "str"),
    Column("lost_at", "str"),  # low, base, high: the first of the three prices above the ceiling
    Column("ceiling_yuan", "float", "yuan"),
), key=("buyer_id", "unit_id"))

PRICES = Schema("prices", (  # the final price table: one row per unit that is priced
    Column("unit_id", "str"),
    Column("area_m2", "float", "m²"),
    Column("base_price_yuan_per_m2", "float", "yuan/m²"),
    Column("base_total_yuan", "int", "yuan"),
    Column("step", "int"),  # 1 = lowest; 0 where the price is given and no plan chose it
    Column("change", "float"),  # price relative to the base price
    Column("price_yuan_per_m2", "float", "yuan/m²"),
    Column("total_yuan", "int", "yuan"),
    Column("band_low", "float"),
    Column("band_high", "float"),
    Column("locked", "bool"),
    Column("buyer_id", "str"),  # whom the plan places here, "" for nobody
    Column("willing", "int", "buyers"),  # accept this price
    Column("willing_buyers", "str"),  # their ids
    Column("lost_at_next", "int", "buyers"),  # of these, would not accept the next step
    Column("lost_buyers", "str"),  # their ids
    Column("reason", "str"),  # why it stands there; see pricing.table
), key=("unit_id",))

PRICE_PLACEMENTS = Schema("price_placements", (
    Column("buyer_id", "str"),
    Column("unit_id", "str"),
    Column("choice_rank", "int"),
    Column("grade", "str"),
    Column("ceiling_yuan", "float", "yuan"),
    Column("total_yuan", "int", "yuan"),
    Column("kept", "bool"),
), key=("buyer_id", "unit_id"))

PRICE_GOALS = Schema("price_goals", (
    Column("goal_no", "int"),
    Column("goal", "str"),  # layout_shortfall, placed, revenue, deviation
    Column("grades", "str"),
    Column("sense", "str"),
    Column("value", "int"),
    Column("bound", "float"),
    Column("status", "str"),  # proven, feasible
), key=("goal_no",))

PRICE_VARIANTS = Schema("price_variants", (  # what-if: ways to price, and the trade of revenue against buyers
    Column("variant", "str"),  # base_table, priced_later, joint, frontier_1 … from most buyers to most revenue
    Column("placed", "int", "buyers"),
    Column("placed_a", "int", "buyers"),
    Column("placed_b", "int", "buyers"),
    Column("revenue_yuan", "int", "yuan"),  # list value of the placed units
    Column("list_value_yuan", "int", "yuan"),  # of all units that are priced
    Column("average_yuan_per_m2", "float", "yuan/m²"),
    Column("moved_units", "int", "units"),  # whose total differs from the base total
    Column("keeps_rules", "bool"),  # average and stack order
    Column("status", "str"),
), key=("variant",))

PRICE_TABLES = (
    PRICE_ACCEPTANCE, BASE_CHECK, PRICE_BAND, PRICE_LOST, PRICES, PRICE_PLACEMENTS, PRICE_GOALS, PRICE_VARIANTS,
)
