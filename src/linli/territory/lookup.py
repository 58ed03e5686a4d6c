"""Which community a point lies in on a day: an index in memory, made anew when blocks or memberships change."""

from __future__ import annotations

import threading
from collections import OrderedDict
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

MOST_INDEXES = 8  # versions of the ground that are kept
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class GroundIndex:
    """Polygons with the community that each belongs to.

    Parameters
    ----------
    shapes
        Shape (n,): polygons in degrees, ordered so that on a common border the lower key wins.
    community
        Shape (n,): key of the community of each.
    tree
        Index over the shapes.
    """

    shapes: NDArray[np.object_]
    community: Ints
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: NDArray[np.object_], community: Ints) -> GroundIndex:
        """Make an index of polygons and their communities."""
        order = np.argsort(community, kind="stable")
        ordered = shapes[order]
        shapely.prepare(ordered)
        return cls(ordered, community[order], shapely.STRtree(ordered))

    def at(self, longitude: float, latitude: float) -> int:
        """Key of the community at a point, degrees; `NOWHERE` outside all; on a border the lowest key."""
        found = self.tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        if len(found) == 1:
            return int(self.community[found[0]])
        return int(self.community[found.min()]) if len(found) else NOWHERE

    def at_all(self, points: Floats) -> Ints:
        """Key of the community at each point, shape (n, 2), `NOWHERE` outside; shape (n,)."""
        place, polygon = self.tree.query(shapely.points(points), predicate="intersects")
        answer = np.full(len(points), NOWHERE, dtype=np.int64)
        # the lowest polygon last, so that it stands
        order = np.argsort(-polygon, kind="stable")
        answer[place[order]] = self.community[polygon[order]]
        return answer


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
    rows = Membership.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), block=block).order_by("valid_from")
    found = list(rows.select_related("community__parent")[:2])
    now = found.pop(0) if found and found[0].valid_from <= day else None
    return now, found[0] if found else None


def block_at(longitude: float, latitude: float) -> Block | None:
    """Return the block that a point lies in, by its bounding box and then its shape."""
    near = Block.objects.filter(west__lte=longitude, east__gte=longitude, south__lte=latitude, north__gte=latitude)
    point = shapely.Point(longitude, latitude)
    return next((block for block in near.order_by("code") if block.shape.intersects(point)), None)


def _read(day: date) -> GroundIndex:
    rows = list(Membership.objects.on(day).order_by("block").values_list("community", "block__wkb"))
    shapes = shapely.from_wkb(np.array([bytes(wkb) for _, wkb in rows], dtype=object))
    return GroundIndex.of(shapes, np.array([community for community, _ in rows], dtype=np.int64))
