"""Who is called when: batches one after another, each by priority, queue number or lot."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sincerity.domain import GRADES
from sincerity.forecast.assumptions import Batch
from sincerity.forecast.draws import Draws
from sincerity.forecast.scene import Scene

Places = npt.NDArray[np.int32]


def calling_order(scene: Scene, batches: Sequence[Batch], draws: Draws) -> Places:
    """The buyer called at each position, (B, R); (B, 1) when no lot is drawn and every run calls alike."""
    ways = {grade: (number, batch.by) for number, batch in enumerate(batches) for grade in batch.grades}
    drawn = any(batch.by in ("ballot", "online") for batch in batches)
    key = np.empty((scene.buyers, draws.runs if drawn else 1), dtype=np.float32)
    for place, grade in enumerate(GRADES):
        members = np.flatnonzero(scene.grade == place)
        number, by = ways[grade]
        key[members] = number + _within(members, by, scene, draws)
    return np.ascontiguousarray(np.argsort(key.T, axis=1, kind="stable").T.astype(np.int32))


def _within(members: npt.NDArray[np.intp], by: str, scene: Scene, draws: Draws) -> npt.NDArray[np.float32]:
    """Keys in 0 … 1 that order ``members`` inside their batch."""
    if by in ("ballot", "online"):
        return draws.lots[members]
    place = members if by == "priority" else scene.queue_place[members]
    return (place / scene.buyers).astype(np.float32)[:, None]
