"""Which community a point, a building or an address belongs to, on a day; and the pages that say so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
from django.test import Client
from django.utils import timezone

from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.territory.importing.ground import Ground
from linli.territory.indexing import index_buildings
from linli.territory.lookup import NOWHERE, GroundIndex, block_at, communities_at, community_at
from linli.territory.models import Block, Building, Compound, Membership
from linli.territory.outlines import block_near
from linli.territory.search import search

Queries = Callable[[int], AbstractContextManager[object]]
BEGAN = date(2020, 1, 1)


@pytest.fixture
def buildings(world: World) -> list[Building]:
    """Two blocks side by side, 白云花园 in 白云 and 幸福小区 in 团结, with two buildings each."""
    forget_all()
    street = world.division("铜源街道")
    made = []
    for k, (name, also, community) in enumerate((("白云花园", "花园小区", "白云"), ("幸福小区", "", "团结"))):
        compound = Compound.objects.create(street=street, code=f"C{k}", name=name, also_called=also)
        block = Block(street=street, code=f"B{k}", compound=compound)
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.081)
        block.save()
        Membership.objects.create(block=block, community=world.division(community), valid_from=BEGAN)
        for number in (3, 12):
            made.append(  # noqa: PERF401
                Building.objects.create(
                    block=block, compound=compound, code=f"L{k}{number}", number=f"{number}幢",
                    longitude=103.1005 + k * 0.001, latitude=26.0805,
                )
            )  # fmt: skip
    index_buildings(Building.objects.all())
    return made


def test_a_point_belongs_to_the_community_of_its_block(buildings: list[Building], world: World) -> None:
    assert community_at(103.1005, 26.0805) == world.division("白云")
    assert community_at(103.1015, 26.0805) == world.division("团结")
    assert community_at(104.0, 26.0) is None
    keys = communities_at(np.array([[103.1005, 26.0805], [103.1015, 26.0805], [104.0, 26.0]]))
    assert keys.tolist() == [world.division("白云").pk, world.division("团结").pk, NOWHERE]


def test_one_by_one_and_in_bulk_agree_also_on_borders() -> None:
    shapes = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(5) for y in range(5)], dtype=object)
    index = GroundIndex.of(shapes, np.arange(25, dtype=np.int64)[::-1] % 7 - 1)
    points = np.random.default_rng(1).integers(-2, 12, (300, 2)) / 2
    assert index.at_all(points).tolist() == [index.at(x, y) for x, y in points]


def test_a_change_of_today_holds_from_midnight_on(buildings: list[Building], world: World) -> None:
    today = timezone.localdate()
    block = buildings[0].block
    assert community_at(103.1005, 26.0805) == world.division("白云")
    Membership.objects.filter(block=block).update(valid_to=today)
    Membership.objects.create(block=block, community=world.division("京铜"), valid_from=today)
    assert community_at(103.1005, 26.0805) == world.division("京铜")
    assert community_at(103.1005, 26.0805, today - timedelta(days=1)) == world.division("白云")


@pytest.mark.parametrize(
    ("question", "title"),
    [("白云花园12幢", "白云花园12幢"), ("白云花园12号楼3单元301", "白云花园12幢"), ("白云花园", "白云花园"),
     ("花园小区", "白云花园"), ("byhy12", "白云花园12幢"), ("云川区铜源街道幸福小区3栋", "幸福小区3幢"),
     ("幸福", "幸福小区")],
)  # fmt: skip
def test_an_address_is_found_in_every_spelling(buildings: list[Building], question: str, title: str) -> None:
    assert search(question)[0].title == title


def test_what_does_not_exist_is_not_found(buildings: list[Building]) -> None:
    assert search("不存在的地方") == []
    assert search("") == []
    assert search("'\"*()&|") == []


def test_the_public_finds_his_community_without_an_account(
    buildings: list[Building], client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    browser = client_of("")
    with django_assert_max_num_queries(8):
        found = browser.get("/where/", {"q": "白云花园12-3-301"})
    assert (found.status_code, found["Location"]) == (302, "/where/539901001000/L012/")
    with django_assert_max_num_queries(8):
        answer = browser.get("/where/539901001000/L012/").content.decode()
    assert "白云社区" in answer
    assert "2020年1月1日" in answer
    assert len(answer.encode()) < 100_000


def test_a_scheduled_change_is_announced(
    buildings: list[Building], world: World, client_of: Callable[[str], Client]
) -> None:
    block = buildings[0].block
    Membership.objects.filter(block=block).update(valid_to=date(2099, 1, 1))
    Membership.objects.create(block=block, community=world.division("京铜"), valid_from=date(2099, 1, 1))
    page = client_of("").get("/where/539901001000/L012/").content.decode()
    assert "2099年1月1日起属于京铜社区" in page
    later = client_of("").get("/where/539901001000/L012/", {"day": "2099-01-01"}).content.decode()
    assert "京铜社区" in later.split('class="answer"')[1][:40]


def test_a_point_of_the_browser_is_answered(buildings: list[Building], client_of: Callable[[str], Client]) -> None:
    browser = client_of("")
    assert "团结社区" in browser.get("/where/?longitude=103.1015&latitude=26.0805").content.decode()
    assert "不在本区" in browser.get("/where/?longitude=100&latitude=20").content.decode()
    assert browser.get("/where/?longitude=nan&latitude=x").status_code == 200


def test_too_many_questions_are_asked_to_wait(
    buildings: list[Building], client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.territory.views.where.LOOKS", 3)
    codes = [client_of("").get("/where/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    forget_all()


def test_a_sheet_of_codes_carries_no_personal_data(
    buildings: list[Building], client_of: Callable[[str], Client]
) -> None:
    page = client_of("jiedao").get("/where/539901001000/L012/qr").content.decode()
    assert page.count("<svg") >= 2
    assert " style=" not in page
    assert client_of("").get("/where/539901001000/L012/qr").status_code == 302
    assert client_of("jumin").get("/where/539901001000/L012/qr").status_code == 404


def test_programs_ask_by_point_and_by_address(buildings: list[Building], client_of: Callable[[str], Client]) -> None:
    browser = client_of("")
    point = browser.get("/api/v1/where/point?longitude=103.1005&latitude=26.0805").json()
    assert (point["community"], point["name"]) == ("539901001002", "白云")
    outside = browser.get("/api/v1/where/point?longitude=100&latitude=20&on=2026-01-01").json()
    assert outside == {"on": "2026-01-01", "community": None, "name": None}
    places = browser.get("/api/v1/where/address", {"address": "白云花园12#"}).json()["items"]
    assert (places[0]["title"], places[0]["community"]) == ("白云花园12幢", "539901001002")
    assert browser.get("/api/v1/where/point?longitude=nan&latitude=1").status_code == 422


def _corner_of_four(world: World) -> None:
    """Four squares that meet in one corner, a fifth with a hole in which a sixth lies; made in no order."""
    street, other = world.division("铜源街道"), world.division("兴铜街道")
    ring = shapely.box(4, 0, 7, 3) - shapely.box(5, 1, 6, 2)
    shapes = {
        (street, "B4"): (shapely.box(1, 1, 2, 2), "白云"), (street, "B2"): (shapely.box(1, 0, 2, 1), "京铜"),
        (street, "B3"): (shapely.box(0, 1, 1, 2), None), (other, "A1"): (shapely.box(0, 0, 1, 1), "东门"),
        (street, "B9"): (ring, "团结"), (street, "B10"): (shapely.box(5, 1, 6, 2), "白云"),
    }  # fmt: skip
    for (at, code), (shape, community) in shapes.items():
        block = Block(street=at, code=code)
        block.shape = shapely.transform(shape, lambda xy: xy / 1000 + (103.1, 26.08))
        block.save()
        if community:
            Membership.objects.create(block=block, community=world.division(community), valid_from=BEGAN)


@pytest.mark.parametrize(
    ("x", "y", "code", "community"),
    [(1, 1, "B2", "京铜"), (1.5, 1, "B2", "京铜"), (1, 0.5, "B2", "京铜"), (0.5, 1, "B3", None), (1, 1.5, "B3", None),
     (0.5, 0.5, "A1", "东门"), (5, 1, "B10", "白云"), (5.5, 1, "B10", "白云"), (5.5, 1.5, "B10", "白云"),
     (4.5, 0.5, "B9", "团结"), (9, 9, None, None)],
)  # fmt: skip
def test_a_point_on_a_border_is_the_lowest_code_s_at_every_door(
    world: World, client_of: Callable[[str], Client], x: float, y: float, code: str | None, community: str | None
) -> None:
    """Edges, a corner of four, a hole; the street's code goes first, a block without a community keeps its place."""
    _corner_of_four(world)
    longitude, latitude = x / 1000 + 103.1, y / 1000 + 26.08
    block = block_at(longitude, latitude)
    assert (block and block.code) == code
    if code:
        assert block_near(longitude, latitude) == block
    home = community_at(longitude, latitude)
    assert (home and home.name) == community
    assert communities_at(np.array([[longitude, latitude]])).tolist() == [home.pk if home else NOWHERE]
    told = client_of("").get(f"/api/v1/where/point?longitude={longitude}&latitude={latitude}").json()
    assert told["name"] == community
    page = client_of("").get(f"/where/?longitude={longitude}&latitude={latitude}").content.decode()
    assert (f'class="answer">{community}社区' in page) == bool(community)
    # what a file of buildings is hung on, street by street
    if block is not None:
        point = np.array([shapely.Point(longitude, latitude)], dtype=object)
        assert Ground(block.street, BEGAN).block_at(point) == [block]
    # and before anything held it, it lay in the same block
    assert community_at(longitude, latitude, BEGAN - timedelta(days=1)) is None
