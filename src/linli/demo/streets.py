"""The street network: planned streets, lanes and walls that cut the ground into plots, and how a surveyor drew them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import split

from linli.demo import ground, names
from linli.demo.ground import Floats


@dataclass(frozen=True)
class Way:
    """One drawn line: road, railway or wall."""

    name: str
    highway: str
    geometry: shapely.LineString
    bridge: bool = False
    oneway: bool = False
    roundabout: bool = False


@dataclass(frozen=True, eq=False)
class Network:
    """All lines of the town, and the plots that they enclose.

    Parameters
    ----------
    roads, walls, rails
        As a surveyor drew them: carriageways apart, dangling ends and all.
    plots
        Ground between centre lines, without the river's bed and banks.
    plot_uv
        Shape (n, 2): a point of each plot before bending.
    banks, bank_uv
        The ground between the embankment roads, cut along the river's axis and where streets reach it.
    river, outline
        Polygons.
    centre_lines
        Roads and rails before carriageways were drawn apart, with half their width in metres.
    """

    roads: list[Way]
    walls: list[Way]
    rails: list[Way]
    plots: list[shapely.Polygon]
    plot_uv: Floats
    banks: list[shapely.Polygon]
    bank_uv: Floats
    river: shapely.Polygon
    outline: shapely.Polygon
    centre_lines: list[tuple[shapely.LineString, float]] = field(default_factory=list)


HALF_WIDTH = {"primary": 17.0, "secondary": 11.0, "tertiary": 8.0, "residential": 6.0, "living_street": 4.5}
WALL_STRIP, RAIL_STRIP = 2.5, 9.0
AVENUE = "铜源大道"
CARRIAGEWAY, ROUNDABOUT = 8.0, 27.0  # metres from the centre line; radius


def lay_out(rng: np.random.Generator) -> Network:
    """Draw the town's lines from a seed."""
    town = ground.outline()
    planned = ground.streets()
    rail = ground.railway()
    sources: list[tuple[str, str, shapely.LineString]] = [(s.name, s.highway, s.line) for s in planned]
    sources.append(("铜源专用线", "rail", rail))

    # cut the ground between planned streets into plots
    frame = _noded([town.exterior, *(line for _, _, line in sources)])
    faces = [f for f in shapely.get_parts(shapely.polygonize(frame)) if not _is_river_bed(f) and f.area > 300]
    faces.sort(key=lambda f: (round(f.centroid.y), round(f.centroid.x)))
    lane_names = iter(names.LANES)
    for face in faces:
        _cut(face, 0, rng, sources, lane_names)

    # node every line with every other, so that junctions stay junctions when the plan is bent
    pieces = _noded([town.exterior, *(line for _, _, line in sources), *ground.over_the_water()])
    owner = _owners(pieces, [line for _, _, line in sources])
    bent = [ground.bent(piece) for piece in pieces]
    plots, uv, banks, bank_uv = _plots(bent)

    ways: list[Way] = []
    middle = shapely.get_coordinates(shapely.line_interpolate_point(pieces, 0.5, normalized=True))
    wet = np.abs(middle[:, 0] - ground.river_axis(middle[:, 1])) < ground.RIVER_ROAD - 1
    crosses = {s.name: s.bridge for s in planned}
    for number, (name, highway, _) in enumerate(sources):
        own = np.flatnonzero(owner == number)
        bridges = [bent[k] for k in own if wet[k] and crosses.get(name)]
        plain = [bent[k] for k in own if not wet[k]]
        if bridges:
            ways.append(Way(name, highway, shapely.line_merge(shapely.multilinestrings(bridges)), bridge=True))
        if plain:
            merged = shapely.line_merge(shapely.multilinestrings(plain))
            ways += [Way(name, highway, line) for line in shapely.get_parts(merged)]
    widths = {**HALF_WIDTH, "wall": WALL_STRIP, "rail": RAIL_STRIP}
    centre = [(way.geometry, widths[way.highway]) for way in ways]
    avenue = ground.bent(next(s.line for s in planned if s.name == AVENUE))
    crossing = ground.bent(next(s.line for s in planned if s.name == "古渡路"))
    roads = _surveyed([way for way in ways if way.highway not in ("wall", "rail")], avenue, crossing)
    return Network(
        roads=roads + _dangling(plots, rng),
        walls=[way for way in ways if way.highway == "wall"],
        rails=[way for way in ways if way.highway == "rail"],
        plots=plots,
        plot_uv=uv,
        banks=banks,
        bank_uv=bank_uv,
        river=_river(),
        outline=ground.bent(town),
        centre_lines=centre,
    )


def _noded(lines: list[shapely.Geometry]) -> list[shapely.LineString]:
    """Cut lines where they meet, and drop the ends that run past a meeting."""
    pieces = shapely.get_parts(shapely.union_all([shapely.LineString(line.coords) for line in lines]))
    ends = np.array([[piece.coords[0], piece.coords[-1]] for piece in pieces])
    _, place, times = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True, return_counts=True)
    loose = (times[place.reshape(-1, 2)] == 1).any(axis=1)
    return [piece for piece, end in zip(pieces, loose, strict=True) if not (end and piece.length < 15)]


def _is_river_bed(face: shapely.Polygon) -> bool:
    inner = face.representative_point()
    return bool(abs(inner.x - float(ground.river_axis(np.array([inner.y]))[0])) < ground.RIVER_ROAD)


def _cut(
    face: shapely.Polygon,
    depth: int,
    rng: np.random.Generator,
    sources: list[tuple[str, str, shapely.LineString]],
    lane_names: Iterator[str],
) -> None:
    """Cut a face across its longer side, and its halves again, until they are plots."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(face))[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    lengths = np.hypot(*sides.T)
    long = int(np.argmax(lengths[:2]))
    middle = face.centroid
    far = abs(middle.x) / 700 + max(0.0, abs(middle.y - 2300) - 1500) / 1600
    target = (13_000 + 15_600 * min(far, 1.2) ** 2) * rng.uniform(0.72, 1.3)
    slim = lengths.max() / max(lengths.min(), 1.0)
    if face.area < 1.45 * target and (slim < 2.3 or face.area < 0.7 * target):
        return
    for _ in range(12):
        share = rng.uniform(0.38, 0.62)
        base = corners[long] + share * sides[long]
        across = sides[(long + 1) % 4] / lengths[(long + 1) % 4]
        turn = rng.normal(0, 0.07)
        across = np.array(
            [across[0] * np.cos(turn) - across[1] * np.sin(turn), across[0] * np.sin(turn) + across[1] * np.cos(turn)]
        )
        reach = lengths[(long + 1) % 4]
        knee = sides[long] / lengths[long] * rng.normal(0, 0.035) * reach
        line = shapely.LineString(
            [base - 60 * across, base + rng.uniform(0.35, 0.65) * reach * across + knee, base + (reach + 60) * across]
        )
        halves = shapely.get_parts(split(face, line))
        if (
            len(halves) == 2
            and min(half.area for half in halves) > 0.27 * face.area
            and all(_is_sound(h) for h in halves)
        ):
            break
    else:
        return
    inside = line.intersection(face.buffer(ground.OVERSHOOT))
    if inside.geom_type != "LineString":
        return
    sources.append((*_lane(depth, face.area, rng, lane_names), inside))
    for half in halves:
        _cut(half, depth + 1, rng, sources, lane_names)


def _is_sound(plot: shapely.Polygon) -> bool:
    return bool(plot.buffer(-26).area > 900 and 4 * np.pi * plot.area / plot.length**2 > 0.42)


def _lane(depth: int, area: float, rng: np.random.Generator, lane_names: Iterator[str]) -> tuple[str, str]:
    if depth == 0 and area > 90_000:
        return next(lane_names, ""), "tertiary"
    if depth <= 1:
        return next(lane_names, ""), "residential"
    if rng.random() < 0.5:
        return "", "wall"
    return (next(lane_names, "") if rng.random() < 0.6 else ""), "living_street"


def _owners(pieces: list[shapely.LineString], lines: list[shapely.LineString]) -> NDArray[np.int64]:
    """Say for each noded piece which source line it came from; -1 for the outline."""
    middle = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    near, distance = shapely.STRtree(lines).query_nearest(middle, return_distance=True, all_matches=False)
    owner = np.full(len(pieces), -1)
    owner[near[0]] = np.where(distance < 0.05, near[1], -1)
    return owner


def _plots(
    lines: list[shapely.LineString],
) -> tuple[list[shapely.Polygon], Floats, list[shapely.Polygon], Floats]:
    faces = list(shapely.get_parts(shapely.polygonize(lines)))
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    uv = ground.unbend(inner)
    land = np.abs(uv[:, 0] - ground.river_axis(uv[:, 1])) >= ground.RIVER_ROAD
    big = shapely.area(faces) > 300
    order = sorted(np.flatnonzero(land & big).tolist(), key=lambda k: (-round(uv[k, 1]), round(uv[k, 0])))
    rest = sorted(np.flatnonzero(~(land & big)).tolist(), key=lambda k: (-round(uv[k, 1]), round(uv[k, 0])))
    return [faces[k] for k in order], uv[order], [faces[k] for k in rest], uv[rest]


def _river() -> shapely.Polygon:
    u = np.linspace(-160, ground.LENGTH + 160, 320)
    half = 25 + 5 * np.sin(u / 240) + 3 * np.sin(u / 90 + 1)
    axis = ground.river_axis(u)
    ring = np.concatenate([np.stack([axis - half, u], 1), np.stack([axis + half, u], 1)[::-1]])
    return ground.bent(shapely.Polygon(ring))


def _surveyed(ways: list[Way], avenue: shapely.LineString, crossing: shapely.LineString) -> list[Way]:
    """Draw the avenue's carriageways apart, a roundabout at `crossing`, and end side streets at the kerb."""
    centre = avenue.intersection(crossing)
    distance = np.linspace(0, avenue.length, int(avenue.length // 9))
    xy = shapely.get_coordinates(shapely.line_interpolate_point(avenue, distance))
    ahead = np.gradient(xy, axis=0)
    normal = np.stack([ahead[:, 1], -ahead[:, 0]], 1) / np.hypot(*ahead.T)[:, None]
    apart = CARRIAGEWAY * np.clip(np.minimum(distance - 130, avenue.length - 130 - distance) / 70, 0, 1)[:, None]
    east = shapely.LineString(np.round(xy + normal * apart, 3))
    west = shapely.LineString(np.round(xy - normal * apart, 3)[::-1])
    median = _median(east, west)
    ring = centre.buffer(ROUNDABOUT, quad_segs=8)
    island = ring.buffer(-0.4)

    drawn: list[Way] = []
    for line in (east, west):
        drawn += [Way(AVENUE, "primary", part, oneway=True) for part in shapely.get_parts(line.difference(island))]
    drawn.append(Way(AVENUE, "primary", shapely.LineString(ring.exterior), oneway=True, roundabout=True))
    for way in ways:
        if way.name == AVENUE:
            continue
        line = way.geometry
        if line.intersects(median):
            ends = [shapely.Point(line.coords[0]), shapely.Point(line.coords[-1])]
            if any(median.contains(end) for end in ends):
                line = max(shapely.get_parts(line.difference(median)), key=lambda part: float(part.length))
        drawn += [
            Way(way.name, way.highway, part, bridge=way.bridge)
            for part in shapely.get_parts(line.difference(island))
            if part.length > 2
        ]
    return drawn


def _median(east: shapely.LineString, west: shapely.LineString) -> shapely.Polygon:
    ring = np.concatenate([shapely.get_coordinates(east), shapely.get_coordinates(west)])
    return shapely.Polygon(ring).buffer(-0.4)


def _dangling(plots: list[shapely.Polygon], rng: np.random.Generator) -> list[Way]:
    """Add the drives that end within plots, and footpaths that cross some of them."""
    drawn = []
    for plot in plots:
        if rng.random() > 0.34:
            continue
        start = plot.exterior.interpolate(rng.random(), normalized=True)
        inner = plot.representative_point()
        reach = rng.uniform(0.45, 0.8)
        end = (start.x + reach * (inner.x - start.x), start.y + reach * (inner.y - start.y))
        line = shapely.LineString([(start.x, start.y), end])
        if line.length > 25 and plot.buffer(0.1).covers(line):
            drawn.append(Way("", "service" if rng.random() < 0.7 else "footway", line))
    return drawn
