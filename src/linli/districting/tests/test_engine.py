"""The front of the engine: pieces, locks, graphs that are not planar, bad input, searches that keep every rule."""

from __future__ import annotations

import numpy as np
import pytest

from linli.districting import Problem, Progress, split
from linli.districting.problem import connected_pieces
from linli.districting.tests.oracle import brute_force, every_plan, random_planar, street_blocks
from linli.errors import InputError


def holds(problem: Problem, labels: np.ndarray, lower: int, upper: int, parts: int) -> bool:
    same = labels[problem.edges[:, 0]] == labels[problem.edges[:, 1]]
    weights = problem.part_weights(labels, parts)
    one_piece = connected_pieces(problem.n, problem.edges[same]).max() + 1 == parts
    return bool(one_piece and weights.min() >= lower and weights.max() <= upper)


def grid(rows: int, columns: int, **more: object) -> Problem:
    number = np.arange(rows * columns).reshape(rows, columns)
    across = np.stack([number[:, :-1].ravel(), number[:, 1:].ravel()], axis=1)
    down = np.stack([number[:-1].ravel(), number[1:].ravel()], axis=1)
    return Problem.from_graph(np.full(rows * columns, 10), np.concatenate([across, down]), **more)


def test_pieces_are_divided_by_themselves_and_the_parts_dealt_out_at_least_cost():
    left, right = grid(2, 3), grid(3, 3)
    both = Problem.from_graph(
        np.concatenate([left.weights, right.weights]), np.concatenate([left.edges, right.edges + left.n])
    )
    result = split(both, 20, 50, 4)
    costs = [
        brute_force(left, 20, 50, k)[0] + brute_force(right, 20, 50, 4 - k)[0]
        for k in (1, 2, 3)
        if brute_force(left, 20, 50, k) and brute_force(right, 20, 50, 4 - k)
    ]
    assert (result.status, result.objective) == ("proven", min(costs))
    assert holds(both, result.labels, 20, 50, 4)
    assert [proof.objective for proof in result.proof.pieces]
    assert sum(proof.objective for proof in result.proof.pieces) == result.objective


def test_a_piece_that_is_too_light_makes_it_infeasible():
    problem = Problem.from_graph([5, 5, 1], [[0, 1]])
    assert split(problem, 3, 10, 2).status == "infeasible"


def test_graphs_that_are_not_planar_are_never_proven_by_planar_means():
    k5 = Problem.from_graph([3, 4, 5, 6, 7], [[a, b] for a in range(5) for b in range(a)], list(range(1, 11)))
    result = split(k5, 5, 15, 2)
    assert result.status == "proven"
    assert result.proof.method == "cut-mip"
    assert result.objective == brute_force(k5, 5, 15, 2)[0]


def test_fixed_blocks_and_seats_hold_where_no_plan_is_cheaper():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        problem = random_planar(rng, 9)
        lower, upper = int(problem.total / 3 * 0.4), int(problem.total / 3 * 1.6)
        together, alone = rng.choice(9, 3, replace=False).tolist(), int(rng.integers(9))
        fixed = {together[0]: "甲", together[1]: "甲", together[2]: "乙"}
        seats = [together[0], alone] if alone not in together else [together[0]]
        costs = [
            problem.cut(plan)
            for plan in every_plan(problem, lower, upper, 3)
            if plan[together[0]] == plan[together[1]] != plan[together[2]]
            and (len(seats) == 1 or plan[alone] not in (plan[together[0]], plan[together[2]]))
        ]
        result = split(problem, lower, upper, 3, fixed=fixed, seats=seats)
        assert result.objective == (min(costs) if costs else None), seed
        assert result.status == ("proven" if costs else "infeasible")


def test_a_free_number_of_parts_is_proven_over_all_numbers():
    for seed in range(10):
        problem = random_planar(np.random.default_rng(100 + seed), 9)
        lower, upper = problem.total // 5, problem.total // 2 + 1
        truth = brute_force(problem, lower, upper, None)
        result = split(problem, lower, upper)
        assert result.objective == (None if truth is None else truth[0])


def test_a_broken_plan_is_mended_and_open_blocks_are_completed():
    problem = street_blocks(7, 60)
    good = split(problem, 1500, 3500, 3)
    rng = np.random.default_rng(0)
    broken = good.labels.copy()
    broken[rng.choice(60, 15, replace=False)] = rng.integers(-1, 3, 15)
    mended = split(problem, 1500, 3500, 3, start=broken)
    assert mended.objective == good.objective
    locked = {int(b): int(good.labels[b]) for b in range(0, 60, 4)}
    completed = split(problem, 1500, 3500, 3, fixed=locked)
    assert completed.objective == good.objective
    assert holds(problem, completed.labels, 1500, 3500, 3)


@pytest.mark.parametrize("enclaves", [True, False])
def test_a_search_keeps_bounds_and_one_piece_at_every_size(enclaves: bool):
    problem = grid(30, 30, rim=np.pad(np.zeros((28, 28), bool), 1, constant_values=True).ravel())
    result = split(problem, 500, 1500, 9, time_limit=1, enclaves=enclaves)
    assert result.status == "feasible"
    assert holds(problem, result.labels, 500, 1500, 9)
    assert result.objective <= 150
    again = split(problem, 500, 1500, 9, time_limit=1, enclaves=enclaves, start=result.labels)
    assert again.objective <= result.objective


def test_the_same_seed_gives_the_same_plan():
    problem = street_blocks(11, 80)
    first, second = (split(problem, 1500, 3500, 3, seed=5) for _ in range(2))
    assert first.labels.tolist() == second.labels.tolist()


def test_an_interrupt_returns_the_best_plan_so_far():
    problem = grid(30, 30)

    def interrupt(step: Progress) -> None:
        if step.objective is not None:
            raise KeyboardInterrupt

    result = split(problem, 500, 1500, 9, progress=interrupt)
    assert result.interrupted
    assert holds(problem, result.labels, 500, 1500, 9)


def test_counts_in_the_millions_are_proven_as_well():
    rng = np.random.default_rng(4)
    small = random_planar(rng, 10)
    problem = Problem(small.weights * 1_000_003 + rng.integers(0, 1000, 10), small.edges, small.costs)
    lower, upper = int(problem.total / 3 * 0.6), int(problem.total / 3 * 1.4)
    truth = brute_force(problem, lower, upper, 3)
    result = split(problem, lower, upper, 3)
    assert result.objective == truth[0]


@pytest.mark.parametrize(
    ("weights", "edges", "costs", "word"),
    [
        ([1, -2], [[0, 1]], None, "weight"),
        ([1, "x"], [[0, 1]], None, "number"),
        ([1, 2.5], [[0, 1]], None, "whole"),
        ([1, 2], [[0, 2]], None, "outside"),
        ([1, 2], [[1, 1]], None, "neighbour"),
        ([1, 2], [[0, 1]], [-1], "cost"),
        ([1, 2], [[0, 1]], [1, 2], "one cost"),
        ([], [], None, "non-empty"),
    ],
)
def test_bad_graphs_are_refused_by_row_and_value(weights: list, edges: list, costs: list | None, word: str):
    with pytest.raises(InputError, match=word):
        Problem.from_graph(weights, edges, costs)


@pytest.mark.parametrize(("lower", "upper", "parts"), [(5, 3, 2), (-1, 3, 2), (1, 3, 0)])
def test_crossed_bounds_are_refused(lower: int, upper: int, parts: int):
    with pytest.raises(InputError):
        split(grid(2, 2), lower, upper, parts)
