"""Blocks, buildings, facilities, counts and memberships for programs."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any, Literal

import shapely
from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import Field, StringConstraints

from linli.org.actors import Actor
from linli.org.rest import Day, Flag, Key, Page, Pages, Word, need, page_of, under
from linli.territory.models import Building, Count, Facility, Membership
from linli.territory.reach import blocks_of

guarded = Router(tags=["territory"])

SEE = "territory.view"
DEGREES = r"-?\d{1,3}(\.\d{1,12})?"
Box = Annotated[str, StringConstraints(pattern=rf"^{DEGREES}(,{DEGREES}){{3}}$")]
Definition = Literal["households_registered", "households_resident", "dwellings", "dwellings_delivered", "persons"]
Degrees = Annotated[float, Field(allow_inf_nan=False)]

ON = Field(None, description="哪一天；不填为今天 · the day; today where left out")
STREET = Field(None, description="街道代码 · code of the street")
COMMUNITY = Field(None, description="社区代码，按该日归属 · code of the community that holds the block on that day")
BOX = Field(None, description="西，南，东，北（度） · west,south,east,north in degrees")


class BlockOut(Schema):
    """A block; `community` is the code of the one that holds it on the day, `bbox` west, south, east, north."""

    id: int
    street: str
    code: str
    compound: str | None
    community: str | None
    police_area: str
    school_area: str
    columns: dict[str, Any]
    bbox: list[float]
    geometry: dict[str, Any] | None


class BuildingOut(Schema):
    """A building of a block."""

    id: int
    block: int
    code: str
    compound: str | None
    number: str
    road: str
    gate: str
    address: str
    units: int
    floors: int
    longitude: Degrees
    latitude: Degrees


class FacilityOut(Schema):
    """A place that serves residents."""

    id: int
    street: str
    block: int | None
    code: str
    kind: str
    name: str
    area_m2: float | None
    longitude: Degrees
    latitude: Degrees


class CountOut(Schema):
    """How many a block holds under one definition (口径), by a source, as of a day."""

    id: int
    block: int
    definition: Definition
    value: int
    source: str
    as_of: date
    estimate: str = Field(description="估算办法；空为实数 · by which rule it was estimated; empty where it was counted")


class MembershipOut(Schema):
    """The community that holds a block from a day until, not including, another."""

    id: int
    block: int
    block_code: str
    community: str
    valid_from: date
    valid_to: date | None
    enactment: str


class Blocks(Page):
    """A page of blocks."""

    items: list[BlockOut]


class Buildings(Page):
    """A page of buildings."""

    items: list[BuildingOut]


class Facilities(Page):
    """A page of facilities."""

    items: list[FacilityOut]


class Counts(Page):
    """A page of counts."""

    items: list[CountOut]


class Memberships(Page):
    """A page of memberships."""

    items: list[MembershipOut]


class BlockAsked(Schema):
    """How to tell of a block."""

    on: Day | None = ON
    geometry: Flag = Field(False, description="附GeoJSON图形 · with its geometry as GeoJSON")


class BlocksAsked(BlockAsked):
    """Which blocks."""

    street: Word | None = STREET
    community: Word | None = COMMUNITY
    bbox: Box | None = BOX


class BuildingsAsked(Schema):
    """Which buildings."""

    on: Day | None = ON
    street: Word | None = STREET
    community: Word | None = COMMUNITY
    block: Key | None = None
    bbox: Box | None = BOX


class FacilitiesAsked(BuildingsAsked):
    """Which facilities."""

    kind: Word | None = Field(None, description="类别 · kind, as it was imported")


class CountsAsked(Schema):
    """Which counts."""

    on: Day | None = ON
    street: Word | None = STREET
    community: Word | None = COMMUNITY
    block: Key | None = None
    definition: Definition | None = Field(None, description="口径 · counting definition")
    as_of: Day | None = Field(None, description="截至日 · as of this day")


class MembershipsAsked(Schema):
    """Which memberships."""

    on: Day | None = ON
    street: Word | None = STREET
    community: Word | None = COMMUNITY
    block: Key | None = None


@guarded.get("/blocks", response=Blocks, summary="地块列表 · list blocks")
def list_blocks(request: HttpRequest, paged: Pages, asked: Query[BlocksAsked]) -> dict[str, Any]:
    """Blocks of one's area with the community that holds each on a day; needs `territory.view`."""
    actor, day = _asking(request, asked)
    rows = blocks_of(actor, SEE, day).filter(_of_block("", asked, day))
    if asked.bbox:
        west, south, east, north = _corners(asked.bbox)
        rows = rows.filter(west__lte=east, east__gte=west, south__lte=north, north__gte=south)
    return page_of(_with_community(rows, day, asked.geometry), paged, lambda block: _block(block, asked.geometry))


@guarded.get("/blocks/{id}", response=BlockOut, summary="一个地块 · one block")
def read_block(request: HttpRequest, id: Path[Key], asked: Query[BlockAsked]) -> dict[str, Any]:
    """One block of one's area; needs `territory.view`."""
    actor, day = _asking(request, asked)
    block = _with_community(blocks_of(actor, SEE, day).filter(pk=id), day, asked.geometry).first()
    if block is None:
        raise Http404(id)
    return _block(block, asked.geometry)


@guarded.get("/buildings", response=Buildings, summary="房屋列表 · list buildings")
def list_buildings(request: HttpRequest, paged: Pages, asked: Query[BuildingsAsked]) -> dict[str, Any]:
    """Buildings of one's area; needs `territory.view`."""
    actor, day = _asking(request, asked)
    rows = Building.objects.filter(_of_block("block__", asked, day), block__in=blocks_of(actor, SEE, day))
    rows = rows.filter(_inside(asked.bbox), **({} if asked.block is None else {"block": asked.block}))
    same = ("code", "number", "road", "gate", "address", "units", "floors", "longitude", "latitude")
    return page_of(
        rows.select_related("compound"),
        paged,
        lambda row: {
            **{name: getattr(row, name) for name in same},
            "id": row.pk,
            "block": row.block_id,
            "compound": row.compound.code if row.compound else None,
        },
    )


@guarded.get("/facilities", response=Facilities, summary="设施列表 · list facilities")
def list_facilities(request: HttpRequest, paged: Pages, asked: Query[FacilitiesAsked]) -> dict[str, Any]:
    """Facilities of one's area, by street also those that stand in no block; needs `territory.view`."""
    actor, day = _asking(request, asked)
    known = under("street__path", actor.areas(SEE)) | Q(block__in=blocks_of(actor, SEE, day))
    rows = Facility.objects.filter(known, _inside(asked.bbox), _held_by("block__", asked.community, day))
    for field in ("block", "kind"):
        if getattr(asked, field) is not None:
            rows = rows.filter(**{field: getattr(asked, field)})
    if asked.street:
        rows = rows.filter(street__code=asked.street)
    same = ("code", "kind", "name", "area_m2", "longitude", "latitude")
    return page_of(
        rows.select_related("street"),
        paged,
        lambda row: {
            **{name: getattr(row, name) for name in same},
            "id": row.pk,
            "block": row.block_id,
            "street": row.street.code,
        },
    )


@guarded.get("/counts", response=Counts, summary="户数列表 · list counts")
def list_counts(request: HttpRequest, paged: Pages, asked: Query[CountsAsked]) -> dict[str, Any]:
    """Counts of the blocks of one's area, each with definition, source and day; needs `territory.view`."""
    actor, day = _asking(request, asked)
    rows = Count.objects.filter(_of_block("block__", asked, day), block__in=blocks_of(actor, SEE, day))
    for field in ("block", "definition", "as_of"):
        if getattr(asked, field) is not None:
            rows = rows.filter(**{field: getattr(asked, field)})
    same = ("definition", "value", "source", "as_of", "estimate")
    return page_of(
        rows,
        paged,
        lambda row: {**{name: getattr(row, name) for name in same}, "id": row.pk, "block": row.block_id},
    )


@guarded.get("/memberships", response=Memberships, summary="归属列表 · list memberships")
def list_memberships(request: HttpRequest, paged: Pages, asked: Query[MembershipsAsked]) -> dict[str, Any]:
    """Which community holds which block on a day, in one's area; needs `territory.view`."""
    actor, day = _asking(request, asked)
    rows = Membership.objects.on(day).filter(block__in=blocks_of(actor, SEE, day))
    for field, value in (
        ("block__street__code", asked.street), ("community__code", asked.community), ("block", asked.block),
    ):  # fmt: skip
        if value is not None:
            rows = rows.filter(**{field: value})
    same = ("valid_from", "valid_to", "enactment")
    return page_of(
        rows.select_related("block", "community").defer("block__wkb"),
        paged,
        lambda row: {
            **{name: getattr(row, name) for name in same},
            "id": row.pk,
            "block": row.block_id,
            "block_code": row.block.code,
            "community": row.community.code,
        },
    )


def _asking(request: HttpRequest, asked: Any) -> tuple[Actor, date]:
    """Who asks, where he may see ground, and for which day."""
    return need(request, SEE), asked.on or timezone.localdate()


def _of_block(prefix: str, asked: Any, day: date) -> Q:
    """Which blocks, behind a prefix, lie in the street and community that are asked for."""
    street = Q(**{f"{prefix}street__code": asked.street}) if asked.street else Q()
    return street & _held_by(prefix, asked.community, day)


def _held_by(prefix: str, community: str | None, day: date) -> Q:
    """Which blocks, behind a prefix, a community holds on a day; all where none is given."""
    if not community:
        return Q()
    held = Membership.objects.on(day).filter(community__code=community).values("block")
    return Q(**{f"{prefix}pk__in": held})


def _inside(box: str | None) -> Q:
    """Which places lie in a box."""
    if not box:
        return Q()
    west, south, east, north = _corners(box)
    return Q(longitude__gte=west, longitude__lte=east, latitude__gte=south, latitude__lte=north)


def _corners(box: str) -> list[float]:
    return [float(part) for part in box.split(",")]


def _with_community(rows: Any, day: date, geometry: bool) -> Any:
    """Let each block bring its street, its compound and who holds it on the day; its geometry only where told."""
    rows = rows.select_related("street", "compound")
    held = Membership.objects.on(day).select_related("community")
    rows = rows.prefetch_related(Prefetch("memberships", held, to_attr="held"))
    return rows if geometry else rows.defer("wkb")


def _block(block: Any, geometry: bool) -> dict[str, Any]:
    return {
        "id": block.pk,
        "street": block.street.code,
        "code": block.code,
        "compound": block.compound.code if block.compound else None,
        "community": block.held[0].community.code if block.held else None,
        "police_area": block.police_area,
        "school_area": block.school_area,
        "columns": block.columns,
        "bbox": [block.west, block.south, block.east, block.north],
        "geometry": json.loads(shapely.to_geojson(block.shape)) if geometry else None,
    }
