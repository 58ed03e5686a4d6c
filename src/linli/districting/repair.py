"""Make a whole, connected plan within the bounds out of a partial or broken one, keeping as much as can be kept."""

from __future__ import annotations

import heapq
import time

import numpy as np

from linli.districting.halves import halve_within
from linli.districting.labels import FAR, Table
from linli.districting.lawful import Demands
from linli.districting.problem import Ints, Problem, connected_pieces
from linli.districting.redivide import Plan, adopt, as_root, local_demands, start_plan, union
from linli.districting.region import Region


def mend(
    problem: Problem,
    root: Region,
    demands: Demands,
    labels: Ints,
    parts: int,
    table: Table,
    *,
    seed: int = 0,
    deadline: float | None = None,
) -> Ints | None:
    """Complete and repair `labels` (shape (n,), -1 where open); None if no valid plan was reached.

    Of a part in several pieces the heaviest one, or the one with its locks, stays; open blocks join the part they
    share the dearest line with; parts outside the bounds pass blocks on along the shortest chain of neighbours,
    each step the cheapest exact division of two parts.
    """
    whole = _grown(problem, _kept(problem, demands, labels, parts), parts, np.random.default_rng(seed))
    if whole is None:
        return None
    plan = start_plan(root, whole, parts)
    for _ in range(20 * parts):
        weights = problem.part_weights(plan.label, parts)
        wrong = np.flatnonzero((weights < demands.lower) | (weights > demands.upper))
        if len(wrong) == 0:
            return np.asarray(plan.label)
        if deadline is not None and time.monotonic() >= deadline:
            return None
        if not _pass_on(problem, root, plan, demands, table, weights, wrong):
            return None
    return None


def _kept(problem: Problem, demands: Demands, labels: Ints, parts: int) -> Ints:
    """Labels with every part in one piece, and with every lock in a part of its own."""
    kept = labels.astype(np.int64).copy()
    home: dict[int, int] = {}
    for key in np.unique(demands.lock[demands.lock >= 0]).tolist():
        blocks = np.flatnonzero(demands.lock == key)
        wish = [int(p) for p in kept[blocks] if p >= 0 and p not in home.values()]
        home[key] = max(set(wish), key=wish.count) if wish else -1
    free = [p for p in range(parts) if p not in home.values() and not (kept == p).any()]
    free += [p for p in range(parts) if p not in home.values() and p not in free]
    for key, part in home.items():
        home[key] = part if part >= 0 else free.pop(0)
        kept[demands.lock == key] = home[key]
    for key, part in home.items():
        kept[(kept == part) & (demands.lock >= 0) & (demands.lock != key)] = -1
    same = (kept[problem.edges[:, 0]] == kept[problem.edges[:, 1]]) & (kept[problem.edges[:, 0]] >= 0)
    piece = connected_pieces(problem.n, problem.edges[same])
    locked = {part: key for key, part in home.items()}
    for part in range(parts):
        blocks = np.flatnonzero(kept == part)
        if len(blocks) == 0:
            continue
        weight = np.bincount(piece[blocks], problem.weights[blocks] + 1)
        if part in locked:
            weight[piece[np.flatnonzero(demands.lock == locked[part])[0]]] += 1 << 40
        kept[blocks[piece[blocks] != int(np.argmax(weight))]] = -1
    return _joined(problem, demands, kept, home)


def _joined(problem: Problem, demands: Demands, kept: Ints, home: dict[int, int]) -> Ints:
    """Lay a chain of open blocks to locked blocks that lie apart from their part."""
    start, ends, _ = problem.neighbours
    for key, part in home.items():
        for block in np.flatnonzero((demands.lock == key) & (kept != part)).tolist():
            before = {block: -1}
            queue = [block]
            for b in queue:
                if kept[b] == part:
                    while b >= 0:
                        kept[b] = part
                        b = before[b]
                    break
                for w in ends[start[b] : start[b + 1]].tolist():
                    if w not in before and (kept[w] in (-1, part)) and demands.lock[w] in (-1, key):
                        before[w] = b
                        queue.append(w)
    return kept


def _grown(problem: Problem, kept: Ints, parts: int, rng: np.random.Generator) -> Ints | None:
    """Give every open block to a neighbouring part, light parts first; parts without a block get a seed."""
    label = kept.copy()
    start, ends, edge = problem.neighbours
    for part in range(parts):
        if not (label == part).any():
            open_blocks = np.flatnonzero(label < 0)
            if len(open_blocks) == 0:
                return None
            label[_farthest(problem, label, open_blocks, rng)] = part
    weights = problem.part_weights(np.maximum(label, 0), parts)
    weights[0] -= int(problem.weights[label < 0].sum())
    heaps: list[list[tuple[int, int]]] = [[] for _ in range(parts)]

    def offer(block: int) -> None:
        for i in range(start[block], start[block + 1]):
            if label[ends[i]] < 0:
                heapq.heappush(heaps[label[block]], (-int(problem.costs[edge[i]]), int(ends[i])))

    for block in np.flatnonzero(label >= 0).tolist():
        offer(block)
    turns = [(int(weights[p]), p) for p in range(parts)]
    heapq.heapify(turns)
    while turns:
        _, part = heapq.heappop(turns)
        while heaps[part] and label[heaps[part][0][1]] >= 0:
            heapq.heappop(heaps[part])
        if not heaps[part]:
            continue
        block = heapq.heappop(heaps[part])[1]
        label[block] = part
        weights[part] += problem.weights[block]
        offer(block)
        heapq.heappush(turns, (int(weights[part]), part))
    return label if (label >= 0).all() else None


def _farthest(problem: Problem, label: Ints, open_blocks: Ints, rng: np.random.Generator) -> int:
    """Open block with the most steps to any block that has a part; any, where none has one yet."""
    start, ends, _ = problem.neighbours
    queue = np.flatnonzero(label >= 0).tolist()
    if not queue:
        return int(rng.choice(open_blocks))
    seen = label >= 0
    last = queue[-1]
    for b in queue:
        last = b
        for w in ends[start[b] : start[b + 1]].tolist():
            if not seen[w]:
                seen[w] = True
                queue.append(w)
    return int(last) if label[last] < 0 else int(rng.choice(open_blocks))


def _pass_on(
    problem: Problem, root: Region, plan: Plan, demands: Demands, table: Table, weights: Ints, wrong: Ints
) -> bool:
    """Move weight by one step along the shortest chain from a part out of bounds to one that can take or give."""
    ends = plan.label[problem.edges]
    pairs = np.unique(np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1), axis=0)
    near: dict[int, list[int]] = {}
    for a, b in pairs.tolist():
        near.setdefault(a, []).append(b)
        near.setdefault(b, []).append(a)
    order = sorted(wrong.tolist(), key=lambda p: -max(demands.lower - weights[p], weights[p] - demands.upper))
    for part in order:
        heavy = weights[part] > demands.upper
        need = int(weights[part] - demands.upper if heavy else demands.lower - weights[part])
        for chain in _chains(near, part, weights, demands, heavy, need):
            if _redistribute(root, plan, demands, table, part, chain[1], weights):
                return True
    return False


def _chains(
    near: dict[int, list[int]], part: int, weights: Ints, demands: Demands, heavy: bool, need: int
) -> list[list[int]]:
    """Shortest chains of parts from `part` to parts with room, the roomiest first, no two with one second part."""
    before = {part: -1}
    queue = [part]
    found: dict[int, tuple[tuple[int, int], list[int]]] = {}
    for p in queue:
        room = int(demands.upper - weights[p] if heavy else weights[p] - demands.lower)
        if p != part and room > 0:
            chain = [p]
            while before[chain[-1]] >= 0:
                chain.append(before[chain[-1]])
            chain.reverse()
            rank = (len(chain) + (0 if room >= need else 3), -room)
            if chain[1] not in found or rank < found[chain[1]][0]:
                found[chain[1]] = (rank, chain)
        for q in near.get(p, []):
            if q not in before:
                before[q] = p
                queue.append(q)
    return [chain for _, chain in sorted(found.values())]


def _redistribute(
    root: Region, plan: Plan, demands: Demands, table: Table, part: int, other: int, weights: Ints
) -> bool:
    """Divide two parts so that the first is within the bounds; if the second can be too, all the better."""
    chosen = np.array([part, other], np.int64)
    region = union(root, plan, chosen)
    own = as_root(region)
    local = local_demands(demands, region)
    total = int(weights[part] + weights[other])
    lower, upper = demands.lower, demands.upper
    windows = [(max(lower, total - upper), min(upper, total - lower)), (lower, min(upper, total - 1))]
    for low, high in windows:
        if low > high or high < 1:
            continue
        fresh = np.zeros(len(region.weight), np.int64)
        cost, _ = halve_within(own, own, local, fresh, 0, 2, FAR, table, np.zeros(2, np.int64), max(low, 1), high)
        if cost < FAR and adopt(root, plan, demands, region, chosen, fresh):
            return True
    return False
