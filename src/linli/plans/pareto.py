"""The Pareto front of two goals: plans of which none is beaten in both, found by weighing one against the other."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linli.districting.result import Progress, ProgressHook
from linli.errors import InputError
from linli.geodata import Blocks
from linli.plans.change import remeasured
from linli.plans.goals import MEANINGS
from linli.plans.measures import UNITS
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.splitting import SplitResult, split

MOST_POINTS = 40
WORDS = {**UNITS, "continuity": ("改变社区的户数", "户"), "polsby_popper": ("不紧凑度（1 − Polsby–Popper）", "0–1")}
NEAR = 1e-9


@dataclass(frozen=True, eq=False)
class FrontPoint:
    """One plan of a front.

    Parameters
    ----------
    plan
        The plan.
    values
        Its value of each goal, in the goal's unit.
    proven
        True where no plan at all beats it in both goals: it is the best for some weighing of the two.
    """

    plan: Plan
    values: tuple[float, float]
    proven: bool


@dataclass(frozen=True, eq=False)
class Front:
    """Plans of which none is beaten in both goals, in the order of the first goal.

    Parameters
    ----------
    goals
        The two goals; less is better in each.
    points
        At least one.
    complete
        True where every plan that is best for some weighing is among the points; plans between two neighbours, best
        for no weighing, may exist nevertheless.
    cpu_seconds
        Spent.
    """

    goals: tuple[str, str]
    points: tuple[FrontPoint, ...]
    complete: bool
    cpu_seconds: float

    @property
    def knee(self) -> int:
        """Number of the point farthest below the line between both ends, where a gain in either begins to cost most."""
        (a, b), (c, d) = self.points[0].values, self.points[-1].values
        wide, tall = max(c - a, NEAR), max(b - d, NEAR)
        away = [(1 - (x - a) / wide) - (y - d) / tall for x, y in (one.values for one in self.points)]
        return max(range(len(away)), key=lambda k: (away[k], -k))

    def sentence(self) -> str:
        """Say in Chinese what the knee costs and saves against both ends."""
        first, last, knee = self.points[0].values, self.points[-1].values, self.points[self.knee].values
        one, two = (WORDS[goal][0] for goal in self.goals)
        if len(self.points) == 1:
            return f"一个方案在{one}和{two}上都最好，无需取舍。"
        if self.knee in (0, len(self.points) - 1):
            return f"{len(self.points)}个方案各有取舍，没有明显的折中点。"
        return (
            f"建议先看第{self.knee + 1}个方案：与{one}最好的方案相比，{one}多{_share(knee[0], first[0])}，"
            f"{two}少{_share(knee[1], first[1])}；再降低{two}，代价明显变大"
            f"（{two}最少的方案，{one}多{_share(last[0], first[0])}）。"
        )

    def as_json(self) -> dict[str, Any]:
        """Return what `linli front --json` prints."""
        return {
            "goals": list(self.goals),
            "complete": self.complete,
            "knee": self.knee,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "points": [
                {"values": dict(zip(self.goals, one.values, strict=True)), "proven": one.proven,
                 "parts": [{"name": c.name, "count": c.count} for c in one.plan.communities]}
                for one in self.points
            ],
        }  # fmt: skip

    def draw(self, path: Path | str, *, dpi: float = 200) -> None:
        """Draw the front, its points numbered as in `points`, the knee marked."""
        from linli.drawing import is_demo
        from linli.drawing.scatter import draw_front

        axes = [f"{WORDS[goal][0]}({WORDS[goal][1]})" for goal in self.goals]
        draw_front(
            [one.values for one in self.points], path, axes=(axes[0], axes[1]), knee=self.knee,
            proven=[one.proven for one in self.points],
            title="与".join(WORDS[goal][0] for goal in self.goals) + "的取舍", note=self.sentence(),
            demo=is_demo(self.points[0].plan.blocks), dpi=dpi,
        )  # fmt: skip


def front(
    blocks: Blocks,
    rules: Rules,
    *,
    goals: Sequence[str],
    time_limit: float | None = 60,
    most_points: int = MOST_POINTS,
    progress: ProgressHook | None = None,
    **more: Any,
) -> Front:
    """Find the plans that are best for some weighing of two goals.

    Both ends first; then between two neighbours the weighing under which they are equal, as long as it finds a plan
    better than both (Aneja and Nair, *Management Science* 1979). Where each search ends proven, so does the front:
    every plan that is best for some weighing is found.

    Parameters
    ----------
    goals
        Two names of `linli.plans.goals.MEANINGS`.
    time_limit
        Seconds for all searches together; None for no limit.
    most_points
        Points after which it stops.
    more
        As in `split`: parts, count, seed, within …

    Raises
    ------
    InputError
        Not two different goals; also as in `split`.
    InfeasibleError
        No plan keeps the rules.
    """
    if len(goals) != 2 or goals[0] == goals[1] or not set(goals) <= set(MEANINGS):
        raise InputError(
            "a front is of two different goals", field="goals", value=",".join(goals),
            advice=f"goals: {', '.join(MEANINGS)}",
        )  # fmt: skip
    search = _Search(blocks, rules, (goals[0], goals[1]), time_limit, progress, more)
    left, right = search.end(0), search.end(1)
    found = [left] if _same(left, right) else [left, right]
    waiting = [] if len(found) == 1 else [(left, right)]
    complete = left.proven and right.proven
    while waiting:
        if search.left() <= 0 or len(found) >= most_points:
            complete = False
            break
        a, b = waiting.pop(0)
        between, proven = search.between(a, b)
        complete &= proven
        if between is not None and not any(_same(between, one) for one in found):
            found.append(between)
            waiting += [(a, between), (between, b)]
    kept = [one for one in found if not any(_beats(other, one) for other in found)]
    kept.sort(key=lambda one: one.values)
    return Front((goals[0], goals[1]), tuple(kept), complete, search.spent)


class _Search:
    """Runs `split` under weighings, measures what it finds, and keeps the time."""

    def __init__(
        self, blocks: Blocks, rules: Rules, goals: tuple[str, str], time_limit: float | None,
        progress: ProgressHook | None, more: dict[str, Any],
    ) -> None:  # fmt: skip
        self.blocks, self.rules, self.goals, self.more = blocks, rules, goals, more
        self.limit, self.progress = time_limit, progress
        self.began = time.monotonic()
        self.runs, self.spent = 0, 0.0

    def left(self) -> float:
        """Seconds left."""
        return math.inf if self.limit is None else self.limit - (time.monotonic() - self.began)

    def end(self, which: int) -> FrontPoint:
        """The plan best in one goal and, among these, good in the other."""
        first = self._run({self.goals[which]: 1.0})
        values = self._values(first)
        # a little of the other goal breaks ties towards it without changing the first
        light = max(values[which], 1.0) * 1e-6 / max(values[1 - which], 1.0)
        second = self._run({self.goals[which]: 1.0, self.goals[1 - which]: light})
        best = min(
            ((first, values), (second, self._values(second))), key=lambda one: (one[1][which], one[1][1 - which])
        )
        return FrontPoint(best[0], best[1], first.status == second.status == "proven")

    def between(self, a: FrontPoint, b: FrontPoint) -> tuple[FrontPoint | None, bool]:
        """A plan that beats both under the weighing by which they are equal, None where none does; whether proven."""
        weights = (a.values[1] - b.values[1], b.values[0] - a.values[0])
        if min(weights) <= 0:
            return None, True
        scale = max(weights)
        weighed = [w / scale for w in weights]
        plan = self._run(dict(zip(self.goals, weighed, strict=True)))
        values = self._values(plan)
        line = sum(w * v for w, v in zip(weighed, a.values, strict=True))
        proven = plan.status == "proven"
        if sum(w * v for w, v in zip(weighed, values, strict=True)) >= line * (1 - NEAR) - NEAR:
            return None, proven
        return FrontPoint(plan, values, proven), proven

    def _run(self, weights: dict[str, float]) -> Plan:
        self.runs += 1
        if self.progress is not None:
            self.progress(Progress("front", self.runs, self.runs + 2))
        share = None if self.limit is None else max(min(self.left(), self.limit / 4), 0.5)
        result: SplitResult = split(self.blocks, self.rules, minimize=weights, time_limit=share, **self.more)
        self.spent += result.cpu_seconds
        if result.best is None:
            from linli.errors import InfeasibleError, NoPlanError

            if result.status == "infeasible":
                raise InfeasibleError(list(result.clash))
            raise NoPlanError("no plan was found within the time limit")
        return result.best

    def _values(self, plan: Plan) -> tuple[float, float]:
        first, second = (remeasured(replace(plan, goal=goal)).objective or 0.0 for goal in self.goals)
        return first, second


def _same(a: FrontPoint, b: FrontPoint) -> bool:
    return all(math.isclose(x, y, rel_tol=NEAR, abs_tol=NEAR) for x, y in zip(a.values, b.values, strict=True))


def _beats(a: FrontPoint, b: FrontPoint) -> bool:
    return not _same(a, b) and all(x <= y for x, y in zip(a.values, b.values, strict=True))


def _share(value: float, of: float) -> str:
    return f"{abs(value - of) / max(abs(of), NEAR):.0%}"
