"""Where a unit stands on the facade: natural order, stacks, gaps, and no unit ever lost."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sincerity.reports.facade import facade, natural_key


def units(*rows: tuple[str, str, str, int, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_id", "building", "section", "floor", "room"])


def test_buildings_stand_in_natural_order() -> None:
    names = ["10", "A座", "2", "1", "1#", "2栋", "12", "B座"]
    found = [b.name for b in facade(units(*((f"u{i}", name, "1", 1, "01") for i, name in enumerate(names))))]
    assert found == ["1", "1#", "2", "2栋", "10", "12", "A座", "B座"]


def test_sections_left_to_right_floors_top_down_rooms_as_stacks() -> None:
    rows = [(f"1-{s}-{f}-{r}", "1", s, f, r) for s in ("2", "1", "10") for f in (1, 3, 2) for r in ("02", "01")]
    (building,) = facade(units(*rows))
    assert [s.name for s in building.sections] == ["1", "2", "10"]
    assert building.sections[1].floors == (3, 2, 1)
    assert building.sections[1].rooms == ("01", "02")
    assert building.sections[1].unit_ids[0] == ("1-2-3-01", "1-2-3-02")


def test_a_missing_unit_leaves_its_place_empty_and_floors_run_across_sections() -> None:
    (building,) = facade(units(
        ("a", "1", "1", 1, "01"), ("b", "1", "1", 1, "03"), ("c", "1", "1", 2, "02"), ("d", "1", "2", 5, "01"),
    ))
    left, right = building.sections
    assert left.floors == right.floors == (5, 2, 1)
    assert left.unit_ids == ((None, None, None), (None, "c", None), ("a", None, "b"))
    assert right.unit_ids == (("d",), (None,), (None,))


@pytest.mark.parametrize(("room", "unit_id", "floor", "label"), [
    ("1203", "x", 12, "03"),  # the floor stands inside the room number
    ("0305", "x", 3, "05"),
    ("03", "x", 12, "03"),
    ("11", "x", 1, "11"),  # floor and one digit: could be room 11, taken as it stands
    ("", "1-2-1203", 12, "03"),
    ("", "3#1203", 12, "03"),
    ("", "2-B102", -1, "02"),
    ("", "1-111203", 12, ""),  # 111203 does not begin with the floor
    ("", "villa-7", 1, ""),
])
def test_the_stack_is_read_from_room_or_unit_id(room: str, unit_id: str, floor: int, label: str) -> None:
    (building,) = facade(units((unit_id, "1", "", floor, room)))
    assert building.sections[0].rooms == (label,)


def test_units_without_a_room_stand_in_the_order_of_their_ids_on_the_floor() -> None:
    (building,) = facade(units(("v10", "1", "", 1, ""), ("v2", "1", "", 1, ""), ("v1", "1", "", 2, "")))
    assert building.sections[0].unit_ids == (("v1", None), ("v2", "v10"))


def test_two_units_in_one_place_both_keep_a_column() -> None:
    (building,) = facade(units(
        ("b", "1", "1", 1, "01"), ("a", "1", "1", 1, "01"), ("c", "1", "1", 1, "02"), ("d", "1", "1", 2, "01"),
    ))
    section = building.sections[0]
    assert section.rooms == ("01", "01", "02")
    assert section.unit_ids == (("d", None, None), ("a", "b", "c"))


def test_floors_below_ground_stand_below() -> None:
    (building,) = facade(units(("a", "1", "", -1, "01"), ("b", "1", "", 1, "01"), ("c", "1", "", -2, "01")))
    assert building.sections[0].floors == (1, -1, -2)


def test_no_units_no_buildings() -> None:
    assert facade(units()) == ()


places = st.tuples(
    st.sampled_from(["1", "2", "10", "A座", "1#"]), st.sampled_from(["", "1", "2"]),
    st.integers(-2, 40), st.sampled_from(["", "01", "02", "1203", "左"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(places, max_size=30), st.randoms(use_true_random=False))
def test_every_unit_stands_once_whatever_the_row_order(rows, random) -> None:
    named = [(f"u-{i}", *row) for i, row in enumerate(rows)]
    shuffled = random.sample(named, len(named))
    buildings = facade(units(*shuffled))
    assert buildings == facade(units(*named))
    shown = [u for b in buildings for s in b.sections for floor in s.unit_ids for u in floor if u is not None]
    assert sorted(shown) == sorted(row[0] for row in named)


@settings(deadline=None)
@given(st.lists(st.text(max_size=6), max_size=8))
def test_natural_keys_compare_and_keep_texts_apart(texts: list[str]) -> None:
    assert sorted({natural_key(t) for t in texts}) == sorted(natural_key(t) for t in set(texts))
