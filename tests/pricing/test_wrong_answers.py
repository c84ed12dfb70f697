"""Where the solver is wrong, and what the product makes of the same launch. What was tried: ``wrong_answers``."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import highspy
import numpy as np
import pytest

from sincerity.pricing.face import Face
from sincerity.pricing.problem import PricePoint, PriceProblem, broken, value_of
from sincerity.pricing.programme import Aim, point_at, values_at
from sincerity.pricing.search import JointModel
from sincerity.pricing.solve import PricePlan, solve_jointly
from sincerity.pricing.tree import best_point
from tests.pricing.wrong_answers.cases import CASES, GOALS, Case
from tests.pricing.wrong_answers.plain import asked
from tests.pricing.wrong_answers.textbook import Textbook

SECONDS = 30.0


class Drawn:
    """A case's launch, its programme, and what the solver says to all grades as one goal."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.problem = case.launch.problem()
        self.programme = case.programme(self.problem)

    @cached_property
    def claim(self) -> tuple[bool, PricePoint]:
        """Whether the solver calls its answer optimal, and the answer."""
        if self.case.textbook:
            textbook = Textbook(self.case.launch, self.problem)
            claim = asked(textbook, textbook.weights(self.case.weights), **self.case.options)
            return claim.optimal, textbook.point_at(claim.values)
        claim = asked(self.programme, self.case.aim.vector(self.programme)[0], **self.case.options)
        return claim.optimal, point_at(self.programme, claim.values)

    def keeps_every_rule(self, point: PricePoint) -> bool:
        """In whole numbers, by rules that know no solver and by the launch's own rows."""
        rows = self.programme.rows
        sums = rows.matrix @ values_at(self.programme, point)
        return broken(self.problem, point) == () and bool(((sums >= rows.low) & (sums <= rows.high)).all())

    def counts(self, point: PricePoint) -> tuple[int, ...]:
        """The placements by grade."""
        return tuple(value_of(goal, self.problem, point) for goal in GOALS)

    def model(self) -> type[JointModel]:
        """The product's model with the launch's own rows."""
        drawn = self

        class WithRows(JointModel):
            def __init__(self, problem: PriceProblem, seconds_left: float) -> None:
                super().__init__(problem, seconds_left)
                self.face = replace(self.face, rows=drawn.programme.rows)

            def keeps_held(self, point: PricePoint) -> bool:
                return super().keeps_held(point) and drawn.keeps_every_rule(point)

        return WithRows

    def blind_model(self) -> type[JointModel]:
        """The same, with a solver that never finds a point by search: all rests on the tree's own cases."""

        class Blind(self.model()):
            def point_on(self, part: Face, aim: Aim, enough: int, nodes: int, seconds: float) -> None:
                return None

        return Blind

    def plan(
        self, model: type[JointModel], start: PricePoint | None = None, seconds: float = SECONDS
    ) -> PricePlan:
        """The product's plan by ``model``, from nobody placed at base prices unless told."""
        nobody = PricePoint(np.zeros(0, dtype=np.int64), self.problem.base_step)
        return solve_jointly(self.problem, GOALS, seconds, start or nobody, make_model=model)


@pytest.fixture(scope="module", params=CASES, ids=[case.name for case in CASES])
def drawn(request) -> Drawn:
    return Drawn(request.param)


def test_the_solver_calls_a_plan_optimal_that_can_be_beaten(drawn):
    beats = drawn.plan(drawn.model()).point
    assert drawn.keeps_every_rule(beats) and drawn.counts(beats) == drawn.case.counts
    assert drawn.case.aim.value(drawn.problem, beats) == drawn.case.reached
    optimal, claimed = drawn.claim
    reached = drawn.case.aim.value(drawn.problem, claimed)
    if not optimal or (drawn.keeps_every_rule(claimed) and reached == drawn.case.reached):
        pytest.skip(f"HiGHS {highspy.Highs().version()} claims nothing wrong here")
    assert not drawn.keeps_every_rule(claimed) or reached < drawn.case.reached


def test_what_the_product_calls_proven_is_the_best_there_is(drawn):
    plan = drawn.plan(drawn.model())
    assert drawn.keeps_every_rule(plan.point)
    for goal, count in zip(plan.goals, drawn.case.counts, strict=True):
        if goal.status != "proven":
            assert goal.value <= count <= goal.bound
            break
        assert goal.value == count


def test_from_the_wrong_answer_on_the_tree_finds_what_beats_it(drawn):
    _, claimed = drawn.claim
    plan = drawn.plan(drawn.model(), claimed if drawn.keeps_every_rule(claimed) else None)
    assert drawn.counts(plan.point) == drawn.case.counts and plan.status == "proven"
    assert drawn.keeps_every_rule(plan.point)


def test_a_tree_without_searches_never_proves_too_little(drawn):
    plan = drawn.plan(drawn.blind_model(), seconds=2.0)
    for goal, count in zip(plan.goals, drawn.case.counts, strict=True):
        assert goal.value <= count <= goal.bound
        assert goal.status == "feasible" or goal.value == count
        if goal.value < count:
            break


def test_the_tree_bounds_the_last_goal_at_its_count_and_no_lower(drawn):
    model = drawn.model()(drawn.problem, SECONDS)
    *earlier, last = zip(GOALS, drawn.case.counts, strict=True)
    for goal, count in earlier:
        model.hold(Aim.of(goal), count)
    found = best_point(model, Aim.of(last[0]), None, 1, 1.0)
    assert drawn.keeps_every_rule(found.point) and drawn.counts(found.point) == drawn.case.counts
    assert found.bound == last[1]
    model.hold(Aim.of(last[0]), last[1] + 1)
    beyond = best_point(model, Aim.of(last[0]), None, 1, 1.0)
    assert beyond.point is None and beyond.bound <= last[1]
