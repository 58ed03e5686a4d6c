"""Relabelling takes effect at midnight, keeps history and plans, and can be taken back in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from linli.ledger.models import Entry
from linli.org.actors import Actor, actor_of
from linli.org.tests.world import World
from linli.territory.actions.assign_blocks import assign_blocks
from linli.territory.actions.undo_assignment import undo_assignment
from linli.territory.models import Assignment, Block, Membership
from linli.territory.periods import Period, relabelled
from linli.territory.tests.ground import blocks_in

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = date(2026, 1, 1)
CHANGE = date(2026, 7, 1)


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


@pytest.fixture
def blocks(world: World, clerk: Actor) -> list[Block]:
    made = blocks_in(world.division("铜源街道"), 3)
    assign_blocks(clerk, community=world.division("团结"), blocks=made, from_day=START, enactment="云政发〔2026〕1号")
    return made


def names_on(day: date) -> list[str]:
    return list(Membership.objects.on(day).order_by("block__code").values_list("community__name", flat=True))


def timeline(block: Block) -> list[tuple[str, date, date | None]]:
    rows = Membership.objects.filter(block=block).order_by("valid_from")
    return list(rows.values_list("community__name", "valid_from", "valid_to"))


def test_the_old_community_holds_until_the_day_and_the_new_one_from_it(
    world: World, clerk: Actor, blocks: list[Block]
) -> None:
    assign_blocks(clerk, community=world.division("白云"), blocks=blocks[:2], from_day=CHANGE)
    assert names_on(CHANGE - timedelta(days=1)) == ["团结", "团结", "团结"]
    assert names_on(CHANGE) == ["白云", "白云", "团结"]
    assert timeline(blocks[0]) == [("团结", START, CHANGE), ("白云", CHANGE, None)]


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (datetime(2026, 6, 30, 23, 59, 59, tzinfo=SHANGHAI), "团结"),
        (datetime(2026, 7, 1, 0, 0, 0, tzinfo=SHANGHAI), "白云"),
        (datetime(2026, 6, 30, 16, 0, 0, tzinfo=ZoneInfo("UTC")), "白云"),
        (datetime(2026, 6, 30, 15, 59, 59, tzinfo=ZoneInfo("UTC")), "团结"),
    ],
    ids=["a second before midnight", "midnight", "midnight told in UTC", "a second before, in UTC"],
)
def test_the_label_changes_at_midnight_in_shanghai(
    world: World, clerk: Actor, blocks: list[Block], moment: datetime, name: str
) -> None:
    assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=CHANGE)
    assert set(names_on(timezone.localdate(moment))) == {name}


def test_one_relabelling_is_one_public_line_in_the_ledger(world: World, clerk: Actor, blocks: list[Block]) -> None:
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.verb, entry.actor, entry.public) == ("territory.assign_blocks", clerk.reference, True)
    assert entry.said["blocks"] == ["B001", "B002", "B003"]
    assert (entry.said["community"], entry.said["from"]) == ("团结社区", "2026-01-01")
    assert Entry.objects.filter(verb="territory.assign_blocks").count() == 1


def test_assigning_what_is_there_already_changes_and_records_nothing(
    world: World, clerk: Actor, blocks: list[Block]
) -> None:
    seen = Entry.objects.count()
    assert assign_blocks(clerk, community=world.division("团结"), blocks=blocks, from_day=CHANGE) is None
    assert Entry.objects.count() == seen
    assert timeline(blocks[0]) == [("团结", START, None)]


def test_a_correction_on_the_same_day_replaces_the_label(world: World, clerk: Actor, blocks: list[Block]) -> None:
    assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=CHANGE)
    assign_blocks(clerk, community=world.division("京铜"), blocks=blocks[:1], from_day=CHANGE)
    assert timeline(blocks[0]) == [("团结", START, CHANGE), ("京铜", CHANGE, None)]
    assign_blocks(clerk, community=world.division("团结"), blocks=blocks[:1], from_day=CHANGE)
    assert timeline(blocks[0]) == [("团结", START, None)]


def test_what_is_scheduled_for_later_stays(world: World, clerk: Actor, blocks: list[Block]) -> None:
    later = CHANGE + timedelta(days=30)
    assign_blocks(clerk, community=world.division("京铜"), blocks=blocks, from_day=later)
    assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=CHANGE)
    assert timeline(blocks[0]) == [("团结", START, CHANGE), ("白云", CHANGE, later), ("京铜", later, None)]


def test_a_thousand_blocks_cost_few_queries(
    world: World, clerk: Actor, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    made = blocks_in(world.division("铜源街道"), 1200)
    # a dozen of them read how the street stands afterwards, for the ledger
    with django_assert_max_num_queries(36):  # type: ignore[attr-defined]
        assign_blocks(clerk, community=world.division("团结"), blocks=made, from_day=START)
    with django_assert_max_num_queries(44):  # type: ignore[attr-defined]
        assign_blocks(clerk, community=world.division("白云"), blocks=made, from_day=CHANGE)


def test_a_scheduled_change_can_be_undone(world: World, clerk: Actor, blocks: list[Block]) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    made = assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=tomorrow)
    assert made
    undo_assignment(clerk, assignment=made)
    assert timeline(blocks[0]) == [("团结", START, None)]
    assert Entry.objects.order_by("-seq")[0].verb == "territory.undo_assignment"
    with pytest.raises(ValidationError, match="已经撤销过"):
        undo_assignment(clerk, assignment=made)


def test_what_has_become_history_is_not_undone(world: World, clerk: Actor, blocks: list[Block]) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    made = assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=yesterday)
    assert made
    Assignment.objects.filter(pk=made.pk).update(made_at=timezone.now() - timedelta(days=2))
    with pytest.raises(ValidationError, match="成为历史"):
        undo_assignment(clerk, assignment=made)


def test_a_change_under_a_later_one_is_not_undone(world: World, clerk: Actor, blocks: list[Block]) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    first = assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=tomorrow)
    assign_blocks(clerk, community=world.division("京铜"), blocks=blocks[:1], from_day=tomorrow + timedelta(days=1))
    assert first
    with pytest.raises(ValidationError, match="后来又调整过"):
        undo_assignment(clerk, assignment=first)
    assert first.undone_at is None


def test_blocks_of_another_street_are_refused(world: World, clerk: Actor, blocks: list[Block]) -> None:
    foreign = blocks_in(world.division("兴铜街道"), 1, prefix="X")
    with pytest.raises(ValidationError, match="X001"):
        assign_blocks(clerk, community=world.division("白云"), blocks=[*blocks, *foreign], from_day=CHANGE)


def test_a_community_must_exist_on_the_day(world: World, clerk: Actor, blocks: list[Block]) -> None:
    with pytest.raises(ValidationError, match="2019年12月31日没有白云社区"):
        assign_blocks(clerk, community=world.division("白云"), blocks=blocks, from_day=date(2019, 12, 31))
    with pytest.raises(ValidationError, match="不是社区"):
        assign_blocks(clerk, community=world.division("铜源街道"), blocks=blocks, from_day=CHANGE)


@pytest.mark.parametrize("username", ["jumin", "wangge", "shuji", "xitong", "anquan", "shenji"])
def test_others_may_not_relabel(world: World, blocks: list[Block], username: str) -> None:
    with pytest.raises(PermissionDenied):
        assign_blocks(
            actor_of(world.account(username)), community=world.division("白云"), blocks=blocks, from_day=CHANGE
        )


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=8))
def test_relabelling_agrees_with_painting_days(changes: list[tuple[int, int]]) -> None:
    """Paint each day by hand: a change colours from its day to the end of what held there."""
    days: list[int | None] = [None] * 40
    periods: tuple[Period, ...] = ()
    for start, community in changes:
        before = days[start]
        following = [period.first for period in periods if period.first > START + timedelta(days=start)]
        end = (min(following) - START).days if following else 40
        if before != community:
            days[start:end] = [community] * (end - start)
        periods = relabelled(periods, community, START + timedelta(days=start), "")
    painted = [
        next((period.community for period in periods if period.holds(START + timedelta(days=k))), None)
        for k in range(40)
    ]
    assert painted == days
    assert all(a.last is not None and a.last <= b.first for a, b in pairwise(periods))
