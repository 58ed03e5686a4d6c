"""What a reporter is promised is moved by an extension with a reason alone, and stands while he is waited for."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib import import_module

import openpyxl
import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from linli.matters import clocks
from linli.matters.actions import dispatching, handling, judging, reporting
from linli.matters.actions.open_matter import open_matter
from linli.matters.escalating import remind
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Tenure
from linli.org.tests.world import World
from linli.territory.models import Block
from linli.workdays import BEIJING

MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=BEIJING)
Now = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Now:
    """Set the hour."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


def day(moment: datetime | None) -> date | None:
    return timezone.localtime(moment).date() if moment else None


def opened(at: Now, block: Block, **more: object) -> Matter:
    at(MONDAY)
    return open_matter(PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block, **more)  # type: ignore[arg-type]


def test_no_return_escalation_handing_over_or_rework_moves_it(
    block: Block, world: World, secretary: Actor, at: Now
) -> None:
    one = opened(at, block)
    promised = one.answer_by
    assert day(promised) == date(2026, 11, 12), "eight working days"
    grid = Tenure.objects.get(account__username="wangge").post
    officer = actor_of(world.account("quji"))
    for days in range(1, 20):
        at(MONDAY + timedelta(days=days))
        match one.state:
            case "received" if one.holder in secretary.posts:
                handling.escalate(secretary, matter=one, text="办不了")
            case "received":
                dispatching.dispatch(officer, matter=one, to=grid)
            case "handling" if one.returns == 0:
                handling.return_matter(officer, matter=one, text="不归我")
            case "handling" if days % 2:
                to = secretary.posts[0] if one.holder == grid else grid
                dispatching.hand_over(officer, matter=one, to=to, text="换人")
            case "handling":
                handling.resolve(officer, matter=one, text="好了")
            case "resolved":
                dispatching.send_back(officer, matter=one, text="没好")
        assert one.answer_by == promised, one.events.last()
    assert one.overdue
    assert Matter.objects.overdue(timezone.now()).get() == one
    assert not Matter.objects.stage_late(timezone.now()).exists(), "told apart: what is overdue is not late by its step"


def test_it_stands_while_its_reporter_is_asked_and_runs_on_hold(block: Block, secretary: Actor, at: Now) -> None:
    one, other = opened(at, block), opened(at, block)
    for matter in (one, other):
        handling.accept(secretary, matter=matter)
    handling.ask(secretary, matter=one, text="哪一盏？")
    handling.pause(secretary, matter=other, text="等配件")
    assert one.answer_by is None
    assert day(other.answer_by) == date(2026, 11, 12)
    at(MONDAY + timedelta(days=7))
    reporting.answer(matter=one, text="门口那盏")
    handling.resume(secretary, matter=other)
    assert day(one.answer_by) == date(2026, 11, 18), "the days of asking do not count"
    assert day(other.answer_by) == date(2026, 11, 12)
    assert other.due_at is not None
    assert day(other.due_at) <= date(2026, 11, 12), "a step ends within the promise"  # type: ignore[operator]


def test_an_extension_moves_it_and_says_by_how_much(block: Block, secretary: Actor, at: Now) -> None:
    one = opened(at, block)
    handling.accept(secretary, matter=one)
    dispatching.extend(secretary, matter=one, amount=3, text="等配件")
    assert day(one.answer_by) == date(2026, 11, 17)
    page = Client().get(f"/report/{one.number}/{one.secret}/").content.decode()
    assert "延期 3 个工作日：等配件" in page
    assert "最迟 2026年11月17日" in page


def test_another_category_brings_it_forward_and_never_puts_it_off(block: Block, secretary: Actor, at: Now) -> None:
    slow, quick = Category.objects.get(code="0201"), Category.objects.get(code="0603")
    Category.objects.filter(pk=slow.pk).update(limits={"handle": [15, "working_days"]})
    Category.objects.filter(pk=quick.pk).update(limits={"handle": [4, "working_hours"]})
    one = opened(at, block)
    dispatching.categorise(secretary, matter=one, category=Category.objects.get(pk=slow.pk))
    assert day(one.answer_by) == date(2026, 11, 12)
    dispatching.categorise(secretary, matter=one, category=Category.objects.get(pk=quick.pk))
    assert day(one.answer_by) == date(2026, 11, 6), "a day to take it up, one for four hours, two to verify"
    assert "0603" in one.promise["rule"]


def test_what_is_opened_again_begins_a_promise_and_what_was_is_told(block: Block, secretary: Actor, at: Now) -> None:
    one = opened(at, block)
    handling.accept(secretary, matter=one)
    at(MONDAY + timedelta(days=14))
    handling.resolve(secretary, matter=one, text="好了")
    dispatching.verify(secretary, matter=one)
    assert one.kept is False, "closed ones say whether the promise was kept"
    judging.rate(matter=one, solved=False, text="没好")
    assert one.kept is None
    assert day(one.answer_by) == date(2026, 11, 26), "eight working days from when he said so"


def test_the_ladder_of_a_broken_promise_is_not_begun_anew_by_a_return(
    block: Block, world: World, secretary: Actor, at: Now
) -> None:
    one, officer = opened(at, block), actor_of(world.account("quji"))
    late = datetime(2026, 11, 13, 10, 0, tzinfo=BEIJING)
    at(late)
    assert remind(late) == 1
    dispatching.dispatch(officer, matter=one, to=Tenure.objects.get(account__username="wangge").post)
    handling.return_matter(officer, matter=one, text="不归我")
    assert remind(late) == 0
    one.refresh_from_db()
    assert (one.told_late, one.reminded) == (1, 0)
    assert "答复已逾期" in one.events.get(verb="remind").text


def test_lists_counts_map_and_export_go_by_it_and_tell_the_step_apart(
    block: Block, client_of: Callable[[str], Client], world: World
) -> None:
    late, step, fine = (
        open_matter(PUBLIC, key=uuid.uuid4(), text=text, block=block) for text in ("老早的", "这一步慢了", "刚来的")
    )
    past = timezone.now() - timedelta(days=1)
    Matter.objects.filter(pk=late.pk).update(answer_by=past, due_at=timezone.now() + timedelta(days=3))
    Matter.objects.filter(pk=step.pk).update(due_at=past)
    officer = client_of("jiedao")
    for asked, found in (("1", late), ("stage", step)):
        page = officer.get(f"/matters/?late={asked}").content.decode()
        assert [one for one in (late, step, fine) if str(one.number) in page] == [found]
    (point,) = (one for one in officer.get("/matters/map").context["map"]["features"] if "size" in one["properties"])
    assert point["properties"]["name"].endswith("3 件在办，1 件逾期，1 件本步超时")
    own = client_of("shuji")
    page = own.get("/today/").content.decode()
    assert page.index("老早的") < page.index("这一步慢了") < page.index("刚来的"), "the broken promise first"
    for group, there in (("overdue", "老早的"), ("stage", "这一步慢了")):
        page = own.get(f"/today/?group={group}").content.decode()
        assert [text for text in ("老早的", "这一步慢了", "刚来的") if text in page] == [there]
    answer = officer.post("/matters/export", {"why": "周报"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    head = [cell.value for cell in sheet[2]]
    told = {row[3]: row[head.index("逾期")] for row in sheet.iter_rows(min_row=3, values_only=True) if row[3]}
    assert told == {"老早的": "已逾期", "这一步慢了": "本步超时", "刚来的": None}


def test_matters_of_before_are_given_their_promise_by_their_events(block: Block, secretary: Actor, at: Now) -> None:
    one = opened(at, block)
    handling.accept(secretary, matter=one)
    handling.ask(secretary, matter=one, text="哪一盏？")
    at(MONDAY + timedelta(days=7))
    reporting.answer(matter=one, text="门口那盏")
    promised = one.answer_by
    Matter.objects.update(promise={}, answer_by=None, opened_at=MONDAY)
    import_module("linli.matters.migrations.0009_promises_of_before").reckon(apps, None)
    one.refresh_from_db()
    assert one.answer_by == promised
    asked, answered = one.promise["pauses"][0]
    assert datetime.fromisoformat(answered) - datetime.fromisoformat(asked) == timedelta(days=7)


def test_limits_are_told_in_words(matter: Matter) -> None:
    assert matter.promised == "全程 8 个工作日（时限表 2026.1 版）"
    assert matter.stage_limit == "受理 1 个工作日（时限表 2026.1 版）"
    assert clocks.words_of("0603.handle@2026.1", [4, "working_hours"]) == "处置 4 个工作时（时限表 2026.1 版）"
