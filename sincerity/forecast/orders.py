"""Who is called when: batches one after another, each by priority, queue number or lot; last who named no unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import Batch
from sincerity.forecast.draws import Draws
from sincerity.forecast.scene import Scene

Places = npt.NDArray[np.int32]

_DRAWN = ("ballot", "online")
_BITS = 24  # of a place inside a batch; a lot has no more digits than that
_RUNS_TOGETHER = 500


def calling_order(scene: Scene, batches: Sequence[Batch], draws: Draws) -> Places:
    """The buyer called at each position, (R, B); (1, B) when no lot is drawn and every run calls alike.

    Equal lots fall by priority.
    """
    drawn = any(batch.by in _DRAWN for batch in batches)
    runs = draws.runs if drawn else 1
    order = np.empty((runs, scene.buyers), dtype=np.int32)
    for first in range(0, runs, _RUNS_TOGETHER):
        part = slice(first, first + _RUNS_TOGETHER)
        keys = _keys(scene, batches, draws, part if drawn else slice(1))
        keys.sort(axis=1)
        order[part] = keys & (2**_BITS - 1)
    return order


def _keys(scene: Scene, batches: Sequence[Batch], draws: Draws, runs: slice) -> npt.NDArray[np.uint64]:
    """Keys that sort the buyers of every run: batch, place inside it, and last the buyer's own number."""
    keys = np.empty((draws.lots[:, runs].shape[1], scene.buyers), dtype=np.uint64)
    undecided = np.arange(scene.buyers) >= scene.invited
    for number, batch in enumerate(batches):
        members = np.flatnonzero(np.isin(scene.grade, [GRADES.index(grade) for grade in batch.grades]))
        place = _within(members, batch.by, scene, draws, runs).astype(np.uint64)
        turn = np.uint64(number) + undecided[members].astype(np.uint64) * np.uint64(len(batches))
        keys[:, members] = (turn << 2 * _BITS) + (place << _BITS) + members.astype(np.uint64)
    return keys


def _within(members: npt.NDArray[np.intp], by: str, scene: Scene, draws: Draws, runs: slice) -> npt.NDArray:
    """Whole numbers that order ``members`` inside their batch."""
    if by in _DRAWN:
        return (draws.lots[members, runs] * 2**_BITS).T
    return scene.queue_place[members] if by == "queue" else np.zeros(len(members))
