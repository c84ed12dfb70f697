"""Justified envy: pairs of buyers (i, j) where i prefers j's unit to what i got, accepts its price, and ranks before j.

A pair owed to a decision (i's or j's unit is kept) is not counted: a person has settled it.
"""

from __future__ import annotations

import numpy as np

from sincerity.allocation.instance import Ints
from sincerity.allocation.standing import Standing


def envied_picks(stand: Standing) -> Ints:
    """Picks whose buyer justly envies the unit's holder, ascending; each is one pair (buyer, holder)."""
    instance, rival = stand.instance, stand.rival
    held = stand.wanted & (rival >= 0) & ~instance.pick_kept[rival]
    return np.flatnonzero(held & (instance.pick_buyer < instance.pick_buyer[rival]))
