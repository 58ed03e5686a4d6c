"""Steps of ReCom and of its reversible kin: two neighbouring parts become one and are cut anew along a random tree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from linli.districting.compiled import compiled, inner
from linli.districting.problem import Ints

Words = NDArray[np.uint64]
Blocks = NDArray[np.int32]  # half as wide as other whole numbers: a walk is as quick as its memory

TREES_A_PAIR = 50  # of ReCom, before another pair is drawn
TOO_MANY_CUTS = -2
SLOTS = 16  # of a block's neighbours
MASK, SHIFT = np.uint64(SLOTS - 1), np.uint64(4)  # to draw one of them takes four bits,
FULL, TOP = np.uint64((1 << 60) - 1), np.uint64(1 << 60)  # so that fifteen draws are in a word below this mark
OUTSIDE, WAITING = -2, -1


class Walk(NamedTuple):
    """A chain where it stands, and the room it works in; all arrays, so that compiled code can pass it along.

    Parameters
    ----------
    weight, ends
        Shapes (n,) and (m, 2): the problem.
    start, head
        Shapes (n + 1,) and (2m,): the neighbours of block v are head[start[v]:start[v + 1]].
    slot
        Shape (n · SLOTS,): see `slots_of`.
    label
        Shape (n,): the part of each block, now.
    first, after
        Shapes (k,), (n,): linked lists of the blocks of each part, -1 at the end.
    word
        Shape (1,): state of the random numbers.
    member, order
        Shape (n,): blocks of the merged pair; the same in the order of a walk from the tree's root.
    tree
        Shape (n,): of each block its parent in the tree.
    load
        Shape (n,): the weight below each block in the tree; `WAITING` for blocks of the merged pair that are not in the
        tree yet, `OUTSIDE` for all others.
    """

    weight: Ints
    ends: Ints
    start: Ints
    head: Ints
    slot: NDArray[np.signedinteger]
    label: Ints
    first: Blocks
    after: Blocks
    word: Words
    member: Blocks
    order: Blocks
    tree: Blocks
    load: NDArray[np.signedinteger]


def slots_of(start: Ints, head: Ints) -> NDArray[np.signedinteger]:
    """Neighbours in a form that a walk draws from with a few bits.

    Shape (n · SLOTS,): of each block every neighbour equally often, the block itself in what is left over; -1 in front
    where it has more neighbours than slots. Sixteen bits each where the blocks are few enough.
    """
    n = len(start) - 1
    degree = np.diff(start)
    often = np.where(degree > 0, SLOTS // np.maximum(degree, 1), 0)
    place = np.arange(SLOTS)[None, :]
    within = place < (often * degree)[:, None]
    chosen = start[:-1, None] + place % np.maximum(degree, 1)[:, None]
    own = np.broadcast_to(np.arange(n)[:, None], (n, SLOTS))
    slot = np.where(within, head[np.where(within, chosen, 0)], own) if len(head) else own.copy()
    slot[degree > SLOTS, 0] = -1
    return np.ascontiguousarray(slot.ravel().astype(np.int16 if n < 1 << 15 else np.int32))


def linked(label: Ints) -> tuple[Blocks, Blocks]:
    """Lists of the blocks of each part: the first of each part, the one after each block, -1 at the end."""
    order = np.argsort(label, kind="stable")
    last = np.append(np.diff(label[order]) != 0, True)
    after = np.full(len(label), -1, np.int32)
    after[order[:-1]] = np.where(last[:-1], -1, order[1:])
    return order[np.flatnonzero(np.concatenate([[True], last[:-1]]))].astype(np.int32), after


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
        size, whole = _merge(walk, edge)
        cut = False
        for _ in range(TREES_A_PAIR):
            drawn += 1
            many = _grow_tree(walk, size, whole, walk.ends[edge, 0], lower, upper)
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
        size, whole = _merge(walk, edge)
        many = _grow_tree(walk, size, whole, walk.ends[edge, 0], lower, upper)
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
def _word(word: Words) -> np.uint64:
    """Draw 64 random bits (SplitMix64: Steele, Lea, Flood, OOPSLA 2014)."""
    word[0] += np.uint64(0x9E3779B97F4A7C15)
    z = word[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.uint64(z ^ (z >> np.uint64(31)))


@inner
def _below(word: Words, bound: int) -> int:
    """Draw a whole number below `bound` < 2^31."""
    # signed, for Numba makes a float of what is signed here and unsigned there
    return int(np.int64(((_word(word) >> np.uint64(32)) * np.uint64(bound)) >> np.uint64(32)))


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
def _merge(walk: Walk, edge: int) -> tuple[int, int]:
    """List the blocks of the two parts at an edge; return their number and what they weigh."""
    count = 0
    whole = 0
    for side in range(2):
        block = walk.first[walk.label[walk.ends[edge, side]]]
        while block >= 0:
            walk.member[count] = block
            count += 1
            whole += walk.weight[block]
            block = walk.after[block]
    return count, whole


@inner
def _link(walk: Walk, size: int, one: int, other: int) -> None:
    """Make the lists of the two parts anew from the labels of the merged pair's blocks."""
    walk.first[one] = walk.first[other] = -1
    for i in range(size):
        block = walk.member[i]
        part = walk.label[block]
        walk.after[block] = walk.first[part]
        walk.first[part] = block


@inner
def _leave(walk: Walk, size: int) -> None:
    for i in range(size):
        walk.load[walk.member[i]] = OUTSIDE


@inner
def _grow_tree(walk: Walk, size: int, whole: int, root: int, lower: int, upper: int) -> int:
    """Draw a uniform spanning tree of the merged pair by loop-erased random walks (Wilson, STOC 1996).

    Whatever the root, each tree is as likely; walks soon come to one amidst the pair, at its inner border. To stay for
    a step where one is changes nothing either, so that a step is the next few bits of a random word into the slots, and
    one that would lead outside is none. Returns the number of edges of the tree that balance.
    """
    for i in range(size):
        walk.load[walk.member[i]] = WAITING
    low, high = max(lower, whole - upper), min(upper, whole - lower)
    walk.load[root] = walk.weight[root]
    walk.order[0] = root
    count = 1
    bits = np.uint64(1)
    for i in range(size):
        at = walk.member[i]
        state = walk.load[at]
        while state < 0:
            if bits == np.uint64(1):
                bits = (_word(walk.word) & FULL) | TOP
            near = walk.slot[at * SLOTS + np.int64(bits & MASK)]
            bits >>= SHIFT
            if near < 0:
                start = walk.start[at]
                near = walk.head[start + _below(walk.word, walk.start[at + 1] - start)]
            state = walk.load[near]
            if state != OUTSIDE:
                walk.tree[at] = near  # leaving a block again forgets the loop in between
                at = near
        begin = count
        at = walk.member[i]
        while walk.load[at] < 0:
            walk.load[at] = walk.weight[at]
            walk.order[count] = at
            count += 1
            at = walk.tree[at]
        # parents before children
        last = count - 1
        while begin < last:
            walk.order[begin], walk.order[last] = walk.order[last], walk.order[begin]
            begin += 1
            last -= 1
    many = 0
    for i in range(size - 1, 0, -1):
        at = walk.order[i]
        below = walk.load[at]
        walk.load[walk.tree[at]] += below
        if low <= below <= high:
            many += 1
    return many


@inner
def _fits(walk: Walk, i: int, lower: int, upper: int) -> bool:
    """Say whether cutting above the i-th block of the order leaves both sides within the bounds."""
    below = walk.load[walk.order[i]]
    rest = walk.load[walk.order[0]] - below
    return bool(lower <= below <= upper and lower <= rest <= upper)


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
        walk.label[walk.order[i]] = other
    walk.label[walk.order[top]] = one
    for i in range(top + 1, size):
        at = walk.order[i]
        if walk.label[walk.tree[at]] == one:
            walk.label[at] = one
    _link(walk, size, one, other)


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
        size, whole = _merge(walk, edge)
        many = _grow_tree(walk, size, whole, walk.ends[edge, 0], lower, upper)
        if many > 0:
            for i in range(size):
                old[i] = walk.label[walk.member[i]]
            before = _within(walk, cost, size)
            one, other = walk.label[walk.ends[edge, 0]], walk.label[walk.ends[edge, 1]]
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
                _link(walk, size, one, other)
        _leave(walk, size)
    return kept


@inner
def _within(walk: Walk, cost: Ints, size: int) -> int:
    """Cost of the edges between the two parts of the merged pair, each of which is met twice."""
    total = 0
    for i in range(size):
        block = walk.member[i]
        for d in range(walk.start[block], walk.start[block + 1]):
            near = walk.head[d]
            if walk.load[near] != OUTSIDE and walk.label[near] != walk.label[block]:
                total += cost[d]
    return total // 2
