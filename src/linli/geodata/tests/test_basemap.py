"""Layers become what maps are drawn on, by class; tiles hold all of it, at the zooms where it is drawn."""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest
import shapely
from pmtiles.reader import MmapSource, Reader

from linli.geodata import Layer
from linli.geodata.basemap import BANDS, LAST, PICTURED, basemap_of, write_picture, write_tiles
from linli.geodata.coordinates import CGCS2000, transform

CRS = "EPSG:4543"
EAST, NORTH = 500_000.0, 2_886_000.0


def layer(shapes: list[shapely.Geometry], **columns: list[object]) -> Layer:
    moved = [shapely.transform(shape, lambda at: at + np.array([EAST, NORTH])) for shape in shapes]
    told = {name: np.array(values, dtype=object) for name, values in columns.items()}
    return Layer(np.array(moved, dtype=object), told, CRS, "x", None, np.arange(1, len(shapes) + 1))


def line(y: float) -> shapely.LineString:
    return shapely.LineString([(0, y), (900, y)])


@pytest.fixture
def drawn() -> Layer:
    square = shapely.box(0, 0, 90, 90)
    found = basemap_of({
        "roads": [layer([line(k) for k in range(5)],
                        highway=["primary", "tertiary", "residential", "service", "footway"],
                        name=["兴铜路", "市府街", "桂花巷", None, "小径"])],
        "water": [layer([square, line(9)], water=["river", None], waterway=[None, "stream"], name=["铜源河", "南溪"])],
        "rail": [layer([line(20), line(30)], railway=["rail", "subway"])],
        "walls": [layer([square, line(40)], barrier=["wall", "wall"])],
        "sites": [layer([square, square], use=["公园广场", "小学"], name=["莲花塘公园", "铜源二小"])],
        "buildings": [layer([square, shapely.Point(5, 5)], name=["1幢", "2幢"])],
        "compounds": [layer([square, square], name=["白云花园", ""])],
    })  # fmt: skip
    assert found is not None
    return found


def test_every_feature_has_the_class_that_it_is_drawn_by(drawn: Layer) -> None:
    told = sorted(zip(drawn.columns["class"], drawn.columns["name"], strict=True))
    assert told == sorted([
        ("primary", "兴铜路"), ("secondary", "市府街"), ("lane", "桂花巷"), ("service", ""), ("water", "铜源河"),
        ("stream", "南溪"), ("rail", ""), ("wall", ""), ("wall", ""), ("green", "莲花塘公园"), ("site", "铜源二小"),
        ("building", ""), ("compound", "白云花园"),
    ])  # fmt: skip
    assert set(drawn.columns["class"]) == set().union(*(classes for classes, _first in BANDS.values()))


def test_nothing_to_draw_is_no_layer() -> None:
    assert basemap_of({"roads": [layer([line(0)], highway=["footway"])], "water": []}) is None
    assert basemap_of({}) is None


def test_tiles_hold_every_feature_from_its_first_zoom_on(drawn: Layer, tmp_path: Path) -> None:
    written = write_tiles(drawn, tmp_path)
    assert [path.stem for path in written] == list(BANDS)
    middle = shapely.Point(EAST + 45, NORTH + 5)
    for path in written:
        classes, first = BANDS[path.stem]
        with path.open("rb") as file:
            reader = Reader(MmapSource(file))
            header = reader.header()
            assert (header["min_zoom"], header["max_zoom"]) == (first, LAST)
            x, y = tile_at(middle, LAST)
            content = reader.get(LAST, x, y)
        raw = tmp_path / f"{path.stem}.mvt"
        raw.write_bytes(gzip.decompress(content))
        assert f"{path.stem}-{tmp_path.name}".encode() in raw.read_bytes()
        read = pyogrio.raw.read(path, layer=f"{path.stem}-{tmp_path.name}", columns=["class"])
        assert set(read[3][0]) == classes


def test_a_street_cut_at_each_crossing_is_one_line_of_a_tile_and_bears_its_name(tmp_path: Path) -> None:
    pieces = [shapely.LineString([(EAST + 30 * k, NORTH), (EAST + 30 * k + 30, NORTH)]) for k in range(8)]
    told = {"class": np.full(8, "lane", dtype=object), "name": np.array([*["桂花巷"] * 6, None, None], dtype=object)}
    (path,) = write_tiles(Layer(np.array(pieces, dtype=object), told, CRS, "x", None, np.arange(8)), tmp_path)
    names = pyogrio.raw.read(path, layer=f"lanes-{tmp_path.name}", columns=["name"])[3][0]
    assert sorted(names, key=str) == [None, "桂花巷"]


def test_a_layer_with_holes_in_it_is_drawn_as_far_as_it_goes(tmp_path: Path) -> None:
    shapes = np.array([None, shapely.Polygon(), shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)], dtype=object)
    told = {"class": np.array(["green", "green", None], dtype=object), "name": np.array([None] * 3, dtype=object)}
    assert write_tiles(Layer(shapes, told, CRS, "x", None, np.arange(3)), tmp_path) == []
    told["class"][2] = "green"
    assert [path.name for path in write_tiles(Layer(shapes, told, CRS, "x", None, np.arange(3)), tmp_path)] == [
        "areas.pmtiles"
    ]


def test_the_picture_spans_what_it_says_and_shows_what_is_seen_from_afar(drawn: Layer, tmp_path: Path) -> None:
    root = ElementTree.parse(write_picture(drawn, tmp_path / "picture.svg")).getroot()
    west, south, east, north = map(float, root.attrib["data-bounds"].split())
    spanned = transform(drawn.geometry, CRS, CGCS2000)
    assert (west, south, east, north) == pytest.approx(tuple(shapely.total_bounds(spanned)))
    wide, high = map(float, root.attrib["viewBox"].split()[2:])
    assert wide == pytest.approx(900, rel=0.01)  # metres
    assert high == pytest.approx(90, rel=0.03)
    paths = {one.attrib["id"]: one.attrib["d"] for one in root.iter("{http://www.w3.org/2000/svg}path")}
    assert set(paths) == set(PICTURED)
    assert paths["water"].count("z") == 1
    looks = [one.attrib["class"] for one in root.iter("{http://www.w3.org/2000/svg}use")]
    assert looks.index("green") < looks.index("casing") < looks.index("lane") < looks.index("primary")


def tile_at(point: shapely.Point, zoom: int) -> tuple[int, int]:
    at = transform(np.array([point], dtype=object), CRS, CGCS2000)[0]
    north = np.arcsinh(np.tan(np.radians(at.y))) / np.pi
    return int((at.x / 360 + 0.5) * 2**zoom), int((1 - north) / 2 * 2**zoom)
