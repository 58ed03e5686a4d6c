import numpy as np
import pytest
import shapely

from linli.geodata import find_borders
from linli.geodata.borders import on_outer_border
from linli.geodata.tests.ground import squares


def named(geometry):
    return tuple(f"B{k}" for k in range(len(geometry)))


def pairs(ids, lines):
    return {(ids[a], ids[b]): length for a, b, length in zip(lines.a, lines.b, lines.length_m, strict=True)}


def voronoi(n, seed, side=1000.0):
    box = shapely.box(0, 0, side, side)
    points = shapely.multipoints(np.random.default_rng(seed).uniform(0, side, (n, 2)))
    return shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(points, extend_to=box)), box)


def test_squares_touch_along_sides_and_not_at_corners():
    ground = squares(3, 2)
    ids = named(ground)
    lines, rim = find_borders(ids, ground)
    sides = {("B0", "B1"), ("B1", "B2"), ("B3", "B4"), ("B4", "B5"), ("B0", "B3"), ("B1", "B4"), ("B2", "B5")}
    assert pairs(ids, lines) == {pair: pytest.approx(100) for pair in sides}
    assert set(lines.kind) == {"none"}
    assert set(lines.name) == {""}
    assert np.isnan(lines.affinity).all()
    assert dict(zip(rim.a.tolist(), rim.length_m, strict=True)) == pytest.approx(
        {0: 200, 1: 100, 2: 200, 3: 200, 4: 100, 5: 200}
    )


def test_the_pieces_are_drawn_where_they_run():
    ground = squares(2, 1)
    lines, rim = find_borders(("x", "w"), ground)
    assert [(int(a), int(b)) for a, b in zip(lines.a, lines.b, strict=True)] == [(1, 0)]  # w < x as text
    assert shapely.equals(lines.geometry[0], shapely.intersection(*ground))
    assert shapely.length(rim.geometry) == pytest.approx([300, 300])
    assert shapely.covers(shapely.boundary(shapely.union_all(ground)), rim.geometry).all()


@pytest.mark.parametrize("gap", [-0.4, -0.05, 0.0, 0.05, 0.4])
def test_small_gaps_and_overlaps_do_no_harm(gap):
    ground = np.array([shapely.box(0, 0, 100, 80), shapely.box(100 + gap, -20, 200, 60)])
    lines, rim = find_borders(("a", "b"), ground)
    assert lines.length_m == pytest.approx([60])
    assert rim.length_m == pytest.approx([300, 360 - 60 - 2 * gap])


def test_a_wide_gap_divides():
    ground = np.array([shapely.box(0, 0, 100, 80), shapely.box(100.6, 0, 200, 80)])
    lines, rim = find_borders(("a", "b"), ground)
    assert len(lines) == 0
    assert len(rim) == 2


@pytest.mark.parametrize(("contact", "neighbours"), [(0.0, 0), (0.9, 0), (1.1, 1)])
def test_a_contact_of_a_metre_or_less_is_none(contact, neighbours):
    ground = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 100 - contact, 200, 200)])
    lines, _ = find_borders(("a", "b"), ground)
    assert len(lines) == neighbours


def test_corners_that_do_not_meet_another_corner_are_no_obstacle():
    ground = np.array([shapely.box(0, 0, 100, 300), *(shapely.box(100, k * 100, 150, k * 100 + 100) for k in range(3))])
    lines, _ = find_borders(named(ground), ground)
    assert lines.length_m[lines.a == 0] == pytest.approx([100, 100, 100])


def test_a_block_in_the_hole_of_another_touches_it_all_around():
    inner = shapely.box(40, 40, 60, 60)
    lines, rim = find_borders(("in", "out"), np.array([inner, shapely.box(0, 0, 100, 100) - inner]))
    assert lines.length_m == pytest.approx([80])
    assert rim.a.tolist() == [1]
    assert rim.length_m == pytest.approx([400])


def test_overlapping_ground_on_the_same_side_is_no_contact():
    lines, _ = find_borders(("a", "b"), np.array([shapely.box(0, 0, 100, 100), shapely.box(0, 0, 100, 50)]))
    assert len(lines) == 0


@pytest.mark.parametrize("seed", range(5))
def test_lengths_agree_with_exact_intersections(seed):
    ground = voronoi(120, seed)
    ids = named(ground)
    lines, rim = find_borders(ids, ground)
    first, second = shapely.STRtree(ground).query(ground, predicate="intersects")
    exact = shapely.length(shapely.intersection(ground[first], ground[second]))
    long = {
        (ids[a], ids[b]): length
        for a, b, length in zip(first, second, exact, strict=True)
        if ids[a] < ids[b] and length > 1.1
    }
    found = pairs(ids, lines)
    assert {pair: found[pair] for pair in long} == {
        pair: pytest.approx(length, abs=0.05) for pair, length in long.items()
    }
    assert set(found) - set(long) <= {pair for pair, length in found.items() if length < 1.2}
    assert rim.length_m.sum() == pytest.approx(4000, abs=4)


def test_the_order_and_the_starting_corner_of_blocks_change_nothing():
    ground = voronoi(60, 9)
    ids = named(ground)
    order = np.random.default_rng(0).permutation(len(ground))
    turned = np.array([shapely.reverse(shapely.normalize(ground[k])) for k in order])
    once, _ = find_borders(ids, ground)
    again, _ = find_borders(tuple(ids[k] for k in order), turned)
    assert pairs(tuple(ids[k] for k in order), again) == pytest.approx(pairs(ids, once))


def ring_of_eight():
    """Nine squares without the middle one: a lake."""
    ground = squares(3, 3)
    return ground[[0, 1, 2, 3, 5, 6, 7, 8]]


def test_blocks_on_a_lake_only_are_not_on_the_outer_border():
    ground = squares(5, 5)
    ground = ground[[k for k in range(25) if k != 12]]
    lines, rim = find_borders(named(ground), ground)
    outer = on_outer_border(ground, lines, rim)
    assert outer.sum() == 16
    lake_side = np.setdiff1d(rim.a, np.flatnonzero(outer))
    assert len(lake_side) == 4


def test_every_piece_of_a_broken_territory_has_an_outer_border():
    ground = np.concatenate([ring_of_eight(), shapely.buffer(shapely.points([[618_150.0, 2_885_150.0]]), 20)])
    lines, rim = find_borders(named(ground), ground)
    assert on_outer_border(ground, lines, rim).all()


def test_rim_without_drawing_counts_as_outer():
    ground = squares(2, 1)
    lines, rim = find_borders(named(ground), ground)
    bare = type(rim)(rim.a, rim.length_m, rim.kind, rim.name, np.full(len(rim), None))
    assert on_outer_border(ground, lines, bare).tolist() == [True, True]


def test_one_block_alone_has_only_a_rim():
    lines, rim = find_borders(("a",), squares(1, 1))
    assert len(lines) == 0
    assert rim.length_m == pytest.approx([400])
