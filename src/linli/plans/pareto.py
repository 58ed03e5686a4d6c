"""The Pareto front of goals: plans of which none is beaten in all, by weighing, by narrowing bounds, by an archive."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from linli.districting.result import Progress, ProgressHook
from linli.errors import InfeasibleError, InputError, NoPlanError
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
LINES = {"boundary", "cut_length_m"}  # goals that the bounds of households leave exact


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
        True where no plan at all beats it in every goal.
    """

    plan: Plan
    values: tuple[float, ...]
    proven: bool


@dataclass(frozen=True, eq=False)
class Front:
    """Plans of which none is beaten in every goal, in the order of the first goal.

    Parameters
    ----------
    goals
        Two goals or more; less is better in each.
    points
        At least one.
    complete
        True where every plan that is best for some weighing is among the points; plans between two neighbours, best
        for no weighing, may exist nevertheless, unless `whole`.
    whole
        True where the values of every plan that none beats are among the points.
    cpu_seconds
        Spent.
    """

    goals: tuple[str, ...]
    points: tuple[FrontPoint, ...]
    complete: bool
    cpu_seconds: float
    whole: bool = False

    @property
    def knee(self) -> int:
        """Number of the point to look at first.

        Of two goals it is the one farthest below the line between both ends, where a gain in either begins to cost
        most; of more the one nearest to the best of each.
        """
        if len(self.goals) > 2:
            table = np.array([one.values for one in self.points])
            span = np.maximum(table.max(axis=0) - table.min(axis=0), NEAR)
            return int(np.argmin((((table - table.min(axis=0)) / span) ** 2).sum(axis=1)))
        (a, b), (c, d) = self.points[0].values, self.points[-1].values
        wide, tall = max(c - a, NEAR), max(b - d, NEAR)
        away = [(1 - (x - a) / wide) - (y - d) / tall for x, y in (one.values for one in self.points)]
        return max(range(len(away)), key=lambda k: (away[k], -k))

    def sentence(self) -> str:
        """Say in Chinese what the knee costs and saves against both ends."""
        first, last, knee = self.points[0].values, self.points[-1].values, self.points[self.knee].values
        names = [WORDS[goal][0] for goal in self.goals]
        if len(self.points) == 1:
            return f"一个方案在{'、'.join(names[:-1])}和{names[-1]}上都最好，无需取舍。"
        if len(names) > 2:
            least = [min(one.values[k] for one in self.points) for k in range(len(names))]
            said = "，".join(
                f"{name}比最少多{_share(value - low, low)}" for name, value, low in zip(names, knee, least, strict=True)
            )
            return f"{len(self.points)}个方案各有取舍，建议先看第{self.knee + 1}个：{said}。"
        one, two = names
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
            "whole": self.whole,
            "knee": self.knee,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "points": [
                {"values": dict(zip(self.goals, one.values, strict=True)), "proven": one.proven,
                 "parts": [{"name": c.name, "count": c.count} for c in one.plan.communities]}
                for one in self.points
            ],
            "counted": self.points[0].plan.note.words() if self.points else None,
        }  # fmt: skip

    def draw(self, path: Path | str, *, dpi: float = 200) -> None:
        """Draw the front, its points numbered as in `points`, the knee marked; of more goals the first two."""
        from linli.drawing.maps import is_demo
        from linli.drawing.scatter import draw_front

        axes = [f"{WORDS[goal][0]}({WORDS[goal][1]})" for goal in self.goals]
        draw_front(
            [(one.values[0], one.values[1]) for one in self.points], path, axes=(axes[0], axes[1]), knee=self.knee,
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
    """Find plans of which none is beaten in every goal.

    Two goals: both ends first; then between two neighbours the weighing under which they are equal, as long as it finds
    a plan better than both (Aneja and Nair, *Management Science* 1979). Where each search ends proven, so does the
    front: every plan that is best for some weighing is found.

    A line and the evenness of households (`balance`), with `parts` given: the least line, then the least line with
    every community nearer to the mean than in the plan before, until no plan is left (epsilon-constraint). Where each
    search ends proven, the front is `whole`.

    More goals: the best plan of each, then weighings drawn from the seed, into an archive that keeps what none beats.

    Parameters
    ----------
    goals
        Two names or more of `linli.plans.goals.MEANINGS`.
    time_limit
        Seconds for all searches together; None for no limit.
    most_points
        Points after which it stops.
    more
        As in `split`: parts, count, seed, within …

    Raises
    ------
    InputError
        Fewer than two goals, one twice, or an unknown one; also as in `split`.
    InfeasibleError
        No plan keeps the rules.
    """
    if len(goals) < 2 or len(set(goals)) < len(goals) or not set(goals) <= set(MEANINGS):
        raise InputError(
            "a front is of two different goals or more", field="goals", value=",".join(goals),
            advice=f"goals: {', '.join(MEANINGS)}",
        )  # fmt: skip
    search = _Search(blocks, rules, tuple(goals), time_limit, progress, more)
    if len(goals) > 2:
        return search.archive(most_points)
    if "balance" in goals and set(goals) & LINES and more.get("parts") is not None:
        return search.narrowing(most_points)
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
    return Front(tuple(goals), tuple(kept), complete, search.spent)


class _Search:
    """Runs `split` under weighings, measures what it finds, and keeps the time."""

    def __init__(
        self, blocks: Blocks, rules: Rules, goals: tuple[str, ...], time_limit: float | None,
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

    def narrowing(self, most_points: int) -> Front:
        """The front of a line and of balance: each plan must be more even than the one before."""
        line = next(goal for goal in self.goals if goal in LINES)
        low, high = self.rules.households
        found: list[FrontPoint] = []
        whole = True
        while True:
            if self.left() <= 0 or len(found) >= most_points:
                whole = False
                break
            try:
                plan = self._run({line: 1.0}, self.rules.but(households=(low, high)))
            except InfeasibleError:
                if not found:
                    raise
                break
            except NoPlanError:
                if not found:
                    raise
                whole = False
                break
            proven = plan.status == "proven"
            whole &= proven
            found.append(FrontPoint(plan, self._values(plan), proven))
            parts = len(plan.names)
            sums = [c.count for c in plan.communities]
            total = sum(sums)
            # whole numbers: the deviation of a part is |parts · households − total|, and the next must be less
            off = max(abs(parts * s - total) for s in sums) - 1
            if off < 0:
                break
            low, high = max(low, -(-(total - off) // parts)), min(high, (total + off) // parts)
            if low > high:
                break
        kept: list[FrontPoint] = []
        for one in found:
            self._keep(kept, one)
        kept.sort(key=lambda one: one.values)
        return Front(self.goals, tuple(kept), whole, self.spent, whole)

    def archive(self, most_points: int) -> Front:
        """The front of several goals: the best plan of each, then weighings by chance, what none beats is kept."""
        rng = np.random.default_rng(self.more.get("seed", 1))
        kept: list[FrontPoint] = []
        ends = [self._run({goal: 1.0}) for goal in self.goals]
        for plan in ends:
            self._keep(kept, FrontPoint(plan, self._values(plan), plan.status == "proven"))
        table = np.array([self._values(plan) for plan in ends])
        span = np.maximum(table.max(axis=0) - table.min(axis=0), NEAR)
        for _ in range(most_points * 4):
            if self.left() <= 0 or len(kept) >= most_points:
                break
            weights = rng.dirichlet(np.ones(len(self.goals))) / span
            weights /= weights.max()
            plan = self._run({goal: float(w) for goal, w in zip(self.goals, weights, strict=True) if w > NEAR})
            self._keep(kept, FrontPoint(plan, self._values(plan), plan.status == "proven"))
        kept.sort(key=lambda one: one.values)
        return Front(self.goals, tuple(kept), complete=False, cpu_seconds=self.spent)

    @staticmethod
    def _keep(kept: list[FrontPoint], one: FrontPoint) -> None:
        """Add a point to an archive unless one there beats or equals it; drop those that it beats."""
        if any(_beats(other, one) or _same(other, one) for other in kept):
            return
        kept[:] = [other for other in kept if not _beats(one, other)] + [one]

    def _run(self, weights: dict[str, float], rules: Rules | None = None) -> Plan:
        self.runs += 1
        if self.progress is not None:
            self.progress(Progress("front", self.runs, self.runs + 2))
        share = None if self.limit is None else max(min(self.left(), self.limit / 4), 0.5)
        result: SplitResult = split(self.blocks, rules or self.rules, minimize=weights, time_limit=share, **self.more)
        self.spent += result.cpu_seconds
        if result.best is None:
            if result.status == "infeasible":
                raise InfeasibleError(list(result.clash))
            raise NoPlanError("no plan was found within the time limit")
        return result.best

    def _values(self, plan: Plan) -> tuple[float, ...]:
        return tuple(remeasured(replace(plan, goal=goal)).objective or 0.0 for goal in self.goals)


def _same(a: FrontPoint, b: FrontPoint) -> bool:
    return all(math.isclose(x, y, rel_tol=NEAR, abs_tol=NEAR) for x, y in zip(a.values, b.values, strict=True))


def _beats(a: FrontPoint, b: FrontPoint) -> bool:
    return not _same(a, b) and all(x <= y for x, y in zip(a.values, b.values, strict=True))


def _share(value: float, of: float) -> str:
    return f"{abs(value - of) / max(abs(of), NEAR):.0%}"
