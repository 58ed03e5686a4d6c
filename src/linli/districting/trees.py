"""A first plan within the bounds: random spanning trees, cut again and again where little is paid."""

from __future__ import annotations

import numpy as np

from linli.districting.compiled import compiled, inner
from linli.districting.labels import pop, push
from linli.districting.problem import Ints
from linli.districting.region import Region

TREES_A_SPLIT = 12
RETRIES = 6
WIDE = 2_000  # blocks above which a range is cut in linear time, whatever its line costs


@compiled
def first_plan(region: Region, lower: int, upper: int, parts: int, seed: int, most_trees: int) -> Ints:
    """Labels 0 … parts - 1 of a plan of connected parts within the bounds; an empty array if none was found.

    A range of blocks is cut in two along an edge of a random spanning tree that keeps dear edges inside; a range
    that cannot be cut sends its parent back to be cut anew. At most `most_trees` trees are drawn.
    """
    np.random.seed(seed)
    n = len(region.weight)
    order = np.arange(n)
    position = np.arange(n)
    begin = np.zeros(4 * parts + 8, np.int64)
    end = np.zeros(4 * parts + 8, np.int64)
    share = np.zeros(4 * parts + 8, np.int64)
    parent = np.full(4 * parts + 8, -1, np.int64)
    failed = np.zeros(4 * parts + 8, np.int64)
    stack = np.zeros(4 * parts + 8, np.int64)
    free = np.arange(4 * parts + 8)[::-1].copy()
    frees = len(free) - 1
    root = free[frees]
    begin[root], end[root], share[root] = 0, n, parts
    stack[0] = root
    top = 1
    leaf = np.full(n, -1, np.int64)
    drawn = 0
    while top > 0:
        top -= 1
        item = stack[top]
        lo, hi, k = begin[item], end[item], share[item]
        if k == 1:
            leaf[lo:hi] = lo
            continue
        cut = -1
        first_share = 0
        for _ in range(TREES_A_SPLIT):
            drawn += 1
            if drawn > most_trees:
                return np.zeros(0, np.int64)
            if hi - lo > WIDE:
                cut, first_share = cut_wide(region, order, position, lo, hi, k, lower, upper)
            else:
                cut, first_share = cut_tree(region, order, position, lo, hi, k, lower, upper)
            if cut > 0:
                break
        if cut <= 0:
            # send an ancestor back
            back = item
            while parent[back] >= 0:
                back = parent[back]
                failed[back] += 1
                if failed[back] <= RETRIES:
                    break
            kept = 0
            for i in range(top):
                if not (begin[stack[i]] >= begin[back] and end[stack[i]] <= end[back]):
                    stack[kept] = stack[i]
                    kept += 1
            top = kept
            if parent[back] < 0:
                failed[back] = 0
            stack[top] = back
            top += 1
            if back == item and drawn + TREES_A_SPLIT > most_trees:
                return np.zeros(0, np.int64)
            continue
        for side in range(2):
            if frees == 0:
                return np.zeros(0, np.int64)
            frees -= 1
            child = free[frees]
            begin[child] = lo if side == 0 else lo + cut
            end[child] = lo + cut if side == 0 else hi
            share[child] = first_share if side == 0 else k - first_share
            parent[child] = item
            failed[child] = 0
            stack[top] = child
            top += 1
        if frees < 4:
            # items that no one needs any more: neither waiting nor ancestors of the waiting
            needed = np.zeros(len(begin), np.bool_)
            for i in range(top):
                at = stack[i]
                while at >= 0 and not needed[at]:
                    needed[at] = True
                    at = parent[at]
            frees = 0
            for i in range(len(begin)):
                if not needed[i]:
                    free[frees] = i
                    frees += 1
    label = np.empty(n, np.int64)
    number = -1
    last = -1
    for i in range(n):
        if leaf[i] != last:
            last = leaf[i]
            number += 1
        label[order[i]] = number
    return label


@inner
def cut_wide(
    region: Region, order: Ints, position: Ints, lo: int, hi: int, k: int, lower: int, upper: int
) -> tuple[int, int]:
    """Cut order[lo:hi] in two along an edge of a breadth-first tree, as evenly as it goes, in linear time.

    Reorders the range as `cut_tree` does. The line is not looked at: it is short beside all that lies between the
    parts of a wide range, and what follows betters it.
    """
    size = hi - lo
    up = np.full(size, -1, np.int64)
    visit = np.empty(size, np.int64)
    done = np.zeros(size, np.bool_)
    visit[0] = int(np.random.random() * size)
    done[visit[0]] = True
    reached = 1
    taken = 0
    total = 0
    while taken < reached:
        at = visit[taken]
        taken += 1
        v = order[lo + at]
        total += region.weight[v]
        for d in range(region.start[v], region.start[v + 1]):
            w = position[region.head[d]] - lo
            if w < 0 or w >= size or done[w]:
                continue
            done[w] = True
            up[w] = at
            visit[reached] = w
            reached += 1
    if reached < size:
        return 0, 0
    load = np.empty(size, np.int64)
    for i in range(size):
        load[i] = region.weight[order[lo + i]]
    for i in range(size - 1, 0, -1):
        load[up[visit[i]]] += load[visit[i]]
    best = -1
    best_share = 0
    best_score = np.inf
    for i in range(1, size):
        below = load[visit[i]]
        share = min(max(1, int(below * k / total + 0.5)), k - 1)
        rest = k - share
        if not (share * lower <= below <= share * upper and rest * lower <= total - below <= rest * upper):
            continue
        # near one half, and near the mean of a part on both sides
        score = abs(share / k - 0.5) + 4.0 * abs(below * k / (total * share) - 1.0)
        if score < best_score:
            best_score = score
            best = visit[i]
            best_share = share
    if best < 0:
        return 0, 0
    return arrange(order, position, lo, hi, up, visit, best), best_share


@inner
def arrange(order: Ints, position: Ints, lo: int, hi: int, up: Ints, visit: Ints, best: int) -> int:
    """Reorder a range so that what hangs below an item of its tree comes first; returns how much that is."""
    size = hi - lo
    under = np.zeros(size, np.bool_)
    under[best] = True
    for i in range(1, size):
        v = visit[i]
        if v != best and under[up[v]]:
            under[v] = True
    arranged = np.empty(size, np.int64)
    count = 0
    for i in range(size):
        if under[i]:
            arranged[count] = order[lo + i]
            count += 1
    cut = count
    for i in range(size):
        if not under[i]:
            arranged[count] = order[lo + i]
            count += 1
    for i in range(size):
        order[lo + i] = arranged[i]
        position[arranged[i]] = lo + i
    return cut


@inner
def cut_tree(
    region: Region, order: Ints, position: Ints, lo: int, hi: int, k: int, lower: int, upper: int
) -> tuple[int, int]:
    """Cut order[lo:hi] in two along the best edge of one random spanning tree.

    Reorders the range so that the first side comes first; returns its length and its number of parts, or 0, 0.
    """
    size = hi - lo
    up = np.full(size, -1, np.int64)
    depth = np.zeros(size, np.int64)
    visit = np.empty(size, np.int64)
    done = np.zeros(size, np.bool_)
    keys = np.empty(64, np.int64)
    items = np.empty(64, np.int64)
    heap = 0
    at = int(np.random.random() * size)
    done[at] = True
    visit[0] = at
    reached = 1
    while True:
        v = order[lo + at]
        for d in range(region.start[v], region.start[v + 1]):
            w = position[region.head[d]] - lo
            if w < 0 or w >= size or done[w]:
                continue
            if heap == len(keys):
                more = np.empty(2 * heap, np.int64)
                more[:heap] = keys
                keys = more
                more = np.empty(2 * heap, np.int64)
                more[:heap] = items
                items = more
            key = int(-np.log(np.random.random() + 1e-300) * 1e12 / (region.cost[d] + 1))
            heap = push(keys, items, heap, key, d)
        found = False
        while heap > 0:
            heap = pop(keys, items, heap)
            d = items[heap]
            w = position[region.head[d]] - lo
            if not done[w]:
                up[w] = position[region.tail[d]] - lo
                depth[w] = depth[up[w]] + 1
                done[w] = True
                visit[reached] = w
                reached += 1
                at = w
                found = True
                break
        if not found:
            break
    if reached < size:
        return 0, 0
    # weight below and cost around every subtree
    load = np.empty(size, np.int64)
    around = np.zeros(size, np.int64)
    total = 0
    for i in range(size):
        load[i] = region.weight[order[lo + i]]
        total += load[i]
    for i in range(size):
        v = order[lo + i]
        for d in range(region.start[v], region.start[v + 1]):
            w = position[region.head[d]] - lo
            if w < 0 or w >= size:
                continue
            around[i] += region.cost[d]
            if w > i:
                a, b = i, w
                while a != b:
                    if depth[a] < depth[b]:
                        b = up[b]
                    else:
                        a = up[a]
                around[a] -= 2 * region.cost[d]
    for i in range(size - 1, 0, -1):
        v = visit[i]
        load[up[v]] += load[v]
        around[up[v]] += around[v]
    best = -1
    best_share = 0
    best_score = np.inf
    band = float(upper - lower)
    for i in range(1, size):
        v = visit[i]
        below = load[v]
        guess = int(below * k / total + 0.5) if total > 0 else 1
        for share in range(max(1, guess - 1), min(k - 1, guess + 1) + 1):
            rest = k - share
            if not (share * lower <= below <= share * upper and rest * lower <= total - below <= rest * upper):
                continue
            score = float(around[v] + 1)
            # keep away from the bounds where more cuts are to follow
            for side in range(2):
                many = share if side == 0 else rest
                mean = (below if side == 0 else total - below) / many
                edge = min(mean - lower, upper - mean)
                if many > 1 and edge < 0.2 * band:
                    score *= 1.0 + 3.0 * (0.2 * band - edge) / (0.2 * band + 1e-9)
            if k > 6 and min(share, rest) < k / 4:
                score *= 4.0
            if score < best_score:
                best_score = score
                best = v
                best_share = share
    if best < 0:
        return 0, 0
    return arrange(order, position, lo, hi, up, visit, best), best_share
