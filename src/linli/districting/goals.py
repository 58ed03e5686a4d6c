"""Goals with weights and the data they need; their values on a plan, and their compiled form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from linli.districting.problem import Floats, Ints, Problem
from linli.errors import InputError

# what each goal needs besides households
NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "boundary": (),
        "balance": (),
        "polsby_popper": ("metres", "area", "rim_metres"),
        "inertia": (),
        "continuity": ("present",),
        "access": ("walk", "stations"),
        "facilities": ("supplies", "norm"),
        "workload": ("cases",),
    }
)


@dataclass(frozen=True)
class Goals:
    """What to minimise: Σ weight × goal.

    Parameters
    ----------
    weights
        Goal to weight. Goals and their units:

        - `boundary`: cost of the cut edges of the problem, in the user's units;
        - any key of `edge_costs`: sum over the cut edges;
        - `balance`: largest deviation of a part's households from the mean, as a share of the mean;
        - `polsby_popper`: 1 - the mean over the parts of 4π·area / perimeter²;
        - `inertia`: households × square kilometres to the mean point of their part;
        - `continuity`: households whose community changes its name, where names are kept as well as can be;
        - `access`: household metres to the station of the part that serves it best, else to the nearest station;
        - `facilities`: facilities that the parts lack;
        - `workload`: largest number of cases for each worker of a part, for each part where no workers are given.
    edge_costs
        Name to costs, shape (m,).
    metres, area, rim_metres
        Shapes (m,), (n,), (n,): length of each edge, area of each block, length of its border with the outside.
    present
        Shape (n, o): households of each block in each present community; or shape (n,): the number of each block's
        community, -1 for none.
    seats
        Present community to the block whose part keeps its name.
    walk, stations
        Shapes (n, s), (s,): metres from each block to each station, and the stations' blocks.
    supplies, norm, norm_per_household
        Shapes (n, f), (f,), (f,): facilities of each kind in each block, how many a part needs, and how many it needs
        for each household.
    cases, persons, workers_per_person
        Cases of each block, its persons, and the workers for each person, rounded up, at least one; 0 stands for one
        worker a part.
    capped
        Name to a column of shape (n,), never negative, and the limit that its sum in no part may exceed: a rule.
    """

    weights: Mapping[str, float]
    edge_costs: Mapping[str, ArrayLike] = field(default_factory=dict)
    metres: ArrayLike | None = None
    area: ArrayLike | None = None
    rim_metres: ArrayLike | None = None
    present: ArrayLike | None = None
    seats: Mapping[int, int] = field(default_factory=dict)
    walk: ArrayLike | None = None
    stations: Sequence[int] | None = None
    supplies: ArrayLike | None = None
    norm: ArrayLike | None = None
    norm_per_household: ArrayLike | None = None
    cases: ArrayLike | None = None
    persons: ArrayLike | None = None
    workers_per_person: float = 0.0
    capped: Mapping[str, tuple[ArrayLike, float]] = field(default_factory=dict)


class Measures:
    """Goals checked against a problem, with all data as arrays; measures plans.

    Raises
    ------
    InputError
        An unknown goal, a negative weight, data that a goal needs and lacks, arrays of the wrong shape.
    """

    def __init__(self, problem: Problem, goals: Goals) -> None:
        self.problem, self.weights = problem, dict(goals.weights)
        n, m = problem.n, len(problem.edges)
        for name, weight in self.weights.items():
            if name not in NEEDS and name not in goals.edge_costs:
                known = ", ".join([*NEEDS, *goals.edge_costs])
                raise InputError("there is no such goal", field="goals", value=name, advice=f"goals: {known}")
            if not 0 <= weight < float("inf"):
                raise InputError("the weight of a goal must be at least 0", field=f"goals.{name}", value=weight)
            for need in NEEDS.get(name, ()):
                if getattr(goals, need) is None:
                    raise InputError(f"the goal {name} needs {need}", field=f"goals.{need}")
        if problem.xy is None and self.weights.get("inertia"):
            raise InputError("the goal inertia needs points of the blocks", field="xy")
        self.edge_costs = {name: _shaped(costs, (m,), name) for name, costs in goals.edge_costs.items()}
        self.edge_costs.setdefault("boundary", problem.costs / problem.scale)
        self.metres = _shaped(goals.metres, (m,), "metres")
        self.area = _shaped(goals.area, (n,), "area")
        self.rim_metres = _shaped(goals.rim_metres, (n,), "rim_metres")
        self.xy = np.zeros((n, 2)) if problem.xy is None else (problem.xy - problem.xy.mean(axis=0)) / 1000.0
        self.stay = self._present(goals.present)
        self.seats = dict(goals.seats)
        self.stations = np.asarray([] if goals.stations is None else goals.stations, dtype=np.int64)
        stations = len(self.stations)
        metres = _shaped(goals.walk, (n, stations), "walk") * problem.weights[:, None]
        nearest = metres.min(axis=1) if stations else np.zeros(n)
        self.walk = np.concatenate([metres, nearest[:, None]], axis=1)
        kinds = 0 if goals.norm is None else len(np.atleast_1d(np.asarray(goals.norm)))
        self.supplies = _shaped(goals.supplies, (n, kinds), "supplies")
        self.norm = np.stack(
            [_shaped(goals.norm, (kinds,), "norm"), _shaped(goals.norm_per_household, (kinds,), "norm_per_household")]
        )
        self.cases = _shaped(goals.cases, (n,), "cases")
        self.persons = _shaped(goals.persons, (n,), "persons")
        self.workers_per_person = float(goals.workers_per_person)
        self.capped = {name: (_shaped(c, (n,), name), float(limit)) for name, (c, limit) in goals.capped.items()}

    def _present(self, present: ArrayLike | None) -> Floats:
        """Households by present community, with a last column of 0 for parts that keep no name."""
        n = self.problem.n
        table = np.asarray([] if present is None else present)
        if present is None:
            households = np.zeros((n, 0))
        elif table.shape == (n,):
            number = table.astype(np.int64)
            households = np.zeros((n, int(number.max(initial=-1)) + 1))
            known = np.flatnonzero(number >= 0)
            households[known, number[known]] = self.problem.weights[known]
        else:
            households = _shaped(present, (n, table.shape[-1]), "present")
        return np.concatenate([households, np.zeros((n, 1))], axis=1)

    def names_kept(self, labels: Ints, parts: int) -> Ints:
        """Shape (parts,): present community whose name each part keeps, so that most households keep theirs.

        A community with a seat goes to the seat's part; the others are matched with the parts left over. Parts that
        keep no name get the number of communities.
        """
        from scipy.optimize import linear_sum_assignment

        communities = self.stay.shape[1] - 1
        kept = np.full(parts, communities, dtype=np.int64)
        left = set(range(communities))
        for community, block in self.seats.items():
            if kept[labels[block]] == communities:
                kept[labels[block]] = community
            left.discard(community)
        free = np.flatnonzero(kept == communities)
        if left and len(free):
            stay = np.zeros((parts, communities + 1))
            np.add.at(stay, labels, self.stay)
            names = np.array(sorted(left), dtype=np.int64)
            rows, columns = linear_sum_assignment(stay[np.ix_(free, names)], maximize=True)
            kept[free[rows]] = names[columns]
        return kept

    def terms(self, labels: Ints, parts: int) -> dict[str, float]:
        """Value of each goal that has a weight, in its own unit."""
        return {name: self._value(name, labels, parts) for name in self.weights}

    def objective(self, terms: Mapping[str, float]) -> float:
        """Weighted sum of the goals."""
        return float(sum(self.weights[name] * value for name, value in terms.items()))

    def keeps_caps(self, labels: Ints, parts: int) -> bool:
        """Whether no capped sum is above its limit."""
        return all(
            bool((np.bincount(labels, column, minlength=parts) <= limit * (1 + 1e-9)).all())
            for column, limit in self.capped.values()
        )

    def _value(self, name: str, labels: Ints, parts: int) -> float:
        ends = labels[self.problem.edges]
        cut = ends[:, 0] != ends[:, 1]
        if name in self.edge_costs:
            return float(self.edge_costs[name][cut].sum())
        weights = self.problem.weights.astype(np.float64)
        sums = np.bincount(labels, weights, minlength=parts)
        if name == "balance":
            return float(np.abs(sums / max(sums.mean(), 1e-12) - 1).max())
        if name == "polsby_popper":
            around = np.bincount(labels, self.rim_metres, minlength=parts)
            for side in (0, 1):
                around += np.bincount(ends[cut, side], self.metres[cut], minlength=parts)
            area = np.bincount(labels, self.area, minlength=parts)
            return float(1 - np.mean(4 * np.pi * area / np.maximum(around, 1e-9) ** 2))
        if name == "inertia":
            below = np.maximum(sums, 1e-12)
            middle = np.stack([np.bincount(labels, weights * self.xy[:, d], minlength=parts) for d in (0, 1)], axis=1)
            return float(weights @ ((self.xy - (middle / below[:, None])[labels]) ** 2).sum(axis=1))
        if name == "continuity":
            return float(
                weights.sum() - self.stay[np.arange(len(labels)), self.names_kept(labels, parts)[labels]].sum()
            )
        if name == "access":
            walked = np.zeros((parts, self.walk.shape[1]))
            np.add.at(walked, labels, self.walk)
            own = np.full((parts, len(self.stations)), np.inf)
            at = labels[self.stations], np.arange(len(self.stations))
            own[at] = walked[at]
            best = own.min(axis=1, initial=np.inf)
            return float(np.where(np.isfinite(best), best, walked[:, -1]).sum())
        if name == "facilities":
            have = np.zeros((parts, self.supplies.shape[1]))
            np.add.at(have, labels, self.supplies)
            need = self.norm[0] + self.norm[1] * sums[:, None]
            return float(np.maximum(need - have, 0).sum())
        cases = np.bincount(labels, self.cases, minlength=parts)
        persons = np.bincount(labels, self.persons, minlength=parts)
        return float((cases / np.maximum(1, np.ceil(persons * self.workers_per_person - 1e-9))).max())


def _shaped(values: ArrayLike | None, shape: tuple[int, ...], name: str) -> Floats:
    if values is None:
        return np.zeros(shape)
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.shape != shape:
        raise InputError(f"{name} must have the shape {shape}", field=f"goals.{name}", value=array.shape)
    if not np.isfinite(array).all() or (array < 0).any():
        raise InputError(f"{name} must hold numbers of at least 0", field=f"goals.{name}")
    return array
