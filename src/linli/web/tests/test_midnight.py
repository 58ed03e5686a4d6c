"""The edges of days and minutes: midnight is that of Asia/Shanghai; the minute that ends a thing is outside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import shapely
from django.test import Client
from django.utils import timezone

from linli.org import names
from linli.org.actions import abolish, rename_division
from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.models import Tenure
from linli.org.tests.world import World
from linli.territory.lookup import community_at
from linli.territory.models import Block, Building, Membership
from linli.written import day_of

DAY = date(2027, 1, 1)
LAST = datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)
FIRST = datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)
Clock = Callable[[datetime], None]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Set what time it is."""
    monkeypatch.setattr(names, "_fresh", None)

    def is_now(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return is_now


@pytest.fixture
def door(world: World) -> str:
    """The address of a building whose block changes from 白云 to 团结 with the year 2027."""
    forget_all()
    block = Block(street=world.division("铜源街道"), code="B1")
    block.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    block.save()
    Membership.objects.create(block=block, community=world.division("白云"), valid_from=date(2020, 1, 1), valid_to=DAY)
    Membership.objects.create(block=block, community=world.division("团结"), valid_from=DAY)
    Building.objects.create(block=block, code="L1", longitude=103.1005, latitude=26.0805, address="白云花园1幢")
    return "/where/539901001000/L1/"


def test_a_block_changes_its_community_at_midnight_in_shanghai(door: str, clock: Clock) -> None:
    for moment, name in ((LAST, "白云"), (FIRST, "团结")):
        clock(moment)
        found = community_at(103.1005, 26.0805)
        assert found is not None
        assert found.name == name


def test_the_page_of_a_door_changes_with_it_and_keeps_the_past(door: str, clock: Clock) -> None:
    browser = Client()
    clock(LAST)
    page = browser.get(door).content.decode()
    assert "白云社区" in page
    assert "2027年1月1日起属于团结社区" in page
    clock(FIRST)
    page = browser.get(door).content.decode()
    assert "白云社区" not in page
    assert "团结社区" in page
    assert "白云社区" in browser.get(f"{door}?day=2026-12-31").content.decode()


def test_a_name_and_an_end_take_effect_at_the_same_midnight(world: World, clock: Clock) -> None:
    clerk = actor_of(world.account("jiedao"))
    rename_division(clerk, division=world.division("白云"), name="白云里", from_day=DAY)
    abolish(clerk, division=world.division("京铜"), day=DAY)
    clock(LAST)
    names.keep_fresh()
    assert world.division("白云").name == "白云"
    assert world.division("京铜").status == "formal"
    clock(FIRST)
    names.keep_fresh()
    assert world.division("白云里").name == "白云里"
    assert world.division("京铜").status == "abolished"


def test_the_minute_in_which_a_tenure_ends_is_outside_it(world: World, clock: Clock) -> None:
    account = world.account("jiedao")
    Tenure.objects.filter(account=account).update(ends_at=FIRST)
    clock(FIRST - timedelta(microseconds=1))
    assert actor_of(account).may("territory.import")
    clock(FIRST)
    assert not actor_of(account).may("territory.import")


def test_the_minute_in_which_a_tenure_begins_is_inside_it(world: World, clock: Clock) -> None:
    account = world.account("jiedao")
    Tenure.objects.filter(account=account).update(starts_at=FIRST)
    clock(FIRST - timedelta(microseconds=1))
    assert not actor_of(account).may("territory.import")
    clock(FIRST)
    assert actor_of(account).may("territory.import")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2028-02-29", date(2028, 2, 29)), ("2027-02-29", None), ("2026-12-31", date(2026, 12, 31)),
        ("0000-01-01", None), ("9999-12-31", date(9999, 12, 31)), ("", None), ("昨天", None), ("2026-13-01", None),
    ],
)  # fmt: skip
def test_a_day_in_an_address_is_a_day_or_nothing(text: str, day: date | None) -> None:
    assert day_of(text) == day


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_no_day_in_an_address_breaks_a_page(world: World, client_of: Callable[[str], Client], day: str) -> None:
    forget_all()
    for page in ("/org/", "/planning/diagnosis/", "/ground/blocks/", "/where/"):
        assert client_of("jiedao").get(page, {"day": day}).status_code == 200, page
