"""A part of the map as the exact methods see it: blocks in rotation order, the faces between them, the flow.

A *dart* is one direction of an edge. Darts lie block by block in the cyclic order in which the neighbours stand
around the block (a planar embedding). Faces of this graph are the junctions where lines between blocks meet; the
outside, a lake and a removed part are faces too. A set of blocks that is connected and leaves a connected rest is
bounded by exactly one simple cycle of faces, so divisions are found as paths from face to face.

The weight enclosed by such a cycle is read off the path: every block sends its weight along a spanning tree to a
root; crossing an edge adds the flow on it, and the sum around a cycle is, modulo the total, the weight on the
side of the darts' tails.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled, inner
from linli.districting.problem import Bools, Ints


class Region(NamedTuple):
    """Blocks, darts and faces; all arrays, so that compiled code can pass it along.

    Parameters
    ----------
    block
        Shape (v,): index of each block in the root region.
    weight
        Shape (v,).
    start
        Shape (v + 1,): darts of block v are start[v] … start[v + 1] - 1, in rotation order.
    tail, head, twin, cost
        Shape (d,): the dart's ends, its reverse dart, its price.
    corner
        Shape (d,): True if the corner between the previous dart of the block and this one looks on something that
        is not in the region: the outside, or blocks that were removed.
    flow, face
        Shape (d,): flow carried by the dart, the face at its side.
    face_start, face_dart
        Shape (f + 1,), (d,): darts that leave face f by crossing their edge.
    opened
        Shape (f,): True if the face looks on something outside the region.
    total
        Shape (1,): sum of the weights.
    """

    block: Ints
    weight: Ints
    start: Ints
    tail: Ints
    head: Ints
    twin: Ints
    cost: Ints
    corner: Bools
    flow: Ints
    face: Ints
    face_start: Ints
    face_dart: Ints
    opened: Bools
    total: Ints


@compiled
def extract(region: Region, keep: Bools) -> Region:
    """Region of the blocks marked in `keep`, which must be connected."""
    n = len(region.weight)
    place = np.full(n, -1, np.int64)
    count = 0
    for v in range(n):
        if keep[v]:
            place[v] = count
            count += 1
    nodes = np.empty(count, np.int64)
    for v in range(n):
        if keep[v]:
            nodes[place[v]] = v
    return extract_listed(region, nodes, place, np.full(len(region.head), -1, np.int64))


@inner
def extract_listed(region: Region, nodes: Ints, place: Ints, dart_place: Ints) -> Region:
    """Region of `nodes`, with `place` their position (-1 elsewhere) and `dart_place` all -1; the latter is reset."""
    count = len(nodes)
    start = np.zeros(count + 1, np.int64)
    darts = 0
    for i in range(count):
        v = nodes[i]
        for d in range(region.start[v], region.start[v + 1]):
            if place[region.head[d]] >= 0:
                dart_place[d] = darts
                darts += 1
        start[i + 1] = darts
    tail = np.empty(darts, np.int64)
    head = np.empty(darts, np.int64)
    twin = np.empty(darts, np.int64)
    cost = np.empty(darts, np.int64)
    corner = np.zeros(darts, np.bool_)
    weight = np.empty(count, np.int64)
    block = np.empty(count, np.int64)
    for i in range(count):
        v = nodes[i]
        weight[i] = region.weight[v]
        block[i] = region.block[v]
        hidden = False
        for d in range(region.start[v], region.start[v + 1]):
            hidden = hidden or region.corner[d]
            new = dart_place[d]
            if new < 0:
                hidden = True
                continue
            tail[new] = i
            head[new] = place[region.head[d]]
            twin[new] = dart_place[region.twin[d]]
            cost[new] = region.cost[d]
            corner[new] = hidden
            hidden = False
        if hidden and start[i + 1] > start[i]:
            corner[start[i]] = True
    for i in range(count):
        v = nodes[i]
        for d in range(region.start[v], region.start[v + 1]):
            dart_place[d] = -1
    return finish(block, weight, start, tail, head, twin, cost, corner)


@compiled
def finish(
    block: Ints, weight: Ints, start: Ints, tail: Ints, head: Ints, twin: Ints, cost: Ints, corner: Bools
) -> Region:
    """Add flow and faces to a rotation system whose blocks are connected."""
    count = len(weight)
    darts = len(head)
    # send every block's weight along a breadth-first tree to block 0
    up = np.full(count, -1, np.int64)
    seen = np.zeros(count, np.bool_)
    queue = np.empty(count, np.int64)
    queue[0] = 0
    seen[0] = True
    filled = 1
    taken = 0
    while taken < filled:
        v = queue[taken]
        taken += 1
        for d in range(start[v], start[v + 1]):
            if not seen[head[d]]:
                seen[head[d]] = True
                up[head[d]] = twin[d]
                queue[filled] = head[d]
                filled += 1
    flow = np.zeros(darts, np.int64)
    load = weight.copy()
    for i in range(filled - 1, 0, -1):
        v = queue[i]
        d = up[v]
        flow[d] = load[v]
        flow[twin[d]] = -load[v]
        load[head[d]] += load[v]
    # walk around each face; the dart before the twin in rotation order goes on along the same face
    face = np.full(darts, -1, np.int64)
    opened = np.zeros(darts + 1, np.bool_)
    faces = 0
    for first in range(darts):
        if face[first] >= 0:
            continue
        d = first
        while face[d] < 0:
            face[d] = faces
            back = twin[d]
            if corner[back]:
                opened[faces] = True
            v = tail[back]
            d = back - 1 if back > start[v] else start[v + 1] - 1
        faces += 1
    face_start = np.zeros(faces + 1, np.int64)
    for d in range(darts):
        face_start[face[d] + 1] += 1
    for f in range(faces):
        face_start[f + 1] += face_start[f]
    spot = face_start[:-1].copy()
    face_dart = np.empty(darts, np.int64)
    for d in range(darts):
        face_dart[spot[face[d]]] = d
        spot[face[d]] += 1
    total = np.zeros(1, np.int64)
    total[0] = weight.sum()
    return Region(
        block, weight, start, tail, head, twin, cost, corner, flow, face, face_start, face_dart, opened[:faces], total
    )


@compiled
def tail_side(region: Region, path: Ints, length: int) -> Bools:
    """Blocks on the side of the tails of a closed path of darts."""
    side = np.zeros(len(region.weight), np.bool_)
    cut = np.zeros(len(region.head), np.bool_)
    for i in range(length):
        cut[path[i]] = True
        cut[region.twin[path[i]]] = True
    stack = np.empty(len(region.weight), np.int64)
    stack[0] = region.tail[path[0]]
    side[stack[0]] = True
    top = 1
    while top > 0:
        top -= 1
        v = stack[top]
        for d in range(region.start[v], region.start[v + 1]):
            if not cut[d] and not side[region.head[d]]:
                side[region.head[d]] = True
                stack[top] = region.head[d]
                top += 1
    return side
