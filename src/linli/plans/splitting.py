"""Divide blocks into communities under rules, best by a goal, piece by piece where rules keep pieces apart."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from linli.districting.executors import City
from linli.districting.problem import Ints
from linli.districting.result import Progress, ProgressHook, Proof, Result, Status, relative_gap
from linli.errors import InfeasibleError, InputError
from linli.geodata import Blocks
from linli.plans.clash import arithmetic_clash, least_parts, smallest_clash
from linli.plans.clock import Clock
from linli.plans.goals import CENTRE_GOALS, Goal, goal_of
from linli.plans.names import name_parts
from linli.plans.plan import Plan
from linli.plans.preparing import prepared
from linli.plans.rules import Rules
from linli.plans.solving import solve
from linli.plans.task import STEPS, Task, community_column, find_seats, make_task, pick_count

MOST_NUMBERS = 12  # numbers of parts that are tried one by one
METHODS_WEAKEST_FIRST = ("heuristic", "cut-mip", "hess", "planar-dual", "arithmetic")
LEAST_SECONDS = 0.5  # what a piece gets even where the time is up, so that a plan comes out
CLASH_SECONDS, LEAST_CLASH_SECONDS = 20.0, 3.0  # for naming a smallest set of rules that no plan keeps


@dataclass(frozen=True)
class SplitResult:
    """The best plan found and what is known of better ones.

    Parameters
    ----------
    best
        None where no plan was found.
    status
        `proven`, `feasible`, `infeasible` or `unknown`.
    objective, bound
        In the goal's unit.
    clash
        A smallest set of rules that contradict each other, in words, where the status is `infeasible`.
    interrupted
        True where Ctrl-C ended the search.
    """

    best: Plan | None
    status: Status
    goal: str
    objective: float | None
    bound: float | None
    clash: tuple[str, ...] = ()
    cpu_seconds: float = 0.0
    interrupted: bool = False

    @property
    def gap(self) -> float | None:
        """Relative distance between objective and bound, None where either is unknown."""
        return relative_gap(self.objective, self.bound)

    def as_json(self) -> dict[str, object]:
        """Return what `linli split --json` prints."""
        measured = None if self.best is None else self.best.as_json()
        return {
            "status": self.status,
            "goal": self.goal,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "cut_length_m": None if measured is None else measured["cut_length_m"],
            "cpu_seconds": round(self.cpu_seconds, 3),
            "parts": [] if measured is None else measured["parts"],
            "clash": list(self.clash),
            "counted": None if measured is None else measured["counted"],
        }


def split(
    blocks: Blocks,
    rules: Rules,
    *,
    parts: int | None = None,
    minimize: str | Mapping[str, float] = "boundary",
    within: Sequence[str] | None = None,
    count: str | None = None,
    seed: int = 1,
    time_limit: float | None = 60,
    progress: ProgressHook | None = None,
    pieces: bool = False,
    start: Sequence[str] | None = None,
    city: City | None = None,
) -> SplitResult:
    """Divide blocks into communities that keep the rules, with the least value of a goal.

    Parameters
    ----------
    blocks
        The territory.
    rules
        What every plan must keep.
    parts
        Number of communities; None leaves it free.
    minimize
        Name of a goal, or goal to weight for a weighted sum.
    within
        Present communities to divide; the others stay as they are and are not in the plan.
    count
        Column of the counting definition (口径); None takes the blocks' own.
    seed
        Seed of every random choice: the same input and seed give the same plan, unless time runs out.
    time_limit
        Seconds after which the best plan found is returned with bound and gap; None for no limit.
    progress
        Called with what has been reached.
    pieces
        True allows a territory in several pieces that do not touch; each is divided for itself.
    start
        Community of each block in scope: a plan to begin with, used where it keeps the rules.
    city
        For more than 200 communities: workers, rounds, checkpoint; see `linli.districting.City`.

    Raises
    ------
    InputError
        Input that cannot be used: an unknown column, community or goal, a compound above the upper bound, a
        territory in several pieces.
    """
    if parts is not None and parts < 1:
        raise InputError("the number of communities must be at least 1", field="parts", value=parts)
    if time_limit is not None and not time_limit > 0:
        raise InputError("the time limit must be more than 0 seconds", field="time_limit", value=time_limit)
    began = time.process_time()
    scope = tuple(within or ())
    if scope:
        elsewhere = set(community_column(blocks)) - set(scope)
        blocks = blocks.select_communities(list(scope))
        rules = rules.but(kept={name: seat for name, seat in rules.seats.items() if name not in elsewhere})
    column = pick_count(blocks, count)
    goal = goal_of(minimize, blocks, rules, column)
    rules = find_seats(blocks, rules, count=column if "continuity" in goal.weights else None)
    try:
        task = make_task(blocks, rules, column, goal.costs, pieces=pieces)
        clash = arithmetic_clash(task, parts)
        if clash:
            raise InfeasibleError(clash)
    except InfeasibleError as error:
        return SplitResult(None, "infeasible", goal.name, None, None, tuple(error.clash), time.process_time() - began)

    interrupted = not prepared(progress, centres=any(name in CENTRE_GOALS for name in goal.weights))
    clock = Clock(LEAST_SECONDS if interrupted else time_limit, LEAST_SECONDS)
    begin = None if start is None else _start_labels(task, start)
    result = divide(task, goal, parts, seed=seed, clock=clock, progress=progress, start=begin, city=city)
    interrupted |= result.interrupted
    if result.labels is None:
        words: tuple[str, ...] = ()
        if result.status == "infeasible":
            left = clock.left()
            spare = CLASH_SECONDS if left is None else min(CLASH_SECONDS, max(left, LEAST_CLASH_SECONDS))
            words = tuple(smallest_clash(task, parts, partial(_feasible, seed=seed), first=result.clash, within=spare))
        spent = time.process_time() - began
        return SplitResult(None, result.status, goal.name, None, result.bound, words, spent, interrupted)
    plan = plan_of(task, goal, result, parts=parts, scope=scope, seed=seed)
    return SplitResult(
        plan,
        plan.status,
        goal.name,
        plan.objective,
        plan.bound,
        (),
        time.process_time() - began,
        interrupted,
    )


def plan_of(
    task: Task, goal: Goal, result: Result, *, parts: int | None, scope: tuple[str, ...] = (), seed: int = 1
) -> Plan:
    """Turn labels of atoms into a named plan, measured anew from the blocks alone."""
    if result.labels is None:
        raise ValueError("there are no labels to make a plan of")
    labels = result.labels[task.atom]
    seats = {int(task.atoms_blocks[atom][0]): name for atom, name in task.named.items()}
    named = name_parts(task.blocks, labels, task.rules, task.count, seats)
    order = sorted(range(len(named.names)), key=lambda p: (named.parents[p], not named.kept[p], named.order[p]))
    community = np.array(named.names, dtype=object)[labels]
    return Plan(
        blocks=task.blocks,
        community=community,
        rules=task.rules,
        count=task.count,
        goal=goal.name,
        parents={named.names[p]: named.parents[p] for p in order},
        scope=scope,
        status=result.status,
        objective=result.objective,
        bound=result.bound,
        proof=result.proof,
        parts=parts,
        seed=seed,
    )


def divide(
    task: Task,
    goal: Goal,
    parts: int | None,
    *,
    seed: int,
    clock: Clock,
    progress: ProgressHook | None = None,
    start: Ints | None = None,
    city: City | None = None,
) -> Result:
    """Divide every piece for itself and add up labels, objectives and bounds; parts are dealt out at least cost.

    Each piece is solved for every number of parts that it may get, and dynamic programming over the pieces chooses.
    Where the numbers that a piece may get are many, the solver chooses for itself and no bound is known.
    """
    ranges = _part_ranges(task, parts)
    wanted: list[list[int | None]] = [
        # a solver that chooses the number knows of no cap: it is asked for few communities beside
        [None, *([low, low + 1] if task.rules.capped else [])]
        if parts is None and high - low >= MOST_NUMBERS and goal.solver != "centre"
        else [*range(low, high + 1)]
        for low, high in ranges
    ]
    runs = sum(len(ks) for ks in wanted)
    solved: list[dict[int | None, Result]] = []
    interrupted, spent = False, 0.0
    for atoms, ks in zip(task.pieces, wanted, strict=True):
        answers: dict[int | None, Result] = {}
        for k in ks:
            limit = LEAST_SECONDS if interrupted else clock.left(1 / runs)
            answer = _solve_piece(task, goal, atoms, k, ranges, seed, limit, progress, len(solved), start, city)
            runs -= 1
            interrupted |= answer.interrupted
            spent += answer.cpu_seconds
            answers[k] = answer
        solved.append(answers)
    choice, bound = _deal_out(solved, parts)
    if choice is None:
        proven = bound == math.inf
        clash = tuple(word for answers in solved for answer in answers.values() for word in answer.clash)
        proof = Proof("arithmetic" if proven else "heuristic", "no plan found", None, None)
        status: Status = "infeasible" if proven else "unknown"
        return Result(status, None, None, None, proof, parts or 0, spent, interrupted, clash)
    return _add_up(task, goal, choice, bound, spent, interrupted)


def _solve_piece(
    task: Task,
    goal: Goal,
    atoms: Ints,
    k: int | None,
    ranges: list[tuple[int, int]],
    seed: int,
    limit: float | None,
    progress: ProgressHook | None,
    number: int,
    start: Ints | None,
    city: City | None,
) -> Result:
    several = len(ranges) > 1

    def tell(step: Progress) -> None:
        if progress is not None:
            where = f"piece {number + 1} of {len(ranges)}" + ("" if k is None else f", {k} parts")
            progress(replace(step, stage=f"{where}: {step.stage}") if several else step)

    begin = None if start is None else np.unique(start[atoms], return_inverse=True)[1].astype(np.int64)
    own = city.of_piece(number) if several and city is not None else city
    try:
        return solve(task, goal, atoms, k, seed=seed, time_limit=limit, progress=tell, start=begin, city=own)
    except KeyboardInterrupt:
        # interrupted before the solver could return what it had: take what comes at once
        answer = solve(task, goal, atoms, k, seed=seed, time_limit=LEAST_SECONDS, progress=None, start=begin)
        return replace(answer, interrupted=True)


def _start_labels(task: Task, start: Sequence[str]) -> Ints | None:
    """Return labels of atoms; None where a compound lies in two communities of the start."""
    number = np.unique(np.asarray(start, dtype=str), return_inverse=True)[1].astype(np.int64)
    labels = np.zeros(task.problem.n, dtype=np.int64)
    labels[task.atom] = number
    return labels if (labels[task.atom] == number).all() else None


def _part_ranges(task: Task, parts: int | None) -> list[tuple[int, int]]:
    """Give for each piece the least and most communities that its households and the others' allow."""
    lower = task.rules.households[0]
    weights = [int(task.problem.weights[atoms].sum()) for atoms in task.pieces]
    low = least_parts(task)
    high = [
        max(1, min(len(atoms), w // lower if lower else len(atoms)))
        for w, atoms in zip(weights, task.pieces, strict=True)
    ]
    if parts is None:
        return list(zip(low, high, strict=True))
    return [(max(a, parts - (sum(high) - b)), min(b, parts - (sum(low) - a))) for a, b in zip(low, high, strict=True)]


def _deal_out(solved: list[dict[int | None, Result]], parts: int | None) -> tuple[list[Result] | None, float]:
    """Choose a result for each piece so that the parts add up and the objectives are least; and bound all choices."""

    def lower(answer: Result) -> float:
        if answer.status == "infeasible":
            return math.inf
        return answer.bound if answer.bound is not None else 0.0

    best: dict[int, tuple[float, list[Result]]] = {0: (0.0, [])}
    bound: dict[int, float] = {0: 0.0}
    for answers in solved:
        nearer: dict[int, tuple[float, list[Result]]] = {}
        nearer_bound: dict[int, float] = {}
        for k, answer in answers.items():
            step = 0 if parts is None else (k or 0)
            for used, (cost, chosen) in best.items():
                if answer.labels is None or answer.objective is None:
                    continue
                total = cost + answer.objective
                if used + step not in nearer or total < nearer[used + step][0]:
                    nearer[used + step] = (total, [*chosen, answer])
            for used, least in bound.items():
                nearer_bound[used + step] = min(nearer_bound.get(used + step, math.inf), least + lower(answer))
        best, bound = nearer, nearer_bound
    goal = 0 if parts is None else parts
    return (best[goal][1] if goal in best else None), bound.get(goal, math.inf)


def _add_up(task: Task, goal: Goal, choice: list[Result], bound: float, spent: float, interrupted: bool) -> Result:
    labels = np.full(task.problem.n, -1, dtype=np.int64)
    offset, proofs = 0, []
    for atoms, answer in zip(task.pieces, choice, strict=True):
        assert answer.labels is not None
        labels[atoms] = answer.labels + offset
        offset += int(answer.labels.max()) + 1
        counters = {
            **answer.proof.counters,
            "blocks": int(np.isin(task.atom, atoms).sum()),
            "parts": int(answer.labels.max()) + 1,
        }
        proofs.append(replace(answer.proof, counters=counters, objective=answer.objective, bound=answer.bound))
    objective = goal.measured(task, labels)
    least = bound + goal.always(task)
    # sums of floats agree with the measured objective only up to their last digits
    if abs(objective - least) <= 1e-9 * max(1.0, abs(objective)):
        least = objective
    proven = least >= objective and all(a.status == "proven" for a in choice)
    status: Status = "proven" if proven else "feasible"
    known = None if all(a.bound is None for a in choice) else least
    always, rest = goal.always(task), objective - goal.always(task) - sum(a.objective or 0.0 for a in choice)
    if always:
        claim = "lines between pieces, which every plan pays"
        proofs.append(Proof("arithmetic", claim, always, always, {"blocks": 0, "parts": 0}))
    if goal.solver == "cut" and rest > 0.5 / STEPS:
        claim = "lines of a kind that is never crossed, on both sides of which one piece lies"
        proofs.append(Proof("arithmetic", claim, rest, 0.0, {"blocks": 0, "parts": 0}))
    methods = {answer.proof.method for answer in choice}
    method = next(m for m in METHODS_WEAKEST_FIRST if m in methods)
    claims = " | ".join(dict.fromkeys(answer.proof.claim for answer in choice))
    if len(choice) > 1:
        claims = f"{len(choice)} pieces that rules or ground keep apart; objectives and bounds add up: {claims}"
    proof = Proof(method, claims, objective, known, {}, tuple(proofs) if _sound(proofs, objective, known) else ())
    return Result(status, labels, objective, known, proof, offset, spent, interrupted)


def _sound(pieces: list[Proof], objective: float, bound: float | None) -> bool:
    """Tell whether the proofs of the pieces add up to the whole.

    They do not where a goal is no sum over pieces, or where another way to deal out the parts has a lower bound.
    """
    slack = 1e-9 * max(1.0, abs(objective))
    if any(p.objective is None for p in pieces) or abs(sum(p.objective or 0.0 for p in pieces) - objective) > slack:
        return False
    if bound is None:
        return any(p.bound is None for p in pieces)
    if any(p.bound is None for p in pieces):
        return False
    return abs(sum(p.bound or 0.0 for p in pieces) - bound) <= slack


def _feasible(task: Task, parts: int | None, *, seed: int, seconds: float) -> bool | None:
    """Tell whether a task has any plan: True, False where proven, None where not known."""
    if arithmetic_clash(task, parts):
        return False
    result = divide(task, Goal.feasibility(task), parts, seed=seed, clock=Clock(seconds, LEAST_SECONDS))
    if result.labels is not None:
        return True
    return False if result.status == "infeasible" else None
