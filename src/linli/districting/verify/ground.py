"""Find ground that blocks cover twice, and ground between them that none covers, in the shapes themselves.

Borders that two blocks write alike run once each way and cancel; what is left is swept along lines half a metre
apart, counting how many blocks lie over each stretch. A stretch with none that the outside cannot reach is a gap,
one with two or more an overlap. Each is then measured again, finely, from the shapes of the blocks about it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from linli.districting.verify.geopackage import Box, Point, Ring, Shape

WIDE_M = 0.5  # across so much two blocks still touch: what is narrower is drawing, not ground
LEAST_M2 = 1.0  # less than this is rounding
MOST_CROSSINGS = 3_000_000  # lines stand further apart where half a metre would take minutes
MOST_MEASURED = 500  # pieces of ground that are measured again, the largest first
FINE_ROWS = 60
SAME_M = 0.001  # coordinates are compared to the millimetre
Border = tuple[float, float, float, float, int]  # from, to, and how many blocks lie on its left more than on its right
Run = tuple[float, float]


@dataclass
class Patch:
    """A piece of ground that no block covers, or more than one.

    Parameters
    ----------
    area
        Square metres.
    box
        West, south, east, north.
    blocks
        Ids of the blocks about a gap, or over an overlap.
    """

    area: float
    box: Box
    blocks: list[str]

    @property
    def wide(self) -> bool:
        """Whether it is ground rather than drawing: over a square metre, and on average wider than half a metre."""
        west, south, east, north = self.box
        return self.area > LEAST_M2 and self.area > WIDE_M * math.hypot(east - west, north - south)

    def as_dict(self) -> dict[str, object]:
        """Blocks, square metres and the middle of its box, for the evidence of a finding."""
        west, south, east, north = self.box
        where = [round((west + east) / 2, 1), round((south + north) / 2, 1)]
        return {"m2": round(self.area, 1), "at": where, "blocks": self.blocks}


@dataclass
class Ground:
    """What the shapes cover: `gaps`, `overlaps`, what is too narrow to be ground, and how far apart lines stood."""

    gaps: list[Patch]
    overlaps: list[Patch]
    narrow_m2: float
    step_m: float


@dataclass
class _Piece:
    """Runs of one kind that hang together, by row."""

    runs: dict[int, list[Run]] = field(default_factory=lambda: defaultdict(list))
    outside: bool = False

    def about(self, step: float) -> float:
        return step * math.fsum(b - a for runs in self.runs.values() for a, b in runs)


def survey(shapes: Mapping[str, Shape]) -> Ground:
    """Look for gaps and overlaps among shapes, coordinates in metres.

    Whatever is at least `WIDE_M` wide is found (in territories of many long borders that are written differently on
    either side: wider than `step_m`). Ground that the outside can reach is no gap: a bay is the shape of the territory.
    """
    borders = _left_over(shapes.values())
    if not borders:
        return Ground([], [], 0.0, WIDE_M)
    south = min(min(one[1], one[3]) for one in borders)
    tall = math.fsum(abs(one[3] - one[1]) for one in borders)
    step = max(WIDE_M, tall / MOST_CROSSINGS)
    gaps, overlaps, narrow = _sweep(_crossings(borders, south, step), step)
    boxed = [(shape.box, key) for key, shape in sorted(shapes.items())]
    found: list[list[Patch]] = []
    for pieces, covered in ((gaps, False), (overlaps, True)):
        largest = sorted(pieces, key=lambda piece: -piece.about(step))[:MOST_MEASURED]
        patches = [
            patch for piece in largest for patch in _measured(piece, south, step, shapes, boxed, covered=covered)
        ]
        narrow += math.fsum(patch.area for patch in patches if not patch.wide)
        found.append(sorted((patch for patch in patches if patch.wide), key=lambda patch: -patch.area))
    return Ground(found[0], found[1], narrow, step)


def _rings(shape: Shape) -> Iterator[Ring]:
    """Rings with the ground on their left."""
    for polygon in shape.polygons:
        for place, ring in enumerate(polygon):
            x0, y0 = ring[0]
            turn = math.fsum((p[0] - x0) * (q[1] - y0) - (q[0] - x0) * (p[1] - y0) for p, q in pairwise(ring))
            yield ring if (turn > 0) == (place == 0) else ring[::-1]


def _left_over(shapes: Iterable[Shape]) -> list[Border]:
    """The borders that no other shape writes the other way round."""
    count: Counter[tuple[Point, Point]] = Counter()
    for shape in shapes:
        for ring in _rings(shape):
            points = [(round(x, 3), round(y, 3)) for x, y in ring]
            for p, q in pairwise(points):
                if p < q:
                    count[p, q] += 1
                elif q < p:
                    count[q, p] -= 1
    return [(*p, *q, sign) for (p, q), sign in count.items() if sign]


def _crossings(borders: Sequence[Border], south: float, step: float) -> dict[int, list[tuple[float, int]]]:
    """For each line that borders cross, where, and by how many more blocks lie to the east."""
    rows: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for x0, y0, x1, y1, sign in borders:
        if y0 > y1:
            x0, y0, x1, y1, sign = x1, y1, x0, y0, -sign
        first = math.ceil((y0 - south) / step - 0.5)
        last = math.ceil((y1 - south) / step - 0.5)
        if first < last:
            slope = (x1 - x0) / (y1 - y0)
            x, change = x0 + (south + (first + 0.5) * step - y0) * slope, slope * step
            for row in range(first, last):
                rows[row].append((x, -sign))
                x += change
    return rows


def _sweep(rows: Mapping[int, list[tuple[float, int]]], step: float) -> tuple[list[_Piece], list[_Piece], float]:
    """Gather runs that nothing covers, and runs covered twice, into pieces; and what narrow runs add up to."""
    empty, twice = _Pieces(), _Pieces()
    narrow = 0.0
    for number in sorted(rows):
        crossings = sorted(rows[number])
        bare: list[Run] = [(-math.inf, crossings[0][0])]
        double: list[Run] = []
        over, last = 0, crossings[0][0]
        for x, change in crossings:
            width = x - last
            if width > SAME_M and over != 1:
                if width < WIDE_M:
                    narrow += width * step
                else:
                    (bare if over < 1 else double).append((last, x))
            over += change
            last = x
        bare.append((last, math.inf))
        # where no border crosses the line above or below, all of it lies outside
        empty.row(number, bare, outside=number - 1 not in rows or number + 1 not in rows)
        twice.row(number, double)
    return [piece for piece in empty.all() if not piece.outside], twice.all(), narrow


class _Pieces:
    """Runs joined to those of the row before that they overlap (a union-find over runs)."""

    def __init__(self) -> None:
        self.parent: list[int] = []
        self.places: list[tuple[int, Run, bool]] = []
        self.before: list[tuple[Run, int]] = []
        self.last = -2

    def row(self, number: int, runs: Sequence[Run], *, outside: bool = False) -> None:
        """Take in the runs of the next row, from west to east; endless ones lie outside."""
        now = []
        at = 0
        before = self.before if self.last == number - 1 else []
        for run in runs:
            me = len(self.parent)
            self.parent.append(me)
            self.places.append((number, run, outside or math.isinf(run[0]) or math.isinf(run[1])))
            while at < len(before) and before[at][0][1] <= run[0]:
                at += 1
            k = at
            while k < len(before) and before[k][0][0] < run[1]:
                self.parent[self.root(me)] = self.root(before[k][1])
                k += 1
            now.append((run, me))
        self.before, self.last = now, number

    def root(self, one: int) -> int:
        while self.parent[one] != one:
            self.parent[one] = one = self.parent[self.parent[one]]
        return one

    def all(self) -> list[_Piece]:
        """The pieces, in the order of their southernmost runs."""
        pieces: dict[int, _Piece] = {}
        for one, (number, run, outside) in enumerate(self.places):
            piece = pieces.setdefault(self.root(one), _Piece())
            piece.outside |= outside
            piece.runs[number].append(run)
        return list(pieces.values())


def _measured(
    piece: _Piece,
    south: float,
    step: float,
    shapes: Mapping[str, Shape],
    boxed: Sequence[tuple[Box, str]],
    *,
    covered: bool,
) -> list[Patch]:
    """Measure a piece again, finely, from the shapes about it: one patch a gap, one for each set of shapes."""
    west = min(a for runs in piece.runs.values() for a, _ in runs)
    east = max(b for runs in piece.runs.values() for _, b in runs)
    low, high = south + (min(piece.runs) - 1) * step, south + (max(piece.runs) + 2) * step
    near = [key for b, key in boxed if b[0] <= east + WIDE_M and b[2] >= west - WIDE_M and b[1] <= high and b[3] >= low]
    rings = [(key, ring) for key in near for ring in _rings(shapes[key])]
    # between the heights of two corners borders are straight, so that the middle of each slab measures it whole
    levels = {y for _, ring in rings for _, y in ring if low < y < high}
    levels.update(low + (high - low) * k / FINE_ROWS for k in range(FINE_ROWS + 1))
    found: dict[tuple[str, ...], list[tuple[float, float, float, float]]] = defaultdict(list)
    about: set[str] = set()
    for bottom, top in pairwise(sorted(levels)):
        y = (bottom + top) / 2
        row = math.floor((y - south) / step)
        coarse = [run for other in (row - 1, row, row + 1) for run in piece.runs.get(other, ())]
        for a, b, over in _stretches(rings, y, west, east) if coarse else ():
            if (len(over) > 1 if covered else not over) and any(p < b and a < q for p, q in coarse):
                found[over].append((a, b, bottom, top))
                about.update(() if covered else _beside(rings, (a, b, bottom, top)))
    patches = []
    for over, runs in found.items():
        area = math.fsum((b - a) * (top - bottom) for a, b, bottom, top in runs)
        box = (min(r[0] for r in runs), runs[0][2], max(r[1] for r in runs), runs[-1][3])
        patches.append(Patch(area, box, sorted(over if covered else about)))
    return patches


def _stretches(
    rings: Sequence[tuple[str, Ring]], y: float, west: float, east: float
) -> Iterator[tuple[float, float, tuple[str, ...]]]:
    """Stretches of a line between two meridians with the shapes over each."""
    over: Counter[str] = Counter()
    last = west
    for x, key, change in sorted(_cuts(rings, y)):
        here = min(max(x, west), east)
        if here - last > SAME_M:
            yield last, here, tuple(sorted(name for name, n in over.items() for _ in range(n)))
            last = here
        over[key] += change
    if east - last > SAME_M:
        yield last, east, tuple(sorted(name for name, n in over.items() for _ in range(n)))


def _beside(rings: Sequence[tuple[str, Ring]], slab: tuple[float, float, float, float]) -> Iterator[str]:
    """The shapes that a slab of a gap touches: at its ends, below and above."""
    a, b, bottom, top = slab
    yield from (key for x, key, _ in _cuts(rings, (bottom + top) / 2) if min(abs(x - a), abs(x - b)) <= SAME_M)
    for y in (bottom - SAME_M, top + SAME_M):
        for _, _, over in _stretches(rings, y, a, b):
            yield from over


def _cuts(rings: Sequence[tuple[str, Ring]], y: float) -> Iterator[tuple[float, str, int]]:
    """Where rings cross a line: how far east, which shape, whether it begins (1) or ends (-1) there."""
    for key, ring in rings:
        for (x0, y0), (x1, y1) in pairwise(ring):
            if (y0 <= y) != (y1 <= y):
                yield x0 + (y - y0) * (x1 - x0) / (y1 - y0), key, 1 if y1 < y0 else -1
