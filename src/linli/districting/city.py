"""A whole city: regions of some parts, each divided anew by itself, many at once, round after round.

A round takes the plan as it stands, groups neighbouring parts into regions, and betters every region alone. Regions
of a round share no block, so that their order does not matter: the plan that comes out is the same for a seed and a
number of rounds, whatever the number of workers. The next round draws its regions elsewhere.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from linli.districting.checkpoint import Checkpoint, State, fingerprint
from linli.districting.compiled import compiled
from linli.districting.executors import City, Pool, pool_of
from linli.districting.labels import Table, new_table
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Bools, Ints
from linli.districting.redivide import as_root, inner_cost, random_triples, start_plan, sweep_pairs
from linli.districting.region import Region, extract_listed
from linli.districting.result import Progress, ProgressHook
from linli.districting.search import Found, first_of
from linli.districting.trees import first_plan

PARTS_A_REGION = 40
REGIONS_A_BATCH = 16  # between two looks at the clock, two checkpoints
TABLE_ENTRIES = 2_000_000
TRIPLES_A_PART = 2  # a round; the first round divides pairs alone
MOST_MENDS = 40
_own = threading.local()


class Piece(NamedTuple):
    """One region of a round: what a worker needs, and nothing of the city besides.

    Parameters
    ----------
    region
        Its blocks numbered by themselves.
    label
        Shape (v,): part of each block, numbered in the region.
    parts
        How many.
    demands
        Bounds, rim (blocks that touch what lies around) and locks.
    home
        Shape (parts,): region of the last round to which each part belonged; pairs of one home are divided already.
    triples, seed
        Budget of triples, seed of their choice.
    """

    region: Region
    label: Ints
    parts: int
    demands: Demands
    home: Ints
    triples: int
    seed: int


@dataclass
class _Round:
    """A round under way: its regions, the plan at its beginning, how many regions are done."""

    number: int
    cluster: Ints  # region of each part
    before: Ints
    done: int


def search_city(
    root: Region, demands: Demands, parts: int, city: City, *, seed: int = 0, deadline: float | None = None,
    begin: Ints | None = None, progress: ProgressHook | None = None, scale: float = 1.0,
) -> Found:  # fmt: skip
    """Search for a cheap plan of a large connected region.

    Parameters
    ----------
    city
        Workers, rounds (as many as time allows where there is a deadline, else two), checkpoint; where that file is
        there already, and of the same problem and seed, the search goes on from it.
    deadline
        `time.monotonic()` at which to stop, between two batches of regions; not looked at where rounds are given.
    begin
        A plan to improve instead of a first plan.
    """
    kept = None
    if city.checkpoint is not None:
        kept = Checkpoint(city.checkpoint, fingerprint(root, demands.lower, demands.upper, parts, seed))
    state = kept.read() if kept is not None else None
    if state is not None:
        label, home, number = state.label, state.home, state.number
        under_way = _Round(number, state.cluster, state.before, state.done) if len(state.cluster) else None
    else:
        first = begin.copy() if begin is not None else mended_first(root, demands, parts, seed, deadline)
        if first is None:
            return Found(None, 0)
        label, number, under_way = first, 0, None
        home = np.arange(parts, dtype=np.int64)  # nothing is divided yet: every part is its own home
    interrupted = False
    most = city.rounds if city.rounds is not None else (None if deadline is not None else 2)
    until = deadline if city.rounds is None else None
    with pool_of(city.executor, city.workers, city.address) as pool:
        try:
            while most is None or number < most:
                if under_way is None:
                    cluster = clusters(root, label, parts, PARTS_A_REGION, _seed(seed, number))
                    under_way = _Round(number, cluster, label.copy(), 0)
                whole = _one_round(
                    root, demands, parts, label, home, under_way, pool, city.workers, seed, until, kept, progress, scale
                )
                _undo_enclosing(root, demands, parts, label, under_way)
                if not whole:
                    break
                home, number, under_way = under_way.cluster, number + 1, None
                if kept is not None:
                    nothing: Ints = np.zeros(0, np.int64)
                    kept.write(State(label, home, nothing, nothing, number, 0))
        except KeyboardInterrupt:
            interrupted = True
            if under_way is not None:
                _undo_enclosing(root, demands, parts, label, under_way)
    return Found(label, int(inner_cost(root, label)), interrupted)


def mended_first(root: Region, demands: Demands, parts: int, seed: int, deadline: float | None) -> Ints | None:
    """A first plan that keeps every rule; None where none was found."""
    found = first_of(root, demands, parts, seed, deadline)
    return None if found is None else _mended(root, demands, parts, found, seed)


def _one_round(
    root: Region, demands: Demands, parts: int, label: Ints, home: Ints, now: _Round, pool: Pool, workers: int,
    seed: int, deadline: float | None, kept: Checkpoint | None, progress: ProgressHook | None, scale: float,
) -> bool:  # fmt: skip
    """Better the regions of a round, batch by batch; False where time ran out first."""
    regions = int(now.cluster.max()) + 1
    batch = max(REGIONS_A_BATCH, 8 * workers)
    where = np.argsort(now.cluster[now.before], kind="stable")
    ends = np.cumsum(np.bincount(now.cluster[now.before], minlength=regions))
    scratch = np.full(len(root.weight), -1, np.int64), np.full(len(root.head), -1, np.int64)
    while now.done < regions:
        if deadline is not None and time.monotonic() >= deadline:
            return False
        chosen = range(now.done, min(regions, now.done + batch))
        blocks = [where[ends[r - 1] if r else 0 : ends[r]] for r in chosen]
        pieces = [
            _piece(root, demands, label, home, own, now.number, _seed(seed, now.number, r), scratch)
            for r, own in zip(chosen, blocks, strict=True)
        ]
        fresh = pool.get(pool.map(better, pieces))
        for own, piece, inside in zip(blocks, pieces, fresh, strict=True):
            names = np.unique(label[own])
            assert len(names) == piece.parts
            label[own] = names[inside]
        now.done = chosen.stop
        if kept is not None:
            kept.write(State(label, home, now.cluster, now.before, now.number, now.done))
        if progress is not None:
            cost = int(inner_cost(root, label)) / scale
            progress(Progress("regions", now.done, regions, cost))
    return True


def _piece(
    root: Region, demands: Demands, label: Ints, home: Ints, blocks: Ints, number: int, seed: int,
    scratch: tuple[Ints, Ints],
) -> Piece:  # fmt: skip
    names, inside = np.unique(label[blocks], return_inverse=True)
    region, around = cut_out(root, blocks, scratch[0], scratch[1])
    lock = np.unique(demands.lock[blocks], return_inverse=True)[1] - int((demands.lock[blocks] < 0).any())
    local = Demands(demands.lower, demands.upper, demands.enclaves, around | demands.rim[blocks], lock.astype(np.int64))
    triples = 0 if number == 0 else TRIPLES_A_PART * len(names)
    return Piece(region, inside.astype(np.int64), len(names), local, home[names], triples, seed)


def better(piece: Piece) -> Ints:
    """Divide pairs of a region anew until none gains, then random triples; the labels that come of it."""
    table: Table | None = getattr(_own, "table", None)
    if table is None:
        table = _own.table = new_table(TABLE_ENTRIES)
    plan = start_plan(piece.region, piece.label, piece.parts)
    if piece.parts < 2:
        return plan.label
    plan.tried[piece.home[:, None] == piece.home[None, :]] = 1  # as of the turn at which all last changed
    sweep_pairs(piece.region, plan, piece.demands, table, 1 << 60)
    if piece.triples and piece.parts > 2:
        random_triples(piece.region, plan, piece.demands, table, piece.triples, piece.seed)
    return plan.label


@compiled
def cut_out(root: Region, blocks: Ints, place: Ints, dart_place: Ints) -> tuple[Region, Bools]:
    """Region of some blocks numbered by themselves, and which of them touch others; scratch is -1 before and after."""
    for i in range(len(blocks)):
        place[blocks[i]] = i
    region = as_root(extract_listed(root, blocks, place, dart_place))
    around = np.zeros(len(blocks), np.bool_)
    for i in range(len(blocks)):
        for d in range(root.start[blocks[i]], root.start[blocks[i] + 1]):
            if place[root.head[d]] < 0:
                around[i] = True
                break
    for i in range(len(blocks)):
        place[blocks[i]] = -1
    return region, around


def part_graph(root: Region, label: Ints, parts: int) -> tuple[Ints, Ints]:
    """Neighbours of every part: start (parts + 1,) and ends, in order."""
    a, b = label[root.tail], label[root.head]
    key = np.unique(a[a != b] * parts + b[a != b])
    start = np.zeros(parts + 1, np.int64)
    start[1:] = np.cumsum(np.bincount(key // parts, minlength=parts))
    return start, key % parts


def clusters(root: Region, label: Ints, parts: int, size: int, seed: int) -> Ints:
    """Shape (parts,): a connected group of at most `size` parts for every part, drawn from a seed."""
    start, ends = part_graph(root, label, parts)
    order = np.random.default_rng(seed).permutation(parts)
    return _grown(start, ends, order.astype(np.int64), size)


@compiled
def _grown(start: Ints, ends: Ints, order: Ints, size: int) -> Ints:
    """Grow groups breadth first from the parts in an order; what is left small joins a neighbour with room."""
    parts = len(start) - 1
    group = np.full(parts, -1, np.int64)
    many = np.zeros(parts, np.int64)
    queue = np.empty(parts, np.int64)
    groups = 0
    for i in range(parts):
        if group[order[i]] >= 0:
            continue
        queue[0] = order[i]
        group[order[i]] = groups
        filled = 1
        taken = 0
        while taken < filled:
            p = queue[taken]
            taken += 1
            for e in range(start[p], start[p + 1]):
                q = ends[e]
                if group[q] < 0 and filled < size:
                    group[q] = groups
                    queue[filled] = q
                    filled += 1
        many[groups] = filled
        if filled < size // 4:
            for j in range(filled):
                joined = False
                for e in range(start[queue[j]], start[queue[j] + 1]):
                    to = group[ends[e]]
                    if to >= 0 and to != groups and many[to] + filled <= 2 * size:
                        for m in range(filled):
                            group[queue[m]] = to
                        many[to] += filled
                        joined = True
                        break
                if joined:
                    break
            if joined:
                continue
        groups += 1
    return group


def enclosing(root: Region, demands: Demands, parts: int, label: Ints) -> Ints:
    """Parts that enclose others: those whose removal cuts some part off from the outside."""
    if demands.enclaves:
        return np.zeros(0, np.int64)
    start, ends = part_graph(root, label, parts)
    rim = np.zeros(parts, np.bool_)
    rim[label[demands.rim]] = True
    return np.flatnonzero(_cutting(start, ends, rim))


@compiled
def _cutting(start: Ints, ends: Ints, rim: Bools) -> Bools:
    """Cut vertices of the graph of parts and the outside (Tarjan 1972), the outside being the root of the search."""
    parts = len(rim)
    found = np.zeros(parts, np.bool_)
    depth = np.full(parts, -1, np.int64)
    low = np.zeros(parts, np.int64)
    up = np.full(parts, -1, np.int64)
    at = start[:-1].copy()
    stack = np.empty(parts, np.int64)
    for first in range(parts):
        if not rim[first] or depth[first] >= 0:
            continue
        depth[first], low[first] = 1, 0  # the outside is at depth 0
        stack[0] = first
        top = 1
        while top > 0:
            v = stack[top - 1]
            if at[v] < start[v + 1]:
                w = ends[at[v]]
                at[v] += 1
                if depth[w] < 0:
                    up[w] = v
                    depth[w] = depth[v] + 1
                    low[w] = 0 if rim[w] else depth[w]
                    stack[top] = w
                    top += 1
                elif w != up[v]:
                    low[v] = min(low[v], depth[w])
            else:
                top -= 1
                if up[v] >= 0:
                    low[up[v]] = min(low[up[v]], low[v])
                    if low[v] >= depth[up[v]]:
                        found[up[v]] = True
    return found


def _undo_enclosing(root: Region, demands: Demands, parts: int, label: Ints, now: _Round) -> None:
    """Give regions back their parts of before where one now encloses another; regions alone cannot see it."""
    while True:
        wrong = enclosing(root, demands, parts, label)
        regions = np.unique(now.cluster[wrong])
        inside = np.isin(now.cluster[now.before], regions)
        if not len(wrong) or (label[inside] == now.before[inside]).all():
            return
        label[inside] = now.before[inside]


def _mended(root: Region, demands: Demands, parts: int, label: Ints, seed: int) -> Ints | None:
    """Plan anew around parts that enclose others, until none does; None where that fails."""
    scratch = np.full(len(root.weight), -1, np.int64), np.full(len(root.head), -1, np.int64)
    for turn in range(MOST_MENDS):
        wrong = enclosing(root, demands, parts, label)
        if not len(wrong):
            return label
        start, ends = part_graph(root, label, parts)
        taken = np.zeros(parts, np.bool_)
        for part in wrong.tolist():
            group = {part}
            for _ in range(1 + turn % 3):
                group |= {int(q) for p in group for q in ends[start[p] : start[p + 1]]}
            names = np.array(sorted(group), np.int64)
            if taken[names].any():
                continue
            taken[names] = True
            blocks = np.flatnonzero(np.isin(label, names))
            region, around = cut_out(root, blocks, scratch[0], scratch[1])
            local = Demands(demands.lower, demands.upper, False, around | demands.rim[blocks], demands.lock[blocks])
            for k in range(6):
                fresh = first_plan(
                    region, demands.lower, demands.upper, len(names), _seed(seed, turn, k), 40 * len(names)
                )
                if len(fresh) and lawful(region, local, len(names), fresh):
                    label[blocks] = names[fresh]
                    break
    return None


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence([n % (1 << 32) for n in numbers]).generate_state(1)[0] % (1 << 31))
