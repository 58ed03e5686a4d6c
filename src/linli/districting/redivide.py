"""Improve a plan by dividing two or three neighbouring parts anew, exactly, until nothing gains."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.ears import thirds
from linli.districting.halves import halve
from linli.districting.labels import (
    FAR,
    Table,
    clear,
    coarse_step,
    distances,
    fold,
    in_steps,
    round_weights,
    spread,
)
from linli.districting.lawful import Demands, reaches_all
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region, extract_listed
from linli.districting.trees import first_plan
from linli.districting.walks import bases_of, new_walk

TRIPLE_STEPS = 20_000
PAIR_STEPS = 5_000_000  # labels and steps of one pair; pairs of communities take a hundredth of them


class Plan(NamedTuple):
    """A plan under improvement, with what makes re-division quick.

    Parameters
    ----------
    label
        Shape (n,): part of each block.
    first, after
        Shapes (k,), (n,): linked lists of the blocks of each part, -1 at the end.
    changed
        Shape (k,): turn at which the part last changed.
    tried
        Shape (k, k): turn at which the pair was last divided anew.
    turn
        Shape (1,): counts divisions.
    place, dart_place
        Shapes (n,), (d,): scratch, all -1 between calls.
    """

    label: Ints
    first: Ints
    after: Ints
    changed: Ints
    tried: Ints
    turn: Ints
    place: Ints
    dart_place: Ints


def start_plan(root: Region, label: Ints, parts: int) -> Plan:
    """Wrap labels for improvement."""
    n = len(root.weight)
    plan = Plan(
        label.astype(np.int64).copy(), np.full(parts, -1, np.int64), np.full(n, -1, np.int64),
        np.ones(parts, np.int64), np.zeros((parts, parts), np.int64), np.ones(1, np.int64),
        np.full(n, -1, np.int64), np.full(len(root.head), -1, np.int64),
    )  # fmt: skip
    for v in range(n - 1, -1, -1):
        plan.after[v] = plan.first[plan.label[v]]
        plan.first[plan.label[v]] = v
    return plan


@compiled
def neighbours_of(root: Region, plan: Plan, part: int, mark: Bools) -> Ints:
    """Parts that share an edge with `part`; `mark` (k,) is scratch, all False between calls."""
    found = np.empty(16, np.int64)
    count = 0
    v = plan.first[part]
    while v >= 0:
        for d in range(root.start[v], root.start[v + 1]):
            other = plan.label[root.head[d]]
            if other != part and not mark[other]:
                mark[other] = True
                if count == len(found):
                    more = np.empty(2 * count, np.int64)
                    more[:count] = found
                    found = more
                found[count] = other
                count += 1
        v = plan.after[v]
    for i in range(count):
        mark[found[i]] = False
    return found[:count]


@compiled
def union(root: Region, plan: Plan, chosen: Ints) -> Region:
    """Region of several parts; blocks are numbered as in the root."""
    size = 0
    for i in range(len(chosen)):
        v = plan.first[chosen[i]]
        while v >= 0:
            size += 1
            v = plan.after[v]
    nodes = np.empty(size, np.int64)
    size = 0
    for i in range(len(chosen)):
        v = plan.first[chosen[i]]
        while v >= 0:
            nodes[size] = v
            plan.place[v] = size
            size += 1
            v = plan.after[v]
    region = extract_listed(root, nodes, plan.place, plan.dart_place)
    for i in range(size):
        plan.place[nodes[i]] = -1
    return region


@compiled
def as_root(region: Region) -> Region:
    """The same region with its blocks numbered by themselves."""
    return Region(
        np.arange(len(region.weight)), region.weight, region.start, region.tail, region.head, region.twin, region.cost,
        region.corner, region.flow, region.face, region.face_start, region.face_dart, region.opened, region.total,
    )  # fmt: skip


@compiled
def local_demands(demands: Demands, region: Region) -> Demands:
    """Demands inside a union of parts: locks renumbered; enclaves are a matter of the whole plan."""
    count = len(region.weight)
    lock = np.full(count, -1, np.int64)
    used = 0
    for v in range(count):
        key = demands.lock[region.block[v]]
        if key < 0:
            continue
        for w in range(v):
            if demands.lock[region.block[w]] == key:
                lock[v] = lock[w]
                break
        if lock[v] < 0:
            lock[v] = used
            used += 1
    return Demands(demands.lower, demands.upper, demands.enclaves, np.ones(count, np.bool_), lock)


@compiled
def inner_cost(region: Region, label: Ints) -> int:
    """Cost of the edges of a region whose ends bear different labels."""
    cost = 0
    for d in range(len(region.head)):
        if label[region.block[region.tail[d]]] != label[region.block[region.head[d]]]:
            cost += region.cost[d]
    return cost // 2


@compiled
def adopt(root: Region, plan: Plan, demands: Demands, region: Region, chosen: Ints, fresh: Ints) -> bool:
    """Give the blocks of a region the labels chosen[fresh]; refuse if a part would be enclosed."""
    old = np.empty(len(fresh), np.int64)
    for v in range(len(fresh)):
        old[v] = plan.label[region.block[v]]
        plan.label[region.block[v]] = chosen[fresh[v]]
    if not demands.enclaves:
        parts = len(plan.first)
        near = np.zeros((parts + 1, parts + 1), np.bool_)
        for v in range(len(root.weight)):
            if demands.rim[v]:
                near[plan.label[v], parts] = True
                near[parts, plan.label[v]] = True
        for d in range(len(root.head)):
            near[plan.label[root.tail[d]], plan.label[root.head[d]]] = True
        for i in range(len(chosen)):
            if not reaches_all(near, chosen[i], parts):
                for v in range(len(fresh)):
                    plan.label[region.block[v]] = old[v]
                return False
    plan.turn[0] += 1
    for i in range(len(chosen)):
        plan.first[chosen[i]] = -1
        plan.changed[chosen[i]] = plan.turn[0]
    for v in range(len(fresh)):
        b = region.block[v]
        plan.after[b] = plan.first[plan.label[b]]
        plan.first[plan.label[b]] = b
    return True


@compiled
def sweep_pairs(root: Region, plan: Plan, demands: Demands, table: Table, most: int) -> tuple[int, int]:
    """Divide pairs of neighbours anew, at most `most` of them, passing over pairs unchanged since they were last tried.

    Returns the number of pairs divided and the cost gained; fewer than `most` means that no pair is left to try.
    """
    parts = len(plan.first)
    mark = np.zeros(parts, np.bool_)
    done = 0
    gained = 0
    budget = np.zeros(3, np.int64)
    budget[2] = PAIR_STEPS
    again = True
    chosen = np.empty(2, np.int64)
    while again:
        again = False
        for a in range(parts):
            near = neighbours_of(root, plan, a, mark)
            for i in range(len(near)):
                b = near[i]
                if b < a or plan.tried[a, b] >= max(plan.changed[a], plan.changed[b]):
                    continue
                if done >= most:
                    return done, gained
                done += 1
                again = True
                plan.turn[0] += 1
                plan.tried[a, b] = plan.turn[0]
                chosen[0] = a
                chosen[1] = b
                region = union(root, plan, chosen)
                now = inner_cost(region, plan.label)
                fresh = np.zeros(len(region.weight), np.int64)
                own = as_root(region)
                budget[1] = 0
                cost, _ = halve(own, own, local_demands(demands, region), fresh, 0, 2, now - 1, table, budget)
                if cost < now and adopt(root, plan, demands, region, chosen, fresh):
                    gained += now - cost
                    plan.tried[a, b] = plan.turn[0]
                    break
    return done, gained


def redivide_triple(root: Region, plan: Plan, demands: Demands, table: Table, chosen: Ints) -> int:
    """Divide three connected parts anew under a budget of steps; returns the cost gained."""
    region = union(root, plan, chosen)
    now = inner_cost(region, plan.label)
    own = as_root(region)
    local = local_demands(demands, region)
    whole = int(own.total[0])
    low = max(demands.lower, whole - 2 * demands.upper)
    high = min(demands.upper, whole - 2 * demands.lower)
    rounded = round_weights(own, len(table.cost), coarse_step(own, low, high))
    low_step, high_step = in_steps(rounded, low, high)
    shut = np.zeros(len(own.opened), np.bool_)
    label = np.zeros(len(own.weight), np.int64)
    best = now
    budget, inner_budget, seen = np.zeros(1, np.int64), np.zeros(2, np.int64), np.zeros(1, np.int64)
    ceiling = 2 * now // 3
    for base in bases_of(own, demands.enclaves)[:4].tolist():
        away = distances(own, base, shut)
        cost, _, touched, count = spread(
            own, rounded, base, shut, away, ceiling, low_step, high_step, False, table, FAR
        )
        if cost >= FAR:
            clear(table, touched, count)
            continue
        home, width = fold(own, rounded, base, low_step, high_step, table, touched, count)
        clear(table, touched, count)
        budget[0] = TRIPLE_STEPS
        _, best, _ = thirds(
            own, own, local, label, 0, 3, base, shut, home, width, rounded.flow, rounded.total, -1, ceiling, best,
            new_walk(own), table, budget, seen, inner_budget,
        )  # fmt: skip
        shut[base] = True
    if best < now and adopt(root, plan, demands, region, chosen, label):
        return int(now - best)
    return 0


def random_triples(
    root: Region, plan: Plan, demands: Demands, table: Table, number: int, seed: int, *, around: Ints | None = None
) -> int:
    """Divide `number` random connected triples of parts anew, pairs in between; returns the cost gained.

    `around` narrows the first part of each triple to some parts.
    """
    rng = np.random.default_rng(seed)
    parts = len(plan.first)
    mark = np.zeros(parts, np.bool_)
    gained = 0
    for a in rng.choice(np.arange(parts) if around is None else around, size=number).tolist():
        near = neighbours_of(root, plan, a, mark).tolist()
        if not near:
            continue
        b = near[int(rng.integers(len(near)))]
        pool = near + neighbours_of(root, plan, b, mark).tolist()
        c = pool[int(rng.integers(len(pool)))]
        if c in (a, b):
            continue
        gain = redivide_triple(root, plan, demands, table, np.array([a, b, c], np.int64))
        gained += gain
        if gain > 0:
            gained += int(sweep_pairs(root, plan, demands, table, 64)[1])
    return gained


def shake(root: Region, plan: Plan, demands: Demands, table: Table, size: int, seed: int) -> int:
    """Plan a random cluster of `size` parts from scratch and improve it; keep it if it costs less.

    Returns the cost gained, 0 where the plan is left as it was.
    """
    rng = np.random.default_rng(seed)
    parts = len(plan.first)
    mark = np.zeros(parts, np.bool_)
    cluster = [int(rng.integers(parts))]
    while len(cluster) < size:
        border = {q for p in cluster for q in neighbours_of(root, plan, p, mark).tolist()} - set(cluster)
        if not border:
            break
        cluster.append(sorted(border)[int(rng.integers(len(border)))])
    chosen = np.array(cluster, np.int64)
    region = union(root, plan, chosen)
    fresh = first_plan(as_root(region), demands.lower, demands.upper, len(cluster), seed, 20 * len(cluster))
    if len(fresh) == 0:
        return 0
    before = int(inner_cost(root, plan.label))
    saved = [own.copy() for own in (plan.label, plan.first, plan.after, plan.changed, plan.tried)]
    if adopt(root, plan, demands, region, chosen, fresh):
        sweep_pairs(root, plan, demands, table, 40 * len(cluster))
        random_triples(root, plan, demands, table, 4 * len(cluster), seed, around=chosen)
        gained = before - int(inner_cost(root, plan.label))
        if gained > 0:
            return gained
    for own, old in zip((plan.label, plan.first, plan.after, plan.changed, plan.tried), saved, strict=True):
        own[:] = old
    return 0
