"""Goals that can be minimised: what they cost on each line, and which solver serves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from linli.districting.problem import Floats, Ints
from linli.errors import InputError
from linli.geodata import Blocks
from linli.geodata.blocks import how_to_bring
from linli.plans.measures import boundary_costs
from linli.plans.rules import Rules
from linli.plans.score import Score
from linli.plans.task import STEPS, Task, community_column, texts

CUT_GOALS = ("boundary", "cut_length_m", "belonging")
FOLLOW = "follow:"  # before the name of a column: metres of line between blocks that the column says are one area
CENTRE_GOALS = ("inertia", "access", "continuity")

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
        if name not in MEANINGS and name.removeprefix(FOLLOW) not in blocks.columns:
            raise InputError(
                "there is no such goal", field="minimize", value=name, advice=f"goals: {', '.join(MEANINGS)}"
            )
        if not 0 < weight < float("inf"):
            raise InputError("the weight of a goal must be more than 0", field=f"minimize.{name}", value=weight)
        _check_data(name, blocks)
    costs = np.zeros(len(blocks.lines), dtype=np.float64)
    for name in filter(is_cut, weights):
        costs += weights[name] * _line_costs(name, blocks, rules)
    single = len(weights) == 1
    if all(map(is_cut, weights)):
        solver: Literal["cut", "centre", "search"] = "cut"
    elif single and next(iter(weights)) in CENTRE_GOALS:
        solver = "centre"
        weights = dict.fromkeys(weights, 1.0)
    else:
        solver = "search"
    label = next(iter(weights)) if single else " + ".join(f"{weight:g} {name}" for name, weight in weights.items())
    return Goal(label, MappingProxyType(weights), np.rint(costs).astype(np.int64), solver)


def is_cut(name: str) -> bool:
    """Tell whether a goal is a sum over the lines that a plan cuts."""
    return name in CUT_GOALS or name.startswith(FOLLOW)


def _line_costs(name: str, blocks: Blocks, rules: Rules) -> Floats:
    if name == "boundary":
        return boundary_costs(blocks, rules.prices or {}).astype(np.float64)
    if name.startswith(FOLLOW):
        area = texts(blocks.columns[name.removeprefix(FOLLOW)])
        one = (area[blocks.lines.a] == area[blocks.lines.b]) & (area[blocks.lines.a] != "")
        inside: Floats = np.rint(np.where(one, blocks.lines.length_m, 0.0) * STEPS)
        return inside
    if name == "cut_length_m":
        return np.rint(blocks.lines.length_m * STEPS)
    return np.nan_to_num(blocks.lines.affinity) * STEPS


def _check_data(name: str, blocks: Blocks) -> None:
    def lacking(column: str, advice: str = "") -> InputError:
        return InputError(
            f"the goal {name} needs the column {column}",
            file=blocks.source,
            layer="lines" if column == "affinity" else "blocks",
            field=column,
            advice=advice or how_to_bring(column),
        )

    if name == "belonging" and not np.isfinite(blocks.lines.affinity).any():
        raise lacking("affinity")
    if name == "continuity" and not (community_column(blocks) != "").any():
        raise lacking("community")
    if name == "facilities" and "facilities" not in blocks.columns:
        raise lacking("facilities")
    if name == "workload":
        for column in ("cases", "persons"):
            if column not in blocks.columns:
                raise lacking(column, "add the column of whole numbers" if column == "cases" else "")
