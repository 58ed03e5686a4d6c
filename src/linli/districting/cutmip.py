"""Proven least cut of a small graph of any kind, planar or not, by an integer program."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from linli.districting.medians import plans_around_centres
from linli.districting.milp import Answer, Model
from linli.districting.problem import Floats, Ints, Problem
from linli.districting.result import Progress, ProgressHook, Proof, Result, Status
from linli.districting.separators import broken_pieces, enclosed_pieces, in_one_piece, is_plan, surroundings

Accept = Callable[[Ints], bool]


def split_cut_mip(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    *,
    start: ArrayLike | None = None,
    enclaves: bool = False,
    time_limit: float | None = None,
    progress: ProgressHook | None = None,
    accept: Accept | None = None,
) -> Result:
    """Divide into connected parts within the bounds at least cut, and prove it.

    Parameters
    ----------
    start
        Shape (n,): labels of a plan to begin with; ignored where it breaks a rule.
    enclaves
        Whether a part may enclose others; False counts only where `problem.rim` is known.
    time_limit
        Seconds of wall time after which the best plan is returned with bound and gap.
    accept
        A further rule: called with the labels of a plan, False forbids that plan. It must not depend on how parts are
        numbered.

    Returns
    -------
    Result
        Costs are whole, so `proven` leaves no tolerance but that of double precision.

    Notes
    -----
    Columns say which block lies in which part and which edge leaves which part. Parts are numbered by their first block
    in a fixed order, which leaves one labelling for each plan. Where a piece lighter than `lower` comes out broken
    off, whoever holds a block of it must hold one around it; heavier ones are met with minimal separators; then
    HiGHS starts again. After Validi, Buchanan, *Political districting to minimize cut edges*, Mathematical
    Programming Computation 14 (2022).
    """
    began, cpu = time.monotonic(), time.process_time()
    deadline = None if time_limit is None else began + time_limit
    search = _CutSearch(problem, int(lower), int(upper), int(parts), enclaves, accept, deadline, progress)
    try:
        search.run(None if start is None else np.asarray(start, dtype=np.int64))
    except KeyboardInterrupt:
        search.interrupted = True
    return search.result(time.process_time() - cpu)


class _CutSearch:
    """The best plan, the bound and the growing integer program."""

    def __init__(
        self,
        problem: Problem,
        lower: int,
        upper: int,
        parts: int,
        enclaves: bool,
        accept: Accept | None,
        deadline: float | None,
        progress: ProgressHook | None,
    ) -> None:
        self.problem, self.lower, self.upper, self.parts = problem, lower, upper, parts
        self.enclaves, self.accept, self.deadline, self.progress = enclaves, accept, deadline, progress
        self.labels: Ints | None = None
        self.objective: int | None = None
        self.bound = 0
        self.closed = self.interrupted = False
        self.counters = {"programs": 0, "nodes": 0, "separators": 0, "refused": 0}

    def run(self, start: Ints | None) -> None:
        """Solve, mend, solve again, until a plan comes out that keeps every rule."""
        problem = self.problem
        if not (1 <= self.parts <= problem.n and self.parts * self.lower <= problem.total <= self.parts * self.upper):
            self.closed = True
            return
        if start is not None:
            self.offer(start)
        hops = _hops(problem) * problem.weights[None, :].astype(np.float64)
        free = np.zeros(problem.n, dtype=np.bool_)
        for labels in plans_around_centres(
            problem, hops, np.arange(problem.n), self.lower, self.upper, self.parts, free
        )[:8]:
            self.offer(self.smoothed(labels))
        self.tell("plan")
        layout = _CutLayout(self)
        while not (self.interrupted or (self.deadline is not None and time.monotonic() >= self.deadline)):
            self.counters["programs"] += 1
            answer = layout.solve(self)
            self.counters["nodes"] += answer.nodes
            self.interrupted |= answer.interrupted
            if answer.status == "infeasible":
                self.closed = True
                return
            self.raise_bound(answer.bound / layout.scale)
            if answer.values is None:
                return
            labels = layout.read(answer.values)
            cuts = layout.mend(labels, self)
            self.counters["separators"] += cuts
            if cuts == 0:
                self.offer(labels)
                if self.accept is not None and not self.accept(labels):
                    layout.forbid(labels)
                    self.counters["refused"] += 1
                    cuts = 1
            if answer.status == "stopped":
                return
            if cuts == 0:
                self.closed = self.labels is not None
                return
            if self.objective is not None and self.bound >= self.objective:
                return
            self.tell("separators")

    def offer(self, labels: Ints) -> None:
        """Keep a plan if it obeys every rule and cuts least so far."""
        if not is_plan(self.problem, labels, self.parts, self.lower, self.upper, enclaves=self.enclaves):
            return
        cut = self.problem.cut(labels)
        if (self.objective is None or cut < self.objective) and (self.accept is None or self.accept(labels)):
            self.labels, self.objective = labels.copy(), cut

    def smoothed(self, labels: Ints) -> Ints:
        """Move border blocks one by one while the cut falls and the rules hold."""
        problem, labels = self.problem, labels.copy()
        first, ends, edge = problem.neighbours
        load = problem.part_weights(labels, self.parts)
        moved = True
        while moved:
            moved = False
            for block in range(problem.n):
                own, weight = int(labels[block]), int(problem.weights[block])
                around = np.zeros(self.parts, dtype=np.int64)
                row = slice(first[block], first[block + 1])
                np.add.at(around, labels[ends[row]], problem.costs[edge[row]])
                other = int(np.argmax(np.where(np.arange(self.parts) == own, -1, around)))
                if around[other] <= around[own] or load[own] - weight < self.lower or load[other] + weight > self.upper:
                    continue
                rest = labels == own
                rest[block] = False
                if in_one_piece(problem, rest):
                    labels[block] = other
                    load[own] -= weight
                    load[other] += weight
                    moved = True
        return labels

    def raise_bound(self, bound: float) -> None:
        """Raise the bound; costs are whole, so it is rounded up with a margin for floating point."""
        if math.isfinite(bound):
            whole = math.ceil(bound - 1e-3 - 1e-7 * abs(bound))
            self.bound = max(self.bound, whole if self.objective is None else min(whole, self.objective))

    def tell(self, stage: str) -> None:
        """Report progress in the user's units."""
        if self.progress is not None:
            objective = None if self.objective is None else self.objective / self.problem.scale
            self.progress(Progress(stage, self.counters["programs"], None, objective, self.bound / self.problem.scale))

    def result(self, seconds: float) -> Result:
        """Wrap up in the user's units."""
        plans = (
            f"{self.parts} connected parts of {self.lower} to {self.upper}"
            f"{'' if self.enclaves or self.problem.rim is None else ' without enclaves'}"
            f"{'' if self.accept is None else ' that the further rule accepts'}"
        )
        status: Status
        if self.labels is None or self.objective is None:
            status = "infeasible" if self.closed else "unknown"
            claim = (
                f"There is no plan of {plans}." if self.closed else f"Every plan of {plans} cuts at least the bound."
            )
            bound = None if self.closed else self.bound / self.problem.scale
            proof = Proof("cut-mip", claim, None, bound, dict(self.counters))
            return Result(status, None, None, bound, proof, self.parts, seconds, self.interrupted)
        steps = self.objective if self.closed else min(self.bound, self.objective)
        status = "proven" if steps == self.objective else "feasible"
        objective, bound = self.objective / self.problem.scale, steps / self.problem.scale
        claim = (
            f"No plan of {plans} cuts less than the bound, on any graph "
            f"(costs in whole steps of 1/{self.problem.scale:g}; HiGHS in double precision)."
        )
        proof = Proof("cut-mip", claim, objective, bound, dict(self.counters))
        _, labels = np.unique(self.labels, return_inverse=True)
        return Result(status, labels, objective, bound, proof, self.parts, seconds, self.interrupted)


class _CutLayout:
    """Column b * parts + p: block b lies in part p; after those, e * parts + p: edge e leaves part p at one end."""

    def __init__(self, search: _CutSearch) -> None:
        problem, parts = search.problem, search.parts
        self.problem, self.parts = problem, parts
        n, m = problem.n, len(problem.edges)
        self.rank = _spread_order(problem)
        self.order = np.argsort(self.rank)
        top = int(problem.costs.max()) if m else 1
        self.scale = 1.0 if top <= 1000 else 1000.0 / top
        cost = np.concatenate([np.zeros(n * parts), np.repeat(problem.costs * self.scale, parts)])
        upper = np.ones(len(cost))
        upper[: n * parts] = (np.arange(parts)[None, :] <= self.rank[:, None]).ravel()
        integral = np.arange(len(cost)) < n * parts
        self.model = Model(cost, np.zeros(len(cost)), upper, integral)
        self._add_rows(search)

    def _add_rows(self, search: _CutSearch) -> None:
        problem, parts, model = self.problem, self.parts, self.model
        n, m = problem.n, len(problem.edges)
        held = np.arange(n * parts).reshape(n, parts)
        left = n * parts + np.arange(m * parts).reshape(m, parts)
        model.add_rows(np.repeat(np.arange(n), parts), held.ravel(), 1.0, np.ones(n), np.ones(n))
        model.add_rows(
            np.tile(np.arange(parts), n),
            held.ravel(),
            np.repeat(problem.weights, parts).astype(np.float64),
            np.full(parts, float(search.lower)),
            np.full(parts, float(search.upper)),
        )
        # an edge leaves part p at its first end: that end lies in p, the other does not
        rows = np.arange(m * parts)
        a, b = held[problem.edges[:, 0]].ravel(), held[problem.edges[:, 1]].ravel()
        model.add_rows(
            np.concatenate([rows, rows, rows]),
            np.concatenate([left.ravel(), a, b]),
            np.repeat([1.0, -1.0, 1.0], m * parts),
            np.zeros(m * parts),
            np.full(m * parts, np.inf),
        )
        # part p begins at a later block than part p - 1
        for place, block in enumerate(self.order.tolist()):
            for part in range(1, min(parts, place + 1)):
                earlier = held[self.order[:place], part - 1]
                model.add_row(np.append(earlier, held[block, part]), np.append(np.ones(place), -1.0), 0.0, np.inf)
        model.add_rows(np.arange(parts).repeat(n), held.T.ravel(), 1.0, np.ones(parts), np.full(parts, np.inf))
        for block in np.flatnonzero(problem.weights < search.lower).tolist():
            self._needs_neighbour(np.array([block]), surroundings(problem, np.array([block])))

    def _needs_neighbour(self, piece: Ints, around: Ints) -> None:
        """Whoever holds a block of the piece, which is too light to be a part, holds a block around it."""
        parts = np.arange(self.parts)
        for block in piece.tolist():
            columns = np.concatenate([block * self.parts + parts, (around[:, None] * self.parts + parts).ravel()])
            rows = np.concatenate([parts, np.tile(parts, len(around))])
            values = np.concatenate([np.full(self.parts, -1.0), np.ones(len(around) * self.parts)])
            self.model.add_rows(rows, columns, values, np.zeros(self.parts), np.full(self.parts, np.inf))

    def mend(self, labels: Ints, search: _CutSearch) -> int:
        """Add rows that this labelling breaks; their number, 0 where the parts are as they should be."""
        problem, parts, added = self.problem, self.parts, 0
        every = np.ones(problem.n, dtype=np.bool_)
        for part in range(parts):
            inside = labels == part
            root = int(np.argmax(np.where(inside, problem.weights, -1)))
            for piece, fence in broken_pieces(problem, inside, root, every):
                added += 1
                if problem.weights[piece].sum() < search.lower:
                    self._needs_neighbour(piece, surroundings(problem, piece))
                    continue
                block = int(piece[np.argmax(problem.weights[piece])])
                for p in range(parts):
                    columns = np.concatenate([[block * parts + p, root * parts + p], fence * parts + p])
                    values = np.concatenate([[-1.0, -1.0], np.ones(len(fence))])
                    self.model.add_row(columns, values, -1.0, np.inf)
            if not search.enclaves:
                for piece, fence in enclosed_pieces(problem, inside):
                    added += 1
                    for block in piece.tolist():
                        for p in range(parts):
                            columns = np.append(fence * parts + p, block * parts + p)
                            values = np.append(np.full(len(fence), -1.0), 1.0)
                            self.model.add_row(columns, values, 1.0 - len(fence), np.inf)
        return added

    def forbid(self, labels: Ints) -> None:
        """Forbid this one plan."""
        columns = np.arange(self.problem.n) * self.parts + self._canonical(labels)
        self.model.add_row(columns, np.ones(len(columns)), -np.inf, self.problem.n - 1.0)

    def solve(self, search: _CutSearch) -> Answer:
        """Run HiGHS from the best plan."""
        start = None
        if search.labels is not None:
            n = self.problem.n * self.parts
            start = np.zeros(len(self.model.cost))
            label = self._canonical(search.labels)
            start[np.arange(self.problem.n) * self.parts + label] = 1.0
            a, b = self.problem.edges[:, 0], self.problem.edges[:, 1]
            divided = np.flatnonzero(label[a] != label[b])
            start[n + divided * self.parts + label[a[divided]]] = 1.0
        return self.model.solve(
            start=start,
            deadline=search.deadline,
            absolute_gap=0.9 * self.scale,
            watch=lambda *_: search.tell("program"),
        )

    def read(self, values: Floats) -> Ints:
        """Labels of a solution."""
        held = values[: self.problem.n * self.parts].reshape(self.problem.n, self.parts)
        return np.asarray(np.argmax(held, axis=1), dtype=np.int64)

    def _canonical(self, labels: Ints) -> Ints:
        _, first, inverse = np.unique(labels[self.order], return_index=True, return_inverse=True)
        place = np.empty(len(first), dtype=np.int64)
        place[np.argsort(first)] = np.arange(len(first))
        canonical = np.empty(len(labels), dtype=np.int64)
        canonical[self.order] = place[inverse]
        return canonical


def _spread_order(problem: Problem) -> Ints:
    """Rank of each block: the heaviest first, then always the one farthest from those before, heavier ones sooner."""
    hops = _hops(problem)
    hops[~np.isfinite(hops)] = problem.n
    rank = np.full(problem.n, -1, dtype=np.int64)
    away = np.full(problem.n, np.inf)
    block = int(np.argmax(problem.weights))
    for place in range(problem.n):
        rank[block] = place
        away = np.minimum(away, hops[block])
        away[block] = -1.0
        block = int(np.lexsort((problem.weights, away))[-1])
    return rank


def _hops(problem: Problem) -> Floats:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import shortest_path

    ones = np.ones(len(problem.edges))
    graph = coo_array((ones, (problem.edges[:, 0], problem.edges[:, 1])), shape=(problem.n, problem.n)).tocsr()
    hops = np.asarray(shortest_path(graph, directed=False, unweighted=True), dtype=np.float64)
    hops[~np.isfinite(hops)] = problem.n
    return hops
