"""Duty lists and rules: who receives a case, why, and what a change of rules would have changed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.cases.actions import ruling
from linli.cases.actions.report_case import report_case
from linli.cases.models import Route
from linli.cases.routes import conflicts, dry_run
from linli.ledger.models import Entry
from linli.matters.actions import dispatching
from linli.matters.models import Category, DutyItem, Matter
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Tenure
from linli.org.tests.world import World
from linli.territory.models import Building

SINCE = date(2026, 1, 1)


@pytest.fixture
def officer(world: World) -> Actor:
    return actor_of(world.account("quji"))


def case(building: Building, code: str = "", **more: object) -> Matter:
    category = Category.objects.get(code=code) if code else None
    return report_case(PUBLIC, key=uuid.uuid4(), text="请来看看", building=building, category=category, **more)  # type: ignore[arg-type]


def write(officer: Actor, title: str, **more: object) -> Route:
    return ruling.write_route(officer, title=title, basis="方案", valid_from=SINCE, **more)  # type: ignore[arg-type]


def duty(officer: Actor, world: World, which: str, code: str) -> DutyItem:
    return ruling.write_duty(
        officer, list=which, number=3, text="对违法建筑实施强制拆除", owner="区综合行政执法局", basis="履职清单",
        categories=[Category.objects.get(code=code)], division=world.division("铜源街道"), valid_from=SINCE,
    )  # fmt: skip


def test_without_rules_a_case_goes_to_its_community(ground: Building) -> None:
    assert str(case(ground).holder) == "团结社区 社区书记"


def test_the_narrowest_rule_decides_and_says_so(ground: Building, officer: Actor) -> None:
    write(officer, "照明都到街道", group="照明井盖", level="street")
    write(officer, "楼道灯留在社区", category=Category.objects.get(code="0602"), level="community")
    lamp, cover = case(ground, "0602"), case(ground, "0603")
    assert str(lamp.holder) == "团结社区 社区书记"
    assert str(cover.holder) == "铜源街道 经办"
    assert cover.events.get(verb="comment").text == "按规则“照明都到街道”。"
    assert not cover.events.get(verb="comment").public


def test_a_seat_that_nobody_holds_is_passed_over_aloud(ground: Building, officer: Actor, world: World) -> None:
    seat = Tenure.objects.get(account__username="jiedao").post
    write(officer, "到经办", post=seat, category=Category.objects.get(code="0602"))
    Tenure.objects.filter(post=seat).update(ends_at=timezone.now())
    from linli.org.brief import forget_brief

    forget_brief()
    one = case(ground, "0602")
    assert str(one.holder) == "团结社区 社区书记"
    assert "无人在岗" in one.events.get(verb="comment").text


def test_what_was_taken_back_is_refused_with_the_entry_quoted(ground: Building, officer: Actor, world: World) -> None:
    duty(officer, world, "withdrawn", "0701")
    one = case(ground, "0701")
    assert str(one.holder) == "云川区 基层治理科科员"
    grid = Tenure.objects.get(account__username="wangge").post
    with pytest.raises(ValidationError) as refused:
        dispatching.dispatch(officer, matter=one, to=grid)
    assert "《上级部门收回事项清单》第3项“对违法建筑实施强制拆除”" in refused.value.messages[0]
    assert "区综合行政执法局" in refused.value.messages[0]
    dispatching.categorise(officer, matter=one, category=Category.objects.get(code="0702"))
    assert dispatching.dispatch(officer, matter=one, to=grid).to == grid, "a wrong category is put right first"


def test_for_what_was_taken_back_only_seats_above_are_offered(
    ground: Building, officer: Actor, world: World, client_of: Callable[[str], Client]
) -> None:
    duty(officer, world, "withdrawn", "0701")
    taken, plain = case(ground, "0701"), case(ground, "0702")
    browser = client_of("quji")
    assert "网格员" in browser.get(f"/matters/{plain.number}/dispatch").content.decode()
    form = browser.get(f"/matters/{taken.number}/dispatch").content.decode()
    assert "基层治理科科员" in form
    assert "团结第一网格 网格员" not in form


def test_an_entry_that_ended_refuses_nothing(ground: Building, officer: Actor, world: World) -> None:
    item = duty(officer, world, "withdrawn", "0701")
    ruling.end_duty(officer, duty=item, on=timezone.localdate())
    assert str(case(ground, "0701").holder) == "团结社区 社区书记"
    with pytest.raises(ValidationError):
        ruling.end_duty(officer, duty=item, on=timezone.localdate())


def test_conflicts_are_found(ground: Building, officer: Actor, world: World) -> None:
    lamp = Category.objects.get(code="0602")
    one, two = (
        write(officer, "甲", category=lamp, level="street"),
        write(officer, "乙", category=lamp, level="district"),
    )
    three = write(officer, "丙", category=lamp, level="street")
    duty(officer, world, "withdrawn", "0602")
    found = {(tuple(route.title for route in one.routes), one.words[:4]) for one in conflicts([one, two, three])}
    assert (("甲", "乙"), "同样具体") in found
    assert (("甲", "丙"), "条件和去") in found
    assert (("甲",), "与《上级") in found


def test_a_dry_run_counts_what_would_move_and_moves_nothing(ground: Building, officer: Actor) -> None:
    moved = [case(ground, "0602"), case(ground, "0602")]
    case(ground, "0201")
    Matter.objects.filter(pk=moved[0].pk).update(opened_at=timezone.now() - timedelta(days=40))
    draft = Route(title="试", category=Category.objects.get(code="0602"), level="street", basis="试", valid_from=SINCE)
    number, changes = dry_run([draft], [])
    assert number == 2, "the last month"
    assert [(one.before, one.after, one.count) for one in changes] == [("团结社区 社区书记", "铜源街道 经办", 1)]
    assert Matter.objects.filter(holder=moved[1].holder).count() == 3


def test_a_rule_is_tried_then_put_into_force_on_its_page(ground: Building, client_of: Callable[[str], Client]) -> None:
    case(ground, "0602")
    browser = client_of("quji")
    said = {
        "title": "灯到街道", "category": Category.objects.get(code="0602").pk, "level": "street", "basis": "方案",
        "valid_from": "2026-01-01", "group": "", "kind": "", "source": "",
    }  # fmt: skip
    page = browser.post("/cases/rules/new", said).content.decode()
    assert "上个月 1 件，其中 1 件会换岗位" in page
    assert not Route.objects.exists()
    assert browser.post("/cases/rules/new", {**said, "publish": "1"}).status_code == 302
    assert Route.objects.get().title == "灯到街道"
    both = browser.post("/cases/rules/new", {**said, "post": Tenure.objects.first().post.pk})
    assert both.status_code == 422
    assert "二者选一" in both.content.decode()


def test_who_keeps_no_rules_writes_none(world: World) -> None:
    with pytest.raises(PermissionDenied):
        write(actor_of(world.account("jiedao")), "甲", level="street")
    assert not Entry.objects.filter(verb="cases.write_route").exists()
