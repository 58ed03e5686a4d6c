import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.errors import InputError
from linli.geodata import local_crs, parse_crs, transform
from linli.geodata.coordinates import (
    bd09_from_gcj02,
    bd09_from_wgs84,
    declared_crs,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    transform_xy,
    wgs84_from_bd09,
    wgs84_from_gcj02,
    working_crs,
)

DONGCHUAN = np.array([[103.188, 26.083]])
EARTH = pyproj.Geod(ellps="WGS84")


def metres_between(one, two):
    return EARTH.inv(*one.T, *two.T)[2]


def test_the_shifts_agree_with_published_values():
    # the example of the eviltransform and coordtransform projects: one point of Beijing in all three systems
    gcj = np.array([[116.404, 39.915]])
    assert bd09_from_gcj02(gcj) == pytest.approx(np.array([[116.41036949371029, 39.92133699351021]]), abs=1e-9)
    assert gcj02_from_wgs84(gcj) == pytest.approx(np.array([[116.41024449916938, 39.91640428150164]]), abs=1e-9)


def test_at_dongchuan_the_shifts_are_about_400_and_900_metres():
    assert metres_between(DONGCHUAN, gcj02_from_wgs84(DONGCHUAN)) == pytest.approx(408, abs=5)
    assert metres_between(DONGCHUAN, bd09_from_wgs84(DONGCHUAN)) == pytest.approx(899, abs=5)


@settings(max_examples=40, deadline=None)
@given(st.floats(74, 135), st.floats(18, 53.5))
def test_every_shift_is_undone_to_less_than_a_millimetre(lon, lat):
    here = np.array([[lon, lat]])
    for shift, undo in (
        (gcj02_from_wgs84, wgs84_from_gcj02),
        (bd09_from_gcj02, gcj02_from_bd09),
        (bd09_from_wgs84, wgs84_from_bd09),
    ):
        assert metres_between(undo(shift(here)), here)[0] < 0.001


def test_outside_china_gcj02_shifts_nothing():
    prague = np.array([[14.4, 50.1]])
    assert np.array_equal(gcj02_from_wgs84(prague), prague)


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (103.19, 26.08, "EPSG:4543"),
        (103.51, 26.08, "EPSG:4544"),
        (116.4, 39.9, "EPSG:4548"),
        (114.39, 30.5, "EPSG:4547"),
        (73.7, 39.5, "EPSG:4534"),
        (134.7, 48.3, "EPSG:4554"),
        (14.4, 50.1, "EPSG:32633"),
        (24.94, 60.17, "EPSG:32635"),
        (-81.6, 26.5, "EPSG:32617"),
        (18.4, -33.9, "EPSG:32734"),
    ],
)
def test_each_place_gets_its_zone(lon, lat, crs):
    assert local_crs(lon, lat) == crs
    area = pyproj.CRS(crs).area_of_use
    assert area.west <= lon <= area.east
    assert area.south <= lat <= area.north


@pytest.mark.parametrize(
    ("text", "crs"),
    [
        ("gcj02", "gcj02"),
        ("GCJ-02", "gcj02"),
        ("高德", "gcj02"),
        ("BD-09", "bd09"),
        ("WGS 84", "EPSG:4326"),
        ("wgs84", "EPSG:4326"),
        ("CGCS2000", "EPSG:4490"),
        ("epsg:4543", "EPSG:4543"),
        ("4543", "EPSG:4543"),
    ],
)
def test_systems_are_known_by_their_usual_names(text, crs):
    assert parse_crs(text) == crs


def test_the_text_beside_a_shapefile_is_recognised():
    assert parse_crs(pyproj.CRS("EPSG:4543").to_wkt("WKT1_ESRI")) == "EPSG:4543"


@pytest.mark.parametrize("text", ["", "EPSG:999999", "gcj03"])
def test_an_unknown_system_is_an_input_error_that_lists_the_known(text):
    with pytest.raises(InputError, match="gcj02, bd09, wgs84") as caught:
        parse_crs(text)
    assert caught.value.where["value"] == text


def test_undefined_systems_count_as_none():
    assert declared_crs(None) is None
    assert (
        declared_crs(
            'ENGCRS["Undefined Cartesian SRS",EDATUM["Unknown"],CS[Cartesian,2],AXIS["x",east],'
            'AXIS["y",north],LENGTHUNIT["metre",1]]'
        )
        is None
    )
    assert declared_crs("EPSG:4543") == "EPSG:4543"


def test_degrees_feet_and_web_mercator_are_left_for_a_metric_system():
    assert working_crs("EPSG:4326", [103.1, 26.0, 103.2, 26.1]) == "EPSG:4543"
    assert working_crs("EPSG:3857", [1602890, 6463630, 1603800, 6464620]) == "EPSG:32633"
    assert working_crs("EPSG:2236", [500000, 600000, 510000, 610000]) == "EPSG:32617"
    assert working_crs("gcj02", [103.1, 26.0, 103.2, 26.1]) == "EPSG:4543"


@pytest.mark.parametrize("crs", ["EPSG:4543", "EPSG:4522", "EPSG:32633"])
def test_metric_systems_stay(crs):
    east = 34_618_000 if crs == "EPSG:4522" else 618_000
    assert working_crs(crs, [east, 2_885_000, east + 1000, 2_886_000]) == crs


def test_transforming_there_and_back_moves_nothing():
    place = np.array([shapely.Point(103.188, 26.083), shapely.box(103.1, 26.0, 103.2, 26.1)])
    for crs in ("gcj02", "bd09", "EPSG:4490", "EPSG:4522"):
        there = transform(place, "EPSG:4326", crs)
        back = transform(there, crs, "EPSG:4326")
        assert shapely.get_coordinates(back) == pytest.approx(shapely.get_coordinates(place), abs=1e-9)
    assert transform(place, "EPSG:4326", "EPSG:4326") is place


def test_a_coordinate_that_does_not_exist_is_an_input_error():
    with pytest.raises(InputError, match="does not exist in EPSG:4326"):
        transform_xy(np.array([[200_000.0, 3_000_000.0]]), "EPSG:4326", "EPSG:4543")
