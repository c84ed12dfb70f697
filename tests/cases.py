"""The case everybody knows by heart: five buyers, four units, prices that matter.

Anna (A) and Bo (B) both name 1-101 first; Bo's alternate is 1-102. Cai (C) names 1-101, then 1-201.
Dan (D) names 1-201 only, with a ceiling below its price. Eve registered yesterday (U) and names 1-202.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pandas as pd

from sincerity import domain
from sincerity.domain import Launch
from sincerity.intake.launch_file import default_settings
from sincerity.settings import RoundPlan, Settings

CUTOFF = datetime(2026, 11, 20, 18, 0)


def settings(**overrides) -> Settings:
    return replace(
        default_settings(),
        name="Five by four",
        launch_id="5x4",
        seed="5x4",
        show_flat_open=datetime(2026, 10, 1).date(),
        launch_day=datetime(2026, 11, 28).date(),
        rounds=(RoundPlan(3, CUTOFF),),
        **overrides,
    )


def table(schema: domain.Schema, records: list[dict]) -> pd.DataFrame:
    """Records with defaults filled in, typed by the schema, source rows counted from 2."""
    blank = {"str": "", "int": 0, "float": float("nan"), "bool": False, "date": pd.NaT, "datetime": pd.NaT}
    rows = [
        {c.name: c.default if c.default is not None else blank[c.kind] for c in schema.columns}
        | {"source_row": row}
        | record
        for row, record in enumerate(records, 2)
    ]
    return schema.frame(rows) if rows else schema.empty()


def five_by_four(**setting_overrides) -> Launch:
    units = table(domain.UNITS, [
        {"unit_id": f"1-{floor}0{room}", "building": "1", "section": "1", "floor": floor, "room": f"0{room}",
         "layout": "2BR" if room == 1 else "3BR", "area_m2": 80.0 + 20 * room, "base_price_yuan_per_m2": 20_000.0}
        for floor in (1, 2) for room in (1, 2)
    ])
    registered = datetime(2026, 10, 10)
    buyers = table(domain.BUYERS, [
        {"buyer_id": "anna", "phone": "13800000001", "consultant": "Wu", "registered_on": registered,
         "commitment": "frozen", "subscribed_on": datetime(2026, 11, 1)},
        {"buyer_id": "bo", "phone": "13800000002", "consultant": "Wu", "registered_on": registered,
         "commitment": "refundable", "subscribed_on": datetime(2026, 11, 2)},
        {"buyer_id": "cai", "phone": "13800000003", "consultant": "Xu", "registered_on": registered,
         "commitment": "card"},
        {"buyer_id": "dan", "phone": "13800000004", "consultant": "Xu", "registered_on": registered},
        {"buyer_id": "eve", "phone": "13800000005", "consultant": "Xu", "registered_on": datetime(2026, 11, 19)},
    ])
    acts = {
        "anna": [("visit", 1, "decider"), ("visit", 8, "alone"), ("visit", 18, "family"), ("showflat_view", 8, ""),
                 ("showflat_view", 18, ""), ("inbound_call", 3, ""), ("inbound_call", 10, ""), ("event", 15, "")],
        "bo": [("visit", 5, "alone"), ("visit", 17, "alone"), ("showflat_view", 5, ""), ("inbound_call", 16, "")],
        "cai": [("visit", 6, "alone"), ("showflat_view", 6, "")],
        "dan": [("inbound_call", 2, ""), ("outbound_call", 12, "")],
        "eve": [],
    }
    touchpoints = table(domain.TOUCHPOINTS, [
        {"buyer_id": buyer, "kind": kind, "at": datetime(2026, 11, day, 10, 0), "party": party}
        for buyer, rows in acts.items() for kind, day, party in rows
    ])
    picks = table(domain.PICKS, [
        {"round": 3, "buyer_id": buyer, "choice_rank": rank, "unit_id": unit, "max_total_yuan": ceiling,
         "recorded_at": datetime(2026, 11, 19)}
        for buyer, rank, unit, ceiling in [
            ("anna", 1, "1-101", 2_100_000.0), ("bo", 1, "1-101", 2_000_000.0), ("bo", 2, "1-102", 2_400_000.0),
            ("cai", 1, "1-101", 2_050_000.0), ("cai", 2, "1-201", 2_050_000.0), ("dan", 1, "1-201", 1_800_000.0),
            ("eve", 1, "1-202", float("nan")),
        ]
    ])
    return Launch(
        settings=settings(**setting_overrides), units=units, buyers=buyers, touchpoints=touchpoints, picks=picks,
        answers=domain.ANSWERS.empty(), targets=domain.TARGETS.empty(), decisions=domain.DECISIONS.empty(),
        outcomes=domain.OUTCOMES.empty(),
    )
