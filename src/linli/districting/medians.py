"""Good plans around centres: grow parts from seeds, exchange border blocks, move the centres, repeat."""

from __future__ import annotations

import numpy as np

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Floats, Ints, Problem


def plans_around_centres(
    problem: Problem,
    cost: Floats,
    centres: Ints,
    lower: int,
    upper: int,
    parts: int,
    forced: Bools,
    *,
    rounds: int | None = None,
    seed: int = 0,
) -> list[Ints]:
    """Search for connected plans within the bounds; cheapest first, none where the search fails.

    Parameters
    ----------
    cost
        Shape (c, n), finite: cost of assigning block i to centre j.
    centres
        Shape (c,): block of each centre.
    forced
        Shape (c,): centres that must be chosen.
    rounds
        Number of starts; by size where absent, 20 to 50 for most.
    """
    rounds = min(50, max(20, 5000 // problem.n), 2 * problem.n) if rounds is None else rounds
    rng = np.random.default_rng(seed)
    found: list[tuple[float, Ints]] = []
    for _ in range(rounds):
        chosen = _seeds(cost, centres, problem.weights, parts, forced, rng)
        labels = _grow(*problem.neighbours[:2], problem.weights, cost, centres, chosen)
        if labels.min() >= 0:
            plan = polish(problem, cost, centres, lower, upper, labels, chosen, forced)
            if plan is not None:
                found.append(plan)
    found.sort(key=lambda plan: plan[0])
    return [labels for _, labels in found]


def polish(
    problem: Problem,
    cost: Floats,
    centres: Ints,
    lower: int,
    upper: int,
    labels: Ints,
    chosen: Ints,
    forced: Bools,
) -> tuple[float, Ints] | None:
    """Improve connected labels around the centres `chosen` (parts,); None where the bounds cannot be reached."""
    start, ends, _ = problem.neighbours
    total, better, over = _improve(
        start, ends, problem.weights, cost, centres, forced, lower, upper, labels.copy(), chosen.copy()
    )
    return None if over else (float(total), better)


def _seeds(cost: Floats, centres: Ints, weights: Ints, parts: int, forced: Bools, rng: np.random.Generator) -> Ints:
    """Forced centres first, then each next one with a chance by what it saves (k-means++)."""
    chosen = np.flatnonzero(forced).tolist()
    if not chosen:
        chosen = [int(rng.integers(len(centres)))]
    while len(chosen) < parts:
        nearest = cost[chosen].min(axis=0)[centres] + 1e-12 * (1 + cost.max())
        nearest[chosen] = 0.0
        sums = np.cumsum(nearest)
        chosen.append(int(np.searchsorted(sums, rng.random() * sums[-1], side="right")))
    return np.array(chosen, dtype=np.int64)


@compiled
def _grow(start: Ints, ends: Ints, weights: Ints, cost: Floats, centres: Ints, chosen: Ints) -> Ints:
    """Let the lightest part take its cheapest neighbour until nothing is free."""
    n, parts = len(weights), len(chosen)
    labels = np.full(n, -1, dtype=np.int64)
    load = np.zeros(parts, dtype=np.int64)
    for p in range(parts):
        labels[centres[chosen[p]]] = p
        load[p] = weights[centres[chosen[p]]]
    stuck = np.zeros(parts, dtype=np.bool_)
    for _ in range(n * parts):
        part = -1
        for p in range(parts):
            if not stuck[p] and (part < 0 or load[p] < load[part]):
                part = p
        if part < 0:
            break
        taken = -1
        for i in range(n):
            if labels[i] == -1 and (taken < 0 or cost[chosen[part], i] < cost[chosen[part], taken]):
                for e in range(start[i], start[i + 1]):
                    if labels[ends[e]] == part:
                        taken = i
                        break
        if taken < 0:
            stuck[part] = True
        else:
            labels[taken] = part
            load[part] += weights[taken]
    return labels


@compiled
def _holds_without(start: Ints, ends: Ints, labels: Ints, block: int, mark: Ints, stack: Ints, stamp: int) -> bool:
    """Whether the part of `block` stays in one piece, and not empty, without it."""
    part = labels[block]
    first, wanted = -1, 0
    for e in range(start[block], start[block + 1]):
        if labels[ends[e]] == part:
            wanted += 1
            first = ends[e]
    if wanted <= 1:
        return wanted == 1
    mark[block] = stamp
    mark[first] = stamp
    stack[0] = first
    top, met = 1, 0
    while top:
        top -= 1
        b = stack[top]
        for e in range(start[b], start[b + 1]):
            near = ends[e]
            if near == block:
                met += 1
                if met == wanted:
                    return True
            elif labels[near] == part and mark[near] != stamp:
                mark[near] = stamp
                stack[top] = near
                top += 1
    return False


@compiled
def _excess(load: int, lower: int, upper: int) -> int:
    return max(0, lower - load) + max(0, load - upper)


@compiled
def _improve(
    start: Ints,
    ends: Ints,
    weights: Ints,
    cost: Floats,
    centres: Ints,
    forced: Bools,
    lower: int,
    upper: int,
    labels: Ints,
    chosen: Ints,
) -> tuple[float, Ints, int]:
    n, parts = len(weights), len(chosen)
    load = np.zeros(parts, dtype=np.int64)
    for i in range(n):
        load[labels[i]] += weights[i]
    mark = np.full(n, -1, dtype=np.int64)
    stack = np.zeros(n + 1, dtype=np.int64)
    fixed = np.zeros(n, dtype=np.bool_)
    for j in range(len(centres)):
        if forced[j]:
            fixed[centres[j]] = True
    span = 0.0
    for i in range(n):
        span = max(span, np.max(cost[:, i]))
    penalty = 10.0 * (span * n + 1.0)
    stamp, again, rounds = 0, True, 0
    while again and rounds < 60:
        again = False
        rounds += 1
        for i in range(n):
            p = labels[i]
            if fixed[i]:
                continue
            best, to = -1e-9 * (1.0 + span), -1
            for e in range(start[i], start[i + 1]):
                q = labels[ends[e]]
                if q in (p, to):
                    continue
                change = cost[chosen[q], i] - cost[chosen[p], i]
                w = weights[i]
                change += penalty * (
                    _excess(load[p] - w, lower, upper)
                    + _excess(load[q] + w, lower, upper)
                    - _excess(load[p], lower, upper)
                    - _excess(load[q], lower, upper)
                )
                if change < best:
                    best, to = change, q
            if to >= 0:
                stamp += 1
                if _holds_without(start, ends, labels, i, mark, stack, stamp):
                    labels[i] = to
                    load[p] -= weights[i]
                    load[to] += weights[i]
                    again = True
        # exchange two border blocks where a single move breaks a bound
        for i in range(n):
            if fixed[i]:
                continue
            for e in range(start[i], start[i + 1]):
                q = labels[ends[e]]
                p = labels[i]
                if q == p:
                    continue
                out = cost[chosen[q], i] - cost[chosen[p], i]
                for j in range(n):
                    if labels[j] != q or fixed[j]:
                        continue
                    change = out + cost[chosen[p], j] - cost[chosen[q], j]
                    shift = weights[j] - weights[i]
                    change += penalty * (
                        _excess(load[p] + shift, lower, upper)
                        + _excess(load[q] - shift, lower, upper)
                        - _excess(load[p], lower, upper)
                        - _excess(load[q], lower, upper)
                    )
                    if change >= -1e-9 * (1.0 + span):
                        continue
                    touches = False
                    for f in range(start[j], start[j + 1]):
                        if labels[ends[f]] == p and ends[f] != i:
                            touches = True
                            break
                    if not touches:
                        continue
                    stamp += 1
                    if not _holds_without(start, ends, labels, i, mark, stack, stamp):
                        continue
                    labels[i] = q
                    stamp += 1
                    if _holds_without(start, ends, labels, j, mark, stack, stamp):
                        labels[j] = p
                        load[p] += shift
                        load[q] -= shift
                        again = True
                        break
                    labels[i] = p
        # move each free centre to the best place within its part
        sums = np.zeros(len(centres))
        for j in range(len(centres)):
            if not forced[j]:
                p = labels[centres[j]]
                for i in range(n):
                    if labels[i] == p:
                        sums[j] += cost[j, i]
        for j in range(len(centres)):
            p = labels[centres[j]]
            if not forced[j] and not forced[chosen[p]] and sums[j] < sums[chosen[p]] - 1e-9 * (1.0 + span):
                chosen[p] = j
                again = True
    total, over = 0.0, 0
    for i in range(n):
        total += cost[chosen[labels[i]], i]
    for p in range(parts):
        over += _excess(load[p], lower, upper)
    return total, labels, over
