"""One option per zone, the sums of what ties the zones within their limits: the small programme above the zones.

Sets        z ∈ Z zones, p ∈ P_z options of a zone known so far, t ∈ T ties
Data        v_pm what option p adds to measure m; low_t ≤ Σ v_pt ≤ high_t
Variables   w_p ∈ {0, 1}      option p is taken; in the relaxation 0 ≤ w_p ≤ 1
Goal        max Σ_p v_pm w_p
Constraints (W1) Σ_{p ∈ P_z} w_p = 1    (W2) low_t ≤ Σ_p v_pt w_p ≤ high_t

The duals of W2 in the relaxation are the prices at which the zones look for better options (Dantzig and Wolfe, 1960).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from sincerity.allocation.instance import Ints
from sincerity.pricing.programme import NO_LIMIT, Rows
from sincerity.pricing.solver import OPTIMAL, Solver, loaded, point_of, row_scales, scale_of, set_costs


@dataclass(frozen=True)
class Options:
    """What may be taken: the zone of every option, zones in order, and what it adds to every measure."""

    zone: Ints  # (n,)
    values: Ints  # (n, m)


@dataclass(frozen=True)
class Tie:
    """Σ of a measure over all zones stands between ``low`` and ``high``; ±``NO_LIMIT`` where a side is open."""

    measure: int
    low: int
    high: int


@dataclass(frozen=True)
class Mixture:
    """The relaxation's value, the price of each tie (above 0 where its low side binds), and the seconds it took."""

    value: float
    prices: tuple[float, ...]
    seconds: float


def best_mixture(options: Options, wanted: Sequence[int], ties: tuple[Tie, ...], seconds: float) -> Mixture | None:
    """The best mixture for the measures ``wanted`` together; None when none keeps the ties or time ran out."""
    solver, rows, aim, constant = _loaded(options, wanted, ties, False)
    solver.setOptionValue("time_limit", max(seconds, 0.0))
    solver.run()
    if solver.getModelStatus() != OPTIMAL:
        return None
    solution, scale = solver.getSolution(), scale_of(aim)
    duals = np.array(solution.row_dual)[len(rows.low) - len(ties) :] * scale / row_scales(rows)[-len(ties) :]
    value = constant + float(aim @ np.array(solution.col_value))
    return Mixture(value, tuple((-duals).tolist()), solver.getRunTime())


def best_choice(
    options: Options, wanted: Sequence[int], ties: tuple[Tie, ...], seconds: float
) -> tuple[Ints | None, float]:
    """(Z,) the option of every zone in the best choice found, None when none was, and the seconds it took."""
    solver, _, _, _ = _loaded(options, wanted, ties, True)
    solver.setOptionValue("time_limit", max(seconds, 0.0))
    solver.run()
    found = point_of(solver)
    return None if found is None else np.flatnonzero(found > 0.5), solver.getRunTime()


def _loaded(
    options: Options, wanted: Sequence[int], ties: tuple[Tie, ...], whole: bool
) -> tuple[Solver, Rows, Ints, int]:
    """The programme in a solver, its rows, and its aim with a constant; measures count from each zone's least."""
    zones, number = int(options.zone.max()) + 1, np.arange(len(options.zone))
    least = np.full((zones, options.values.shape[1]), NO_LIMIT, dtype=np.int64)
    np.minimum.at(least, options.zone, options.values)
    above, constant = options.values - least[options.zone], least.sum(axis=0)
    one_each = sp.csr_array((np.ones(len(number), dtype=np.int64), (options.zone, number)))
    tied = [tie.measure for tie in ties]
    rows = Rows(
        sp.csr_array(sp.vstack([one_each, sp.csr_array(above[:, tied].T)])),
        np.concatenate([np.ones(zones, dtype=np.int64), _moved([tie.low for tie in ties], constant[tied])]),
        np.concatenate([np.ones(zones, dtype=np.int64), _moved([tie.high for tie in ties], constant[tied])]),
    )
    solver = loaded(rows, np.zeros_like(number), np.ones_like(number), np.full(len(number), True) if whole else None)
    aim = above[:, list(wanted)].sum(axis=1)
    set_costs(solver, aim / scale_of(aim))
    return solver, rows, aim, int(constant[list(wanted)].sum())


def _moved(limits: list[int], constant: Ints) -> Ints:
    """Limits of sums that count from ``constant``; open ones stay open."""
    given = np.array(limits, dtype=np.int64)
    return np.where(np.abs(given) == NO_LIMIT, given, given - constant)
