"""Large territories of few parts: ReCom under falling heat from several starts, the best heated again, then polished.

Exact pairs and triples, then moves of single blocks, polish what ReCom leaves: tree cuts are ragged.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from linli.districting.ensemble import walk_of
from linli.districting.labels import FAR, new_table
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Ints, Problem
from linli.districting.recom import cooling_steps
from linli.districting.redivide import inner_cost, random_triples, start_plan, sweep_pairs
from linli.districting.region import Region
from linli.districting.result import Progress, ProgressHook
from linli.districting.search import TABLE_ENTRIES, Found, first_of

LEAST_BLOCKS, MOST_PARTS = 250, 8  # fewer blocks are proven, more parts are divided better two and three at a time
CHUNK = 3_000  # steps between two looks at the clock
STARTS, START_STEPS, START_SHARE = 6, 15_000, 0.2  # from plans of their own; of the time at most
AGAIN_STEPS, IDLE = 40_000, 12  # from the best plan; so often without gain
START_HOT, START_COLD = 3.0, 1.0  # heat in median costs of an edge
AGAIN_HOT, AGAIN_COLD = (1.3, 1.75, 2.35), 0.6
POLISH_SHARE = 0.25  # of the time
POLISH_HEAT = 0.12  # of what lets every other single move through
TRIPLES_A_PART = 3


def suits(problem: Problem, demands: Demands, parts: int) -> bool:
    """Whether this search is worth its time."""
    return problem.n >= LEAST_BLOCKS and 2 < parts <= MOST_PARTS and not (demands.lock >= 0).any()


def cool(
    problem: Problem, root: Region, demands: Demands, parts: int, *, seed: int, deadline: float,
    begin: Ints | None = None, progress: ProgressHook | None = None,
) -> Found:  # fmt: skip
    """Search until a deadline (`time.monotonic()`) for the cheapest plan that keeps every rule.

    `begin` is a plan to better; others are begun beside it.
    """
    search = _Cooling(problem, root, demands, parts, seed, deadline, progress)
    if begin is not None:
        search.keep(begin)
    try:
        while time.monotonic() < deadline:
            if not search.season():
                break
    except KeyboardInterrupt:
        search.best.interrupted = True
    return search.best


@dataclass
class _Cooling:
    """What all starts share, and the best plan so far."""

    problem: Problem
    root: Region
    demands: Demands
    parts: int
    seed: int
    deadline: float
    progress: ProgressHook | None

    def __post_init__(self) -> None:
        self.began = time.monotonic()
        self.best = Found(None, int(FAR))
        self.cost = self.problem.costs[self.problem.neighbours[2]].astype(np.int64)
        self.unit = max(float(np.median(self.problem.costs)), 1e-9)
        self.table = new_table(TABLE_ENTRIES)
        self.turn = 0

    def keep(self, label: Ints) -> None:
        """Keep a plan if it is lawful and the cheapest so far."""
        price = int(inner_cost(self.root, label))
        if price < self.best.cost and lawful(self.root, self.demands, self.parts, label):
            self.best.label, self.best.cost = label.copy(), price

    def season(self) -> bool:
        """Several starts, the best of them heated again and again, polished; False where no start was found."""
        began, deadline = time.monotonic(), self.deadline
        left = deadline - began
        now: tuple[int, Ints] | None = None
        if self.best.label is not None:
            now = self.best.cost, self.best.label
        for start in range(STARTS):
            first = first_of(self.root, self.demands, self.parts, self.seed * 8191 + self.turn + start, deadline)
            if first is None:
                break
            until = began + START_SHARE * left * (start + 1) / STARTS
            found = self._walk(first, START_STEPS, START_HOT, START_COLD, until)
            if now is None or found[0] < now[0]:
                now = found
        if now is None:
            return False
        idle = 0
        while idle < IDLE and time.monotonic() < deadline - POLISH_SHARE * left:
            hot = AGAIN_HOT[self.turn % len(AGAIN_HOT)]
            found = self._walk(now[1], AGAIN_STEPS, hot, AGAIN_COLD, deadline - POLISH_SHARE * left)
            idle = 0 if found[0] < now[0] else idle + 1
            if found[0] <= now[0]:
                now = found
        self._polish(now[1], min(deadline, time.monotonic() + POLISH_SHARE * left))
        self.turn += STARTS
        return True

    def _walk(self, label: Ints, steps: int, hot: float, cold: float, until: float) -> tuple[int, Ints]:
        """Steps of ReCom under falling heat, cold in time also where steps are slow; the cheapest plan on the way."""
        self.turn += 1
        word = np.random.SeedSequence([self.seed % (1 << 32), self.turn]).generate_state(1, np.uint64)[0]
        walk = walk_of(self.problem, label, word)
        price = int(inner_cost(self.root, label))
        found, least = label.copy(), np.array([price, price], np.int64)
        began = time.monotonic()
        allowed = max(until - began, 1e-3)
        done, share = 0, 0.0
        while share < 1.0:
            done += CHUNK
            last, share = share, min(1.0, max(done / steps, (time.monotonic() - began) / allowed))
            heat, cooler = (self.unit * hot * (cold / hot) ** at for at in (last, share))
            low, high = self.demands.lower, self.demands.upper
            cooling_steps(walk, self.cost, low, high, CHUNK, heat, cooler, found, least)
        self.keep(found)
        if self.progress is not None:
            best = self.best.cost / self.problem.scale if self.best.label is not None else None
            spent, whole = time.monotonic() - self.began, self.deadline - self.began
            self.progress(Progress("cooling", min(spent, whole), whole, best))
        return int(least[0]), found

    def _polish(self, label: Ints, deadline: float) -> None:
        """Pairs and triples divided anew exactly, then single moves under little heat."""
        root, demands, parts = self.root, self.demands, self.parts
        half = time.monotonic() + (deadline - time.monotonic()) / 2
        plan = start_plan(root, label, parts)
        for _ in range(4 * parts):
            if time.monotonic() >= half or not sweep_pairs(root, plan, demands, self.table, 1)[0]:
                break
        for k in range(TRIPLES_A_PART * parts):
            if time.monotonic() >= half:
                break
            random_triples(root, plan, demands, self.table, 1, (self.seed * 1_000_003 + self.turn * 64 + k) % (1 << 31))
        self.keep(plan.label)
        if self.best.label is None or time.monotonic() >= deadline:
            return
        from linli.districting.anneal import anneal
        from linli.districting.goals import Goals

        line = Goals({"boundary": 1.0})
        moved, *_, interrupted = anneal(
            self.problem, root, demands, parts, line, start=self.best.label, seed=self.seed,
            deadline=deadline, reheat=POLISH_HEAT,
        )  # fmt: skip
        if moved is not None:
            self.keep(moved)
        if interrupted:
            raise KeyboardInterrupt
