"""The integer program for cuts agrees with the truth, on planar graphs and others."""

from __future__ import annotations

import dataclasses
import json
import signal
import subprocess
import sys

import numpy as np
import pytest

from linli.districting.cutmip import split_cut_mip
from linli.districting.problem import Problem
from linli.districting.result import Progress
from linli.districting.separators import is_plan
from linli.districting.tests.oracle import brute_force, every_plan, random_planar, street_blocks


def random_case(seed: int) -> tuple[Problem, int, int, int]:
    rng = np.random.default_rng(seed)
    problem = random_planar(rng, int(rng.integers(5, 11)), deleted=float(rng.random() * 0.5))
    parts = int(rng.integers(2, 5))
    slack = float(rng.choice([0.1, 0.3, 0.6]))
    mean = problem.total / parts
    return problem, int(mean * (1 - slack)), int(mean * (1 + slack)) + 1, parts


def check(problem: Problem, lower: int, upper: int, parts: int) -> bool:
    truth = brute_force(problem, lower, upper, parts)
    result = split_cut_mip(problem, lower, upper, parts)
    if truth is None:
        assert result.status == "infeasible"
        return False
    assert result.status == "proven"
    assert result.objective == result.bound == truth[0]
    assert is_plan(problem, result.labels, parts, lower, upper)
    assert problem.cut(result.labels) == truth[0]
    return True


def test_planar_graphs_without_enclaves():
    solved = sum(check(*random_case(seed)) for seed in range(30))
    assert 8 < solved < 30


def test_graphs_with_bridges_are_as_good():
    for seed in range(15):
        problem, lower, upper, parts = random_case(seed + 1000)
        rng = np.random.default_rng(seed)
        extra = [(a, b) for a in range(problem.n) for b in range(a + 1, problem.n) if rng.random() < 0.15]
        edges = np.concatenate([problem.edges, np.array(extra, dtype=int).reshape(-1, 2)])
        costs = np.concatenate([problem.costs, rng.integers(1, 50, len(extra))])
        check(Problem.from_graph(problem.weights, edges, costs), lower, upper, parts)


def test_a_further_rule_excludes_plans():
    for seed in range(6):
        problem, lower, upper, parts = random_case(seed)

        def accept(labels: np.ndarray) -> bool:
            return bool(labels[0] != labels[-1])

        cuts = [problem.cut(labels) for labels in every_plan(problem, lower, upper, parts) if accept(labels)]
        result = split_cut_mip(problem, lower, upper, parts, accept=accept)
        assert result.status == ("proven" if cuts else "infeasible")
        if cuts:
            assert result.objective == min(cuts)
            assert accept(result.labels)


def test_blocks_are_kept_together_and_apart():
    outcomes = set()
    for seed in range(12):
        problem, lower, upper, parts = random_case(seed)
        rng = np.random.default_rng(seed)
        together, apart = rng.integers(-4, 3, problem.n), rng.integers(-4, 2, problem.n)
        together[together < 0], apart[apart < 0] = -1, -1
        sets = np.arange(1 << problem.n)[:, None] >> np.arange(problem.n) & 1 == 1
        allowed = ~np.logical_and.reduce([(sets & (apart == v)).any(axis=1) for v in (0, 1)])
        for group in range(3):
            held = (sets & (together == group)).sum(axis=1)
            allowed &= (held == 0) | (held == (together == group).sum())
        for pieces in (True, False):
            free = dataclasses.replace(problem, rim=None)
            truth = brute_force(free, lower, upper, parts, allowed=allowed, pieces=pieces)
            rules = {"together": [together], "apart": [apart], "pieces": pieces}
            result = split_cut_mip(free, lower, upper, parts, **rules)
            assert result.status == ("infeasible" if truth is None else "proven")
            assert result.objective == (None if truth is None else truth[0])
            some = split_cut_mip(free, lower, upper, parts, any_plan=True, **rules)
            assert (some.labels is None) == (truth is None)
            outcomes.add((pieces, result.status))
    assert len(outcomes) == 4


def test_fractional_costs_come_back_in_the_users_unit():
    problem = Problem.from_graph([1, 1, 1, 1], [(0, 1), (1, 2), (2, 3), (0, 3)], [1.25, 0.5, 1.25, 2.0])
    result = split_cut_mip(problem, 2, 2, 2)
    assert result.objective == pytest.approx(2.5)
    assert result.bound == result.objective


def test_a_stopped_search_keeps_an_honest_bound():
    problem, lower, upper, parts = random_case(3)
    truth = brute_force(problem, lower, upper, parts)
    result = split_cut_mip(problem, lower, upper, parts, time_limit=0.0)
    assert truth is not None
    assert result.bound <= truth[0]


def test_published_enumeration_is_met_at_tight_and_loose_bounds(shared_data):
    plans = np.load(shared_data / "redist" / "fl25_enum.npz")
    problem = Problem.from_graph(plans["pop"], plans["edges"].astype(int))
    mean = problem.total / 3
    for row in json.loads((shared_data / "redist" / "fl25_exact_minima.json").read_text())[1::4]:
        lower = max(0, int(np.ceil(mean * (1 - row["tol"]))))
        upper = int(np.floor(mean * (1 + row["tol"])))
        result = split_cut_mip(problem, lower, upper, 3)
        assert (result.status, result.objective) == ("proven", row["min_cut_edges"])


def test_control_c_during_the_program_returns_the_best_so_far():
    problem = street_blocks(1, 140)  # far from proven when it is pressed
    begun = []

    def press(step: Progress) -> None:
        if step.stage == "program" and not begun:
            begun.append(step)
            signal.raise_signal(signal.SIGINT)

    result = split_cut_mip(problem, 1500, 3500, 3, progress=press)
    assert begun
    assert result.interrupted
    assert result.status == "feasible"
    assert result.bound <= result.objective
    assert is_plan(problem, result.labels, 3, 1500, 3500)


def test_standard_output_stays_clean():
    program = (
        "import numpy as np; from linli.districting.milp import Model; one = np.ones(1);"
        "assert Model(one, 0 * one, one, one > 0).solve().status == 'optimal'"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
