"""Asking back, parting, naming, publishing; a limit that is kept as it was stated."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.matters import clocks
from linli.matters.actions import dispatching, handling, judging, reporting
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC, Actor
from linli.org.models import Tenure


def taken(matter: Matter, secretary: Actor) -> Matter:
    handling.accept(secretary, matter=matter)
    return matter


def test_asking_back_stops_the_clock_until_it_is_answered(matter: Matter, secretary: Actor) -> None:
    taken(matter, secretary)
    due = matter.due_at
    handling.ask(secretary, matter=matter, text="哪一盏？")
    assert (matter.state, matter.due_at) == ("waiting", None)
    page = Client().get(f"/report/{matter.number}/{matter.secret}/").content.decode()
    assert "哪一盏？" in page
    reporting.answer(matter=matter, text="三单元门口那盏")
    assert matter.state == "handling"
    assert matter.due_at is not None
    assert due is not None
    assert matter.due_at >= due


def test_parts_are_matters_of_their_own_and_the_whole_waits_for_them(matter: Matter, secretary: Actor) -> None:
    taken(matter, secretary)
    for wrong in ([], ["只有一件"], [str(k) for k in range(9)]):
        with pytest.raises(ValidationError):
            dispatching.split(secretary, matter=matter, parts=wrong)
    key = uuid.uuid4()
    lamp, cover = dispatching.split(secretary, matter=matter, parts=["灯不亮", "井盖响"], key=key)
    assert (lamp.parent, lamp.holder, lamp.block) == (matter, matter.holder, matter.block)
    assert lamp.number in matter.events.get(verb="split").text
    with pytest.raises(ValidationError):
        handling.resolve(secretary, matter=matter, text="都好了")
    with pytest.raises(ValidationError):
        dispatching.split(secretary, matter=lamp, parts=["再拆", "又拆"])
    for part in (lamp, cover):
        handling.accept(secretary, matter=part)
        handling.resolve(secretary, matter=part, text="好了")
        dispatching.verify(secretary, matter=part)
    handling.resolve(secretary, matter=matter, text="都好了")
    assert matter.state == "resolved"


def test_another_category_brings_its_limit_from_when_the_clock_began(matter: Matter, secretary: Actor) -> None:
    taken(matter, secretary)
    began, before = matter.began_at, matter.due_at
    dispatching.categorise(secretary, matter=matter, category=Category.objects.get(code="0701"))
    assert (matter.rule, matter.limit) == ("0701.handle@2026.1", [15, "working_days"])
    assert (matter.guess, matter.began_at) == ("person", began)
    assert matter.due_at is not None
    assert before is not None
    assert matter.due_at > before


def test_a_deadline_keeps_the_limit_that_made_it(matter: Matter, secretary: Actor) -> None:
    category = Category.objects.get(code="0201")
    taken(matter, secretary)
    dispatching.categorise(secretary, matter=matter, category=category)
    due = matter.due_at
    Category.objects.filter(pk=category.pk).update(limits={"handle": [30, "working_days"]})
    matter = Matter.objects.get(pk=matter.pk)
    clocks.set_due(matter)
    assert matter.due_at == due, "the table changed, the matter's limit did not"


def test_an_urgent_category_makes_urgent_and_marking_needs_a_reason(matter: Matter, secretary: Actor) -> None:
    with pytest.raises(ValidationError):
        dispatching.mark(secretary, matter=matter, text=" ")
    dispatching.mark(secretary, matter=matter, text="老人摔了")
    assert matter.urgent
    with pytest.raises(ValidationError):
        dispatching.mark(secretary, matter=matter, text="再标一次")


def test_what_is_published_is_written_by_staff_and_taken_back_by_emptying(matter: Matter, secretary: Actor) -> None:
    dispatching.publish(secretary, matter=matter, text="步道路灯维修")
    assert matter.published == "步道路灯维修"
    dispatching.publish(secretary, matter=matter, text="")
    assert matter.published == ""
    with pytest.raises(PermissionDenied):
        dispatching.publish(PUBLIC, matter=matter, text="我自己公开")


def test_a_usual_answer_is_filled_in_and_may_be_looked_at_first(
    matter: Matter, secretary: Actor, client_of: object
) -> None:
    from linli.matters.models import StandardText

    taken(matter, secretary)
    StandardText.objects.create(verb="resolve", title="换灯", text="{place}的灯已换（{number}）。")
    browser = client_of("shuji")  # type: ignore[operator]
    here = f"/matters/{matter.number}/resolve"
    form = browser.get(f"{here}?use=0").content.decode()
    assert f"白云花园6幢的灯已换（{matter.number}）。" in form
    seen = browser.post(here, {"text": "已换灯泡。", "preview": "1"}).content.decode()
    assert "反映人会看到" in seen
    matter.refresh_from_db()
    assert matter.state == "handling", "looking is not sending"
    assert Tenure.objects.exists()


def test_a_matter_is_joined_to_an_open_one_only_and_by_what_holds_now(matter: Matter, secretary: Actor) -> None:
    other = open_matter(PUBLIC, key=uuid.uuid4(), text="灯又坏了", block=matter.block)
    stale, beside = Matter.objects.get(pk=matter.pk), Matter.objects.get(pk=other.pk)
    dispatching.merge(secretary, matter=matter, into=other)
    with pytest.raises(ValidationError, match="已合并"):  # both pages were open, and say otherwise
        dispatching.merge(secretary, matter=beside, into=stale)
    handling.accept(secretary, matter=other)
    handling.resolve(secretary, matter=other, text="好了")
    dispatching.verify(secretary, matter=other)
    third = open_matter(PUBLIC, key=uuid.uuid4(), text="灯还是坏的", block=matter.block)
    with pytest.raises(ValidationError, match="已结案"):
        dispatching.merge(secretary, matter=third, into=beside)


def test_what_neighbours_wait_for_is_not_withdrawn(matter: Matter, secretary: Actor) -> None:
    judging.join(matter=matter, key=uuid.uuid4())
    with pytest.raises(ValidationError, match="邻居"):
        reporting.withdraw(matter=matter)
    one, other = (open_matter(PUBLIC, key=uuid.uuid4(), text="井盖响", block=matter.block) for _ in range(2))
    dispatching.merge(secretary, matter=one, into=other)
    with pytest.raises(ValidationError, match="邻居"):
        reporting.withdraw(matter=other)


def test_who_joins_what_was_joined_to_another_follows_that_one(matter: Matter, secretary: Actor) -> None:
    other = open_matter(PUBLIC, key=uuid.uuid4(), text="灯又坏了", block=matter.block)
    stale = Matter.objects.get(pk=matter.pk)
    dispatching.merge(secretary, matter=matter, into=other)
    assert judging.join(matter=stale, key=uuid.uuid4()).matter == other


def test_two_extensions_from_two_open_pages_are_both_kept(matter: Matter, secretary: Actor) -> None:
    stale = Matter.objects.get(pk=taken(matter, secretary).pk)
    for page in (matter, stale):
        dispatching.extend(secretary, matter=page, amount=2, text="等配件")
    assert stale.extension == 4


def test_a_contact_is_seen_with_a_second_factor_only(matter: Matter, secretary: Actor, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    with pytest.raises(ValidationError) as refused:
        reporting.see_contact(secretary, matter=matter, why="核实")
    assert refused.value.code == "factor"
    assert secretary.account is not None
    TOTP.activate(secretary.account, "JBSWY3DPEHPK3PXP")
    assert reporting.see_contact(secretary, matter=matter, why="核实") is not None
