"""Raw map layers by role: finds roads, water, railways or buildings in a file and reads the territory's boundary."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from linli.errors import InputError
from linli.geodata.arrangement import Objects
from linli.geodata.coordinates import WGS84
from linli.geodata.hang import mend
from linli.geodata.import_report import Report
from linli.geodata.layers import LATITUDE, LONGITUDE, Layer, Note, add_tags, layer_names, read_layer
from linli.geodata.street_classes import COMPOUND_COLUMNS, ID_COLUMNS, text
from linli.geodata.tables import TABLE_ENDINGS, Table, must_exist, read_table

Source = Layer | str | os.PathLike[str]

# the layers a file with several layers may keep each role in
USUAL_NAMES = {
    "roads": ("roads", "streets", "road", "道路", "路网"),
    "water": ("water", "rivers", "waterways", "水系", "河流"),
    "rail": ("rail", "railways", "railway", "铁路"),
    "walls": ("walls", "wall", "barriers", "围墙"),
    "buildings": ("buildings", "building", "建筑", "楼栋", "房屋"),
    "within": ("boundary", "within", "territory", "boundaries", "边界", "范围"),
    "communities": ("communities", "社区"),
    "compounds": ("compounds", "小区", "院落"),
    "facilities": ("facilities", "设施"),
    "sites": ("sites", "grounds", "用地", "绿地"),
}

SITES = (
    "leisure IS NOT NULL OR landuse IN ('grass', 'forest', 'industrial', 'education') OR \"natural\" = 'wood' "
    "OR amenity IN ('school', 'university', 'hospital')"
)
OSM_ENDINGS = (".pbf", ".osm")  # extracts, and what a map's export gives
# GDAL's layers of an OpenStreetMap extract, and which features of each play the role
OSM_LAYERS = {
    "roads": (("lines", "highway IS NOT NULL"),),
    "water": (
        ("lines", "waterway IS NOT NULL"),
        ("multipolygons", "\"natural\" = 'water' OR landuse IN ('basin', 'reservoir')"),
    ),
    "rail": (("lines", "railway IS NOT NULL"),),
    "walls": (("lines", "barrier IS NOT NULL"),),
    "buildings": (("multipolygons", "building IS NOT NULL"),),
    "compounds": (("multipolygons", "landuse = 'residential'"),),
    "facilities": (("points", "other_tags LIKE '%\"amenity\"%'"),),
    "sites": (("multipolygons", SITES),),
}
ROLE_NAMES = {
    "roads": "道路",
    "water": "水系",
    "rail": "铁路",
    "walls": "围墙",
    "buildings": "建筑",
    "compounds": "小区",
    "facilities": "设施",
    "sites": "用地",
}
OSM_KEYS = {"roads": "highway", "water": "waterway", "rail": "railway", "walls": "barrier"}
JOIN_COLUMNS = frozenset((*COMPOUND_COLUMNS, *ID_COLUMNS))
CLOSING_M = 60.0  # a boundary line whose ends lie at most this far apart is closed


def as_layers(source: Source | Sequence[Source] | None, role: str, crs: str | None) -> list[Layer]:
    """Read what a user names for a role.

    Parameters
    ----------
    source
        A layer, a path, `file.gpkg:layer`, or several of these; None for nothing.
    role
        A key of `USUAL_NAMES`.
    crs
        The system of files that name none.
    """
    if source is None:
        return []
    if isinstance(source, Layer):
        return [source]
    if not isinstance(source, str | os.PathLike):
        return [layer for one in source for layer in as_layers(one, role, crs)]
    path, name = split_path(source)
    if path.suffix.lower() in OSM_ENDINGS and name is None:
        return _from_osm(path, role)
    if name is None and path.suffix.lower() not in TABLE_ENDINGS and path.exists():
        known = layer_names(path)
        usual = [one for one in USUAL_NAMES.get(role, ()) if one in known]
        name = usual[0] if len(known) > 1 and usual else None
    return [read_layer(path, layer=name, crs=crs)]


def as_table(source: Table | Layer | str | os.PathLike[str], crs: str | None, *, joined: bool) -> Table | Layer:
    """Read a table of counts.

    Parameters
    ----------
    source
        A path, or what was read from one.
    crs
        The system of coordinates in it.
    joined
        Whether there are buildings or compounds to join rows to by id or name. If not, or if the table has no such
        column, its coordinates say where the rows lie, and it comes back as a layer of points.
    """
    if isinstance(source, Table | Layer):
        return source
    path, sheet = split_path(source)
    if path.suffix.lower() not in TABLE_ENDINGS:
        return read_layer(path, layer=sheet, crs=crs)
    table = read_table(path, sheet=sheet)
    lower = {name.lower() for name in table.columns}
    placed = not lower.isdisjoint(LONGITUDE) and not lower.isdisjoint(LATITUDE)
    if placed and not (joined and JOIN_COLUMNS & table.columns.keys()):
        return read_layer(path, layer=sheet, crs=crs)
    return table


def split_path(source: str | os.PathLike[str]) -> tuple[Path, str | None]:
    """Part `file.gpkg:layer` into file and layer; a colon that belongs to the path stays in it."""
    whole = os.fspath(source)
    head, colon, tail = whole.rpartition(":")
    if colon and len(head) > 1 and tail and not Path(whole).exists() and not tail.startswith(("\\", "/")):
        return Path(head), tail
    return Path(whole), None


def territory_of(layers: list[Layer]) -> tuple[Any, int]:
    """Return the ground that boundary layers enclose, and how many rings were repaired.

    Parameters
    ----------
    layers
        Polygons, or lines that close or nearly close.

    Raises
    ------
    InputError
        The lines do not close.
    """
    geometry, repaired = mend(np.concatenate([layer.geometry for layer in layers]))
    dimension = shapely.get_dimensions(geometry)
    if (dimension == 2).any():
        return shapely.union_all(geometry[dimension == 2]), repaired
    lines = geometry[dimension == 1]
    if len(lines):
        chains = shapely.get_parts(shapely.line_merge(shapely.union_all(lines)))
        first, last = shapely.get_point(chains, 0), shapely.get_point(chains, -1)
        near = shapely.distance(first, last) <= CLOSING_M
        bridges = shapely.shortest_line(first[near], last[near])
        ground = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all([*chains, *bridges]))))
        if len(ground):
            return shapely.union_all(ground), repaired
    raise InputError(
        "the boundary encloses no ground",
        file=layers[0].source,
        layer=layers[0].name,
        advice="give a polygon, or a line whose two ends meet",
    )


def grounds_of(layers: list[Layer], names: Sequence[str], report: Report) -> tuple[Objects, Objects]:
    """Read polygons and what they are called, mended; features that are no polygons are left out."""
    grounds: list[Objects] = [np.zeros(0, dtype=np.object_)]
    called: list[Objects] = [np.zeros(0, dtype=np.object_)]
    for layer in layers:
        flat = layer.take(np.flatnonzero(shapely.get_dimensions(layer.geometry) == 2))
        ground, repaired = mend(flat.geometry)
        report.count("rings_repaired", repaired)
        column = next((name for name in names if name in flat.columns), None)
        if column is None:
            raise InputError(
                "the layer has no column with names",
                file=layer.source,
                layer=layer.name,
                field="name",
                advice=f"name it name; the columns are: {', '.join(layer.columns) or 'none'}",
            )
        grounds.append(ground)
        called.append(np.array([text(one) for one in flat.columns[column]], dtype=np.object_))
    return np.concatenate(grounds), np.concatenate(called)


def _from_osm(path: Path, role: str) -> list[Layer]:
    """Read the features of a role from an OpenStreetMap extract."""
    if role not in OSM_LAYERS:
        raise InputError(
            f"an OpenStreetMap extract has no layer of its own for {role}",
            file=path,
            advice="write it to a GeoPackage first, or name the layer as file.pbf:multipolygons",
        )
    must_exist(path)
    found = [layer for name, where in OSM_LAYERS[role] if len(layer := _osm_layer(path, name, where, role))]
    if not found:
        raise InputError(f"the extract holds no {role}", file=path, advice="leave the option out")
    return found


def _osm_layer(path: Path, name: str, where: str, role: str) -> Layer:
    """Read the chosen features of one of GDAL's layers of an extract; rings that an extract cuts open are left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            meta, _, wkb, values = pyogrio.raw.read(path, layer=name, where=where)
        except (DataSourceError, DataLayerError, FeatureError, RuntimeError) as error:
            raise InputError(
                f"the OpenStreetMap extract is damaged ({error})", file=path, layer=name, advice="download it again"
            ) from None
    geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    whole = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    # other keys of the same way say nothing about this role: a street may carry tram tracks
    foreign = {"highway", "railway", "waterway", "barrier", "type"} - {OSM_KEYS.get(role, "")}
    columns = {
        str(key): column[whole] for key, column in zip(meta["fields"], values, strict=True) if key not in foreign
    }
    if "other_tags" in columns:
        add_tags(columns)
    notes: tuple[Note, ...] = ()
    if not whole.all():
        cut = int((~whole).sum())
        notes = (
            {
                "zh": f"{path} 中有{cut}个{ROLE_NAMES[role]}要素在数据边缘被截断,未计入",
                "en": f"{cut} {role} of {path} are cut open at the edge of the extract and were left out",
            },
        )
    return Layer(geometry[whole], columns, WGS84, name, path, np.flatnonzero(whole) + 1, notes)
