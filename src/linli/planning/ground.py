"""A street's ground from the database as the engine takes it: blocks in metres, their counts, the lines between."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from django.db.models import Count as Number
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.geodata import COUNT_COLUMNS, Blocks, Lines
from linli.geodata.borders import Bools, find_borders
from linli.geodata.coordinates import local_crs, transform
from linli.geodata.count_notes import KEPT, gathered
from linli.geodata.credits import KEPT as CREDITS
from linli.org.models import Division
from linli.planning.models import Project
from linli.plans.task import STATIONS
from linli.territory.credits import credits_of
from linli.territory.lookup import ground_stamp
from linli.territory.models import Belonging, Block, Count, Facility, ImportBatch, Line, Membership

GEOGRAPHIC = "EPSG:4490"
MOST_KEPT = 4
MOST_SUMMED = 2**40  # larger numbers are no amounts
MOST_AREAS = 200  # a column with more values names things, not areas
BASE = {
    "id",
    "fid",
    "geom",
    "geometry",
    "community",
    "compound",
    "police_area",
    "school_area",
    "facilities",
    "service_floor_m2",
    *COUNT_COLUMNS,
}


def areas_of(project: Project) -> dict[str, str]:
    """Return the columns of areas that a project's blocks have, by which they may be kept apart or together, titled."""
    blocks, known = ground_of(project), {"police_area": _("警务区"), "school_area": _("学区")}
    named = {name: str(known.get(name, name)) for name in blocks.columns if name in known or name.lower() not in BASE}
    values = {name: {str(one) for one in blocks.columns[name].tolist() if one not in (None, "")} for name in named}
    return {name: title for name, title in named.items() if 1 < len(values[name]) <= MOST_AREAS}


def sums_of(project: Project) -> dict[str, str]:
    """Return the columns that may be summed over a community, titled: other counts, and whole numbers of its own."""
    blocks, known = ground_of(project), dict(Count.Definition.choices)
    return {
        name: str(known.get(name, name))
        for name, values in blocks.columns.items()
        if np.issubdtype(values.dtype, np.integer) and name != project.count and not (values < 0).any()
    }


def ground_of(project: Project) -> Blocks:
    """Return the blocks that a project divides, kept until ground or counts change.

    They and their present communities are those of the day it was opened: an enactment takes blocks out of these
    communities, and the project, its plans and what they are held against stay. Columns are `community` (names),
    `compound`, `police_area`, `school_area`, whatever columns the blocks were imported with, `facilities`,
    `service_floor_m2` (of the service stations; not a number where a station has no area), and the counts that every
    block has: the newest up to today. A count that some block lacks is left out, never taken as none; so are facilities
    where nobody recorded any.
    """
    newest = Count.objects.order_by("-pk").values_list("pk", flat=True).first()
    done = ImportBatch.objects.filter(street=project.street_id, state__in=("applied", "undone")).order_by()
    imports = frozenset(done.values_list("state").annotate(Number("pk")))
    return _read(project, ground_stamp(), timezone.localdate(), newest, imports)


@lru_cache(maxsize=MOST_KEPT)
def _read(project: Project, _stamp: int, day: date, _newest: int | None, _imports: frozenset[Any]) -> Blocks:
    street, homes = project.street, project.present
    # the whole street, so that what runs on the border of the scope is known, then the scope
    rows = list(Block.objects.filter(street=street).select_related("compound").order_by("code"))
    ids = tuple(row.code for row in rows)
    place = {row.pk: k for k, row in enumerate(rows)}
    degrees = np.array([row.shape for row in rows], dtype=object)
    middle = shapely.total_bounds(degrees) if rows else (105.0, 35.0, 105.0, 35.0)
    crs = local_crs((middle[0] + middle[2]) / 2, (middle[1] + middle[3]) / 2)
    ground = transform(degrees, GEOGRAPHIC, crs)
    # communities around the scope: what a border of it faces
    outside = Membership.objects.on(day).filter(block__street=street).exclude(block__code__in=list(homes))
    around = dict(outside.values_list("block", "community__name"))
    columns: dict[str, Any] = {
        "community": np.array([homes.get(row.code) or around.get(row.pk) for row in rows], dtype=object),
        "compound": _compounds(rows),
        "police_area": np.array([row.police_area for row in rows], dtype=object),
        "school_area": np.array([row.school_area for row in rows], dtype=object),
        **_facilities(street, place),
        **_own(rows),
    }
    inside = np.array([row.code in homes for row in rows], dtype=np.bool_)
    counts, notes = _counts(street, place, day, inside)
    columns |= counts
    measured, rim = find_borders(ids, ground)
    named = _lines(street, place, crs, ids)
    # without the layer of lines a border is where two blocks touch, and nothing runs there
    lines = named if len(named) else measured
    report: dict[str, object] = {KEPT: notes, CREDITS: list(credits_of(street))}
    whole = Blocks(ids, ground, columns, lines, rim, crs, report, lines_measured=not len(named))
    return whole.only(inside)


def surveyed(project: Project, blocks: Blocks) -> tuple[list[list[Any]], list[list[Any]]]:
    """Return what was asked of a project's people, as numbers of those asked and of those who agreed.

    Returns
    -------
    For each row of `blocks.lines` that was asked about: row, asked, agreed. For each block whose people were asked
    which community is theirs: place of the block, the community's name, asked, agreed.
    """
    place = {code: k for k, code in enumerate(blocks.ids)}
    asked = Line.objects.filter(a__street=project.street_id, asked__isnull=False)
    pairs = {frozenset(row[:2]): row[2:] for row in asked.values_list("a__code", "b__code", "asked", "agreed")}
    lines, rows = blocks.lines, list[list[Any]]()
    for k in np.flatnonzero(np.nan_to_num(lines.affinity)).tolist():
        said = pairs.get(frozenset((blocks.ids[lines.a[k]], blocks.ids[lines.b[k]])))
        rows += [[k, *said]] if said else []
    theirs = Belonging.objects.filter(block__street=project.street_id, asked__gt=0).order_by("block__code", "pk")
    found = theirs.values_list("block__code", "community__name", "asked", "agreed")
    return rows, [[place[code], *said] for code, *said in found if code in place]


def _own(rows: list[Block]) -> dict[str, Any]:
    """Return the columns that the district's own file added to blocks; they stand behind those of the base.

    Whole numbers stay numbers where every block has one; anything else is text.
    """
    # a file of blocks tells its columns apart without regard to case
    found = {name.lower(): name for row in rows for name in sorted(row.columns, reverse=True)}
    names = sorted(name for low, name in found.items() if low not in BASE)
    return {name: _column([row.columns.get(name) for row in rows]) for name in names}


def _column(values: list[Any]) -> Any:
    if all(type(value) is int and abs(value) < MOST_SUMMED for value in values):
        return np.array(values, dtype=np.int64)
    return np.array([None if value is None else str(value) for value in values], dtype=object)


def _compounds(rows: list[Block]) -> Any:
    """Return each block's compound: its name where no other bears it, else its code; None without one."""
    named = Counter(compound.name for compound in {row.compound for row in rows if row.compound})
    said = [
        row.compound and (row.compound.name if named[row.compound.name] == 1 else row.compound.code) for row in rows
    ]
    return np.array([words or None for words in said], dtype=object)


def _facilities(street: Division, place: dict[int, int]) -> dict[str, Any]:
    kinds: dict[int, list[str]] = defaultdict(list)
    floor: dict[int, float] = defaultdict(float)
    rows = Facility.objects.filter(street=street, block__isnull=False).order_by("pk")
    for block, kind, area in rows.values_list("block", "kind", "area_m2"):
        kinds[place.get(block, -1)].append(kind)
        if kind in STATIONS:
            floor[place.get(block, -1)] += np.nan if area is None else area
    if not kinds:
        return {}  # nobody recorded facilities: not known, rather than none
    return {
        "facilities": np.array([";".join(kinds.get(k, ())) for k in range(len(place))], dtype=object),
        "service_floor_m2": np.array([floor.get(k, 0.0) for k in range(len(place))], dtype=np.float64),
    }


def _counts(
    street: Division, place: dict[int, int], day: date, inside: Bools
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """Return the counts that every block inside has, and what those inside rest on."""
    rows = Count.objects.filter(block__street=street, as_of__lte=day).order_by("as_of", "pk")
    found: dict[str, dict[int, tuple[str, date, str, int]]] = defaultdict(dict)
    fields = ("block", "definition", "source", "as_of", "estimate", "value")
    for block, definition, source, as_of, rule, value in rows.values_list(*fields):
        if block in place:
            found[definition][place[block]] = (source, as_of, rule, value)  # the newest comes last
    here = np.flatnonzero(inside).tolist()
    whole = {name: told for name, told in sorted(found.items()) if all(k in told for k in here)}
    columns = {
        name: np.array([told[k][3] if k in told else 0 for k in range(len(place))], dtype=np.int64)
        for name, told in whole.items()
    }
    return columns, {name: gathered(name, [told[k] for k in here]).as_json() for name, told in whole.items()}


def _lines(street: Division, place: dict[int, int], crs: str, ids: tuple[str, ...]) -> Lines:
    rows = []
    kept = Line.objects.filter(a__street=street, b__street=street).order_by("pk")
    for a, b, length, kind, name, wkb, affinity in kept.values_list(
        "a", "b", "length_m", "kind", "name", "wkb", "affinity"
    ):
        if a in place and b in place:
            one, other = sorted((place[a], place[b]), key=lambda k: ids[k])
            rows.append((one, other, length, kind, name, shapely.from_wkb(bytes(wkb)) if wkb else None, affinity))
    drawn = [row[5] for row in rows]
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = drawn
    known = np.array([one is not None for one in drawn], dtype=np.bool_)
    if known.any():
        geometry[known] = transform(geometry[known], GEOGRAPHIC, crs)

    def column(k: int, kind: Any) -> Any:
        return np.array([row[k] for row in rows], dtype=kind)

    return Lines(
        column(0, np.int64), column(1, np.int64), column(2, np.float64), column(3, object), column(4, object),
        np.array([np.nan if row[6] is None else row[6] for row in rows], dtype=np.float64), geometry,
    )  # fmt: skip
