"""The ground plan of the invented valley: how street lines are drawn straight first, then bent along the river."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LENGTH, HALF_WIDTH = 4600.0, 750.0  # metres: along the valley (u, north) and to either side of its axis (v, east)
ORIGIN = (561_300.0, 2_861_900.0)  # where u = v = 0 lies, EPSG:4543; no town stands there
CRS = "EPSG:4543"
OVERSHOOT = 0.4  # metres that a line runs past the line it ends at, so that the two surely meet
RIVER_ROAD = 48.0  # metres from the river's axis to the embankment roads


# streets across the valley: class, metres from the south end on the valley's axis, slope, bank
ACROSS = {
    "炎龙路": ("secondary", 556.0, 0.06, "west"),
    "兴铜路": ("primary", 1148.0, -0.03, "both"),
    "白云街": ("secondary", 1722.0, 0.05, "west"),
    "市府街": ("secondary", 2338.0, -0.04, "west"),
    "古渡路": ("primary", 2921.0, 0.035, "both"),
    "团结街": ("secondary", 3462.0, -0.05, "west"),
    "春晖路": ("secondary", 3998.0, 0.04, "west"),
    "铜花路": ("secondary", 640.0, -0.05, "east"),
    "学苑路": ("secondary", 1783.0, 0.04, "east"),
    "东门街": ("secondary", 2360.0, -0.03, "east"),
    "泉水路": ("secondary", 3571.0, 0.05, "east"),
    "北岭路": ("secondary", 4092.0, -0.03, "east"),
}


@dataclass(frozen=True)
class Street:
    """A street that the town was planned with: where it runs, its class and whether it crosses the river."""

    name: str
    highway: str
    line: shapely.LineString
    bridge: bool = False


def river_axis(u: Floats) -> Floats:
    """Return how far east of the valley's axis the river runs, metres, at `u` metres from its south end."""
    east: Floats = 170 + 62 * np.sin(2 * np.pi * u / 2700 + 2.1) + 24 * np.sin(2 * np.pi * u / 1150 + 0.4)
    return east


def avenue(u: Floats) -> Floats:
    """Return how far east of the axis 铜源大道 runs, metres."""
    return np.asarray(-196 + 16 * np.sin(u / 420) + 9 * np.sin(u / 170))


def miners_road(u: Floats) -> Floats:
    """Return how far east of the axis 矿工路 runs, metres."""
    return np.asarray(-468 + 22 * np.sin(u / 390 + 1.2))


def cross_street(name: str, v: Floats) -> Floats:
    """Return how far from the south end a street across the valley runs, metres, at `v` metres east of the axis."""
    _, at, slope, _ = ACROSS[name]
    return np.asarray(at + slope * v + 9 * np.sin(v / 150 + at))


def outline() -> shapely.Polygon:
    """Return the street's outline before bending: the foot of the hills on both sides."""
    u = np.linspace(0, LENGTH, 116)
    taper = np.clip(1 - np.abs(2 * u / LENGTH - 1) ** 3.4, 0, 1) ** 0.42
    west = -taper * (690 + 46 * np.sin(u / 310 + 0.5) + 30 * np.sin(u / 137) + 16 * np.sin(u / 61))
    east = taper * (720 + 52 * np.sin(u / 270 + 2.2) + 26 * np.sin(u / 121 + 1) + 14 * np.sin(u / 53))
    ring = np.concatenate([np.stack([west, u], 1), np.stack([east, u], 1)[::-1]])
    return shapely.Polygon(np.round(ring, 2)).buffer(0)


def streets() -> list[Street]:
    """Return the planned streets before bending, main streets first."""
    town = outline()
    along: list[tuple[str, str, Callable[[Floats], Floats], float, float]] = [
        ("铜源大道", "primary", avenue, -50, 4650),
        ("矿工路", "secondary", miners_road, 505, 4033),
        ("滨河西路", "secondary", lambda u: river_axis(u) - RIVER_ROAD, -50, 4650),
        ("滨河东路", "secondary", lambda u: river_axis(u) + RIVER_ROAD, -50, 4650),
        ("东山路", "secondary", lambda u: 492 + 26 * np.sin(u / 450), 615, 4108),
    ]
    found = []
    for name, highway, east_of, start, stop in along:
        u = np.linspace(start, stop, 200)
        found.append(Street(name, highway, _inside(np.stack([east_of(u), u], 1), town)))
    for name, (highway, _, _, side) in ACROSS.items():
        line, on_land = _across(name)
        found.append(Street(name, highway, _inside(line[on_land], town), bridge=side == "both"))
    return found


def over_the_water() -> list[shapely.LineString]:
    """Return the river's axis, and streets across the valley carried on to it: where communities may meet."""
    u = np.linspace(-20, LENGTH + 20, 300)
    found = [shapely.LineString(np.stack([river_axis(u), u], 1))]
    for name, (_, _, _, side) in ACROSS.items():
        if side != "both":
            line, on_land = _across(name)
            east = line[:, 0] - river_axis(line[:, 1])
            last = int(np.flatnonzero(on_land)[-1 if side == "west" else 0])
            beyond = np.flatnonzero(east > 0)[1] if side == "west" else np.flatnonzero(east < 0)[-2]
            found.append(shapely.LineString(line[min(last, beyond) : max(last, beyond) + 1]))
    return found


def railway() -> shapely.LineString:
    """Return the closed railway spur before bending: in from the south, along the hill, to the smelter."""
    path = np.array([(-280, -40), (-300, 140), (-380, 330), (-500, 520), (-556, 800), (-564, 1200), (-552, 1702)])
    smooth = _smooth(path)
    return _inside(smooth, outline())


def bend(uv: Floats) -> Floats:
    """Bend plan coordinates (v, u) along the valley into metres of `CRS`, shape (n, 2)."""
    v, u = uv[:, 0], uv[:, 1]
    sway = 185 * np.sin(2 * np.pi * u / 4900 + 0.5) + 34 * np.sin(2 * np.pi * u / 2100 + 1.9)
    x = v * (1 + 0.05 * np.sin(u / 640)) + sway + 11 * np.sin(v / 130 + u / 310) + 6 * np.sin(u / 95 + v / 240)
    lean = -(185 * np.cos(2 * np.pi * u / 4900 + 0.5) / 4900 + 34 * np.cos(2 * np.pi * u / 2100 + 1.9) / 2100)
    y = u + 2 * np.pi * lean * v + 12 * np.sin(v / 170 - u / 280) + 5 * np.sin(v / 88 + u / 150)
    return np.stack([x + ORIGIN[0], y + ORIGIN[1]], 1)


def unbend(xy: Floats) -> Floats:
    """Return the plan coordinates (v, u) that `bend` would send to `xy`."""
    guess = np.asarray(xy, dtype=np.float64) - ORIGIN
    for _ in range(40):
        guess = guess + 0.8 * (xy - bend(guess))
    return guess


def bent(geometry: shapely.Geometry, *, step: float = 9.0) -> shapely.Geometry:
    """Bend a geometry, with vertices at least every `step` metres, its end points kept exactly."""
    return shapely.transform(shapely.segmentize(geometry, step), lambda c: np.round(bend(c), 3))


def _across(name: str) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the vertices of a street across the whole valley, and which of them it has: those on its bank."""
    v = np.linspace(-900, 900, 200)
    line = np.stack([v, cross_street(name, v)], 1)
    east = v - river_axis(line[:, 1])
    side = ACROSS[name][3]
    reach = RIVER_ROAD - 12
    on_land = east <= -reach if side == "west" else east >= reach if side == "east" else np.ones(len(v), np.bool_)
    return line, on_land


def _inside(line: Floats, town: shapely.Polygon) -> shapely.LineString:
    pieces = shapely.get_parts(shapely.LineString(line).intersection(town.buffer(OVERSHOOT)))
    return max(pieces, key=lambda piece: float(piece.length))


def _smooth(points: NDArray[np.generic], rounds: int = 4) -> Floats:
    """Cut corners (Chaikin 1974) until the line looks driven, not drawn."""
    path = points.astype(np.float64)
    for _ in range(rounds):
        near, far = path[:-1], path[1:]
        cut = np.stack([0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far], 1).reshape(-1, 2)
        path = np.concatenate([path[:1], cut, path[-1:]])
    return path
