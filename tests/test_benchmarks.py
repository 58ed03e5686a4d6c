"""The benchmark harness: instances are sound, the checker sees faults, sections of the report merge."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.chart import Bar, Panel, draw
from benchmarks.check import check, inertia
from benchmarks.instances import (
    COUNT,
    KINDS,
    Instance,
    community,
    district,
    hard_cases,
    inertia_cases,
    prices,
    seed_suite,
    town,
)
from benchmarks.models import highs_cut, highs_hess, separators
from benchmarks.report import Section, misses_of, publish, read_sections, replace_section, table
from benchmarks.startup import command_seconds

SUITE = [*seed_suite(), *hard_cases()]


def partition_by_trees(instance: Instance, tries: int = 3000) -> np.ndarray:
    """Some lawful partition: cut subtrees of fitting weight off random spanning trees."""
    problem, rng = instance.problem, np.random.default_rng(0)
    for _ in range(tries):
        labels, left = np.zeros(problem.n, dtype=np.int64), np.arange(problem.n)
        for part in range(instance.parts - 1, 0, -1):
            cut_off = _fitting_subtree(instance, left, part, rng)
            if cut_off is None:
                break
            labels[cut_off] = part
            left = np.setdiff1d(left, cut_off)
        else:
            return labels
    raise AssertionError(f"no partition of {instance.name} found")


def _fitting_subtree(instance: Instance, blocks: np.ndarray, parts_after: int, rng: np.random.Generator):
    sub, lower, upper = instance.problem.subproblem(blocks), instance.lower, instance.upper
    ends = sub.edges.T
    tree = minimum_spanning_tree(
        coo_array((rng.random(len(sub.edges)) + 1e-9, (ends[0], ends[1])), shape=(sub.n, sub.n))
    )
    order, parent = breadth_first_order(tree, int(rng.integers(sub.n)), directed=False)
    weight = sub.weights.copy()
    for v in order[:0:-1]:
        weight[parent[v]] += weight[v]
    rest = sub.total - weight
    fits = (weight >= lower) & (weight <= upper) & (rest >= parts_after * lower) & (rest <= parts_after * upper)
    fits[order[0]] = False
    if not fits.any():
        return None
    top, chosen = int(rng.choice(np.flatnonzero(fits))), np.zeros(sub.n, dtype=bool)
    chosen[top] = True
    for v in order[1:]:
        chosen[v] |= chosen[parent[v]]
    return blocks[chosen]


def square(labels: str, *, lower: int = 2, upper: int = 4, parts: int = 2) -> tuple[Instance, np.ndarray]:
    """Six blocks of weight 1 in two rows of three, unit costs."""
    from linli.districting.problem import Problem

    edges = [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
    return Instance("square", Problem.from_graph([1] * 6, edges), lower, upper, parts), np.array(
        [int(c) for c in labels]
    )


def test_the_suite_has_at_least_forty_instances_with_names_of_their_own():
    assert sum(1 for i in SUITE if i.lower == 1500 and i.parts < 5 and "length" not in i.name) >= 40
    assert len({i.name for i in SUITE}) == len(SUITE)


def test_an_instance_is_the_same_every_time_and_another_seed_is_another():
    for family, seed in product(("voronoi", "streets"), (1, 2)):
        again = community(family, 150, 3, seed)
        assert again.digest == community(family, 150, 3, seed).digest
        assert np.array_equal(again.problem.xy, community(family, 150, 3, seed).problem.xy)
    assert len({i.digest for i in SUITE}) == len(SUITE)


@pytest.mark.parametrize("instance", SUITE[::6] + list(inertia_cases((1,)))[::3], ids=lambda i: i.name)
def test_an_instance_is_a_connected_planar_map_with_its_rim_outside(instance: Instance):
    problem = instance.problem
    assert not problem.pieces.any()
    graph = nx.Graph(problem.edges.tolist())
    graph.add_edges_from((problem.n, int(block)) for block in np.flatnonzero(problem.rim))
    planar, embedding = nx.check_planarity(graph)
    assert planar
    # a disk: around the outside, each rim block meets the next one, at least in a corner of a third
    around = list(embedding.neighbors_cw_order(problem.n))
    for a, b in pairwise([*around, around[0]]):
        assert graph.has_edge(a, b) or set(graph[a]) & set(graph[b]) - {problem.n}


@pytest.mark.parametrize("instance", [i for i in SUITE if i.name.startswith("voronoi")][::8], ids=lambda i: i.name)
def test_straight_lines_between_the_points_of_voronoi_neighbours_do_not_cross(instance: Instance):
    xy, edges = instance.problem.xy, instance.problem.edges
    a, b = xy[edges[:, 0]], xy[edges[:, 1]]

    def side(p, q, r):
        return np.sign(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    one, two = side(a[:, None], b[:, None], a[None]), side(a[:, None], b[:, None], b[None])
    apart = (one * two) < 0
    shared = (edges[:, None, :, None] == edges[None, :, None, :]).any(axis=(2, 3))
    assert not (apart & apart.T & ~shared).any()


@pytest.mark.parametrize("instance", SUITE[::4] + SUITE[-9:], ids=lambda i: i.name)
def test_an_instance_has_a_lawful_partition(instance: Instance):
    assert instance.lower * instance.parts <= instance.problem.total <= instance.upper * instance.parts
    assert check(instance, partition_by_trees(instance)).faults == 0


def test_contacts_of_a_metre_or_less_are_no_adjacency():
    for instance in (community("voronoi", 250, 3, s, pure_length=True) for s in range(5)):
        assert instance.problem.costs.min() > instance.problem.scale


def test_prices_come_from_the_common_profile_and_rivers_are_cheap():
    assert list(prices()) == sorted(prices())
    assert prices()[0] < 0.2
    priced, plain = community("streets", 150, 3, 1), community("streets", 150, 3, 1, pure_length=True)
    assert (priced.problem.edges == plain.problem.edges).all()
    shares = priced.problem.costs / plain.problem.costs
    assert all(np.isclose(shares, price, atol=1e-2).any() for price in prices())


def test_a_district_has_the_blocks_and_households_asked_for():
    instance = district("streets", 1000, 1)
    assert (instance.problem.n, instance.problem.total, instance.parts) == (1000, 60_000, 24)
    assert instance.problem.weights.max() <= 300


def test_the_checker_counts_what_is_wrong():
    assert check(*square("001001")).faults == 0
    assert check(*square("001001")).cut == 2 + 0
    assert check(*square("010010")).broken == 1
    assert check(*square("000001")).out_of_bounds == 2
    assert check(*square("000000", upper=6)).empty == 1
    instance, labels = square("001001")
    with pytest.raises(ValueError, match="5 labels for 6 blocks"):
        check(instance, labels[:5])


def test_the_checker_sees_a_part_that_shuts_another_off_from_outside():
    from linli.districting.problem import Problem

    star = Problem.from_graph(
        [1] * 5, [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (1, 4)], rim=[0, 1, 1, 1, 1]
    )
    assert check(Instance("star", star, 1, 4, 2), np.array([0, 1, 1, 1, 1])).enclosing == 1
    assert check(Instance("star", star, 1, 4, 2), np.array([0, 0, 1, 1, 1])).enclosing == 0


def test_inertia_is_measured_to_the_best_block_of_each_part():
    instance, labels = square("000111")
    place = np.array([(x, y) for y in (0, 1) for x in (0, 10, 20)], dtype=float)
    assert inertia(replace(instance.problem, xy=place), labels) == 400


def test_separators_block_every_way_between_pieces_of_a_part():
    instance, labels = square("011110", parts=2)
    found = list(separators(instance, labels))
    assert found
    graph = nx.Graph(instance.problem.edges.tolist())
    for a, b, through in found:
        open_graph = graph.subgraph(set(graph) - set(through.tolist()))
        if b is None:
            assert instance.problem.weights[list(nx.node_connected_component(open_graph, a))].sum() < instance.lower
        else:
            assert not nx.has_path(open_graph, a, b)


def test_highs_finds_what_trying_everything_finds():
    instance = community("voronoi", 13, 2, 1)
    problem = instance.problem
    best = min(
        problem.cut(labels)
        for code in range(1, 2 ** (problem.n - 1))
        if _weighs(labels := (code >> np.arange(problem.n)) & 1, instance) and not check(instance, labels).faults
    )
    answer = highs_cut(instance, 20)
    assert answer.status == "proven"
    assert answer.objective == pytest.approx(best / problem.scale)
    assert check(instance, answer.labels).faults == 0


def _weighs(labels: np.ndarray, instance: Instance) -> bool:
    return bool(instance.lower <= labels @ instance.problem.weights <= instance.upper)


def test_the_inertia_peer_agrees_with_the_measure():
    instance = community("streets", 20, 2, 1)
    answer = highs_hess(instance, 20)
    assert answer.status == "proven"
    assert check(instance, answer.labels).faults == 0
    assert answer.objective == pytest.approx(inertia(instance.problem, answer.labels))


def test_sections_are_replaced_one_by_one_and_misses_stand_on_top(tmp_path: Path):
    results = tmp_path / "RESULTS.md"
    publish(Section("startup", "Start-up", ["text of startup"], ["import: slow"]), to=results)
    publish(Section("seed_suite", "Suite", ["first text"], ["x-60: unproved", "x-100: slow"]), to=results)
    publish(Section("seed_suite", "Suite", ["second text"], ["x-60: unproved"]), to=results)
    text = results.read_text(encoding="utf-8")
    head, _ = text.split("<!-- begin", 1)
    assert "- seed_suite: x-60: unproved\n- startup: import: slow" in head
    assert "first text" not in text
    assert "x-100" not in text
    assert text.index("second text") < text.index("text of startup")
    assert list(read_sections(results)) == ["seed_suite", "startup"]
    assert list(tmp_path.iterdir()) == [results]


def test_a_section_is_found_again_as_it_was_written(tmp_path: Path):
    results = tmp_path / "RESULTS.md"
    replace_section(results, "scale", "## A\n\n- ✗ one\n- no miss\n- ✗ two")
    replace_section(results, "hard", "## B")
    replace_section(results, "hard", "## B")
    assert read_sections(results)["scale"] == "## A\n\n- ✗ one\n- no miss\n- ✗ two"
    assert misses_of(read_sections(results)["scale"]) == ["one", "two"]
    assert results.read_text(encoding="utf-8").count("## B") == 1


def test_a_table_is_markdown_with_a_dash_for_what_is_unknown():
    lines = table(["name", "value"], [["a", 1.5], ["longer", None]]).splitlines()
    assert lines[2:] == ["| a      | 1.500 |", "| longer |     – |"]
    assert len({len(line) for line in lines}) == 1


def test_a_command_that_fails_is_not_measured(capsys: pytest.CaptureFixture[str]):
    import subprocess

    with pytest.raises(subprocess.CalledProcessError):
        command_seconds([sys.executable, "-c", "import sys; sys.exit('broken')"])
    assert "broken" in capsys.readouterr().err


def test_a_town_has_shapes_that_tile_and_lines_with_kinds():
    blocks = town(120, 3)
    assert len(blocks) == 120
    assert blocks.columns[COUNT].sum() == 120 * 60
    assert set(blocks.lines.kind) <= set(KINDS)
    assert {"arterial", "lane"} <= set(blocks.lines.kind)
    whole = shapely.union_all(blocks.geometry)
    assert whole.geom_type == "Polygon"
    assert np.isclose(whole.area, shapely.area(blocks.geometry).sum())
    around = shapely.length(blocks.geometry).sum()
    assert np.isclose(2 * blocks.lines.length_m.sum() + whole.length, around, rtol=1e-3)


def test_the_chart_shows_every_solver_its_ratio_and_whether_it_keeps_the_rules():
    bars = [
        Bar("Linli", 1.0, 0.1, lawful=True, proven=True), Bar("KaHIP eco", 1.5, 120.0, lawful=False, proven=False),
        Bar("A & B", 9.0, 3.0, lawful=True, proven=False), Bar("HiGHS", None, 60.0, lawful=False, proven=False),
    ]  # fmt: skip
    for chinese, times, seconds in ((False, "×", "s"), (True, "倍", "秒")):
        drawn = ElementTree.fromstring(draw([Panel("one", bars)], chinese=chinese))
        words = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
        assert [bar.name for bar in bars if bar.name not in words] == []
        assert sum(f"9.00 {times}" in word for word in words) == 1
        assert any(f"1.50 {times} · 120 {seconds}" in word for word in words)
        widths = [float(e.get("width")) for e in drawn.iter("{http://www.w3.org/2000/svg}rect") if e.get("rx") == "2"]
        dashed = [e for e in drawn.iter("{http://www.w3.org/2000/svg}rect") if e.get("stroke-dasharray")]
        assert widths[1] == pytest.approx(1.5 * widths[0], abs=0.1)
        assert widths[2] == pytest.approx(4 * widths[0], abs=0.1)  # no longer than the picture
        assert len(dashed) == 2  # the bar that breaks rules, and its sign in the legend
