"""What divides blocks: classes of roads, water, railways and walls as tables, and the tags that qualify them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Objects = NDArray[np.object_]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

# a class of a map layer → the kind of line it is; None divides nothing
# sources: OpenStreetMap keys highway, railway, waterway, barrier; GB/T 51328-2018 for the Chinese road classes
CLASSES: dict[str, str | None] = {
    "motorway": "arterial", "trunk": "arterial", "primary": "arterial", "major_road": "arterial",
    "快速路": "arterial", "主干路": "arterial", "主干道": "arterial", "高速公路": "arterial", "国道": "arterial",
    "secondary": "secondary", "tertiary": "secondary", "次干路": "secondary", "次干道": "secondary",
    "省道": "secondary", "县道": "secondary",
    "unclassified": "lane", "residential": "lane", "living_street": "lane", "pedestrian": "lane", "road": "lane",
    "lane": "lane", "minor_road": "lane", "支路": "lane", "街巷": "lane", "巷": "lane", "巷道": "lane", "乡道": "lane",
    "service": None, "footway": None, "path": None, "steps": None, "track": None, "cycleway": None, "trail": None,
    "bridleway": None, "corridor": None, "construction": None, "proposed": None, "platform": None, "elevator": None,
    "busway": None, "bus_guideway": None, "raceway": None, "rest_area": None, "services": None, "razed": None,
    "内部道路": None, "人行道": None, "小路": None,
    "rail": "railway", "railway": "railway", "light_rail": "railway", "narrow_gauge": "railway", "铁路": "railway",
    "subway": None, "tram": None, "monorail": None, "funicular": None, "abandoned": None, "disused": None,
    "miniature": None, "turntable": None, "地铁": None, "有轨电车": None,
    "river": "river", "canal": "river", "stream": "river", "riverbank": "river", "coastline": "river",
    "河": "river", "河流": "river", "江": "river", "运河": "river", "溪": "river",
    "drain": None, "ditch": None, "dam": None, "weir": None, "pipeline": None, "culvert": None, "沟渠": None,
    "wall": "wall", "city_wall": "wall", "fence": "wall", "围墙": "wall", "墙": "wall", "retaining_wall": "wall",
    "bollard": None, "kerb": None, "hedge": None, "guard_rail": None, "handrail": None, "gate": None, "block": None,
    "arterial": "arterial", "none": None,
}  # fmt: skip

# columns that may hold the class of a line, the more telling first
CLASS_COLUMNS = (
    "highway", "railway", "waterway", "barrier", "fclass", "kind_detail", "road_class", "class", "kind", "type",
    "道路等级", "等级", "类别", "类型",
)  # fmt: skip
NAME_COLUMNS = ("name", "名称", "道路名称", "路名", "NAME", "Name", "name:zh")
# what layers and tables call a building, and the compound it belongs to
COMPOUND_COLUMNS = ("compound", "小区", "小区名称", "院落")
NUMBER_COLUMNS = ("number", "幢号", "楼栋", "楼号", "栋号", "楼栋号", "幢", "栋", "name", "名称")
ADDRESS_COLUMNS = {
    "road": ("road", "路名", "街路巷", "道路", "addr:street", "street"),
    "gate": ("gate", "门牌号", "门牌", "addr:housenumber", "housenumber"),
    "units": ("units", "单元数", "单元"),
}
ID_COLUMNS = (
    "id",
    "building_id",
    "building",
    "osm_id",
    "osm_way_id",
    "uID",
    "编号",
    "楼栋编号",
    "楼栋",
    "楼号",
    "幢号",
)

LAKE_WORDS = ("湖", "池", "库", "塘", "潭", "lake", "pond", "reservoir", "basin")
RIVER_WORDS = ("河", "江", "溪", "渠", "港", "沟", "涌", "浜", "river", "canal", "stream", "riverbank")


def kinds_of(columns: Mapping[str, NDArray[Any]], rows: int, *, default: str) -> tuple[Objects, Bools, Objects]:
    """Read off the kind of each line of a layer.

    Parameters
    ----------
    columns
        The layer's attributes, each of shape (rows,).
    rows
        Number of lines.
    default
        The kind of a line that bears no known class.

    Returns
    -------
    Kinds of shape (rows,), None where a line divides nothing; a mask of slip roads (classes ending in `_link`);
    and the class as it was read, '' where there is none.
    """
    kind = np.full(rows, default, dtype=np.object_)
    link = np.zeros(rows, dtype=np.bool_)
    read = np.full(rows, "", dtype=np.object_)
    open_rows = np.ones(rows, dtype=np.bool_)
    for column in CLASS_COLUMNS:
        if column not in columns:
            continue
        for row in np.flatnonzero(open_rows):
            value = text(columns[column][row])
            word = value.removesuffix("_link")
            if word in CLASSES:
                kind[row], link[row], read[row] = CLASSES[word], word != value, value
                open_rows[row] = False
    return kind, link, read


def names_of(columns: Mapping[str, NDArray[Any]], rows: int) -> Objects:
    """Read off the name of each feature, '' where it has none."""
    name = np.full(rows, "", dtype=np.object_)
    for column in NAME_COLUMNS:
        if column in columns:
            for row in np.flatnonzero(name == ""):
                name[row] = text(columns[column][row])
    return name


def tag(columns: Mapping[str, NDArray[Any]], rows: int, key: str) -> Objects:
    """Read off one tag of each feature, from its own column or from OpenStreetMap's `other_tags`; '' where absent."""
    found = np.full(rows, "", dtype=np.object_)
    for column in (key, f"is_{key}"):
        if column in columns:
            found = np.array([text(value) for value in columns[column]], dtype=np.object_)
    if "other_tags" in columns:
        pattern = re.compile(rf'"{re.escape(key)}"=>"([^"]*)"')
        for row in np.flatnonzero(found == ""):
            match = pattern.search(text(columns["other_tags"][row]))
            if match:
                found[row] = match.group(1)
    return found


def is_yes(values: Objects) -> Bools:
    """Tell which tag values say yes: anything but nothing, no, 0 and false."""
    return np.array([value.lower() not in ("", "no", "0", "0.0", "false", "f", "否") for value in values], np.bool_)


def levels_of(columns: Mapping[str, NDArray[Any]], rows: int) -> tuple[Ints, Bools]:
    """Read off the level each line runs on (0 the ground, 1 a bridge, -1 a tunnel) and whether it is a tunnel."""
    bridge, tunnel = is_yes(tag(columns, rows, "bridge")), is_yes(tag(columns, rows, "tunnel"))
    level = bridge.astype(np.int64) - tunnel.astype(np.int64)
    for row, value in enumerate(tag(columns, rows, "layer")):
        if re.fullmatch(r"[+-]?\d+(\.0+)?", value):
            level[row] = int(float(value))
    return level, tunnel


def text(value: object) -> str:
    """Write a cell as text, '' where it is missing."""
    if value is None or (isinstance(value, float | np.floating) and np.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()
