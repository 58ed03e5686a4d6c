"""The files of the demo district: map layers in GeoPackage, and spreadsheets as untidy as real ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import shapely

from linli.demo import addresses, ground, names
from linli.demo.houses import Houses
from linli.demo.land import Land, community_at
from linli.demo.streets import Network
from linli.demo.surroundings import Facility, Feeling, Identity, police_areas, school_areas
from linli.geodata.atomic import replace_when_done

COUNTS = ("households_registered", "households_resident", "dwellings", "dwellings_delivered", "persons")
USES = {
    "mining": "矿务局家属区", "work_unit": "房改房/单位宿舍", "market": "商品房(1990–2000年代)", "new": "新建封闭小区",
    "undelivered": "未交付楼盘", "resettlement": "易地搬迁安置区", "village": "城中村/自建房", "unnamed": "无名院落",
    "primary_school": "小学", "middle_school": "中学", "hospital": "医院", "market_hall": "农贸市场",
    "office": "单位用地", "park": "公园广场", "factory": "厂区", "vacant": "未利用地",
}  # fmt: skip


def write_layers(
    folder: Path, network: Network, land: Land, houses: Houses, places: Sequence[Facility]
) -> dict[str, Path]:
    """Write the map layers, one file each; return the paths by layer."""
    roads, compounds = network.roads, [c for c in land.compounds if c.is_home]
    grounds = [c for c in land.compounds if not c.is_home and c.use not in ("unnamed", "vacant")]
    owner = [land.compounds[k] for k in houses.compound]
    layers: dict[str, tuple[dict[str, Sequence[Any]], Sequence[shapely.Geometry]]] = {
        "roads": (
            {
                "id": [f"R{k:04d}" for k in range(1, len(roads) + 1)],
                "name": [way.name or None for way in roads],
                "highway": [way.highway for way in roads],
                "oneway": ["yes" if way.oneway else None for way in roads],
                "bridge": ["yes" if way.bridge else None for way in roads],
                "layer": [int(way.bridge) for way in roads],
                "junction": ["roundabout" if way.roundabout else None for way in roads],
            },
            [way.geometry for way in roads],
        ),
        "water": (
            {"id": ["W1", "W2"], "name": ["铜源河", "莲花塘"], "water": ["river", "pond"]},
            [network.river, _pond(land)],
        ),
        "rail": (
            {
                "id": [f"T{k}" for k in range(1, len(network.rails) + 1)],
                "name": [way.name for way in network.rails],
                "railway": ["rail"] * len(network.rails),
                "state": ["已停运"] * len(network.rails),
            },
            [way.geometry for way in network.rails],
        ),
        "walls": (
            {"id": [f"Q{k:03d}" for k in range(1, len(network.walls) + 1)], "barrier": ["wall"] * len(network.walls)},
            [way.geometry for way in network.walls],
        ),
        "boundary": ({"name": [names.STREET], "code": [names.STREET_CODE]}, [network.outline]),
        "communities": (
            {"name": list(names.COMMUNITIES), "code": list(names.COMMUNITIES.values())},
            [_territory(network, name) for name in names.COMMUNITIES],
        ),
        "buildings": (
            {
                "id": [f"L{k:04d}" for k in range(1, len(houses) + 1)],
                "name": [f"{number}幢" for number in houses.number],
                "compound": [c.name if c.is_home else None for c in owner],
                "use": [USES[c.use] for c in owner],
                "floors": houses.floors.tolist(),
                "units": houses.stairs.tolist(),
                **{column: getattr(houses, column).tolist() for column in COUNTS},
            },
            list(houses.geometry),
        ),
        "compounds": (
            {
                "id": [c.id for c in compounds],
                "name": [c.name for c in compounds],
                "also_called": [names.NICKNAMES.get(c.name) for c in compounds],
                "use": [USES[c.use] for c in compounds],
            },
            [_ground_of(land, c.plots) for c in compounds],
        ),
        "grounds": (
            {
                "id": [c.id for c in grounds],
                "name": [c.name for c in grounds],
                "use": [USES[c.use] for c in grounds],
                "keep_stable": [int(c.keep_stable) for c in grounds],
            },
            [_ground_of(land, c.plots) for c in grounds],
        ),
        "facilities": (
            {
                "id": [place.id for place in places],
                "kind": [place.kind for place in places],
                "name": [place.name for place in places],
                "area_m2": [place.area_m2 for place in places],
            },
            [place.point for place in places],
        ),
    }
    paths = {}
    for name, (columns, shapes) in layers.items():
        paths[name] = folder / f"{name}.gpkg"
        _write(paths[name], {name: (columns, shapes)})
    areas = {"police": {"police": police_areas(network)}}
    areas["schools"] = {
        "primary": school_areas(network, list(places), "小学"),
        "middle": school_areas(network, list(places), "中学"),
    }
    for name, sheets in areas.items():
        paths[name] = folder / f"{name}.gpkg"
        _write(
            paths[name],
            {layer: ({"name": [n for n, _ in rows]}, [shape for _, shape in rows]) for layer, rows in sheets.items()},
        )
    return paths


def write_tables(
    folder: Path,
    land: Land,
    houses: Houses,
    feelings: Sequence[Feeling],
    identities: Sequence[Identity],
    rng: np.random.Generator,
) -> dict[str, Path]:
    """Write the household ledger (台账) as the street keeps it, and the survey."""
    ledger = openpyxl.Workbook()
    sheet = ledger.active
    sheet.title = "住户台账"
    sheet.append([f"铜源街道住户台账({names.NOTE})"])
    sheet.append(
        [
            "序号",
            "社区",
            "小区(院落)",
            "楼栋",
            "单元数",
            "层数",
            "房屋套数",
            "已交付套数",
            "户籍户数",
            "常住户数",
            "人口",
            "备注",
        ]
    )
    for row in addresses.ledger_rows(land, houses, rng):
        sheet.append(row)
    survey = openpyxl.Workbook()
    sheet = survey.active
    sheet.title = "归属感"
    sheet.append([f"相邻小区是否“一片人”,基线问卷({names.NOTE})"])
    sheet.append(["a", "b", "respondents", "share", "affinity"])
    name = {c.id: c.name for c in land.compounds}
    for f in feelings:
        sheet.append([name[f.a], name[f.b], f.respondents, f.share, f.households])
    sheet = survey.create_sheet("认同感")
    sheet.append([f"认同现社区的受访者占比,基线问卷({names.NOTE})"])
    sheet.append(["compound", "community", "respondents", "share", "备注"])
    for i in identities:
        few = "样本不足" if i.respondents < 30 else None
        sheet.append([name[i.compound], i.community, i.respondents, i.share, few])
    paths = {"counts": folder / "counts.xlsx", "survey": folder / "survey.xlsx"}
    for key, book in (("counts", ledger), ("survey", survey)):
        book.properties.title = names.NOTE
        with replace_when_done(paths[key]) as temporary:
            book.save(temporary)
    return paths


def write_readme(folder: Path, seed: int) -> Path:
    """Write what the folder holds."""
    path = folder / "README.txt"
    text = f"""{names.NOTE} / Demo data, all of it synthetic

{names.DISTRICT} {names.STREET},由随机种子 {seed} 生成。地名、道路、河流、房屋、户数、问卷均为虚构,与任何真实地方无关。
坐标系 {ground.CRS}(CGCS2000 3 度带,中央经线 102°E);行政代码 539901001xxx 未分配。

roads 道路 · water 水系 · rail 铁路专用线(已停运) · walls 围墙 · boundary 街道范围 · communities 现社区
buildings 房屋与五种口径户数 · compounds 小区与院落 · grounds 学校、厂区等单位用地
facilities 设施 · police 警务区 · schools 学区
counts.xlsx 住户台账(幢号写法不一,有合并行与缺号) · survey.xlsx 归属感与认同感问卷
"""
    with replace_when_done(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def _write(path: Path, layers: dict[str, tuple[dict[str, Sequence[Any]], Sequence[shapely.Geometry]]]) -> None:
    with replace_when_done(path) as temporary:
        for number, (layer, (columns, shapes)) in enumerate(layers.items()):
            noted = {**columns, "note": [names.NOTE] * len(shapes)}
            kinds = {shape.geom_type for shape in shapes}
            pyogrio.raw.write(
                temporary,
                shapely.to_wkb(np.array(shapes, dtype=object)),
                [_column(values) for values in noted.values()],
                list(noted),
                layer=layer,
                driver="GPKG",
                geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
                crs=ground.CRS,
                append=number > 0,
                layer_metadata={"DESCRIPTION": names.NOTE},
            )


def _column(values: Sequence[Any]) -> Any:
    whole = all(isinstance(value, int) for value in values)
    return np.array(values, dtype=np.int64 if whole else object)


def _territory(network: Network, name: str) -> shapely.Polygon:
    faces, uv = network.plots + network.banks, [*network.plot_uv, *network.bank_uv]
    own = shapely.union_all([face for face, (v, u) in zip(faces, uv, strict=True) if community_at(v, u) == name])
    return max(shapely.get_parts(own), key=lambda part: float(part.area))


def _ground_of(land: Land, plots: Sequence[int]) -> shapely.Geometry:
    """Join a holding's plots; the lanes between them are its own."""
    joined = shapely.union_all([land.usable[k] for k in plots])
    return joined.buffer(9, join_style="mitre").buffer(-9, join_style="mitre") if len(plots) > 1 else joined


def _pond(land: Land) -> shapely.Polygon:
    park = next(c for c in land.compounds if c.name == "莲花塘公园")
    room = land.usable[park.plots[0]].buffer(-24)
    return room.buffer(-10).buffer(12) if not room.buffer(-10).is_empty else room
