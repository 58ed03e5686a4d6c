"""Proven divisions against trying everything, against integer programming and against full enumerations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from linli.districting import Problem, split
from linli.districting.exact import Clock, Divider
from linli.districting.labels import FAR
from linli.districting.lawful import Demands
from linli.districting.planar import embed
from linli.districting.problem import connected_pieces
from linli.districting.tests.oracle import brute_force, every_plan, random_planar, street_blocks


def prove(problem: Problem, lower: int, upper: int, parts: int, *, entries: int = 1 << 20, lock=None):
    root = embed(problem)
    assert root is not None
    rim = np.zeros(problem.n, bool) if problem.rim is None else problem.rim
    key = np.full(problem.n, -1, np.int64) if lock is None else lock
    demands = Demands(lower, upper, problem.rim is None, rim, key)
    return Divider(root, demands, parts, Clock(), entries).solve(None, FAR)


def without_rim(problem: Problem) -> Problem:
    return Problem(problem.weights, problem.edges, problem.costs, problem.scale, problem.xy)


def bounds(problem: Problem, parts: int, tolerance: float) -> tuple[int, int]:
    mean = problem.total / parts
    return int(np.ceil(mean * (1 - tolerance))), int(mean * (1 + tolerance))


@pytest.mark.parametrize("block", range(10))
def test_equals_brute_force_on_small_planar_graphs(block: int):
    """A thousand cases: enclaves allowed and forbidden, feasible and not, exact labels and rounded ones."""
    for seed in range(50 * block, 50 * (block + 1)):
        rng = np.random.default_rng(seed)
        drawn = random_planar(rng, int(rng.integers(4, 11)))
        parts = int(rng.integers(2, 5))
        lower, upper = bounds(drawn, parts, rng.choice([0.1, 0.3, 0.6]))
        for problem in (drawn, without_rim(drawn)):
            truth = brute_force(problem, lower, upper, parts)
            outcome = prove(problem, lower, upper, parts, entries=int(rng.choice([1 << 20, 4000])))
            assert outcome.closed
            assert outcome.cost == (truth[0] if truth else FAR), (seed, problem.rim is None)


def test_keeps_locks_as_cheaply_as_any_plan_that_does():
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        problem = random_planar(rng, int(rng.integers(5, 10)))
        parts = int(rng.integers(2, 4))
        lower, upper = bounds(problem, parts, 0.6)
        lock = np.full(problem.n, -1, np.int64)
        chosen = rng.choice(problem.n, 3, replace=False)
        lock[chosen] = rng.integers(0, parts, 3)
        costs = [
            problem.cut(plan)
            for plan in every_plan(problem, lower, upper, parts)
            if all((plan[a] == plan[b]) == (lock[a] == lock[b]) for a in chosen for b in chosen)
        ]
        outcome = prove(problem, lower, upper, parts, lock=lock)
        assert outcome.cost == min(costs, default=FAR), seed


def test_permuting_blocks_changes_nothing():
    problem = street_blocks(3, 60)
    order = np.random.default_rng(0).permutation(problem.n)
    place = np.argsort(order)
    shuffled = Problem.from_graph(
        problem.weights[order], place[problem.edges], problem.costs, problem.xy[order], rim=problem.rim[order]
    )
    assert prove(problem, 1500, 3500, 3).cost == prove(shuffled, 1500, 3500, 3).cost


def test_equals_integer_programming_on_middle_problems():
    from linli.districting.cutmip import split_cut_mip

    for seed in range(3):
        problem = without_rim(street_blocks(seed, 16))
        outcome = prove(problem, 1500, 3500, 3)
        other = split_cut_mip(problem, 1500, 3500, 3, time_limit=60)
        assert other.status == "proven"
        assert outcome.closed
        assert outcome.cost / problem.scale == pytest.approx(other.objective)


def test_finds_the_optimum_of_every_tolerance_of_a_full_enumeration(shared_data: Path):
    truth = np.load(shared_data / "redist" / "fl25_enum.npz")
    minima = json.loads((shared_data / "redist" / "fl25_exact_minima.json").read_text())
    population, plans = truth["pop"], truth["plans"] - truth["plans"].min()
    problem = Problem.from_graph(population, truth["edges"])
    sums = np.stack([population @ (plans == part) for part in range(3)], axis=1)
    mean = population.sum() / 3
    for row in minima:
        within = (np.abs(sums - mean) <= row["tol"] * mean).all(axis=1)
        assert within.sum() == row["plans"]
        lower = max(0, int(np.ceil(mean * (1 - row["tol"]))))
        upper = int(np.floor(mean * (1 + row["tol"])))
        result = split(problem, lower, upper, 3)
        assert (result.status, result.objective) == ("proven", row["min_cut_edges"])


def test_a_stopped_proof_still_bounds_the_optimum():
    problem = street_blocks(2, 100, households=100)
    full = split(problem, 1500, 3500, 4, time_limit=60)
    stopped = split(problem, 1500, 3500, 4, time_limit=0.2)
    assert stopped.labels is not None
    assert full.objective <= stopped.objective + 1e-9
    assert stopped.bound is None or stopped.bound <= full.objective + 1e-9
    assert stopped.status == "proven" or stopped.gap is None or stopped.gap > 0


def test_labels_measure_what_the_result_says():
    problem = street_blocks(5, 80)
    result = split(problem, 1500, 3500, 3)
    assert result.status == "proven"
    assert problem.cut(result.labels) / problem.scale == pytest.approx(result.objective)
    weights = problem.part_weights(result.labels, 3)
    assert weights.min() >= 1500
    assert weights.max() <= 3500
    same = result.labels[problem.edges[:, 0]] == result.labels[problem.edges[:, 1]]
    assert connected_pieces(problem.n, problem.edges[same]).max() + 1 == 3


def test_no_lower_bound_still_means_no_empty_part():
    problem = Problem.from_graph([0, 0, 3, 0], [[0, 1], [1, 2], [2, 3], [3, 0]], [1, 2, 3, 4])
    result = split(problem, 0, 3, 3)
    assert (result.status, result.objective) == ("proven", brute_force(problem, 0, 3, 3)[0])
    assert sorted(set(result.labels.tolist())) == [0, 1, 2]
