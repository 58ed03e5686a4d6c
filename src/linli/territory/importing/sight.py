"""A first look at a file: its layers, columns and first rows, and which coordinate systems its numbers may be in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from linli.errors import InputError
from linli.geodata.blocks import plain_text
from linli.geodata.coordinates import CGCS2000, WGS84, declared_crs, is_geographic, transform, transform_xy
from linli.geodata.detection import PLAIN_ZONES, Guess, detect, detect_shift
from linli.geodata.layers import LATITUDE, LONGITUDE, OUTLINE, layer_names, read_layer
from linli.geodata.raw_layers import USUAL_NAMES
from linli.geodata.tables import Table, read_table
from linli.territory.importing.files import is_table, readable

ROWS_SHOWN = 5
OWN_LAYERS = ("lines", "rim", "basemap", "report", "meta")  # of a blocks file, read with its blocks

OWN_NAMES = {"blocks": ("blocks", "地块"), "divisions": (*USUAL_NAMES["communities"], "blocks", "地块")}


@dataclass(frozen=True)
class Sight:
    """What a layer or sheet shows at first sight.

    Parameters
    ----------
    layer, layers
        The one looked at, and all that could be chosen.
    columns, rows
        Names, and the first rows as text.
    count
        How many rows there are.
    bounds
        West, south, east, north as written; None where there is no geometry.
    guess
        The coordinate system; None where there is no geometry.
    """

    layer: str
    layers: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    bounds: tuple[float, float, float, float] | None
    guess: Guess | None


@dataclass(frozen=True)
class Option:
    """A coordinate system that may be chosen, and where the data would lie in it.

    Parameters
    ----------
    crs
        The system.
    bounds
        West, south, east, north in degrees; None where the numbers do not exist in it.
    away_km
        Distance of the middle from the middle of the street's blocks; None without blocks.
    """

    crs: str
    bounds: tuple[float, float, float, float] | None
    away_km: float | None


def look(path: Path, *, kind: str, layer: str = "", reference: NDArray[Any] | None = None) -> Sight:
    """Look at a file without settling anything.

    Parameters
    ----------
    path
        As `linli.territory.importing.files.keep` returned it.
    kind
        What it shall hold: chooses among several layers.
    layer
        The layer or sheet; guessed where empty.
    reference
        The street's blocks in CGCS2000 degrees, to tell shifted coordinates by.

    Raises
    ------
    InputError
        The file cannot be read, or has no such layer.
    """
    layers = _layers(path)
    if layer and layer not in layers:
        raise InputError("there is no such layer", layer=layer, advice=f"the layers are: {', '.join(layers)}")
    usual = OWN_NAMES.get(kind) or USUAL_NAMES.get(kind, ())
    chosen = layer or next((name for name in usual if name in layers), layers[0])
    if is_table(path):
        return _look_at_table(read_table(path, sheet=chosen if len(layers) > 1 else None), chosen, layers)
    file = readable(path)
    info = pyogrio.read_info(file, layer=chosen, force_total_bounds=True, force_feature_count=True)
    bounds = tuple(float(edge) for edge in info["total_bounds"])
    if info["geometry_type"] is None or not np.isfinite(bounds).all():
        raise InputError("the layer has no geometry", layer=chosen, advice="export it again with its geometry")
    guess = detect(bounds, declared_crs(info["crs"]))  # type: ignore[arg-type]
    if reference is not None and len(reference) and WGS84 in guess.options:
        guess = _by_place(file, chosen, reference, guess)
    columns = tuple(str(name) for name in info["fields"])
    head = pyogrio.raw.read(file, layer=chosen, max_features=ROWS_SHOWN, read_geometry=False, datetime_as_string=True)
    rows = tuple(zip(*([plain_text(value) for value in column] for column in head[3]), strict=True))
    return Sight(chosen, layers, columns, rows, int(info["features"]), bounds, guess)  # type: ignore[arg-type]


def options(sight: Sight, middle: tuple[float, float] | None) -> list[Option]:
    """List the systems that the numbers may be in, the likeliest first.

    Parameters
    ----------
    sight
        What `look` saw.
    middle
        Longitude and latitude of the middle of the street's blocks, None where it has none.
    """
    if sight.guess is None or sight.bounds is None:
        return []
    found = [_option(crs, sight.bounds, middle) for crs in _candidates(sight.guess)]
    if sight.guess.options == PLAIN_ZONES and middle:
        found.sort(key=lambda option: np.inf if option.away_km is None else option.away_km)
    return found


def option_of(crs: str, sight: Sight, middle: tuple[float, float] | None) -> Option:
    """Return where the data would lie in a system."""
    if sight.bounds is None:
        raise ValueError("a table without coordinates lies nowhere")
    return _option(crs, sight.bounds, middle)


def _candidates(guess: Guess) -> list[str]:
    first = [guess.crs] if guess.crs else []
    found = list(dict.fromkeys([*first, *guess.options]))
    if (
        WGS84 in found and CGCS2000 not in found
    ):  # the same place to a metre; a file of the survey office means this one
        found.insert(found.index(WGS84) + 1, CGCS2000)
    return found


def _option(crs: str, bounds: tuple[float, float, float, float], middle: tuple[float, float] | None) -> Option:
    west, south, east, north = bounds
    corners = np.array([[west, south], [east, south], [east, north], [west, north]])
    try:
        moved = transform_xy(corners, crs, CGCS2000)
    except InputError:
        return Option(crs, None, None)
    low, high = moved.min(axis=0), moved.max(axis=0)
    away = None
    if middle:
        here = (low + high) / 2
        east_km = (here[0] - middle[0]) * 111.32 * np.cos(np.radians(middle[1]))
        away = float(np.hypot(east_km, (here[1] - middle[1]) * 110.57))
    return Option(crs, (float(low[0]), float(low[1]), float(high[0]), float(high[1])), away)


def _by_place(file: Path, layer: str, reference: NDArray[Any], guess: Guess) -> Guess:
    """Tell GCJ-02 and BD-09 by how the data lie on the street's blocks, where they can be told apart."""
    read = read_layer(file, layer=layer, crs=WGS84)
    if not is_geographic(read.crs):
        return guess
    seen = detect_shift(read.geometry, transform(reference, CGCS2000, WGS84), WGS84)
    return seen if seen.crs and seen.crs != WGS84 else guess


def _layers(path: Path) -> tuple[str, ...]:
    if path.suffix in (".xlsx", ".xlsm"):
        import openpyxl  # a third of a second, which nobody else should wait for

        try:
            book = openpyxl.load_workbook(path, read_only=True)
        except Exception as error:  # the package raises whatever it meets in a damaged file
            raise InputError("this is no XLSX table, or it is damaged", advice="save it again as XLSX") from error
        try:
            return tuple(book.sheetnames)
        finally:
            book.close()
    if is_table(path):
        return (path.stem,)
    names = tuple(name for name in layer_names(readable(path)) if name not in OWN_LAYERS)
    if not names:
        raise InputError("the file has no layer", advice="export it again")
    return names


def _look_at_table(table: Table, layer: str, layers: tuple[str, ...]) -> Sight:
    rows = tuple(
        tuple(plain_text(column[row]) for column in table.columns.values())
        for row in range(min(ROWS_SHOWN, len(table)))
    )
    bounds = _bounds_of_table(table)
    guess = None if bounds is None else detect(bounds)
    return Sight(layer, layers, tuple(table.columns), rows, len(table), bounds, guess)


def _bounds_of_table(table: Table) -> tuple[float, float, float, float] | None:
    lower = {name.lower(): name for name in table.columns}
    outline = next((lower[name] for name in OUTLINE if name in lower), None)
    if outline is not None:
        shapes = shapely.from_wkt(
            [text if isinstance(text, str) else None for text in table.columns[outline]], "ignore"
        )
        found = shapely.total_bounds(shapes)
    else:
        x = next((table.columns[lower[name]] for name in LONGITUDE if name in lower), None)
        y = next((table.columns[lower[name]] for name in LATITUDE if name in lower), None)
        if x is None or y is None or x.dtype == object or y.dtype == object or np.isnan(x).all() or np.isnan(y).all():
            return None
        found = np.array([np.nanmin(x), np.nanmin(y), np.nanmax(x), np.nanmax(y)])
    if not np.isfinite(found).all():
        return None
    return float(found[0]), float(found[1]), float(found[2]), float(found[3])
