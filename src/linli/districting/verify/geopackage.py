"""Read the tables of a GeoPackage with SQLite alone, and its shapes byte by byte."""

from __future__ import annotations

import math
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

SQLITE_HEADER = b"SQLite format 3\x00"
LIMIT = 1e9  # metres; no projected coordinate comes near it
Point = tuple[float, float]
Ring = list[Point]
Box = tuple[float, float, float, float]


class UnreadableError(Exception):
    """The bytes are not what they should be; the caller knows which file they came from."""


@dataclass(frozen=True)
class Shape:
    """A Polygon or MultiPolygon: its rings, outer ones and holes, polygon by polygon, and its ISO WKB."""

    polygons: list[list[Ring]]
    wkb: bytes

    @cached_property
    def area(self) -> float:
        """Square units: outer rings less holes."""
        return math.fsum(
            (1 if place == 0 else -1) * abs(_twice_area(ring)) / 2
            for polygon in self.polygons
            for place, ring in enumerate(polygon)
        )

    @cached_property
    def perimeter(self) -> float:
        """Length of all rings."""
        return math.fsum(math.dist(p, q) for polygon in self.polygons for ring in polygon for p, q in pairwise(ring))

    @cached_property
    def box(self) -> Box:
        """West, south, east, north."""
        points = [p for polygon in self.polygons for ring in polygon for p in ring]
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return min(xs), min(ys), max(xs), max(ys)

    @cached_property
    def border(self) -> list[tuple[Point, Point]]:
        """The sorted segments of all rings, to the millimetre: equal for two ways of writing one shape."""
        return sorted(
            (min(p, q), max(p, q))
            for polygon in self.polygons
            for ring in polygon
            for p, q in pairwise(_millimetres(ring))
        )


@dataclass(frozen=True)
class Table:
    """One layer: attribute columns (no row number, no geometry), rows, and the shape of each row or None."""

    columns: list[str]
    rows: list[dict[str, object]]
    shapes: list[bytes | None]


@contextmanager
def opened(data: bytes) -> Iterator[sqlite3.Connection]:
    """Open the bytes of a GeoPackage, so that what is read is what was hashed."""
    if not data.startswith(SQLITE_HEADER) or len(data) < 100:
        raise UnreadableError("it is not a GeoPackage (no SQLite header)")
    # A database in write-ahead mode (as QGIS leaves it) is opened as a plain one; bytes 18 and 19 say which it is.
    plain = data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(plain)
            database.execute("PRAGMA trusted_schema = OFF")
            yield database
        except (sqlite3.Error, UnicodeError, OverflowError, MemoryError) as error:
            raise UnreadableError(f"SQLite cannot read it: {error}") from error


def layers(database: sqlite3.Connection) -> set[str]:
    """Names of the ordinary tables; views and virtual tables are never read."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    return {
        name
        for name, sql in database.execute(query)
        if isinstance(name, str) and isinstance(sql, str) and not sql.upper().startswith("CREATE VIRTUAL")
    }


def read_table(database: sqlite3.Connection, layer: str) -> Table:
    """Read one layer whole, in the order of its rows."""
    name = layer.replace('"', '""')
    described = database.execute(f'PRAGMA table_info("{name}")').fetchall()
    row_number = {column for _, column, kind, _, _, key in described if key and str(kind).upper() == "INTEGER"}
    geometry = None
    if "gpkg_geometry_columns" in layers(database):
        query = "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?"
        geometry = next((found for (found,) in database.execute(query, (layer,))), None)
    cursor = database.execute(f'SELECT * FROM "{name}"')
    names = [column[0] for column in cursor.description]
    table = Table([n for n in names if n != geometry and n not in row_number], [], [])
    for values in cursor:
        row = dict(zip(names, values, strict=True))
        shape = row.get(geometry) if geometry is not None else None
        table.shapes.append(shape if isinstance(shape, bytes) else None)
        table.rows.append({n: row[n] for n in table.columns})
    return table


def shape_of(blob: bytes) -> Shape:
    """Read a GeoPackage geometry: its header gives way to ISO WKB (OGC 12-128, clause 2.1.3)."""
    if len(blob) < 8 or blob[:2] != b"GP":
        raise UnreadableError("a geometry has no GeoPackage header")
    envelope = (blob[3] >> 1) & 7
    if envelope > 4:
        raise UnreadableError("a geometry has an invalid envelope code")
    return shape_of_wkb(blob[8 + (0, 32, 48, 48, 64)[envelope] :])


def shape_of_wkb(wkb: bytes) -> Shape:
    """Read the ISO WKB of a Polygon or MultiPolygon; heights and measures are read over."""
    try:
        kind, _, _ = _wkb_head(wkb, 0)
        polygons: list[list[Ring]] = []
        if kind == 3:
            polygon, end = _polygon(wkb, 0)
            polygons.append(polygon)
        elif kind == 6:
            order = "<" if wkb[0] else ">"
            (number,) = struct.unpack_from(order + "I", wkb, 5)
            end = 9
            for _ in range(number):
                polygon, end = _polygon(wkb, end)
                polygons.append(polygon)
        else:
            raise UnreadableError(f"a geometry is neither Polygon nor MultiPolygon (WKB type {kind})")
    except (struct.error, IndexError) as error:
        raise UnreadableError(f"a geometry is cut short: {error}") from error
    if end != len(wkb) or not any(polygon and polygon[0] for polygon in polygons):
        raise UnreadableError("a geometry is empty, or longer than it says")
    if not all(abs(x) < LIMIT and abs(y) < LIMIT for polygon in polygons for ring in polygon for x, y in ring):
        raise UnreadableError("a geometry has a coordinate that is no place in metres")
    return Shape(polygons, wkb)


def _wkb_head(wkb: bytes, at: int) -> tuple[int, int, str]:
    order = "<" if wkb[at] else ">"
    (code,) = struct.unpack_from(order + "I", wkb, at + 1)
    return code % 1000, (2, 3, 3, 4)[code // 1000] if code < 4000 else 0, order


def _polygon(wkb: bytes, at: int) -> tuple[list[Ring], int]:
    kind, size, order = _wkb_head(wkb, at)
    if kind != 3 or not size:
        raise UnreadableError("a geometry has a part that is no polygon in ISO WKB")
    (number,) = struct.unpack_from(order + "I", wkb, at + 5)
    at, rings = at + 9, []
    for _ in range(number):
        (points,) = struct.unpack_from(order + "I", wkb, at)
        if points * size * 8 > len(wkb) - at - 4:
            raise UnreadableError("a geometry is cut short")
        flat = struct.unpack_from(f"{order}{points * size}d", wkb, at + 4)
        rings.append(list(zip(flat[::size], flat[1::size], strict=True)))
        at += 4 + points * size * 8
    return rings, at


def _twice_area(ring: Ring) -> float:
    # Counted from the first corner, so that large eastings do not eat the digits.
    x0, y0 = ring[0] if ring else (0.0, 0.0)
    pairs = pairwise(ring)
    return math.fsum((p[0] - x0) * (q[1] - y0) - (q[0] - x0) * (p[1] - y0) for p, q in pairs)


def _millimetres(ring: Ring) -> Ring:
    return [(round(x, 3), round(y, 3)) for x, y in ring]
