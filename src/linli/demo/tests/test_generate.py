from __future__ import annotations

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from linli.demo import generate
from linli.demo.addresses import read_numbers
from linli.demo.files import COUNTS
from linli.demo.names import NOTE
from linli.demo.streets import lay_out

LAYERS = (
    *("roads", "water", "rail", "walls", "boundary", "communities"),
    *("buildings", "compounds", "grounds", "facilities", "police", "schools"),
)


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def layers(district):
    return {name: read(district.paths[name]) for name in LAYERS if name != "schools"}


def read(path, layer=None):
    meta, _, wkb, values = pyogrio.raw.read(path, layer=layer)
    return dict(zip(meta["fields"], values, strict=True)) | {"geometry": shapely.from_wkb(wkb)}


def community_of(layers, points):
    tree = shapely.STRtree(layers["communities"]["geometry"])
    point, found = tree.query(points, predicate="intersects")
    assert np.array_equal(point, np.arange(len(points)))
    return layers["communities"]["name"][found]


def test_totals_are_exact_under_each_count(district, layers):
    buildings = layers["buildings"]
    home = community_of(layers, shapely.centroid(buildings["geometry"]))
    registered = {name: int(buildings["households_registered"][home == name].sum()) for name in set(home)}
    assert registered == {"团结": 7960, "白云": 7310, "京铜": 6840}
    assert buildings["households_registered"].sum() == 22_110
    assert buildings["persons"].sum() == 57_928
    assert buildings["dwellings"].sum() - buildings["dwellings_delivered"].sum() == 1280
    assert buildings["dwellings"][home == "团结"].sum() == 8340
    for name in district.totals:
        assert {c: int(buildings[c][home == name].sum()) for c in COUNTS} == {
            c: district.totals[name][c] for c in COUNTS
        }


def test_the_stock_has_the_size_of_the_plan(district, layers):
    assert sum(row["compounds"] for row in district.totals.values()) == 118
    assert 1050 <= len(layers["buildings"]["id"]) <= 1250
    undelivered = (layers["buildings"]["dwellings"] > 0) & (layers["buildings"]["dwellings_delivered"] == 0)
    assert len(set(layers["buildings"]["compound"][undelivered])) == 3
    assert not layers["buildings"]["households_registered"][undelivered].any()


def test_no_compound_is_too_large_to_stay_whole(layers):
    buildings = layers["buildings"]
    size = {}
    for name, households in zip(buildings["compound"], buildings["households_registered"], strict=True):
        if name is not None:
            size[name] = size.get(name, 0) + int(households)
    assert max(size.values()) == size["幸福里(安置区一期)"]
    assert 1200 < max(size.values()) < 1700


def test_communities_cover_the_street_without_gap_or_overlap(layers):
    parts, whole = layers["communities"]["geometry"], layers["boundary"]["geometry"][0]
    assert shapely.area(parts).sum() == pytest.approx(whole.area, rel=1e-5)
    assert shapely.union_all(parts).symmetric_difference(whole).area < 20


def test_every_compound_lies_in_one_community(layers):
    grounds, parts = layers["compounds"]["geometry"], layers["communities"]["geometry"]
    shared = shapely.area(shapely.intersection(grounds[:, None], parts[None, :]))
    assert np.all((shared > 1).sum(axis=1) == 1)


def test_buildings_stand_clear_of_streets_river_and_one_another(layers):
    shapes = layers["buildings"]["geometry"]
    drives = np.isin(layers["roads"]["highway"], ("service", "footway"))
    for obstacle in (layers["roads"]["geometry"][~drives], layers["water"]["geometry"][:1], layers["rail"]["geometry"]):
        assert shapely.STRtree(obstacle).query(shapes, predicate="intersects").size == 0
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    twice = one < other
    assert shapely.area(shapely.intersection(shapes[one[twice]], shapes[other[twice]])).sum() == 0
    assert layers["boundary"]["geometry"][0].contains(shapes).all()


def test_two_bridges_a_roundabout_and_divided_carriageways_are_drawn(layers):
    roads = layers["roads"]
    assert set(roads["name"][roads["bridge"] == "yes"]) == {"兴铜路", "古渡路"}
    assert (roads["bridge"] == "yes").sum() == 2
    assert (roads["junction"] == "roundabout").sum() == 1
    assert set(roads["name"][roads["oneway"] == "yes"]) == {"铜源大道"}
    river = layers["water"]["geometry"][0]
    crossing = shapely.intersects(roads["geometry"], river)
    assert set(roads["bridge"][crossing]) == {"yes"}


def test_every_layer_says_that_it_is_synthetic(district, layers):
    for name, layer in layers.items():
        assert set(layer["note"]) == {NOTE}, name
    for layer in ("primary", "middle"):
        assert set(read(district.paths["schools"], layer)["note"]) == {NOTE}
    for book in ("counts", "survey"):
        assert NOTE in openpyxl.load_workbook(district.paths[book]).worksheets[0]["A1"].value
    assert NOTE in district.paths["readme"].read_text(encoding="utf-8")


def test_facilities_are_those_of_the_story(layers):
    kind, area = layers["facilities"]["kind"], layers["facilities"]["area_m2"]
    number = {name: int((kind == name).sum()) for name in set(kind)}
    assert number == {
        "党群服务中心": 3, "日间照料中心": 4, "儿童之家": 2, "志愿服务站": 6, "社区卫生服务站": 2, "农贸市场": 3,
        "公园广场": 9,
        "幼儿园": 13, "医院": 2, "综合服务体": 1, "小学": 5, "中学": 3, "派出所": 2,
    }  # fmt: skip
    assert sorted(area[kind == "党群服务中心"]) == [480, 540, 620]
    assert 38_000 in area[kind == "中学"]


def test_the_ledger_is_untidy_but_adds_up(district):
    sheet = openpyxl.load_workbook(district.paths["counts"]).active
    rows = list(sheet.iter_rows(min_row=3, values_only=True))
    labels = [row[3] for row in rows]
    endings = {ending for ending in ("幢", "栋", "号楼") if any(str(label).endswith(ending) for label in labels)}
    assert endings == {"幢", "栋", "号楼"}
    assert any(label in (None, "无") for label in labels)
    assert any(len(read_numbers(label)) > 1 for label in labels)
    assert sum(row[8] for row in rows) == 22_110
    assert sum(row[10] for row in rows) == 57_928
    assert {row[1] for row in rows if row[2] == "幸福小区"} == {"团结社区", "京铜社区"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3-5幢", [3, 4, 5]),
        ("1栋", [1]),
        ("1号楼", [1]),
        ("12 幢", [12]),
        ("7#", [7]),
        ("7号楼", [7]),
        ("4", [4]),
        (None, []),
        ("无", []),
    ],
)
def test_building_numbers_are_read_in_every_writing(text, numbers):
    assert read_numbers(text) == numbers


def test_text_that_is_no_building_number_is_refused():
    with pytest.raises(ValueError, match="老二食堂"):
        read_numbers("老二食堂")


def test_the_survey_asked_as_many_as_it_says(district):
    book = openpyxl.load_workbook(district.paths["survey"])
    identity = list(book["认同感"].iter_rows(min_row=3, values_only=True))
    assert sum(row[2] for row in identity) == 2680
    assert all(0 <= row[3] <= 1 for row in identity)
    assert any(row[4] == "样本不足" for row in identity)
    pairs = list(book["归属感"].iter_rows(min_row=3, values_only=True))
    assert len({frozenset(row[:2]) for row in pairs}) == len(pairs) > 100
    assert all(0 <= row[3] <= 1 for row in pairs)


def test_police_areas_cross_the_communities(layers):
    areas, parts = layers["police"]["geometry"], layers["communities"]["geometry"]
    shared = shapely.area(shapely.intersection(areas[:, None], parts[None, :]))
    assert len(areas) == 6
    assert ((shared > 10_000).sum(axis=1) > 1).any()


def test_the_same_seed_gives_the_same_town(district, tmp_path):
    again = generate(tmp_path / "again")
    for name in LAYERS:
        layer = "middle" if name == "schools" else name
        first, second = read(district.paths[name], layer), read(again.paths[name], layer)
        assert first.keys() == second.keys()
        for column in first:
            assert np.array_equal(first[column], second[column]), (name, column)


def test_another_seed_gives_another_town(district):
    first, second = (lay_out(np.random.default_rng(seed)) for seed in (district.seed, 7))
    assert len(first.plots) != len(second.plots) or not shapely.equals(first.plots, second.plots).any()
