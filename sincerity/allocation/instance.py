"""The allocation problem as arrays: who may get which unit, in which order, under which bounds.

Sets (indices are positions in the arrays)
    b ∈ B   buyers with at least one pick, in priority order (0 = most sincere)
    u ∈ U   available units, in the order of their stable keys
    e ∈ E   eligible picks, sorted by (buyer, choice rank, unit)
    l ∈ L   layouts

The order of B, U and E depends only on what the launch says, never on the order of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Instance:
    """One allocation problem. All arrays are read-only by convention."""

    buyer_ids: npt.NDArray[np.object_]  # (B,)
    unit_ids: npt.NDArray[np.object_]  # (U,)
    layouts: tuple[str, ...]  # (L,)
    grade: Ints  # (B,) 0 = A … 4 = U
    score: Ints  # (B,) points
    priority_rank: Ints  # (B,) ascending, 1 = most sincere of the launch
    quota: Ints  # (B,) units the buyer may get
    unit_layout: Ints  # (U,) index into layouts
    step_total_yuan: Ints  # (U, S) total price at each price step, ascending; S = 1 while prices are given
    pick_buyer: Ints  # (E,)
    pick_unit: Ints  # (E,)
    pick_rank: Ints  # (E,) choice rank, 1 = first
    pick_top_step: Ints  # (E,) highest price step the buyer accepts, 0 … S−1
    pick_kept: npt.NDArray[np.bool_]  # (E,) a decision keeps the unit for the buyer
    pick_tie: Ints  # (E,) tie number of the pair, 0 ≤ t < 2**20, from the keyed hash; lower wins
    layout_min: Ints  # (L,) 0 where no minimum
    layout_max: Ints  # (L,) number of units where no maximum
    all_min: int  # minimum over all layouts together
    all_max: int  # maximum over all layouts together
    previous_pick: npt.NDArray[np.bool_]  # (E,) True where the previous plan granted this pick
    had_previous: bool  # False: no previous plan, the moves goal is empty

    @property
    def has_layout_bounds(self) -> bool:
        """True when a layout minimum or maximum can bind."""
        return bool(
            self.layout_min.any()
            or self.all_min
            or (self.layout_max < np.bincount(self.unit_layout, minlength=len(self.layouts))).any()
            or self.all_max < len(self.unit_ids)
        )


@dataclass(frozen=True)
class GoalResult:
    """What one goal reached: ``value`` of the plan, proven ``bound``, and how sure it is."""

    goal: str
    sense: str
    grades: tuple[str, ...]
    choices: tuple[int, ...]
    value: int
    bound: float
    status: str  # proven, feasible


@dataclass(frozen=True)
class Plan:
    """The answer: granted picks as ascending indices into the instance's picks, and what is known of it."""

    policy: str
    picks: Ints
    goals: tuple[GoalResult, ...]
    status: str  # proven, feasible
    path: str  # levelled, lp_sequence, reference, serial
    certificate: object | None = None  # checked by allocation.certificate; None where the path gives none
