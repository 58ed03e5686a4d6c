"""Kept no longer than needed: what goes when, what stays, and the register."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from linli.matters import retention
from linli.matters.actions import dispatching, handling, judging
from linli.matters.models import Deletion, Matter
from linli.matters.search import find
from linli.org.actors import Actor


@pytest.fixture
def closed(matter: Matter, secretary: Actor, tmp_path: Path) -> Matter:
    settings.MEDIA_ROOT = tmp_path
    judging.join(matter=matter, key=uuid.uuid4(), text="我家也是", contact="13900000000")
    handling.accept(secretary, matter=matter)
    handling.resolve(secretary, matter=matter, text="王大爷家的灯已换", photos=[b"\xff\xd8picture"])
    dispatching.verify(secretary, matter=matter)
    return matter


def age(matter: Matter, days: int) -> None:
    Matter.objects.filter(pk=matter.pk).update(closed_at=timezone.now() - timedelta(days=days))


def test_nothing_goes_before_its_time(closed: Matter) -> None:
    age(closed, 89)
    assert {one.rule: one.number for one in retention.dry_run()} == {"contact": 0, "photos": 0, "text": 0}
    assert retention.apply() == 0


def test_contacts_go_first_then_photographs_then_words(
    closed: Matter, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    age(closed, 91)
    assert {one.rule: one.number for one in retention.dry_run()} == {"contact": 1, "photos": 0, "text": 0}
    closed.refresh_from_db()
    assert closed.contact, "a dry run removes nothing"
    assert retention.apply() == 1
    closed.refresh_from_db()
    assert (closed.contact, closed.followers.get().contact, closed.text) == ("", "", "路灯坏了")
    age(closed, 366)
    file = Path(settings.MEDIA_ROOT) / closed.photos.get().path
    assert file.exists()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        assert retention.apply() == 1
    assert not file.exists()
    age(closed, 1096)
    assert retention.apply() == 1
    closed.refresh_from_db()
    assert (closed.text, closed.place, closed.building) == ("—", "", None)
    assert closed.block is not None, "figures by community stay true"
    assert not closed.events.filter(text__contains="王大爷").exists()
    assert list(find("路灯", Matter.objects.all())) == []
    assert retention.apply() == 0, "once"
    assert [row.rule.partition("@")[0] for row in Deletion.objects.order_by("pk")] == ["contact", "photos", "text"]


def test_what_is_open_is_kept_however_old(matter: Matter) -> None:
    Matter.objects.filter(pk=matter.pk).update(opened_at=timezone.now() - timedelta(days=4000))
    assert retention.apply() == 0


def test_the_page_says_what_is_due_and_keeps_the_register(closed: Matter, client_of: Callable[[str], Client]) -> None:
    age(closed, 91)
    browser = client_of("quji")
    assert "现在就清除" in browser.get("/matters/keeping/").content.decode()
    assert browser.post("/matters/keeping/").status_code == 302
    page = browser.get("/matters/keeping/").content.decode()
    assert "contact@2026.1" in page
    assert str(closed.number) in page
    assert client_of("shuji").post("/matters/keeping/").status_code == 404
    browser.get(f"/report/{closed.number}/{closed.secret}/")
