"""Crowded launches drawn from a seed: few units everybody wants, a cap on each grade, and nobody overtaken.

Caps and priorities are rows the product does not write itself; they are what makes small programmes hard for a solver.
``extra_rows`` adds them to the product's own programme, so that both the plain solver and the product's search get the
same rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Instance, Ints
from sincerity.pricing.problem import BASIS_POINTS, PriceProblem
from sincerity.pricing.programme import NO_LIMIT, Programme, Rows
from tests.pricing.small import problem

GRADES, BAND_POINTS = 4, 300
AREAS = (89, 110, 130, 143)


@dataclass(frozen=True)
class Crowded:
    """What a launch is drawn from. ``cap`` is a grade's share of the units, 0 for none."""

    seed: int
    buyers: int
    units: int
    steps: int = 7
    picks: int = 5
    floors: int = 5
    tolerance: float = 0.002
    cap: float = 0.1
    order: bool = True
    priority: bool = True

    def problem(self) -> PriceProblem:
        """The launch without caps and priorities."""
        rng = np.random.default_rng(self.seed)
        floor, tower = np.arange(self.units) % self.floors, np.arange(self.units) // self.floors
        towers = int(tower.max()) + 1
        base = (rng.integers(150, 260, towers) * 100)[tower] + floor * 60
        totals = base * rng.choice(AREAS, towers)[tower]
        points = np.linspace(-BAND_POINTS, BAND_POINTS, self.steps).round().astype(np.int64)
        totals = totals[:, None] * (BASIS_POINTS + points) // BASIS_POINTS
        wanted = rng.pareto(1.2, self.units) + 0.1
        chosen = [
            (b, int(u))
            for b in range(self.buyers)
            for u in rng.choice(self.units, rng.integers(1, self.picks + 1), replace=False, p=wanted / wanted.sum())
        ]
        willing = rng.normal(0.005, 0.025, self.buyers)
        tops = [
            int((totals[u] <= totals[u, self.steps // 2] * (1 + willing[b] + rng.normal(0, 0.01))).sum()) - 1
            for b, u in chosen
        ]
        lower = np.flatnonzero((tower[1:] == tower[:-1]) & self.order).tolist()
        value = int(totals[:, self.steps // 2].sum())
        return problem(
            totals, [(b, u, top) for (b, u), top in zip(chosen, tops, strict=True) if top >= 0],
            rng.integers(0, GRADES, self.buyers), stack=[(u, u + 1) for u in lower],
            value=(int(value * (1 - self.tolerance)), int(value * (1 + self.tolerance))),
        )

    @property
    def most_of_a_grade(self) -> int:
        """The cap in units."""
        return max(1, int(self.cap * self.units))

    def extra_rows(self, programme: Programme) -> Rows:
        """The programme's rows, those of the caps and those of the priorities."""
        capped = [_of_grade(programme, grade) for grade in range(GRADES)] if self.cap else []
        first = _not_overtaken(programme) if self.priority else []
        rows = programme.rows
        more = np.array([*capped, *first], dtype=np.int64).reshape(-1, len(programme.low))
        high = [self.most_of_a_grade] * len(capped) + [0] * len(first)
        return Rows(
            sp.csr_array(sp.vstack([rows.matrix, sp.csr_array(more)], format="csr")),
            np.append(rows.low, np.full(len(more), -NO_LIMIT)), np.append(rows.high, np.array(high, dtype=np.int64)),
        )


def turns(instance: Instance) -> Ints:
    """(E,) when the buyer of each pick comes: by grade, then by rank."""
    return np.lexsort((instance.priority_rank, instance.grade)).argsort()[instance.pick_buyer]


def _of_grade(programme: Programme, grade: int) -> Ints:
    instance = programme.problem.instance
    weights = np.zeros(len(programme.low), dtype=np.int64)
    weights[programme.pick[instance.grade[instance.pick_buyer] == grade]] = 1
    return weights


def _not_overtaken(programme: Programme) -> list[Ints]:
    """x_low ≤ Σ of the higher buyer's picks no worse to them than u + (u stands above what the higher one accepts)."""
    instance = programme.problem.instance
    turn = turns(instance)
    rows = []
    for low, unit in enumerate(instance.pick_unit):
        for high in np.flatnonzero((instance.pick_unit == unit) & (turn < turn[low])):
            own = instance.pick_buyer == instance.pick_buyer[high]
            weights = np.zeros(len(programme.low), dtype=np.int64)
            weights[programme.pick[own & (instance.pick_rank <= instance.pick_rank[high])]] = -1
            weights[programme.pick[low]] = 1
            if instance.pick_top_step[high] < programme.step.shape[1]:
                weights[programme.step[unit, instance.pick_top_step[high]]] = -1
            rows.append(weights)
    return rows
