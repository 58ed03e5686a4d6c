"""An opinion starts from the published plan, and the gate finds it wherever it was filed."""

from __future__ import annotations

import re
import uuid

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from linli.matters.models import Matter
from linli.org.actors import SYSTEM
from linli.org.limits import forget_all
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.models import Plan
from linli.planning.procedure.needs import Facts
from linli.planning.tests.small import ready
from linli.territory.models import Block, Compound


def test_an_opinion_on_a_plan_is_counted_with_a_block_and_without(found: Plan) -> None:
    forget_all()
    browser, code = Client(), sorted(found.labels)[0]
    assert "意见针对" not in browser.get(f"/report/?about=plan:{found.pk}").content.decode(), "not published"
    publish_plan(SYSTEM, plan=ready(found))
    link = f"/report/?about=plan:{found.pk}&amp;block={code}"
    assert link in browser.get(reverse("planning:public-plan", args=[found.pk]), {"block": code}).content.decode()
    mine = browser.get(reverse("planning:public-plan", args=[found.pk]), {"block": code}).content.decode()
    assert "现在属于团结社区，" in mine
    form = browser.get(f"/report/?about=plan:{found.pk}&block={code}").content.decode()
    assert "意见针对" in form
    assert re.search(r'value="suggestion"[^>]*checked', form), "a suggestion already"
    for block in (code, ""):
        said = {"text": "希望不要拆开我们小区", "kind": "suggestion", "key": str(uuid.uuid4()), "place": ""}
        answer = browser.post(f"/report/?about=plan:{found.pk}&block={block}", {**said, "same": "none"})
        assert answer.status_code == 302
        one = Matter.objects.latest("pk")
        assert one.about == f"plan:{found.pk}"
        assert (one.block.code if one.block else "") == block
    other = {"text": "路灯坏了", "kind": "report", "asked": "yes", "key": str(uuid.uuid4()), "same": "none"}
    assert browser.post("/report/?about=plan:0&block=²", other).status_code == 302
    assert Matter.objects.latest("pk").about == ""
    assert Facts(found.project, timezone.localdate()).opinions == 2


def test_compounds_are_kept_whole_in_words_only_where_there_are_some(found: Plan) -> None:
    publish_plan(SYSTEM, plan=ready(found))
    Block.objects.update(compound=None)
    address = reverse("planning:public-plan", args=[found.pk])
    assert "小区不拆开" not in Client().get(address).content.decode()
    block = Block.objects.filter(street=found.project.street, code__in=found.labels).first()
    assert block is not None
    block.compound = Compound.objects.create(street=block.street, name="白云花园")
    block.save()
    assert "小区不拆开" in Client().get(address).content.decode()
