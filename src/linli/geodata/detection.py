"""Which coordinate system numbers are in: what can be told from them, and what must be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.errors import InputError
from linli.geodata.coordinates import (
    CGCS2000,
    CHINA,
    WGS84,
    in_area_of_use,
    is_geographic,
    local_crs,
    transform,
    transform_xy,
)

Floats = NDArray[np.float64]
Objects = NDArray[Any]

SHIFTED = (WGS84, "gcj02", "bd09")
LONGITUDE_LIMITS = (-180.0, -90.0, 180.0, 90.0)
PLAIN_ZONES = tuple(f"EPSG:{code}" for code in range(4534, 4555))
PLAIN_EASTINGS = (1e5, 1.8e6, 9e5, 6.1e6)
# systems whose eastings begin with the zone, and the same projection without; none for the wide zones of 6°
PREFIXED_ZONES = {f"EPSG:{code}": f"EPSG:{code + 21}" for code in range(4513, 4534)}
PREFIXED_ZONES |= {f"EPSG:{code}": "" for code in range(4491, 4502)}
SAMPLE = 2000
FAR_M = 100.0  # a misfit beyond this tells no more
ON_THE_ROAD_M = 5.0
CERTAIN = 4.0  # standard errors by which the best system must beat the second


@dataclass(frozen=True)
class Guess:
    """What numbers say about their coordinate system.

    Parameters
    ----------
    crs
        The system, where there is only one possible or one clearly best; else None.
    options
        The systems that remain possible.
    evidence
        What was seen, in words.
    question
        What a person must be asked; '' where nothing.
    """

    crs: str | None
    options: tuple[str, ...]
    evidence: str
    question: str = ""


def detect(bounds: Floats | tuple[float, float, float, float], declared: str | None = None) -> Guess:
    """Tell which coordinate systems fit the bounds of some data.

    Parameters
    ----------
    bounds
        West, south, east, north as the file has them.
    declared
        The system that the file names, in the form of `parse_crs`; None where it names none.

    Returns
    -------
    `crs` is None where the declared system cannot be, and where none is declared but several fit.
    """
    box = (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
    degrees = _inside(box, LONGITUDE_LIMITS)
    chinese = degrees and _inside(box, CHINA)
    seen = f"x from {box[0]:,.6g} to {box[2]:,.6g}, y from {box[1]:,.6g} to {box[3]:,.6g}"
    if declared is None:
        return _from_numbers(box, degrees, chinese, seen)
    prefixed = _prefixed_system(box)
    if not degrees if is_geographic(declared) else in_area_of_use(declared, box):
        unit = "degrees" if is_geographic(declared) else "metres"
        options = _from_numbers(box, degrees, chinese, seen).options
        return Guess(None, options, f"{declared} counts in {unit}, but {seen}", "which system are the numbers in?")
    if declared in PLAIN_ZONES and prefixed:
        evidence = f"{declared} has eastings of six digits, but {seen}: the first two digits are the zone"
        return Guess(None, (prefixed,), evidence, "which system are the numbers in?")
    if declared in PREFIXED_ZONES and _inside(box, PLAIN_EASTINGS):
        options = tuple(crs for crs in (PREFIXED_ZONES[declared],) if crs) or PLAIN_ZONES
        evidence = f"{declared} has eastings that begin with the zone, but {seen}"
        return Guess(None, options, evidence, "which system are the numbers in?")
    question = ""
    if declared == WGS84 and chinese:
        question = "numbers cannot tell WGS-84 from GCJ-02 or BD-09: does the data come from Gaode, Tencent or Baidu?"
    return Guess(declared, SHIFTED if question else (declared,), f"the file names {declared}; {seen}", question)


def detect_shift(geometry: Objects, reference: Objects, reference_crs: str) -> Guess:
    """Tell WGS-84, GCJ-02 and BD-09 apart by how data lie on a layer whose system is known.

    Buildings do not stand on roads; roads, rivers and boundaries lie on their like; points lie in the ground
    they belong to. The data are read as each of the three; the best must win clearly, feature by feature.

    Parameters
    ----------
    geometry
        Shape (n,): data in degrees, whose system is in doubt.
    reference
        Shape (m,): lines or polygons of the same place.
    reference_crs
        Their system.
    """
    sample = geometry[np.linspace(0, len(geometry) - 1, min(SAMPLE, len(geometry))).astype(np.int64)]
    place = transform_xy(shapely.get_coordinates(reference)[:1], reference_crs, WGS84)[0]
    metric = local_crs(float(place[0]), float(place[1]))
    ground = transform(reference, reference_crs, metric)
    tree = shapely.STRtree(ground)
    misfits = {crs: _misfit(transform(sample, crs, metric), tree) for crs in SHIFTED}
    means = {crs: float(misfit.mean()) for crs, misfit in misfits.items()}
    best, second = sorted(SHIFTED, key=means.__getitem__)[:2]
    gain = misfits[second] - misfits[best]
    error = float(gain.std()) / np.sqrt(len(gain))
    clear = len(gain) >= 10 and gain.mean() > 0.02 and gain.mean() > CERTAIN * error
    told = ", ".join(f"{_shown(crs)} {means[crs]:.2f}" for crs in SHIFTED)
    evidence = f"misfit against the reference over {len(sample)} features (0 is perfect): {told}"
    if not clear:
        return Guess(None, SHIFTED, evidence, "the three fit alike: which one are the data in?")
    question = "" if best == WGS84 else f"the data fit as {_shown(best)}: shall they be read so?"
    return Guess(best, SHIFTED, evidence, question)


def settle(guess: Guess, *, file: object, layer: object = None) -> str:
    """Return the guessed system, or ask for it.

    Raises
    ------
    InputError
        No one system is certain; the advice lists those that fit.
    """
    if guess.crs is not None:
        return guess.crs
    options = ", ".join(_shown(crs) for crs in guess.options)
    if guess.options == PLAIN_ZONES:
        options = f"{PLAIN_ZONES[0]} (central meridian 75°E) to {PLAIN_ZONES[-1]} (135°E), such as EPSG:4543 for 102°E"
    raise InputError(
        f"the coordinate system is in doubt: {guess.evidence}",
        file=file,
        layer=layer,
        field="crs",
        advice="name it with --crs: " + (options or "none of the systems that Linli knows fits; ask who made the file"),
    )


def _from_numbers(box: tuple[float, float, float, float], degrees: bool, chinese: bool, seen: str) -> Guess:
    """Guess where the file names no system."""
    asked = "the file names no system: which one is it?"
    if chinese:
        return Guess(None, (WGS84, CGCS2000, "gcj02", "bd09"), f"no system is named and {seen} are degrees", asked)
    if degrees:
        return Guess(WGS84, (WGS84,), f"no system is named; {seen} are degrees outside China, so WGS-84 is supposed")
    options = [crs for crs in (_prefixed_system(box),) if crs]
    if _inside(box, (7.9e6, 1.8e6, 15.2e6, 7.3e6)):
        options.append("EPSG:3857")
    if _inside(box, PLAIN_EASTINGS):
        return Guess(None, PLAIN_ZONES, f"no system is named and {seen} are metres without a zone", asked)
    if len(options) == 1:
        return Guess(options[0], (options[0],), f"no system is named; {seen} fit {options[0]} only")
    return Guess(None, tuple(options), f"no system is named and {seen}", asked)


def _prefixed_system(box: tuple[float, float, float, float]) -> str | None:
    """Return the CGCS2000 Gauss–Krüger system whose zone number the eastings begin with."""
    zone = int(box[0] // 1e6)
    if int(box[2] // 1e6) != zone or not _inside(box, (zone * 1e6 + 1e5, 1.8e6, zone * 1e6 + 9e5, 6.1e6)):
        return None
    if 25 <= zone <= 45:
        return f"EPSG:{4513 + zone - 25}"
    return f"EPSG:{4491 + zone - 13}" if 13 <= zone <= 23 else None


def _misfit(data: Objects, tree: shapely.STRtree) -> Floats:
    """Measure for each feature, from 0 to 1, how badly it lies on the reference."""
    reference = tree.geometries
    area, line = shapely.get_dimensions(data) == 2, shapely.get_dimensions(data) == 1
    on_lines = bool(np.median(shapely.get_dimensions(reference)) == 1)
    middle = shapely.point_on_surface(data)
    misfit = np.empty(len(data))
    if on_lines:
        # what has or marks ground keeps off the lines
        crossed = np.zeros(len(data), dtype=np.bool_)
        crossed[tree.query(data, predicate="intersects")[0]] = True
        near = np.zeros(len(data), dtype=np.bool_)
        near[tree.query(middle, predicate="dwithin", distance=ON_THE_ROAD_M)[0]] = True
        misfit[:] = np.where(area, crossed, near)
    # lines follow lines; the middle of a piece of ground, or a point, lies in ground
    follow = line if on_lines else np.ones(len(data), dtype=np.bool_)
    nearest, distance = tree.query_nearest(middle[follow], return_distance=True, all_matches=False)
    reached = np.full(int(follow.sum()), FAR_M)
    reached[nearest[0]] = np.minimum(distance, FAR_M)
    misfit[follow] = reached / FAR_M
    return misfit


def _inside(box: tuple[float, float, float, float], limits: tuple[float, float, float, float]) -> bool:
    return limits[0] <= box[0] and limits[1] <= box[1] and box[2] <= limits[2] and box[3] <= limits[3]


def _shown(crs: str) -> str:
    return {WGS84: "wgs84", CGCS2000: "cgcs2000"}.get(crs, crs)
