"""The integer program for cuts: which block lies in which part, which edge is divided, rows added when missed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from linli.districting.milp import Answer, Model
from linli.districting.problem import Floats, Ints, Problem
from linli.districting.separators import broken_pieces, enclosed_pieces, is_plan, surroundings

Accept = Callable[[Ints], bool]


@dataclass(frozen=True)
class CutRules:
    """What a plan must keep; see `split_cut_mip`."""

    lower: int
    upper: int
    parts: int
    enclaves: bool
    pieces: bool
    together: tuple[Ints, ...]
    apart: tuple[Ints, ...]
    accept: Accept | None
    any_plan: bool

    def hold(self, problem: Problem, labels: Ints) -> bool:
        """Whether a plan keeps all rules but `accept`."""
        if not is_plan(problem, labels, self.parts, self.lower, self.upper, enclaves=self.enclaves, pieces=self.pieces):
            return False
        for group in self.together:
            bound = group >= 0
            if len(np.unique(np.stack([group[bound], labels[bound]]), axis=1).T) != len(np.unique(group[bound])):
                return False
        for kind in self.apart:
            bound = kind >= 0
            if len(np.unique(np.stack([kind[bound], labels[bound]]), axis=1).T) != len(np.unique(labels[bound])):
                return False
        return True


class CutModel:
    """Column b * parts + p: block b lies in part p; after those, e * parts + p: edge e leaves part p at one end."""

    def __init__(self, problem: Problem, rules: CutRules) -> None:
        parts = rules.parts
        self.rules = rules
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
        self._add_rows()

    def _add_rows(self) -> None:
        problem, parts, model = self.problem, self.parts, self.model
        n, m = problem.n, len(problem.edges)
        held = np.arange(n * parts).reshape(n, parts)
        left = n * parts + np.arange(m * parts).reshape(m, parts)
        model.add_rows(np.repeat(np.arange(n), parts), held.ravel(), 1.0, np.ones(n), np.ones(n))
        model.add_rows(
            np.tile(np.arange(parts), n),
            held.ravel(),
            np.repeat(problem.weights, parts).astype(np.float64),
            np.full(parts, float(self.rules.lower)),
            np.full(parts, float(self.rules.upper)),
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
        self._add_groups()
        for block in np.flatnonzero(problem.weights < self.rules.lower).tolist() if self.rules.pieces else ():
            self._needs_neighbour(np.array([block]), surroundings(problem, np.array([block])))

    def _add_groups(self) -> None:
        """Rows for blocks that share a part, columns and rows for those that must not."""
        parts, model, rules = self.parts, self.model, self.rules
        for group in rules.together:
            order = np.argsort(group, kind="stable")
            same = np.flatnonzero((np.diff(group[order]) == 0) & (group[order][1:] >= 0))
            for a, b in zip(order[same].tolist(), order[same + 1].tolist(), strict=True):
                for p in range(parts):
                    model.add_row([a * parts + p, b * parts + p], [1.0, -1.0], 0.0, 0.0)
        for kind in rules.apart:
            values = np.unique(kind[kind >= 0])
            first = model.add_columns(np.zeros(len(values) * parts), np.ones(len(values) * parts))
            for block in np.flatnonzero(kind >= 0).tolist():
                place = int(np.searchsorted(values, kind[block]))
                for p in range(parts):
                    model.add_row([block * parts + p, first + place * parts + p], [-1.0, 1.0], 0.0, np.inf)
            for p in range(parts):
                columns = first + np.arange(len(values)) * parts + p
                model.add_row(columns, np.ones(len(values)), -np.inf, 1.0)

    def _needs_neighbour(self, piece: Ints, around: Ints) -> None:
        """Whoever holds a block of the piece, which is too light to be a part, holds a block around it."""
        parts = np.arange(self.parts)
        for block in piece.tolist():
            columns = np.concatenate([block * self.parts + parts, (around[:, None] * self.parts + parts).ravel()])
            rows = np.concatenate([parts, np.tile(parts, len(around))])
            values = np.concatenate([np.full(self.parts, -1.0), np.ones(len(around) * self.parts)])
            self.model.add_rows(rows, columns, values, np.zeros(self.parts), np.full(self.parts, np.inf))

    def mend(self, labels: Ints) -> int:
        """Add rows that this labelling breaks; their number, 0 where the parts are as they should be."""
        problem, parts, added = self.problem, self.parts, 0
        every = np.ones(problem.n, dtype=np.bool_)
        for part in range(parts):
            inside = labels == part
            root = int(np.argmax(np.where(inside, problem.weights, -1)))
            for piece, fence in broken_pieces(problem, inside, root, every) if self.rules.pieces else ():
                added += 1
                if problem.weights[piece].sum() < self.rules.lower:
                    self._needs_neighbour(piece, surroundings(problem, piece))
                    continue
                block = int(piece[np.argmax(problem.weights[piece])])
                for p in range(parts):
                    columns = np.concatenate([[block * parts + p, root * parts + p], fence * parts + p])
                    values = np.concatenate([[-1.0, -1.0], np.ones(len(fence))])
                    self.model.add_row(columns, values, -1.0, np.inf)
            if not self.rules.enclaves:
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

    def solve(self, best: Ints | None, *, deadline: float | None, watch: Callable[[float, float], None]) -> Answer:
        """Run HiGHS from the best plan."""
        start = None
        if best is not None:
            n = self.problem.n * self.parts
            start = np.zeros(len(self.model.cost))
            label = self._canonical(best)
            start[np.arange(self.problem.n) * self.parts + label] = 1.0
            a, b = self.problem.edges[:, 0], self.problem.edges[:, 1]
            divided = np.flatnonzero(label[a] != label[b])
            start[n + divided * self.parts + label[a[divided]]] = 1.0
            first = n + len(a) * self.parts
            for kind in self.rules.apart:
                values = np.unique(kind[kind >= 0])
                bound = kind >= 0
                start[first + np.searchsorted(values, kind[bound]) * self.parts + label[bound]] = 1.0
                first += len(values) * self.parts
        return self.model.solve(
            start=start,
            deadline=deadline,
            absolute_gap=0.9 * self.scale,
            watch=watch,
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
    hops = hops_between(problem)
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


def hops_between(problem: Problem) -> Floats:
    """Shape (n, n): edges on a shortest path between two blocks, n where there is none."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import shortest_path

    ones = np.ones(len(problem.edges))
    graph = coo_array((ones, (problem.edges[:, 0], problem.edges[:, 1])), shape=(problem.n, problem.n)).tocsr()
    hops = np.asarray(shortest_path(graph, directed=False, unweighted=True), dtype=np.float64)
    hops[~np.isfinite(hops)] = problem.n
    return hops
