"""Matchings grown from the one at hand, and the labels a ladder leaves."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from sincerity.allocation.levelled import climb
from sincerity.allocation.matching import NOBODY, Neighbours, augment, search
from tests.allocation.random_instances import herding_instance


def edges_of(instance):
    return Neighbours.of(instance.pick_buyer, instance.pick_unit, len(instance.buyer_ids))


def reached_by_hand(pairs, mate_of_far, roots):
    """Vertices here on alternating paths from the roots, one step at a time."""
    here, grown = set(roots), True
    while grown:
        far = {f for h, f in pairs if h in here}
        more = here | {mate_of_far[f] for f in far if mate_of_far[f] != NOBODY}
        grown, here = more != here, more
    return here, far


@pytest.mark.parametrize("seed", range(12))
def test_augmenting_reaches_the_maximum_and_unmatches_nobody(seed):
    instance = herding_instance(80, 50, seed, herding=1.0)
    of_buyer, of_unit = np.full(80, NOBODY), np.full(50, NOBODY)
    first = np.flatnonzero((instance.pick_buyer == 0) | (instance.pick_buyer == 7))
    for pick in first[np.unique(instance.pick_buyer[first], return_index=True)[1]]:
        if of_unit[instance.pick_unit[pick]] == NOBODY:
            of_unit[instance.pick_unit[pick]] = instance.pick_buyer[pick]
            of_buyer[instance.pick_buyer[pick]] = instance.pick_unit[pick]
    before = set(np.flatnonzero(of_buyer != NOBODY)), set(np.flatnonzero(of_unit != NOBODY))
    augment(edges_of(instance), of_buyer, of_unit)
    graph = csr_matrix((np.ones(len(instance.pick_buyer)), (instance.pick_buyer, instance.pick_unit)), shape=(80, 50))
    best = int((maximum_bipartite_matching(graph, perm_type="column") != NOBODY).sum())
    assert int((of_buyer != NOBODY).sum()) == best
    assert before[0] <= set(np.flatnonzero(of_buyer != NOBODY)) and before[1] <= set(np.flatnonzero(of_unit != NOBODY))
    matched = np.flatnonzero(of_buyer != NOBODY)
    assert of_unit[of_buyer[matched]].tolist() == matched.tolist()
    pairs = set(zip(instance.pick_buyer.tolist(), instance.pick_unit.tolist(), strict=True))
    assert all((buyer, of_buyer[buyer]) in pairs for buyer in matched)


@pytest.mark.parametrize("seed", range(6))
def test_search_reaches_what_alternating_paths_reach(seed):
    instance = herding_instance(40, 25, seed)
    of_buyer, of_unit = np.full(40, NOBODY), np.full(25, NOBODY)
    augment(edges_of(instance), of_buyer, of_unit)
    roots = np.flatnonzero(of_buyer == NOBODY)
    forest = search(edges_of(instance), of_unit, roots)
    pairs = list(zip(instance.pick_buyer.tolist(), instance.pick_unit.tolist(), strict=True))
    here, far = reached_by_hand(pairs, of_unit.tolist(), roots.tolist())
    assert set(np.flatnonzero(forest.reached_here)) == here
    assert set(np.flatnonzero(forest.parent_of_far != NOBODY)) == far


def test_a_chain_that_greedy_gets_wrong_is_one_step():
    """Buyers 0…n−1 want units i and i+1; the matching i → i+1 leaves unit 0 and buyer n to be joined end to end."""
    n = 500
    buyers = np.repeat(np.arange(n + 1), 2)[:-1]
    units = np.concatenate([[i, i + 1] for i in range(n)] + [[n]])
    of_buyer, of_unit = np.append(np.arange(1, n + 1), NOBODY), np.append(NOBODY, np.arange(n))
    augment(Neighbours.of(buyers, units, n + 1), of_buyer, of_unit)
    assert of_buyer.tolist() == list(range(n + 1))


def test_first_level_is_never_given_up_for_later_ones():
    instance = herding_instance(200, 80, 4)
    firsts = instance.pick_rank == 1
    alone = climb(instance, [firsts])
    both = climb(instance, [firsts, instance.pick_rank == 2])
    assert int(firsts[both.picks].sum()) == len(alone.picks)
    assert set(instance.pick_buyer[alone.picks]) >= set(np.flatnonzero(alone.must_buyer))
    assert set(instance.pick_buyer[both.picks]) >= set(np.flatnonzero(both.must_buyer))
    assert both.alive[both.picks].all()
