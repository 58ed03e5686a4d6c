"""Coordinate systems: their names, the shifted ones of Chinese map services, and the right zone for a place."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from linli.errors import InputError

Floats = NDArray[np.float64]
Objects = NDArray[Any]

WGS84 = "EPSG:4326"
CGCS2000 = "EPSG:4490"
CHINA = (73.0, 17.0, 136.0, 54.0)  # west, south, east, north, degrees
MOST_STRETCH = 0.01  # a projection that stretches lengths by more than this is left for a better one

NAMES = {
    "wgs84": WGS84,
    "gps": WGS84,
    "cgcs2000": CGCS2000,
    "gcj02": "gcj02",
    "gaode": "gcj02",
    "amap": "gcj02",
    "tencent": "gcj02",
    "火星": "gcj02",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "bd09": "bd09",
    "baidu": "bd09",
    "百度": "bd09",
}

AXIS_M = 6378245.0  # Krasovsky 1940, which the shift is computed on
ECCENTRICITY = 0.00669342162296594323
BD_ANGLE = np.pi * 3000 / 180


def parse_crs(text: str) -> str:
    """Return the canonical name of a coordinate system: 'gcj02', 'bd09', 'EPSG:4543' or well-known text.

    Parameters
    ----------
    text
        `gcj02`, `bd09`, `wgs84`, `cgcs2000` (with or without a hyphen), `EPSG:…`, or anything PROJ reads.
    """
    short = re.sub(r"[\s_-]", "", text).lower()
    if short in NAMES:
        return NAMES[short]
    try:
        return _canonical(f"EPSG:{short}" if short.isdigit() else text)
    except pyproj.exceptions.CRSError:
        raise InputError(
            "this is no coordinate system that Linli knows",
            field="crs",
            value=text,
            advice="use gcj02, bd09, wgs84, cgcs2000 or EPSG: and a number, such as EPSG:4543",
        ) from None


def declared_crs(text: str | None) -> str | None:
    """Return the canonical name of the system that a file names, None where it names none or an undefined one."""
    if text is None or "undefined" in text.lower() or _crs(text).type_name == "Engineering CRS":
        return None
    return parse_crs(text)


def local_crs(lon: float, lat: float) -> str:
    """Choose the metric system for a place: CGCS2000 3° Gauss–Krüger without zone prefix in China, elsewhere UTM.

    Parameters
    ----------
    lon, lat
        Degrees, WGS-84 or CGCS2000.
    """
    if in_china(lon, lat):
        zone = min(max(round(lon / 3), 25), 45)
        return f"EPSG:{4534 + zone - 25}"
    zone = int((lon + 180) // 6) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


def in_china(lon: float, lat: float) -> bool:
    """Tell whether a place lies in the box around China."""
    return CHINA[0] <= lon <= CHINA[2] and CHINA[1] <= lat <= CHINA[3]


def is_geographic(crs: str) -> bool:
    """Tell whether a system counts in degrees."""
    return crs in ("gcj02", "bd09") or _crs(crs).is_geographic


def in_area_of_use(crs: str, bounds: tuple[float, float, float, float]) -> bool:
    """Tell whether bounds, read as degrees, lie where a system is meant to be used."""
    area = _crs(crs).area_of_use
    if area is None:
        return False
    west, south, east, north = bounds
    return bool(area.west <= west and area.south <= south and east <= area.east and north <= area.north)


def working_crs(crs: str, bounds: Floats) -> str:
    """Return the metric system to work in: the given one where lengths are true in it, else the local one.

    Parameters
    ----------
    crs
        The system of the data.
    bounds
        West, south, east, north in that system.
    """
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    lon, lat = transform_xy(np.array([[x, y]]), crs, WGS84)[0]
    if not is_geographic(crs):
        system = _crs(crs)
        metres = all(axis.unit_conversion_factor == 1 for axis in system.axis_info[:2])
        factors = pyproj.Proj(system).get_factors(lon, lat)
        stretch = max(abs(factors.meridional_scale - 1), abs(factors.parallel_scale - 1))
        if metres and stretch <= MOST_STRETCH:
            return crs
    return local_crs(lon, lat)


def transform(geometry: Objects, source: str, target: str) -> Objects:
    """Carry geometries from one system to another; the same array where both are the same.

    Raises
    ------
    InputError
        A coordinate that does not exist in the source system.
    """
    if source == target:
        return geometry
    moved: Objects = shapely.transform(geometry, lambda xy: transform_xy(xy, source, target))
    return moved


def transform_xy(xy: Floats, source: str, target: str) -> Floats:
    """Carry points, shape (n, 2) as x or longitude and y or latitude, from one system to another."""
    if source == target or len(xy) == 0:
        return xy
    for shifted, undo in (("gcj02", wgs84_from_gcj02), ("bd09", wgs84_from_bd09)):
        if source == shifted:
            return transform_xy(undo(xy), WGS84, target)
    for shifted, apply in (("gcj02", gcj02_from_wgs84), ("bd09", bd09_from_wgs84)):
        if target == shifted:
            return apply(transform_xy(xy, source, WGS84))
    moved = np.stack(_transformer(source, target).transform(xy[:, 0], xy[:, 1]), axis=1)
    lost = ~np.isfinite(moved).all(axis=1)
    if lost.any():
        place = xy[np.argmax(lost)]
        raise InputError(
            f"a coordinate does not exist in {source}",
            value=(float(place[0]), float(place[1])),
            advice="name the system that the numbers are in with --crs",
        )
    return moved


def gcj02_from_wgs84(lonlat: Floats) -> Floats:
    """Shift WGS-84 to GCJ-02 (Gaode, Tencent), shape (n, 2), degrees; outside China nothing moves.

    Source: the public algorithm known from eviltransform and coordtransform.
    """
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    # metres on the ellipsoid to degrees
    angle = np.radians(lat)
    magic = 1 - ECCENTRICITY * np.sin(angle) ** 2
    north *= 180 / ((AXIS_M * (1 - ECCENTRICITY)) / (magic * np.sqrt(magic)) * np.pi)
    east *= 180 / (AXIS_M / np.sqrt(magic) * np.cos(angle) * np.pi)
    abroad = (lon < 72.004) | (lon > 137.8347) | (lat < 0.8293) | (lat > 55.8271)
    return np.where(abroad[:, None], lonlat, lonlat + np.stack([east, north], axis=1))


def bd09_from_gcj02(lonlat: Floats) -> Floats:
    """Shift GCJ-02 to BD-09 (Baidu), shape (n, 2), degrees."""
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    distance = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BD_ANGLE)
    return np.stack([distance * np.cos(angle) + 0.0065, distance * np.sin(angle) + 0.006], axis=1)


def wgs84_from_gcj02(lonlat: Floats) -> Floats:
    """Undo `gcj02_from_wgs84`, better than a millimetre."""
    return _undo(gcj02_from_wgs84, lonlat)


def gcj02_from_bd09(lonlat: Floats) -> Floats:
    """Undo `bd09_from_gcj02`, better than a millimetre."""
    return _undo(bd09_from_gcj02, lonlat)


def bd09_from_wgs84(lonlat: Floats) -> Floats:
    """Shift WGS-84 to BD-09."""
    return bd09_from_gcj02(gcj02_from_wgs84(lonlat))


def wgs84_from_bd09(lonlat: Floats) -> Floats:
    """Undo `bd09_from_wgs84`, better than a millimetre."""
    return wgs84_from_gcj02(gcj02_from_bd09(lonlat))


def _undo(shift: Callable[[Floats], Floats], lonlat: Floats) -> Floats:
    """Invert a shift that changes slowly by fixed-point iteration; a round gains two digits or more."""
    guess = lonlat
    for _ in range(12):
        guess = guess + (lonlat - shift(guess))
    return guess


@lru_cache(maxsize=256)
def _canonical(text: str) -> str:
    system = pyproj.CRS.from_user_input(text)
    authority = system.to_authority(min_confidence=70)
    return f"{authority[0]}:{authority[1]}" if authority else system.to_wkt()


@lru_cache(maxsize=256)
def _crs(text: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(text)


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)
