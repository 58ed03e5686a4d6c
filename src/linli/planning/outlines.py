"""Communities as paths of an SVG map: dissolved from their blocks, kept until a membership or a block changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import shapely
from django.core.cache import caches

from linli.territory.lookup import ground_stamp
from linli.territory.models import Block
from linli.territory.periods import chunks

WIDE = 1000.0  # width of the drawing in its own units
AIR = 24.0  # around it


@dataclass(frozen=True)
class Outline:
    """One community on the map.

    Parameters
    ----------
    key
        Primary key of the community.
    path
        SVG path, y down.
    x, y
        Where its label stands.
    """

    key: int
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A map of communities; `height` belongs to a width of 1,000.

    Parameters
    ----------
    outlines
        The communities.
    height
        Of the drawing, in its own units.
    west, north, squeeze, scale
        The degrees of its corner; how much narrower a degree of longitude is; units to a degree of latitude.
    """

    outlines: tuple[Outline, ...]
    height: float
    west: float
    north: float
    squeeze: float
    scale: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a place stands on the drawing."""
        return (longitude - self.west) * self.squeeze * self.scale, (self.north - latitude) * self.scale

    @property
    def view_box(self) -> str:
        """The SVG attribute."""
        return f"{-AIR:.0f} {-AIR:.0f} {WIDE + 2 * AIR:.0f} {self.height + 2 * AIR:.0f}"


def draw(blocks: Mapping[int, Sequence[int]]) -> Drawing | None:
    """Draw communities from their blocks; None where there is no block.

    Parameters
    ----------
    blocks
        Community to the primary keys of its blocks.
    """
    if not any(blocks.values()):
        return None
    stamp = ground_stamp()
    key = f"outlines:{stamp}:{hash(tuple(sorted((k, tuple(sorted(v))) for k, v in blocks.items())))}"
    kept = caches["here"].get(key)
    if isinstance(kept, Drawing):
        return kept
    drawn = _draw(blocks)
    caches["here"].set(key, drawn, 3600)
    return drawn


def _draw(blocks: Mapping[int, Sequence[int]]) -> Drawing:
    wanted = sorted({block for keys in blocks.values() for block in keys})
    shapes = {
        pk: shapely.from_wkb(bytes(wkb))
        for keys in chunks(wanted)
        for pk, wkb in Block.objects.filter(pk__in=keys).values_list("pk", "wkb")
    }
    joined = {
        community: shapely.union_all([shapes[k] for k in keys if k in shapes], grid_size=1e-7)
        for community, keys in blocks.items()
        if keys
    }
    west, south, east, north = shapely.total_bounds(list(joined.values()))
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDE / max((east - west) * squeeze, 1e-9)
    tolerance = 0.6 / scale
    empty = Drawing((), (north - south) * scale, west, north, squeeze, scale)
    outlines = []
    for community, shape in joined.items():
        thin = shapely.simplify(shape, tolerance)
        at = empty.place(*shapely.point_on_surface(shape).coords[0])
        outlines.append(Outline(community, _path(thin, empty.place), round(at[0], 1), round(at[1], 1)))
    return replace(empty, outlines=tuple(outlines))


def _path(shape: shapely.Geometry, place: Callable[[float, float], tuple[float, float]]) -> str:
    parts = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            points = [place(x, y) for x, y in ring.coords]
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1]) + "Z")
    return "".join(parts)
