"""Plans around centres are the cheapest there are, and say so honestly."""

from __future__ import annotations

import numpy as np
import pytest

from linli.districting.assignment import (
    access_costs,
    inertia_costs,
    solve_assignment,
    split_access,
    split_continuity,
    split_inertia,
)
from linli.districting.problem import Problem
from linli.districting.separators import is_plan
from linli.districting.tests.oracle import every_plan, least_sum, random_planar, street_blocks
from linli.errors import InputError


def least_inertia(problem: Problem, labels: np.ndarray, parts: int) -> float:
    cost = inertia_costs(problem)
    blocks = [np.flatnonzero(labels == part) for part in range(parts)]
    return sum(cost[np.ix_(chosen, chosen)].sum(axis=0).min() for chosen in blocks)


def inertia_of_sets(problem: Problem) -> np.ndarray:
    held = (np.arange(1 << problem.n)[:, None] >> np.arange(problem.n) & 1).astype(bool)
    around = np.where(held, held @ inertia_costs(problem), np.inf)
    return around.min(axis=1)


def random_case(seed: int, most: int = 10) -> tuple[Problem, int, int, int]:
    rng = np.random.default_rng(seed)
    problem = random_planar(rng, int(rng.integers(5, most)), deleted=float(rng.random() * 0.5))
    parts = int(rng.integers(2, 5))
    slack = float(rng.choice([0.1, 0.3, 0.6]))
    mean = problem.total / parts
    return problem, int(mean * (1 - slack)), int(mean * (1 + slack)) + 1, parts


def test_inertia_is_the_least_of_every_plan():
    infeasible = 0
    for seed in range(60):
        problem, lower, upper, parts = random_case(seed)
        least = least_sum(problem, lower, upper, parts, inertia_of_sets(problem))
        result = split_inertia(problem, lower, upper, parts)
        if least is None:
            assert result.status == "infeasible"
            assert result.labels is None
            infeasible += 1
            continue
        assert result.status == "proven"
        assert result.objective == pytest.approx(least[0], rel=1e-7)
        assert result.objective == pytest.approx(least_inertia(problem, result.labels, parts), rel=1e-12)
        assert is_plan(problem, result.labels, parts, lower, upper)
    assert 3 < infeasible < 40


def test_continuity_is_the_least_of_every_plan():
    for seed in range(25):
        problem, lower, upper, parts = random_case(seed, 9)
        rng = np.random.default_rng(seed)
        community = (problem.xy[:, 0] > 500).astype(int)
        kept = [c for c in (0, 1) if (community == c).any() and rng.random() < 0.7]
        seats = {c: int(np.flatnonzero(community == c)[0]) for c in kept}
        values = []
        for labels in every_plan(problem, lower, upper, parts):
            homes = [labels[block] for block in seats.values()]
            if len(set(homes)) == len(homes):
                stay = sum(
                    problem.weights[(labels == home) & (community == c)].sum()
                    for c, home in zip(seats, homes, strict=True)
                )
                values.append(int(problem.total - stay))
        result = split_continuity(problem, lower, upper, parts, community_of=community, seats=seats)
        assert result.status == ("proven" if values else "infeasible")
        if values:
            assert result.objective == min(values)
            assert [int(result.labels[block]) for block in seats.values()] == list(range(len(seats)))


def test_access_serves_each_part_by_a_station_of_its_own():
    for seed in range(20):
        problem, lower, upper, parts = random_case(seed, 9)
        stations = np.random.default_rng(seed).permutation(problem.n)[: parts + 1]
        cost = access_costs(problem, stations)
        values = []
        for labels in every_plan(problem, lower, upper, parts):
            best = []
            for part in range(parts):
                own = [cost[labels == part, s].sum() for s, block in enumerate(stations) if labels[block] == part]
                best.append(min(own, default=np.inf))
            values.append(sum(best))
        result = split_access(problem, lower, upper, parts, stations=stations)
        if not values or not np.isfinite(min(values)):
            assert result.status == "infeasible"
        else:
            assert result.status == "proven"
            assert result.objective == pytest.approx(min(values), rel=1e-7, abs=1e-9)


def test_streets_are_proven_and_inside_the_bounds():
    for n in (60, 100):
        problem = street_blocks(100 + n, n)
        result = split_inertia(problem, 1500, 3500, 3)
        assert result.status == "proven"
        assert result.gap == 0
        assert is_plan(problem, result.labels, 3, 1500, 3500)
        assert "No plan of 3 connected parts" in result.proof.claim


def test_bound_of_a_stopped_search_lies_below_the_optimum():
    problem = street_blocks(2, 80)
    optimum = split_inertia(problem, 2200, 2600, 3)
    assert optimum.status == "proven"
    early = split_inertia(problem, 2200, 2600, 3, time_limit=0.0)
    assert early.bound <= optimum.objective * (1 + 1e-9)
    assert early.labels is None or early.objective >= optimum.objective * (1 - 1e-9)


def test_a_good_start_is_never_made_worse():
    problem = street_blocks(3, 60)
    best = split_inertia(problem, 1500, 3500, 3)
    again = split_inertia(problem, 1500, 3500, 3, start=best.labels, time_limit=0.0)
    assert again.objective <= best.objective


def test_interruption_returns_the_best_so_far():
    problem = street_blocks(4, 60)

    def interrupt(step: object) -> None:
        if step.stage == "bound":
            raise KeyboardInterrupt

    result = split_inertia(problem, 1500, 3500, 3, progress=interrupt)
    assert result.interrupted
    assert result.status == "feasible"
    assert is_plan(problem, result.labels, 3, 1500, 3500)


def test_parts_broken_by_a_cheap_far_block_are_mended():
    """A path of five blocks where the two ends would rather share a centre."""
    problem = Problem.from_graph([1] * 5, [(0, 1), (1, 2), (2, 3), (3, 4)])
    cost = np.array([[0, 9, 9], [9, 9, 0], [9, 0, 9], [9, 9, 0], [0, 9, 9]], dtype=float)
    result = solve_assignment(problem, cost, [0, 2, 3], 1, 4, 2)
    assert result.status == "proven"
    assert is_plan(problem, result.labels, 2, 1, 4)
    values = []
    for labels in every_plan(problem, 1, 4, 2):
        for pair in ((0, 1), (0, 2), (1, 2)):
            a, b = (np.array([0, 2, 3])[p] for p in pair)
            if labels[a] != labels[b]:
                values.append(sum(cost[i, pair[0] if labels[i] == labels[a] else pair[1]] for i in range(5)))
    assert result.objective == min(values)


def test_inertia_without_coordinates_is_refused():
    with pytest.raises(InputError, match="place of each block"):
        split_inertia(Problem.from_graph([1, 1], [(0, 1)]), 1, 1, 2)


def test_order_of_blocks_does_not_matter():
    problem = street_blocks(6, 40)
    turn = np.random.default_rng(0).permutation(problem.n)
    a, b = split_inertia(problem, 1500, 3500, 3), split_inertia(problem.subproblem(turn), 1500, 3500, 3)
    assert a.objective == pytest.approx(b.objective, rel=1e-9)
