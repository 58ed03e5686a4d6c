"""Enumerate the simple closed paths of faces through one face, pruned by what it costs at least to come home."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region

DONE, PAUSED, EAR = 0, 1, 2


class Walk(NamedTuple):
    """State of an interrupted enumeration of closed paths from one face."""

    path: Ints
    spot: Ints
    cost: Ints
    sum: Ints
    rounded_sum: Ints
    on_path: Bools
    depth: Ints


@compiled
def new_walk(region: Region) -> Walk:
    """Start an enumeration."""
    faces = len(region.opened)
    return Walk(
        np.zeros(faces + 1, np.int64),
        np.zeros(faces + 2, np.int64),
        np.zeros(faces + 2, np.int64),
        np.zeros(faces + 2, np.int64),
        np.zeros(faces + 2, np.int64),
        np.zeros(faces, np.bool_),
        np.full(1, -1, np.int64),
    )


@compiled
def next_ear(
    region: Region,
    flow: Ints,
    total: int,
    base: int,
    shut: Bools,
    home: Ints,
    width: int,
    low: int,
    high: int,
    over: int,
    most: int,
    walk: Walk,
    budget: Ints,
) -> int:
    """Go on to the next simple closed path through `base` with cost in over+1 … most and tail side in low … high.

    `flow` and `total` are in steps, `home` and `width` come from `fold`. `budget[0]` is counted down by one a step.

    Returns
    -------
    DONE, PAUSED (budget used up) or EAR: the path is `walk.path[: walk.depth[0] + 1]`, its cost
    `walk.cost[walk.depth[0] + 1]`.
    """
    path, spot, cost = walk.path, walk.spot, walk.cost
    exact = max(1, region.total[0])
    depth = walk.depth[0]
    if depth < 0:
        depth = 0
        spot[0] = region.face_start[base]
        cost[0] = 0
        walk.sum[0] = 0
        walk.rounded_sum[0] = 0
        walk.on_path[base] = True
    while True:
        face = base if depth == 0 else region.face[region.twin[path[depth - 1]]]
        if spot[depth] == region.face_start[face + 1]:
            walk.on_path[face] = False
            depth -= 1
            if depth < 0:
                walk.depth[0] = -1
                return DONE
            continue
        budget[0] -= 1
        if budget[0] < 0:
            walk.depth[0] = depth
            return PAUSED
        d = region.face_dart[spot[depth]]
        spot[depth] += 1
        reach = cost[depth] + region.cost[d]
        if reach > most:
            continue
        g = region.face[region.twin[d]]
        sum_ = (walk.sum[depth] + region.flow[d]) % exact
        if g == base:
            if reach > over and (low <= sum_ <= high or high >= exact):
                path[depth] = d
                cost[depth + 1] = reach
                walk.depth[0] = depth
                return EAR
            continue
        if shut[g] or walk.on_path[g]:
            continue
        rounded_sum = (walk.rounded_sum[depth] + flow[d]) % total
        if reach + home[g, rounded_sum // width] > most:
            continue
        path[depth] = d
        depth += 1
        cost[depth] = reach
        walk.sum[depth] = sum_
        walk.rounded_sum[depth] = rounded_sum
        walk.on_path[g] = True
        spot[depth] = region.face_start[g]


@compiled
def bases_of(region: Region, enclaves: bool) -> Ints:
    """Faces through which every admissible ear must pass at least once: all, or those that look outside."""
    found = np.empty(len(region.opened), np.int64)
    count = 0
    for f in range(len(region.opened)):
        if enclaves or region.opened[f]:
            found[count] = f
            count += 1
    return found[:count]
