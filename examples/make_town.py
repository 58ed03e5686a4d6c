"""Invent the small town of the documents: streets, a river, buildings with counts; `python examples/make_town.py`.

The same streets stand in `place.osm` as OpenStreetMap exports a place: buildings as outlines, and nothing counted.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
from pyproj import Transformer

HERE = Path(__file__).parent
SEED = 5
COLUMNS, ROWS, BORDER = 9, 7, 7
STREETS = ("东风路", "学府巷", "人民路", "幸福巷", "文昌路", "桂花巷", "北环路", "槐树巷")
AVENUES = ("西城路", "铁匠巷", "建设路", "水井巷", "滨河西路", "滨河东路", "工农路", "梨园巷", "新华路", "东城路")
ARTERIAL = ("人民路", "建设路", "西城路", "东城路")
ESTATES = ("机械厂家属院", "桂花苑", "文昌里", "清水湾", "工农新村", "梨园小区", "北环新村")
COUNTS = ("households_registered", "households_resident", "dwellings", "dwellings_delivered", "persons")


def main() -> None:
    """Write the layers beside this file; the same seed gives the same town."""
    random = np.random.default_rng(SEED)
    corner = corners(random)
    write("roads", list(roads(corner)))
    write("water", [river(corner)])
    write("boundary", [outline(corner)])
    write("communities", communities(corner))
    write("buildings", buildings(corner, random))
    (HERE / "place.osm").write_text(as_osm([*roads(corner), river(corner), *outlines(corner)]), encoding="utf-8")
    with (HERE / "draft.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "community", "locked"), *DRAFT])


# blocks that a planner has settled before the rest: by id, as `linli blocks` numbers them
DRAFT = (
    ("B0001", "团结西", 1),
    ("B0002", "团结西", 1),
    ("B0024", "团结", 1),
    ("B0046", "团结东", 0),
    ("B0059", "白云", 0),
)


def corners(random: np.random.Generator) -> np.ndarray:
    """Shape (ROWS + 1, COLUMNS + 1, 2), metres: where streets meet, the grid a little out of true."""
    x = np.concatenate([[0], np.cumsum(random.integers(150, 230, COLUMNS))])
    y = np.concatenate([[0], np.cumsum(random.integers(140, 210, ROWS))])
    grid = np.stack(np.meshgrid(x, y), axis=-1).astype(float)
    grid[1:-1, 1:-1] += random.uniform(-22, 22, (ROWS - 1, COLUMNS - 1, 2))
    return grid


def roads(corner: np.ndarray) -> list[dict[str, object]]:
    """Every street from one end of the town to the other, but one lane that ends early."""
    found = []
    for r, name in enumerate(STREETS):
        found.append(feature("LineString", corner[r], name=name, highway=kind(name)))
    for c, name in enumerate(AVENUES):
        line = corner[1:, c] if name == "水井巷" else corner[:, c]
        found.append(feature("LineString", line, name=name, highway=kind(name)))
    return found


def kind(name: str) -> str:
    """Class of a street, told by its name."""
    if name in ARTERIAL:
        return "primary"
    return "secondary" if name.endswith("路") else "residential"


def river(corner: np.ndarray) -> dict[str, object]:
    """Lay a river between the two roads along its banks."""
    middle = corner[:, 4] * 0.5 + corner[:, 5] * 0.5
    ring = np.concatenate([np.add(middle, (-24, 0)), np.add(middle, (24, 0))[::-1]])
    ring[0, 1] = ring[-1, 1] = -30
    top = len(middle) - 1
    ring[top, 1] = ring[top + 1, 1] = corner[-1, 0, 1] + 30
    return feature("Polygon", np.concatenate([ring, ring[:1]])[None], name="清水河", water="river")


def outline(corner: np.ndarray) -> dict[str, object]:
    """Ground of the whole town: up to the streets around it."""
    ring = np.concatenate([corner[0], corner[1:, -1], corner[-1, -2::-1], corner[-2::-1, 0]])
    return feature("Polygon", ring[None], name="清水街道")


def communities(corner: np.ndarray) -> list[dict[str, object]]:
    """Two present communities: one that has grown too large, with the river through it, and one that has not."""
    border = corner[:, BORDER]
    west = np.concatenate([corner[0, : BORDER + 1], border[1:], corner[-1, BORDER - 1 :: -1], corner[-2::-1, 0]])
    east = np.concatenate([corner[0, BORDER:], corner[1:, -1], corner[-1, -2:BORDER:-1], border[::-1]])
    return [feature("Polygon", west[None], name="团结"), feature("Polygon", east[None], name="白云")]


def buildings(corner: np.ndarray, random: np.random.Generator) -> list[dict[str, object]]:
    """Put four to six buildings on each block, with counts under five definitions (口径)."""
    found = []
    for r in range(ROWS):
        for c in range(COLUMNS):
            if c == 4:
                continue
            quad = corner[r : r + 2, c : c + 2].reshape(4, 2)
            estate = f"{ESTATES[r % len(ESTATES)]}{c + 1}区" if random.random() < 0.5 else None
            for place in range(int(random.integers(4, 7))):
                u, v = 0.2 + 0.3 * (place % 3), 0.3 + 0.4 * (place // 3)
                point = quad[0] * (1 - u) * (1 - v) + quad[1] * u * (1 - v) + quad[2] * (1 - u) * v + quad[3] * u * v
                homes = int(random.integers(24, 46))
                floors = int(random.integers(5, 8))
                values = (homes - int(random.integers(0, 4)), homes - 2, homes, homes - int(random.random() < 0.1) * 2)
                row = dict(zip(COUNTS, (*values, int(homes * 2.6)), strict=True))
                number = f"L{len(found) + 1:04d}"
                found.append(feature("Point", point, id=number, compound=estate, floors=floors, **row))
    return found


def outlines(corner: np.ndarray) -> list[dict[str, object]]:
    """Three long houses on each block; only some tell their floors, as in OpenStreetMap."""
    found = []
    for r in range(ROWS):
        for c in range(COLUMNS):
            if c == 4:
                continue
            west, south = corner[r, c] + 40
            east = corner[r, c + 1, 0] - 40
            for row in range(3):
                y = south + 30 * row
                ring = np.array([(west, y), (east, y), (east, y + 13), (west, y + 13), (west, y)])
                levels = {"building:levels": 5 + (r + c) % 3} if row == 0 else {}
                found.append(feature("Polygon", ring[None], building="apartments", **levels))
    return found


def as_osm(features: list[dict[str, object]]) -> str:
    """Write features as an OpenStreetMap file: nodes first, then ways with their tags."""
    nodes, ways = [], []
    for row in features:
        shape = row["geometry"]
        points = shape["coordinates"] if shape["type"] == "LineString" else shape["coordinates"][0][:-1]
        first = len(nodes) + 1
        nodes += [f'<node id="{first + k}" lat="{lat:.6f}" lon="{lon:.6f}"/>' for k, (lon, lat) in enumerate(points)]
        refs = [first + k for k in range(len(points))] + ([first] if shape["type"] == "Polygon" else [])
        tags = "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags_of(row["properties"]).items())
        along = "".join(f'<nd ref="{one}"/>' for one in refs)
        ways.append(f'<way id="{len(ways) + 1}">{along}{tags}</way>')
    body = "\n".join(nodes + ways)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="linli">\n{body}\n</osm>\n'


def tags_of(properties: dict[str, object]) -> dict[str, object]:
    """Properties of a feature as OpenStreetMap tags it."""
    return {**properties, "natural": "water"} if "water" in properties else properties


def feature(shape: str, points: np.ndarray, **properties: object) -> dict[str, object]:
    """GeoJSON feature in degrees."""
    to_degrees = Transformer.from_crs("EPSG:4543", "EPSG:4326", always_xy=True)
    flat = np.asarray(points, dtype=float)
    lon, lat = to_degrees.transform(flat[..., 0] + 520_000, flat[..., 1] + 2_870_000)
    degrees = np.round(np.stack([lon, lat], axis=-1), 7).tolist()
    return {"type": "Feature", "properties": properties, "geometry": {"type": shape, "coordinates": degrees}}


def write(layer: str, features: list[dict[str, object]]) -> None:
    """Write one layer, a feature a line."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in features)
    text = f'{{"type": "FeatureCollection", "name": "{layer}", "features": [\n{rows}\n]}}\n'
    (HERE / f"{layer}.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
