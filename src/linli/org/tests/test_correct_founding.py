"""A founding day that was written wrong is corrected, with a reason, and never past what hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org.actions import (
    abolish,
    assign_code,
    correct_founding,
    create_post,
    found_division,
    rename_division,
)
from linli.org.actors import Actor, actor_of
from linli.org.models import Division, DivisionCode, DivisionName, Role
from linli.org.tests.world import BEGAN, World

WRITTEN, TRUE = date(2026, 6, 1), date(2024, 7, 1)


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


@pytest.fixture
def bridge(world: World, clerk: Actor) -> Division:
    """新桥, founded with the day on which it was typed in."""
    return found_division(
        clerk, name="新桥", kind="community", parent=world.division("铜源街道"), valid_from=WRITTEN, status="formal"
    )


def test_the_day_its_first_name_and_its_first_code_move_together(clerk: Actor, bridge: Division) -> None:
    assign_code(clerk, division=bridge, code="539901001009", from_day=WRITTEN)
    correct_founding(clerk, division=bridge, day=TRUE, reason="录入时误填当天")
    assert list(Division.objects.on(TRUE).filter(name="新桥").values_list("valid_from", flat=True)) == [TRUE]
    assert list(DivisionName.objects.filter(division=bridge).values_list("valid_from", "valid_to")) == [(TRUE, None)]
    codes = DivisionCode.objects.filter(division=bridge).values_list("valid_from", "valid_to")
    assert list(codes) == [(TRUE, TRUE), (TRUE, None)]
    entry = Entry.objects.get(verb="org.correct_founding")
    assert entry.public
    assert entry.object == bridge.reference


def test_the_page_asks_for_a_reason(client_of: Callable[[str], Client], bridge: Division) -> None:
    browser, address = client_of("jiedao"), f"/org/{bridge.code}/correct-founding"
    assert "更正设立日期" in browser.get(f"/org/{bridge.code}/").content.decode()
    assert f'value="{WRITTEN.isoformat()}"' in browser.get(address).content.decode()
    assert browser.post(address, {"day": TRUE.isoformat(), "reason": ""}).status_code == 422
    assert Division.objects.get(pk=bridge.pk).valid_from == WRITTEN
    assert browser.post(address, {"day": TRUE.isoformat(), "reason": "录入有误"}).status_code == 302
    assert Division.objects.get(pk=bridge.pk).valid_from == TRUE


def test_nothing_of_it_is_left_before_its_first_day(world: World, clerk: Actor) -> None:
    street = world.division("铜源街道")
    with pytest.raises(ValidationError, match="2020年1月1日"):
        correct_founding(actor_of(world.account("quji")), division=street, day=TRUE, reason="有误")
    home = world.division("白云")
    create_post(
        actor_of(world.account("anquan")), division=home, role=Role.objects.get(code="community_secretary"),
        title="社区书记", valid_from=date(2022, 1, 1),
    )  # fmt: skip
    correct_founding(clerk, division=home, day=date(2022, 1, 1), reason="有误")
    with pytest.raises(ValidationError, match="2022年1月1日"):
        correct_founding(clerk, division=home, day=TRUE, reason="有误")


@pytest.mark.parametrize(
    ("day", "words"),
    [(WRITTEN, "相同"), (BEGAN - timedelta(days=1), "上级"), (date(2026, 8, 1), "改名"), (date(2026, 9, 1), "撤销")],
)
def test_a_day_that_cannot_be_is_refused(clerk: Actor, bridge: Division, day: date, words: str) -> None:
    rename_division(clerk, division=bridge, name="虹桥", from_day=date(2026, 8, 1))
    abolish(clerk, division=bridge, day=date(2026, 9, 1))
    bridge.refresh_from_db()
    with pytest.raises(ValidationError, match=words):
        correct_founding(clerk, division=bridge, day=day, reason="有误")
    assert Division.objects.get(pk=bridge.pk).valid_from == WRITTEN


def test_two_of_one_name_never_stand_on_the_same_day(world: World, clerk: Actor) -> None:
    abolish(clerk, division=world.division("京铜"), day=date(2025, 1, 1))
    street = world.division("铜源街道")
    again = found_division(clerk, name="京铜", kind="community", parent=street, valid_from=WRITTEN)
    with pytest.raises(ValidationError, match="同名"):
        correct_founding(clerk, division=again, day=TRUE, reason="有误")
    correct_founding(clerk, division=again, day=date(2025, 1, 1), reason="接续原社区")


def test_what_is_to_come_and_has_something_scheduled_is_not_moved(world: World, clerk: Actor) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    later = found_division(clerk, name="新桥", kind="community", parent=world.division("铜源街道"), valid_from=tomorrow)
    grid = found_division(clerk, name="新桥第一网格", kind="grid", parent=later, valid_from=tomorrow)
    with pytest.raises(ValidationError, match="安排"):
        correct_founding(clerk, division=later, day=TRUE, reason="有误")
    with pytest.raises(ValidationError, match="上级"):
        correct_founding(clerk, division=grid, day=TRUE, reason="有误")


def test_nobody_corrects_another_streets_division_nor_without_a_reason(world: World, clerk: Actor) -> None:
    with pytest.raises(PermissionDenied):
        correct_founding(clerk, division=world.division("东门"), day=TRUE, reason="有误")
    with pytest.raises(ValidationError, match="原因"):
        correct_founding(clerk, division=world.division("白云"), day=TRUE, reason=" ")
