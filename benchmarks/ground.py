"""What maps are drawn on, of a city of 1,000,000 buildings: tiles made from its layer, and what each view loads."""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyogrio
import shapely

from .report import Section, publish, table

CELLS = (200, 157)  # quarters between lanes, east and north
CELL_M = 125.0
ROWS, COLUMNS = 8, 4  # houses of a quarter
CORNER = (500_000.0, 2_884_000.0)  # in EPSG:4543, metres
MOST_SECONDS, MOST_BYTES, MOST_VIEW = 300.0, 2 * 2**30, 100_000
VIEWS = 60  # at each zoom
MAPS = {"1,100 × 576": (1100, 576), "328 × 480": (328, 480)}  # pixels: a desk's and a phone's
EDGE = 0.25  # what is painted beyond each edge of a map, as a share of it
FINEST_SIDE = 256 * 2**0.5  # pixels of a tile where a view needs the most of them


def run_ground(options: Namespace) -> None:
    """Figure of the ground: tiles of 1,000,000 buildings in ≤ 5 min of CPU and ≤ 2 GiB, any view ≤ 100 kB."""
    section = Section("ground", "Ground under maps: tiles of a city of 1,000,000 buildings")
    with TemporaryDirectory() as folder:
        layer = Path(folder) / "city.gpkg"
        houses = write_city(layer)
        made = json.loads(_child(layer))
        rows: list[list[Any]] = [
            ["reading the layer, CPU s", f"{made['read']:.1f}", None],
            ["tiles, CPU s", f"{made['tiles']:.1f}", f"{MOST_SECONDS:g}"],
            ["picture of small maps, CPU s", f"{made['picture']:.1f}", None],
            ["peak memory, GiB", f"{made['bytes'] / 2**30:.2f}", f"{MOST_BYTES / 2**30:g}"],
            ["files of tiles, MB", f"{made['files'] / 1e6:.1f}", None],
            ["picture, MB", f"{made['picture_bytes'] / 1e6:.1f}", None],
        ]
        if made["tiles"] > MOST_SECONDS:
            section.misses.append(f"tiles: {made['tiles']:.0f} s of CPU, target {MOST_SECONDS:g}")
        if made["bytes"] > MOST_BYTES:
            section.misses.append(f"tiles: {made['bytes'] / 2**30:.1f} GiB, target {MOST_BYTES / 2**30:g}")
        views = [
            [zoom, *(f"{value / 1000:.0f}" for value in heaviest.values())]
            for zoom, heaviest in _views(Path(folder), section).items()
        ]
    section.body += [
        (
            f"{houses:,} houses on {CELLS[0] * CELLS[1] * CELL_M**2 / 1e6:,.0f} km², with lanes every {CELL_M:g} m, "
            "roads, a river, a railway, parks and compounds; from the layer of a blocks file, as an import makes them."
        ),
        table(["", "here", "target"], rows),
        (
            f"The heaviest of {VIEWS} views drawn by chance at each zoom of tiles, kB as sent, with what is painted "
            f"beyond the edges, where tiles stand smallest on the screen; target {MOST_VIEW / 1000:g}."
        ),
        table(["zoom", *(f"map of {name} px" for name in MAPS)], views),
    ]
    publish(section, packages=("shapely", "pyogrio"), to=options.results)


def write_city(path: Path) -> int:
    """Write the city's layer as a blocks file holds it; return how many houses it has."""
    from linli.geodata.basemap import NAME

    draw = np.random.default_rng(20261201)
    wide, high = CELLS
    east, north = (np.array(CORNER) + np.array(CELLS) * CELL_M).tolist()
    west, south = CORNER
    at = np.stack(np.meshgrid(np.arange(wide), np.arange(high), indexing="ij"), axis=-1).reshape(-1, 2)
    step = np.array([110 / COLUMNS, 110 / ROWS])
    inside = np.stack(np.meshgrid(np.arange(COLUMNS), np.arange(ROWS), indexing="ij"), axis=-1).reshape(-1, 2) * step
    corner = (np.array(CORNER) + at * CELL_M + 8)[:, None, :] + inside[None] + draw.uniform(0, 3, (len(at), 1, 2))
    corner = corner.reshape(-1, 2)
    size = draw.uniform((14, 7), (22, 10), corner.shape)
    houses = _turned(shapely.box(*corner.T, *(corner + size).T))
    rivers = [
        shapely.LineString([(west, south + 0.4 * (north - south)), (east, south + 0.6 * (north - south))]).buffer(60)
    ]
    parks = _cells(at[(at[:, 0] % 8 == 3) & (at[:, 1] % 8 == 5)])
    sites = _cells(at[(at[:, 0] % 5 == 1) & (at[:, 1] % 6 == 2)])
    compounds = shapely.points(np.array(CORNER) + (at + 0.5) * CELL_M)
    drawn: list[tuple[str, str, Any]] = [("water", "铜源河", rivers), ("green", "公园", parks), ("site", "小学", sites)]
    drawn += [("building", "", houses), ("compound", "花园", compounds)]
    for kind, name, every, but in (("primary", "大道", 8, 10**9), ("secondary", "路", 4, 8), ("lane", "巷", 1, 4)):
        for count, along in ((wide, 0), (high, 1)):
            ways = [k for k in range(0, count + 1, every) if k % but]
            low, top = (np.array(CORNER), np.array([east, north]))
            lines = []
            for k in ways:  # cut at each quarter, as streets are
                bends = np.linspace(low, top, (CELLS[1 - along] + 1))
                bends[:, along] = low[along] + k * CELL_M
                lines += list(shapely.linestrings(np.stack([bends[:-1], bends[1:]], axis=1)))
            drawn.append((kind, name, lines))
    drawn.append(("rail", "铜源线", [shapely.LineString([(west, south + 300), (east, north - 300)])]))
    shapes = np.concatenate([np.asarray(one, dtype=object) for _kind, _name, one in drawn])
    kinds = np.concatenate([np.full(len(one), kind, dtype=object) for kind, _name, one in drawn])
    names = np.concatenate(
        [np.array([f"{name}{k // 40}" if name and len(one) > 1 else name for k in range(len(one))], dtype=object)
         for _kind, name, one in drawn]
    )  # fmt: skip
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), [kinds, names], ["class", "name"], layer=NAME, driver="GPKG",
        geometry_type="Unknown", crs="EPSG:4543",
    )  # fmt: skip
    return len(houses)


def _cells(at: Any) -> Any:
    low = np.array(CORNER) + at * CELL_M + 6
    return shapely.box(*low.T, *(low + CELL_M - 12).T)


def _turned(boxes: Any) -> Any:
    """Each house a little askew, so that no two look alike in a tile."""
    angle = np.random.default_rng(7).uniform(-0.1, 0.1, len(boxes))
    middle = shapely.get_coordinates(shapely.centroid(boxes))
    corners = shapely.get_coordinates(boxes).reshape(len(boxes), 5, 2) - middle[:, None]
    c, s = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = corners[..., 0], corners[..., 1]
    return shapely.polygons(np.stack([c * x - s * y, s * x + c * y], axis=-1) + middle[:, None])


def _child(layer: Path) -> str:
    """Make tiles in a process of its own, whose memory is that of an import alone."""
    answer = subprocess.run([sys.executable, "-m", __name__, str(layer)], check=True, capture_output=True, text=True)
    return answer.stdout


def _make(path: Path) -> dict[str, float]:
    from linli.geodata import read_layer
    from linli.geodata.basemap import NAME, write_picture, write_tiles

    begun = time.process_time()
    layer = read_layer(path, layer=NAME)
    read = time.process_time()
    files = write_tiles(layer, path.parent)
    tiles = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    picture = write_picture(layer, path.parent / "picture.svg")
    return {
        "read": read - begun, "tiles": tiles - read, "picture": time.process_time() - tiles, "bytes": memory,
        "files": sum(file.stat().st_size for file in files), "picture_bytes": picture.stat().st_size,
    }  # fmt: skip


def _views(folder: Path, section: Section) -> dict[int, dict[str, int]]:
    """The heaviest view at each zoom, in bytes by map; tiles weigh what the site sends."""
    from pmtiles.reader import MmapSource, Reader

    from linli.geodata.basemap import BANDS, LAST
    from linli.geodata.coordinates import WGS84, transform_xy

    readers = []
    for path in sorted(folder.glob("*.pmtiles")):
        with path.open("rb") as file:
            readers.append(Reader(MmapSource(file)))
    weights: dict[tuple[int, int, int], int] = {}

    def weight(zoom: int, x: int, y: int) -> int:
        if (zoom, x, y) not in weights:
            found = [part for reader in readers if (part := reader.get(zoom, x, y))]
            whole = gzip.compress(b"".join(map(gzip.decompress, found)), mtime=0) if len(found) > 1 else b"".join(found)
            weights[zoom, x, y] = len(whole)
        return weights[zoom, x, y]

    draw = np.random.default_rng(3)
    places = transform_xy(
        np.array(CORNER) + draw.uniform(0, 1, (VIEWS, 2)) * np.array(CELLS) * CELL_M, "EPSG:4543", WGS84
    )
    heaviest: dict[int, dict[str, int]] = {}
    for zoom in range(min(first for _classes, first in BANDS.values()), LAST + 1):
        middles = _tiles(places, zoom)
        heaviest[zoom] = {}
        for name, pixels in MAPS.items():
            half = np.array(pixels) * (0.5 + EDGE) / FINEST_SIDE
            low, top = np.floor(middles - half).astype(int), np.floor(middles + half).astype(int)
            heaviest[zoom][name] = most = max(
                sum(weight(zoom, x, y) for x in range(a, c + 1) for y in range(b, d + 1))
                for (a, b), (c, d) in zip(low.tolist(), top.tolist(), strict=True)
            )
            if most > MOST_VIEW:
                section.misses.append(
                    f"zoom {zoom}, map of {name} px: {most / 1000:.0f} kB, target {MOST_VIEW / 1000:g}"
                )
    return heaviest


def _tiles(lonlat: Any, zoom: int) -> Any:
    """Degrees to tiles of a zoom, with fractions."""
    sine = np.sin(np.radians(lonlat[:, 1]))
    return 2**zoom * np.stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)], axis=-1)


if __name__ == "__main__":
    print(json.dumps(_make(Path(sys.argv[1]))))
