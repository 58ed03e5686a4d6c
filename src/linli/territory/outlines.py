"""The outlines of communities on a day, for small maps: blocks joined, simplified, kept until the ground changes."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.utils import timezone

from linli.org.models import Division
from linli.territory.lookup import NOWHERE, GroundIndex, by_code, ground_index, ground_stamp
from linli.territory.models import Block

DETAIL = 2e-5  # degrees, two metres
FIGURES = 5
MOST_KEPT = 4
NEAR = 0.0015  # degrees, about 150 metres

Outline = dict[str, Any]
_kept: OrderedDict[tuple[int, date], dict[int, Outline]] = OrderedDict()
_lock = Lock()


def community_outlines(day: date | None = None) -> dict[int, Outline]:
    """Return GeoJSON features by community's key, with a `name` that maps letter; two queries, kept ones one."""
    day = day or timezone.localdate()
    stamp = ground_stamp()
    if (stamp, day) not in _kept:
        with _lock:
            _kept[stamp, day] = _drawn(ground_index(day))
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return _kept[stamp, day]


def block_near(longitude: float, latitude: float) -> Block | None:
    """Return the block that a point lies in, or the nearest within about 150 metres; None outside the ground."""
    near = Block.objects.filter(
        west__lte=longitude + NEAR, east__gte=longitude - NEAR, south__lte=latitude + NEAR, north__gte=latitude - NEAR
    )
    point = shapely.Point(longitude, latitude)
    # nothing is as near as the block that the point lies in or on the border of, so the rule of borders holds here too
    found = [(float(shapely.distance(block.shape, point)), block) for block in near.select_related("street")]
    best = min(found, key=lambda row: (row[0], by_code(row[1])), default=None)
    return best[1] if best is not None and best[0] <= NEAR else None


def _drawn(index: GroundIndex) -> dict[int, Outline]:
    keys = np.unique(index.community[index.community != NOWHERE])
    names = {one.pk: one.title for one in Division.objects.filter(pk__in=[int(key) for key in keys])}
    found = {}
    for key in keys:
        joined = shapely.simplify(shapely.union_all(index.shapes[index.community == key]), DETAIL)
        rounded = shapely.set_precision(joined, 10.0**-FIGURES)
        found[int(key)] = {
            "type": "Feature", "properties": {"name": names[int(key)], "letter": True},
            "geometry": json.loads(shapely.to_geojson(rounded)),
        }  # fmt: skip
    return found
