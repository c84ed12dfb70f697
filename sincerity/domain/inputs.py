"""The tables a launch hands in. Each carries ``source_row``, the row number Excel shows, to name the row later."""

from __future__ import annotations

from sincerity.schema import Column, Schema

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
