"""Map layers from every format a district office keeps: GeoPackage, Shapefile, GeoJSON, CSV, XLSX, OSM PBF."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from linli.errors import InputError
from linli.geodata.coordinates import declared_crs, is_geographic, parse_crs, transform, working_crs
from linli.geodata.detection import detect, settle
from linli.geodata.tables import TABLE_ENDINGS, Table, must_exist, read_table
from linli.geodata.truncation import must_be_whole

Objects = NDArray[Any]
Note = dict[str, str]

LONGITUDE = ("lon", "lng", "long", "longitude", "x", "经度", "东经", "x坐标", "横坐标")
LATITUDE = ("lat", "latitude", "y", "纬度", "北纬", "y坐标", "纵坐标")
OUTLINE = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "几何", "边界")
OSM_TAGS = (
    "bridge", "tunnel", "layer", "junction", "oneway", "lanes", "level", "service", "width", "building:levels",
    "addr:street", "addr:housenumber",
)  # fmt: skip
HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
FAR_M = 50_000.0


@dataclass(frozen=True, eq=False)
class Layer:
    """Features of one layer.

    Parameters
    ----------
    geometry
        Shape (n,): shapely geometries, of one type or several, in two dimensions.
    columns
        Attributes, each of shape (n,); missing values are None or NaN.
    crs
        The system of the geometry, in the form of `parse_crs`.
    name, source
        The layer and its file.
    rows
        Shape (n,): the row of each feature in the file, the first being 1.
    notes
        What the reader noticed or supposed, a sentence each in Chinese (`zh`) and English (`en`).
    """

    geometry: Objects
    columns: dict[str, NDArray[Any]]
    crs: str
    name: str
    source: Path | None
    rows: NDArray[np.int64]
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Layer:
        """Return the features that a mask or a list of indices names."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return replace(self, geometry=self.geometry[rows], columns=columns, rows=self.rows[rows])

    def to(self, crs: str) -> Layer:
        """Return the layer in another coordinate system."""
        if crs == self.crs:
            return self
        note = {
            "zh": f"{self.source} 的图层 {self.name} 已由 {self.crs} 转换到 {crs}",
            "en": f"layer {self.name} of {self.source} was carried from {self.crs} to {crs}",
        }
        return replace(self, geometry=transform(self.geometry, self.crs, crs), crs=crs, notes=(*self.notes, note))


def read_layer(path: str | os.PathLike[str], *, layer: str | None = None, crs: str | None = None) -> Layer:
    """Read one layer of a file.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON, OSM PBF or whatever GDAL reads; or a CSV or XLSX table with columns of
        longitude (lon, lng, x, 经度 …) and latitude (lat, y, 纬度 …), or of well-known text (wkt, geometry …).
    layer
        The layer, or the sheet; may be absent where the file has one.
    crs
        The system that the numbers are in, for files that name none or a wrong one: see `parse_crs`.

    Raises
    ------
    InputError
        No such file or layer, a damaged or empty file, an unknown coordinate system.
    """
    found, _ = read_layer_and_wkb(Path(path), layer=layer, crs=crs)
    empty = shapely.is_missing(found.geometry)
    if not empty.any():
        return found
    note = {
        "zh": f"{path} 的图层 {found.name} 中有{int(empty.sum())}个要素没有完好的图形,未计入",
        "en": f"{int(empty.sum())} features of layer {found.name} of {path} without a sound geometry were left out",
    }
    return replace(found.take(~empty), notes=(*found.notes, note))


def read_layer_and_wkb(path: Path, *, layer: str | None, crs: str | None) -> tuple[Layer, Objects | None]:
    """Read a layer as `read_layer` does, but keep features without geometry, as None.

    Returns
    -------
    The layer, and its geometry as the file has it: ISO WKB, shape (n,), None for tables.
    """
    must_exist(path)
    if path.suffix.lower() in TABLE_ENDINGS:
        geometry, columns, rows, name = _from_table(read_table(path, sheet=layer))
        declared, wkb = None, None
    else:
        must_be_whole(path)
        wkb, columns, name, declared = _from_map(path, layer)
        geometry = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="fix"))
        rows = np.arange(1, len(geometry) + 1)
    if len(geometry) == 0:
        raise InputError("the layer has no features", file=path, layer=name, advice="export it again")

    empty = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    if empty.all():
        raise InputError("no feature of the layer has a geometry", file=path, layer=name, advice="export it again")
    system, notes = _system(geometry, declared, crs, path, name)
    geometry = geometry.copy()
    geometry[empty] = None
    return Layer(geometry, columns, system, name, path, rows, tuple(notes)), wkb


def bring_together(layers: Sequence[Layer], *, crs: str | None = None) -> tuple[list[Layer], str]:
    """Carry layers into one metric system: the one named, else the first metric one among them, else the local one.

    Parameters
    ----------
    layers
        Layers of one place, in whatever systems; each that is moved says so in its notes.
    crs
        The metric system to work in.

    Raises
    ------
    InputError
        A layer lies more than 50 km from another: one of their systems must be wrong.
    """
    if crs is not None:
        target = parse_crs(crs)
        if is_geographic(target):
            raise InputError(
                "plans are made in metres, not in degrees",
                field="crs",
                value=crs,
                advice="leave it out, or name a metric one",
            )
    else:
        wishes = [(layer.crs, working_crs(layer.crs, shapely.total_bounds(layer.geometry))) for layer in layers]
        target = next((wish for given, wish in wishes if given == wish), wishes[0][1])
    moved = [layer.to(target) for layer in layers]
    boxes = [shapely.box(*shapely.total_bounds(layer.geometry)) for layer in moved]
    for k, box in enumerate(boxes):
        for j in range(k):
            distance = shapely.distance(box, boxes[j])
            if distance > FAR_M:
                raise InputError(
                    f"layer {layers[k].name} ({layers[k].crs}) lies {distance / 1000:,.0f} km away from layer "
                    f"{layers[j].name} of {layers[j].source} ({layers[j].crs})",
                    file=layers[k].source,
                    layer=layers[k].name,
                    field="crs",
                    advice="one of the two is of another place, or its coordinate system is wrong: name it with --crs",
                )
    return moved, target


def layer_names(path: str | os.PathLike[str]) -> list[str]:
    """List the layers of a map file, those without geometry too."""
    path = Path(path)
    must_exist(path)
    must_be_whole(path)
    with _readable(path):
        return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def read_attributes(path: Path, layer: str) -> tuple[dict[str, NDArray[Any]], Objects]:
    """Read the columns of a layer and, where it has one, its geometry; it may have no rows."""
    with _readable(path, layer):
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, force_2d=True, datetime_as_string=True)
        columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
        rows = len(values[0]) if values else 0
        return columns, np.full(rows, None) if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore")


def _from_map(path: Path, layer: str | None) -> tuple[Objects, dict[str, NDArray[Any]], str, str | None]:
    """Read geometry as WKB, columns, layer name and declared system by GDAL."""
    with _readable(path, layer):
        known = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    drawn = [name for name, kind in known if kind is not None]
    if layer is None:
        if len(drawn) != 1:
            raise InputError(
                "the file has no map layer" if not drawn else "the file has several layers",
                file=path,
                advice=f"name one with --layer: {', '.join(drawn)}" if drawn else "export it again with its geometry",
            )
        layer = drawn[0]
    elif layer not in dict(known):
        raise InputError(
            "there is no such layer",
            file=path,
            layer=layer,
            advice=f"the layers are: {', '.join(name for name, _ in known)}",
        )
    encoding = shapefile_encoding(path)
    with _readable(path, layer):
        meta, _, wkb, values = pyogrio.raw.read(path, layer=layer, encoding=encoding, datetime_as_string=True)
        if wkb is None:
            raise InputError(
                "the layer has no geometry", file=path, layer=layer, advice=f"map layers: {', '.join(drawn)}"
            )
    columns = {str(name): column for name, column in zip(meta["fields"], values, strict=True)}
    if "other_tags" in columns:
        add_tags(columns)
    return wkb, columns, layer, declared_crs(meta["crs"])


def _from_table(table: Table) -> tuple[Objects, dict[str, NDArray[Any]], NDArray[np.int64], str]:
    """Make geometry of a table's columns of coordinates or well-known text."""
    lower = {name.lower(): name for name in table.columns}
    outline = next((lower[name] for name in OUTLINE if name in lower), None)
    x = next((lower[name] for name in LONGITUDE if name in lower), None)
    y = next((lower[name] for name in LATITUDE if name in lower), None)
    if outline is not None:
        geometry = _outlines(table, outline)
        used = {outline}
    elif x is not None and y is not None:
        xy = np.stack([_coordinates(table, x), _coordinates(table, y)], axis=1)
        geometry = np.full(len(table), None, dtype=object)
        placed = np.isfinite(xy).all(axis=1)
        geometry[placed] = shapely.points(xy[placed])
        used = {x, y}
    else:
        raise InputError(
            "the table has no columns of coordinates",
            file=table.source,
            layer=table.name,
            field="lon, lat",
            advice=f"name them lon and lat (经度, 纬度), or wkt; the columns are: {', '.join(table.columns)}",
        )
    columns = {name: values for name, values in table.columns.items() if name not in used}
    return geometry, columns, table.rows, table.name


def _outlines(table: Table, name: str) -> Objects:
    texts = np.array([None if not isinstance(text, str) else text for text in table.columns[name]], dtype=object)
    geometry: Objects = shapely.force_2d(shapely.from_wkt(texts, on_invalid="ignore"))
    wrong = shapely.is_missing(geometry) & np.array([text is not None for text in texts])
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            "this is no well-known text (WKT)",
            file=table.source,
            layer=table.name,
            row=int(table.rows[row]),
            field=name,
            value=str(texts[row])[:60],
            advice="write POLYGON ((x y, x y, …)); a cell of a spreadsheet holds 32,767 characters at most",
        )
    return geometry


def _coordinates(table: Table, name: str) -> NDArray[np.float64]:
    values = table.columns[name]
    if values.dtype != object:
        return values.astype(np.float64)
    for row, value in zip(table.rows, values, strict=True):
        if isinstance(value, str):
            try:
                float(value)
            except ValueError:
                raise InputError(
                    "a coordinate is no number",
                    file=table.source,
                    layer=table.name,
                    row=int(row),
                    field=name,
                    value=value,
                    advice="write decimal degrees or metres",
                ) from None
    return np.array([np.nan if value is None else float(value) for value in values])


def _system(
    geometry: Objects, declared: str | None, wanted: str | None, path: Path, layer: str
) -> tuple[str, list[Note]]:
    """Settle the coordinate system, and say what was supposed."""
    bounds = shapely.total_bounds(geometry)
    named = None if wanted is None else parse_crs(wanted)
    guess = detect(bounds, named or declared)
    system = settle(guess, file=path, layer=layer)
    notes = []
    if named and declared and named != declared:
        notes.append(
            {
                "zh": f"{path} 的图层 {layer} 注明 {declared},已按指定的 {named} 读取",
                "en": f"layer {layer} of {path} names {declared}; it was read as {named}, as told",
            }
        )
    elif named is None and declared is None:
        notes.append(
            {
                "zh": f"{path} 的图层 {layer} 未注明坐标系,坐标数值只与 {system} 相符,已按此读取",
                "en": f"layer {layer} of {path}: {guess.evidence}",
            }
        )
    elif named is None and guess.question:
        notes.append(
            {
                "zh": f"{path} 的图层 {layer} 注明 {declared},但仅凭数值无法与 GCJ-02、BD-09 区分:"
                "数据是否来自高德、腾讯或百度?",
                "en": f"layer {layer} of {path}: {guess.evidence}; {guess.question}",
            }
        )
    return system, notes


def add_tags(columns: dict[str, NDArray[Any]]) -> None:
    """Spread the OpenStreetMap tags that matter to streets and buildings over columns of their own."""
    tags = [{} if text is None else dict(HSTORE.findall(text)) for text in columns["other_tags"]]
    for key in OSM_TAGS:
        if key not in columns and any(key in found for found in tags):
            columns[key] = np.array([found.get(key) for found in tags], dtype=object)


def shapefile_encoding(path: Path) -> str | None:
    """Tell UTF-8 from GBK by the bytes of a Shapefile's table; None for other files.

    The note that some programs leave beside the file (.cpg) is often missing or wrong, so the bytes decide.
    """
    if path.suffix.lower() != ".shp":
        return None
    table = next((path.with_suffix(ending) for ending in (".dbf", ".DBF") if path.with_suffix(ending).exists()), None)
    if table is None:
        return None
    raw = table.read_bytes()
    # a name cut in the middle of a character spoils one letter, the wrong encoding spoils most
    return min(("UTF-8", "GB18030"), key=lambda name: raw.decode(name, errors="replace").count("\ufffd"))


@contextmanager
def _readable(path: Path, layer: str | None = None) -> Iterator[None]:
    """Turn errors of GDAL into an InputError; its remarks on single features are judged by our own checks."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (
        CRSError,
        DataLayerError,
        DataSourceError,
        FeatureError,
        FieldError,
        GeometryError,
        UnicodeDecodeError,
        ValueError,
        RuntimeError,
    ) as error:
        said = " ".join(str(error).split())[:200]
        if "not recognized as being in a supported" in said:
            message, advice = "this is no map file", "use GeoPackage, Shapefile, GeoJSON, OSM PBF, CSV or XLSX"
        elif ".shx" in said:
            message, advice = "the Shapefile has lost its index", "put .shp, .shx, .dbf and .prj into one folder"
        else:
            message, advice = f"the file is damaged or breaks off ({said})", "export or copy it again"
        raise InputError(message, file=path, layer=layer, advice=advice) from None
