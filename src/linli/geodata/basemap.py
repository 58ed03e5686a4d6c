"""What maps are drawn on: streets, water, rail, walls, green, houses and names; as a layer, and as vector tiles."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from linli.geodata.arrangement import Objects
from linli.geodata.atomic import replace_when_done
from linli.geodata.coordinates import CGCS2000, transform
from linli.geodata.hang import mend
from linli.geodata.layers import Layer
from linli.geodata.road_lines import DEFAULT_KIND
from linli.geodata.street_classes import COMPOUND_COLUMNS, NAME_COLUMNS, kinds_of, names_of, text

NAME = "basemap"
FIELDS = ("class", "name")
# kind of a dividing line → class of the map
ROADS = {"arterial": "primary", "secondary": "secondary", "lane": "lane"}
SERVICE = frozenset({"service", "内部道路"})
GREEN_WORDS = ("公园", "绿地", "广场", "林", "park", "garden", "green", "grass", "forest", "wood", "pitch")
USE_COLUMNS = ("use", "leisure", "landuse", "natural", "amenity", "fclass", "类型", "用途", "类别")

# what goes into one file of tiles, and the zooms at which it is there; the last serves every nearer view
LAST = 15
BANDS: dict[str, tuple[frozenset[str], int]] = {
    "areas": (frozenset({"water", "green"}), 10),
    "roads": (frozenset({"primary", "secondary", "rail"}), 11),
    "lanes": (frozenset({"lane", "stream", "site"}), 13),
    "houses": (frozenset({"building", "wall", "service", "compound"}), 15),
}
SEEN = 4  # 4,096ths of a tile: a bend that is less is not seen but at the last zoom

# the picture beneath small maps of communities: what is seen from afar, from below
PICTURED = ("green", "water", "lane", "secondary", "primary", "rail")
CASED = frozenset({"lane", "secondary", "primary"})
PICTURE_DETAIL_M = 2.0
DEGREE_M = 111_195.0
PICTURE_STYLE = """
use{fill:none;stroke-linejoin:round;stroke-linecap:round}
.green{fill:#d9e6cc}.water{fill:#a9cbdb}.casing{stroke:#c9b79b;stroke-width:24}
.lane{stroke:#fffefb;stroke-width:10}.secondary{stroke:#fffefb;stroke-width:18}.primary{stroke:#f7dfa6;stroke-width:24}
.rail{stroke:#8b8577;stroke-width:8;stroke-dasharray:30 20;stroke-linecap:butt}
use[href="#lane"].casing{stroke-width:14}use[href="#primary"].casing{stroke-width:30}
@media (prefers-color-scheme:dark){.green{fill:#2b3a2b}.water{fill:#2d4a58}.casing{stroke:#1d1c18}
.lane,.secondary{stroke:#56524a}.primary{stroke:#6b5730}.rail{stroke:#8a8475}}
""".replace("\n", "")


def basemap_of(layers: Mapping[str, Sequence[Layer]]) -> Layer | None:
    """Gather layers by role into the one layer `basemap` of a blocks file; None where there is nothing to draw.

    Parameters
    ----------
    layers
        `roads`, `water`, `rail`, `walls`, `buildings`, `compounds`, `sites`, all in one system.

    Returns
    -------
    Features with columns `class` (see `BANDS`) and `name`.
    """
    found: list[tuple[Objects, Objects, Objects]] = []
    for role, draw in (
        ("sites", _sites), ("water", _water), ("buildings", _buildings), ("walls", _walls), ("roads", _roads),
        ("rail", _rail), ("compounds", _compounds),
    ):  # fmt: skip
        found += [draw(layer) for layer in layers.get(role, ()) if len(layer)]
    crs = next((layer.crs for role in layers.values() for layer in role), "")
    geometry, classes, names = (
        np.concatenate([one[at] for one in found] or [np.zeros(0, dtype=np.object_)]) for at in range(3)
    )
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry)) & (classes != "")
    if not there.any():
        return None
    columns: dict[str, Any] = {"class": classes[there], "name": names[there]}
    return Layer(geometry[there], columns, crs, NAME, None, np.arange(1, int(there.sum()) + 1))


def write_tiles(layer: Layer, folder: str | os.PathLike[str]) -> list[Path]:
    """Write vector tiles (PMTiles, Mapbox Vector Tiles), one file a band that has something to draw.

    Parameters
    ----------
    layer
        As `basemap_of` returned it, in any system.
    folder
        Where the files go; those that stand there are replaced. Layers of tiles bear its name too, so that tiles of
        several folders can be one.
    """
    geometry, kinds, names = _streets(
        transform(layer.geometry, layer.crs, CGCS2000), *(layer.columns[name].astype(object) for name in FIELDS)
    )
    drawn = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    written = []
    for band, (classes, first) in BANDS.items():
        rows = np.flatnonzero(drawn & np.isin(kinds.astype(str), sorted(classes)))
        if len(rows) == 0:
            continue
        path = Path(folder) / f"{band}.pmtiles"
        with replace_when_done(path) as temporary:
            pyogrio.raw.write(
                temporary, shapely.to_wkb(geometry[rows]),
                [kinds[rows], np.array([one or None for one in names[rows]], dtype=np.object_)], list(FIELDS),
                layer=f"{band}-{Path(folder).name}", driver="PMTiles", geometry_type="Unknown",
                crs="EPSG:4326",  # as maps on screen take CGCS2000
                MINZOOM=first, MAXZOOM=LAST, SIMPLIFICATION=SEEN, SIMPLIFICATION_MAX_ZOOM=0,
            )  # fmt: skip
        written.append(path)
    return written


def write_picture(layer: Layer, path: str | os.PathLike[str]) -> Path:
    """Write the picture that small maps of communities stand on: an SVG in metres, of what is seen from afar.

    Parameters
    ----------
    layer
        As `basemap_of` returned it, in any system.
    path
        The SVG; its root says by `data-bounds` which west, south, east and north it spans, in degrees.
    """
    geometry = transform(layer.geometry, layer.crs, CGCS2000)
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(geometry))
    squeeze = math.cos(math.radians((south + north) / 2))
    place = np.array([squeeze * DEGREE_M, -DEGREE_M])
    classes = layer.columns["class"].astype(str)
    paths, uses = [], []
    for name in PICTURED:
        shapes = geometry[(classes == name) & ~shapely.is_missing(geometry)]
        seen = shapely.simplify(shapely.transform(shapes, lambda at: (at - [west, north]) * place), PICTURE_DETAIL_M)
        steps = "".join(_steps(part) for shape in seen for part in shapely.get_parts(shape))
        if steps:
            paths.append(f'<path id="{name}" d="{steps}"/>')
            uses += [(name, "casing")] if name in CASED else []
            uses.append((name, name))
    drawn = [f'<use href="#{name}" class="{look}"/>' for name, look in sorted(uses, key=lambda use: use[1] != "casing")]
    areas = [one for one in drawn if 'class="green"' in one or 'class="water"' in one]
    wide, high = (east - west) * squeeze * DEGREE_M, (north - south) * DEGREE_M
    with replace_when_done(path) as temporary:
        temporary.write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" preserveAspectRatio="none" '
            f'data-bounds="{west} {south} {east} {north}"><style>{PICTURE_STYLE}</style><defs>{"".join(paths)}</defs>'
            f"{''.join(areas)}{''.join(one for one in drawn if one not in areas)}</svg>\n",
            encoding="utf-8",
        )
    return Path(path)


def _streets(geometry: Objects, kinds: Objects, names: Objects) -> tuple[Objects, Objects, Objects]:
    """Join lines of one class and name end to end: pieces from crossing to crossing would each weigh in a tile."""
    line = shapely.get_dimensions(geometry) == 1
    parts, of = shapely.get_parts(geometry[line], return_index=True)
    if len(parts) == 0:
        return geometry, kinds, names
    said = np.array([f"{kind}\n{name or ''}" for kind, name in zip(kinds[line][of], names[line][of], strict=True)])
    keys, own = np.unique(said, return_inverse=True)
    order = np.argsort(own, kind="stable")
    whole = shapely.line_merge(shapely.multilinestrings(parts[order], indices=own[order]))
    lines, key = shapely.get_parts(whole, return_index=True)
    told = np.array([one.split("\n", 1) for one in keys], dtype=np.object_)[key]
    return (
        np.concatenate([geometry[~line], lines]),
        np.concatenate([kinds[~line], told[:, 0]]),
        np.concatenate([names[~line], told[:, 1]]),
    )


def _steps(shape: Any) -> str:
    """Write a line or a polygon as steps in whole metres."""
    rings = (shape.exterior, *shape.interiors) if shape.geom_type == "Polygon" else (shape,)
    found = []
    for ring in rings if shape.geom_type in ("Polygon", "LineString") else ():
        at = np.rint(shapely.get_coordinates(ring)).astype(int)
        moves = np.diff(at, axis=0)
        moves = moves[np.any(moves != 0, axis=1)]
        if len(moves):
            close = "z" if shape.geom_type == "Polygon" else ""
            found.append(f"M{at[0][0]} {at[0][1]}l{' '.join(f'{x} {y}' for x, y in moves)}{close}")
    return "".join(found)


def _roads(layer: Layer) -> tuple[Objects, Objects, Objects]:
    kind, _link, read = kinds_of(layer.columns, len(layer), default=DEFAULT_KIND["roads"])
    classes = [
        ROADS.get(one, "") if one else "service" if said in SERVICE else ""
        for one, said in zip(kind, read, strict=True)
    ]
    return _drawn(layer, classes, 1)


def _rail(layer: Layer) -> tuple[Objects, Objects, Objects]:
    kind, _link, _read = kinds_of(layer.columns, len(layer), default=DEFAULT_KIND["rail"])
    return _drawn(layer, ["rail" if one == "railway" else "" for one in kind], 1)


def _water(layer: Layer) -> tuple[Objects, Objects, Objects]:
    flat = shapely.get_dimensions(layer.geometry) == 2
    kind, _link, _read = kinds_of(layer.columns, len(layer), default=DEFAULT_KIND["water"])
    return _drawn(
        layer, ["water" if area else "stream" if one else "" for area, one in zip(flat, kind, strict=True)], None
    )


def _walls(layer: Layer) -> tuple[Objects, Objects, Objects]:
    flat = shapely.get_dimensions(layer.geometry) == 2
    lines = np.where(flat, shapely.boundary(layer.geometry), layer.geometry)
    return lines, np.full(len(layer), "wall", dtype=np.object_), np.full(len(layer), "", dtype=np.object_)


def _buildings(layer: Layer) -> tuple[Objects, Objects, Objects]:
    geometry, classes, names = _drawn(layer, ["building"] * len(layer), 2)
    return geometry, classes, np.full_like(names, "")  # houses are not lettered


def _sites(layer: Layer) -> tuple[Objects, Objects, Objects]:
    said = [
        " ".join(text(layer.columns[name][row]) for name in USE_COLUMNS if name in layer.columns).lower()
        for row in range(len(layer))
    ]
    return _drawn(layer, ["green" if any(word in one for word in GREEN_WORDS) else "site" for one in said], 2)


def _compounds(layer: Layer) -> tuple[Objects, Objects, Objects]:
    """A compound is a name at a point on its ground: its outline is the blocks' own."""
    column = next((name for name in (*COMPOUND_COLUMNS, *NAME_COLUMNS) if name in layer.columns), None)
    names = [text(one) for one in layer.columns[column]] if column else [""] * len(layer)
    geometry, classes, _names = _drawn(layer, ["compound" if name else "" for name in names], 2)
    return shapely.point_on_surface(geometry), classes, np.array(names, dtype=np.object_)


def _drawn(layer: Layer, classes: Sequence[str], dimension: int | None) -> tuple[Objects, Objects, Objects]:
    """Return a layer's mended geometry, classes and names; features of another dimension have no class."""
    geometry, _repaired = mend(layer.geometry) if dimension == 2 else (layer.geometry, 0)
    of_class = np.array(classes, dtype=np.object_)
    if dimension is not None:
        of_class[shapely.get_dimensions(geometry) != dimension] = ""
    return geometry, of_class, names_of(layer.columns, len(layer))
