"""Read blocks from any polygon file and measure their shared borders, where a GeoPackage with lines is not at hand."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyogrio
import shapely

from linli.districting.verify.blocks import TOUCH_M, Block, Line
from linli.districting.verify.geopackage import Shape, UnreadableError, shape_of_wkb
from linli.errors import InputError


def read_polygons(path: Path) -> tuple[list[str], list[dict[str, object]], list[Shape]]:
    """Read columns, rows and shapes of the layer `blocks`, or of the only layer.

    Raises
    ------
    InputError
        GDAL cannot read it, which layer is meant is unclear, or the coordinates are degrees.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL merely remarks on, the checks below judge
            return _read(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, RuntimeError) as error:
        raise InputError(f"the blocks file cannot be read: {error}", file=path) from error


def measure_lines(path: Path, blocks: Mapping[str, Block]) -> list[Line]:
    """One line of kind `none` for each pair of blocks that share more than a metre of border.

    Raises
    ------
    InputError
        A shape is so broken that its border cannot be measured.
    """
    keys = sorted(blocks)
    try:
        borders = shapely.boundary(np.array([shapely.from_wkb(blocks[key].shape.wkb) for key in keys]))
        first, second = shapely.STRtree(borders).query(borders, predicate="intersects")
        once = first < second
        first, second = first[once], second[once]
        lengths = shapely.length(shapely.intersection(borders[first], borders[second]))
    except shapely.errors.ShapelyError as error:
        raise InputError(f"the borders of the blocks cannot be measured: {error}", file=path) from error
    return [
        Line(keys[i], keys[j], float(length), "none", "", None)
        for i, j, length in zip(first, second, lengths, strict=True)
        if length > TOUCH_M
    ]


def _read(path: Path) -> tuple[list[str], list[dict[str, object]], list[Shape]]:
    names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if "blocks" not in names and len(names) != 1:
        raise InputError("which layer holds the blocks?", file=path, value=names, advice="name it 'blocks'")
    layer = "blocks" if "blocks" in names else names[0]
    meta, _, geometry, fields = pyogrio.raw.read(path, layer=layer)
    if geometry is None:
        raise InputError("the blocks have no geometry", file=path, layer=layer)
    shapes = []
    for row, wkb in enumerate(geometry):
        try:
            # GDAL writes heights in its own dialect of WKB; what is hashed is the ISO one.
            shapes.append(shape_of_wkb(shapely.to_wkb(shapely.from_wkb(wkb or b""), flavor="iso")))
        except (UnreadableError, shapely.errors.ShapelyError) as error:
            raise InputError(f"a block cannot be used: {error}", file=path, layer=layer, row=row + 1) from error
    if shapes and all(max(map(abs, shape.box)) <= 360 for shape in shapes):
        raise InputError(
            "the blocks seem to be in degrees, lengths need metres",
            file=path,
            value=meta["crs"],
            advice="make a blocks file with `linli blocks`, plan and verify with that",
        )
    columns = [str(name) for name in meta["fields"]]
    listed = [_values(field) for field in fields]
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*listed, strict=True)] if listed else []
    return columns, rows, shapes


def _values(field: np.ndarray) -> list[object]:
    if field.dtype.kind == "M":
        return [None if np.isnat(value) else str(value) for value in field]
    return list(field.tolist())
