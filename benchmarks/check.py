"""An independent look at a partition: what it costs, which parts break the bounds, which are not in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linli.districting.problem import Ints, Problem

from .instances import Instance

MANY = 500  # parts above which enclaves are looked for in the graph of parts


@dataclass(frozen=True)
class Check:
    """Cut in user's units; number of parts out of bounds, in several pieces, empty, and enclosing other blocks.

    To enclose is no fault here: the peers' models do not forbid it.
    """

    cut: float
    out_of_bounds: int
    broken: int
    empty: int
    enclosing: int

    @property
    def faults(self) -> int:
        """Number of violations of bounds and connection."""
        return self.out_of_bounds + self.broken + self.empty


def check(instance: Instance, labels: Ints) -> Check:
    """Measure `labels` by plain loops over the problem's own arrays."""
    problem, found = instance.problem, labels.tolist()
    if len(found) != problem.n:
        raise ValueError(f"{len(found)} labels for {problem.n} blocks")
    cut, inside = 0, []
    for (a, b), cost in zip(problem.edges.tolist(), problem.costs.tolist(), strict=True):
        if found[a] == found[b]:
            inside.append((a, b))
        else:
            cut += cost
    sums: dict[int, int] = dict.fromkeys(range(instance.parts), 0)
    for label, weight in zip(found, problem.weights.tolist(), strict=True):
        sums[label] = sums.get(label, 0) + weight
    tops = _pieces(problem.n, inside)
    pieces: dict[int, set[int]] = {}
    for v, label in enumerate(found):
        pieces.setdefault(label, set()).add(tops[v])
    return Check(
        cut=cut / problem.scale,
        out_of_bounds=sum(not instance.lower <= total <= instance.upper for total in sums.values()),
        broken=sum(len(several) > 1 for several in pieces.values()),
        empty=sum(label not in pieces for label in sums),
        enclosing=(
            _enclosing(problem, labels) if len(pieces) > MANY else sum(_encloses(problem, labels, p) for p in pieces)
        ),
    )


def _enclosing(problem: Problem, labels: Ints) -> int:
    """Count parts that others need to get outside: cut vertices of the graph of connected parts and the outside."""
    import networkx

    if problem.rim is None:
        return 0
    outside = int(labels.max()) + 1
    ends = labels[problem.edges]
    graph = networkx.Graph(map(tuple, np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0).tolist()))
    graph.add_edges_from((int(part), outside) for part in np.unique(labels[problem.rim]))
    return sum(part != outside for part in networkx.articulation_points(graph))


def _encloses(problem: Problem, labels: Ints, label: int) -> bool:
    """Tell whether blocks of other parts cannot get outside but through this part."""
    if problem.rim is None:
        return False
    others, outside = np.append(labels != label, True), problem.n
    ways = np.concatenate([problem.edges, [(v, outside) for v in np.flatnonzero(problem.rim)]])
    ways = ways[others[ways].all(axis=1)]
    graph = coo_array((np.ones(len(ways)), (ways[:, 0], ways[:, 1])), shape=(outside + 1, outside + 1))
    piece = connected_components(graph, directed=False)[1]
    return bool((piece[others] != piece[outside]).any())


def _pieces(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    """A representative of each vertex's connected piece, by union and find."""
    home = list(range(n))

    def top(v: int) -> int:
        while home[v] != v:
            home[v] = home[home[v]]
            v = home[v]
        return v

    for a, b in pairs:
        home[top(a)] = top(b)
    return [top(v) for v in range(n)]


def inertia(problem: Problem, labels: Ints) -> float:
    """Moment of inertia of Hess: Σ weight × squared distance to the best block of the part, in households × m²."""
    if problem.xy is None:
        raise ValueError("moment of inertia needs xy")
    total = 0.0
    for part in np.unique(labels):
        place, mass = problem.xy[labels == part], problem.weights[labels == part]
        squares = ((place[:, None, :] - place[None, :, :]) ** 2).sum(axis=2)
        total += float((mass @ squares).min())
    return total
