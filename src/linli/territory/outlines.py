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

from linli.drawing.palette import ALL_FILLS, LEVELS, assign_fills
from linli.org.models import Division
from linli.territory.lookup import NOWHERE, GroundIndex, by_code, ground_index, ground_stamp
from linli.territory.models import Block

DETAIL = 2e-5  # degrees, two metres
FIGURES = 5
MOST_KEPT = 4
NEAR = 0.0015  # degrees, about 150 metres
ACROSS_A_STREET = 0.0005
HUES = len(ALL_FILLS) // LEVELS

Outline = dict[str, Any]
_kept: OrderedDict[tuple[int, date], dict[int, Outline]] = OrderedDict()
_lock = Lock()


def community_outlines(day: date | None = None) -> dict[int, Outline]:
    """Return GeoJSON features by community's key, with `name` and `fill`; two queries, kept ones one."""
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
    shapes = {
        int(key): shapely.simplify(shapely.union_all(index.shapes[index.community == key]), DETAIL) for key in keys
    }
    fills = _fills(shapes)
    return {
        key: {
            "type": "Feature", "properties": {"name": names[key], "letter": True, "fill": fills[key]},
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 10.0**-FIGURES))),
        }
        for key, shape in shapes.items()
    }  # fmt: skip


def _fills(shapes: dict[int, Any]) -> dict[int, str]:
    """Return a fill of the palette for each community, neighbours on different steps of lightness."""
    names = [str(key) for key in shapes]
    ground = np.array(list(shapes.values()), dtype=object)
    near = shapely.STRtree(ground).query(ground, "dwithin", ACROSS_A_STREET)
    fills = assign_fills(names, [(names[a], names[b]) for a, b in near.T.tolist() if a < b])
    places = {fill: f"{fill.level}-{place % HUES}" for place, fill in enumerate(ALL_FILLS)}
    return {int(name): places[fill] for name, fill in fills.items()}
