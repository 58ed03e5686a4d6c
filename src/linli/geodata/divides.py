"""What divides two blocks: neighbour lines and rim with their length, kind and name."""

from __future__ import annotations

import numpy as np
import shapely

from linli.geodata.arrangement import Bools, Floats, Ints, Objects, Sides
from linli.geodata.borders import KINDS, LEAST_CONTACT_M, Lines, Rim
from linli.geodata.streets import Cover, Dividers

PIECE_M = 15.0  # borders are judged in pieces of at most this length
SEARCH_M = 80.0  # how far from the middle of a corridor its road may run
RIM_SEARCH_M = 25.0  # how far from the outer boundary the road may run that the boundary means
ON_LINE_M = 0.3
STEEP_COS = 0.75  # a line that crosses at more than some 40° does not run along the border
SHORT_ROW_M = 20.0  # a shorter run of another kind or name joins the main row of its pair


def name_borders(cover: Cover, dividers: Dividers, water: Objects, water_names: Objects) -> tuple[Lines, Rim]:
    """Say for each pair of neighbours, and for each block on the rim, what runs between.

    A river goes before a railway, a railway before an arterial, and so on in the order of `KINDS`, where
    several lines run together.

    Parameters
    ----------
    cover
        Blocks and their borders.
    dividers
        The lines that divide, also those a little outside the territory.
    water, water_names
        Polygons of rivers and lakes, and their names.

    Returns
    -------
    Neighbour lines, one row for each pair, kind and name, and the rim likewise. Pairs that touch along a metre or
    less are no neighbours. Row indices refer to `cover.geometry`.
    """
    start, end, side = _cut_pieces(cover.sides)
    a, b = cover.sides.a[side], cover.sides.b[side]
    low = np.where((a < 0) | (b < 0), np.maximum(a, b), np.minimum(a, b))
    high = np.where((a < 0) | (b < 0), -1, np.maximum(a, b))
    kind, name = _judge(start, end, high < 0, dividers, water, water_names)
    rows = _rows(low, high, kind, name, start, end)
    inner = rows.high >= 0
    lines = Lines(
        a=rows.low[inner],
        b=rows.high[inner],
        length_m=rows.length[inner],
        kind=rows.kind[inner],
        name=rows.name[inner],
        affinity=np.full(int(inner.sum()), np.nan),
        geometry=rows.geometry[inner],
    )
    outer = ~inner
    rim = Rim(rows.low[outer], rows.length[outer], rows.kind[outer], rows.name[outer], rows.geometry[outer])
    return lines, rim


class _Rows:
    """Rows of borders before they part into lines and rim."""

    def __init__(self, low: Ints, high: Ints, length: Floats, kind: Objects, name: Objects, geometry: Objects) -> None:
        self.low, self.high, self.length = low, high, length
        self.kind, self.name, self.geometry = kind, name, geometry


def _cut_pieces(sides: Sides) -> tuple[Floats, Floats, Ints]:
    """Cut straight pieces of border into pieces of at most `PIECE_M`: start, end, row of origin."""
    number = np.maximum(1, np.ceil(sides.length / PIECE_M)).astype(np.int64)
    row = np.repeat(np.arange(len(number)), number)
    step = np.arange(len(row)) - np.repeat(np.cumsum(number) - number, number)
    run = (sides.end - sides.start)[row]
    start = sides.start[row] + run * (step / number[row])[:, None]
    end = sides.start[row] + run * ((step + 1) / number[row])[:, None]
    last = step == number[row] - 1
    end[last] = sides.end[row[last]]
    return start, end, row


def _judge(
    start: Floats, end: Floats, outer: Bools, dividers: Dividers, water: Objects, water_names: Objects
) -> tuple[Objects, Objects]:
    """Find kind and name of what runs along each piece."""
    middle = shapely.points((start + end) / 2)
    along = _course(start, end)
    rank = np.full(len(start), len(KINDS) - 1, dtype=np.int64)
    name = np.full(len(start), "", dtype=np.object_)
    if len(dividers):
        segment, owner = _straight(dividers.geometry)
        reach = np.where(outer, RIM_SEARCH_M, SEARCH_M)
        piece, line = shapely.STRtree(segment).query(middle, predicate="dwithin", distance=reach)
        distance = shapely.distance(middle[piece], segment[line])
        parallel = _cosine(along[piece], segment[line]) > STEEP_COS
        # where lines of a corridor meet, a border may run along none of them: then the nearest will do
        alone = np.ones(len(start), dtype=np.bool_)
        alone[piece[parallel]] = False
        fits = parallel | (alone & ~outer)[piece]
        piece, line, distance = piece[fits], line[fits], distance[fits]
        nearest = np.full(len(start), np.inf)
        np.minimum.at(nearest, piece, distance)
        # a border that lies on a line is that line's; one in the middle of a corridor is its best line's
        allowed = np.where(nearest <= ON_LINE_M, ON_LINE_M, 1.6 * nearest + 3.0)
        allowed[outer] = np.where(nearest <= ON_LINE_M, ON_LINE_M, nearest + 8.0)[outer]
        close = distance <= allowed[piece]
        piece, distance, source = piece[close], distance[close], owner[line[close]]
        grade = np.array([KINDS.index(kind) for kind in dividers.kind], dtype=np.int64)[source]
        nameless = np.array([text == "" for text in dividers.name[source]], dtype=np.bool_)
        order = np.lexsort((distance, nameless, grade, piece))
        first = order[np.append(True, np.diff(piece[order]) != 0)[: len(order)]]
        rank[piece[first]] = grade[first]
        name[piece[first]] = dividers.name[source[first]]
    if len(water):
        piece, pool = shapely.STRtree(water).query(middle, predicate="dwithin", distance=ON_LINE_M)
        bank, _ = _straight(shapely.get_rings(shapely.get_parts(water)))
        # a border in the water that runs across it, such as a bridge, is not the water's
        nearby = bank[shapely.STRtree(bank).nearest(middle[piece])]
        runs = _cosine(along[piece], nearby) > STEEP_COS
        rank[piece[runs]], name[piece[runs]] = 0, water_names[pool[runs]]
    kind = np.array(KINDS, dtype=np.object_)[rank]
    return kind, name


def _course(start: Floats, end: Floats) -> Floats:
    run = end - start
    return np.asarray(run / np.maximum(np.hypot(*run.T), 1e-9)[:, None])


def _cosine(along: Floats, segments: Objects) -> Floats:
    """Return how parallel courses and segments are: 1 for parallel, 0 for square."""
    ends = shapely.get_coordinates(segments).reshape(-1, 2, 2)
    return np.asarray(np.abs((_course(ends[:, 0], ends[:, 1]) * along).sum(axis=1)))


def _straight(lines: Objects) -> tuple[Objects, Ints]:
    """Cut lines into straight segments and say which line each comes from."""
    xy, line = shapely.get_coordinates(lines, return_index=True)
    joined = (line[1:] == line[:-1]) & (xy[1:] != xy[:-1]).any(axis=1)
    segments: Objects = shapely.linestrings(np.stack([xy[:-1][joined], xy[1:][joined]], axis=1))
    return segments, line[:-1][joined]


def _rows(low: Ints, high: Ints, kind: Objects, name: Objects, start: Floats, end: Floats) -> _Rows:
    """Gather pieces into one row a pair, kind and name; short runs join the main row of their pair."""
    length = np.hypot(*(end - start).T)
    words = np.array([f"{KINDS.index(k)}\t{n}" for k, n in zip(kind, name, strict=True)])
    said, label = np.unique(words, return_inverse=True)
    pair, of_pair = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    of_pair = of_pair.ravel()
    real = np.bincount(of_pair, length, minlength=len(pair))[of_pair] > LEAST_CONTACT_M
    label, of_pair, length = label[real], of_pair[real], length[real]
    label = _settle(of_pair, label, length, said)
    group, row = np.unique(np.stack([of_pair, label], axis=1), axis=0, return_inverse=True)
    row = row.ravel()
    order = np.argsort(row, kind="stable")
    segments = shapely.linestrings(np.stack([start[real], end[real]], axis=1))
    bundles = shapely.multilinestrings(segments[order], indices=row[order])
    parts = [said[text].split("\t") for text in group[:, 1]]
    return _Rows(
        low=pair[group[:, 0], 0].astype(np.int64),
        high=pair[group[:, 0], 1].astype(np.int64),
        length=np.asarray(np.bincount(row, length), dtype=np.float64),
        kind=np.array([KINDS[int(grade)] for grade, _ in parts], dtype=np.object_),
        name=np.array([text for _, text in parts], dtype=np.object_),
        geometry=shapely.line_merge(bundles),
    )


def _settle(of_pair: Ints, label: Ints, length: Floats, said: Objects) -> Ints:
    """Let runs that are short, or nameless beside a named line of their kind, join the longest fitting row."""
    label = label.copy()
    grade = np.array([int(text.split("\t")[0]) for text in said], dtype=np.int64)
    nameless = np.array([text.endswith("\t") for text in said], dtype=np.bool_)
    for same_kind in (True, False):
        group, row = np.unique(np.stack([of_pair, label], axis=1), axis=0, return_inverse=True)
        row = row.ravel()
        total = np.bincount(row, length)
        key = np.stack([group[:, 0], grade[group[:, 1]] if same_kind else np.zeros(len(group), np.int64)], axis=1)
        # the longest row leads; among rows of one kind a named one goes before a nameless one
        after = nameless[group[:, 1]] if same_kind else np.zeros(len(group), np.bool_)
        order = np.lexsort((group[:, 1], -total, after, key[:, 1], key[:, 0]))
        new = np.append(True, (np.diff(key[order], axis=0) != 0).any(axis=1))
        lead = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
        leader = np.empty(len(order), dtype=np.int64)
        leader[order] = lead
        joins = (total < SHORT_ROW_M) & (total < total[leader])
        if same_kind:
            joins |= nameless[group[:, 1]]
        to = np.where(joins, group[leader, 1], group[:, 1])
        label = to[row]
    return label
