"""Proven least cut of a small graph of any kind, planar or not, by an integer program."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from linli.districting.cutmodel import Accept, CutModel, CutRules, hops_between
from linli.districting.medians import plans_around_centres
from linli.districting.problem import Ints, Problem, connected_pieces
from linli.districting.result import Progress, ProgressHook, Proof, Result, Status
from linli.districting.separators import in_one_piece


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
    together: Sequence[Ints] = (),
    apart: Sequence[Ints] = (),
    pieces: bool = True,
    any_plan: bool = False,
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
    together, apart
        Arrays of shape (n,), -1 for blocks that are free: two blocks with the same number of an array in `together`
        share a part; two with different numbers of one in `apart` do not.
    pieces
        Whether each part must be connected.
    any_plan
        Stop at the first plan that keeps every rule, whatever it cuts.

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
    rules = CutRules(
        int(lower), int(upper), int(parts), enclaves, pieces, tuple(together), tuple(apart), accept, any_plan
    )
    search = _CutSearch(problem, rules, deadline, progress)
    try:
        search.run(None if start is None else np.asarray(start, dtype=np.int64))
    except KeyboardInterrupt:
        search.interrupted = True
    return search.result(time.process_time() - cpu)


class _CutSearch:
    """The best plan, the bound and the growing integer program."""

    def __init__(
        self, problem: Problem, rules: CutRules, deadline: float | None, progress: ProgressHook | None
    ) -> None:
        self.problem, self.rules, self.deadline, self.progress = problem, rules, deadline, progress
        self.lower, self.upper, self.parts = rules.lower, rules.upper, rules.parts
        self.accept = rules.accept
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
        self.begin()
        if self.satisfied():
            return
        self.tell("plan")
        model = CutModel(problem, self.rules)
        while not (self.interrupted or (self.deadline is not None and time.monotonic() >= self.deadline)):
            self.counters["programs"] += 1
            answer = model.solve(self.labels, deadline=self.deadline, watch=lambda *_: self.tell("program"))
            self.counters["nodes"] += answer.nodes
            self.interrupted |= answer.interrupted
            if answer.status == "infeasible":
                self.closed = True
                return
            self.raise_bound(answer.bound / model.scale)
            if answer.values is None:
                return
            labels = model.read(answer.values)
            cuts = model.mend(labels)
            self.counters["separators"] += cuts
            if cuts == 0:
                self.offer(labels)
                if self.accept is not None and not self.accept(labels):
                    model.forbid(labels)
                    self.counters["refused"] += 1
                    cuts = 1
            if self.satisfied():
                return
            if answer.status == "stopped":
                return
            if cuts == 0:
                self.closed = self.labels is not None
                return
            if self.objective is not None and self.bound >= self.objective:
                return
            self.tell("separators")

    def begin(self) -> None:
        """Look for plans around centres of the groups that stay together, avoiding edges that no part may hold."""
        rules, problem = self.rules, self.problem
        links = [np.zeros((0, 2), dtype=np.int64)]
        for group in rules.together:
            order = np.argsort(group, kind="stable")
            same = (np.diff(group[order]) == 0) & (group[order][1:] >= 0)
            links.append(np.stack([order[:-1][same], order[1:][same]], axis=1))
        group_of = connected_pieces(problem.n, np.concatenate(links))
        free = np.ones(len(problem.edges), dtype=np.bool_)
        for kind in rules.apart:
            a, b = kind[problem.edges[:, 0]], kind[problem.edges[:, 1]]
            free &= (a == b) | (a < 0) | (b < 0)
        groups = replace(problem, edges=problem.edges[free], costs=problem.costs[free], rim=None).contract(group_of)
        if groups.n < self.parts:
            return
        hops = hops_between(groups) * groups.weights[None, :].astype(np.float64)
        unforced = np.zeros(groups.n, dtype=np.bool_)
        for labels in plans_around_centres(
            groups, hops, np.arange(groups.n), self.lower, self.upper, self.parts, unforced
        )[:8]:
            self.offer(labels[group_of])
            if self.satisfied():
                return
            if not rules.any_plan:
                self.offer(self.smoothed(labels[group_of]))

    def satisfied(self) -> bool:
        """Whether any plan is enough and there is one."""
        return self.rules.any_plan and self.labels is not None

    def offer(self, labels: Ints) -> None:
        """Keep a plan if it obeys every rule and cuts least so far."""
        if not self.rules.hold(self.problem, labels):
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
            f"{self.parts} {'connected ' if self.rules.pieces else ''}parts of {self.lower} to {self.upper}"
            f"{'' if self.rules.enclaves or self.problem.rim is None else ' without enclaves'}"
            f"{' that keep blocks together and apart as asked' if self.rules.together + self.rules.apart else ''}"
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
