"""边界微调: better a division by moving few blocks across today's line, one by one or two against each other."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from linli.districting.problem import Ints, Problem
from linli.districting.result import Progress, ProgressHook, Proof
from linli.districting.separators import enclosed_pieces, pieces_within
from linli.errors import InputError
from linli.plans.change import remeasured
from linli.plans.goals import goal_of
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.score import Score
from linli.plans.task import find_seats, make_task

FIRST = 60  # moves that are tried two against each other, the cheapest first
Worth = tuple[float, float]  # households outside the bounds, then the goal; least is best
Move = tuple[int, int]  # an atom, and the part that it goes to


def adjust(
    plan: Plan,
    rules: Rules | None = None,
    *,
    minimize: str | Mapping[str, float] | None = None,
    most_blocks: int = 10,
    most_households: int | None = None,
    time_limit: float | None = 30.0,
    progress: ProgressHook | None = None,
) -> Plan:
    """Better a plan by its goal, or another one, changing at most some blocks; locks, seats and names stay.

    Communities outside the bounds are brought nearer to them first, whatever the goal. Each step takes the best move
    of one block or compound across a line, or of two against each other, that leaves every community in one piece.

    Parameters
    ----------
    plan
        A plan without open blocks, such as today's line.
    minimize
        Goal, or goal to weight; None takes the plan's own.
    most_blocks, most_households
        How many blocks, and households living in them, may change community in the end.

    Returns
    -------
    The plan with the moves made; the one given where no move is better.

    Raises
    ------
    InputError
        The plan leaves blocks open, or a rule names what the blocks do not have.
    """
    plan = plan if rules is None else replace(plan, rules=find_seats(plan.blocks, rules))
    if (plan.community == "").any():
        raise InputError(
            "the plan leaves blocks open", row=plan.blocks.ids[int(np.argmax(plan.community == ""))],
            advice="complete it first",
        )  # fmt: skip
    walk = _Walk.of(plan, minimize, most_blocks, most_households)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    steps = 0
    while step := walk.better(deadline):
        for atom, to in step:
            walk.put(atom, to)
        steps += 1
        if progress is not None:
            progress(Progress("adjust", steps, None, walk.now[1], None))
    names = np.array(plan.names, dtype=object)
    community = names[walk.labels[walk.atom]]
    changed = int((community != plan.community).sum())
    if not changed:
        return remeasured(replace(plan, goal=walk.goal, bound=None, proof=None))
    claim = f"found by moving {changed} of at most {most_blocks} blocks; over all plans nothing is claimed"
    found = remeasured(
        replace(plan, community=community, goal=walk.goal, status="feasible", bound=None, proof=None,
                reasons={name: why for name, why in plan.reasons.items() if name in set(community)})
    )  # fmt: skip
    return replace(found, proof=Proof("heuristic", claim, found.objective, None))


@dataclass(eq=False)
class _Walk:
    """Labels on the way, and what a move would make of them."""

    problem: Problem
    score: Score
    atom: Ints
    labels: Ints
    start: Ints
    still: frozenset[int]
    bounds: tuple[int, int]
    enclaves: bool
    goal: str
    blocks: Ints  # blocks of each atom
    budget: tuple[int, float]

    @classmethod
    def of(cls, plan: Plan, minimize: str | Mapping[str, float] | None, blocks: int, homes: int | None) -> _Walk:
        """Begin at a plan."""
        from linli.plans.working import weights_of, with_todays_lines

        rules = plan.rules
        ground, across = with_todays_lines(plan.blocks, rules)
        goal = goal_of(minimize or weights_of(plan.goal), ground, rules, plan.count)
        task = make_task(ground, rules.but(kept={}, never_cross=across), plan.count, goal.costs, pieces=True)
        place = {name: k for k, name in enumerate(plan.names)}
        labels = np.zeros(task.problem.n, dtype=np.int64)
        labels[task.atom] = [place[name] for name in plan.community]
        seats = {seat for seat in rules.seats.values() if seat}
        held = [k for k, code in enumerate(ground.ids) if code in seats or code in rules.fixed]
        locked = [] if plan.locked is None else np.flatnonzero(plan.locked).tolist()
        return cls(
            task.problem, Score(task, goal.weights, goal.costs), task.atom, labels, labels.copy(),
            frozenset(task.atom[[*held, *locked]].tolist()), rules.households, rules.enclaves, goal.name,
            np.bincount(task.atom), (blocks, float("inf") if homes is None else float(homes)),
        )  # fmt: skip

    @property
    def now(self) -> Worth:
        """What the labels are worth."""
        sums = np.bincount(self.labels, self.problem.weights)
        low, high = self.bounds
        off = np.maximum(low - sums, 0) + np.maximum(sums - high, 0)
        return float(off.sum()) + 1e3 * self.score.excess(self.labels), self.score.value(self.labels)

    def put(self, atom: int, to: int) -> int:
        """Give an atom to a part; returns the part that it leaves."""
        was = int(self.labels[atom])
        self.labels[atom] = to
        return was

    def better(self, deadline: float) -> list[Move]:
        """Return the best move, or pair of moves, that is worth more than the labels; nothing where there is none."""
        now = self.now
        valued = sorted(self._valued(deadline))
        for worth, move in valued:
            if not _less(worth, now):
                break
            if self._allowed([move]):
                return [move]
        for worth, one, other in sorted(self._pairs([move for _, move in valued[:FIRST]], deadline)):
            if not _less(worth, now):
                break
            if self._allowed([one, other]):
                return [one, other]
        return []

    def _moves(self) -> Iterator[Move]:
        """Atoms at a line with each part that they border."""
        first, ends, _ = self.problem.neighbours
        owner = np.repeat(np.arange(self.problem.n), np.diff(first))
        across = self.labels[owner] != self.labels[ends]
        pairs = np.unique(np.stack([owner[across], self.labels[ends[across]]], axis=1), axis=0)
        return ((atom, to) for atom, to in pairs.tolist() if atom not in self.still and self._affordable([(atom, to)]))

    def _affordable(self, moves: list[Move]) -> bool:
        changed = self.labels != self.start
        for atom, to in moves:
            changed[atom] = to != self.start[atom]
        homes = int(self.problem.weights[changed].sum())
        return int(self.blocks[changed].sum()) <= self.budget[0] and homes <= self.budget[1]

    def _valued(self, deadline: float) -> Iterator[tuple[Worth, Move]]:
        for atom, to in self._moves():
            if time.monotonic() > deadline:
                return
            was = self.put(atom, to)
            worth = self.now
            self.put(atom, was)
            yield worth, (atom, to)

    def _pairs(self, moves: list[Move], deadline: float) -> Iterator[tuple[Worth, Move, Move]]:
        for k, (atom, to) in enumerate(moves):
            for other, back in moves[k + 1 :]:
                if time.monotonic() > deadline:
                    return
                if atom == other or not self._affordable([(atom, to), (other, back)]):
                    continue
                was, before = self.put(atom, to), self.put(other, back)
                worth = self.now
                self.put(other, before)
                self.put(atom, was)
                yield worth, (atom, to), (other, back)

    def _allowed(self, moves: list[Move]) -> bool:
        """Whether every part that the moves touch is in no more pieces than before, and encloses nothing new."""
        before = self.labels.copy()
        touched = {int(self.labels[atom]) for atom, _ in moves} | {to for _, to in moves}
        for atom, to in moves:
            self.put(atom, to)
        good = all(self._shape(self.labels, part) <= self._shape(before, part) for part in touched)
        after, self.labels = self.labels, before
        return good and all((after == part).any() for part in touched)

    def _shape(self, labels: Ints, part: int) -> int:
        inside = labels == part
        if not inside.any():
            return 0
        pieces = int(pieces_within(self.problem, inside).max()) + 1
        return pieces + (0 if self.enclaves else sum(1 for _ in enclosed_pieces(self.problem, inside)))


def _less(one: Worth, other: Worth) -> bool:
    """Whether one is worth more by more than rounding."""
    if abs(one[0] - other[0]) > 1e-9:
        return one[0] < other[0]
    return one[1] < other[1] - 1e-9 * max(1.0, abs(other[1]))
