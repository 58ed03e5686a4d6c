"""Annealing keeps every rule, counts its objective right, and finds the best plan of small problems."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.districting.anneal import anneal, compile_score, split_by_annealing
from linli.districting.flips import VALUE, flips, new_state, refresh
from linli.districting.goals import Goals, Measures
from linli.districting.lawful import Demands
from linli.districting.planar import embed, plain_region
from linli.districting.problem import Ints, Problem
from linli.districting.region import Region
from linli.districting.rings import may_move, rings_of
from linli.districting.separators import is_plan
from linli.districting.tests.oracle import every_plan, possible_parts, random_planar
from linli.errors import InputError

EVERY = ("boundary", "feeling", "balance", "polsby_popper", "inertia", "continuity", "access", "facilities", "workload")


def goals_for(problem: Problem, seed: int, weights: dict[str, float], **more: object) -> Goals:
    rng = np.random.default_rng(seed)
    n, m = problem.n, len(problem.edges)
    data: dict[str, object] = {
        "edge_costs": {"feeling": rng.integers(0, 9, m)},
        "metres": rng.uniform(10, 90, m),
        "area": rng.uniform(500, 900, n),
        "rim_metres": rng.uniform(10, 90, n),
        "present": rng.integers(-1, 3, n),
        "walk": rng.uniform(0, 900, (n, 3)),
        "stations": rng.choice(n, 3, replace=False),
        "supplies": rng.integers(0, 2, (n, 2)),
        "norm": [1, 0.5],
        "norm_per_household": [0, 0.02],
        "cases": rng.integers(0, 30, n),
        "persons": rng.integers(0, 60, n),
        "workers_per_person": 0.03,
    }
    return Goals(weights, **{**data, **more})  # type: ignore[arg-type]


def every_goal(problem: Problem, seed: int, **more: object) -> Goals:
    weights = dict(zip(EVERY, (1.0, 2.0, 30.0, 40.0, 1.0, 1.5, 0.01, 5.0, 2.0), strict=True))
    return goals_for(problem, seed, weights, **more)


def bounds(problem: Problem, parts: int, slack: float = 0.5) -> tuple[int, int]:
    mean = problem.total / parts
    return int(mean * (1 - slack)), int(mean * (1 + slack)) + 1


def demands_of(problem: Problem, lower: int, upper: int, *, enclaves: bool = False) -> Demands:
    rim = problem.rim if problem.rim is not None else np.zeros(problem.n, np.bool_)
    return Demands(lower, upper, enclaves or not rim.any(), rim, np.full(problem.n, -1, np.int64))


def region_of(problem: Problem) -> Region:
    root = embed(problem)
    assert root is not None
    return root


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(6, 30), parts=st.integers(2, 4), rim=st.booleans())
def test_plans_keep_bounds_one_piece_and_no_enclave(seed: int, n: int, parts: int, rim: bool) -> None:
    problem = random_planar(np.random.default_rng(seed), n, deleted=0.4)
    if not rim:
        problem = Problem(problem.weights, problem.edges, problem.costs, xy=problem.xy)
    lower, upper = bounds(problem, parts)
    result = split_by_annealing(problem, lower, upper, parts, every_goal(problem, seed), seed=seed, sweeps=60)
    assert result.status in ("feasible", "infeasible")
    if result.labels is not None:
        assert is_plan(problem, result.labels, parts, lower, upper)
        assert result.bound is None


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(4, 12), rim=st.booleans(), deleted=st.sampled_from([0.0, 0.3, 0.7]),
    plain=st.booleans(),
)  # fmt: skip
def test_the_ring_around_a_block_allows_just_what_the_rules_allow(
    seed: int, n: int, rim: bool, deleted: float, plain: bool
) -> None:
    rng = np.random.default_rng(seed)
    problem = random_planar(rng, n, deleted=deleted)
    if not rim:
        problem = Problem(problem.weights, problem.edges, problem.costs)
    region = plain_region(problem) if plain else region_of(problem)
    marks = problem.rim if problem.rim is not None else np.zeros(n, np.bool_)
    rings = rings_of(region, marks)
    usable = possible_parts(problem, 0, problem.total)
    plans = list(every_plan(problem, 0, problem.total, 3))
    chosen = [plans[i] for i in rng.permutation(len(plans))[:30]]
    mark, stack = np.zeros(n + 1, np.int64), np.zeros(n, np.int64)
    for plan in chosen:
        label = np.append(plan, -1)
        for a, b in [*problem.edges.tolist(), *problem.edges[:, ::-1].tolist()]:
            if plan[a] == plan[b] or (plan == plan[a]).sum() == 1:
                continue
            after = plan.copy()
            after[a] = plan[b]
            legal = all(usable[int(sum(1 << int(v) for v in np.flatnonzero(after == p)))] for p in range(3))
            assert may_move(region, rings, label, mark, stack, a, int(plan[b]), rim) == legal


@pytest.mark.parametrize("goal", [*EVERY, "all"])
def test_the_running_objective_is_the_one_measured_from_scratch(goal: str) -> None:
    problem = random_planar(np.random.default_rng(5), 40)
    parts = 4
    lower, upper = bounds(problem, parts, 0.4)
    goals = every_goal(problem, 1) if goal == "all" else goals_for(problem, 1, {goal: 3.0})
    measures, demands, root = Measures(problem, goals), demands_of(problem, lower, upper), region_of(problem)
    score = compile_score(measures, root, demands, parts)
    assert score.stay.shape == measures.stay.shape, "names_kept points into it, whatever the goals"
    rings = rings_of(root, demands.rim)
    labels, *_ = anneal(problem, root, demands, parts, measures, sweeps=1)
    assert labels is not None
    state = new_state(root, score, parts)
    state.label[:-1] = labels
    for turn in range(8):
        state.keeps[:] = measures.names_kept(state.label[:-1], parts)
        refresh(root, score, state)
        value = measures.objective(measures.terms(state.label[:-1], parts))
        assert state.now[VALUE] == pytest.approx(value, rel=1e-9, abs=1e-9)
        before = state.label.copy()
        flips(root, rings, score, state, np.zeros(2000, np.int64), 1e9, -1.0, 500, True, turn)
        running = float(state.now[VALUE])
        refresh(root, score, state)
        assert running == pytest.approx(float(state.now[VALUE]), rel=1e-9, abs=1e-9)
        assert (before != state.label).any()
        assert is_plan(problem, state.label[:-1], parts, lower, upper)


def least(problem: Problem, measures: Measures, lower: int, upper: int, parts: int) -> float | None:
    values = [
        measures.objective(measures.terms(plan, parts))
        for plan in every_plan(problem, lower, upper, parts)
        if measures.keeps_caps(plan, parts)
    ]
    return min(values) if values else None


@pytest.mark.parametrize("goal", [*EVERY, "all"])
def test_tiny_problems_end_at_the_best_plan_there_is(goal: str) -> None:
    reached, cases = 0, 0
    for seed in range(4):
        problem = random_planar(np.random.default_rng(100 + seed), 10)
        parts = 2 + seed % 2
        lower, upper = bounds(problem, parts, 0.3)
        goals = every_goal(problem, seed) if goal == "all" else goals_for(problem, seed, {goal: 1.0})
        truth = least(problem, Measures(problem, goals), lower, upper, parts)
        result = split_by_annealing(problem, lower, upper, parts, goals, seed=seed, sweeps=2000)
        if truth is None:
            assert result.status == "infeasible"
            continue
        cases += 1
        assert result.objective is not None
        assert result.objective >= truth - 1e-9
        reached += abs(result.objective - truth) <= 1e-6 * max(1.0, truth)
    assert cases >= 3
    assert reached >= cases - 1


def test_a_start_is_never_made_worse() -> None:
    problem = random_planar(np.random.default_rng(8), 40)
    lower, upper = bounds(problem, 4)
    goals = every_goal(problem, 2)
    start = split_by_annealing(problem, lower, upper, 4, goals, sweeps=20).labels
    assert start is not None
    measures = Measures(problem, goals)
    begun = measures.objective(measures.terms(start, 4))
    for sweeps in (1, 20, 300):
        result = split_by_annealing(problem, lower, upper, 4, goals, start=start, seed=3, sweeps=sweeps)
        assert result.objective is not None
        assert result.objective <= begun
        assert result.labels is not None
        assert result.objective == pytest.approx(measures.objective(measures.terms(result.labels, 4)))


def test_locked_blocks_stay_together_and_apart() -> None:
    for seed in range(6):
        problem = random_planar(np.random.default_rng(seed), 20)
        lower, upper = bounds(problem, 3, 0.6)
        fixed = {0: "east", 1: "east", 2: "west"}
        result = split_by_annealing(
            problem, lower, upper, 3, every_goal(problem, seed), fixed=fixed, seats=[3], seed=seed, sweeps=100
        )
        if result.labels is None:
            assert result.status == "infeasible"
            continue
        label = result.labels
        assert label[0] == label[1]
        assert len({int(label[0]), int(label[2]), int(label[3])}) == 3
        assert is_plan(problem, label, 3, lower, upper)


def test_capped_sums_are_brought_under_their_limit_and_stay_there() -> None:
    kept = 0
    for seed in range(6):
        problem = random_planar(np.random.default_rng(seed), 10)
        lower, upper = bounds(problem, 3, 0.6)
        column = np.random.default_rng(seed).integers(0, 10, 10)
        limit = float(np.ceil(column.sum() / 3 * 1.3))
        goals = goals_for(problem, seed, {"boundary": 1.0}, capped={"shops": (column, limit)})
        truth = least(problem, Measures(problem, goals), lower, upper, 3)
        result = split_by_annealing(problem, lower, upper, 3, goals, seed=seed, sweeps=1500)
        if truth is None:
            assert result.labels is None
            continue
        assert result.labels is not None
        assert np.bincount(result.labels, column).max() <= limit
        kept += result.objective == pytest.approx(truth)
    assert kept >= 3


def test_one_seed_gives_one_plan() -> None:
    problem = random_planar(np.random.default_rng(3), 40)
    lower, upper = bounds(problem, 4)
    one, two = (split_by_annealing(problem, lower, upper, 4, every_goal(problem, 1), seed=7, sweeps=80) for _ in "ab")
    assert one.labels is not None
    assert two.labels is not None
    assert one.labels.tolist() == two.labels.tolist()
    assert one.objective == two.objective


def test_the_order_of_the_blocks_does_not_matter_to_validity() -> None:
    problem = random_planar(np.random.default_rng(4), 30)
    lower, upper = bounds(problem, 3)
    for seed in range(5):
        shuffled = problem.subproblem(np.random.default_rng(seed).permutation(30))
        result = split_by_annealing(shuffled, lower, upper, 3, every_goal(shuffled, seed), seed=seed, sweeps=100)
        assert result.labels is not None
        assert is_plan(shuffled, result.labels, 3, lower, upper)


def complete(n: int) -> Problem:
    pairs = np.array([(a, b) for a in range(n) for b in range(a + 1, n)])
    return Problem.from_graph(np.arange(1, n + 1), pairs, np.arange(1, len(pairs) + 1), rim=np.arange(n) < 3)


def test_graphs_with_crossing_lines_are_divided_too() -> None:
    problem = complete(9)
    result = split_by_annealing(problem, 8, 25, 3, Goals({"boundary": 1.0}), sweeps=500)
    assert result.labels is not None
    assert is_plan(problem, result.labels, 3, 8, 25)
    assert result.objective == least(problem, Measures(problem, Goals({"boundary": 1.0})), 8, 25, 3)


def test_islands_are_divided_each_by_itself_but_measured_together() -> None:
    one, two = random_planar(np.random.default_rng(1), 8), random_planar(np.random.default_rng(2), 8)
    assert one.rim is not None
    assert two.rim is not None
    problem = Problem(
        np.full(16, 5), np.concatenate([one.edges, two.edges + 8]), np.concatenate([one.costs, two.costs]),
        rim=np.concatenate([one.rim, two.rim]),
    )  # fmt: skip
    goals = Goals({"boundary": 1.0, "balance": 1000.0})
    result = split_by_annealing(problem, 10, 30, 4, goals, sweeps=400)
    assert result.labels is not None
    assert is_plan(problem, result.labels, 4, 10, 30)
    assert result.objective == pytest.approx(least(problem, Measures(problem, goals), 10, 30, 4))


def test_tight_bounds_are_passed_by_exchanges() -> None:
    side = 6
    grid = np.arange(36).reshape(side, side)
    edges = np.concatenate([np.stack([grid[:, :-1].ravel(), grid[:, 1:].ravel()], 1),
                            np.stack([grid[:-1].ravel(), grid[1:].ravel()], 1)])  # fmt: skip
    problem = Problem.from_graph(np.ones(36, np.int64), edges)
    comb: Ints = (grid % side >= 3).astype(np.int64)
    comb[0, 3], comb[5, 2], comb[2, 3], comb[3, 2] = 0, 1, 0, 1
    result = split_by_annealing(problem, 18, 18, 2, Goals({"boundary": 1.0}), start=comb.ravel(), sweeps=800)
    assert result.objective == 6


def test_an_interruption_or_a_passed_deadline_returns_the_best_plan_so_far() -> None:
    problem = random_planar(np.random.default_rng(6), 40)
    lower, upper = bounds(problem, 4)
    calls: list[float] = []

    def stop(progress: object) -> None:
        calls.append(0.0)
        if len(calls) == 3:
            raise KeyboardInterrupt

    goals = every_goal(problem, 1)
    result = split_by_annealing(problem, lower, upper, 4, goals, sweeps=5000, progress=stop)
    assert result.interrupted
    assert len(calls) == 3
    assert result.labels is not None
    assert is_plan(problem, result.labels, 4, lower, upper)
    began = time.monotonic()
    late = split_by_annealing(problem, lower, upper, 4, goals, time_limit=0.0)
    assert late.labels is not None
    assert time.monotonic() - began < 5


def test_wrong_goals_are_refused_with_the_name_of_what_is_wrong() -> None:
    problem = random_planar(np.random.default_rng(1), 8)
    with pytest.raises(InputError, match="no such goal"):
        Measures(problem, Goals({"beauty": 1.0}))
    with pytest.raises(InputError, match="needs walk"):
        Measures(problem, Goals({"access": 1.0}))
    with pytest.raises(InputError, match="at least 0"):
        Measures(problem, Goals({"boundary": -1.0}))
    with pytest.raises(InputError, match="shape"):
        Measures(problem, Goals({"workload": 1.0}, cases=[1, 2]))
