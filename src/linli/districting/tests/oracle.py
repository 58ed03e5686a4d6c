"""Small random planar problems, and the truth about them by trying everything."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.spatial import Delaunay

from linli.districting.compiled import compiled
from linli.districting.problem import Bools, Floats, Ints, Problem, connected_pieces


def brute_force(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int | None,
    *,
    allowed: Bools | None = None,
    pieces: bool = True,
) -> tuple[int, Ints] | None:
    """Least integer cut over every partition into connected parts within the bounds; None where there is none.

    Where `problem.rim` is given, a part is allowed only if every piece of the rest holds a rim block. `parts` None
    leaves their number free. `allowed` (2^n,) narrows the sets of blocks (bit b = block b) that may be a part, `pieces`
    False lets a part be disconnected. For n up to about 14.
    """
    found = least_sum(
        problem, lower, upper, parts, cut_of_sets(problem).astype(np.float64), allowed=allowed, pieces=pieces
    )
    return None if found is None else (int(found[0]) // 2, found[1])


def least_sum(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int | None,
    value: Floats,
    *,
    allowed: Bools | None = None,
    pieces: bool = True,
) -> tuple[float, Ints] | None:
    """Least sum over the parts of `value` (2^n,), a number for each set of blocks; else as `brute_force`."""
    n = problem.n
    usable = possible_parts(problem, lower, upper, pieces=pieces)
    if allowed is not None:
        usable = usable & allowed
    best, choice = _divide(n, n if parts is None else parts, usable, value)
    full = (1 << n) - 1
    number = int(np.argmin(best[1:, full])) + 1 if parts is None else parts
    if number > n or not np.isfinite(best[number, full]):
        return None
    labels = np.full(n, -1, dtype=np.int64)
    rest = full
    for part in range(number):
        taken = int(choice[number - part, rest])
        labels[[b for b in range(n) if taken >> b & 1]] = part
        rest &= ~taken
    return float(best[number, full]), labels


def every_plan(problem: Problem, lower: int, upper: int, parts: int) -> Iterator[Ints]:
    """Labels of every partition that `brute_force` looks at, one after the other."""
    usable = np.flatnonzero(possible_parts(problem, lower, upper)).tolist()
    by_first: dict[int, list[int]] = {}
    for chosen in usable:
        by_first.setdefault(chosen & -chosen, []).append(chosen)

    def extend(rest: int, left: int, taken: list[int]) -> Iterator[list[int]]:
        if left == 0:
            if rest == 0:
                yield taken
            return
        for chosen in by_first.get(rest & -rest, []):
            if chosen & ~rest == 0:
                yield from extend(rest & ~chosen, left - 1, [*taken, chosen])

    for plan in extend((1 << problem.n) - 1, parts, []):
        yield np.array([next(p for p, chosen in enumerate(plan) if chosen >> b & 1) for b in range(problem.n)])


def possible_parts(problem: Problem, lower: int, upper: int, *, pieces: bool = True) -> Bools:
    """Shape (2^n,): sets of blocks that may be a part: within the bounds, connected, no enclave if there is a rim."""
    near = np.zeros(problem.n, dtype=np.int64)
    for a, b in problem.edges.tolist():
        near[a] |= 1 << b
        near[b] |= 1 << a
    rim = -1 if problem.rim is None else int(sum(1 << int(b) for b in np.flatnonzero(problem.rim)))
    return _possible(problem.n, near, problem.weights, lower, upper, rim, pieces)


def cut_of_sets(problem: Problem) -> Ints:
    """Shape (2^n,): integer cost of the edges that leave each set of blocks."""
    cost = np.zeros((problem.n, problem.n), dtype=np.int64)
    cost[problem.edges[:, 0], problem.edges[:, 1]] = problem.costs
    return _boundary(problem.n, cost + cost.T)


def random_planar(rng: np.random.Generator, n: int, *, deleted: float = 0.2) -> Problem:
    """Draw a connected planar graph: a Delaunay triangulation of n points less some edges.

    Weights are whole numbers from 0 to 20, costs from 1 to 50; `rim` marks the blocks on the outer face of the drawing
    with straight edges.
    """
    xy = rng.random((n, 2)) * 1000
    edges = _triangulation(xy)
    for edge in edges[rng.random(len(edges)) < deleted].tolist():
        fewer = edges[(edges != edge).any(axis=1)]
        if connected_pieces(n, fewer).max() == 0:
            edges = fewer
    return Problem.from_graph(
        rng.integers(0, 21, n), edges, rng.integers(1, 51, len(edges)), xy, rim=_outer_face(xy, edges)
    )


def street_blocks(seed: int, n: int, *, households: float = 0.0) -> Problem:
    """Draw n Voronoi blocks of a district that three parts of 1,500 to 3,500 households fit, prices by kind of line."""
    rng = np.random.default_rng(seed)
    side = 1000.0
    xy = rng.random((n, 2)) * side
    for _ in range(2):
        cells = rng.random((60 * n, 2)) * side
        nearest = np.argmin(((cells[:, None, :] - xy[None]) ** 2).sum(axis=2), axis=1)
        count = np.maximum(np.bincount(nearest, minlength=n), 1)[:, None]
        moved = np.stack([np.bincount(nearest, cells[:, d], minlength=n) for d in (0, 1)], axis=1) / count
        xy = np.where(count > 1, moved, xy)
    mean = households or 7500 / n
    weights = np.maximum(rng.gamma(2.0, mean / 2.0, n).astype(np.int64), 1)
    edges = _triangulation(xy)
    metres = rng.uniform(20, 120, len(edges))
    price = rng.choice([0.1, 0.3, 0.6, 1.0, 1.5], len(edges))
    return Problem.from_graph(weights, edges, np.rint(metres * price * 1000) / 1000, xy, rim=_outer_face(xy, edges))


def _triangulation(xy: np.ndarray) -> Ints:
    corners = Delaunay(xy).simplices
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    return np.unique(sides, axis=0).astype(np.int64)


def _outer_face(xy: np.ndarray, edges: Ints) -> Bools:
    """Walk around the drawing with the outside on the right hand, from its leftmost point."""
    near: list[list[int]] = [[] for _ in xy]
    for a, b in edges.tolist():
        near[a].append(b)
        near[b].append(a)

    def angle(a: int, b: int) -> float:
        return float(np.arctan2(xy[b, 1] - xy[a, 1], xy[b, 0] - xy[a, 0]))

    around = [sorted(ends, key=lambda b, a=a: angle(a, b)) for a, ends in enumerate(near)]
    first = int(np.argmin(xy[:, 0]))
    rim = np.zeros(len(xy), dtype=np.bool_)
    step = (first, around[first][0])
    begin = step
    while True:
        a, b = step
        rim[[a, b]] = True
        turn = around[b]
        step = (b, turn[(turn.index(a) + 1) % len(turn)])
        if step == begin:
            return rim


@compiled
def _possible(n: int, near: Ints, weights: Ints, lower: int, upper: int, rim: int, pieces: bool) -> Bools:
    full = (1 << n) - 1
    good = np.zeros(1 << n, dtype=np.bool_)
    for chosen in range(1, full + 1):
        weight = 0
        for b in range(n):
            if chosen >> b & 1:
                weight += weights[b]
        if weight < lower or weight > upper:
            continue
        if pieces:
            reached = _flood(n, near, chosen & -chosen, chosen)
            if reached != chosen:
                continue
        if rim >= 0:
            rest = full & ~chosen
            if _flood(n, near, rest & rim, rest) != rest:
                continue
        good[chosen] = True
    return good


@compiled
def _flood(n: int, near: Ints, seed: int, within: int) -> int:
    reached = seed
    fresh = seed
    while fresh:
        grown = 0
        for b in range(n):
            if fresh >> b & 1:
                grown |= near[b]
        fresh = grown & within & ~reached
        reached |= fresh
    return reached


@compiled
def _boundary(n: int, cost: Ints) -> Ints:
    cut = np.zeros(1 << n, dtype=np.int64)
    for chosen in range(1, 1 << n):
        low = 0
        while not chosen >> low & 1:
            low += 1
        change = 0
        for b in range(n):
            if b != low:
                change += -cost[low, b] if chosen >> b & 1 else cost[low, b]
        cut[chosen] = cut[chosen & (chosen - 1)] + change
    return cut


@compiled
def _divide(n: int, parts: int, usable: Bools, value: Floats) -> tuple[Floats, Ints]:
    """Least sum of the parts' values for every set of blocks and number of parts, and the part of its first block."""
    size = 1 << n
    best = np.full((parts + 1, size), np.inf)
    choice = np.zeros((parts + 1, size), dtype=np.int64)
    best[0, 0] = 0.0
    for number in range(1, parts + 1):
        for whole in range(1, size):
            first = whole & -whole
            others = whole & ~first
            chosen = others
            while True:
                part = chosen | first
                rest = whole & ~part
                if usable[part] and np.isfinite(best[number - 1, rest]):
                    total = best[number - 1, rest] + value[part]
                    if total < best[number, whole]:
                        best[number, whole] = total
                        choice[number, whole] = part
                if chosen == 0:
                    break
                chosen = (chosen - 1) & others
    return best, choice
