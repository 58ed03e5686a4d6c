from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely import LineString, Point, box

from linli.geodata.layers import Layer
from linli.geodata.make_blocks import make_blocks
from linli.geodata.twins import called, number_buildings, number_polygons

ONE, TWO = "幸福小区", "幸福小区(2)"
EAST, NORTH = 500_000.0, 2_880_000.0


def objects(*values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def numbered(*features, drawn):
    return number_polygons(objects(*features), objects(*drawn))


def test_polygons_of_one_name_are_numbered_where_they_do_not_touch():
    compounds, twins = numbered(
        box(0, 0, 50, 50),
        box(50, 0, 90, 50),
        box(140, 0, 190, 50),
        box(400, 0, 450, 50),
        drawn=[ONE, ONE, ONE, "团结里"],
    )
    assert compounds.name.tolist() == [ONE, ONE, TWO, "团结里"]
    assert twins == [ONE]


def test_a_number_that_is_drawn_already_is_not_given_again():
    compounds, _ = numbered(box(0, 0, 9, 9), box(50, 0, 59, 9), box(90, 0, 99, 9), drawn=[ONE, TWO, ONE])
    assert compounds.name.tolist() == [ONE, TWO, f"{ONE}(3)"]


def test_buildings_without_polygons_are_numbered_by_distance():
    none, _ = number_polygons(objects(), objects())
    names, twins = number_buildings(objects(ONE, ONE, ONE), objects(Point(0, 0), Point(50, 0), Point(900, 0)), none)
    assert names.tolist() == [ONE, ONE, TWO]
    assert twins == [ONE]


def test_one_polygon_is_one_compound_however_far_apart_its_buildings_stand():
    compounds, _ = numbered(box(0, 0, 500, 50), drawn=[ONE])
    names, twins = number_buildings(objects(ONE, ONE), objects(Point(10, 10), Point(490, 10)), compounds)
    assert names.tolist() == [ONE, ONE]
    assert twins == []


def test_buildings_bear_the_number_of_their_polygon_and_strays_that_of_the_nearest_within_reach():
    compounds, _ = numbered(box(0, 0, 50, 50), box(120, 0, 170, 50), drawn=[ONE, ONE])
    # the first stands on the second polygon: the order of buildings decides nothing
    points = objects(Point(150, 10), Point(10, 10), Point(200, 10), Point(900, 10))
    names, twins = number_buildings(objects(ONE, ONE, ONE, ONE), points, compounds)
    assert names.tolist() == [TWO, ONE, TWO, f"{ONE}(3)"]
    assert twins == []  # told by the polygons already


def test_a_table_means_all_twins_unless_it_numbers_them():
    known = [ONE, TWO, f"{ONE}(东区)"]
    assert called(ONE, known, frozenset({ONE})) == {ONE, TWO}
    assert called(ONE, known, frozenset({ONE, TWO})) == {ONE}
    assert called(TWO, known, frozenset({ONE, TWO})) == {TWO}
    assert called(f"{ONE}(东区)", known, frozenset()) == {f"{ONE}(东区)"}


def layer(*features, **columns):
    moved = [shapely.affinity.translate(feature, EAST, NORTH) for feature in features]
    arrays = {name: objects(*values) for name, values in columns.items()}
    return Layer(objects(*moved), arrays, "EPSG:4543", "layer", None, np.arange(1, len(features) + 1))


def test_polygons_buildings_and_counts_agree_on_which_twin_is_which(tmp_path: Path):
    counts = tmp_path / "counts.csv"
    counts.write_text(f"小区,常住户数\n{ONE},100\n{TWO},40\n", encoding="utf-8")
    blocks = make_blocks(
        roads=layer(LineString([(300, -20), (300, 420)]), highway=["primary"]),
        within=layer(box(0, 0, 600, 400)),
        # buildings are listed the other way round than polygons
        buildings=layer(box(500, 50, 520, 70), box(50, 50, 70, 70), 小区=[ONE, ONE]),
        compounds=layer(box(20, 20, 250, 380), box(350, 20, 580, 380), name=[ONE, ONE]),
        counts=counts,
    )
    assert blocks.columns["compound"].tolist() == [ONE, TWO]
    assert blocks.counts("households_resident").tolist() == [100, 40]
    assert blocks.report["found"]["compounds_of_one_name"] == 1
