"""A version's communities in degrees, as GeoJSON and as a shapefile: outline, figures, four sides, first day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from linli.geodata.borders import Objects
from linli.geodata.coordinates import transform
from linli.planning.ground import GEOGRAPHIC
from linli.planning.models import Plan
from linli.plans.groups import rows_of
from linli.plans.measures import dissolve
from linli.plans.plan import Plan as Found

GEOJSON = "application/geo+json"
PLACES = 1e-7  # of a degree: about a centimetre
WIDE = 254  # bytes of a text in a shapefile


def geojson_of(plan: Plan, found: Found) -> bytes:
    """Return one feature a community; longitude first, CGCS2000, which differs from WGS 84 by centimetres."""
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
        for one, shape in zip(found.communities, _shapes(found), strict=True)
    ]  # fmt: skip
    collection = {
        "type": "FeatureCollection", "project": plan.project.title, "version": plan.number, "from": _from_day(plan),
        "features": features,
    }  # fmt: skip
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def write_shapefile(plan: Plan, found: Found, path: Path) -> list[Path]:
    """Write one polygon a community beside `path`, which ends in .shp; returns the files that make it up."""
    import pyogrio

    rows = found.communities
    texts = {"community": [one.name for one in rows], "parent": [one.parent for one in rows],
             **{side: [one.sides[side] for one in rows] for side in ("east", "south", "west", "north")},
             "from": [_from_day(plan)] * len(rows), "counted": [found.note.words()] * len(rows)}  # fmt: skip
    numbers = {"households": [one.count for one in rows], "persons": [one.sums.get("persons", -1) for one in rows],
               "blocks": [one.blocks for one in rows], "kept": [int(one.kept) for one in rows]}  # fmt: skip
    if "persons" not in found.blocks.columns:
        del numbers["persons"]  # not known, rather than none
    fields = {name: np.array([_cut(one) for one in values], dtype=object) for name, values in texts.items()}
    fields |= {name: np.array(values, dtype=np.int32) for name, values in numbers.items()}
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb(_shapes(found), flavor="iso"), field_data=list(fields.values()),
        fields=np.array(list(fields), dtype=object), driver="ESRI Shapefile", geometry_type="Polygon", crs=GEOGRAPHIC,
        encoding="UTF-8",
    )  # fmt: skip
    return sorted(path.parent.glob(f"{path.stem}.*"))


def _shapes(found: Found) -> Objects:
    """Each community's ground in degrees."""
    inside = rows_of(found.community)
    ground = np.array([dissolve(found.blocks, inside[one.name]) for one in found.communities], dtype=object)
    degrees: Objects = shapely.set_precision(transform(ground, found.blocks.crs, GEOGRAPHIC), PLACES)
    return degrees


def _from_day(plan: Plan) -> str:
    """The day from which it is in force, '' where none is set."""
    enactment = plan.enactments.filter(undone_at=None).first()
    return enactment.from_day.isoformat() if enactment else ""


def _cut(words: str) -> str:
    return words.encode()[:WIDE].decode(errors="ignore")
