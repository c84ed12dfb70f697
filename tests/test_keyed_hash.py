from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pytest

from sincerity.keyed_hash import household_number, pair_number, unit_keys
from tests.cases import five_by_four


def test_household_number_is_blake2b_keyed_with_the_seed():
    key = blake2b(b"5x4").digest()
    expected = int.from_bytes(blake2b(b"phone:1", key=key, digest_size=8, person=b"household").digest(), "big")
    numbers = household_number("5x4", ["phone:1"])
    assert numbers.dtype == np.uint64 and int(numbers[0]) == expected


def test_numbers_belong_to_keys_not_to_positions():
    forward, backward = household_number("s", ["a", "b", "c"]), household_number("s", ["c", "b", "a"])
    assert forward.tolist() == backward[::-1].tolist()


def test_another_seed_another_order():
    keys = [str(n) for n in range(50)]
    assert np.argsort(household_number("one", keys)).tolist() != np.argsort(household_number("two", keys)).tolist()


def test_pair_number_keeps_its_parts_apart():
    assert pair_number("s", ["ab"], ["c"])[0] != pair_number("s", ["a"], ["bc"])[0]
    assert pair_number("s", ["a"], ["b"])[0] != household_number("s", ["a\x1eb"])[0]


def test_pair_number_refuses_sequences_of_different_length():
    with pytest.raises(ValueError, match="shorter"):
        pair_number("s", ["a", "b"], ["c"])


def test_long_seeds_and_empty_input_are_fine():
    assert len(household_number("x" * 1000, [])) == 0
    assert household_number("x" * 1000, ["a"])[0] != household_number("x" * 999, ["a"])[0]


def test_unit_keys_survive_renamed_ids_where_the_room_is_given():
    units = five_by_four().units
    renamed = units.assign(unit_id=["w", "x", "y", "z"])
    assert unit_keys(units).tolist() == unit_keys(renamed).tolist()
    roomless = renamed.assign(room="")
    assert unit_keys(roomless).tolist() == ["w", "x", "y", "z"]


def test_unit_keys_do_not_confuse_neighbouring_parts():
    units = five_by_four().units.iloc[:2].assign(building=["1", "11"], section=["11", "1"], floor=1, room="1")
    assert unit_keys(units).nunique() == 2
