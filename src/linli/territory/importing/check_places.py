"""Check files of compounds, buildings and facilities."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from linli.territory.addresses import parse
from linli.territory.importing.check_counts import put_counts
from linli.territory.importing.draft import Draft
from linli.territory.importing.fields import COUNT_NAMES
from linli.territory.importing.ground import Ground
from linli.territory.importing.numbers import numbers_or_none, plain_name, plain_number
from linli.territory.importing.rows import Rows
from linli.territory.indexing import may_be_found
from linli.territory.models import Block, Building, Compound, Facility, ImportBatch

MOST_OF = 0.5  # a block belongs to the compound that covers more than this part of it
DEGREES = 7  # decimals of a coordinate: a centimetre


def check_compounds(rows: Rows, ground: Ground, batch: ImportBatch, draft: Draft) -> None:
    """Fill a draft with compounds, and tie blocks and buildings that lie in them."""
    codes = rows.codes() if rows.has("code") else _codes_of_names(rows)
    for index, code in enumerate(codes):
        values = {
            "name": rows.text(index, "name", 60),
            "also_called": rows.text(index, "also_called", 120),
            "use": rows.text(index, "use", 40),
        }
        shape = None if rows.geometry is None else rows.geometry[index]
        if index in rows.bad:
            if shape is not None:
                draft.shapes.append((shape, code, "error"))
            continue
        values = {name: value for name, value in values.items() if rows.has(name)}
        existing = ground.compounds.get(code)
        fresh = {"street": ground.street, "code": code, **values}
        compound, state = draft.put(Compound, existing, values if existing else fresh)
        if shape is not None and shapely.get_dimensions(shape) == 2:
            draft.shapes.append((shape, values.get("name") or code, state))
            _tie(compound, shapely.make_valid(shape), ground, draft)
    _tie_by_name(ground, draft)


def check_buildings(rows: Rows, ground: Ground, batch: ImportBatch, draft: Draft) -> None:
    """Fill a draft with buildings, each in the block it lies in, and with the counts they carry."""
    points = rows.points()
    places = ground.block_at(points)
    codes = rows.codes() if rows.has("code") else ["" for _ in range(len(rows))]
    spare = (code for number in itertools.count(1) if (code := f"R{number:05d}") not in ground.buildings)
    sums: dict[str, list[tuple[Block, int]]] = {name: [] for name in COUNT_NAMES if rows.has(name)}
    for index, code in enumerate(codes):
        name = rows.text(index, "compound", 60)
        compound = ground.compound_called(name)
        if name and compound is None:
            rows.warn(index, "compound_later", "compound")
        counts = {one: rows.whole(index, one) for one in sums}
        values: dict[str, Any] = {
            "number": plain_number(rows.text(index, "number", 60))[:60],
            "road": rows.text(index, "road", 60),
            "gate": rows.text(index, "gate", 20),
            "units": rows.whole(index, "units", 500) or 0,
            "floors": rows.whole(index, "floors", 500) or 0,
        }
        values = {one: value for one, value in values.items() if rows.has(one)}
        existing = ground.buildings.get(code)
        if not code:
            existing = _known(ground, compound, values.get("number", "")) or _same_place(ground, points[index], values)
        block = places[index]
        if points[index] is not None and block is None:
            rows.fail(index, "outside", "code")
        elif block is None and existing is None:
            rows.fail(index, "no_place", "code")
        if index in rows.bad:
            if points[index] is not None:
                draft.shapes.append((points[index], code, "error"))
            continue
        if compound is not None:
            values["compound"] = compound
        elif name and not (existing and existing.compound):  # found by this name until the compound is there
            values["address"] = str(parse(f"{name}{values.get('number', '')}"))[:160]
        if block is not None:
            values |= {"block": block, **_lonlat(points[index])}
        made = code or (existing.code if existing else next(spare))
        building, state = draft.put(Building, existing, values if existing else {"code": made, **values})
        if not may_be_found(building):
            rows.warn(index, _why_unfound(building), "compound" if name else "number")
        home = block or ground.block_by_key[building.block_id]
        if points[index] is not None:
            draft.shapes.append((points[index], made, state))
        for one, value in counts.items():
            if value is not None:
                sums[one].append((home, value))
    put_counts(draft, ground, batch, {one: pairs for one, pairs in sums.items() if pairs})


def check_facilities(rows: Rows, ground: Ground, batch: ImportBatch, draft: Draft) -> None:
    """Fill a draft with facilities; one outside every block is the street's."""
    points = rows.points()
    places = ground.block_at(points)
    codes = rows.codes() if rows.has("code") else _codes_of_names(rows)
    for index, code in enumerate(codes):
        values: dict[str, Any] = {
            "kind": rows.text(index, "kind", 40),
            "name": rows.text(index, "name", 80),
            "area_m2": rows.number(index, "area_m2"),
        }
        for name in ("kind", "name"):
            if not values[name]:
                rows.fail(index, "missing", name)
        if points[index] is None:
            rows.fail(index, "no_geometry", "name")
        elif places[index] is None:
            rows.warn(index, "outside_kept", "name")
        if index in rows.bad:
            continue
        values = {name: value for name, value in values.items() if rows.has(name)}
        values |= {"block": places[index], **_lonlat(points[index])}
        existing = ground.facilities.get(code)
        fresh = {"street": ground.street, "code": code, **values}
        _row, state = draft.put(Facility, existing, values if existing else fresh)
        draft.shapes.append((points[index], str(values.get("name") or code), state))


def _tie(compound: Compound, ground_of_it: Any, ground: Ground, draft: Draft) -> None:
    """Tie the blocks that lie mostly in a compound, and the buildings in it that have none."""
    blocks = list(ground.blocks.values())
    if not blocks:
        return
    near = ground.tree.query(ground_of_it, predicate="intersects")
    shared = shapely.area(shapely.intersection(ground.shapes[near], ground_of_it)) / shapely.area(ground.shapes[near])
    for index in near[shared > MOST_OF]:
        draft.put(Block, blocks[index], {"compound": compound})
    lonely = [one for one in ground.buildings.values() if one.compound_id is None]
    places = shapely.points([(one.longitude, one.latitude) for one in lonely]) if lonely else np.zeros(0, dtype=object)
    for index in np.flatnonzero(shapely.intersects(places, ground_of_it)) if lonely else ():
        draft.put(Building, lonely[index], {"compound": compound})


def _tie_by_name(ground: Ground, draft: Draft) -> None:
    """Tie blocks and buildings whose file named a compound that was not there yet."""
    named = {plain_name(compound.name): compound for compound in draft.new[Compound] if compound.name}
    for block in ground.blocks.values():
        told = plain_name(str(block.columns.get("compound", "")).split(";")[0])
        if block.compound is None and told in named:
            draft.put(Block, block, {"compound": named[told]})
    places = {_place_of(f"{compound.name}1幢"): compound for compound in named.values()}
    for building in ground.buildings.values():
        if building.compound is None and (place := _place_of(building.address)) in places:
            draft.put(Building, building, {"compound": places[place]})


def _place_of(address: str) -> str:
    return parse(address).place if address else ""


def _known(ground: Ground, compound: Compound | None, number: str) -> Building | None:
    numbers = numbers_or_none(number)
    if compound is None or len(numbers) != 1:
        return None
    found = ground.numbered.get((compound.pk, numbers[0]), [])
    return found[0] if len(found) == 1 else None


def _same_place(ground: Ground, point: Any, values: Mapping[str, Any]) -> Building | None:
    """Return the building that stands at a point with the same number, so that a file imported again doubles none."""
    if point is None:
        return None
    place = _lonlat(point)
    standing = ground.standing.get((place["longitude"], place["latitude"]), [])
    found = [one for one in standing if one.number == values.get("number", one.number)]
    return found[0] if len(found) == 1 else None


def _why_unfound(building: Building) -> str:
    """Say why nobody who looks for a building's address will find it."""
    if building.compound is not None:
        return "unfound_nameless"
    return "unfound_number" if building.number or building.gate else "unfound_nothing"


def _codes_of_names(rows: Rows) -> list[str]:
    """Make codes of names, where a file has no codes; a name may not come twice then."""
    first: dict[str, int] = {}
    codes = []
    for index in range(len(rows)):
        code = plain_name(rows.raw(index, "name"))[:40]
        if not code:
            rows.fail(index, "missing", "name")
        elif code in first:
            rows.fail(index, "twice", "name", other=first[code])
        first.setdefault(code, int(rows.numbers[index]))
        codes.append(code)
    return codes


def _lonlat(point: Any) -> dict[str, float]:
    return {"longitude": round(float(point.x), DEGREES), "latitude": round(float(point.y), DEGREES)}
