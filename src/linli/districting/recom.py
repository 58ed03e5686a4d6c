"""Steps of ReCom and of its reversible kin: two neighbouring parts become one and are cut anew along a random tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linli.districting.compiled import compiled, inner
from linli.districting.problem import Ints

Words = NDArray[np.uint64]
Places = NDArray[np.int32]  # half as wide as other whole numbers: a walk is as quick as its memory

TREES_A_PAIR = 50  # of ReCom, before another pair is drawn
TOO_MANY_CUTS = -2


class Walk(NamedTuple):
    """A chain where it stands, and the room it works in; all arrays, so that compiled code can pass it along.

    Parameters
    ----------
    weight, ends
        Shapes (n,) and (m, 2): the problem.
    start, head
        Shapes (n + 1,) and (2m,): the neighbours of block v are head[start[v]:start[v + 1]].
    label
        Shape (n,): the part of each block, now.
    word
        Shape (1,): state of the random numbers.
    place
        Shape (n,): where a block stands in `member`, -1 outside the merged pair.
    member, tree, order, load
        Shape (n,): blocks of the merged pair; of each its parent in the tree, the order of a walk from the root, the
        weight below it.
    near_start, near
        Shapes (n + 1,) and (2m,): the neighbours of the pair's blocks within the pair, as places in `member`.
    """

    weight: Ints
    ends: Ints
    start: Ints
    head: Ints
    label: Ints
    word: Words
    place: Ints
    member: Ints
    tree: Places
    order: Places
    load: Ints
    near_start: Places
    near: Places


@compiled
def recom_steps(walk: Walk, lower: int, upper: int, steps: int) -> int:
    """Make `steps` steps of ReCom; return how many trees were drawn, or -1 where no step could be made.

    A border edge is drawn uniformly, its two parts are merged, and a uniform spanning tree is cut at an edge drawn
    uniformly from those that balance; a tree without any is drawn anew. The law of this walk has no closed form.
    """
    drawn = 0
    failed = 0
    made = 0
    while made < steps:
        edge = _draw_border(walk)
        if edge < 0:
            return -1
        size = _merge(walk, edge)
        cut = False
        for _ in range(TREES_A_PAIR):
            drawn += 1
            _grow_tree(walk, size)
            many = _balanced(walk, size, lower, upper)
            if many > 0:
                _cut(walk, edge, size, _below(walk.word, many), lower, upper)
                cut = True
                break
        _leave(walk, size)
        if cut:
            made += 1
            failed = 0
        else:
            failed += 1
            if failed > len(walk.ends) + 1000:
                return -1
    return drawn


@compiled
def reversible_steps(walk: Walk, lower: int, upper: int, steps: int, most: int) -> int:
    """Make `steps` steps of reversible ReCom; return how many changed the plan, -2 where a tree had over `most` cuts.

    An edge is drawn uniformly; where its ends lie in one part the plan stays. Otherwise a uniform spanning tree of the
    two parts with b balancing edges is cut at a random one of them with probability b / most. The law of a plan is
    proportional to the product, over its parts, of their numbers of spanning trees.
    """
    changed = 0
    for _ in range(steps):
        edge = _below(walk.word, len(walk.ends))
        if walk.label[walk.ends[edge, 0]] == walk.label[walk.ends[edge, 1]]:
            continue
        size = _merge(walk, edge)
        _grow_tree(walk, size)
        many = _balanced(walk, size, lower, upper)
        if many > most:
            _leave(walk, size)
            return TOO_MANY_CUTS
        pick = _below(walk.word, most)
        if pick < many:
            _cut(walk, edge, size, pick, lower, upper)
            changed += 1
        _leave(walk, size)
    return changed


@inner
def _below(word: Words, bound: int) -> int:
    """Draw a whole number below `bound` < 2^31 (SplitMix64: Steele, Lea, Flood, OOPSLA 2014)."""
    word[0] += np.uint64(0x9E3779B97F4A7C15)
    z = word[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    # signed, for Numba makes a float of what is signed here and unsigned there
    return int(np.int64(((z >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32)))


@inner
def _draw_border(walk: Walk) -> int:
    """Draw an edge between two parts uniformly; -1 where there seems to be none."""
    edges = len(walk.ends)
    for _ in range(64 * edges + 64):
        edge = _below(walk.word, edges)
        if walk.label[walk.ends[edge, 0]] != walk.label[walk.ends[edge, 1]]:
            return edge
    return -1


@inner
def _merge(walk: Walk, edge: int) -> int:
    """List the blocks of the two parts at an edge, the first part first; return how many there are."""
    count = 0
    seen = 0
    for side in range(2):
        block = walk.ends[edge, side]
        part = walk.label[block]
        walk.place[block] = count
        walk.member[count] = block
        count += 1
        while seen < count:
            block = walk.member[seen]
            seen += 1
            for d in range(walk.start[block], walk.start[block + 1]):
                near = walk.head[d]
                if walk.place[near] < 0 and walk.label[near] == part:
                    walk.place[near] = count
                    walk.member[count] = near
                    count += 1
    filled = 0
    for i in range(count):
        block = walk.member[i]
        walk.near_start[i] = filled
        for d in range(walk.start[block], walk.start[block + 1]):
            near = walk.place[walk.head[d]]
            if near >= 0:
                walk.near[filled] = near
                filled += 1
    walk.near_start[count] = filled
    return count


@inner
def _leave(walk: Walk, size: int) -> None:
    for i in range(size):
        walk.place[walk.member[i]] = -1


@inner
def _grow_tree(walk: Walk, size: int) -> None:
    """Draw a uniform spanning tree of the merged pair by loop-erased random walks (Wilson, STOC 1996)."""
    for i in range(size):
        walk.load[i] = -1  # not in the tree
        walk.tree[i] = -1
    root = _below(walk.word, size)
    walk.load[root] = walk.weight[walk.member[root]]
    walk.order[0] = root
    count = 1
    for first in range(size):
        at = first
        while walk.load[at] < 0:
            start = walk.near_start[at]
            near = walk.near[start + _below(walk.word, walk.near_start[at + 1] - start)]
            walk.tree[at] = near  # leaving a block again forgets the loop in between
            at = near
        begin = count
        at = first
        while walk.load[at] < 0:
            walk.load[at] = walk.weight[walk.member[at]]
            walk.order[count] = at
            count += 1
            at = walk.tree[at]
        # parents before children
        last = count - 1
        while begin < last:
            walk.order[begin], walk.order[last] = walk.order[last], walk.order[begin]
            begin += 1
            last -= 1
    for i in range(size - 1, 0, -1):
        walk.load[walk.tree[walk.order[i]]] += walk.load[walk.order[i]]


@inner
def _fits(walk: Walk, i: int, lower: int, upper: int) -> bool:
    """Say whether cutting above the i-th block of the order leaves both sides within the bounds."""
    below = walk.load[walk.order[i]]
    rest = walk.load[walk.order[0]] - below
    return bool(lower <= below <= upper and lower <= rest <= upper)


@inner
def _balanced(walk: Walk, size: int, lower: int, upper: int) -> int:
    """Count the edges of the tree that balance."""
    many = 0
    for i in range(1, size):
        if _fits(walk, i, lower, upper):
            many += 1
    return many


@inner
def _cut(walk: Walk, edge: int, size: int, pick: int, lower: int, upper: int) -> None:
    """Cut the tree at its `pick`-th edge that balances; a coin says which side bears which label."""
    one, other = walk.label[walk.ends[edge, 0]], walk.label[walk.ends[edge, 1]]
    if _below(walk.word, 2) == 1:
        one, other = other, one
    top = 0
    for i in range(1, size):
        if _fits(walk, i, lower, upper):
            if pick == 0:
                top = i
                break
            pick -= 1
    for i in range(size):
        walk.label[walk.member[walk.order[i]]] = other
    walk.label[walk.member[walk.order[top]]] = one
    for i in range(top + 1, size):
        at = walk.order[i]
        if walk.label[walk.member[walk.tree[at]]] == one:
            walk.label[walk.member[at]] = one


@compiled
def cooling_steps(
    walk: Walk, cost: Ints, lower: int, upper: int, steps: int, hot: float, cold: float, best: Ints, least: Ints
) -> int:
    """Make steps of ReCom that are kept by the rule of Metropolis, the heat falling; return how many were kept.

    Parameters
    ----------
    cost
        Shape (2m,): of the edge to each neighbour in `walk.head`.
    hot, cold
        Heat of the first and the last step, in units of cost.
    best, least
        Shapes (n,), (2,): the cheapest plan met and its cost; the cost of the plan that stands.
    """
    kept = 0
    old = np.empty(len(walk.label), np.int64)
    rate = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    for _ in range(steps):
        heat *= rate
        edge = _draw_border(walk)
        if edge < 0:
            return kept
        size = _merge(walk, edge)
        _grow_tree(walk, size)
        many = _balanced(walk, size, lower, upper)
        if many > 0:
            for i in range(size):
                old[i] = walk.label[walk.member[i]]
            before = _within(walk, cost, size)
            _cut(walk, edge, size, _below(walk.word, many), lower, upper)
            rise = _within(walk, cost, size) - before
            if rise <= 0 or _below(walk.word, 1 << 30) < (1 << 30) * np.exp(-rise / heat):
                kept += 1
                least[1] += rise
                if least[1] < least[0]:
                    least[0] = least[1]
                    best[:] = walk.label
            else:
                for i in range(size):
                    walk.label[walk.member[i]] = old[i]
        _leave(walk, size)
    return kept


@inner
def _within(walk: Walk, cost: Ints, size: int) -> int:
    """Twice the cost of the edges between the two parts of the merged pair, halved."""
    total = 0
    for i in range(size):
        block = walk.member[i]
        for d in range(walk.start[block], walk.start[block + 1]):
            near = walk.head[d]
            if walk.place[near] >= 0 and walk.label[near] != walk.label[block]:
                total += cost[d]
    return total // 2
