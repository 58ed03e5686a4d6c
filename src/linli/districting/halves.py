"""Divide a region into two at least cost: the cheapest admissible closed walk, or simple paths where that is none."""

from __future__ import annotations

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
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region, finish, tail_side
from linli.districting.walks import EAR, PAUSED, bases_of, new_walk, next_ear

HALVE_STEPS = 4_000_000


@inner
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
        counts the labels and steps taken; where there is a `budget[2]`, the search ends unproven, with bound 0, when
        so many are counted.
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
        if len(budget) > 2 and budget[1] > budget[2]:
            return best, 0
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
    old = np.empty(len(side), np.int64)
    for v in range(len(side)):
        old[v] = label[region.block[v]]
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
