from dataclasses import fields
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

from sincerity import domain
from sincerity.allocation import steering_rules as rules_module
from sincerity.allocation.steer import _affording, substitutes
from sincerity.allocation.steering_rules import SteeringRules, steering_rules


def units(rows: list[tuple]) -> pd.DataFrame:
    """Rows (unit, building, floor, layout, area, total yuan, status)."""
    frame = pd.DataFrame(rows, columns=["unit_id", "building", "floor", "layout", "area_m2", "total_yuan", "status"])
    missing = {c.name: "" if c.kind == "str" else 0 for c in domain.QUOTED_UNITS.columns if c.name not in frame}
    return domain.QUOTED_UNITS.frame(frame.assign(**missing))


def steer(unit_rows, picks, budgets=None, allocation=(), forbidden=(), states=None) -> pd.DataFrame:
    """Substitutes for buyers p, q, r … in this priority; ``picks``: (buyer, unit, rank, ceiling)."""
    frame = units(unit_rows)
    total = dict(zip(frame["unit_id"], frame["total_yuan"], strict=True))
    names = sorted({buyer for buyer, *_ in picks})
    demand = pd.DataFrame(picks, columns=["buyer_id", "unit_id", "choice_rank", "ceiling_yuan"])
    demand = demand.astype({"ceiling_yuan": float})
    demand["total_yuan"] = demand["unit_id"].map(total)
    scores = pd.DataFrame({"buyer_id": names, "priority_rank": range(1, len(names) + 1)})
    buyers = pd.DataFrame({
        "buyer_id": names, "budget_yuan": [(budgets or {}).get(name, np.nan) for name in names],
        "state": [(states or {}).get(name, "active") for name in names],
    })
    granted = pd.DataFrame(list(allocation), columns=["buyer_id", "unit_id"]).astype("str")
    decisions = pd.DataFrame(
        [(buyer, unit, "forbid") for buyer, unit in forbidden], columns=["buyer_id", "unit_id", "decision"]
    ).astype("str")
    return substitutes(demand, granted, scores, buyers, frame, decisions)


LOST = ("lost", "1", 10, "2BR", 90.0, 2_000_000, "held")
HIGH = 9_000_000.0


def options(found: pd.DataFrame, buyer: str) -> list[str]:
    return found.loc[found["buyer_id"] == buyer, "unit_id"].tolist()


def test_same_layout_comes_first_then_the_smallest_difference():
    found = steer(
        [LOST, ("other-layout", "1", 10, "3BR", 90.0, 2_000_000, "available"),
         ("far-floor", "1", 20, "2BR", 90.0, 2_000_000, "available"),
         ("next-floor", "1", 11, "2BR", 90.0, 2_000_000, "available")],
        [("p", "lost", 1, HIGH)],
    )
    assert options(found, "p") == ["next-floor", "far-floor", "other-layout"]


def test_what_the_buyer_gives_up_and_the_gaps_are_named():
    found = steer(
        [LOST, ("sub", "2", 6, "3BR", 80.5, 1_900_000, "available")], [("p", "lost", 1, HIGH)]
    ).iloc[0]
    assert (found["from_unit_id"], found["unit_id"], found["option_no"]) == ("lost", "sub", 1)
    assert (found["area_gap_m2"], found["floor_gap"], found["price_gap_yuan"]) == (-9.5, -4, -100_000)
    assert found["gives_up"] == "layout area floor building"


def test_two_buyers_are_never_sent_to_the_same_unit_first():
    found = steer(
        [LOST, ("near", "1", 11, "2BR", 90.0, 2_000_000, "available"),
         ("far", "1", 20, "2BR", 90.0, 2_000_000, "available")],
        [("p", "lost", 1, HIGH), ("q", "lost", 1, HIGH)],
    )
    first = found[found["option_no"] == 1].set_index("buyer_id")["unit_id"]
    assert first.to_dict() == {"p": "near", "q": "far"}
    assert options(found, "q") == ["far", "near"]


def test_the_more_sincere_come_first_when_units_run_out_and_the_rest_share():
    found = steer(
        [LOST, ("only", "1", 11, "2BR", 90.0, 2_000_000, "available")],
        [(buyer, "lost", 1, HIGH) for buyer in "pqrstu"],
    )
    assert list(zip(found["buyer_id"], found["option_no"], strict=True)) == [
        ("p", 1), ("q", 2), ("r", 2), ("s", 2), ("t", 2)
    ]


def test_serving_one_more_buyer_beats_the_nearest_unit():
    found = steer(
        [LOST, ("cheap", "1", 11, "2BR", 90.0, 1_500_000, "available"),
         ("dear", "1", 20, "2BR", 90.0, 2_500_000, "available")],
        [("p", "lost", 1, HIGH), ("q", "lost", 1, 1_600_000.0)],
    )
    first = found[found["option_no"] == 1].set_index("buyer_id")["unit_id"]
    assert first.to_dict() == {"p": "dear", "q": "cheap"}


@pytest.mark.parametrize(("ceiling", "budget", "offered"), [
    (2_100_000.0, None, True), (2_099_999.0, None, False),
    (np.nan, 2_100_000.0, True), (np.nan, 2_099_999.0, False), (2_100_000.0, 1_000_000.0, True),
    (np.nan, None, True),
])
def test_a_substitute_stays_within_ceiling_else_budget_else_five_percent(ceiling, budget, offered):
    found = steer(
        [LOST, ("sub", "1", 11, "2BR", 90.0, 2_100_000, "available")], [("p", "lost", 1, ceiling)],
        budgets={"p": budget} if budget else None,
    )
    assert len(found) == int(offered)


def test_the_highest_stated_ceiling_counts_and_the_best_lost_pick_is_compared():
    found = steer(
        [LOST, ("second", "1", 3, "2BR", 90.0, 1_000_000, "sold"),
         ("sub", "1", 11, "2BR", 90.0, 2_400_000, "available")],
        [("p", "second", 2, 2_400_000.0), ("p", "lost", 1, 1_000_000.0)],
    )
    assert found[["from_unit_id", "unit_id"]].to_numpy().tolist() == [["lost", "sub"]]


def test_own_picks_forbidden_units_and_units_that_are_gone_are_not_offered():
    rows = [LOST, *[(name, "1", 11, "2BR", 90.0, 2_000_000, "available") for name in ("own", "ruled-out", "placed")],
            ("sold", "1", 11, "2BR", 90.0, 2_000_000, "sold")]
    found = steer(
        rows, [("p", "lost", 1, HIGH), ("p", "own", 2, 1.0), ("q", "placed", 1, HIGH)],
        allocation=[("q", "placed")], forbidden=[("p", "ruled-out")],
    )
    assert found.empty


def test_a_buyer_blocked_from_the_last_unit_leaves_it_to_the_next():
    found = steer(
        [LOST, ("last", "1", 11, "2BR", 90.0, 2_000_000, "available")],
        [("p", "lost", 1, HIGH), ("q", "lost", 1, HIGH)], forbidden=[("p", "last")],
    )
    assert found[["buyer_id", "option_no"]].to_numpy().tolist() == [["q", 1]]


def test_buyers_who_gave_up_are_left_in_peace():
    found = steer(
        [LOST, ("sub", "1", 11, "2BR", 90.0, 2_000_000, "available")], [("p", "lost", 1, HIGH)],
        states={"p": "gave_up"},
    )
    assert found.empty


@pytest.mark.parametrize("seed", range(60))
def test_buyers_served_are_the_most_sincere_that_can_be_served_together(seed):
    rng = np.random.default_rng(seed)
    ceilings, totals = rng.integers(0, 6, 5).astype(float), rng.integers(1, 6, rng.integers(1, 5))

    def together(group) -> bool:
        return any(
            all(ceilings[b] >= totals[u] for b, u in zip(group, order, strict=False))
            for order in permutations(range(len(totals)), len(group))
        )

    feasible = [g for k in range(min(5, len(totals)) + 1) for g in combinations(range(5), k) if together(g)]
    best = max(feasible, key=lambda group: [buyer in group for buyer in range(5)])
    assert tuple(_affording(ceilings, totals)) == best
    assert len(best) == max(map(len, feasible))


@pytest.mark.parametrize("seed", range(10))
def test_distances_of_exclusive_options_add_up_to_the_least(seed):
    rng = np.random.default_rng(seed)
    floors = rng.permutation(np.arange(1, 30))
    lost = [(f"l{i}", "1", int(floors[i]), "2BR", 90.0, 2_000_000, "held") for i in range(4)]
    free = [(f"f{i}", "1", int(floors[10 + i]), "2BR", 90.0, 2_000_000, "available") for i in range(4)]
    found = steer(lost + free, [(f"b{i}", f"l{i}", 1, HIGH) for i in range(4)])
    reached = found.loc[found["option_no"] == 1, "floor_gap"].abs().sum()
    least = min(
        sum(abs(lost[i][2] - free[unit][2]) for i, unit in enumerate(order)) for order in permutations(range(4))
    )
    assert reached == least


def test_row_order_changes_nothing():
    rows = [LOST, *[(f"u{i}", "1", i, "2BR", 80.0 + i, 2_000_000, "available") for i in range(5)]]
    picks = [(buyer, "lost", 1, HIGH) for buyer in "pqrs"]
    pd.testing.assert_frame_equal(steer(rows, picks), steer(rows[::-1], picks[::-1]))


def test_shipped_rules_put_the_layout_first_and_unknown_keys_are_refused(tmp_path, monkeypatch):
    assert steering_rules().distance_layout > 0
    text = (rules_module.config_dir() / "steering.toml").read_text(encoding="utf-8")
    monkeypatch.setattr(rules_module, "config_dir", lambda: tmp_path)
    for changed, word in ((text.replace("value = 1000", "value = 10"), "must exceed"),
                          (text.replace("[cap.area]", "[cap.aera]"), "cap_aera")):
        (tmp_path / "steering.toml").write_text(changed, encoding="utf-8")
        with pytest.raises(ValueError, match=word):
            steering_rules.__wrapped__()
    assert len(fields(SteeringRules)) == text.count("value =")
