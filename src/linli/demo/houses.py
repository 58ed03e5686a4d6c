"""The buildings: where they stand on their plots, how high they are, and who is counted in them under each 口径."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity

from linli.demo.ground import Floats
from linli.demo.land import DWELLINGS, Compound, Land, apportion

REGISTERED = {"团结": 7960, "白云": 7310, "京铜": 6840}
PERSONS = {"团结": 20_855, "白云": 19_152, "京铜": 17_921}  # 2.62 a registered household


@dataclass(frozen=True)
class Kind:
    """How one kind of building looks: metres, dwellings a floor in each stair (单元), usual and greatest floors."""

    length: tuple[float, float]
    depth: float
    gap: float
    stairs: tuple[int, int]
    a_floor: int
    floors: tuple[int, int]
    registered: float = 0.0  # registered households a delivered dwelling, before scaling
    vacant: float = 0.0
    by_room: float = 0.0
    household: float = 2.6


KINDS = {
    "mining": Kind((38, 52), 10.5, 12, (3, 4), 2, (3, 5), 1.04, 0.05, 0.05, 2.35),
    "work_unit": Kind((28, 42), 11, 13, (2, 3), 2, (3, 6), 1.0, 0.05, 0.04, 2.5),
    "market": Kind((32, 48), 12, 16, (2, 3), 2, (5, 7), 0.97, 0.06, 0.05, 2.7),
    "new": Kind((26, 34), 17, 26, (1, 2), 4, (9, 26), 0.80, 0.10, 0.01, 2.8),
    "undelivered": Kind((28, 34), 17, 26, (1, 2), 4, (11, 28)),
    "resettlement": Kind((44, 52), 15, 22, (2, 3), 4, (9, 18), 0.97, 0.03, 0.01, 3.3),
    "village": Kind((9, 13), 10, 4, (1, 1), 1, (2, 5), 0.92, 0.04, 0.22, 3.1),
    "unnamed": Kind((22, 34), 10, 11, (1, 2), 2, (2, 5), 0.9, 0.08, 0.08, 2.5),
}
PUBLIC = {
    "primary_school": (Kind((34, 52), 14, 22, (0, 0), 0, (3, 5)), 4),
    "middle_school": (Kind((40, 60), 15, 26, (0, 0), 0, (4, 6)), 6),
    "hospital": (Kind((40, 58), 18, 20, (0, 0), 0, (4, 9)), 4),
    "market_hall": (Kind((40, 60), 26, 14, (0, 0), 0, (1, 2)), 2),
    "office": (Kind((30, 50), 15, 20, (0, 0), 0, (3, 8)), 3),
    "factory": (Kind((60, 95), 32, 18, (0, 0), 0, (1, 3)), 3),
    "park": (Kind((10, 16), 10, 20, (0, 0), 0, (1, 1)), 1),
}


@dataclass(frozen=True, eq=False)
class Houses:
    """All buildings, arrays of equal length in the order of their ids."""

    geometry: NDArray[np.object_]
    compound: NDArray[np.int64]  # index into Land.compounds
    plot: NDArray[np.int64]
    number: NDArray[np.int64]  # 幢号 within the compound
    floors: NDArray[np.int64]
    stairs: NDArray[np.int64]
    dwellings: NDArray[np.int64]
    dwellings_delivered: NDArray[np.int64]
    households_registered: NDArray[np.int64]
    households_resident: NDArray[np.int64]
    persons: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.geometry)


def build(land: Land, rng: np.random.Generator) -> Houses:
    """Put buildings on the plots and count the people in them."""
    rows: list[tuple[shapely.Polygon, int, int, int, int, int, int]] = []
    for index, compound in enumerate(land.compounds):
        for serial, row in enumerate(_of_compound(compound, land, rng), 1):
            rows.append((row[0], index, row[1], serial, *row[2:]))
    geometry = np.array([row[0] for row in rows], dtype=object)
    table = np.array([row[1:] for row in rows], dtype=np.int64)
    owner, plot, number, floors, stairs, dwellings = (table[:, column] for column in range(6))
    use = np.array([land.compounds[k].use for k in owner])
    place = np.array([land.compounds[k].community for k in owner])
    delivered = np.where(use == "undelivered", 0, dwellings)

    def rate(field: str) -> Floats:
        return np.array([getattr(KINDS[u], field) if u in KINDS else 0.0 for u in use])

    # residents: dwellings less the empty ones, more where rooms are let one by one
    empty = rng.binomial(delivered, rate("vacant"))
    resident = delivered - empty + rng.binomial(delivered - empty, rate("by_room"))
    registered, persons = np.zeros_like(delivered), np.zeros_like(delivered)
    heads = resident * rate("household") * rng.lognormal(0, 0.07, len(rows))
    papers = delivered * rate("registered") * rng.lognormal(0, 0.05, len(rows))
    for name in DWELLINGS:
        here = np.flatnonzero(place == name)
        registered[here] = apportion(papers[here], REGISTERED[name])
        persons[here] = apportion(heads[here], PERSONS[name])
    return Houses(geometry, owner, plot, number, floors, stairs, dwellings, delivered, registered, resident, persons)


def _of_compound(
    compound: Compound, land: Land, rng: np.random.Generator
) -> list[tuple[shapely.Polygon, int, int, int, int]]:
    """Place one compound's buildings: footprint, plot, floors, stairs, dwellings."""
    if compound.use not in KINDS:
        found = []
        for plot in compound.plots:
            kind, most = PUBLIC.get(compound.use, (None, 0))
            if kind is None:
                continue
            slots = _slots(land.usable[plot], kind, most, rng)[:most]
            found += [(slot, plot, int(rng.integers(kind.floors[0], kind.floors[1] + 1)), 0, 0) for slot in slots]
        return found
    kind = KINDS[compound.use]
    usual = np.mean(kind.stairs) * kind.a_floor * (0.75 * kind.floors[0] + 0.25 * kind.floors[1])
    least = 1 + int(sum(land.usable[k].area for k in compound.plots) // 8000)
    # more buildings until none is higher than its kind may be, or no more find room
    for more in (1.0, 1.12, 1.25, 1.4, 1.6, 1.9):
        wanted = max(least, round(more * compound.dwellings / usual))
        placed = _place(compound, land, kind, wanted, rng)
        long = np.array([_long_side(slot) for slot, _ in placed])
        low, high = kind.stairs
        spread = (long - kind.length[0]) / (kind.length[1] - kind.length[0]) * (high - low + 1)
        stairs = np.clip(np.floor(low + spread), low, high).astype(np.int64)
        dwellings = apportion(stairs * rng.uniform(0.85, 1.15, len(placed)), compound.dwellings)
        floors = np.maximum(np.ceil(dwellings / (stairs * kind.a_floor)), kind.floors[0])
        if floors.max() <= kind.floors[1]:
            break
    return [
        (slot, plot, int(f), int(s), int(d))
        for (slot, plot), f, s, d in zip(placed, floors, stairs, dwellings, strict=True)
    ]


def _place(
    compound: Compound, land: Land, kind: Kind, wanted: int, rng: np.random.Generator
) -> list[tuple[shapely.Polygon, int]]:
    """Place footprints on a compound's plots, from north to south and west to east."""
    share = apportion(np.array([land.usable[k].area for k in compound.plots]), wanted)
    placed = [
        (slot, plot)
        for plot, many in zip(compound.plots, share, strict=True)
        for slot in _slots(land.usable[plot], kind, int(many), rng)
    ]
    return sorted(placed, key=lambda pair: (-round(pair[0].centroid.y / 25), pair[0].centroid.x))


def _slots(ground: shapely.Polygon, kind: Kind, wanted: int, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Find room for `wanted` buildings in rows that face south, as loosely as the ground allows."""
    if wanted == 0:
        return []
    yard = ground.buffer(-4)
    turn = _row_direction(ground)
    best: list[shapely.Polygon] = []
    for loose in (2.2, 1.8, 1.5, 1.3, 1.15, 1.0, 0.88, 0.76, 0.65, 0.55):
        found = _rows(yard, kind, turn, loose, rng)
        if len(found) > len(best):
            best = found
        if len(best) >= wanted:
            break
    if not best:
        side = min(kind.depth, 0.5 * np.sqrt(ground.area))
        best = [affinity.rotate(shapely.box(-side / 2, -side / 2, side / 2, side / 2), turn)]
        inner = ground.buffer(-2).representative_point()
        best = [affinity.translate(best[0], inner.x, inner.y)]
    if len(best) > wanted:
        keep = np.sort(rng.permutation(len(best))[:wanted])
        best = [best[k] for k in keep]
    return best


def _row_direction(ground: shapely.Polygon) -> float:
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(ground))[:3]
    side = corners[1] - corners[0]
    turn = float(np.degrees(np.arctan2(side[1], side[0])))
    return (turn + 45) % 90 - 45


def _rows(
    yard: shapely.Polygon, kind: Kind, turn: float, loose: float, rng: np.random.Generator
) -> list[shapely.Polygon]:
    centre = yard.centroid
    level = affinity.rotate(yard, -turn, origin=centre)
    if level.is_empty:
        return []
    left, bottom, right, top = level.bounds
    found = []
    y = bottom + rng.uniform(0, 3)
    while y + kind.depth <= top:
        band = level.intersection(shapely.box(left, y, right, y + kind.depth))
        clear = _clear_stretches(band, y, kind.depth)
        for start, stop in clear:
            x = start + rng.uniform(0, 2)
            while x < stop - kind.length[0]:
                long = min(rng.uniform(*kind.length), stop - x)
                found.append(shapely.box(x, y, x + long, y + kind.depth))
                x += long + max(3.0, 0.45 * kind.gap * loose)
        y += kind.depth + kind.gap * loose
    shapes = [affinity.rotate(box, turn, origin=centre) for box in found]
    room = yard.buffer(0.5)
    shapely.prepare(room)
    return [shape for shape in shapes if room.contains(shape)]


def _clear_stretches(band: shapely.Geometry, y: float, depth: float) -> list[tuple[float, float]]:
    """Return the stretches of x over which a strip of full depth is free."""
    edge_lines = (
        [
            shapely.LineString([(band.bounds[0], h), (band.bounds[2], h)])
            for h in (y + 0.05, y + depth / 2, y + depth - 0.05)
        ]
        if not band.is_empty
        else []
    )
    if not edge_lines:
        return []
    spans: list[tuple[float, float]] | None = None
    for line in edge_lines:
        cut = [p.bounds for p in shapely.get_parts(line.intersection(band)) if p.geom_type == "LineString"]
        own = [(b[0], b[2]) for b in cut]
        spans = (
            own
            if spans is None
            else [(max(a, c), min(b, d)) for a, b in spans for c, d in own if min(b, d) > max(a, c)]
        )
    return spans or []


def _long_side(box: shapely.Polygon) -> float:
    corners = shapely.get_coordinates(box)[:3]
    return float(max(np.hypot(*(corners[1] - corners[0])), np.hypot(*(corners[2] - corners[1]))))
