"""例外清单: whatever is not by the same rule for all stands in one table, with who decided and why."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from linli.org.actors import SYSTEM, actor_of
from linli.org.tests.world import World
from linli.planning.actions.appraise import answer_appraisal, record_appraisal
from linli.planning.actions.choose_proposals import choose_proposals
from linli.planning.actions.confirm import begin, confirm
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.save_plan import save_plan
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.exceptions import exceptions_of, exceptions_section
from linli.planning.models import Plan, Proposal
from linli.planning.tests.small import colleague, ready, scan

ClientOf = Callable[[str], Client]
WHY = "试点项目，摸底沿用上月的人口核查结果"


def test_without_exceptions_that_is_what_is_said(found: Plan, client_of: ClientOf) -> None:
    Plan.objects.filter(pk=found.pk).update(outside=[])
    found.refresh_from_db()
    assert exceptions_of(found) == []
    assert exceptions_section(found).paragraphs == ("没有例外：16 个地块都按同一套规则划分。",)
    account = client_of("jiedao").get(f"/planning/projects/{found.project_id}/1/account/").content.decode()
    assert "没有例外" in account


def test_each_exception_says_who_decided_and_why(found: Plan, world: World, client_of: ClientOf) -> None:
    clerk, officer, second = (
        actor_of(one) for one in (world.account("jiedao"), world.account("quji"), colleague(world))
    )
    project, name = found.project, found.names[0]
    waits = begin(officer, project=project, act="waive", said={"steps": ["survey"], "reason": WHY})
    assert isinstance(waits, Proposal)
    confirm(second, proposal=waits)
    locked = sorted(found.labels)[:2]
    plan = save_plan(
        clerk, project=project, base=found, locked=locked, why="两块同属矿务局大院",
        communities={code: found.community_of(code) for code in found.labels},
    )  # fmt: skip
    Plan.objects.filter(pk=plan.pk).update(outside=[name])
    plan.refresh_from_db()
    state_reasons(clerk, plan=plan, reasons={name: "地形封闭，无法再分"})
    choose_proposals(clerk, plan=plan, community=name, chosen={"workers": ("hire", "区里已同意增编")})
    refused = record_appraisal(
        clerk, project=project, step="experts", plan=plan, body="设计院", person="（试验）", conclusion="refuse",
        words="东侧应沿河", day=timezone.localdate(), attached=[scan()],
    )  # fmt: skip
    answer_appraisal(clerk, appraisal=refused, answer="沿河会拆开大院，未采纳")
    plan.refresh_from_db()
    rows = exceptions_of(plan)
    assert [one.why for one in rows] == [
        WHY, "地形封闭，无法再分", "两块同属矿务局大院", "区里已同意增编", "沿河会拆开大院，未采纳",
    ]  # fmt: skip
    assert all(one.who and one.day for one in rows)
    assert "提出" in rows[0].who
    assert "复核" in rows[0].who
    assert {one.who for one in rows[1:]} == {"铜源街道 " + clerk.posts[0].title}
    assert "、".join(locked) in rows[2].what
    section = exceptions_section(plan)
    assert [row[1] for row in section.tables[0].rows] == [one.why for one in rows]
    publish_plan(SYSTEM, plan=ready(plan))
    public = client_of("").get(f"/planning/public/{plan.pk}/").content.decode()
    for one in rows:
        assert one.why in public
        assert one.who in public
    english = client_of("")
    english.cookies["django_language"] = "en"
    assert "not by the same rule" in english.get(f"/planning/public/{plan.pk}/").content.decode()
