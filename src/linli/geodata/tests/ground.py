"""Small made-up ground for tests of geodata."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyogrio
import shapely

from linli.geodata import Blocks, find_borders

EAST, NORTH = 618_000.0, 2_885_000.0  # near Dongchuan, EPSG:4543 (central meridian 102°E)

pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})  # what tests write need not survive a power cut


def squares(columns, rows, size=100.0, east=EAST, north=NORTH):
    """A chessboard of squares, row by row from the south-west."""
    return np.array(
        [
            shapely.box(east + c * size, north + r * size, east + (c + 1) * size, north + (r + 1) * size)
            for r in range(rows)
            for c in range(columns)
        ],
        dtype=object,
    )


def board(columns, rows, **attributes):
    """Blocks on a chessboard, named B0, B1 …, in memory."""
    geometry = squares(columns, rows)
    ids = tuple(f"B{k}" for k in range(len(geometry)))
    lines, rim = find_borders(ids, geometry)
    made = {name: np.array(values) for name, values in attributes.items()}
    return Blocks(ids, geometry, made, lines, rim, "EPSG:4543")


def write_layer(path: Path, geometry, *, layer=None, crs="EPSG:4543", driver=None, encoding=None, **columns):
    """Write a layer with pyogrio alone, as another program would."""
    kinds = {shape.geom_type + " Z" * shape.has_z for shape in geometry if shape is not None}
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.asarray(geometry, dtype=object)),
        [np.array(values) for values in columns.values()],
        np.array(list(columns), dtype=object),
        layer=layer,
        driver=driver,
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
        crs=crs,
        encoding=encoding,
        append=path.exists(),
    )
    return path


def text(values):
    return np.array(values, dtype=object)
