"""Targets and decisions that cannot all hold, said as minimal sets with the way out of each.

Members are kept decisions, layout maxima and layout minima. A set is found by deleting halves (QuickXplain, Junker
2004), so that what remains is infeasible together while every member is necessary: without it the others can hold.
Feasible means: some plan keeps C1 and C2 and honours the members, minima included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sincerity.allocation import faces, rules
from sincerity.allocation.goals import shortfall_units
from sincerity.allocation.instance import Instance, Ints
from sincerity.domain import COLLISIONS
from sincerity.problems import Problem
from sincerity.settings import Goal

NO_LIMIT_S = 3_600.0  # each question is one linear programme without whole numbers; none comes near


@dataclass(frozen=True)
class Member:
    """A demand on the plan. ``index``: a layout, the number of layouts for all together, or a pick."""

    kind: str  # layout_min, layout_max, keep
    index: int


def collisions(instance: Instance) -> pd.DataFrame:
    """COLLISIONS: disjoint minimal sets, numbered from 1; empty when everything can hold together.

    ``demanded`` is the bound, ``reachable`` the value nearest to it at which the other members can hold; for a kept
    decision 1 and 0.
    """
    left = _members(instance)
    sets: list[list[Member]] = []
    while not _feasible(instance, left):
        sets.append(_minimal(instance, left))
        left = [member for member in left if member not in sets[-1]]
    return COLLISIONS.frame([
        _row(instance, member, found, set_no) for set_no, found in enumerate(sets, 1) for member in found
    ])


def hard_problems(instance: Instance) -> tuple[Problem, ...]:
    """Errors for kept decisions that break C1, C2 or C4; with any of them there is no plan to solve for."""
    kept = np.flatnonzero(instance.pick_kept)
    return (*_kept_twice(instance, kept), *_kept_over_quota(instance, kept), *_kept_over_maximum(instance, kept))


def _members(instance: Instance) -> list[Member]:
    low, high = _bounds(instance)
    units = np.append(np.bincount(instance.unit_layout, minlength=len(instance.layouts)), len(instance.unit_ids))
    return [
        *(Member("layout_min", layout) for layout in np.flatnonzero(low > 0).tolist()),
        *(Member("layout_max", layout) for layout in np.flatnonzero(high < units).tolist()),
        *(Member("keep", pick) for pick in np.flatnonzero(instance.pick_kept).tolist()),
    ]


def _bounds(instance: Instance) -> tuple[Ints, Ints]:
    return np.append(instance.layout_min, instance.all_min), np.append(instance.layout_max, instance.all_max)


def _minimal(instance: Instance, members: Sequence[Member]) -> list[Member]:
    """An infeasible set of which every proper subset is feasible."""

    def needed(held: list[Member], added: bool, rest: list[Member]) -> list[Member]:
        if added and not _feasible(instance, held):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        second = needed(held + rest[:half], True, rest[half:])
        first = needed(held + second, bool(second), rest[:half])
        return first + second

    return needed([], False, list(members))


def _feasible(instance: Instance, members: Sequence[Member]) -> bool:
    if rules.broken(_demanding(instance, members), _kept(members)):
        return False
    return not any(member.kind == "layout_min" for member in members) or _missing(instance, members) == 0


def _kept(members: Sequence[Member]) -> Ints:
    return np.array(sorted(member.index for member in members if member.kind == "keep"), dtype=np.int64)


def _demanding(instance: Instance, members: Sequence[Member]) -> Instance:
    """The instance with the bounds and keeps of these members only."""
    low, high = _bounds(instance)
    minima = np.isin(np.arange(len(low)), [member.index for member in members if member.kind == "layout_min"])
    maxima = np.isin(np.arange(len(low)), [member.index for member in members if member.kind == "layout_max"])
    low, high = np.where(minima, low, 0), np.where(maxima, high, len(instance.unit_ids))
    kept = np.isin(np.arange(len(instance.pick_kept)), _kept(members))
    return replace(
        instance, pick_kept=kept, layout_min=low[:-1], layout_max=high[:-1],
        all_min=int(low[-1]), all_max=int(high[-1]),
    )


def _missing(instance: Instance, members: Sequence[Member]) -> int:
    """Units that stay below the minima of ``members`` at best."""
    demanding = _demanding(instance, members)
    return shortfall_units(demanding, _fewest_missing(demanding).picks)


def _fewest_missing(demanding: Instance) -> faces.Stage:
    weights = faces.column_weights(Goal("layout_shortfall", "min"), demanding)
    return _solved(faces.whole_face(demanding), weights)


def _solved(face: faces.Face, weights: Ints) -> faces.Stage:
    stage = faces.optimise(face, weights, NO_LIMIT_S)
    if stage is None:
        raise RuntimeError("a linear programme over the targets could not be proven in integers")
    return stage


def _row(instance: Instance, member: Member, found: Sequence[Member], set_no: int) -> dict[str, object]:
    others = [other for other in found if other != member]
    low, high = _bounds(instance)
    layouts = (*instance.layouts, "")
    keep = member.kind == "keep"
    return {
        "set_no": set_no,
        "member": member.kind,
        "layout": "" if keep else layouts[member.index],
        "buyer_id": instance.buyer_ids[instance.pick_buyer[member.index]] if keep else "",
        "unit_id": instance.unit_ids[instance.pick_unit[member.index]] if keep else "",
        "demanded": 1 if keep else int((low if member.kind == "layout_min" else high)[member.index]),
        "reachable": 0 if keep else _reachable(_demanding(instance, others), member),
    }


def _reachable(others: Instance, member: Member) -> int:
    """The most units of a layout with a minimum, or the fewest of one with a maximum, while the others hold."""
    group = rules.layout_groups(others)[member.index]
    weights = np.zeros(len(others.pick_buyer) + len(others.layouts) + 1, dtype=np.int64)
    weights[group.picks] = 1 if member.kind == "layout_min" else -1
    picks = _solved(_fewest_missing(others).face, weights).picks
    return int(np.isin(picks, group.picks).sum())


def _kept_twice(instance: Instance, kept: Ints) -> list[Problem]:
    units = instance.pick_unit[kept]
    return [
        _error("kept_for_several", unit=instance.unit_ids[unit], buyers=_names(instance, kept[units == unit], "buyer"))
        for unit in np.flatnonzero(np.bincount(units, minlength=len(instance.unit_ids)) > 1).tolist()
    ]


def _kept_over_quota(instance: Instance, kept: Ints) -> list[Problem]:
    buyers = instance.pick_buyer[kept]
    per_buyer = np.bincount(buyers, minlength=len(instance.buyer_ids))
    return [
        _error(
            "kept_over_quota", buyer=instance.buyer_ids[buyer], quota=int(instance.quota[buyer]),
            units=_names(instance, kept[buyers == buyer], "unit"),
        )
        for buyer in np.flatnonzero(per_buyer > instance.quota).tolist()
    ]


def _kept_over_maximum(instance: Instance, kept: Ints) -> list[Problem]:
    found = []
    for group in rules.layout_groups(instance):
        inside = kept[np.isin(kept, group.picks)]
        if len(inside) > group.high:
            code = "kept_over_all_maximum" if group.layout < 0 else "kept_over_maximum"
            layout = "" if group.layout < 0 else instance.layouts[group.layout]
            units = _names(instance, inside, "unit")
            found.append(_error(code, layout=layout, maximum=group.high, count=len(inside), units=units))
    return found


def _names(instance: Instance, picks: Ints, side: str) -> str:
    ids = instance.buyer_ids[instance.pick_buyer[picks]] if side == "buyer" else instance.unit_ids[
        instance.pick_unit[picks]
    ]
    return ", ".join(map(str, ids))


def _error(code: str, **parts: object) -> Problem:
    return Problem("error", code, parts=parts)
