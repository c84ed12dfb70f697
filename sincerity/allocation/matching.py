"""Maximum matchings that start from the one at hand, and who can be reached from whom by alternating paths.

A search grows one forest from all free vertices of a side at once (breadth first, in compiled code); trees share no
vertex, so every tree that meets a free vertex of the other side is augmented in the same step. No input makes one
step slow, unlike ready-made maximum matchings, which start anew for every level and have inputs that stall them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order

from sincerity.allocation.instance import Ints

NOBODY = -1
_UNREACHED = -9999  # what scipy writes for vertices a search does not reach


@dataclass(frozen=True)
class Neighbours:
    """The edges seen from one side ("here"): those of vertex h are ``far[start[h]:start[h + 1]]``."""

    start: Ints
    far: Ints

    @classmethod
    def of(cls, here: Ints, far: Ints, vertices: int) -> Neighbours:
        """From edge lists already sorted by ``here``."""
        start = np.zeros(vertices + 1, dtype=np.int64)
        np.cumsum(np.bincount(here, minlength=vertices), out=start[1:])
        return cls(start, far)


@dataclass(frozen=True)
class Forest:
    """Alternating search from one side: ``parent_of_far[f]`` is the vertex here that reached f, else NOBODY."""

    reached_here: np.ndarray
    parent_of_far: Ints
    far_in_order: Ints


def search(edges: Neighbours, mate_of_far: Ints, roots: Ints) -> Forest:
    """The forest grown from ``roots`` (free vertices here) along any edge forth and matched edges back."""
    here, far = len(edges.start) - 1, len(mate_of_far)
    matched = mate_of_far != NOBODY
    start = np.concatenate([
        edges.start, edges.start[-1] + np.cumsum(matched), [edges.start[-1] + matched.sum() + len(roots)]
    ])
    ahead = np.concatenate([edges.far + here, mate_of_far[matched], roots]).astype(np.int32)
    graph = csr_matrix((np.ones(len(ahead)), ahead, start.astype(np.int32)), shape=(here + far + 1,) * 2)
    order, parent = breadth_first_order(graph, here + far, directed=True, return_predecessors=True)
    reached = parent != _UNREACHED
    return Forest(
        reached_here=reached[:here],
        parent_of_far=np.where(reached[here:-1], parent[here:-1], NOBODY).astype(np.int64),
        far_in_order=(order[(order >= here) & (order < here + far)] - here).astype(np.int64),
    )


def augment(edges: Neighbours, mate_of_here: Ints, mate_of_far: Ints) -> Forest:
    """Grows the matching to a maximum one in place and returns the last, fruitless forest from here.

    Every vertex matched before stays matched.
    """
    has_edges = np.diff(edges.start) > 0
    while True:
        roots = np.flatnonzero((mate_of_here == NOBODY) & has_edges)
        forest = search(edges, mate_of_far, roots)
        ends = forest.far_in_order[mate_of_far[forest.far_in_order] == NOBODY]
        if not len(ends):
            return forest
        _flip(forest, _first_of_each_tree(forest, ends, mate_of_here), mate_of_here, mate_of_far)


def _first_of_each_tree(forest: Forest, ends: Ints, mate_of_here: Ints) -> Ints:
    """One end per tree, the first met, so that the paths share no vertex."""
    at = forest.parent_of_far[ends].copy()
    climbing = np.flatnonzero(mate_of_here[at] != NOBODY)
    while len(climbing):
        at[climbing] = forest.parent_of_far[mate_of_here[at[climbing]]]
        climbing = climbing[mate_of_here[at[climbing]] != NOBODY]
    _, first = np.unique(at, return_index=True)
    return ends[first]


def _flip(forest: Forest, ends: Ints, mate_of_here: Ints, mate_of_far: Ints) -> None:
    """Exchanges matched and unmatched edges along the paths from ``ends`` back to their roots, all at once."""
    while len(ends):
        heres = forest.parent_of_far[ends]
        before = mate_of_here[heres]
        mate_of_here[heres] = ends
        mate_of_far[ends] = heres
        ends = before[before != NOBODY]
