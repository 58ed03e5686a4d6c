"""A city region by region: every rule holds, the seed alone decides, a killed search goes on, enclaves are seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from linli.districting import City, Problem, split
from linli.districting.city import clusters, enclosing, part_graph, search_city
from linli.districting.lawful import Demands, lawful
from linli.districting.planar import embed
from linli.districting.problem import connected_pieces
from linli.districting.tests.oracle import random_planar
from linli.errors import InputError

WIDE, TALL = 60, 42
LOWER, UPPER, PARTS = 12, 32, 210


def town(seed: int = 1) -> Problem:
    """A grid of blocks of one to three people, with dear and cheap lines, its rim known."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(WIDE), np.arange(TALL), indexing="ij")
    number = (x * TALL + y).ravel()
    right = np.stack([number[x.ravel() < WIDE - 1], number[x.ravel() < WIDE - 1] + TALL], axis=1)
    up = np.stack([number[y.ravel() < TALL - 1], number[y.ravel() < TALL - 1] + 1], axis=1)
    edges = np.concatenate([right, up])
    rim = ((x == 0) | (x == WIDE - 1) | (y == 0) | (y == TALL - 1)).ravel()
    xy = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    return Problem.from_graph(
        np.full(WIDE * TALL, 1), edges, rng.integers(1, 30, len(edges)), xy, rim=rim
    )  # fmt: skip


def demands(problem: Problem) -> Demands:
    assert problem.rim is not None
    return Demands(LOWER, UPPER, False, problem.rim, np.full(problem.n, -1, np.int64))


def holds(problem: Problem, label: np.ndarray) -> None:
    same = label[problem.edges[:, 0]] == label[problem.edges[:, 1]]
    weights = problem.part_weights(label, PARTS)
    assert connected_pieces(problem.n, problem.edges[same]).max() + 1 == PARTS
    assert (weights.min() >= LOWER, weights.max() <= UPPER) == (True, True)
    root = embed(problem)
    assert root is not None
    assert lawful(root, demands(problem), PARTS, label)


def test_a_town_keeps_every_rule_and_each_round_shortens_its_line() -> None:
    problem, costs = town(), []
    for rounds in (1, 3):
        result = split(problem, LOWER, UPPER, PARTS, seed=3, city=City(rounds=rounds))
        assert result.status == "feasible"
        assert result.labels is not None
        holds(problem, result.labels)
        costs.append(result.objective)
    assert costs[1] < costs[0]


def test_the_plan_depends_on_the_seed_and_not_on_the_workers() -> None:
    problem = town()
    plans = [split(problem, LOWER, UPPER, PARTS, seed=s, city=City(rounds=2, workers=w)).labels
             for s, w in ((5, 1), (5, 2), (5, 3), (6, 1))]  # fmt: skip
    assert (plans[0] == plans[1]).all()
    assert (plans[0] == plans[2]).all()
    assert (plans[0] != plans[3]).any()


def test_a_free_number_of_parts_leaves_room_in_each() -> None:
    problem = town()
    result = split(problem, LOWER, UPPER, seed=1, time_limit=6, city=City(rounds=1))
    assert result.labels is not None
    assert problem.total / UPPER < result.parts < problem.total / LOWER


def test_a_time_limit_ends_it_with_a_plan() -> None:
    began = time.monotonic()
    result = split(town(), LOWER, UPPER, PARTS, seed=1, time_limit=1.0)
    assert result.labels is not None
    assert time.monotonic() - began < 30


def test_blocks_that_belong_together_stay_so() -> None:
    problem = town()
    result = split(
        problem, LOWER, UPPER, PARTS, seed=1, fixed={0: "a", 1: "a", 5: "b"}, time_limit=8, city=City(rounds=2)
    )
    assert result.labels is not None
    assert result.labels[0] == result.labels[1] != result.labels[5]
    holds(problem, result.labels)


@pytest.mark.parametrize("seed", range(30))
def test_parts_that_enclose_others_are_seen_as_the_slow_check_sees_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = random_planar(rng, 40)
    root = embed(problem)
    assert root is not None
    assert problem.rim is not None
    label = np.arange(40)
    for _ in range(32):  # join neighbours until eight parts are left, enclosed or not
        ends = problem.edges[label[problem.edges[:, 0]] != label[problem.edges[:, 1]]]
        a, b = label[ends[rng.integers(len(ends))]]
        label[label == a] = b
    label = np.unique(label, return_inverse=True)[1]
    rule = Demands(0, 10_000, False, problem.rim, np.full(40, -1, np.int64))
    assert (len(enclosing(root, rule, 8, label)) == 0) == lawful(root, rule, 8, label)


def test_regions_are_connected_and_of_bounded_size() -> None:
    problem = town()
    root = embed(problem)
    assert root is not None
    found = search_city(root, demands(problem), PARTS, City(rounds=1), seed=1)
    assert found.label is not None
    group = clusters(root, found.label, PARTS, 40, 7)
    start, ends = part_graph(root, found.label, PARTS)
    first = np.repeat(np.arange(PARTS), np.diff(start))
    pairs = np.stack([first, ends], axis=1)
    assert connected_pieces(PARTS, pairs[group[first] == group[ends]]).max() + 1 == group.max() + 1
    assert np.bincount(group).max() <= 80


def round_of(kept: Path) -> int:
    """The round that a checkpoint is in; -1 before there is one."""
    if not kept.exists():
        return -1
    with np.load(kept) as state:
        return int(state["number"])


@pytest.mark.parametrize("in_round", [0, 2])
def test_a_killed_search_goes_on_and_ends_where_it_would_have_ended(tmp_path: Path, in_round: int) -> None:
    kept = tmp_path / "city.npz"
    script = (
        "from linli.districting import City, split\n"
        "from linli.districting.tests.test_city import *\n"
        "import linli.districting.city as room\n"
        "room.REGIONS_A_BATCH = 2\n"
        "from pathlib import Path\n"
        f"result = split(town(), LOWER, UPPER, PARTS, seed=4, city=City(rounds=3, checkpoint=Path({str(kept)!r})))\n"
        "print(result.objective)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as killed:
        until = time.monotonic() + 120
        while round_of(kept) < in_round and time.monotonic() < until:
            time.sleep(0.01)
        os.kill(killed.pid, signal.SIGKILL)
    assert kept.exists()
    again = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True)
    whole = split(town(), LOWER, UPPER, PARTS, seed=4, city=City(rounds=3))
    assert float(again.stdout) == whole.objective
    with pytest.raises(InputError):
        split(town(), LOWER, UPPER, PARTS, seed=9, city=City(rounds=3, checkpoint=kept))
    kept.write_bytes(b"no checkpoint")
    with pytest.raises(InputError):
        split(town(), LOWER, UPPER, PARTS, seed=4, city=City(rounds=3, checkpoint=kept))


def test_a_drawing_without_crossings_is_the_embedding() -> None:
    problem = town()
    root = embed(problem)
    assert root is not None
    assert len(root.opened) == len(problem.edges) - problem.n + 2
    assert root.opened.sum() == 1, "the outside alone"
    across = Problem.from_graph(
        [1] * 4, [[0, 1], [1, 2], [2, 3], [3, 0]], [1] * 4, np.array([[0.0, 0], [1, 1], [1, 0], [0, 1]])
    )
    crossing = embed(across)
    assert crossing is not None, "lines that cross are embedded otherwise"
    assert len(crossing.opened) == 2
