"""A version's communities as GeoJSON: outline, figures, four sides, in degrees."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely

from linli.geodata.coordinates import transform
from linli.planning.ground import GEOGRAPHIC
from linli.plans.groups import rows_of
from linli.plans.measures import dissolve
from linli.plans.plan import Plan as Found

PLACES = 1e-7  # of a degree: about a centimetre


def geojson_of(found: Found) -> bytes:
    """Return one feature a community; longitude first, CGCS2000, which differs from WGS 84 by centimetres."""
    inside = rows_of(found.community)
    ground = np.array([dissolve(found.blocks, inside[one.name]) for one in found.communities], dtype=object)
    degrees = shapely.set_precision(transform(ground, found.blocks.crs, GEOGRAPHIC), PLACES)
    counted = found.note.words()
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(shape)),
            "properties": {
                "community": one.name, "parent": one.parent, "kept": one.kept, "blocks": one.blocks,
                "count": found.count, "households": one.count, "counted": counted,
                **one.sides, "by_hand": sorted(one.marks),
                "text": one.text,
            },
        }
        for one, shape in zip(found.communities, degrees, strict=True)
    ]  # fmt: skip
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
