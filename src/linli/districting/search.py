"""Good plans where none can be proven: tree cuts, exact re-division of pairs and triples, clusters planned anew."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from linli.districting.labels import FAR, Table, new_table
from linli.districting.lawful import Demands, lawful
from linli.districting.problem import Ints
from linli.districting.redivide import Plan, inner_cost, random_triples, shake, start_plan, sweep_pairs
from linli.districting.region import Region
from linli.districting.result import Progress, ProgressHook
from linli.districting.trees import first_plan

TABLE_ENTRIES = 2_000_000
PAIRS_A_TURN = 200
TRIPLES_A_TURN = 12
LARGE_PART = 80  # blocks


@dataclass
class Found:
    """Best plan of a search; `label` None where no plan was found."""

    label: Ints | None
    cost: int
    interrupted: bool = False


def search(
    root: Region,
    demands: Demands,
    parts: int,
    *,
    seed: int = 0,
    starts: int | None = None,
    triples: int | None = None,
    deadline: float | None = None,
    begin: Ints | None = None,
    progress: ProgressHook | None = None,
    scale: float = 1.0,
    goal: int = 0,
) -> Found:
    """Search for a cheap plan of a connected region.

    Parameters
    ----------
    starts
        First plans to try; by default many for small regions, one for large ones.
    triples
        Triples to divide anew for each start, at most; by default as many as time allows, or 40 a part.
    deadline
        `time.monotonic()` at which to stop; every plan on the way is valid.
    begin
        A valid plan to improve instead of first plans.
    goal
        A cost known to be optimal: stop when it is reached.
    """
    table = new_table(TABLE_ENTRIES)
    best = Found(None, int(FAR))
    many = starts if starts is not None else max(1, min(8, 2000 // max(1, len(root.weight))))
    chances = 1 if begin is not None else many
    interrupted = False
    try:
        for chance in range(chances):
            label = begin
            if label is None:
                label = first_of(root, demands, parts, seed * 7919 + chance, deadline)
            if label is None:
                continue
            if chance == 0 and lawful(root, demands, parts, label):
                best = Found(label.copy(), int(inner_cost(root, label)))
            plan = start_plan(root, label, parts)
            _improve(root, plan, demands, table, best, seed + chance, triples, deadline, progress, scale, goal,
                     share=chances - chance)  # fmt: skip
            if best.cost <= goal or (deadline is not None and time.monotonic() >= deadline):
                break
    except KeyboardInterrupt:
        interrupted = True
    best.interrupted = interrupted
    return best


def first_of(root: Region, demands: Demands, parts: int, seed: int, deadline: float | None) -> Ints | None:
    """A first plan by tree cuts; None where none was found."""
    for attempt in range(6):
        trees = 60 * (attempt + 1) * max(4, parts)
        label = first_plan(root, demands.lower, demands.upper, parts, seed * 31 + attempt, trees)
        if len(label):
            return np.asarray(label)
        if deadline is not None and time.monotonic() >= deadline:
            return None
    return None


def _improve(
    root: Region, plan: Plan, demands: Demands, table: Table, best: Found, seed: int, triples: int | None,
    deadline: float | None, progress: ProgressHook | None, scale: float, goal: int, share: int,
) -> None:  # fmt: skip
    parts = len(plan.first)
    until = None
    if deadline is not None:
        now = time.monotonic()
        until = now + max(0.0, deadline - now) / share
    cost = int(inner_cost(root, plan.label))

    def note(stage: str) -> bool:
        """Keep the plan if it is the best so far; True if it is time to stop."""
        if cost < best.cost and lawful(root, demands, parts, plan.label):
            best.label, best.cost = plan.label.copy(), cost
        if progress is not None:
            progress(Progress(stage, 0.0, None, best.cost / scale if best.cost < FAR else None))
        return best.cost <= goal or (until is not None and time.monotonic() >= until)

    # large parts take long to divide: the clock is looked at after each
    large = len(root.weight) > LARGE_PART * parts
    pairs_a_turn, triples_a_turn = (1, 1) if large else (PAIRS_A_TURN, TRIPLES_A_TURN)
    while True:
        done, gained = sweep_pairs(root, plan, demands, table, pairs_a_turn)
        cost -= int(gained)
        if note("pairs"):
            return
        if done < pairs_a_turn:
            break
    if parts < 3:
        return
    most = triples if triples is not None else (None if until is not None else 40 * parts)
    idle = 0
    turn = 0
    while most is None or turn * triples_a_turn < most:
        number = triples_a_turn if most is None else min(triples_a_turn, most - turn * triples_a_turn)
        gained = int(random_triples(root, plan, demands, table, number, (seed * 1_000_003 + turn) % (1 << 31)))
        cost -= gained
        turn += 1
        idle = 0 if gained else idle + 1
        if note("triples"):
            return
        if idle * triples_a_turn > 8 * parts:
            break
    if until is None or triples is not None or (demands.lock >= 0).any():
        return
    while True:
        turn += 1
        size = min(parts, 3 + turn % 5)
        cost -= shake(root, plan, demands, table, size, (seed * 1_000_003 + turn) % (1 << 31))
        if note("clusters"):
            return
