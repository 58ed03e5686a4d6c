"""Gaps and overlaps of the ground are found in the shapes themselves, however their borders are written."""

from __future__ import annotations

import math
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings

from linli.districting.tests import planworld as world
from linli.districting.verify import Finding, verify
from linli.districting.verify.geopackage import Shape, shape_of_wkb
from linli.districting.verify.ground import Patch, survey

WEST, SOUTH = 500_000.0, 2_880_000.0


def shape(polygon: shapely.Geometry) -> Shape:
    return shape_of_wkb(shapely.to_wkb(polygon, flavor="iso"))


def box(west: float, south: float, east: float, north: float) -> Shape:
    return shape(shapely.box(WEST + west, SOUTH + south, WEST + east, SOUTH + north))


def strip(overlap: float = 0.0) -> dict[str, Shape]:
    """Two columns of six blocks of 200 × 100 m, the left one reaching over the right one by some metres."""
    left = {f"B{k:02}": box(0, 100 * k, 200 + overlap, 100 * k + 100) for k in range(6)}
    return left | {f"B{k + 6:02}": box(200, 100 * k, 400, 100 * k + 100) for k in range(6)}


def ring() -> dict[str, Shape]:
    """A square of 5 × 5 blocks of 100 m without the middle one."""
    cells = [(x, y) for x in range(5) for y in range(5) if (x, y) != (2, 2)]
    return {f"B{x}{y}": box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x, y in cells}


def cells(number: int, *, shake: float = 0.0, side: float = 150.0) -> dict[str, Shape]:
    """A town of Voronoi cells; `shake` moves every corner of every cell for itself, as careless drawing does."""
    chance = np.random.default_rng(1)
    length = side * math.sqrt(number)
    town = shapely.box(0, 0, length, length)
    seeds = shapely.multipoints(chance.uniform(0, length, (number, 2)))
    found = shapely.intersection(shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=town)), town)
    shapes = {}
    for k, polygon in enumerate(shapely.segmentize(found, 40)):
        corners = np.add(shapely.get_coordinates(polygon)[:-1], (WEST, SOUTH))
        shapes[f"B{k}"] = shape(shapely.Polygon(corners + chance.normal(0, shake, corners.shape) if shake else corners))
    return shapes


def told(patches: list[Patch]) -> list[tuple[int, list[str]]]:
    return [(round(patch.area), patch.blocks) for patch in patches]


def test_blocks_that_meet_are_sound_however_their_corners_lie() -> None:
    shapes = strip() | {"B12": box(0, 600, 133.3, 700), "B13": box(133.3, 600, 400, 700)}
    found = survey(shapes)
    assert (found.gaps, found.overlaps, found.narrow_m2) == ([], [], 0)


def test_a_strip_of_three_metres_is_named_with_its_pairs_and_square_metres() -> None:
    found = survey(strip(overlap=3))
    assert told(found.overlaps) == [(300, [f"B{k:02}", f"B{k + 6:02}"]) for k in range(6)]
    assert found.gaps == []


def test_a_block_given_twice_is_an_overlap_of_all_its_ground() -> None:
    assert told(survey(strip() | {"B12": strip()["B08"]}).overlaps) == [(20_000, ["B08", "B12"])]


def test_a_hole_is_measured_and_its_neighbours_are_named() -> None:
    assert told(survey(ring()).gaps) == [(10_000, ["B12", "B21", "B23", "B32"])]


def test_a_bay_that_opens_outwards_is_the_shape_of_the_territory() -> None:
    shapes = ring()
    del shapes["B20"], shapes["B21"]
    assert survey(shapes).gaps == []


def test_a_hole_within_a_block_and_an_island_within_that() -> None:
    square, lake, island = (shapely.box(WEST + d, SOUTH + d, WEST + 300 - d, SOUTH + 300 - d) for d in (0, 50, 100))
    shapes = {"A": shape(square - lake), "B": shape(island)}
    assert told(survey(shapes).gaps) == [(200 * 200 - 100 * 100, ["A", "B"])]
    assert survey(shapes | {"C": shape(lake - island)}).gaps == []


def test_what_is_narrower_than_half_a_metre_is_added_up_and_is_no_fault() -> None:
    shapes = strip(overlap=0.3)
    found = survey(shapes)
    assert (found.gaps, found.overlaps) == ([], [])
    assert found.narrow_m2 == pytest.approx(180, rel=0.02)


TOWN = cells(49)
GROUND = {key: shapely.from_wkb(one.wkb) for key, one in TOWN.items()}


@settings(max_examples=15)
@given(st.sampled_from(sorted(TOWN)), st.floats(0.7, 30), st.booleans())
def test_ground_of_any_place_and_width_is_measured_as_shapely_does(key: str, wide: float, twice: bool) -> None:
    moved = GROUND[key].buffer(wide if twice else -wide, join_style="mitre")
    assume(moved.geom_type == "Polygon" and not moved.is_empty)
    found = survey(TOWN | {key: shape(moved)})
    others = shapely.union_all([polygon for other, polygon in GROUND.items() if other != key])
    if twice:
        expected, patches, none = moved.intersection(others).area, found.overlaps, found.gaps
    else:
        whole = shapely.union_all([others, moved])
        parts = shapely.get_parts(whole)
        filled = shapely.union_all([shapely.Polygon(part.exterior) for part in parts])
        expected, patches, none = filled.area - whole.area, found.gaps, found.overlaps
    assert none == []
    assert sum(patch.area for patch in patches) == pytest.approx(expected, rel=0.02, abs=40)


@pytest.mark.parametrize(("number", "shake", "step"), [(10_000, 0.0, 0.5), (2_500, 0.05, 0.5)])
def test_a_missing_block_among_thousands_is_found(number: int, shake: float, step: float) -> None:
    shapes = cells(number, shake=shake)
    taken = shapes.pop(f"B{number // 2}").area
    found = survey(shapes)
    assert [round(patch.area / taken, 2) for patch in found.gaps] == [1.0]
    assert not found.overlaps
    assert found.step_m == step, "as fine as on a small town"
    assert found.narrow_m2 > 1000 if shake else found.narrow_m2 < 1


def test_a_block_a_thousand_kilometres_off_is_no_reason_to_look_in_between() -> None:
    found = survey(strip(overlap=3) | {"far": shape(shapely.box(0, 0, 100, 100))})
    assert (len(found.gaps), len(found.overlaps), found.step_m) == (0, 6, 0.5)


def finding(path: Path, blocks: Path, code: str) -> Finding:
    return next(one for one in verify(path, blocks).findings if one.code == code)


def test_verify_names_the_hole_that_a_file_leaves_and_accepts_it_once_declared(tmp_path: Path) -> None:
    blocks = world.write_blocks(tmp_path / "blocks.gpkg")
    hole = shapely.box(*(world.square("B21").bounds[:2]), *(world.square("B32").bounds[2:])).buffer(-30)
    cut = {key: world.square(key) - hole for key in ("B21", "B22", "B31", "B32")}
    for key, ground in cut.items():
        world.change(blocks, ("UPDATE blocks SET geom = ? WHERE id = ?", (world.geopackage_geometry(ground), key)))
    plan = world.write_plan(tmp_path / "plan.gpkg", blocks)
    told = finding(plan, blocks, "gaps")
    assert told.state == "fault"
    assert told.evidence["wrong"] == [
        {"m2": round(hole.area, 1), "at": [500_300.0, 2_880_200.0], "blocks": ["B21", "B22", "B31", "B32"]}
    ]
    assert f"{hole.area:,.0f} 平方米" in told.chinese
    world.change(
        blocks,
        ("CREATE TABLE outside (fid INTEGER PRIMARY KEY, name TEXT, geom BLOB)", ()),
        ("INSERT INTO gpkg_geometry_columns VALUES ('outside', 'geom')", ()),
        ("INSERT INTO outside (name, geom) VALUES ('白云湖', ?)", (world.geopackage_geometry(hole),)),
    )
    assert finding(plan, blocks, "gaps").state == "ok"
    assert f"{hole.area:,.0f} 平方米" in finding(plan, blocks, "outside").chinese


def test_verify_names_ground_that_two_blocks_cover(tmp_path: Path) -> None:
    blocks = world.write_blocks(tmp_path / "blocks.gpkg")
    west, south, east, north = world.square("B22").bounds
    wide = world.geopackage_geometry(shapely.box(west, south, east + 2, north))
    world.change(blocks, ("UPDATE blocks SET geom = ? WHERE id = 'B22'", (wide,)))
    told = finding(world.write_plan(tmp_path / "plan.gpkg", blocks), blocks, "overlaps")
    assert told.state == "fault"
    assert [one["blocks"] for one in told.evidence["wrong"]] == [["B22", "B32"]]
    assert [one["m2"] for one in told.evidence["wrong"]] == [200.0]
