"""The database refuses a second community for a block on the same day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.org.tests.world import World
from linli.territory.models import Block, Membership
from linli.territory.tests.ground import blocks_in

BASE = date(2026, 1, 1)


def day(number: int | None) -> date | None:
    return None if number is None else BASE + timedelta(days=number)


@pytest.fixture
def block(world: World) -> Block:
    return blocks_in(world.division("铜源街道"), 1)[0]


def hold(world: World, block: Block, first: int, last: int | None, name: str = "团结") -> Membership:
    return Membership.objects.create(
        block=block, community=world.division(name), valid_from=day(first), valid_to=day(last)
    )


@pytest.mark.parametrize(
    "second",
    [(10, 20), (5, 25), (12, 18), (5, 11), (19, 30), (5, 20), (10, 25), (5, None), (15, None), (10, None)],
    ids=lambda second: f"{second[0]} to {second[1]}",
)
def test_an_overlapping_period_is_refused_on_insert(world: World, block: Block, second: tuple[int, int | None]) -> None:
    hold(world, block, 10, 20)
    with pytest.raises(IntegrityError, match="一个地块同一天只能属于一个社区"), transaction.atomic():
        hold(world, block, *second, name="白云")
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("second", [(20, None), (0, 5), (9, 12)], ids=str)
def test_an_open_period_takes_every_later_day(world: World, block: Block, second: tuple[int, int | None]) -> None:
    hold(world, block, 10, None)
    refused = second[1] is None or second[1] > 10
    if refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            hold(world, block, *second, name="白云")
    else:
        hold(world, block, *second, name="白云")
    assert Membership.objects.count() == (1 if refused else 2)


def test_touching_periods_are_fine(world: World, block: Block) -> None:
    hold(world, block, 10, 20)
    hold(world, block, 20, None, name="白云")
    hold(world, block, 0, 10, name="京铜")
    assert [m.community.name for m in Membership.objects.select_related("community")] == ["京铜", "团结", "白云"]


def test_an_update_into_another_period_is_refused(world: World, block: Block) -> None:
    first = hold(world, block, 10, 20)
    hold(world, block, 20, 30, name="白云")
    for changes in ({"valid_to": day(21)}, {"valid_to": None}, {"valid_from": day(22), "valid_to": day(23)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=first.pk).update(**changes)
    Membership.objects.filter(pk=first.pk).update(valid_from=day(0), valid_to=day(19))


def test_a_period_cannot_be_carried_to_a_taken_block(world: World, block: Block) -> None:
    other = blocks_in(world.division("铜源街道"), 1, prefix="C")[0]
    hold(world, block, 10, 20)
    moved = hold(world, other, 15, 16)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=moved.pk).update(block=block)


def test_two_rows_of_one_statement_are_held_against_each_other(world: World, block: Block) -> None:
    rows = [
        Membership(block=block, community=world.division(name), valid_from=day(first), valid_to=None)
        for name, first in (("团结", 10), ("白云", 12))
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create(rows)


def test_other_blocks_do_not_matter(world: World) -> None:
    for block in blocks_in(world.division("铜源街道"), 2):
        hold(world, block, 10, 20)
    assert Membership.objects.count() == 2


periods = st.lists(st.tuples(st.integers(0, 14), st.one_of(st.none(), st.integers(1, 6))), min_size=1, max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(periods)
def test_what_is_refused_is_what_shares_a_day(world: World, block: Block, wanted: list[tuple[int, int | None]]) -> None:
    horizon, taken, kept = 30, set[int](), 0
    with transaction.atomic():
        for first, length in wanted:
            days = set(range(first, horizon if length is None else first + length))
            try:
                with transaction.atomic():
                    hold(world, block, first, None if length is None else first + length)
                assert not days & taken
                taken |= days
                kept += 1
            except IntegrityError:
                assert days & taken
        assert Membership.objects.filter(block=block).count() == kept
        transaction.set_rollback(True)
