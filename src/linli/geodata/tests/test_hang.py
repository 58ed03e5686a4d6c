from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from linli.geodata.hang import (
    apportion,
    block_of,
    compound_column,
    drawn_twice,
    estimate_dwellings,
    kinds_by_block,
    label_by_overlap,
    mend,
)

TWO = np.array([shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)], dtype=object)


def objects(*values: object) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def test_a_building_on_two_blocks_belongs_to_the_one_with_most_of_it():
    house = objects(shapely.box(80, 10, 110, 20), shapely.box(95, 10, 140, 20), shapely.Point(150, 50))
    assert block_of(house, TWO).tolist() == [0, 1, 1]


def test_a_building_mostly_outside_belongs_to_no_block():
    assert block_of(objects(shapely.box(190, 10, 260, 20), shapely.Point(500, 0)), TWO).tolist() == [-1, -1]


def test_a_building_drawn_twice_is_found_and_a_tower_on_a_podium_is_not():
    podium = shapely.box(0, 0, 50, 50)
    assert drawn_twice(objects(podium, shapely.box(1, 0, 50, 50), shapely.box(10, 10, 30, 30), podium)).tolist() == [
        -1,
        0,
        -1,
        0,
    ]


def test_an_invalid_ring_is_mended_to_its_ground():
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    mended, number = mend(objects(bow, shapely.box(0, 0, 1, 1)))
    assert number == 1
    assert shapely.is_valid(mended).all()
    assert shapely.area(mended[0]) == pytest.approx(50)


@given(st.integers(0, 10**6), st.lists(st.floats(0, 1e6), min_size=1, max_size=20))
def test_apportioned_parts_add_up(total, weights):
    parts = apportion(total, np.array(weights))
    assert parts.sum() == total
    assert parts.min() >= 0


def test_dwellings_are_floor_area_over_the_area_of_a_dwelling():
    dwellings = estimate_dwellings(
        np.array([900.0, 900.0, 900.0]),
        np.array([6.0, np.nan, 6.0]),
        np.array([True, True, False]),
        area_per_dwelling=90,
        default_floors=3,
    )
    assert dwellings.tolist() == [60, 30, 0]


def test_compounds_that_span_blocks_bind_them_under_one_value():
    column = compound_column({(0, "甲院"), (1, "甲院"), (1, "乙院"), (2, "丙院")}, 4)
    assert column.tolist() == ["乙院;甲院", "乙院;甲院", "丙院", None]


def test_blocks_of_one_compound_get_the_community_of_their_common_largest_overlap():
    grounds = objects(shapely.box(0, 0, 140, 100), shapely.box(140, 0, 200, 100))
    names = objects("团结", "白云")
    assert label_by_overlap(TWO, grounds, names).tolist() == ["团结", "白云"]
    assert label_by_overlap(TWO, grounds, names, objects("甲院", "甲院")).tolist() == ["团结", "团结"]


def test_each_facility_is_listed_once_and_strays_near_the_border_are_taken_in():
    kinds, lost = kinds_by_block(
        shapely.points([(10, 10), (20, 20), (150, 50), (220, 50), (900, 50)]),
        objects("菜场", "幼儿园", "菜场", "菜场", "医院"),
        TWO,
    )
    assert kinds.tolist() == ["幼儿园;菜场", "菜场;菜场"]
    assert lost == 1
