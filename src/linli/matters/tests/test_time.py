"""What happens by itself: reminders up the levels, in working hours; the office's own calendar."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from linli.matters import clocks
from linli.matters.actions import office
from linli.matters.actions.open_matter import open_matter
from linli.matters.escalating import remind
from linli.matters.models import Category, Matter
from linli.notices.actions.minding import add_destination
from linli.notices.models import Notice
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.tests.world import World
from linli.territory.models import Block
from linli.workdays import BEIJING

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)


def late(matter: Matter, due: datetime) -> Matter:
    Matter.objects.filter(pk=matter.pk).update(due_at=due, reminded=0)
    matter.refresh_from_db()
    return matter


def test_the_ladder_is_climbed_in_working_hours_one_step_at_a_time(matter: Matter, world: World) -> None:
    late(matter, MONDAY)
    told: Callable[[], list[str]] = lambda: [event.text for event in matter.events.filter(verb="remind")]  # noqa: E731
    assert remind(MONDAY + timedelta(minutes=5)) == 1
    assert "团结社区 社区书记" in told()[0]
    assert remind(MONDAY + timedelta(minutes=10)) == 0, "a step is taken once"
    assert remind(MONDAY + timedelta(hours=9)) == 0, "at night nobody is reminded"
    assert remind(MONDAY + timedelta(days=1, hours=4)) == 1
    assert "铜源街道 经办" in told()[1]
    assert remind(MONDAY + timedelta(days=4)) == 1
    assert "云川区" in told()[2]
    assert remind(MONDAY + timedelta(days=7)) == 0


def test_a_matter_that_moves_begins_the_ladder_anew(matter: Matter, secretary: Actor) -> None:
    from linli.matters.actions import handling

    late(matter, MONDAY)
    remind(MONDAY + timedelta(minutes=5))
    handling.accept(secretary, matter=matter)
    assert matter.reminded == 0


def test_what_is_urgent_is_told_at_any_hour_the_rest_waits_for_the_morning(
    matter: Matter, world: World, secretary: Actor, block: Block
) -> None:
    add_destination(secretary, division=world.division("团结"), channel="wecom", address="https://robot.invalid/key=1")
    night = MONDAY.replace(hour=23)
    late(matter, MONDAY.replace(hour=9))
    assert remind(night) == 0
    urgent = open_matter(
        PUBLIC, key=uuid.uuid4(), text="井盖没了", block=block, category=Category.objects.get(code="0603")
    )
    late(urgent, MONDAY.replace(hour=9))
    assert remind(night) == 1
    notice = Notice.objects.filter(object=urgent.reference).latest("pk")
    assert notice.urgent
    assert notice.not_before <= timezone.now()


def test_a_year_that_is_loaded_moves_deadlines_and_one_that_is_not_is_said_aloud(
    world: World, client_of: Callable[[str], Client]
) -> None:
    officer = actor_of(world.account("quji"))
    browser = client_of("quji")
    assert "2027 年的节假日安排还没有载入" in browser.get("/matters/calendar/?year=2027").content.decode()
    assert not clocks.surely_known(datetime(2027, 1, 4, tzinfo=BEIJING), clocks.calendar())
    office.load_year(
        officer,
        year=2027,
        off="2027-01-01 2027-01-03 元旦\n2027-02-05 2027-02-11 春节",
        work="2027-02-20",
        source="通知",
    )
    days = clocks.calendar()
    assert not days.is_workday(datetime(2027, 2, 8).date())
    assert days.is_workday(datetime(2027, 2, 20).date())
    assert clocks.surely_known(datetime(2027, 1, 4, tzinfo=BEIJING), days)
    page = browser.get("/matters/calendar/?year=2027").content.decode()
    assert "依据：通知" in page
    assert browser.get("/matters/calendar/2027").status_code == 200


@pytest.mark.parametrize(
    ("off", "work", "said"),
    [
        ("2027-01-01 元旦", "", "第 1 行"),
        ("2027-13-01 2027-13-02 元旦", "", "不是日期"),
        ("2026-01-01 2026-01-03 元旦", "", "不在 2027 年"),
        ("2027-01-05 2027-01-01 元旦", "", "末日早于首日"),
        ("2027-01-01 2027-01-03 元旦", "2027-01-02", "同时在放假里"),
        ("", "2027-02-22", "不是周末"),
    ],
)
def test_a_notice_that_cannot_be_read_names_the_line(world: World, off: str, work: str, said: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        office.load_year(actor_of(world.account("quji")), year=2027, off=off, work=work, source="通知")
    assert said in wrong.value.messages[0]


def test_an_office_with_hours_of_its_own_is_reckoned_by_them(world: World, block: Block) -> None:
    officer = actor_of(world.account("quji"))
    office.set_hours(officer, division=world.division("铜源街道"), shifts="08:30-11:30、14:30-17:30")
    shifts = clocks.office_hours(world.division("团结")).shifts
    assert [f"{a:%H:%M}" for a, _ in shifts] == ["08:30", "14:30"], "the nearest above"
    assert [f"{a:%H:%M}" for a, _ in clocks.office_hours(None).shifts] == ["09:00", "13:00"]
    with pytest.raises(ValidationError):
        office.set_hours(officer, division=world.division("团结"), shifts="17:00-09:00")
