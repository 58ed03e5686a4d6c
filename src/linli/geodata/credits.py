"""Whom a map must name: sources that ask for credit, found in the layers themselves or told by who brings them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

OPENSTREETMAP = "© OpenStreetMap contributors / 开放街道图贡献者（ODbL）"
OSM_COLUMNS = frozenset(("osm_id", "osm_way_id", "osmid", "@id", "other_tags"))  # of GDAL, Geofabrik, OSMnx, Overpass
SEPARATOR = "；"  # of several credits in one line
KEPT = "credits"  # where `Blocks.report` keeps them


def asked_by(name: str | Path | None, columns: Iterable[str]) -> list[str]:
    """Return the credits that a layer asks for, known by its file's name and its columns."""
    path = Path(name or "")
    ours = path.suffix.lower() in (".pbf", ".osm") or not OSM_COLUMNS.isdisjoint(one.lower() for one in columns)
    return [OPENSTREETMAP] if ours else []


def credits_in(report: object) -> tuple[str, ...]:
    """Return the credits that a report of blocks keeps."""
    kept = report.get(KEPT) if isinstance(report, dict) else None
    return together(str(one) for one in kept) if isinstance(kept, list | tuple) else ()


def together(asked: Iterable[str]) -> tuple[str, ...]:
    """Return credits once each, in the order of their first mention; nothing for empty ones."""
    return tuple(dict.fromkeys(one.strip() for one in asked if one.strip()))


def line(credit: Sequence[str]) -> str:
    """Write credits as one line; '' where nobody asks for one."""
    return SEPARATOR.join(credit)
