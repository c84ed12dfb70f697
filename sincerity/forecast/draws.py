"""The random part of the launch days: who comes, what each buyer would take, and the lots drawn.

Every buyer has a random stream of their own, keyed by the launch's seed and the household. So the same household
meets the same luck in run r whatever else is changed: other buyers, prices, calling order, order of rows. Paired
comparisons rest on this. More runs keep the earlier ones.

Per run one swing z ~ N(0, 1) is shared by the whole launch:

    come        u₁ < expit(logit show_g + σ_show · z)
    take        u₂ < expit(logit (accept_g · choice_k) + σ_accept · z)      for an offer of kind k

u₂ is one number per buyer and run: who would take a third choice would also take a first. With a chance model its
draw p for the buyer's points is the chance to buy the first choice: come with max(show, p), then take with p / that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import Assumptions
from sincerity.forecast.scene import Scene
from sincerity.keyed_hash import household_number

Floats = npt.NDArray[np.float64]
Drawn = npt.NDArray[np.float32]

_COME, _TAKE, _FOLLOW, _LOT = range(4)
_DIGITS = 24  # binary digits of a number drawn
_TOGETHER = 250_000  # buyers × runs drawn together


@dataclass(frozen=True)
class Draws:
    """What chance decides, per buyer and run."""

    depth: npt.NDArray[np.int8]  # (B, R) takes offers of the kinds below this; 0 = absent or undecided
    follows: npt.NDArray[np.bool_]  # (B, R) looks at the plan's unit first
    lots: npt.NDArray[np.float32]  # (B, R) in 0 … 1: place in a ballot or moment of arrival
    came: Floats  # (B,) share of the runs in which the buyer comes

    @property
    def runs(self) -> int:
        """How many launch days there are."""
        return self.depth.shape[1]


def seed_number(seed: str, use: str) -> int:
    """A whole number from the launch's seed, another one for every use."""
    return int(household_number(seed, [f"forecast {use}"])[0])


def draw(scene: Scene, given: Assumptions, runs: int, seed: str, model_chances: Floats | None = None) -> Draws:
    """Draws for ``runs`` days. ``model_chances`` (runs, 101) come from the chance model where there is one."""
    swing = np.random.default_rng(seed_number(seed, "launch")).standard_normal(runs)
    depth = np.empty((scene.buyers, runs), dtype=np.int8)
    follows = np.empty((scene.buyers, runs), dtype=np.bool_)
    lots = np.empty((scene.buyers, runs), dtype=np.float32)
    came = np.empty(scene.buyers)
    for members, show, accept in _alike(scene, given, swing, model_chances):
        for first in range(0, len(members), max(1, _TOGETHER // runs)):
            some = members[first : first + max(1, _TOGETHER // runs)]
            luck = _luck(scene.buyer_keys[some], runs, seed)
            present = luck[_COME] < show
            depth[some] = sum((luck[_TAKE] < chance).view(np.int8) for chance in accept) * present
            follows[some] = luck[_FOLLOW] < given.follow_plan
            lots[some] = luck[_LOT]
            came[some] = present.mean(axis=1)
    return Draws(depth, follows, lots, came)


def _luck(keys: npt.NDArray[np.uint64], runs: int, seed: str) -> Drawn:
    """Four numbers in 0 … 1 per household and run, (4, households, R), each household's from a stream of its own."""
    stream = seed_number(seed, "buyers")
    drawn = np.empty((len(keys), runs, 4), dtype=np.float32)
    for household, key in enumerate(keys.tolist()):
        np.random.default_rng([stream, key]).random(out=drawn[household], dtype=np.float32)
    return np.ascontiguousarray(np.moveaxis(drawn, 2, 0))


def _alike(
    scene: Scene, given: Assumptions, swing: Floats, model_chances: Floats | None
) -> Iterator[tuple[npt.NDArray[np.intp], Drawn, Drawn]]:
    """Buyers of equal chances with their chance to come (R,) and to take each kind of offer (kinds, R)."""
    by_points = np.zeros_like(scene.score) if model_chances is None else scene.score
    classes, member = np.unique(np.column_stack([scene.grade, by_points]), axis=0, return_inverse=True)
    for number, (grade, points) in enumerate(classes):
        chances = None if model_chances is None else model_chances[:, points]
        show, first = _chances(GRADES[grade], given, swing, chances)
        shares = np.array(list(given.choice.values()))[:, None]
        accept = first * shares if chances is not None else _swung(first * shares, given.effect_accept * swing)
        yield np.flatnonzero(member.ravel() == number), _as_drawn(show), _as_drawn(accept)


def _chances(
    grade: str, given: Assumptions, swing: Floats, model_chances: Floats | None
) -> tuple[Floats, Floats]:
    """The chance to come, and once there to take a free first choice before the swing (with a model: after it)."""
    show = _swung(np.full(len(swing), given.show[grade]), given.effect_show * swing)
    if model_chances is None:
        return show, np.full(len(swing), given.accept[grade])
    show = np.maximum(show, model_chances)
    return show, model_chances / show


def _as_drawn(chance: Floats) -> Drawn:
    """The chance rounded up to the digits of the numbers drawn: a number lies below either or below neither."""
    return (np.ceil(chance * 2**_DIGITS) / 2**_DIGITS).astype(np.float32)


def _swung(chance: Floats, shift: Floats) -> Floats:
    return expit(logit(chance) + shift)
