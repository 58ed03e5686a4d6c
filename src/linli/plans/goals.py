"""Goals that can be minimised: what they cost, and which solver serves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from linli.districting.problem import Bools, Floats, Ints, Problem
from linli.districting.result import ProgressHook, Proof, Result
from linli.errors import InputError
from linli.geodata import Blocks
from linli.plans.measures import boundary_costs
from linli.plans.rules import Rules
from linli.plans.score import Score
from linli.plans.search import search
from linli.plans.task import STEPS, Task, community_column

CUT_GOALS = ("boundary", "cut_length_m", "belonging")
CENTRE_GOALS = ("inertia", "access", "continuity")
MOST_CENTRES = 2500  # the matrix of a centre goal has so many rows at most

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "boundary": "new line weighted by what runs there, metres × price",
        "cut_length_m": "metres of line between communities",
        "belonging": "households that feel two blocks belong together which a line divides",
        "inertia": "households × km² to the centre of their community",
        "access": "household metres to walk to the community's service station",
        "continuity": "households that change community",
        "balance": "largest deviation of a community's households from the mean, as a share",
        "polsby_popper": "1 − mean Polsby–Popper compactness",
        "facilities": "facilities lacking against the norm table",
        "workload": "most cases a year for a community worker",
    }
)


@dataclass(frozen=True, eq=False)
class Goal:
    """A goal or a weighted sum of goals.

    Parameters
    ----------
    name
        As written on plans.
    weights
        Goal to weight.
    costs
        Shape (rows of `blocks.lines`,): integer cost of each line row, in 1/1000, for the goals that are sums over
        lines; zeros for the others.
    solver
        `cut` where the whole goal is a sum over lines, `centre` where it is a sum over blocks and centres, `search`
        for everything else.
    """

    name: str
    weights: Mapping[str, float]
    costs: Ints
    solver: Literal["cut", "centre", "search"]

    @classmethod
    def feasibility(cls, task: Task) -> Goal:
        """Return the goal that any plan will do."""
        return cls("any", {}, np.zeros(len(task.blocks.lines), dtype=np.int64), "cut")

    def measured(self, task: Task, labels: Ints) -> float:
        """Value of a plan given by labels of atoms, shape (atoms,), measured from the blocks."""
        if self.solver == "cut":
            return task.cut(labels[task.atom]) / STEPS
        return Score(task, self.weights, self.costs).value(labels)

    def always(self, task: Task) -> float:
        """Return what every plan pays for lines between pieces."""
        return task.always_cut / STEPS


def goal_of(minimize: str | Mapping[str, float], blocks: Blocks, rules: Rules, count: str) -> Goal:
    """Return a goal by its name, or a weighted sum.

    Raises
    ------
    InputError
        No such goal, a negative weight, or data that the goal needs and the blocks do not have.
    """
    weights = {minimize: 1.0} if isinstance(minimize, str) else {name: float(w) for name, w in minimize.items()}
    weights = {"cut_length_m" if name == "cut_length" else name: weight for name, weight in weights.items()}
    if not weights:
        raise InputError("there is no goal to minimise", field="minimize")
    for name, weight in weights.items():
        if name not in MEANINGS:
            raise InputError(
                "there is no such goal", field="minimize", value=name, advice=f"goals: {', '.join(MEANINGS)}"
            )
        if not 0 < weight < float("inf"):
            raise InputError("the weight of a goal must be more than 0", field=f"minimize.{name}", value=weight)
        _check_data(name, blocks)
    costs = np.zeros(len(blocks.lines), dtype=np.float64)
    for name in CUT_GOALS:
        if name in weights:
            costs += weights[name] * _line_costs(name, blocks, rules)
    single = len(weights) == 1
    if all(name in CUT_GOALS for name in weights):
        solver: Literal["cut", "centre", "search"] = "cut"
    elif single and next(iter(weights)) in CENTRE_GOALS:
        solver = "centre"
        weights = dict.fromkeys(weights, 1.0)
    else:
        solver = "search"
    label = next(iter(weights)) if single else " + ".join(f"{weight:g} {name}" for name, weight in weights.items())
    return Goal(label, MappingProxyType(weights), np.rint(costs).astype(np.int64), solver)


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
) -> Result:
    """Divide one piece, given by its atoms, by the solver that serves the goal; labels are those of `atoms`.

    What the solver does not know of (caps, and for goals around centres the named blocks) is checked afterwards; a plan
    that breaks it is mended by search, and the solver's bound still holds.
    """
    lower, upper = task.rules.households
    sub = task.problem.subproblem(atoms)
    place = {int(atom): row for row, atom in enumerate(atoms)}
    names = sorted({name for atom, name in task.named.items() if atom in place})
    fixed = {place[atom]: names.index(name) for atom, name in task.named.items() if atom in place}
    score = Score(task, goal.weights, goal.costs, atoms)
    begin: Ints | None = None
    if goal.solver == "centre":
        result = _around_centres(task, goal, atoms, sub, parts, fixed, names, time_limit, progress, start)
    else:
        from linli.districting import split

        # for a goal that only search serves, the shortest line is where it starts
        begin = _usable(start, sub, lower, upper, parts, fixed, task.rules.enclaves)
        limit = time_limit if goal.solver == "cut" or time_limit is None else time_limit / 3
        result = split(
            sub if goal.costs.any() or goal.name == "any" else replace(sub, costs=_plain_costs(task, sub, atoms)),
            lower,
            upper,
            parts=parts,
            minimize="cut",
            seed=seed,
            time_limit=limit,
            enclaves=task.rules.enclaves,
            fixed=fixed or None,
            start=begin,
            progress=progress,
        )
    if result.labels is None or (goal.solver != "search" and score.keeps(result.labels, fixed)):
        return result
    bound = None if goal.solver == "search" else result.bound
    limit = 10.0 if time_limit is None else time_limit * 2 / 3
    start = result.labels if begin is None or goal.solver != "search" else begin
    if goal.solver == "centre" and not score.keeps_names(start, fixed):
        from linli.districting import split

        first = split(
            sub, lower, upper, parts=result.parts, seed=seed, time_limit=limit / 2,
            enclaves=task.rules.enclaves, fixed=fixed or None,
        )  # fmt: skip
        if first.labels is None:
            return replace(first, bound=bound)
        start = first.labels
    found = search(
        score, sub, start, lower, upper, fixed, enclaves=task.rules.enclaves, seed=seed,
        time_limit=0.2 if result.interrupted else limit, progress=progress,
    )  # fmt: skip
    spent = result.cpu_seconds + found.cpu_seconds
    if found.labels is None:
        return replace(found, bound=bound, cpu_seconds=spent)
    if bound is not None and found.objective is not None and found.objective <= bound:
        return replace(result, labels=found.labels, objective=found.objective, cpu_seconds=spent)
    claim = (
        "no bound is known for this goal" if bound is None else f"without caps and named blocks: {result.proof.claim}"
    )
    proof = Proof("heuristic", claim, found.objective, bound, {**result.proof.counters, **found.proof.counters})
    return replace(found, bound=bound, proof=proof, cpu_seconds=spent, interrupted=result.interrupted)


def _around_centres(
    task: Task,
    goal: Goal,
    atoms: Ints,
    sub: Problem,
    parts: int | None,
    fixed: Mapping[int, int],
    names: list[str],
    time_limit: float | None,
    progress: ProgressHook | None,
    start: Ints | None,
) -> Result:
    from linli.districting.assignment import solve_assignment

    if len(atoms) > MOST_CENTRES:
        raise InputError(
            f"this goal is for up to {MOST_CENTRES} blocks or compounds at once",
            field="minimize",
            value=goal.name,
            advice="divide each community apart (--within, --never-cross community), or minimise boundary",
        )
    lower, upper = task.rules.households
    if parts is None:
        raise ValueError("a goal around centres needs a number of parts")
    if len(atoms) == 1 or parts == 1:
        labels = np.zeros(len(atoms), dtype=np.int64)
        value = Score(task, goal.weights, goal.costs, atoms).value(labels)
        proof = Proof("arithmetic", "one part is the only plan", value, value)
        return Result("proven", labels, value, value, proof, 1)
    cost, centres, forced, forbidden, unit = _centre_costs(task, goal, atoms, sub, fixed, names)
    return solve_assignment(
        sub,
        cost,
        centres,
        lower,
        upper,
        parts,
        forced_centres=forced,
        forbidden=forbidden,
        start=start,
        enclaves=task.rules.enclaves,
        time_limit=time_limit,
        progress=progress,
        unit=unit,
    )


def _centre_costs(
    task: Task, goal: Goal, atoms: Ints, sub: Problem, fixed: Mapping[int, int], names: list[str]
) -> tuple[Floats, Ints, list[int], Bools | None, str]:
    """Costs (atoms, centres), the centres, the forced ones, forbidden pairs and the unit of a centre goal."""
    score = Score(task, goal.weights, goal.costs, atoms)
    everywhere = np.arange(len(atoms), dtype=np.int64)
    if "inertia" in goal.weights:
        return score.squares, everywhere, [], None, "household km²"
    if "access" in goal.weights:
        # an atom with a station is served from a station, its own or another
        forbidden = np.zeros((len(atoms), len(atoms)), dtype=np.bool_)
        forbidden[np.ix_(score.station, ~score.station)] = True
        return score.metres, everywhere, [], forbidden, "household m"
    from linli.districting.assignment import continuity_costs

    seat = {names.index(name): row for name, row in score.seats(fixed, names).items()}
    present = np.full(len(atoms), -1, dtype=np.int64)
    cost, centres, forced, forbidden = continuity_costs(sub, present, seat)
    known, overlap = score.overlap
    for column, key in enumerate(seat):
        # a compound may lie in two communities today: only the households of the kept one stay
        stays = overlap[:, known.index(names[key])] if names[key] in known else 0
        cost[:, column] = sub.weights - stays
    return cost, centres, forced, forbidden, "households"


def _usable(
    start: Ints | None,
    sub: Problem,
    lower: int,
    upper: int,
    parts: int | None,
    fixed: Mapping[int, int],
    enclaves: bool,
) -> Ints | None:
    """Return the start where it is a plan under the rules, else None."""
    from linli.districting.separators import is_plan

    if start is None:
        return None
    number = int(start.max()) + 1
    pairs = {(int(start[row]), key) for row, key in fixed.items()}
    named = len({part for part, _ in pairs}) == len(pairs) == len({key for _, key in pairs})
    right = named and (parts is None or parts == number)
    return start if right and is_plan(sub, start, number, lower, upper, enclaves=enclaves) else None


def _line_costs(name: str, blocks: Blocks, rules: Rules) -> Floats:
    if name == "boundary":
        return boundary_costs(blocks, rules.prices or {}).astype(np.float64)
    if name == "cut_length_m":
        return np.rint(blocks.lines.length_m * STEPS)
    return np.nan_to_num(blocks.lines.affinity) * STEPS


def _plain_costs(task: Task, sub: Problem, atoms: Ints) -> Ints:
    """Metres of each edge, so that a search begins from short lines."""
    lines = task.blocks.lines
    place = np.full(task.problem.n, -1, dtype=np.int64)
    place[atoms] = np.arange(len(atoms))
    ends = np.sort(place[task.atom[np.stack([lines.a, lines.b], axis=1)]], axis=1)
    key, wanted = ends[:, 0] * sub.n + ends[:, 1], sub.edges[:, 0] * sub.n + sub.edges[:, 1]
    inside = (ends[:, 0] >= 0) & np.isin(key, wanted)
    order = np.argsort(wanted)
    at = order[np.searchsorted(wanted, key[inside], sorter=order)]
    return np.rint(np.bincount(at, lines.length_m[inside] * STEPS, minlength=len(wanted))).astype(np.int64)


def _check_data(name: str, blocks: Blocks) -> None:
    def lacking(column: str, advice: str) -> InputError:
        return InputError(
            f"the goal {name} needs the column {column}",
            file=blocks.source,
            layer="lines" if column == "affinity" else "blocks",
            field=column,
            advice=advice,
        )

    if name == "belonging" and not np.isfinite(blocks.lines.affinity).any():
        raise lacking("affinity", "add the survey's households to the layer lines")
    if name == "continuity" and not (community_column(blocks) != "").any():
        raise lacking("community", "say which community each block belongs to today")
    if name == "facilities" and "facilities" not in blocks.columns:
        raise lacking("facilities", "add the kinds of facilities in each block, separated by ';'")
    if name == "workload":
        for column in ("cases", "persons"):
            if column not in blocks.columns:
                raise lacking(column, "add the column of whole numbers")
