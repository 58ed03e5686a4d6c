"""The oracle agrees with itself and with the published enumeration."""

from __future__ import annotations

import json

import numpy as np

from linli.districting.problem import Problem, connected_pieces
from linli.districting.tests.oracle import brute_force, every_plan, random_planar, street_blocks


def test_least_cut_is_the_least_of_every_plan():
    for seed in range(30):
        rng = np.random.default_rng(seed)
        problem = random_planar(rng, int(rng.integers(4, 9)))
        parts = int(rng.integers(2, 4))
        lower, upper = int(problem.total * 0.6 / parts), int(problem.total * 1.4 / parts)
        cuts = [problem.cut(labels) for labels in every_plan(problem, lower, upper, parts)]
        found = brute_force(problem, lower, upper, parts)
        assert (found is None) == (not cuts)
        if found:
            assert found[0] == min(cuts) == problem.cut(found[1])
            assert len(set(found[1].tolist())) == parts


def test_a_ring_around_a_block_is_refused_where_the_rim_is_known():
    edges = [(0, 1), (1, 2), (2, 3), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4)]
    free = Problem.from_graph([1, 1, 1, 1, 4], edges)
    assert brute_force(free, 4, 4, 2)[0] == 4
    fenced = Problem.from_graph([1, 1, 1, 1, 4], edges, rim=[True] * 4 + [False])
    assert brute_force(fenced, 4, 4, 2) is None


def test_the_grid_of_sixteen_has_117_divisions_into_four_equal_parts():
    """Known: 117 divisions of a 4 x 4 grid into four tetrominoes."""
    place = [(r, c) for r in range(4) for c in range(4)]
    edges = [
        (a, b)
        for a, p in enumerate(place)
        for b, q in enumerate(place)
        if a < b and abs(p[0] - q[0]) + abs(p[1] - q[1]) == 1
    ]
    grid = Problem.from_graph([1] * 16, edges)
    assert sum(1 for _ in every_plan(grid, 4, 4, 4)) == 117


def test_random_planar_graphs_are_connected_and_planar():
    import networkx

    for seed in range(15):
        problem = random_planar(np.random.default_rng(seed), 12)
        assert connected_pieces(problem.n, problem.edges).max() == 0
        assert networkx.check_planarity(networkx.Graph(problem.edges.tolist()))[0]
        assert problem.rim.any()


def test_street_blocks_fit_three_parts():
    for n in (60, 150):
        assert 4500 < street_blocks(1, n).total < 10500


def test_published_enumeration_has_the_published_minima(shared_data):
    plans = np.load(shared_data / "redist" / "fl25_enum.npz")
    edges, deviation = plans["edges"].astype(int), plans["pop_dev"]
    labels = plans["plans"]
    cut = (labels[edges[:, 0]] != labels[edges[:, 1]]).sum(axis=0)
    for row in json.loads((shared_data / "redist" / "fl25_exact_minima.json").read_text()):
        within = deviation <= row["tol"]
        assert (int(within.sum()), int(cut[within].min())) == (row["plans"], row["min_cut_edges"])
