"""What the public knows of a case's place: its block's middle and name, or only the community; never the door."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import shapely
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.cases.actions.report_case import report_case
from linli.cases.shown import FEWEST_HOMES, newest_shown
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC
from linli.territory.models import Block, Building, Count, Line


def said(ground: Building, code: str = "0602", **more: object) -> Matter:
    category = Category.objects.get(code=code)
    text = "6栋2单元301门口的灯坏了，找张三，电话13800000000"
    return report_case(PUBLIC, key=uuid.uuid4(), text=text, building=ground, category=category, **more)  # type: ignore[arg-type]


def count(block: Block, homes: int) -> None:
    Count.objects.create(block=block, definition="dwellings", value=homes, source="普查", as_of=date(2026, 1, 1))


def test_all_of_a_block_stand_at_one_place_in_it_and_bear_the_compounds_name(ground: Building) -> None:
    count(ground.block, 80)
    for point in (None, (103.10003, 26.08004), (103.1009, 26.0809)):
        said(ground, point=point)
    found = newest_shown()
    assert len(found) == 3
    assert {one.place for one in found} == {"矿务局二片区"}
    places = {(one.longitude, one.latitude) for one in found}
    assert len(places) == 1, "whatever point was given"
    (longitude, latitude) = places.pop()
    assert longitude is not None
    assert shapely.covers(ground.block.shape, shapely.Point(longitude, latitude))
    assert (longitude, latitude) != (ground.longitude, ground.latitude)


@pytest.mark.parametrize("homes", [1, FEWEST_HOMES - 1, None])
def test_a_block_that_would_tell_a_home_is_left_out(ground: Building, homes: int | None) -> None:
    if homes is not None:
        count(ground.block, homes)
    said(ground)
    (found,) = newest_shown()
    assert found.place == "团结社区"
    assert "矿务局" not in found.words + found.place


def test_where_nobody_lives_the_street_along_it_is_named(ground: Building) -> None:
    count(ground.block, 0)
    other = Block.objects.get(code="B1")
    Block.objects.filter(pk=ground.block_id).update(compound=None)
    for length, name in ((20, "花园巷"), (90, "团结街")):
        Line.objects.create(a=ground.block, b=other, length_m=length, kind="lane", name=name)
    said(ground)
    (found,) = newest_shown()
    assert found.place == "团结街"


def test_what_concerns_a_family_is_not_among_them_and_eight_are_the_newest(ground: Building) -> None:
    said(ground, "0801")
    made = [said(ground).number for _ in range(10)]
    assert [one.matter.number for one in newest_shown()] == made[:1:-1]


def test_more_cases_ask_no_more_queries(ground: Building) -> None:
    other = Building.objects.get(code="L112")
    count(ground.block, 80)
    for k in range(12):
        said(other if k % 2 else ground)
    newest_shown()  # communities and outlines are kept from here on
    asked = []
    for most in (2, 12):
        with CaptureQueriesContext(connection) as queries:
            assert len(newest_shown(most)) == most
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 8
