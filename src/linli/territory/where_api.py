"""Which community a point or an address belongs to, for programs."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from linli.org.models import Division
from linli.org.rest import Day, Word
from linli.territory.homes import homes_of
from linli.territory.lookup import community_at
from linli.territory.search import Answer, search

public = Router(tags=["territory", "public"])

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class PointAsked(Schema):
    """A point, in degrees (CGCS2000), and a day."""

    longitude: Longitude
    latitude: Latitude
    on: Day | None = Field(None, description="哪一天；不填为今天 · the day; today where left out")


class AddressAsked(Schema):
    """An address in any spelling, and a day."""

    address: Word = Field(
        description="小区、楼栋或门牌 · compound, building or street number; dwellings are not looked at"
    )
    on: Day | None = Field(None, description="哪一天；不填为今天 · the day; today where left out")


class PointOut(Schema):
    """The community that holds a point on a day; null outside all communities."""

    on: date
    community: str | None
    name: str | None


class Home(Schema):
    """A community."""

    community: str
    name: str


class PlaceOut(Schema):
    """A building or compound that an address may mean, and who holds it on the day.

    `community` and `name` are null where none holds it, or where several hold a compound: see `communities`.
    """

    title: str
    also_called: str
    road: str
    street: str
    street_name: str
    whole: bool
    exact: bool
    building: str | None
    compound: str | None
    longitude: Longitude | None
    latitude: Latitude | None
    community: str | None
    name: str | None
    communities: list[Home]


class Places(Schema):
    """At most ten places, the likeliest first.

    A building that is not there stands in `missing`, and what there is in `instead`: no answer to the question.
    """

    on: date
    items: list[PlaceOut]
    missing: list[str]
    instead: list[PlaceOut]


@public.get("/where/point", response=PointOut, summary="某点属于哪个社区 · the community of a point")
def where_point(request: HttpRequest, asked: Query[PointAsked]) -> dict[str, Any]:
    """The community that holds a point on a day."""
    day = asked.on or timezone.localdate()
    found: Division | None = community_at(asked.longitude, asked.latitude, day)
    return {"on": day, "community": found.code if found else None, "name": found.name if found else None}


@public.get("/where/address", response=Places, summary="某地址属于哪个社区 · the community of an address")
def where_address(request: HttpRequest, asked: Query[AddressAsked]) -> dict[str, Any]:
    """The places that an address may mean, with the community that holds each on a day."""
    day = asked.on or timezone.localdate()
    answers = search(asked.address)
    homes = homes_of(answers, day)
    missing = list(dict.fromkeys(what for one in answers for what in one.missing))
    return {
        "on": day,
        "items": [_place(one, homes[one.whole, one.key]) for one in answers if not one.missing],
        "missing": missing,
        "instead": [_place(one, homes[one.whole, one.key]) for one in answers if one.missing],
    }


def _place(one: Answer, homes: list[Division]) -> dict[str, Any]:
    home = homes[0] if len(homes) == 1 else None
    return {
        "title": one.title, "also_called": one.also_called, "road": one.road, "street": one.street,
        "street_name": one.street_title, "whole": one.whole, "exact": one.exact,
        "building": None if one.whole else one.code, "compound": one.code if one.whole else None,
        "longitude": one.longitude, "latitude": one.latitude, "community": home.code if home else None,
        "name": home.name if home else None,
        "communities": [{"community": each.code, "name": each.name} for each in homes],
    }  # fmt: skip
