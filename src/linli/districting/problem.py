"""The problem every solver works on: weighted blocks, neighbours, the price of dividing two neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linli.errors import InputError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Problem:
    """A graph of `n` blocks whose edges are pairs of neighbours.

    Parameters
    ----------
    weights
        Shape (n,): the count of each block under one counting definition (口径), never negative.
    edges
        Shape (m, 2): pairs of neighbours, each pair once, smaller index first.
    costs
        Shape (m,): integer price of putting the two ends of an edge into different parts; the price in
        user's units is `costs / scale`.
    scale
        Integer steps per user's unit of cost.
    xy
        Shape (n, 2), metres: a point of each block; None where there is no geometry.
    rim
        Shape (n,): True for blocks that touch the outside of the territory; None where it is unknown.
    names
        The blocks' ids, for messages; indices where absent.
    """

    weights: Ints
    edges: Ints
    costs: Ints
    scale: float = 1.0
    xy: Floats | None = None
    rim: Bools | None = None
    names: tuple[str, ...] = field(default=())

    @classmethod
    def from_graph(
        cls,
        weights: ArrayLike,
        edges: ArrayLike,
        costs: ArrayLike | None = None,
        xy: ArrayLike | None = None,
        *,
        rim: ArrayLike | None = None,
        names: Sequence[str] = (),
    ) -> Problem:
        """Check and normalise plain arrays into a problem.

        Parallel edges are merged (their costs add), loops are refused. Costs that are not whole numbers are
        scaled to integers with at least nine significant digits.

        Raises
        ------
        InputError
            A negative, missing or fractional weight, an edge to a block that does not exist, a negative cost.
        """
        w = np.asarray(weights)
        if w.ndim != 1 or len(w) == 0:
            raise InputError("weights must be a non-empty one-dimensional sequence", value=w.shape)
        whole = _whole_numbers(w, "weight")
        total = float(whole.astype(np.float64).sum())
        if total > 2**52:
            raise InputError("the weights add up to more than can be counted exactly", field="weights", value=total)
        pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
        _check_edges(pairs, len(whole))
        price = np.ones(len(pairs)) if costs is None else np.asarray(costs, dtype=np.float64)
        if price.shape != (len(pairs),):
            raise InputError("there must be one cost for each edge", field="costs", value=price.shape)
        if not np.all(np.isfinite(price)) or np.any(price < 0):
            row = int(np.flatnonzero(~np.isfinite(price) | (price < 0))[0])
            raise InputError("a cost must be a number of at least 0", row=row, field="costs", value=float(price[row]))
        scale = _cost_scale(price)
        pairs, steps = _merge_parallel(np.sort(pairs, axis=1), np.rint(price * scale).astype(np.int64), len(whole))
        return cls(
            weights=whole,
            edges=pairs,
            costs=steps,
            scale=scale,
            xy=None if xy is None else np.asarray(xy, dtype=np.float64).reshape(len(whole), 2),
            rim=None if rim is None else np.asarray(rim, dtype=np.bool_).reshape(len(whole)),
            names=tuple(names),
        )

    @property
    def n(self) -> int:
        """Number of blocks."""
        return len(self.weights)

    @property
    def total(self) -> int:
        """Sum of all weights."""
        return int(self.weights.sum())

    def name(self, block: int) -> str:
        """Id of a block for messages."""
        return self.names[block] if self.names else str(block)

    @cached_property
    def neighbours(self) -> tuple[Ints, Ints, Ints]:
        """Compressed rows: `start` (n + 1,), `ends` (2m,), `edge` (2m,), the neighbours of b at start[b]:start[b+1]."""
        both = np.concatenate([self.edges, self.edges[:, ::-1]]) if len(self.edges) else np.zeros((0, 2), np.int64)
        number = np.tile(np.arange(len(self.edges), dtype=np.int64), 2)
        order = np.lexsort((both[:, 1], both[:, 0]))
        start = np.zeros(self.n + 1, dtype=np.int64)
        np.cumsum(np.bincount(both[:, 0], minlength=self.n), out=start[1:])
        return start, both[order, 1].copy(), number[order].copy()

    def cut(self, labels: ArrayLike) -> int:
        """Integer cost of the edges whose ends bear different labels."""
        label = np.asarray(labels)
        return int(self.costs[label[self.edges[:, 0]] != label[self.edges[:, 1]]].sum())

    def part_weights(self, labels: ArrayLike, parts: int) -> Ints:
        """Shape (parts,): total weight of each part."""
        sums = np.zeros(parts, dtype=np.int64)
        np.add.at(sums, np.asarray(labels, dtype=np.int64), self.weights)
        return sums

    def subproblem(self, blocks: ArrayLike) -> Problem:
        """Restrict to `blocks` (indices, in this order); xy, rim and names go along."""
        keep = np.asarray(blocks, dtype=np.int64)
        place = np.full(self.n, -1, dtype=np.int64)
        place[keep] = np.arange(len(keep))
        inside = (place[self.edges] >= 0).all(axis=1)
        return Problem(
            weights=self.weights[keep],
            edges=np.sort(place[self.edges[inside]], axis=1),
            costs=self.costs[inside],
            scale=self.scale,
            xy=None if self.xy is None else self.xy[keep],
            rim=None if self.rim is None else self.rim[keep],
            names=tuple(self.names[b] for b in keep) if self.names else (),
        )

    def contract(self, group: ArrayLike) -> Problem:
        """Merge the blocks that bear the same number in `group` (0 … g-1); costs between groups add up."""
        g = np.asarray(group, dtype=np.int64)
        count = int(g.max()) + 1
        weights = np.zeros(count, dtype=np.int64)
        np.add.at(weights, g, self.weights)
        ends = np.sort(g[self.edges], axis=1)
        between = ends[:, 0] != ends[:, 1]
        edges, costs = _merge_parallel(ends[between], self.costs[between], count)
        xy = None
        if self.xy is not None:
            mass = np.maximum(self.weights, 1e-9)
            below = np.bincount(g, mass, minlength=count)
            xy = np.stack([np.bincount(g, mass * self.xy[:, d], minlength=count) / below for d in (0, 1)], axis=1)
        rim = None
        if self.rim is not None:
            rim = np.zeros(count, dtype=np.bool_)
            rim[g[self.rim]] = True
        names: tuple[str, ...] = ()
        if self.names:
            first = np.full(count, -1, dtype=np.int64)
            first[g[::-1]] = np.arange(self.n)[::-1]
            names = tuple(self.names[b] for b in first)
        return Problem(weights, edges, costs, self.scale, xy, rim, names)

    @cached_property
    def pieces(self) -> Ints:
        """Shape (n,): number of the connected piece each block lies in, pieces numbered by their first block."""
        return connected_pieces(self.n, self.edges)


def connected_pieces(n: int, edges: Ints) -> Ints:
    """Number the connected pieces of a graph in the order of their first block."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(edges), dtype=np.int8)
    _, raw = connected_components(coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(n, n)), directed=False)
    _, first, inverse = np.unique(raw, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def _whole_numbers(values: NDArray[np.generic], what: str) -> Ints:
    try:
        number = values.astype(np.float64)
    except (TypeError, ValueError):
        for row, value in enumerate(values.tolist()):
            try:
                float(value)
            except (TypeError, ValueError):
                raise InputError(f"a {what} must be a number", row=row, value=value) from None
        raise
    bad = ~np.isfinite(number) | (number < 0) | (number != np.rint(number))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InputError(f"a {what} must be a whole number of at least 0", row=row, value=float(number[row]))
    return number.astype(np.int64)


def _check_edges(pairs: Ints, n: int) -> None:
    wrong = (pairs < 0).any(axis=1) | (pairs >= n).any(axis=1)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError(
            f"an edge names a block outside 0 … {n - 1}", row=row, field="edges", value=pairs[row].tolist()
        )
    loops = pairs[:, 0] == pairs[:, 1]
    if loops.any():
        row = int(np.flatnonzero(loops)[0])
        raise InputError("a block cannot be its own neighbour", row=row, field="edges", value=pairs[row].tolist())


def _cost_scale(price: Floats) -> float:
    if np.all(price == np.rint(price)):
        return 1.0
    if np.allclose(price * 1000, np.rint(price * 1000), rtol=0, atol=1e-7):
        return 1000.0
    return float(10.0 ** (9 - int(np.floor(np.log10(price.max())))))


def _merge_parallel(ends: Ints, costs: Ints, n: int) -> tuple[Ints, Ints]:
    key = ends[:, 0] * n + ends[:, 1]
    unique, inverse = np.unique(key, return_inverse=True)
    total = np.zeros(len(unique), dtype=np.int64)
    np.add.at(total, inverse, costs)
    return np.stack([unique // n, unique % n], axis=1).astype(np.int64), total
