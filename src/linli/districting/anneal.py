"""Minimise any weighted sum of goals by moving blocks across lines, annealed, with restarts until time is up."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from linli.districting import score as term
from linli.districting.flips import SAMPLES, UPHILL, VALUE, State, flips, new_state, refresh
from linli.districting.goals import Goals, Measures
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Floats, Ints, Problem
from linli.districting.region import Region
from linli.districting.result import Progress, ProgressHook, Proof, Result
from linli.districting.rings import Rings, rings_of
from linli.districting.score import Score
from linli.districting.separators import is_plan
from linli.districting.trees import first_plan
from linli.errors import InputError

DEFAULT_SECONDS = 20.0
DEFAULT_SWEEPS = 4_000
FIRST_ROUND = 500  # sweeps of the first annealing; each later one is longer
GROWTH = 1.5
CHUNK = 200_000  # proposals between two looks at the clock
CHUNKS = 60
COOLEST = 1 / 500  # last heat as a share of the first
REHEAT = 0.3
MOST_FRESH = 20_000  # blocks up to which a round may begin from a new plan
CLAIM = "no bound is known for these goals"


def split_by_annealing(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int,
    goals: Goals,
    *,
    seed: int = 0,
    time_limit: float | None = None,
    sweeps: int | None = None,
    enclaves: bool | None = None,
    fixed: Mapping[int, object] | None = None,
    seats: Sequence[int] = (),
    start: ArrayLike | None = None,
    progress: ProgressHook | None = None,
) -> Result:
    """Divide the blocks into connected parts with counts in lower … upper, with a low weighted sum of goals.

    Parameters
    ----------
    problem, lower, upper, enclaves, fixed, seats, start, progress
        As in `linli.districting.split`; the graph need be neither planar nor connected.
    parts
        Number of parts.
    goals
        Weights and data; capped sums are rules.
    time_limit
        Wall seconds, 20 where neither this nor `sweeps` is given.
    sweeps
        Proposals for each block in all. With it and no time limit, the same seed gives the same plan.

    Returns
    -------
    Result
        `feasible` with the best plan found and its objective, never a bound; `infeasible` where the sums or the exact
        method rule a plan out; `unknown` where none was found that keeps all rules.
    """
    from linli.districting.engine import _by_first_block, _locks
    from linli.districting.planar import embed, plain_region

    began, cpu = time.monotonic(), time.process_time()
    if not 0 <= lower <= upper:
        raise InputError("the bounds are crossed or negative", field="lower, upper", value=(lower, upper))
    if not 1 <= parts <= problem.n:
        raise InputError("the number of parts must lie in 1 … the number of blocks", field="parts", value=parts)
    deadline = None
    if time_limit is not None or sweeps is None:
        deadline = began + (DEFAULT_SECONDS if time_limit is None else time_limit)
    measures = Measures(problem, goals)
    rim = problem.rim if problem.rim is not None else np.zeros(problem.n, np.bool_)
    lock = _locks(problem, fixed or {}, seats)
    free = not rim.any() if enclaves is None else enclaves or not rim.any()
    demands = Demands(lower, upper, free, rim, lock)
    root = embed(problem)
    root = plain_region(problem) if root is None else root
    first = None if start is None else np.asarray(start, dtype=np.int64)
    interrupted = False
    try:
        if first is None or not _fits(problem, root, demands, first, parts):
            fallback = _first(problem, root, demands, parts, seed, deadline, fixed, seats, first)
            if isinstance(fallback, Result):
                return fallback
            first = fallback
    except KeyboardInterrupt:
        return _result(None, 0.0, parts, True, cpu)
    labels, value, _, interrupted = anneal(
        problem, root, demands, parts, measures, start=first, seed=seed, deadline=deadline, sweeps=sweeps,
        progress=progress,
    )  # fmt: skip
    return _result(None if labels is None else _by_first_block(labels), value, parts, interrupted, cpu)


def anneal(
    problem: Problem,
    root: Region,
    demands: Demands,
    parts: int,
    goals: Goals | Measures,
    *,
    start: Ints | None = None,
    seed: int = 0,
    deadline: float | None = None,
    sweeps: int | None = None,
    reheat: float = REHEAT,
    progress: ProgressHook | None = None,
) -> tuple[Ints | None, float, dict[str, float], bool]:
    """Better a plan by single moves and exchanges; blocks with a lock do not move.

    Parameters
    ----------
    root
        Region of all blocks, from `embed` or `plain_region`.
    start
        Shape (n,): a plan of connected parts that respects the locks and encloses nothing where that is forbidden. It
        may break bounds and caps: these are then mended first. None: a first plan by tree cuts.
    deadline
        `time.monotonic()` at which to stop.
    sweeps
        Proposals for each block in all, 4000 where no deadline is given either.
    reheat
        Heat at which a plan that is there is bettered, as a share of what lets every other move through.

    Returns
    -------
    labels, value, terms, interrupted
        The best plan within all rules, None if there was none; its objective; the value of each goal in its unit;
        True if stopped by the keyboard.
    """
    measures = goals if isinstance(goals, Measures) else Measures(problem, goals)
    run = _Run(problem, root, demands, parts, measures, deadline, sweeps, progress, reheat)
    interrupted = False
    try:
        run.all_rounds(start, seed)
    except KeyboardInterrupt:
        interrupted = True
    if run.best is None:
        return None, math.inf, {}, interrupted
    return run.best, run.record, measures.terms(run.best, parts), interrupted


def compile_score(measures: Measures, root: Region, demands: Demands, parts: int) -> Score:
    """Goals in the form that compiled code takes."""
    problem, weights = measures.problem, measures.weights
    edges = problem.edges
    key = edges[:, 0] * problem.n + edges[:, 1]
    order = np.argsort(key)
    wanted = np.minimum(root.tail, root.head) * problem.n + np.maximum(root.tail, root.head)
    edge = order[np.searchsorted(key[order], wanted)] if len(key) else np.zeros(0, np.int64)
    price = np.zeros(len(edges))
    for name, costs in measures.edge_costs.items():
        price += weights.get(name, 0.0) * costs
    around = measures.rim_metres + np.bincount(root.tail, measures.metres[edge], minlength=problem.n)
    mass, xy = problem.weights.astype(np.float64), measures.xy
    head = [mass, measures.area, around, mass * xy[:, 0], mass * xy[:, 1], mass * (xy**2).sum(axis=1)]
    columns = [*head, measures.cases, measures.persons, *measures.supplies.T, *(c for c, _ in measures.capped.values())]
    factor = np.zeros(term.TERMS)
    for name, place in (
        ("polsby_popper", term.POLSBY_POPPER), ("inertia", term.INERTIA), ("facilities", term.FACILITIES),
        ("access", term.ACCESS), ("continuity", term.CONTINUITY), ("balance", term.BALANCE),
        ("workload", term.WORKLOAD),
    ):  # fmt: skip
        factor[place] = weights.get(name, 0.0)
    factor[term.POLSBY_POPPER] /= parts
    nothing: Floats = np.zeros((problem.n, 1))
    return Score(
        price[edge], measures.metres[edge], np.ascontiguousarray(np.stack(columns, axis=1)),
        measures.walk if factor[term.ACCESS] else nothing,
        measures.stations if factor[term.ACCESS] else np.zeros(0, np.int64),
        measures.stay, measures.norm,
        np.array([limit for _, limit in measures.capped.values()], dtype=np.float64), factor,
        np.array([demands.lower, demands.upper, problem.total / parts, measures.workers_per_person]),
        demands.lock >= 0,
    )  # fmt: skip


@dataclass
class _Budget:
    """Proposals and time that are left."""

    deadline: float | None
    proposals: float
    speed: float = 0.0  # proposals a second

    def left(self) -> float:
        """Proposals that can still be made."""
        if self.deadline is None or self.speed == 0.0:
            return self.proposals
        return min(self.proposals, max(0.0, self.deadline - time.monotonic()) * self.speed)

    def over(self) -> bool:
        """True if it is time to stop."""
        return self.proposals <= 0 or (self.deadline is not None and time.monotonic() >= self.deadline)


class _Run:
    """Rounds of annealing and the best plan so far."""

    def __init__(
        self, problem: Problem, root: Region, demands: Demands, parts: int, measures: Measures,
        deadline: float | None, sweeps: int | None, progress: ProgressHook | None, reheat: float,
    ) -> None:  # fmt: skip
        self.problem, self.root, self.demands, self.parts, self.measures = problem, root, demands, parts, measures
        self.strict = not demands.enclaves and bool(demands.rim.any())
        self.score = compile_score(measures, root, demands, parts)
        self.rings: Rings = rings_of(root, demands.rim)
        self.state: State = new_state(root, self.score, parts)
        self.journal = np.zeros(4 * CHUNK, np.int64)
        if sweeps is None:
            sweeps = DEFAULT_SWEEPS if deadline is None else 0
        self.budget = _Budget(deadline, float(sweeps * problem.n) if sweeps else math.inf)
        self.total, self.progress, self.began = self.budget.proposals, progress, time.monotonic()
        self.best: Ints | None = None
        self.record = math.inf
        self.reheat = reheat
        self.turn = 0

    def all_rounds(self, start: Ints | None, seed: int) -> None:
        """Anneal again and again, from the start, from the best plan and from new plans, until the budget is used."""
        self.seed = seed
        label = self._new_plan(0) if start is None else start.astype(np.int64)
        if label is None:
            return
        origin = label
        self._keep(label)
        length = float(FIRST_ROUND * self.problem.n)
        number = 0
        while not self.budget.over():
            warm = number % 2 == 1 and self.best is not None
            if warm:
                label = self.best
            elif number > 0:
                fresh = None if (self.demands.lock >= 0).any() else self._new_plan(number)
                label = (origin if self.best is None else self.best) if fresh is None else fresh
            assert label is not None
            self._round(label, length, self.reheat if warm or (number == 0 and start is not None) else 1.0)
            if self.state.many[0] == 0:
                return
            length *= GROWTH
            number += 1

    def _new_plan(self, number: int) -> Ints | None:
        """A plan by tree cuts that encloses nothing; None where none is found quickly."""
        if (number > 0 and self.problem.n > MOST_FRESH) or int(self.problem.pieces.max()) > 0:
            return None
        for attempt in range(4):
            seed = (self.seed * 7919 + number * 4 + attempt) % (1 << 31)
            label = first_plan(self.root, self.demands.lower, self.demands.upper, self.parts, seed, 60 * self.parts)
            if len(label) and lawful(self.root, self.demands, self.parts, label):
                return np.asarray(label)
        return None

    def _round(self, label: Ints, length: float, share: float) -> None:
        """Anneal once, from heat to cold, for `length` proposals or what is left."""
        self._load(label)
        heat = share * self._heat()
        self._load(label)
        length = max(1.0, min(length, self.budget.left()))
        chunk = int(min(CHUNK, max(200, length // CHUNKS)))
        done = 0.0
        while done < length and not self.budget.over():
            # the last twentieth only goes downhill
            cold = done >= 0.95 * length
            now = 0.0 if cold else heat * COOLEST ** (done / (0.95 * length))
            self._chunk(now, chunk)
            done += chunk
            if self.budget.deadline is not None and self.budget.speed > 0:
                length = min(length, done + self.budget.left())

    def _load(self, label: Ints) -> None:
        self.state.label[:-1] = label
        self._match()

    def _match(self) -> None:
        """Count the state anew, with names kept by the parts where most households keep theirs."""
        if self.score.weight[term.CONTINUITY]:
            self.state.keeps[:] = self.measures.names_kept(self.state.label[:-1], self.parts)
        refresh(self.root, self.score, self.state)

    def _heat(self) -> float:
        """Heat at which a middling rise is accepted every other time."""
        proposals = int(min(20_000, max(500, 4 * self.problem.n)))
        self._flips(-1.0, proposals)
        if self.state.now[SAMPLES]:
            return float(self.state.now[UPHILL] / self.state.now[SAMPLES] / math.log(2))
        return 0.01 * abs(float(self.state.now[VALUE]))

    def _flips(self, heat: float, proposals: int) -> bool:
        self.turn += 1
        record = self.record - 1e-9 * max(1.0, abs(self.record)) if math.isfinite(self.record) else math.inf
        before = time.monotonic()
        improved = flips(
            self.root, self.rings, self.score, self.state, self.journal, heat, record, proposals, self.strict,
            (self.seed * 1_000_003 + self.turn) % (1 << 31),
        )  # fmt: skip
        spent = time.monotonic() - before
        self.budget.proposals -= proposals
        if self.turn > 1:  # the first call may compile
            self.budget.speed = proposals / max(spent, 1e-6)
        return bool(improved)

    def _chunk(self, heat: float, proposals: int) -> None:
        if self._flips(heat, proposals):
            self._keep(self.state.best)
        self._match()
        if self.progress is not None:
            used = time.monotonic() - self.began
            done, total = self.total - self.budget.proposals, self.total
            if math.isinf(total) and self.budget.deadline is not None:
                done, total = used, max(used, self.budget.deadline - self.began)
            best = None if self.best is None else self.record
            self.progress(Progress("anneal", done, total, best, None))

    def _keep(self, label: Ints) -> None:
        """Measure a plan from scratch and keep it if it is within the rules and the best so far."""
        value = self.measures.objective(self.measures.terms(label, self.parts))
        weights = self.problem.part_weights(label, self.parts)
        within = self.demands.lower <= weights.min() and weights.max() <= self.demands.upper
        if value < self.record and within and self.measures.keeps_caps(label, self.parts):
            self.best, self.record = label.copy(), value


def _fits(problem: Problem, root: Region, demands: Demands, labels: Ints, parts: int) -> bool:
    """Whether labels are a plan within all rules but the caps."""
    right = is_plan(problem, labels, parts, demands.lower, demands.upper, enclaves=True)
    return right and bool(lawful(root, demands, parts, labels))


def _first(
    problem: Problem, root: Region, demands: Demands, parts: int, seed: int, deadline: float | None,
    fixed: Mapping[int, object] | None, seats: Sequence[int], wish: Ints | None,
) -> Ints | Result:  # fmt: skip
    """A plan within all rules but the caps; a result without labels where none is to be had."""
    if wish is None and not (demands.lock >= 0).any() and int(problem.pieces.max()) == 0:
        for attempt in range(6):
            trees = 60 * (attempt + 1) * max(4, parts)
            label = first_plan(root, demands.lower, demands.upper, parts, seed * 31 + attempt, trees)
            if len(label) and lawful(root, demands, parts, label):
                return np.asarray(label)
    from linli.districting.engine import split

    left = DEFAULT_SECONDS if deadline is None else max(0.2, (deadline - time.monotonic()) / 2)
    found = split(
        problem, demands.lower, demands.upper, parts, seed=seed, time_limit=left, enclaves=demands.enclaves,
        fixed=fixed, seats=seats, start=wish,
    )  # fmt: skip
    if found.labels is not None:
        return found.labels
    status = found.status if found.status == "infeasible" else "unknown"
    return Result(status, None, None, None, found.proof, parts, found.cpu_seconds, found.interrupted)


def _result(labels: Ints | None, value: float, parts: int, interrupted: bool, cpu: float) -> Result:
    spent = time.process_time() - cpu
    if labels is None:
        proof = Proof("heuristic", "no plan within all rules was found", None, None)
        return Result("unknown", None, None, None, proof, parts, spent, interrupted)
    proof = Proof("heuristic", CLAIM, value, None)
    return Result("feasible", labels, value, None, proof, parts, spent, interrupted)
