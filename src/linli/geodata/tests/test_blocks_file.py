import sqlite3
import time
from dataclasses import replace

import numpy as np
import pytest
import shapely

from linli.errors import InputError
from linli.geodata import read_blocks, write_blocks
from linli.geodata.tests.ground import board, squares, text, write_layer


def full_board():
    """Four blocks with every kind of column, lines with names and affinity, and a report."""
    blocks = board(
        2,
        2,
        dwellings=[10, 20, 30, 40],
        share=[0.5, np.nan, 2.0, 1.0],
        community=text(["团结", "团结", None, "白云"]),
        gated=[True, False, True, False],
    )
    lines = replace(
        blocks.lines,
        kind=text(["river", "lane", "wall", "none"]),
        name=text(["大白河", "", "'围墙'", "无名路"]),
        affinity=np.array([1.0, np.nan, 0.5, 7.0]),
    )
    return replace(blocks, lines=lines, report={"slivers": 3, "悬挂": ["a"]})


def test_what_is_written_is_read_again(tmp_path):
    made = full_board()
    write_blocks(made, tmp_path / "blocks.gpkg")
    read = read_blocks(tmp_path / "blocks.gpkg")
    assert read.ids == made.ids
    assert all(a == b for a, b in zip(read.geometry, made.geometry, strict=True))
    assert list(read.columns) == list(made.columns)
    for name, values in made.columns.items():
        assert (
            read.columns[name].tolist() == pytest.approx(values.tolist(), nan_ok=True)
            if name == "share"
            else (read.columns[name].tolist() == values.tolist())
        )
    for name in ("a", "b", "length_m", "kind", "name"):
        assert getattr(read.lines, name).tolist() == getattr(made.lines, name).tolist()
    assert read.lines.affinity == pytest.approx(made.lines.affinity, nan_ok=True)
    assert shapely.equals(read.lines.geometry, made.lines.geometry).all()
    assert read.rim.length_m.tolist() == made.rim.length_m.tolist()
    assert (read.crs, read.report, read.source) == ("EPSG:4543", made.report, tmp_path / "blocks.gpkg")
    assert (read.count, read.lines_measured) == ("dwellings", False)


def test_the_file_has_the_layers_and_columns_of_the_contract(tmp_path):
    write_blocks(full_board(), tmp_path / "blocks.gpkg")
    database = sqlite3.connect(tmp_path / "blocks.gpkg")
    layers = dict(database.execute("SELECT table_name, data_type FROM gpkg_contents"))
    assert layers == {"blocks": "features", "lines": "features", "rim": "features", "report": "attributes"}
    columns = [row[1] for row in database.execute("PRAGMA table_info(lines)")]
    assert columns == ["fid", "geom", "a", "b", "length_m", "kind", "name", "affinity"]
    assert database.execute("SELECT count(*) FROM lines WHERE affinity IS NULL").fetchone() == (1,)
    database.close()


def test_nothing_but_the_file_is_left(tmp_path):
    write_blocks(full_board(), tmp_path / "blocks.gpkg")
    write_blocks(board(1, 1), tmp_path / "blocks.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["blocks.gpkg"]
    assert len(read_blocks(tmp_path / "blocks.gpkg")) == 1


def test_lines_and_rim_may_have_no_rows_and_no_drawing(tmp_path):
    blocks = board(2, 1)
    bare = replace(
        blocks,
        lines=replace(blocks.lines, geometry=np.array([None])),
        rim=blocks.rim.take(np.zeros(len(blocks.rim), dtype=bool)),
    )
    write_blocks(bare, tmp_path / "blocks.gpkg")
    read = read_blocks(tmp_path / "blocks.gpkg")
    assert read.lines.geometry.tolist() == [None]
    assert len(read.rim) == 0
    assert len(read.only([0]).rim) == 1


def test_columns_that_a_geopackage_would_confuse_are_numbered(tmp_path):
    blocks = board(2, 1, vap=[1, 2], VAP=[3, 4], fid=[5, 6], geom=[7, 8], mixed=text([1, "x"]))
    write_blocks(blocks, tmp_path / "blocks.gpkg")
    read = read_blocks(tmp_path / "blocks.gpkg")
    assert {name: values.tolist() for name, values in read.columns.items()} == {
        "vap": [1, 2],
        "VAP_2": [3, 4],
        "fid": [5, 6],
        "geom": [7, 8],
        "mixed": ["1", "x"],
    }


def test_polygons_alone_get_measured_lines(tmp_path):
    file = write_layer(tmp_path / "quarters.geojson", squares(2, 2), crs="EPSG:4543", dwellings=[1, 2, 3, 4])
    read = read_blocks(file, count="dwellings")
    assert read.ids == ("B00001", "B00002", "B00003", "B00004")
    assert read.lines_measured
    assert read.lines.length_m == pytest.approx([100] * 4)
    assert read.crs == "EPSG:4543"


def test_degrees_are_carried_into_the_local_metric_system(tmp_path):
    degrees = shapely.transform(squares(2, 1, 0.001, 103.18, 26.08), lambda xy: xy)
    file = write_layer(tmp_path / "a.geojson", degrees, crs="EPSG:4326", id=[12, 7])
    read = read_blocks(file)
    assert (read.crs, read.ids) == ("EPSG:4543", ("12", "7"))
    assert shapely.area(read.geometry) == pytest.approx([100.1 * 110.8] * 2, rel=0.01)
    assert len(read.lines) == 1
    assert any("carried from EPSG:4326 to EPSG:4543" in note["en"] for note in read.report["reading"])
    shifted = read_blocks(file, crs="gcj02")
    moved = shapely.distance(shapely.centroid(shifted.geometry[0]), shapely.centroid(read.geometry[0]))
    assert moved == pytest.approx(408, abs=5)


def test_invalid_rings_are_mended_and_told(tmp_path):
    bow = shapely.Polygon([(618_000, 2_885_000), (618_100, 2_885_100), (618_100, 2_885_000), (618_000, 2_885_100)])
    file = write_layer(tmp_path / "a.gpkg", [bow, *squares(1, 1, east=618_100)], id=text(["bow", "b"]))
    read = read_blocks(file)
    assert shapely.is_valid(read.geometry).all()
    assert shapely.area(read.geometry[0]) == pytest.approx(5000)
    english = "1 blocks had invalid rings, which were mended: bow"
    assert read.report["reading"] == [{"zh": "1个地块边界自相交,已修复:bow", "en": english}]


def test_overlapping_blocks_are_told(tmp_path):
    ground = np.array([shapely.box(0, 0, 100, 100), shapely.box(90, 0, 200, 100), shapely.box(200, 0, 300, 100)])
    file = write_layer(tmp_path / "a.gpkg", ground, id=text(["a", "b", "c"]))
    english = "1 pairs of blocks overlap: a / b (1,000 m²)"
    assert read_blocks(file).report["reading"] == [{"zh": "1对地块相互重叠:a / b (1,000 m²)", "en": english}]


def test_reversed_pairs_and_missing_names_of_lines_are_put_right(tmp_path):
    file = write_layer(tmp_path / "a.gpkg", squares(2, 1), layer="blocks", id=text(["p", "q"]))
    line = [shapely.LineString([(618_100, 2_885_000), (618_100, 2_885_100)])]
    write_layer(file, line, layer="lines", a=text(["q"]), b=text(["p"]), length_m=[100], kind=text([None]))
    read = read_blocks(file)
    assert (read.ids[read.lines.a[0]], read.ids[read.lines.b[0]]) == ("p", "q")
    assert (read.lines.kind.tolist(), read.lines.name.tolist()) == (["none"], [""])
    assert len(read.rim) == 2  # measured, for the file has none


def test_the_only_count_column_is_the_default(tmp_path):
    write_blocks(board(2, 1, persons=[1, 2]), tmp_path / "one.gpkg")
    write_blocks(board(2, 1, persons=[1, 2], dwellings=[1, 2]), tmp_path / "two.gpkg")
    assert read_blocks(tmp_path / "one.gpkg").count == "persons"
    assert read_blocks(tmp_path / "two.gpkg").count is None
    assert read_blocks(tmp_path / "two.gpkg", count="人口").count == "人口"
    with pytest.raises(InputError, match="households_resident"):
        read_blocks(tmp_path / "two.gpkg", count="households_resident")


def test_a_table_with_well_known_text_serves_as_blocks(tmp_path):
    rows = [f'"{shape.wkt}",{k},{k * 10}' for k, shape in enumerate(squares(2, 1), start=1)]
    (tmp_path / "a.csv").write_text("\n".join(["WKT,id,dwellings", *rows]), encoding="utf-8-sig")
    read = read_blocks(tmp_path / "a.csv", crs="EPSG:4543")
    assert read.ids == ("1", "2")
    assert read.counts("dwellings").tolist() == [10, 20]
    assert len(read.lines) == 1


def test_ten_thousand_blocks_take_seconds(tmp_path):
    begin = time.process_time()
    blocks = board(100, 100, dwellings=np.full(10_000, 60))
    assert len(blocks.lines) == 2 * 100 * 99
    assert blocks.rim_mask().sum() == 4 * 99
    assert time.process_time() - begin < 10


def test_real_subdistricts_of_beijing_become_blocks(shared_data):
    read = read_blocks(shared_data / "china" / "beijing_subdistricts_331.gpkg")
    assert (len(read), read.crs) == (331, "EPSG:4548")
    assert shapely.is_valid(read.geometry).all()
    assert 2.0 < len(read.lines) / len(read) < 3.0  # a plane map
    assert 20 < read.rim_mask().sum() < 120


def test_real_precincts_of_florida_have_the_neighbours_of_their_published_graph(shared_data):
    read = read_blocks(shared_data / "redist" / "fl25.geojson", count="pop")
    published = np.load(shared_data / "redist" / "fl25_enum.npz")
    found = {tuple(sorted(pair)) for pair in zip(read.lines.a.tolist(), read.lines.b.tolist(), strict=True)}
    assert read.crs == "EPSG:32617"
    assert found == {tuple(sorted(pair)) for pair in published["edges"].tolist()}
    assert read.counts("pop").tolist() == published["pop"].tolist()
