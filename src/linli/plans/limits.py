"""One goal minimised while others stay within limits, by weighing the others more until they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from linli.districting.result import Proof
from linli.errors import InputError
from linli.geodata import Blocks
from linli.plans.change import remeasured
from linli.plans.clock import Clock
from linli.plans.goals import MEANINGS
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.splitting import LEAST_SECONDS, SplitResult, split

GROW, DOUBLINGS, HALVINGS = 4.0, 6, 5


def split_within_limits(
    blocks: Blocks,
    rules: Rules,
    *,
    minimize: str,
    at_most: Mapping[str, float],
    time_limit: float | None = 60,
    **more: Any,
) -> SplitResult:
    """Divide at least value of one goal among the plans on which other goals do not exceed a limit.

    The limited goals are weighed in, more and more until the limits hold, then less again while they do. For every
    weight w the least of goal + w × (other - limit) is a lower bound (Lagrange), so that the gap is known, but it may
    stay open where plans between the weights exist.

    Parameters
    ----------
    minimize
        The goal.
    at_most
        Other goal to its largest value, in the unit that `goals.MEANINGS` states.
    more
        As in `split`.

    Raises
    ------
    InputError
        As in `split`; also a limit that no plan found within the time keeps.
    """
    for name, limit in at_most.items():
        if name not in MEANINGS or name == minimize:
            raise InputError(
                "a limit is for another goal", field="at_most", value=name, advice=f"goals: {', '.join(MEANINGS)}"
            )
        if not 0 <= limit < float("inf"):
            raise InputError("a limit must be a number of at least 0", field=f"at_most.{name}", value=limit)
    clock = Clock(time_limit, LEAST_SECONDS)
    runs = 2 + DOUBLINGS + HALVINGS

    def run(weights: str | dict[str, float], left: int) -> SplitResult:
        return split(blocks, rules, minimize=weights, time_limit=clock.left(1 / left), **more)

    first = run(minimize, runs)
    if first.best is None or _keeps(first.best, at_most):
        return first
    bound, spent, interrupted = first.bound or 0.0, first.cpu_seconds, first.interrupted
    scale = {name: max(first.objective or 0.0, 1e-9) / max(limit, 1e-9) for name, limit in at_most.items()}
    best: Plan | None = None
    low, high = 0.0, 0.25
    for step in range(1, runs):
        if interrupted or (best is None and step > DOUBLINGS):
            break
        size = high if best is None else (low + high) / 2
        weights = {name: size * each for name, each in scale.items()}
        found = run({minimize: 1.0, **weights}, runs - step)
        spent, interrupted = spent + found.cpu_seconds, found.interrupted
        if found.bound is not None:
            bound = max(bound, found.bound - sum(weights[name] * limit for name, limit in at_most.items()))
        holds = found.best is not None and _keeps(found.best, at_most)
        if holds and found.best is not None:
            plan = remeasured(replace(found.best, goal=minimize))
            if best is None or (plan.objective or 0.0) < (best.objective or 0.0):
                best = plan
            high = size
        elif best is None:
            low, high = high, high * GROW
        else:
            low = size
    if best is None:
        said = ", ".join(f"{name} ≤ {limit:g}" for name, limit in at_most.items())
        raise InputError(
            f"no plan was found within the limits {said}", field="at_most", advice="raise a limit or give more time"
        )
    objective = best.objective or 0.0
    least = min(bound, objective)
    said = ", ".join(f"{name} of at most {limit:g}" for name, limit in at_most.items())
    proof = Proof("heuristic", f"Lagrangian bound over plans with {said}", objective, least)
    best = replace(best, status="feasible", bound=least, proof=proof)
    return SplitResult(best, "feasible", minimize, objective, least, (), spent, interrupted)


def _keeps(plan: Plan, at_most: Mapping[str, float]) -> bool:
    """Tell whether the limited goals hold on a plan, measured anew."""
    measured = {name: remeasured(replace(plan, goal=name)).objective or 0.0 for name in at_most}
    return all(measured[name] <= limit * (1 + 1e-12) for name, limit in at_most.items())
