"""The joint programme in the solver's hands: corners of its relaxation, points near them, and the face they stand on.

Solvers propose, whole numbers decide: a point is tested by the rules, a bound is worked out from duals.
"""

from __future__ import annotations

from functools import cached_property

from sincerity.pricing.certificate import Bound
from sincerity.pricing.face import Face, core_of
from sincerity.pricing.near import Neighbourhood
from sincerity.pricing.problem import PricePoint, PriceProblem, broken
from sincerity.pricing.programme import NO_LIMIT, Aim, point_at, programme_of
from sincerity.pricing.relaxation import Corner, Relaxation
from sincerity.pricing.solver import loaded, point_of, scale_of, set_costs
from sincerity.settings import Goal

DEVIATION = Aim.of(Goal("deviation", "min"))


class JointModel:
    """The programme, the face the search stands on, and the seconds the solvers may still use."""

    def __init__(self, problem: PriceProblem, seconds_left: float) -> None:
        self.problem = problem
        self.seconds_left = seconds_left
        self.programme = programme_of(problem)
        self.face = Face.of(self.programme)
        self._relaxed = Relaxation()

    def hold(self, aim: Aim, least: int, most: int = NO_LIMIT) -> None:
        """(Hg) from now on ``aim`` stands between ``least`` and ``most``."""
        face = self.face.holding(self.programme, aim, least, most)
        self.face = face.tightened() or face

    def settle(self, bound: Bound, wanted: int) -> None:
        """Narrow the face to the points that reach ``wanted``, as far as the bound's prices tell."""
        self.face = self.face.settled(self.programme, bound, wanted)

    def keeps_held(self, point: PricePoint) -> bool:
        """Whether the point gives up no held goal, counted in integers."""
        return all(held.aim.value(self.problem, point) >= held.least for held in self.face.held)

    def keeps(self, point: PricePoint) -> bool:
        """Whether the point breaks no rule and gives up no held goal."""
        return self.keeps_held(point) and not broken(self.problem, point)

    def contains(self, point: PricePoint) -> bool:
        """Whether the point lies on the face: nothing that was held or settled has cut it off."""
        return self.face.contains(self.programme, point)

    def corner(self, aim: Aim, seconds: float) -> Corner | None:
        """The best corner of the face's relaxation; None when time ran out."""
        relaxed = self._relaxed
        before = relaxed.seconds
        corner = relaxed.corner(self.face, *aim.vector(self.programme), self._allowed(seconds))
        self._spent(relaxed.seconds - before)
        return corner

    def narrowed(self, part: Face) -> Face | None:
        """A part of the face as its rows leave it, None where they leave nothing; all later parts lie in it."""
        if not self._relaxed.worth_narrowing_to(part):
            return part
        tight = part.tightened()
        if tight is not None:
            self._relaxed.narrow(tight)
        return tight

    def corner_within(self, part: Face, seconds: float) -> Corner | None:
        """The best corner of a part of the face, for the goal that the last corner was of."""
        before = self._relaxed.seconds
        corner = self._relaxed.corner_within(part, self._allowed(seconds))
        self._spent(self._relaxed.seconds - before)
        return corner

    def point_at(self, corner: Corner) -> PricePoint | None:
        """The point the corner stands for, where it is whole and keeps everything."""
        if corner.split(self.programme.whole).any():
            return None
        point = point_at(self.programme, corner.values)
        return point if self.keeps(point) else None

    def around(self, part: Face, corner: Corner, width: int) -> Face | None:
        """What of ``part`` lies within ``width`` units of where its corner is split; None where that is much of it."""
        return self._neighbourhood.around(part, corner, width)

    def point_on(self, part: Face, aim: Aim, enough: int, nodes: int, seconds: float) -> PricePoint | None:
        """The best that a search of so many nodes came upon for ``aim``; one that reaches ``enough`` ends it."""
        weights, constant = aim.vector(self.programme)
        core = core_of(part, weights)
        if core is None:
            return None
        values = core.settled.astype(float)
        if len(core.columns):
            scale, constant = scale_of(weights), constant + int(weights @ core.settled)
            solver = loaded(core.rows, core.low, core.high, self.programme.whole[core.columns])
            set_costs(solver, weights[core.columns] / scale)
            solver.setOptionValue("objective_target", (enough - constant - 0.5) / scale)
            solver.setOptionValue("mip_max_nodes", nodes)
            solver.setOptionValue("time_limit", self._allowed(seconds))
            solver.run()
            self._spent(solver.getRunTime())
            found = point_of(solver)
            if found is None:
                return None
            values[core.columns] = found
        point = point_at(self.programme, values)
        return point if self.keeps(point) else None

    @cached_property
    def _neighbourhood(self) -> Neighbourhood:
        return Neighbourhood(self.programme)

    def _allowed(self, seconds: float) -> float:
        return max(min(seconds, self.seconds_left), 0.0)

    def _spent(self, seconds: float) -> None:
        self.seconds_left -= seconds
