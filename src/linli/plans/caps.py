"""A plan within caps (R02), walked to over plans that exceed caps and bounds; how few communities caps allow."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Collection

import numpy as np

from linli.districting.problem import Ints, Problem
from linli.districting.separators import enclosed_pieces

SHORT = 0.3  # what the whole line counts beside one community that is twice too large
COLD, HOT, COOLING = 1e-3, 0.1, 0.9  # of the same unit


def fewest_parts(values: Ints, most: int) -> int:
    """Return how many communities there are at least where none may have more than `most` of what blocks have.

    Of the blocks that have some number or more, a community holds only as many as the smallest of them that fit.
    One more than there are blocks where a block alone has too much.

    Parameters
    ----------
    values
        Shape (blocks,): what each has, at least 0.
    """
    ordered = np.sort(values[values > 0])[::-1]
    if len(ordered) and int(ordered[0]) > most:
        return len(values) + 1
    fewest = max(1, -(-int(ordered.sum()) // max(most, 1)))
    for many in range(1, len(ordered) + 1):
        fit = int(np.searchsorted(np.cumsum(ordered[:many][::-1]), most, side="right"))
        fewest = max(fewest, -(-many // fit))
    return fewest


def within_caps(
    problem: Problem, start: Ints, columns: Ints, least: Ints, most: Ints, still: Collection[int], *,
    enclaves: bool, seed: int, deadline: float,
) -> Ints | None:  # fmt: skip
    """Walk from a plan to one within all limits; None where the time was up before.

    Single blocks at a line change sides, annealed, again and again and each time from a greater heat; each community
    stays in one piece, and by how much limits are exceeded falls. On the way bounds of households may be exceeded as
    caps are.

    Parameters
    ----------
    start
        Shape (n,): labels of communities of one piece each.
    columns
        Shape (n, k): what each block has of households and of each capped column.
    least, most
        Shape (k,): limits of a community's sums.
    still
        Blocks that do not move.
    """
    rng = np.random.default_rng(seed)
    label: list[int] = start.tolist()
    parts = max(label) + 1
    first, ends, edge = (one.tolist() for one in problem.neighbours)
    around = [ends[first[atom] : first[atom + 1]] for atom in range(problem.n)]
    cost = problem.costs.tolist()
    costs = [[cost[k] for k in edge[first[atom] : first[atom + 1]]] for atom in range(problem.n)]
    has, floor, ceiling = columns.tolist(), least.tolist(), most.tolist()
    line = SHORT / max(float(problem.cut(start)), 1.0)
    sums = [[int(one) for one in columns[start == part].sum(axis=0)] for part in range(parts)]

    def over(part: list[int]) -> float:
        limits = zip(part, floor, ceiling, strict=True)
        return float(sum(max(low - now, now - high, 0) / max(high, 1) for now, low, high in limits))

    def allowed(atom: int, at: int, to: int) -> bool:
        """Tell whether the community that is left stays in one piece, and the one that grows encloses nothing."""
        if not _joined(around, atom, lambda near: label[near] == at):
            return False
        if enclaves or problem.rim is None:
            return True
        if not problem.rim[atom] and _joined(around, atom, lambda near: label[near] != to):
            return True
        grown = np.array(label) == to
        grown[atom] = True
        return not any(True for _ in enclosed_pieces(problem, grown))

    heat = warmest = COLD
    while any(over(part) for part in sums):
        for atom in rng.permutation(problem.n).tolist():
            at, own = label[atom], has[atom]
            near = sorted({label[one] for one in around[atom]} - {at})
            if not near or atom in still:
                continue
            to = near[int(rng.integers(len(near)))]
            less = [now - one for now, one in zip(sums[at], own, strict=True)]
            more = [now + one for now, one in zip(sums[to], own, strict=True)]
            worse = over(less) + over(more) - over(sums[at]) - over(sums[to])
            sides = zip(around[atom], costs[atom], strict=True)
            worse += line * sum(price * ((label[one] == at) - (label[one] == to)) for one, price in sides)
            if (worse <= 0 or rng.random() < math.exp(-worse / heat)) and allowed(atom, at, to):
                label[atom], sums[at], sums[to] = to, less, more
        if time.monotonic() >= deadline:
            break
        heat *= COOLING
        if heat < COLD:
            heat = warmest = min(2 * warmest, HOT)
    return None if any(over(part) for part in sums) else np.array(label, dtype=np.int64)


def _joined(around: list[list[int]], atom: int, inside: Callable[[int], bool]) -> bool:
    """Tell whether the neighbours of an atom that are inside hang together there without it; False without any."""
    wanted = {one for one in around[atom] if inside(one)}
    if not wanted:
        return False
    root = wanted.pop()
    seen, queue = {atom, root}, deque([root])
    while queue and wanted:
        for one in around[queue.popleft()]:
            if one not in seen and inside(one):
                seen.add(one)
                wanted.discard(one)
                queue.append(one)
    return not wanted
