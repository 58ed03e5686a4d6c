"""Which block and community a point lies in: one rule for every door, an index in memory made anew after changes.

A point lies in every block whose ground or border it touches. Where that are several, on a shared border or a corner,
it is the one with the lowest code: by code of the street, then of the block, as text by Unicode code point. Days play
no part in it: first the block, then the community that holds that block on the day.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from django.db.models import Q
from django.utils import timezone
from numpy.typing import NDArray

from linli.org.models import Division
from linli.territory.models import Block, GroundStamp, Membership

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Points = NDArray[np.object_]

MOST_INDEXES = 8  # versions of the ground that are kept
NOWHERE = -1


def first_holding(tree: shapely.STRtree, points: Points) -> Ints:
    """Place in the tree's order of the first polygon that each point lies in or on the border of; `NOWHERE` outside.

    Parameters
    ----------
    tree
        Index over polygons in the order of their codes.
    points
        Shape (n,): points; None lies nowhere.
    """
    answer = np.full(len(points), NOWHERE, dtype=np.int64)
    if len(tree):
        point, polygon = tree.query(points, predicate="intersects")
        order = np.argsort(-polygon, kind="stable")  # the first polygon last, so that it stands
        answer[point[order]] = polygon[order]
    return answer


def by_code(block: Block) -> tuple[str, str]:
    """Key that puts blocks in the order in which a border belongs to them; needs the block's street."""
    return block.street.code, block.code


@dataclass(frozen=True, eq=False)
class GroundIndex:
    """Polygons with the community that each belongs to.

    Parameters
    ----------
    shapes
        Shape (n,): polygons in degrees, in the order of their codes: on a common border the first wins.
    community
        Shape (n,): key of the community of each, `NOWHERE` where none holds it.
    tree
        Index over the shapes.
    """

    shapes: NDArray[np.object_]
    community: Ints
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: NDArray[np.object_], community: Ints) -> GroundIndex:
        """Make an index of polygons, in the order of their codes, and their communities."""
        shapely.prepare(shapes)
        return cls(shapes, community, shapely.STRtree(shapes))

    def at(self, longitude: float, latitude: float) -> int:
        """Key of the community at a point, degrees; `NOWHERE` outside all."""
        found = self.tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return int(self.community[found.min()]) if len(found) else NOWHERE

    def at_all(self, points: Floats) -> Ints:
        """Key of the community at each point, shape (n, 2), `NOWHERE` outside; shape (n,)."""
        polygon = first_holding(self.tree, shapely.points(points))
        return np.where(polygon == NOWHERE, NOWHERE, np.append(self.community, NOWHERE)[polygon])


_indexes: OrderedDict[tuple[int, date], GroundIndex] = OrderedDict()
_lock = threading.Lock()


def community_at(longitude: float, latitude: float, day: date | None = None) -> Division | None:
    """Return the community that a point lies in on a day; None outside all communities.

    Parameters
    ----------
    longitude, latitude
        Degrees (CGCS2000).
    day
        Days begin at midnight in Asia/Shanghai; today where None.
    """
    key = ground_index(day).at(longitude, latitude)
    return None if key == NOWHERE else Division.objects.select_related("parent").get(pk=key)


def communities_at(points: Floats, day: date | None = None) -> Ints:
    """Return the key of the community at each point, -1 outside all; shape (n,) for points of shape (n, 2)."""
    return ground_index(day).at_all(points)


def ground_index(day: date | None = None) -> GroundIndex:
    """Return the index of a day, kept for as long as nothing changes; one query where it is kept."""
    day = day or timezone.localdate()
    stamp = ground_stamp()
    kept = _indexes.get((stamp, day))
    if kept is not None:
        return kept
    with _lock:
        if (stamp, day) not in _indexes:
            _indexes[stamp, day] = _read(day)
            while len(_indexes) > MOST_INDEXES:
                _indexes.popitem(last=False)
        return _indexes[stamp, day]


def ground_stamp() -> int:
    """Return the number that the database moves with every change of blocks or memberships."""
    return GroundStamp.objects.values_list("value", flat=True).get(pk=1)


def now_and_next(block: Block, day: date) -> tuple[Membership | None, Membership | None]:
    """Return the membership of a block on a day, and the first one that begins after it; one query."""
    return memberships_around([block.pk], day)[block.pk]


def memberships_around(blocks: Collection[int], day: date) -> dict[int, tuple[Membership | None, Membership | None]]:
    """Return for each block, by key, what `now_and_next` does; one query."""
    rows = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), block__in=list(blocks))
    found: dict[int, list[Membership]] = {key: [] for key in blocks}
    for row in rows.select_related("community__parent").order_by("valid_from"):
        found[row.block_id].append(row)
    around = {}
    for key, periods in found.items():
        now = periods.pop(0) if periods and periods[0].valid_from <= day else None
        around[key] = now, periods[0] if periods else None
    return around


def block_at(longitude: float, latitude: float) -> Block | None:
    """Return the block that a point lies in, by its bounding box and then its shape."""
    near = Block.objects.filter(west__lte=longitude, east__gte=longitude, south__lte=latitude, north__gte=latitude)
    blocks = sorted(near.select_related("street"), key=by_code)
    shapes = np.array([block.shape for block in blocks], dtype=np.object_)
    [place] = first_holding(shapely.STRtree(shapes), np.array([shapely.Point(longitude, latitude)], dtype=np.object_))
    return None if place == NOWHERE else blocks[place]


def _read(day: date) -> GroundIndex:
    held = dict(Membership.objects.on(day).values_list("block", "community"))
    rows = list(Block.objects.values_list("street__code", "code", "pk", "wkb"))
    rows.sort(key=lambda row: row[:2])  # not by the database, whose order of text depends on its collation
    shapes = shapely.from_wkb(np.array([bytes(wkb) for *_, wkb in rows], dtype=np.object_))
    return GroundIndex.of(shapes, np.array([held.get(pk, NOWHERE) for _, _, pk, _ in rows], dtype=np.int64))
