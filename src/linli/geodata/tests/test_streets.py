from __future__ import annotations

import numpy as np
import pytest
import shapely

from linli.errors import InputError
from linli.geodata.streets import Cover, Dividers, cover_from_streets

SQUARE = shapely.box(0, 0, 400, 400)
WEST_EAST = [(-10, 200), (410, 200)]
SOUTH_NORTH = [(200, -10), (200, 410)]


def streets(*lines: list[tuple[float, float]], kind: str = "lane", name: str = "", level: list[int] | None = None):
    n = len(lines)
    return Dividers(
        geometry=np.array([shapely.LineString(line) for line in lines], dtype=object),
        kind=np.array([kind] * n, dtype=object),
        name=np.array([name] * n, dtype=object),
        level=np.array(level or [0] * n),
        link=np.zeros(n, dtype=bool),
        roundabout=np.zeros(n, dtype=bool),
    )


def built(*corners: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.box(x, y, x + 30, y + 30) for x, y in corners], dtype=object)


FOUR_HOUSES = built((50, 50), (300, 50), (50, 300), (300, 300))


def is_whole(cover: Cover, territory: shapely.Geometry) -> bool:
    exact = abs(shapely.area(cover.geometry).sum() - shapely.area(territory)) < 0.05
    return exact and bool(shapely.coverage_is_valid(cover.geometry))


def test_crossing_roads_cut_a_square_into_four_blocks():
    cover = cover_from_streets(streets(WEST_EAST, SOUTH_NORTH), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 4
    assert is_whole(cover, SQUARE)


def test_a_dead_end_that_nearly_reaches_a_line_is_carried_on_to_it():
    short = [(200, -10), (200, 190)]
    cover = cover_from_streets(streets(WEST_EAST, short), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 3
    assert cover.found["dead_ends_carried_on"] == 1
    assert cover.found["dead_ends"] == 0


def test_a_dead_end_in_the_middle_of_ground_divides_nothing_and_is_counted():
    far_short = [(200, -10), (200, 120)]
    cover = cover_from_streets(streets(WEST_EAST, far_short), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 2
    assert cover.found["dead_ends"] == 1
    assert cover.found["dead_ends_m"] == pytest.approx(120, abs=1)


def test_a_dead_end_below_a_bridge_is_not_carried_on_to_it():
    short = [(200, -10), (200, 190)]
    cover = cover_from_streets(streets(WEST_EAST, short, level=[1, 0]), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 2


def test_the_two_carriageways_of_a_road_divide_along_their_middle():
    road = streets([(-10, 192), (410, 192)], [(-10, 208), (410, 208)], kind="arterial", name="铜源大道")
    cover = cover_from_streets(road, SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 2
    assert is_whole(cover, SQUARE)
    between = (cover.sides.a >= 0) & (cover.sides.b >= 0)
    assert np.abs(cover.sides.start[between][:, 1] - 200).max() < 1.0
    assert cover.sides.length[between].sum() == pytest.approx(400, abs=2)


def test_a_median_that_is_open_at_an_end_is_no_tongue_of_the_block_beyond():
    road = streets([(-10, 192), (300, 192)], [(-10, 208), (300, 208)], kind="arterial", name="铜源大道")
    cross = streets([(300, -10), (300, 192)], [(300, 208), (300, 410)])
    cover = cover_from_streets(Dividers.join([road, cross]), SQUARE, buildings=FOUR_HOUSES, reach_m=0)
    assert len(cover.geometry) == 3
    assert is_whole(cover, SQUARE)
    east = cover.geometry[np.argmax(shapely.bounds(cover.geometry)[:, 2])]
    assert shapely.bounds(east)[0] == pytest.approx(300, abs=10)


def test_a_long_thin_strip_with_houses_stays_a_block():
    road = streets([(-10, 180), (410, 180)], [(-10, 220), (410, 220)])
    row = np.concatenate([FOUR_HOUSES, [shapely.box(x, 190, x + 20, 210) for x in range(20, 380, 40)]])
    assert len(cover_from_streets(road, SQUARE, buildings=row).geometry) == 3


def test_slivers_are_kept_where_asked():
    road = streets([(-10, 192), (410, 192)], [(-10, 208), (410, 208)])
    assert len(cover_from_streets(road, SQUARE, buildings=FOUR_HOUSES, keep_slivers=True).geometry) == 3


def test_a_roundabout_is_shared_out_among_its_four_corners():
    ring = [tuple(point) for point in shapely.Point(200, 200).buffer(25).exterior.coords]
    arms = streets([(0, 200), (175, 200)], [(225, 200), (400, 200)], [(200, 0), (200, 175)], [(200, 225), (200, 400)])
    cover = cover_from_streets(Dividers.join([arms, streets(ring)]), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 4
    assert is_whole(cover, SQUARE)
    assert shapely.area(cover.geometry) == pytest.approx([40000] * 4, rel=0.02)


def test_a_river_bed_is_shared_out_between_its_banks_and_bridges_still_divide():
    river = np.array([shapely.box(-20, 170, 420, 230)], dtype=object)
    cover = cover_from_streets(streets(SOUTH_NORTH, level=[1]), SQUARE, rivers=river, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 4
    assert is_whole(cover, SQUARE)
    assert shapely.area(cover.geometry) == pytest.approx([40000] * 4, rel=0.02)


def test_a_lake_becomes_a_block_of_its_own():
    lake = np.array([shapely.Point(300, 300).buffer(60)], dtype=object)
    cover = cover_from_streets(streets(WEST_EAST), SQUARE, lakes=lake, buildings=FOUR_HOUSES)
    assert cover.lake.tolist().count(True) == 1
    assert is_whole(cover, SQUARE)


def test_a_small_loop_of_lanes_joins_the_block_around_it():
    loop = [(50, 250), (120, 250), (120, 320), (50, 320), (50, 250)]
    cover = cover_from_streets(streets(WEST_EAST, loop), SQUARE, buildings=FOUR_HOUSES)
    assert len(cover.geometry) == 2
    assert cover.found["lane_loops_joined"] == 1


def test_a_ring_road_makes_an_island_and_the_block_around_it_a_hole():
    ring = streets([(50, 50), (350, 50), (350, 350), (50, 350), (50, 50)], kind="secondary")
    cover = cover_from_streets(ring, SQUARE, buildings=built((10, 10), (200, 200)))
    assert sorted(shapely.get_num_interior_rings(cover.geometry)) == [0, 1]
    assert is_whole(cover, SQUARE)


def test_no_line_in_the_territory_is_an_error():
    with pytest.raises(InputError, match="no road, river, railway or wall"):
        cover_from_streets(streets([(900, 900), (950, 950)]), SQUARE)


@pytest.mark.parametrize("seed", range(6))
def test_random_streets_cover_the_territory_without_gap_or_overlap(seed):
    rng = np.random.default_rng(seed)
    lines = [rng.uniform(-30, 430, (int(rng.integers(2, 5)), 2)).tolist() for _ in range(25)]
    river = shapely.LineString(rng.uniform(-50, 450, (3, 2))).buffer(15)
    houses = rng.uniform(0, 370, (40, 2))
    cover = cover_from_streets(
        streets(*lines),
        SQUARE,
        rivers=np.array([river], dtype=object),
        buildings=np.array([shapely.box(x, y, x + 12, y + 12) for x, y in houses], dtype=object),
    )
    assert is_whole(cover, SQUARE)
    assert np.all(shapely.get_type_id(cover.geometry) == 3)
    border = np.zeros(len(cover.geometry))
    for side in (cover.sides.a, cover.sides.b):
        np.add.at(border, side[side >= 0], cover.sides.length[side >= 0])
    assert border == pytest.approx(shapely.length(cover.geometry), rel=1e-6)
