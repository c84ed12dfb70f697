"""Which leading goals of a list form levels, and the duals of levels as a certificate writes them."""

from __future__ import annotations

import numpy as np

from sincerity.allocation.certificate import GoalDuals
from sincerity.allocation.goals import counted
from sincerity.allocation.instance import Instance
from sincerity.allocation.levelled import SCALE, Climb
from sincerity.settings import Goal


def leading_levels(goals: tuple[Goal, ...], instance: Instance) -> list[np.ndarray]:
    """The picks of each leading ``placed`` goal, as long as no pick is counted twice."""
    levels: list[np.ndarray] = []
    taken = np.zeros(len(instance.pick_buyer), dtype=np.bool_)
    for goal in goals:
        if (goal.goal, goal.sense) != ("placed", "max"):
            break
        level = counted(goal, instance)
        if (level & taken).any():
            break
        taken |= level
        levels.append(level)
    return levels


def level_duals(climb: Climb, instance: Instance) -> list[GoalDuals]:
    """The climb's duals, level by level; layouts play no part."""
    none = np.zeros(len(instance.layouts) + 1, dtype=np.int64)
    return [
        GoalDuals(SCALE, buyers, units, none, none)
        for buyers, units in zip(climb.buyer_duals, climb.unit_duals, strict=True)
    ]
