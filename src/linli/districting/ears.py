"""Divide a region into three: every part that one closed path cuts off, and the best halves of what it leaves.

In every plan of connected parts at least two parts are *ears*: taken away, they leave the rest connected, so one
simple closed path of faces bounds them.
"""

from __future__ import annotations

from linli.districting.compiled import compiled
from linli.districting.halves import halve
from linli.districting.labels import FAR, Table
from linli.districting.lawful import Demands
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region, extract, tail_side
from linli.districting.walks import EAR, Walk, next_ear


@compiled
def ear_fits(region: Region, demands: Demands, side: Bools, low: int, high: int) -> bool:
    """True if the marked blocks are within weight and no lock forbids them as a part of their own."""
    weight = 0
    key = -1
    for v in range(len(side)):
        if side[v]:
            weight += region.weight[v]
            lock = demands.lock[region.block[v]]
            if lock >= 0:
                if key >= 0 and key != lock:
                    return False
                key = lock
    if weight < low or weight > high:
        return False
    if key >= 0:
        for v in range(len(side)):
            if not side[v] and demands.lock[region.block[v]] == key:
                return False
    return True


@compiled
def thirds(
    root: Region,
    region: Region,
    demands: Demands,
    label: Ints,
    first: int,
    parts: int,
    base: int,
    shut: Bools,
    home: Ints,
    width: int,
    flow: Ints,
    total: int,
    over: int,
    most: int,
    best: int,
    walk: Walk,
    table: Table,
    budget: Ints,
    seen: Ints,
    inner: Ints,
) -> tuple[int, int, int]:
    """Go through the ears of a region from `base` and halve what each leaves; resumable through `walk`.

    `over` < ear's cost ≤ `most`; plans of total cost below `best` are written into `label` as parts first, first + 1
    and first + 2. `seen[0]` counts ears.

    Returns
    -------
    code, best, bound
        DONE or PAUSED, the best total cost so far, and a lower bound for the divisions that `halve` left open.
    """  # fmt: skip
    whole = region.total[0]
    low = max(demands.lower, whole - 2 * demands.upper)
    high = min(demands.upper, whole - 2 * demands.lower)
    bound = FAR
    trial = label.copy()
    while True:
        code = next_ear(region, flow, total, base, shut, home, width, low, high, over, most, walk, budget)
        if code != EAR:
            return code, best, bound
        length = walk.depth[0] + 1
        cost = walk.cost[length]
        if cost >= best:
            continue
        side = tail_side(region, walk.path, length)
        if not ear_fits(region, demands, side, low, high):
            continue
        seen[0] += 1
        for v in range(len(side)):
            if side[v]:
                trial[region.block[v]] = first
        rest = extract(region, ~side)
        inner[1] = 0
        more, least = halve(root, rest, demands, trial, first + 1, parts, best - 1 - cost, table, inner)
        budget[0] -= inner[1] + len(region.head)
        if more < FAR and cost + more < best:
            best = cost + more
            for v in range(len(side)):
                label[region.block[v]] = trial[region.block[v]]
        if least < more:
            bound = min(bound, cost + least)
