"""Large territories of few parts: ReCom under falling heat, then exact pairs and triples, from several starts."""

from __future__ import annotations

import time

import numpy as np

from linli.districting.ensemble import walk_of
from linli.districting.labels import FAR, new_table
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Ints, Problem
from linli.districting.recom import cooling_steps
from linli.districting.redivide import inner_cost, random_triples, start_plan, sweep_pairs
from linli.districting.region import Region
from linli.districting.search import TABLE_ENTRIES, Found, first_of

LEAST_BLOCKS, MOST_PARTS = 250, 8  # fewer blocks are proven, more parts are divided better two and three at a time
STEPS, CHUNK = 60_000, 3_000  # of one start; between two looks at the clock
HOT, COLD = 3.0, 0.9  # heat at the beginning and the end, in median costs of an edge
TRIPLES_A_PART = 3


def suits(problem: Problem, demands: Demands, parts: int) -> bool:
    """Whether this search is worth its time."""
    return problem.n >= LEAST_BLOCKS and 2 < parts <= MOST_PARTS and not (demands.lock >= 0).any()


def cool(
    problem: Problem, root: Region, demands: Demands, parts: int, *, seed: int, deadline: float,
    begin: Ints | None = None,
) -> Found:  # fmt: skip
    """Search from several starts until a deadline (`time.monotonic()`) for the cheapest plan that keeps every rule."""
    edge = problem.neighbours[2]
    cost = problem.costs[edge].astype(np.int64)
    unit = max(float(np.median(problem.costs)), 1e-9)
    table = new_table(TABLE_ENTRIES)
    best = Found(None, int(FAR))
    if begin is not None and lawful(root, demands, parts, begin):
        best = Found(begin.copy(), int(inner_cost(root, begin)))
    turn = 0
    try:
        while time.monotonic() < deadline:
            label = begin if begin is not None and turn == 0 else first_of(
                root, demands, parts, seed * 8191 + turn, deadline
            )  # fmt: skip
            if label is None:
                break
            word = np.random.SeedSequence([seed % (1 << 32), turn]).generate_state(1, np.uint64)[0]
            walk = walk_of(problem, label, word)
            found, now = label.copy(), int(inner_cost(root, label))
            least = np.array([now, now], np.int64)
            for done in range(0, STEPS, CHUNK):
                hot, cold = (unit * HOT * (COLD / HOT) ** (at / STEPS) for at in (done, done + CHUNK))
                cooling_steps(walk, cost, demands.lower, demands.upper, CHUNK, hot, cold, found, least)
                if time.monotonic() >= deadline:
                    break
            plan = start_plan(root, found, parts)
            for _ in range(4 * parts):
                if time.monotonic() >= deadline or not sweep_pairs(root, plan, demands, table, 1)[0]:
                    break
            for k in range(TRIPLES_A_PART * parts):
                if time.monotonic() >= deadline:
                    break
                random_triples(root, plan, demands, table, 1, (seed * 1_000_003 + turn * 64 + k) % (1 << 31))
            for one in (found, plan.label):
                price = int(inner_cost(root, one))
                if price < best.cost and lawful(root, demands, parts, one):
                    best = Found(one.copy(), price)
            turn += 1
    except KeyboardInterrupt:
        best.interrupted = True
    return best
