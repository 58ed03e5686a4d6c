"""Solve one piece of a task for a goal: exactly where an engine serves it, by search where none does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from linli.districting.executors import City
from linli.districting.problem import Bools, Floats, Ints, Problem
from linli.districting.result import ProgressHook, Proof, Result
from linli.errors import InputError
from linli.plans.clock import Clock
from linli.plans.goals import CENTRE_GOALS, Goal
from linli.plans.score import Score
from linli.plans.search import search
from linli.plans.task import STEPS, Task

MOST_CENTRES = 2500  # the matrix of a goal around centres has so many rows at most
SEARCH_SECONDS = 10.0  # for a search where no limit is set
MOSTLY = 0.25  # a share of lines without a cost that is large
LINE = 1 / 3  # of the time for a plan that knows of no cap: to come within the caps may take the rest
SOLVED = 2 / 3  # of the time where what was solved may have to be mended
LAST_SECONDS = 0.2  # for a search after Ctrl-C, or whose time is up


@dataclass(frozen=True, eq=False)
class Piece:
    """The atoms of one piece as a problem of their own; `fixed` gives named atoms the number of their name."""

    task: Task
    goal: Goal
    atoms: Ints
    problem: Problem
    names: list[str]
    fixed: Mapping[int, int]
    score: Score

    @classmethod
    def of(cls, task: Task, goal: Goal, atoms: Ints) -> Piece:
        """Cut a piece out of a task."""
        place = {int(atom): row for row, atom in enumerate(atoms)}
        names = sorted({name for atom, name in task.named.items() if atom in place})
        fixed = {place[atom]: names.index(name) for atom, name in task.named.items() if atom in place}
        score = Score(task, goal.weights, goal.costs, atoms)
        return cls(task, goal, atoms, task.problem.subproblem(atoms), names, fixed, score)


def solve(
    task: Task,
    goal: Goal,
    atoms: Ints,
    parts: int | None,
    *,
    seed: int,
    time_limit: float | None,
    progress: ProgressHook | None,
    start: Ints | None = None,
    city: City | None = None,
) -> Result:
    """Divide one piece, given by its atoms; labels are those of `atoms`.

    What the exact solvers do not know of (caps, and for goals around centres the named blocks) is checked afterwards; a
    plan that breaks it is mended by search, and the solver's bound still holds.
    """
    if city is not None and city.restarts > 1:
        from linli.districting.restarts import best_of

        search = partial(solve, task, goal, atoms, parts, progress=None, start=start, city=city.alone())
        return best_of(search, city, seed, time_limit, progress)
    clock, piece = Clock(time_limit, LAST_SECONDS), Piece.of(task, goal, atoms)
    begin = _usable(piece, start, parts)
    if goal.solver == "search":
        return _searched(piece, parts, begin, seed, clock, progress)
    # what the solver does not know of may have to be mended afterwards: that takes its part of the time
    share = LINE if task.rules.capped else SOLVED if goal.solver == "centre" and piece.fixed else 1.0
    if goal.solver == "centre":
        result = _around_centres(piece, next(iter(goal.weights)), parts, clock.left(share), progress, begin)
        if result.labels is None and result.status != "infeasible":
            result = _any_plan(piece, result, seed)
    else:
        if begin is None and (piece.problem.costs == 0).mean() > MOSTLY and goal.weights:
            # where most lines cost nothing, short lines are a good place to begin
            metres = replace(piece.problem, costs=_metres(piece))
            begin = _least_line(piece, metres, parts, seed, clock.left(0.2), progress).labels
        result = _least_line(piece, piece.problem, parts, seed, clock.left(share), progress, begin, city)
    if result.labels is None or piece.score.keeps(result.labels, piece.fixed):
        return result
    return _mended(piece, result, seed, clock, progress)


def _any_plan(piece: Piece, result: Result, seed: int) -> Result:
    """Give a plan of a short line where the time was up, or Ctrl-C came, before the solver had one of its own."""
    first = _least_line(piece, piece.problem, result.parts, seed, LAST_SECONDS, None)
    if first.labels is None:
        return result
    value = piece.score.value(first.labels)
    proof = replace(result.proof, method="heuristic", objective=value)
    return replace(result, status="feasible", labels=first.labels, objective=value, proof=proof)


def _least_line(
    piece: Piece,
    problem: Problem,
    parts: int | None,
    seed: int,
    time_limit: float | None,
    progress: ProgressHook | None,
    start: Ints | None = None,
    city: City | None = None,
) -> Result:
    from linli.districting import split

    rules = piece.task.rules
    return split(
        problem,
        *rules.households,
        parts=parts,
        minimize="cut",
        seed=seed,
        time_limit=time_limit,
        enclaves=rules.enclaves,
        fixed=piece.fixed or None,
        start=start,
        city=city,
        progress=progress,
    )


def _searched(
    piece: Piece,
    parts: int | None,
    begin: Ints | None,
    seed: int,
    clock: Clock,
    progress: ProgressHook | None,
) -> Result:
    """Search from the plan of the shortest line and from those around centres; bound the sum goal by goal."""
    goal = piece.goal
    around_them = [name for name in CENTRE_GOALS if name in goal.weights and len(piece.atoms) <= MOST_CENTRES]
    lines = goal.costs.any() or not goal.weights
    problem = piece.problem if lines else replace(piece.problem, costs=_metres(piece))
    # the line, each goal around centres and the search, which counts twice, share what is left
    first = _least_line(piece, problem, parts, seed, clock.left(1 / (3 + len(around_them))), progress, begin)
    if first.labels is None:
        return first
    bound = (first.bound or 0.0) if lines else 0.0
    starts, spent, interrupted = [first.labels], first.cpu_seconds, first.interrupted
    for k, name in enumerate(around_them):
        if not interrupted:
            share = 1 / (2 + len(around_them) - k)
            around = _around_centres(piece, name, first.parts, clock.left(share), progress, first.labels)
            spent, interrupted = spent + around.cpu_seconds, around.interrupted
            bound += goal.weights[name] * (around.bound or 0.0) if parts is not None else 0.0
            if around.labels is not None and piece.score.keeps_names(around.labels, piece.fixed):
                starts.append(around.labels)
    if begin is not None:
        starts = [begin, *starts]
    found = []
    for k, labels in enumerate(starts):
        seconds = clock.left(1 / (len(starts) - k))
        seconds = SEARCH_SECONDS / len(starts) if seconds is None else seconds
        found.append(_search_from(piece, labels, seed, LAST_SECONDS if interrupted else seconds, progress))
    best = min(found, key=lambda result: np.inf if result.objective is None else result.objective)
    spent += sum(result.cpu_seconds for result in found)
    interrupted |= any(result.interrupted for result in found)
    known = bound if bound > 0 else None
    claim = "no bound is known for this goal"
    if known is not None:
        claim = "no plan is below the sum of what each goal can reach by itself"
    proof = Proof("heuristic", claim, best.objective, known, dict(best.proof.counters))
    return replace(best, bound=known, proof=proof, cpu_seconds=spent, interrupted=interrupted)


def _mended(piece: Piece, result: Result, seed: int, clock: Clock, progress: ProgressHook | None) -> Result:
    """Search from a plan that breaks caps or names for one that keeps them; the bound without them still holds."""
    assert result.labels is not None
    start, spent = result.labels, result.cpu_seconds
    if not piece.score.keeps_names(start, piece.fixed):
        first = _least_line(piece, piece.problem, result.parts, seed, clock.left(0.3) or SEARCH_SECONDS / 2, progress)
        if first.labels is None:
            return first
        start, spent = first.labels, spent + first.cpu_seconds
    seconds = LAST_SECONDS if result.interrupted else clock.left() or SEARCH_SECONDS
    found = _search_from(piece, start, seed, seconds, progress)
    spent += found.cpu_seconds
    interrupted = result.interrupted or found.interrupted
    if found.labels is None or found.objective is None:
        return replace(found, bound=result.bound, cpu_seconds=spent, interrupted=interrupted)
    if result.status == "proven" and found.objective <= (result.objective or 0.0):
        return replace(result, labels=found.labels, cpu_seconds=spent, interrupted=interrupted)
    claim = f"without caps and named blocks: {result.proof.claim}"
    proof = Proof("heuristic", claim, found.objective, result.bound, {**result.proof.counters, **found.proof.counters})
    return replace(found, bound=result.bound, proof=proof, cpu_seconds=spent, interrupted=interrupted)


def _search_from(piece: Piece, labels: Ints, seed: int, seconds: float, progress: ProgressHook | None) -> Result:
    rules = piece.task.rules
    return search(
        piece.score,
        piece.problem,
        labels,
        *rules.households,
        piece.fixed,
        enclaves=rules.enclaves,
        seed=seed,
        time_limit=seconds,
        progress=progress,
    )


def _around_centres(
    piece: Piece,
    name: str,
    parts: int | None,
    time_limit: float | None,
    progress: ProgressHook | None,
    start: Ints | None,
) -> Result:
    from linli.districting.assignment import solve_assignment

    if len(piece.atoms) > MOST_CENTRES:
        raise InputError(
            f"this goal is for up to {MOST_CENTRES} blocks or compounds at once",
            field="minimize",
            value=name,
            advice="divide each community apart (--within, --never-cross community), or minimise boundary",
        )
    if parts is None:
        raise ValueError("a goal around centres needs a number of parts")
    rules = piece.task.rules
    if len(piece.atoms) == 1 or parts == 1:
        labels = np.zeros(len(piece.atoms), dtype=np.int64)
        value = Score(piece.task, {name: 1.0}, np.zeros_like(piece.goal.costs), piece.atoms).value(labels)
        proof = Proof("arithmetic", "one part is the only plan", value, value)
        return Result("proven", labels, value, value, proof, 1)
    cost, centres, forced, forbidden, unit = _centre_costs(piece, name)
    return solve_assignment(
        piece.problem,
        cost,
        centres,
        *rules.households,
        parts,
        forced_centres=forced,
        forbidden=forbidden,
        start=start,
        enclaves=rules.enclaves,
        time_limit=time_limit,
        progress=progress,
        unit=unit,
    )


def _centre_costs(piece: Piece, name: str) -> tuple[Floats, Ints, list[int], Bools | None, str]:
    """Costs (atoms, centres), the centres, the forced ones, forbidden pairs and the unit of a centre goal."""
    score, atoms, fixed, names = piece.score, piece.atoms, piece.fixed, piece.names
    everywhere = np.arange(len(atoms), dtype=np.int64)
    if name == "inertia":
        return score.squares, everywhere, [], None, "household km²"
    if name == "access":
        # an atom with a station is served from a station, its own or another
        forbidden = np.zeros((len(atoms), len(atoms)), dtype=np.bool_)
        forbidden[np.ix_(score.station, ~score.station)] = True
        return score.metres, everywhere, [], forbidden, "household m"
    from linli.districting.assignment import continuity_costs

    seat = {names.index(name): row for name, row in score.seats(fixed, names).items()}
    present = np.full(len(atoms), -1, dtype=np.int64)
    cost, centres, forced, forbidden = continuity_costs(piece.problem, present, seat)
    known, overlap = score.overlap
    for column, key in enumerate(seat):
        # a compound may lie in two communities today: only the households of the kept one stay
        stays = overlap[:, known.index(names[key])] if names[key] in known else 0
        cost[:, column] = piece.problem.weights - stays
    return cost, centres, forced, forbidden, "households"


def _usable(piece: Piece, start: Ints | None, parts: int | None) -> Ints | None:
    """Return the start where it is a plan under the rules, else None."""
    from linli.districting.separators import is_plan

    if start is None:
        return None
    rules, number = piece.task.rules, int(start.max()) + 1
    right = piece.score.keeps_names(start, piece.fixed) and (parts is None or parts == number)
    return (
        start if right and is_plan(piece.problem, start, number, *rules.households, enclaves=rules.enclaves) else None
    )


def _metres(piece: Piece) -> Ints:
    """Metres of each edge, so that a search begins from short lines."""
    task, atoms, sub = piece.task, piece.atoms, piece.problem
    lines = task.blocks.lines
    place = np.full(task.problem.n, -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    ends = np.sort(place[task.atom[np.stack([lines.a, lines.b], axis=1)]], axis=1)
    key, wanted = ends[:, 0] * sub.n + ends[:, 1], sub.edges[:, 0] * sub.n + sub.edges[:, 1]
    inside = (ends[:, 0] >= 0) & np.isin(key, wanted)
    order = np.argsort(wanted)
    at = order[np.searchsorted(wanted, key[inside], sorter=order)]
    return np.rint(np.bincount(at, lines.length_m[inside] * STEPS, minlength=len(wanted))).astype(np.int64)
