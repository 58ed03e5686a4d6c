"""An opinion starts from the published plan, and the gate finds it wherever it was filed."""

from __future__ import annotations

import io
import json
import re
import uuid
from datetime import timedelta

import openpyxl
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
from linli.plans.names import community_words
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


def say(plan: Plan, text: str) -> Matter:
    """Send an opinion on a plan by the form that its page leads to."""
    forget_all()
    said = {"text": text, "kind": "suggestion", "key": str(uuid.uuid4()), "place": "", "same": "none"}
    block = sorted(plan.labels)[0]
    assert Client().post(f"/report/?about=plan:{plan.pk}&block={block}", said).status_code == 302
    return Matter.objects.latest("pk")


def test_an_opinion_that_comes_too_late_is_a_suggestion_like_any_other_and_says_so(found: Plan) -> None:
    publish_plan(SYSTEM, plan=ready(found))
    address = reverse("planning:public-plan", args=[found.pk])
    assert "意见已经收齐" not in Client().get(address).content.decode()
    Plan.objects.filter(pk=found.pk).update(published_to=timezone.localdate() - timedelta(days=1))
    assert "意见已经收齐" in Client().get(address).content.decode()
    assert "意见已经收齐" in Client().get(f"/report/?about=plan:{found.pk}").content.decode()
    late = say(found, "现在才看到，希望保留老名字")
    assert (late.about, late.kind, late.text) == ("", "suggestion", "现在才看到，希望保留老名字")
    assert late.block is not None
    assert Facts(found.project, timezone.localdate()).opinions == 0, "it holds up no gate"


def test_of_a_plan_that_was_taken_back_nobody_says_that_its_opinions_were_gathered(found: Plan) -> None:
    publish_plan(SYSTEM, plan=ready(found))
    Plan.objects.filter(pk=found.pk).update(withdrawn_at=timezone.now(), withdrawn_why="数据有误")
    for address in (reverse("planning:public-plan", args=[found.pk]), f"/report/?about=plan:{found.pk}"):
        page = Client().get(address).content.decode()
        assert "不再征求意见" in page
        assert "意见已经收齐" not in page


def test_the_public_reads_what_was_said_of_a_plan_never_by_whom(found: Plan) -> None:
    publish_plan(SYSTEM, plan=ready(found))
    address = reverse("planning:public-plan", args=[found.pk])
    assert "您可以第一个提" in Client().get(address).content.decode()
    first, second = say(found, "我是三单元的王某，电话13800000000"), say(found, "把线划到河边")
    Matter.objects.filter(pk=second.pk).update(published="建议以河为界")
    page = Client().get(address).content.decode()
    assert "建议以河为界" in page
    assert "王某" not in page
    assert "13800000000" not in page
    assert page.count('<th scope="row">建议</th>') == 1, "the other has been told by its kind alone"
    assert "共 2 条" in page
    Matter.objects.filter(pk=first.pk).update(state="withdrawn")
    assert "共 1 条" in Client().get(address).content.decode()


def test_the_notice_can_be_taken_home(found: Plan) -> None:
    for name in ("planning:public-table", "planning:public-outlines"):
        assert Client().get(reverse(name, args=[found.pk])).status_code == 404, "not published"
    publish_plan(SYSTEM, plan=ready(found))
    address = reverse("planning:public-plan", args=[found.pk])
    page = Client().get(address).content.decode()
    assert 'class="qr"' in page
    table = Client().get(reverse("planning:public-table", args=[found.pk]))
    assert reverse("planning:public-table", args=[found.pk]) in page
    rows = list(openpyxl.load_workbook(io.BytesIO(table.content)).active.iter_rows(values_only=True))
    assert "口径" in rows[0][0]
    assert {row[0]: row[3] for row in rows[2:-1]} == {community_words(k): n for k, n in found.households.items()}
    outlines = json.loads(Client().get(reverse("planning:public-outlines", args=[found.pk])).content)
    assert {one["properties"]["community"] for one in outlines["features"]} == set(found.households)


def test_a_community_is_called_by_its_whole_name_in_the_table(found: Plan) -> None:
    publish_plan(SYSTEM, plan=ready(found))
    page = Client().get(reverse("planning:public-plan", args=[found.pk])).content.decode()
    named = re.findall(r'<th scope="row">([^<]*?) <span class="tag', page)
    assert named
    assert all("社区" in name and "社区社区" not in name for name in named), named


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
