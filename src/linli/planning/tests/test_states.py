"""What holds now is said in the same words on every page, list and sheet, in every state that a plan comes through."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.org.actors import SYSTEM
from linli.planning.actions.enact import enact, undo_enactment
from linli.planning.actions.publish_plan import publish_plan, withdraw_notice
from linli.planning.actions.save_plan import save_plan
from linli.planning.models import Enactment, Plan
from linli.planning.tests.small import NOTICE, clear_way, ready, show
from linli.territory.models import Block, Building

ClientOf = Callable[[str], Client]
DOOR = "/where/539901001000/L0/"


@pytest.fixture
def door(found: Plan) -> str:
    """The page of a building in a block that the plan moves."""
    new = next(name for name in found.names if name != "团结")
    code = next(code for code in sorted(found.labels) if found.community_of(code) == new)
    Building.objects.create(
        block=Block.objects.get(code=code), code="L0", number="1幢", longitude=103.0005, latitude=26.0005
    )
    return DOOR


def test_every_page_says_what_holds_now(found: Plan, door: str, client_of: ClientOf) -> None:
    visitor, clerk = client_of(""), client_of("jiedao")
    root, public = f"/planning/projects/{found.project_id}/", f"/planning/public/{found.pk}/"
    staff = (f"{root}1/", root, "/planning/projects/", "/planning/procedures/", f"{root}procedure/")

    def said(words: str, *, shown: bool = True) -> None:
        for address in staff:
            assert words in clerk.get(address).content.decode(), (address, words)
        for address in (public, "/planning/public/") if shown else ():
            assert words in visitor.get(address).content.decode(), (address, words)

    def at_the_door() -> str:
        return str(visitor.get(door).content.decode())

    assert "草案，未公示" in clerk.get(f"{root}1/").content.decode()
    assert visitor.get(public).status_code == 404
    assert found.project.title not in at_the_door()
    publish_plan(SYSTEM, plan=ready(found), days=30)
    said("公示中，还剩 30 天")
    assert "正在公示" in at_the_door()
    show(found)
    said("公示已结束，等批复")
    assert "正在公示" not in at_the_door()
    clear_way(found.project)
    said("已批复，还没有定下生效日期")
    day = timezone.localdate() + timedelta(days=2)
    done = enact(SYSTEM, plan=found, from_day=day, paper="云政复〔2026〕9号")
    said("零点起生效（云政复〔2026〕9号）")
    assert "零点起生效（云政复〔2026〕9号）" in at_the_door()
    undo_enactment(SYSTEM, enactment=done)
    said("生效已撤回，边界照旧")
    assert found.project.title not in at_the_door()
    again = enact(SYSTEM, plan=found, from_day=day, paper="云政复〔2026〕10号")
    Enactment.objects.filter(pk=again.pk).update(from_day=timezone.localdate())
    said("已生效：")


def test_what_was_withdrawn_or_replaced_says_so_and_leads_on(found: Plan, door: str, client_of: ClientOf) -> None:
    visitor, clerk = client_of(""), client_of("jiedao")
    address = f"/planning/public/{found.pk}/"
    publish_plan(SYSTEM, plan=ready(found), days=30)
    withdraw_notice(SYSTEM, plan=found, reason="界线要改")
    page = visitor.get(address).content.decode()
    assert "撤回：界线要改" in page
    assert "正在公示" not in visitor.get(door).content.decode()
    assert "撤回：界线要改" in clerk.get(f"/planning/projects/{found.project_id}/1/").content.decode()
    other = save_plan(
        SYSTEM,
        project=found.project,
        base=found,
        communities={c: found.community_of(c) for c in found.labels},
        why="改",
    )
    Plan.objects.filter(pk=other.pk).update(reasons=dict.fromkeys(other.outside, "地形封闭"))
    publish_plan(SYSTEM, plan=ready(other), days=30)
    page = visitor.get(address).content.decode()
    assert f'href="/planning/public/{other.pk}/"' in page
    Plan.objects.filter(pk=found.pk).update(withdrawn_at=None)
    assert "已由 V2 替代" in visitor.get(address).content.decode()


def test_a_notice_is_a_document(found: Plan, client_of: ClientOf) -> None:
    publish_plan(SYSTEM, plan=ready(found), **{**NOTICE, "days": 30})
    page = client_of("").get(f"/planning/public/{found.pk}/").content.decode()
    for words in (
        "铜街公示〔2026〕3号",
        "铜源街道办事处",
        "0000-6120301",
        "市府街26号一楼3号窗口",
        "30 个自然日",
        "各位居民",
    ):
        assert words in page


def test_a_plan_out_for_comments_is_not_told_as_a_notice(found: Plan, door: str) -> None:
    publish_plan(SYSTEM, plan=found, days=30, kind="comments")
    page = Client().get(door).content.decode()
    assert "正在征求意见，看看对您家有什么影响" in page
    assert "正在公示" not in page
