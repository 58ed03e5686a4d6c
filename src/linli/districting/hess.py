"""The model of Hess for parts around centres: plan, Lagrangian bound, fixed variables, HiGHS on what is left."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from linli.districting.lagrange import Relaxation, relax_assignment
from linli.districting.medians import plans_around_centres, polish
from linli.districting.milp import Answer, Model
from linli.districting.problem import Bools, Floats, Ints, Problem
from linli.districting.result import Progress, ProgressHook, Proof, Result, Status
from linli.districting.separators import broken_pieces, enclosed_pieces, is_plan, surroundings

RELATIVE_TOLERANCE = 1e-7
LARGEST_WHOLE = 1e6  # above this, whole costs are no more exact in HiGHS than others


class Cut(NamedTuple):
    """What a part must keep; `centre` None means whatever its centre.

    `separate` and `leave`: who holds one of the blocks holds one of the fence. `enclose`: who holds the whole fence
    holds all the blocks.
    """

    kind: Literal["separate", "leave", "enclose"]
    centre: int | None
    blocks: Ints
    fence: Ints


class Search:
    """Plan, bound, fixing, integer program: keeps the best of each as it goes."""

    def __init__(self, table: Assignment, deadline: float | None, progress: ProgressHook | None) -> None:
        self.table, self.deadline, self.progress = table, deadline, progress
        self.labels: Ints | None = None
        self.chosen: Ints | None = None
        self.objective = math.inf
        self.bound = 0.0
        self.closed = self.interrupted = False
        self.counters = {"passes": 0, "variables": 0, "kept": 0, "programs": 0, "nodes": 0, "separators": 0}

    def run(self, start: Ints | None) -> None:
        """Go through the steps until the proof closes, the time is up or no plan is left."""
        table, problem = self.table, self.table.problem
        total = problem.total
        if not (
            1 <= table.parts <= len(table.centres)
            and table.forced.sum() <= table.parts
            and table.parts * table.lower <= total <= table.parts * table.upper
        ):
            self.bound, self.closed = math.inf, True
            return
        if start is not None and len(np.unique(start)) == table.parts:
            chosen = table.centre_of_parts(start)
            self.offer(start)
            if chosen is not None:
                better = polish(
                    problem, table.finite, table.centres, table.lower, table.upper, start, chosen, table.forced
                )
                if better is not None:
                    self.offer(better[1])
        self.tell("plan")
        for labels in plans_around_centres(
            problem, table.finite, table.centres, table.lower, table.upper, table.parts, table.forced
        ):
            self.offer(labels)
        self.tell("bound")
        relaxation = self.relax()
        if not math.isfinite(relaxation.bound):
            self.bound, self.closed = math.inf, True
            return
        self.raise_bound(relaxation.bound)
        if np.count_nonzero(relaxation.least <= self.objective) > 2 * problem.n:
            relaxation = self.look_again(relaxation)
        cuts: list[Cut] = []
        for target in self.targets():
            keep = relaxation.least <= target + 1e-9 * abs(target)
            if self.program(keep, cuts, target):
                return

    def targets(self) -> Iterable[float]:
        """Costs up to which to search: the plan's, or growing guesses where there is no plan yet."""
        if self.labels is None:
            for factor in (1.05, 1.3):
                yield self.bound * factor
        yield self.objective

    def look_again(self, first: Relaxation) -> Relaxation:
        """Search for plans around the centres that the bound leaves open, then bound again from where it ended."""
        table = self.table
        if self.late():
            return first
        own = first.least[np.arange(len(table.centres)), table.centres]
        places = np.flatnonzero((own <= self.objective) & np.isfinite(own))
        if self.labels is None:
            places = np.argsort(own)[: 10 * table.parts]
            places = np.union1d(places, np.flatnonzero(table.forced))
        for labels in plans_around_centres(
            table.problem,
            table.finite[places],
            table.centres[places],
            table.lower,
            table.upper,
            table.parts,
            table.forced[places],
            seed=1,
        ):
            self.offer(labels)
        second = self.relax(first.multipliers)
        self.raise_bound(second.bound)
        bound, least = max(first.bound, second.bound), np.maximum(first.least, second.least)
        return Relaxation(bound, least, second.multipliers, second.passes)

    def relax(self, multipliers: Floats | None = None) -> Relaxation:
        """Bound the whole problem, beginning from the multipliers or the plan's own prices where there are any."""
        table = self.table
        if self.labels is not None and self.chosen is not None:
            target, first = self.objective, table.finite[self.chosen[self.labels], np.arange(table.problem.n)]
        else:
            nearest = np.sort(table.finite, axis=0)[: min(len(table.centres), 8)]
            first = nearest[-1]
            target = 1.2 * float(first.sum())
        relaxation = relax_assignment(
            table.cost,
            table.centres,
            table.problem.weights,
            table.lower,
            table.upper,
            table.parts,
            table.forced,
            target=target,
            multipliers=first if multipliers is None else multipliers,
        )
        self.counters["passes"] += relaxation.passes
        return relaxation

    def program(self, keep: Bools, cuts: list[Cut], target: float) -> bool:
        """Solve over the variables in `keep`; True when the search is over."""
        table = self.table
        layout = Layout(table, keep)
        self.counters["variables"] += keep.size
        self.counters["kept"] += len(layout.block)
        while True:
            if self.late():
                return True
            self.counters["programs"] += 1
            answer = layout.solve(cuts, self)
            self.counters["nodes"] += answer.nodes
            self.interrupted |= answer.interrupted
            # what lies outside `keep` costs more than the target
            below = min(answer.bound / layout.scale, target)
            if answer.status == "infeasible":
                self.raise_bound(target)
                if target == self.objective:
                    self.closed = True
                return self.closed
            self.raise_bound(below)
            if answer.values is None:
                return True
            labels, chosen = layout.read(answer.values)
            found = list(self.broken(labels, chosen))
            cuts += found
            self.counters["separators"] += len(found)
            if not found:
                self.offer(labels)
            if answer.status == "stopped":
                return True
            if not found:
                self.closed = self.labels is not None and self.objective <= target
                return self.closed or self.labels is None
            self.tell("separators")

    def broken(self, labels: Ints, chosen: Ints) -> Iterable[Cut]:
        """Cuts that the plan of an integer program violates."""
        table = self.table
        every = np.ones(table.problem.n, dtype=np.bool_)
        for part, j in enumerate(chosen.tolist()):
            inside = labels == part
            for piece, fence in broken_pieces(table.problem, inside, int(table.centres[j]), every):
                if table.problem.weights[piece].sum() < table.lower:
                    yield Cut("leave", None, piece, surroundings(table.problem, piece))
                else:
                    yield Cut("separate", j, piece, fence)
            if not table.enclaves:
                for piece, fence in enclosed_pieces(table.problem, inside):
                    yield Cut("enclose", None, piece, fence)

    def offer(self, labels: Ints) -> None:
        """Keep a plan if it obeys every rule and is the cheapest so far."""
        table = self.table
        if not is_plan(table.problem, labels, table.parts, table.lower, table.upper, enclaves=table.enclaves):
            return
        chosen = table.centre_of_parts(labels)
        if chosen is None:
            return
        value = table.value(labels, chosen)
        if value < self.objective:
            self.labels, self.chosen, self.objective = labels.copy(), chosen, value

    def raise_bound(self, bound: float) -> None:
        """Raise the proven bound; whole costs round it up."""
        if self.table.whole and math.isfinite(bound):
            bound = math.ceil(bound - 1e-6 * max(1.0, abs(bound) * 1e-3))
        self.bound = max(self.bound, min(bound, self.objective))

    def late(self) -> bool:
        """Whether the time is up or somebody pressed Ctrl-C."""
        return self.interrupted or (self.deadline is not None and time.monotonic() >= self.deadline)

    def tell(self, stage: str) -> None:
        """Report progress."""
        if self.progress is not None:
            objective = self.objective if math.isfinite(self.objective) else None
            self.progress(Progress(stage, self.counters["programs"], None, objective, self.bound))

    def result(self, seconds: float) -> Result:
        """Wrap up: labels in the order of forced centres, then of first blocks."""
        table = self.table
        near = self.objective - self.bound <= (0.0 if table.whole else table.tolerance(self.objective))
        proven = self.labels is not None and (self.closed or near)
        nothing = self.labels is None
        status: Status = (
            "proven" if proven else "infeasible" if nothing and self.closed else "unknown" if nothing else "feasible"
        )
        objective = None if nothing else self.objective
        bound = None if status == "infeasible" else self.objective if proven else min(self.bound, self.objective)
        proof = Proof("hess", self.claim(status), objective, bound, dict(self.counters))
        labels = None if self.labels is None else self.ordered(self.labels)
        return Result(status, labels, objective, bound, proof, table.parts, seconds, self.interrupted)

    def ordered(self, labels: Ints) -> Ints:
        """Number the parts: forced centres first, then by first block."""
        first = [int(labels[self.table.centres[j]]) for j in self.table.order]
        rest = [int(part) for part in labels[np.sort(np.unique(labels, return_index=True)[1])] if part not in first]
        place = np.empty(self.table.parts, dtype=np.int64)
        place[first + rest] = np.arange(self.table.parts)
        return np.asarray(place[labels], dtype=np.int64)

    def claim(self, status: str) -> str:
        """One sentence: over which plans the bound holds, and how exactly."""
        table = self.table
        plans = (
            f"{table.parts} connected parts of {table.lower} to {table.upper}"
            f"{'' if table.enclaves or table.problem.rim is None else ' without enclaves'}, each around its own centre"
        )
        if status == "infeasible":
            return f"There is no plan of {plans}."
        if status == "unknown":
            return f"Every plan of {plans} costs at least the bound."
        exact = (
            "costs are whole, no tolerance"
            if table.whole
            else f"to within {table.tolerance(self.objective):.3g} {table.unit}".rstrip()
        )
        return f"No plan of {plans} costs less than the bound ({exact}; HiGHS in double precision)."


class Assignment:
    """The arrays of one assignment problem, centres in rows, and the rules that a plan must keep."""

    def __init__(
        self,
        problem: Problem,
        cost: ArrayLike,
        centres: ArrayLike,
        lower: int,
        upper: int,
        parts: int,
        forced_centres: Iterable[int],
        forbidden: ArrayLike | None,
        enclaves: bool,
        unit: str,
    ) -> None:
        self.problem, self.lower, self.upper, self.parts = problem, int(lower), int(upper), int(parts)
        self.centres = np.asarray(centres, dtype=np.int64)
        self.finite = np.ascontiguousarray(np.asarray(cost, dtype=np.float64).T)
        if self.finite.shape != (len(self.centres), problem.n):
            raise ValueError(f"cost must be of shape ({problem.n}, {len(self.centres)})")
        if not np.isfinite(self.finite).all() or (self.finite < 0).any():
            raise ValueError("costs must be finite and not negative")
        if len(np.unique(self.centres)) != len(self.centres):
            raise ValueError("two centres lie in one block")
        self.order = [int(j) for j in forced_centres]
        self.forced = np.zeros(len(self.centres), dtype=np.bool_)
        self.forced[self.order] = True
        self.enclaves, self.unit = enclaves, unit
        banned = np.zeros_like(self.finite, dtype=np.bool_)
        if forbidden is not None:
            banned |= np.asarray(forbidden, dtype=np.bool_).T
        for j in np.flatnonzero(self.forced).tolist():  # a forced centre serves its own block
            others = np.arange(len(self.centres)) != j
            banned[others, self.centres[j]] = True
        banned[problem.weights[self.centres] > self.upper] = True
        self.cost = np.where(banned, np.inf, self.finite)
        self.whole = bool(np.all(self.finite == np.rint(self.finite)) and self.finite.max(initial=0.0) < LARGEST_WHOLE)

    def centre_of_parts(self, labels: Ints) -> Ints | None:
        """Best permitted centre of each part, shape (parts,), forced ones first; None where a part has none."""
        total = np.full((len(self.centres), self.parts), np.inf)
        for part in range(self.parts):
            inside = labels == part
            may = inside[self.centres]
            total[may, part] = self.cost[may][:, inside].sum(axis=1)
        for j in np.flatnonzero(self.forced).tolist():
            total[np.arange(len(self.centres)) != j, labels[self.centres[j]]] = np.inf
        best = np.argmin(total, axis=0)
        if not np.isfinite(total[best, np.arange(self.parts)]).all() or self.forced[best].sum() != self.forced.sum():
            return None
        return np.asarray(best, dtype=np.int64)

    def value(self, labels: Ints, chosen: Ints) -> float:
        """Cost of a plan, summed exactly."""
        return math.fsum(self.finite[chosen[labels], np.arange(self.problem.n)].tolist())

    def tolerance(self, objective: float) -> float:
        """How far objective and bound may lie apart in a proof."""
        return 0.5 if self.whole else RELATIVE_TOLERANCE * abs(objective)


class Layout:
    """The integer program over the variables that are left: column v puts block[v] into the part of centre[v]."""

    def __init__(self, table: Assignment, keep: Bools) -> None:
        self.table = table
        open_centres = keep[np.arange(len(table.centres)), table.centres]
        self.centre, self.block = np.nonzero(keep & open_centres[:, None])
        self.column = np.full(keep.shape, -1, dtype=np.int64)
        self.column[self.centre, self.block] = np.arange(len(self.block))
        worth = table.finite[self.centre, self.block]
        # whole costs stay whole; others are brought to a size that suits the tolerances of HiGHS
        top = float(np.max(worth, initial=0.0))
        self.scale = 1.0 if table.whole or top == 0 else 1e4 / top
        self.model = Model(
            worth * self.scale, np.zeros(len(worth)), np.ones(len(worth)), np.ones(len(worth), dtype=np.bool_)
        )
        self._add_rows()
        self.cuts = 0

    def _add_rows(self) -> None:
        table, model, columns = self.table, self.model, np.arange(len(self.block))
        n = table.problem.n
        model.add_rows(self.block, columns, 1.0, np.ones(n), np.ones(n))
        centres, place = np.unique(self.centre, return_inverse=True)
        self.open = centres
        opens = self.column[centres, table.centres[centres]]
        weight = table.problem.weights[self.block].astype(np.float64)
        own = self.block == table.centres[self.centre]
        for sign, limit in ((1.0, table.lower), (-1.0, -table.upper)):
            load = sign * weight - np.where(own, float(limit), 0.0)
            model.add_rows(place, columns, load, np.zeros(len(centres)), np.full(len(centres), np.inf))
        others = np.flatnonzero(~own)
        rows = np.arange(len(others))
        model.add_rows(
            np.concatenate([rows, rows]),
            np.concatenate([others, opens[place[others]]]),
            np.concatenate([np.full(len(others), -1.0), np.ones(len(others))]),
            np.zeros(len(others)),
            np.full(len(others), np.inf),
        )
        model.add_row(opens, np.ones(len(opens)), table.parts, table.parts)
        model.lower[opens[table.forced[centres]]] = 1.0

    def solve(self, cuts: list[Cut], search: Search) -> Answer:
        """Add the cuts found since the last time and run HiGHS from the best plan."""
        for cut in cuts[self.cuts :]:
            for j in self.open.tolist() if cut.centre is None else [cut.centre]:
                self._add_cut(cut, self.column[j, cut.blocks], self.column[j, cut.fence])
        self.cuts = len(cuts)
        start = None
        if search.labels is not None and search.chosen is not None:
            chosen = self.column[search.chosen[search.labels], np.arange(self.table.problem.n)]
            if (chosen >= 0).all():
                start = np.zeros(len(self.block))
                start[chosen] = 1.0
        gap = 0.4 * self.scale if self.table.whole else 0.1 * RELATIVE_TOLERANCE * search.bound * self.scale
        return self.model.solve(
            start=start, deadline=search.deadline, absolute_gap=max(gap, 1e-9), watch=lambda *_: search.tell("program")
        )

    def _add_cut(self, cut: Cut, blocks: Ints, fence: Ints) -> None:
        """Add a cut for one centre; `blocks` and `fence` are its columns, -1 where a variable is gone."""
        inside, around = blocks[blocks >= 0], fence[fence >= 0]
        if cut.kind != "enclose":
            for column in inside.tolist():
                self.model.add_row(np.append(around, column), np.append(np.ones(len(around)), -1.0), 0.0, np.inf)
        elif len(around) == len(fence):
            least = 1.0 - len(fence)
            for column in inside.tolist():
                self.model.add_row(np.append(around, column), np.append(-np.ones(len(fence)), 1.0), least, np.inf)
            if len(inside) < len(blocks):
                self.model.add_row(around, -np.ones(len(fence)), least, np.inf)

    def read(self, values: Floats) -> tuple[Ints, Ints]:
        """Labels (n,) and chosen centres (parts,) of a solution."""
        taken = np.flatnonzero(values > 0.5)
        chosen = np.unique(self.centre[taken])
        labels = np.full(self.table.problem.n, -1, dtype=np.int64)
        labels[self.block[taken]] = np.searchsorted(chosen, self.centre[taken])
        return labels, np.asarray(chosen, dtype=np.int64)
