"""Enumerate the parts that one simple closed path cuts off, cheapest bounds first, and divide what is left.

In every plan of connected parts at least two parts are *ears*: taken away, they leave the rest connected, so one
simple closed path of faces bounds them. `next_ear` walks all such paths under a cost limit, pruned by what it
costs at least to come home with an admissible weight. `halve` finds the cheapest division into two, `thirds` goes
through the ears of a region and halves what each leaves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled, inner
from linli.districting.labels import (
    FAR,
    Table,
    clear,
    coarse_step,
    distances,
    fold,
    in_steps,
    is_simple,
    round_weights,
    spread,
    walk_back,
)
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region, extract, finish, tail_side

DONE, PAUSED, EAR = 0, 1, 2
HALVE_STEPS = 4_000_000


class Demands(NamedTuple):
    """What a plan must satisfy beyond connected parts.

    Parameters
    ----------
    lower, upper
        Bounds of a part's weight.
    enclaves
        True if a part may be enclosed by another.
    rim
        Shape (n,), root blocks: touches the outside (all False where unknown).
    lock
        Shape (n,), root blocks: -1 or a number; equal numbers belong together, different ones apart.
    """

    lower: int
    upper: int
    enclaves: bool
    rim: Bools
    lock: Ints


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
def lawful(root: Region, demands: Demands, parts: int, label: Ints) -> bool:
    """True if the labels respect locks and, where asked, enclose no part; connectivity and bounds are not checked."""
    n = len(root.weight)
    owner = np.full(n, -1, np.int64)
    home = np.full(parts, -1, np.int64)
    for v in range(n):
        key = demands.lock[v]
        if key >= 0:
            if owner[key] >= 0 and owner[key] != label[v]:
                return False
            owner[key] = label[v]
            if home[label[v]] >= 0 and home[label[v]] != key:
                return False
            home[label[v]] = key
    if demands.enclaves:
        return True
    near = np.zeros((parts + 1, parts + 1), np.bool_)
    for v in range(n):
        if demands.rim[v]:
            near[label[v], parts] = True
            near[parts, label[v]] = True
    for d in range(len(root.head)):
        a = label[root.tail[d]]
        b = label[root.head[d]]
        if a != b:
            near[a, b] = True
    for gone in range(parts):  # noqa: SIM110 (compiled code has no all())
        if not reaches_all(near, gone, parts):
            return False
    return True


@inner
def reaches_all(near: Bools, gone: int, start: int) -> bool:
    """True if, without vertex `gone`, every vertex of a small graph can be reached from `start`."""
    size = len(near)
    seen = np.zeros(size, np.bool_)
    seen[gone] = True
    seen[start] = True
    stack = np.empty(size, np.int64)
    stack[0] = start
    top = 1
    reached = 2
    while top > 0:
        top -= 1
        v = stack[top]
        for w in range(size):
            if near[v, w] and not seen[w]:
                seen[w] = True
                reached += 1
                stack[top] = w
                top += 1
    return reached == size


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
    if enclaves:
        return np.arange(len(region.opened))
    return np.flatnonzero(region.opened)


@compiled
def halve(
    root: Region,
    region: Region,
    demands: Demands,
    label: Ints,
    first: int,
    parts: int,
    most: int,
    table: Table,
    budget: Ints,
) -> tuple[int, int]:
    """Divide a region into two at a cost of at most `most`, the cheapest way.

    `label` (root blocks) is filled with `first` and `first + 1` for the best division found; `parts` is the number
    of parts of the whole plan, on which locks and enclaves are checked where label is complete.

    Returns
    -------
    cost, bound
        Cost of the division (FAR if none) and a lower bound over all admissible divisions of cost up to `most`
        (equal to cost when proven; FAR if there is none). `budget[0]` limits the walks of one call, `budget[1]`
        counts the labels and steps taken.
    """
    total = region.total[0]
    low = max(demands.lower, total - demands.upper)
    high = min(demands.upper, total - demands.lower)
    return halve_within(root, region, demands, label, first, parts, most, table, budget, low, high)


@compiled
def halve_within(
    root: Region,
    region: Region,
    demands: Demands,
    label: Ints,
    first: int,
    parts: int,
    most: int,
    table: Table,
    budget: Ints,
    low: int,
    high: int,
) -> tuple[int, int]:
    """Divide a region as `halve` does, with the weight of part `first` in low … high and the other's free."""
    if low > high or len(region.weight) < 2:
        return FAR, FAR
    raised = lock_digits(region, demands)
    if raised < 0:
        return FAR, FAR
    if raised > 0:
        region, low, high = with_digits(region, demands, low, high)
    rounded = round_weights(region, len(table.cost), 1)
    low_step, high_step = in_steps(rounded, low, high)
    bases = bases_of(region, demands.enclaves)
    shut = np.zeros(len(region.opened), np.bool_)
    best = FAR
    bound = FAR
    most = min(most, region.cost.sum() // 2)
    for b in range(len(bases)):
        base = bases[b]
        limit = min(most, best - 1)
        away = distances(region, base, shut)
        cost, entry, touched, count = spread(
            region, rounded, base, shut, away, limit, low_step, high_step, True, table, FAR
        )
        budget[1] += count + len(away)
        if cost < FAR:
            path, length, _ = walk_back(region, rounded, base, entry, table)
            good = False
            if is_simple(region, path, length):
                good = settle(root, region, demands, label, first, parts, path, length, low, high)
            clear(table, touched, count)
            if good:
                best = cost
            else:
                # the cheapest walk is no division: enumerate simple paths from its cost on
                found, least = halve_by_walks(
                    root, region, demands, label, first, parts, base, shut, limit, cost, low, high, table, budget
                )
                best = min(best, found)
                bound = min(bound, least)
        else:
            clear(table, touched, count)
        shut[base] = True
    return best, min(best, bound)


@inner
def lock_digits(region: Region, demands: Demands) -> int:
    """Number of different locks in a region; -1 if they are too many for two parts."""
    one = -1
    two = -1
    for v in range(len(region.weight)):
        key = demands.lock[region.block[v]]
        if key < 0 or key in (one, two):
            continue
        if one < 0:
            one = key
        elif two < 0:
            two = key
        else:
            return -1
    return (1 if one >= 0 else 0) + (1 if two >= 0 else 0)


@inner
def with_digits(region: Region, demands: Demands, low: int, high: int) -> tuple[Region, int, int]:
    """Write the locks into the weights as a leading digit, so that a side's weight tells which locks it holds.

    With r blocks of the first lock, each adds one digit and each block of a second lock adds r + 1; a side that
    holds all of the first and none of the second has digit r, and no other side has.
    """
    digit = region.total[0] + 1
    one = -1
    held = 0
    for v in range(len(region.weight)):
        key = demands.lock[region.block[v]]
        if key >= 0:
            if one < 0:
                one = key
            if key == one:
                held += 1
    weight = region.weight.copy()
    for v in range(len(weight)):
        key = demands.lock[region.block[v]]
        if key >= 0:
            weight[v] += digit if key == one else digit * (held + 1)
    raised = finish(
        region.block, weight, region.start, region.tail, region.head, region.twin, region.cost, region.corner
    )
    return raised, low + digit * held, high + digit * held


@inner
def settle(
    root: Region,
    region: Region,
    demands: Demands,
    label: Ints,
    first: int,
    parts: int,
    path: Ints,
    length: int,
    low: int,
    high: int,
) -> bool:
    """Write a division into `label` if it is admissible."""  # fmt: skip
    side = tail_side(region, path, length)
    weight = 0
    for v in range(len(side)):
        if side[v]:
            weight += region.weight[v]
    if weight < low or weight > high:
        return False
    old = label[region.block]
    for v in range(len(side)):
        label[region.block[v]] = first if side[v] else first + 1
    if lawful(root, demands, parts, label):
        return True
    for v in range(len(side)):
        label[region.block[v]] = old[v]
    return False


@inner
def halve_by_walks(
    root: Region,
    region: Region,
    demands: Demands,
    label: Ints,
    first: int,
    parts: int,
    base: int,
    shut: Bools,
    most: int,
    least: int,
    low: int,
    high: int,
    table: Table,
    budget: Ints,
) -> tuple[int, int]:
    """Cheapest admissible simple closed path through `base`, known to cost at least `least`."""
    rounded = round_weights(region, len(table.cost), coarse_step(region, low, high))
    low_step, high_step = in_steps(rounded, low, high)
    away = distances(region, base, shut)
    budget[0] = HALVE_STEPS
    ceiling = least
    over = least - 1
    best = FAR
    known = over
    home = np.zeros((1, 1), np.int64)
    width = 1
    while over < most:
        ceiling = min(most, ceiling + ceiling // 16 + 1)
        if ceiling > known:
            known = min(most, 2 * ceiling)
            _, _, touched, count = spread(
                region, rounded, base, shut, away, known, low_step, high_step, False, table, FAR
            )
            home, width = fold(region, rounded, base, low_step, high_step, table, touched, count)
            clear(table, touched, count)
            budget[0] -= count
            budget[1] += count
        walk = new_walk(region)
        limit = ceiling
        while True:
            left = budget[0]
            code = next_ear(
                region, rounded.flow, rounded.total, base, shut, home, width, low, high, over, limit, walk, budget
            )
            budget[1] += left - budget[0]
            if code != EAR:
                break
            length = walk.depth[0] + 1
            cost = walk.cost[length]
            if settle(root, region, demands, label, first, parts, walk.path, length, low, high):
                best = cost
                limit = cost - 1
        if code == PAUSED:
            return best, over + 1
        if best < FAR:
            return best, best
        over = ceiling
    return FAR, FAR


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
