"""Large territories of few parts: what cools keeps every rule, and is never dearer than where it began."""

from __future__ import annotations

import time

import numpy as np
import pytest

from linli.districting import split
from linli.districting.cooling import cool, suits
from linli.districting.ensemble import walk_of
from linli.districting.lawful import Demands, lawful
from linli.districting.planar import embed
from linli.districting.problem import Problem, connected_pieces
from linli.districting.recom import cooling_steps
from linli.districting.search import first_of
from linli.districting.warm import cool_once, field


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """No time limit here pays for compiling."""
    cool_once()


@pytest.fixture(scope="module")
def problem() -> Problem:
    return field(18)


def bounds(problem: Problem, parts: int, share: float = 0.05) -> tuple[int, int]:
    mean = problem.total / parts
    return int(np.ceil(mean * (1 - share))), int(mean * (1 + share))


def test_the_plan_keeps_every_rule(problem: Problem) -> None:
    low, high = bounds(problem, 4)
    root = embed(problem)
    assert root is not None
    assert problem.rim is not None
    demands = Demands(low, high, False, problem.rim, np.full(problem.n, -1, np.int64))
    assert suits(problem, demands, 4)
    begin = first_of(root, demands, 4, 3, None)
    assert begin is not None
    found = cool(problem, root, demands, 4, seed=1, deadline=time.monotonic() + 2, begin=begin)
    assert found.label is not None
    assert found.cost == problem.cut(found.label) <= problem.cut(begin)
    weights = problem.part_weights(found.label, 4)
    assert (weights.min() >= low, weights.max() <= high) == (True, True)
    same = found.label[problem.edges[:, 0]] == found.label[problem.edges[:, 1]]
    assert connected_pieces(problem.n, problem.edges[same]).max() == 3
    assert lawful(root, demands, 4, found.label)


def test_the_cost_that_is_carried_along_is_that_of_the_plan(problem: Problem) -> None:
    low, high = bounds(problem, 3, 0.1)
    root = embed(problem)
    assert root is not None
    free = Demands(low, high, True, np.zeros(problem.n, np.bool_), np.full(problem.n, -1, np.int64))
    begin = first_of(root, free, 3, 5, None)
    assert begin is not None
    walk = walk_of(problem, begin, np.uint64(11))
    cost = problem.costs[problem.neighbours[2]].astype(np.int64)
    now = int(problem.cut(begin))
    best, least = begin.copy(), np.array([now, now])
    kept = cooling_steps(walk, cost, low, high, 500, 3.0 * np.median(cost), np.median(cost), best, least)
    assert kept > 0
    assert least[1] == problem.cut(walk.label)
    assert least[0] == problem.cut(best) <= now
    for part in range(3):
        listed, block = set(), int(walk.first[part])
        while block >= 0:
            listed.add(block)
            block = int(walk.after[block])
        assert listed == set(np.flatnonzero(walk.label == part).tolist())


def test_a_split_that_is_not_proven_is_cooled_within_its_time(problem: Problem) -> None:
    low, high = bounds(problem, 4, 0.01)
    began = time.monotonic()
    result = split(problem, low, high, 4, seed=1, time_limit=3)
    assert result.labels is not None
    assert time.monotonic() - began < 30
    if result.bound is not None:
        assert result.bound <= (result.objective or 0)
