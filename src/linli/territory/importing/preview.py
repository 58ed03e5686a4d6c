"""Maps of an import: where its numbers would lie in a coordinate system, and what it would change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from linli.geodata.coordinates import CGCS2000, transform
from linli.geodata.layers import read_layer
from linli.territory.importing.files import is_table, readable

MOST_SHAPES = 3000
FINE = 1e-5  # degrees: a metre
FILLS = {
    "new": "1-0", "changed": "1-1", "same": "0-0", "gone": "2-3", "error": "#c8392b", "ground": "0-0", "file": "2-0",
}  # fmt: skip
NAME = "preview.json"

Shapes = Iterable[tuple[shapely.Geometry, str, str]]


def features(shapes: Shapes) -> dict[str, Any]:
    """Return shapes with label and state as GeoJSON that the map of a page draws; at most `MOST_SHAPES`."""
    found = []
    for shape, label, state in shapes:
        if shape is None or shape.is_empty:
            continue
        drawn = shapely.set_precision(shape.simplify(FINE), 1e-6, mode="pointwise")
        found.append(
            {
                "type": "Feature", "geometry": json.loads(shapely.to_geojson(drawn)),
                "properties": {"name": label, "fill": FILLS[state], "mark": state == "error"},
            }
        )  # fmt: skip
        if len(found) == MOST_SHAPES:
            break
    return {"type": "FeatureCollection", "features": found}


def in_system(path: Path, layer: str, crs: str, ground: Sequence[shapely.Geometry]) -> dict[str, Any]:
    """Show a file's shapes as they would lie in a system, above the ground that is there.

    Raises
    ------
    InputError
        The file cannot be read, or its numbers do not exist in the system.
    """
    table = is_table(path)
    sheet = layer or None if not table or path.suffix in (".xlsx", ".xlsm") else None
    read = read_layer(path if table else readable(path), layer=sheet, crs=crs)
    whole = [shape for shape in read.geometry if shape is not None]
    step = max(1, len(whole) // (MOST_SHAPES // 2))
    here = transform(np.array(whole[::step], dtype=object), read.crs, CGCS2000)
    below = list(ground)[: MOST_SHAPES // 2]
    return features([*((one, "", "ground") for one in below), *((one, "", "file") for one in here)])


def keep_preview(folder: Path, shapes: Shapes) -> None:
    """Keep what a check found, for the page that shows it."""
    order = {"same": 0, "gone": 1, "changed": 2, "new": 3, "error": 4}
    ordered = sorted(shapes, key=lambda one: -order[one[2]])[:MOST_SHAPES]  # what matters is never left out
    (folder / NAME).write_text(json.dumps(features(reversed(ordered)), ensure_ascii=False), encoding="utf-8")


def kept_preview(folder: Path) -> str:
    """Return what `keep_preview` kept; an empty collection where there is nothing."""
    path = folder / NAME
    return path.read_text(encoding="utf-8") if path.is_file() else '{"type": "FeatureCollection", "features": []}'
