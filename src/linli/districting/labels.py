"""Shortest paths between faces that keep account of the weight they enclose.

A label is a pair (face, enclosed weight modulo the total). The table of labels is one flat array that is all
zeros between calls: it holds cost + 1, and a list of touched entries takes it back to zeros. Where the total is
too large for the table, weights are rounded to multiples of `step` and the admissible range is widened by all that
rounding can do, so that bounds stay bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from linli.districting.compiled import compiled, inner
from linli.districting.problem import Bools, Ints
from linli.districting.region import Region

FAR = 1 << 60
BUCKETS = 128


class Table(NamedTuple):
    """Memory for labels, all zeros between calls: `cost` (cost + 1), `via` (last dart), both of one length."""

    cost: Ints
    via: Ints


class Rounded(NamedTuple):
    """A region's flow in steps: `flow` per dart, `total` in steps, and how far rounding may carry a sum (weight)."""

    step: int
    flow: Ints
    total: int
    below: int
    above: int


def new_table(entries: int) -> Table:
    """Memory for `entries` labels; pages are touched only when used."""
    return Table(np.zeros(entries, np.int64), np.zeros(entries, np.int64))


@compiled
def round_weights(region: Region, entries: int, step: int) -> Rounded:
    """Round the weights to multiples of `step`, or of more so that all labels fit into `entries`; 1 is exact."""
    faces = max(1, len(region.opened))
    total = max(1, region.total[0])
    if faces * (total // step + len(region.weight) + 1) > entries:
        step = max(step, int(total // max(1, entries // faces - len(region.weight) - 1)) + 1)
    if step == 1:
        return Rounded(1, region.flow, total, 0, 0)
    units = (region.weight + step // 2) // step
    left = region.weight - units * step
    below = 0
    above = 0
    for v in range(len(left)):
        if left[v] < 0:
            below -= left[v]
        else:
            above += left[v]
    flow = np.zeros(len(region.head), np.int64)
    # the same breadth-first tree as in `finish`, with rounded weights
    count = len(units)
    up = np.full(count, -1, np.int64)
    queue = np.empty(count, np.int64)
    queue[0] = 0
    filled = 1
    taken = 0
    while taken < filled:
        v = queue[taken]
        taken += 1
        for d in range(region.start[v], region.start[v + 1]):
            w = region.head[d]
            if w != 0 and up[w] < 0:
                up[w] = region.twin[d]
                queue[filled] = w
                filled += 1
    load = units.copy()
    for i in range(filled - 1, 0, -1):
        v = queue[i]
        d = up[v]
        flow[d] = load[v]
        flow[region.twin[d]] = -load[v]
        load[region.head[d]] += load[v]
    return Rounded(step, flow, max(1, units.sum()), below, above)


@compiled
def coarse_step(region: Region, low: int, high: int) -> int:
    """Step at which rounding widens the range low … high by about a tenth: bounds stay sharp, labels become few."""
    return max(1, int(0.4 * (high - low)) // max(1, len(region.weight)))


@compiled
def in_steps(rounded: Rounded, low: int, high: int) -> tuple[int, int]:
    """Range of rounded sums that a true sum in low … high can have."""
    first = max(0, -((-(low - rounded.above)) // rounded.step))
    last = (high + rounded.below) // rounded.step
    if last >= rounded.total:  # all of the weight reads as none of it
        return 0, rounded.total - 1
    return first, last


@inner
def push(keys: Ints, items: Ints, size: int, key: int, item: int) -> int:
    """Add to a binary heap held in two arrays; returns the new size."""
    i = size
    while i > 0:
        above = (i - 1) >> 1
        if keys[above] <= key:
            break
        keys[i] = keys[above]
        items[i] = items[above]
        i = above
    keys[i] = key
    items[i] = item
    return size + 1


@inner
def pop(keys: Ints, items: Ints, size: int) -> int:
    """Move the least entry of the heap to index size - 1; returns the new size."""
    size -= 1
    top_key = keys[0]
    top_item = items[0]
    key = keys[size]
    item = items[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i] = keys[child]
        items[i] = items[child]
        i = child
    keys[i] = key
    items[i] = item
    keys[size] = top_key
    items[size] = top_item
    return size


@compiled
def distances(region: Region, base: int, shut: Bools) -> Ints:
    """Plain cost from every face to `base` without passing a face that is `shut`."""
    faces = len(region.opened)
    away = np.full(faces, FAR, np.int64)
    keys = np.empty(len(region.head) + 2, np.int64)
    items = np.empty(len(region.head) + 2, np.int64)
    away[base] = 0
    size = push(keys, items, 0, 0, base)
    while size > 0:
        size = pop(keys, items, size)
        f = items[size]
        if keys[size] > away[f]:
            continue
        for i in range(region.face_start[f], region.face_start[f + 1]):
            d = region.face_dart[i]
            g = region.face[region.twin[d]]
            reach = away[f] + region.cost[d]
            if reach < away[g] and not shut[g]:
                away[g] = reach
                size = push(keys, items, size, reach, g)
    return away


@compiled
def spread(
    region: Region,
    rounded: Rounded,
    base: int,
    shut: Bools,
    away: Ints,
    most: int,
    low: int,
    high: int,
    stop: bool,
    table: Table,
    limit: int,
) -> tuple[int, int, Ints, int]:
    """Spread labels from `base` over all closed walks of cost at most `most`.

    Parameters
    ----------
    low, high
        Admissible enclosed weight in steps.
    stop
        Stop at the first (cheapest) admissible closed walk; otherwise label everything.
    limit
        Most labels to settle.

    Returns
    -------
    cost, entry, touched, count
        Cost of the cheapest admissible closed walk (FAR if there is none, -1 if `limit` was reached first), its
        table entry, the entries touched and how many they are. The caller must clear them with `clear`.
    """
    total = rounded.total
    touched = np.empty(1024, np.int64)
    count = 0
    keys = np.empty(1024, np.int64)
    items = np.empty(1024, np.int64)
    size = 0
    best = FAR
    best_entry = -1
    settled = 0
    face = base
    here = 0
    sent = 0
    while True:
        # leave the face at hand across each of its edges
        for i in range(region.face_start[face], region.face_start[face + 1]):
            d = region.face_dart[i]
            g = region.face[region.twin[d]]
            if shut[g] or away[g] >= FAR:
                continue
            reach = here + region.cost[d]
            goal = reach + away[g]
            if goal > most:
                continue
            sum_ = (sent + rounded.flow[d]) % total
            entry = g * total + sum_
            old = table.cost[entry]
            if old != 0 and old <= reach + 1:
                continue
            if old == 0:
                if count == len(touched):
                    larger = np.empty(2 * count, np.int64)
                    larger[:count] = touched
                    touched = larger
                touched[count] = entry
                count += 1
            table.cost[entry] = reach + 1
            table.via[entry] = d
            if g == base:
                if low <= sum_ <= high and reach < best:
                    best = reach
                    best_entry = entry
                continue
            if size == len(keys):
                more_keys = np.empty(2 * size, np.int64)
                more_keys[:size] = keys
                keys = more_keys
                more_items = np.empty(2 * size, np.int64)
                more_items[:size] = items
                items = more_items
            size = push(keys, items, size, goal, entry)
        # take the next label
        found = False
        while size > 0:
            size = pop(keys, items, size)
            entry = items[size]
            face = entry // total
            here = table.cost[entry] - 1
            if keys[size] == here + away[face]:
                found = True
                sent = entry - face * total
                if stop and keys[size] >= best:
                    found = False
                    size = 0
                break
        if not found:
            break
        settled += 1
        if settled > limit:
            return -1, -1, touched, count
    return best, best_entry, touched, count


@compiled
def clear(table: Table, touched: Ints, count: int) -> None:
    """Take the table back to zeros."""
    for i in range(count):
        table.cost[touched[i]] = 0


@inner
def walk_back(region: Region, rounded: Rounded, base: int, entry: int, table: Table) -> tuple[Ints, int, int]:
    """Darts of the walk that ends in `entry`, in order; their number; the weight it encloses (exact)."""
    total = rounded.total
    path = np.empty(64, np.int64)
    length = 0
    enclosed = 0
    sum_ = entry % total
    at = entry
    while True:
        d = table.via[at]
        if length == len(path):
            longer = np.empty(2 * length, np.int64)
            longer[:length] = path
            path = longer
        path[length] = d
        length += 1
        enclosed += region.flow[d]
        f = region.face[d]
        sum_ = (sum_ - rounded.flow[d]) % total
        if f == base:
            break
        at = f * total + sum_
    return path[:length][::-1].copy(), length, enclosed % max(1, region.total[0])


@inner
def is_simple(region: Region, path: Ints, length: int) -> bool:
    """True if a closed path passes no face twice."""
    seen = np.zeros(len(region.opened), np.bool_)
    for i in range(length):
        f = region.face[path[i]]
        if seen[f]:
            return False
        seen[f] = True
    return True


@compiled
def fold(
    region: Region, rounded: Rounded, base: int, low: int, high: int, table: Table, touched: Ints, count: int
) -> tuple[Ints, int]:
    """Least cost to come home from each face, by bucket of the weight enclosed so far.

    Returns an array of shape (faces, buckets) and the buckets' width in steps.
    """
    total = rounded.total
    width = total // BUCKETS + 1
    buckets = (total - 1) // width + 1
    faces = len(region.opened)
    out = np.full((faces, buckets), FAR, np.int64)
    for i in range(count):
        entry = touched[i]
        f = entry // total
        if f == base:
            continue
        b = (entry % total) // width
        c = table.cost[entry] - 1
        if c < out[f, b]:
            out[f, b] = c
    # a walk out to the face with sum s is, walked home, a sum of -s: from q the way home must bring low … high
    home = np.full((faces, buckets), FAR, np.int64)
    for b in range(buckets):
        first = b * width - high
        last = min(total, (b + 1) * width) - 1 - low
        span = last - first
        for f in range(faces):
            least = FAR
            if span + 1 >= total:
                for a in range(buckets):
                    least = min(least, out[f, a])
            else:
                lo = first % total
                hi = last % total
                a = lo // width
                end = hi // width
                steps = (end - a) % buckets if lo <= hi or end != a else buckets - 1
                if lo > hi and end == a:
                    steps = buckets - 1
                for _ in range(steps + 1):
                    least = min(least, out[f, a])
                    a += 1
                    if a == buckets:
                        a = 0
            home[f, b] = least
    return home, width
