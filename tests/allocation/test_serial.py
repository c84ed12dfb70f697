"""Strict order: nobody is overtaken, and what is true of such an order."""

from dataclasses import replace

import numpy as np
import pytest

from sincerity.allocation.serial import serial_picks
from tests.allocation.random_instances import herding_instance


def rank_got(instance, picks):
    """Buyer → choice rank, 99 for nothing."""
    got = np.full(len(instance.buyer_ids), 99)
    got[instance.pick_buyer[picks]] = instance.pick_rank[picks]
    return got


def without_picks(instance, gone):
    names = ("pick_buyer", "pick_unit", "pick_rank", "pick_top_step", "pick_kept", "pick_tie", "previous_pick")
    return replace(instance, **{name: getattr(instance, name)[~gone] for name in names})


@pytest.mark.parametrize("seed", range(10))
def test_nobody_prefers_a_unit_that_went_to_someone_behind_or_to_nobody(seed):
    instance = herding_instance(120, 50, seed)
    picks = serial_picks(instance)
    got = rank_got(instance, picks)
    holder = np.full(50, 10**6)
    holder[instance.pick_unit[picks]] = instance.pick_buyer[picks]
    better = instance.pick_rank < got[instance.pick_buyer]
    assert (holder[instance.pick_unit[better]] < instance.pick_buyer[better]).all()
    assert better.any()


@pytest.mark.parametrize("seed", range(10))
def test_a_withdrawal_hurts_nobody_and_a_lost_unit_helps_nobody(seed):
    instance = herding_instance(120, 50, seed)
    got = rank_got(instance, serial_picks(instance))
    withdrawn = without_picks(instance, instance.pick_buyer == 3)
    others = np.arange(120) != 3
    assert (rank_got(withdrawn, serial_picks(withdrawn)) <= got)[others].all()
    fewer = without_picks(instance, instance.pick_unit == 1)
    assert (rank_got(fewer, serial_picks(fewer)) >= got).all()


def test_full_layouts_are_passed_over_and_kept_picks_come_first():
    instance = herding_instance(60, 30, 2)
    last_buyers_first = np.flatnonzero((instance.pick_buyer == 59) & (instance.pick_rank == 1))
    kept = np.isin(np.arange(len(instance.pick_buyer)), last_buyers_first)
    bounded = replace(instance, pick_kept=kept, layout_max=np.array([1, 2, 30, 30]), all_max=12)
    picks = serial_picks(bounded)
    placed = np.bincount(bounded.unit_layout[bounded.pick_unit[picks]], minlength=4)
    assert kept[picks].sum() == 1
    assert placed[0] <= 1 and placed[1] <= 2 and len(picks) == 12
