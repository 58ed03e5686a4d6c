import numpy as np
import pytest
import shapely

from linli.errors import InputError
from linli.geodata import detect, detect_shift, transform
from linli.geodata.detection import settle
from linli.geodata.tests.ground import EAST, NORTH


@pytest.mark.parametrize(
    ("bounds", "crs", "options"),
    [
        ((103.1, 26.0, 103.3, 26.2), None, {"EPSG:4326", "EPSG:4490", "gcj02", "bd09"}),
        ((14.4, 50.0, 14.5, 50.1), "EPSG:4326", {"EPSG:4326"}),
        ((34_618_000, 2_885_000, 34_620_000, 2_887_000), "EPSG:4522", {"EPSG:4522"}),
        ((18_412_000, 2_885_000, 18_420_000, 2_887_000), "EPSG:4496", {"EPSG:4496"}),
        ((12_950_000, 4_850_000, 12_960_000, 4_860_000), "EPSG:3857", {"EPSG:3857"}),
        ((14_500_000, 5_500_000, 14_510_000, 5_510_000), None, {"EPSG:4492", "EPSG:3857"}),
        ((0, 0, 5000, 5000), None, set()),
    ],
)
def test_numbers_without_a_declared_system(bounds, crs, options):
    guess = detect(bounds)
    assert guess.crs == crs
    assert set(guess.options) == options


def test_plain_eastings_fit_every_zone_and_must_be_asked():
    guess = detect((618_000, 2_885_000, 620_000, 2_887_000))
    assert guess.crs is None
    assert len(guess.options) == 21
    with pytest.raises(InputError, match=r"file a\.shp.*such as EPSG:4543"):
        settle(guess, file="a.shp")


def test_a_declared_wgs84_in_china_is_taken_but_questioned():
    guess = detect((103.1, 26.0, 103.3, 26.2), "EPSG:4326")
    assert guess.crs == "EPSG:4326"
    assert "GCJ-02" in guess.question
    assert not detect((14.4, 50.0, 14.5, 50.1), "EPSG:4326").question
    assert not detect((103.1, 26.0, 103.3, 26.2), "gcj02").question


@pytest.mark.parametrize(
    ("declared", "bounds", "option"),
    [
        ("EPSG:4326", (34_618_000, 2_885_000, 34_620_000, 2_887_000), "EPSG:4522"),
        ("EPSG:4543", (34_618_000, 2_885_000, 34_620_000, 2_887_000), "EPSG:4522"),
        ("EPSG:4543", (103.1, 26.0, 103.2, 26.1), "gcj02"),
        ("EPSG:4522", (618_000, 2_885_000, 620_000, 2_887_000), "EPSG:4543"),
        ("EPSG:4496", (618_000, 2_885_000, 620_000, 2_887_000), "EPSG:4543"),
    ],
)
def test_a_declared_system_that_cannot_be_is_refused(declared, bounds, option):
    guess = detect(bounds, declared)
    assert guess.crs is None
    assert option in guess.options
    assert declared in guess.evidence


def test_small_metres_declared_metric_are_no_degrees():
    assert detect((0, 0, 1, 1), "EPSG:4543").crs == "EPSG:4543"


@pytest.fixture(scope="module")
def town():
    """Crooked streets and, in the quarters between them, houses; in EPSG:4543."""
    rng = np.random.default_rng(5)
    ticks = np.cumsum(rng.uniform(60, 180, 14))
    streets = [shapely.LineString([(EAST + t, NORTH), (EAST + t + rng.normal(0, 15), NORTH + 1500)]) for t in ticks]
    streets += [shapely.LineString([(EAST, NORTH + t), (EAST + 1500, NORTH + t + rng.normal(0, 15))]) for t in ticks]
    spots = rng.uniform(0, 1500, (900, 2)) + np.array([EAST, NORTH])
    houses = shapely.buffer(shapely.points(spots), 9, cap_style="square")
    clear = ~shapely.dwithin(houses, shapely.union_all(streets), 8)
    return np.array(streets), houses[clear]


@pytest.mark.parametrize("truth", ["EPSG:4326", "gcj02", "bd09"])
@pytest.mark.parametrize("what", ["houses on streets", "streets on streets", "points on houses"])
def test_the_system_is_found_by_how_data_lie_on_a_reference(town, truth, what):
    streets, houses = town
    data, reference = {
        "houses on streets": (houses, streets),
        "streets on streets": (shapely.segmentize(streets, 50), streets),
        "points on houses": (shapely.centroid(houses), houses),
    }[what]
    guess = detect_shift(transform(data, "EPSG:4543", truth), reference, "EPSG:4543")
    assert guess.crs == truth, guess.evidence
    assert bool(guess.question) == (truth != "EPSG:4326")


def test_data_that_say_nothing_are_asked_about(town):
    streets, houses = town
    rng = np.random.default_rng(1)
    dust = shapely.points(rng.uniform(-2000, 3000, (300, 2)) + np.array([EAST, NORTH]))
    guess = detect_shift(transform(dust, "EPSG:4543", "gcj02"), houses, "EPSG:4543")
    assert guess.crs is None
    assert set(guess.options) == {"EPSG:4326", "gcj02", "bd09"}
    few = detect_shift(transform(houses[:3], "EPSG:4543", "gcj02"), streets, "EPSG:4543")
    assert few.crs is None


@pytest.mark.parametrize("truth", ["EPSG:4326", "gcj02", "bd09"])
def test_real_houses_of_wuhan_are_placed_on_real_roads(shared_data, truth):
    from linli.geodata import read_layer

    file = shared_data / "china" / "wuhan_guanggu_osm.gpkg"
    houses, roads = (read_layer(file, layer=name) for name in ("buildings", "roads"))
    areas = houses.geometry[shapely.get_dimensions(houses.geometry) == 2]
    guess = detect_shift(transform(areas, "EPSG:4326", truth), roads.geometry, "EPSG:4326")
    assert guess.crs == truth, guess.evidence
