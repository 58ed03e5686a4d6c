"""An independent look at a partition: what it costs, which parts break the bounds, which are not in one piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.districting.problem import Ints, Problem

from .instances import Instance


@dataclass(frozen=True)
class Check:
    """Cut in user's units, number of parts out of bounds, in several pieces, and empty."""

    cut: float
    out_of_bounds: int
    broken: int
    empty: int

    @property
    def faults(self) -> int:
        """Number of violations of any kind."""
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
    home = list(range(problem.n))

    def top(v: int) -> int:
        while home[v] != v:
            home[v] = home[home[v]]
            v = home[v]
        return v

    for a, b in inside:
        home[top(a)] = top(b)
    pieces: dict[int, set[int]] = {}
    for v, label in enumerate(found):
        pieces.setdefault(label, set()).add(top(v))
    return Check(
        cut=cut / problem.scale,
        out_of_bounds=sum(not instance.lower <= total <= instance.upper for total in sums.values()),
        broken=sum(len(tops) > 1 for tops in pieces.values()),
        empty=sum(label not in pieces for label in sums),
    )


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
