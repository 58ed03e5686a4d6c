"""今日 begins with what to do first; figures lead to their rows; a row offers one next act that its reader may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.matters.actions import handling
from linli.matters.day import Figure, figures, moment_words, next_act
from linli.matters.models import Matter
from linli.matters.states import State
from linli.org.actors import Actor, actor_of
from linli.org.tests.world import World

COUNTS = {"overdue": 0, "due": 0, "received": 0, "all": 0, "waiting": 0, "calls": 0}


def test_the_heading_says_what_to_begin_with(matter: Matter, client_of: Callable[[str], Client]) -> None:
    browser, now = client_of("shuji"), timezone.now()
    row = Matter.objects.filter(pk=matter.pk)
    for due, heading in (
        (now + timedelta(days=3), "1 件事等您办，今天没有到期的"),
        (now - timedelta(hours=1), "先办 1 件逾期的事"),
    ):
        row.update(answer_by=due, due_at=due)
        assert f"<h1>{heading}</h1>" in browser.get("/today/").content.decode()
    row.update(state=State.WITHDRAWN, holder=None)
    assert "<h1>今天没有等您办的事</h1>" in browser.get("/today/").content.decode()


def test_a_row_offers_what_its_reader_may_do_next(matter: Matter, secretary: Actor, world: World) -> None:
    grid = actor_of(world.account("wangge"))
    assert next_act(secretary, matter) == (f"/matters/{matter.number}/accept", "受理自办")
    assert next_act(grid, matter) is None, "it is not his"
    handling.accept(secretary, matter=matter)
    matter.refresh_from_db()
    assert next_act(secretary, matter) == (f"/matters/{matter.number}/resolve", "处置完成")


def test_what_a_row_offers_can_be_opened(matter: Matter, client_of: Callable[[str], Client]) -> None:
    page = client_of("shuji").get("/today/")
    (row,) = page.context["rows"]
    assert client_of("shuji").get(row.next[0]).status_code == 200
    assert row.number == 1
    (point,) = (one for one in page.context["map"]["features"] if one["geometry"]["type"] == "Point")
    assert point["properties"]["number"] == 1
    assert 'id="row-1"' in page.content.decode()


def test_figures_are_what_their_rows_count(matter: Matter, secretary: Actor) -> None:
    found = {one.name: one for one in figures(secretary, {**COUNTS, "overdue": 2, "due": 1, "calls": 3})}
    assert found["今天到期"] == Figure("今天到期", "1", "件", "另有 2 件已逾期", "/today/?group=due", act=True)
    assert found["待受理"].words == "最早的今天收到"
    assert found["待回访"].value == "3"
    assert "本月按期办结" not in found, "nothing was closed: no figure, no verdict"
    start, post = timezone.localtime().replace(day=1, hour=0, minute=0, second=0), secretary.posts[0]
    closed = Matter.objects.filter(pk=matter.pk)
    closed.update(state=State.CLOSED, dispatcher=post, closed_at=start, answer_by=start + timedelta(minutes=1))
    (share,) = (one for one in figures(secretary, COUNTS) if "按期" in one.name)
    assert (share.name, share.value, share.words) == ("本月按期办结", "100.0", "1 件中 1 件")
    closed.update(closed_at=start - timedelta(days=1), answer_by=start - timedelta(days=2))
    (share,) = (one for one in figures(secretary, COUNTS) if "按期" in one.name)
    assert (share.name, share.value) == ("上月按期办结", "0.0")


@pytest.mark.parametrize(("days", "words"), [(-1, "昨天"), (0, "今天"), (1, "明天")])
def test_near_days_have_names(db: None, days: int, words: str) -> None:
    moment = timezone.localtime().replace(hour=17, minute=0) + timedelta(days=days)
    assert moment_words(moment) == f"{words} 17:00"
