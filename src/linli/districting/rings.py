"""What stands around a block: whether it may change parts without breaking one or enclosing another.

Around each block, in rotation order, stand its neighbours; between two of them stand the other blocks of the face
between them, and the outside where the face looks on it. If the neighbours in the block's own part stand in one run,
the part stays in one piece without it. Where the graph with a vertex for the outside is planar and no part encloses
another, the converse holds, and the same test on what is not in the new part tells whether anything gets enclosed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Ints, connected_pieces
from linli.districting.region import Region

LONGEST_FACE = 200


class Rings(NamedTuple):
    """The ring of block v is item[start[v]:start[v + 1]]: block numbers, n for the outside, v itself for a gap.

    Parameters
    ----------
    near
        True where the item is a neighbour of v and not only a block across a corner.
    sure
        Shape (n,): True if the ring of v is that of a planar embedding and complete.
    rim
        Shape (n,): True for blocks that touch the outside.
    """

    start: Ints
    item: Ints
    near: Bools
    sure: Bools
    rim: Bools


def rings_of(region: Region, rim: Bools) -> Rings:
    """Rings of all blocks; for a region in no planar rotation they consist of lone neighbours and decide little."""
    n = len(region.weight)
    looks_out = np.zeros(n, np.bool_)
    looks_out[region.tail[region.corner]] = True
    looks_out |= np.diff(region.start) == 0
    trusted = is_planar(region) and (not rim.any() or bool((looks_out == rim)[np.diff(region.start) > 0].all()))
    start, item, near, sure = _collect(region, trusted)
    return Rings(start, item[: start[-1]].copy(), near[: start[-1]].copy(), sure, rim)


def is_planar(region: Region) -> bool:
    """True if the rotation is that of a planar embedding, by Euler's formula on each connected piece."""
    n = len(region.weight)
    forward = region.tail < region.head
    edges = np.stack([region.tail[forward], region.head[forward]], axis=1)
    pieces = int(connected_pieces(n, edges).max()) + 1
    alone = int((np.diff(region.start) == 0).sum())
    return bool(n - len(edges) + len(region.opened) == 2 * pieces - alone)


@compiled
def _collect(region: Region, planar: bool) -> tuple[Ints, Ints, Bools, Bools]:
    n = len(region.weight)
    start = np.zeros(n + 1, np.int64)
    item = np.empty(4 * len(region.head) + LONGEST_FACE + 16, np.int64)
    near = np.zeros(len(item), np.bool_)
    sure = np.zeros(n, np.bool_)
    behind = np.empty(LONGEST_FACE, np.int64)
    count = 0
    for v in range(n):
        sure[v] = planar
        first, end = region.start[v], region.start[v + 1]
        for d in range(first, end):
            if count + 2 * LONGEST_FACE + 8 > len(item):
                longer = np.empty(2 * len(item) + 4 * LONGEST_FACE, np.int64)
                flags = np.zeros(len(longer), np.bool_)
                for i in range(count):
                    longer[i] = item[i]
                    flags[i] = near[i]
                item = longer
                near = flags
            before = d - 1 if d > first else end - 1
            item[count] = region.head[before]
            near[count] = True
            count += 1
            if not planar:
                item[count] = v
                near[count] = False
                count += 1
                continue
            # along the face from the neighbour before to this one, as far as the outside
            last = region.twin[d]
            e = before
            steps = 0
            met_outside = False
            while True:
                back = region.twin[e]
                if region.corner[back] and region.tail[back] != v:
                    met_outside = True
                    break
                w = region.tail[back]
                e = back - 1 if back > region.start[w] else region.start[w + 1] - 1
                if e == last:
                    break
                if region.head[e] == region.head[d] and _next(region, e) == last:
                    met_outside = region.corner[region.twin[e]]
                    break
                steps += 1
                if steps == LONGEST_FACE:
                    sure[v] = False
                    item[count] = v
                    near[count] = False
                    count += 1
                    break
                item[count] = region.head[e]
                near[count] = False
                count += 1
            if not (met_outside or region.corner[d]):
                continue
            item[count] = n
            near[count] = region.corner[d]
            count += 1
            # and back from this neighbour to the outside
            steps = 0
            e = last
            while met_outside:
                u = region.tail[e]
                after = e + 1 if e + 1 < region.start[u + 1] else region.start[u]
                if region.corner[after] or e == before:
                    break
                e = region.twin[after]
                if steps == LONGEST_FACE:
                    sure[v] = False
                    item[count] = v
                    near[count] = False
                    count += 1
                    break
                behind[steps] = region.tail[e]
                steps += 1
            for i in range(steps - 1, -1, -1):
                item[count] = behind[i]
                near[count] = False
                count += 1
        start[v + 1] = count
    return start, item, near, sure


@compiled
def _next(region: Region, e: int) -> int:
    """The dart after e along its face."""
    back = region.twin[e]
    v = region.tail[back]
    return int(back - 1 if back > region.start[v] else region.start[v + 1] - 1)


@compiled
def may_move(region: Region, rings: Rings, label: Ints, mark: Ints, stack: Ints, v: int, to: int, strict: bool) -> bool:
    """True if block v may go to part `to`: its own part stays whole and, where strict, nothing gets enclosed.

    `label` has one more entry, -1, for the outside; `mark` and `stack` are scratch.
    """
    if runs(rings, label, v, label[v], True) > 1 and (
        (strict and rings.sure[v]) or not stays_whole(region, label, mark, stack, v)
    ):
        return False
    if not strict:
        return True
    if rings.sure[v]:
        return runs(rings, label, v, to, False) <= 1
    return stays_open(region, rings, label, mark, stack, v, to)


@compiled
def runs(rings: Rings, label: Ints, v: int, part: int, inside: bool) -> int:
    """Runs around v of blocks in `part` (or, if not `inside`, of blocks elsewhere) that hold a neighbour of v."""
    begin, end = rings.start[v], rings.start[v + 1]
    first = begin
    while first < end and rings.item[first] != v and (label[rings.item[first]] == part) == inside:
        first += 1
    if first == end:
        return 1
    count = 0
    holds = False
    i = first
    for _ in range(end - begin):
        i += 1
        if i == end:
            i = begin
        w = rings.item[i]
        if w != v and (label[w] == part) == inside:
            holds = holds or rings.near[i]
        elif holds:
            count += 1
            holds = False
    return count


@compiled
def stays_whole(region: Region, label: Ints, mark: Ints, stack: Ints, v: int) -> bool:
    """True if the part of v is in one piece without v, by a flood within it."""
    n = len(region.weight)
    part = label[v]
    mark[n] += 1
    turn = mark[n]
    mark[v] = turn
    wanted = 0
    seed = -1
    for d in range(region.start[v], region.start[v + 1]):
        if label[region.head[d]] == part:
            seed = region.head[d]
            wanted += 1
    if wanted == 0:
        return False
    # count the neighbours of v as the flood meets them
    stack[0] = seed
    mark[seed] = turn
    top = 1
    met = 0
    while top > 0:
        top -= 1
        u = stack[top]
        for d in range(region.start[u], region.start[u + 1]):
            w = region.head[d]
            if w == v:
                met += 1
            elif label[w] == part and mark[w] != turn:
                mark[w] = turn
                stack[top] = w
                top += 1
        if met == wanted:
            return True
    return False


@compiled
def stays_open(region: Region, rings: Rings, label: Ints, mark: Ints, stack: Ints, v: int, to: int) -> bool:
    """True if, with v in part `to`, every neighbour of v elsewhere still reaches the outside around that part."""
    n = len(region.weight)
    for start in range(region.start[v], region.start[v + 1]):
        seed = region.head[start]
        if label[seed] == to:
            continue
        mark[n] += 1
        turn = mark[n]
        mark[v] = turn
        mark[seed] = turn
        stack[0] = seed
        top = 1
        out = False
        while top > 0 and not out:
            top -= 1
            u = stack[top]
            out = rings.rim[u]
            for d in range(region.start[u], region.start[u + 1]):
                w = region.head[d]
                if label[w] != to and mark[w] != turn:
                    mark[w] = turn
                    stack[top] = w
                    top += 1
        if not out:
            return False
    return True
