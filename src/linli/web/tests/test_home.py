"""The first page: whose it is, what residents are asked about now; staff are led to their day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from linli.cases.shown import lately
from linli.jobs.models import Job
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC, SYSTEM
from linli.org.models import Account
from linli.org.tests.world import World
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan, Project
from linli.planning.procedure.standing import Standing
from linli.planning.tests.small import engine_plan, ready, small_ground, small_project
from linli.planning.under_discussion import under_discussion
from linli.web.operator import Operator, operator_from


def test_every_page_says_who_runs_the_site(world: World, settings: Any) -> None:
    settings.OPERATOR = Operator(name="云川区民政局", telephone="0000-1", filing="演ICP备1号", code="5399010001")
    for address in ("/", "/report/", "/no-such-page"):
        page = Client().get(address).content.decode()
        for said in ("云川区民政局", "0000-1", "演ICP备1号", "网站标识码 5399010001"):
            assert said in page, (address, said)
    settings.OPERATOR = Operator()
    assert "主办" not in Client().get("/").content.decode()


def test_the_office_is_read_from_the_environment() -> None:
    said = operator_from({"LINLI_ORGANISER": " 云川区民政局 ", "LINLI_POLICE_FILING": "公网安备1号", "LINLI_HOURS": ""})
    assert said == Operator(name="云川区民政局", police="公网安备1号")


def test_staff_begin_with_their_day(client_of: Callable[[str], Client]) -> None:
    for person in ("shuji", "quji", "xitong", "shenji"):
        page = client_of(person).get("/", follow=True)
        assert page.redirect_chain == [("/today/", 302)]
        assert page.status_code == 200


def test_administrators_are_told_what_waits_for_them(world: World, client_of: Callable[[str], Client]) -> None:
    assert "今天没有等您办的事" in client_of("xitong").get("/today/").content.decode()
    Job.objects.create(kind="demo", state=Job.State.FAILED, ended_at=timezone.now())
    assert "1 个后台任务未成功" in client_of("xitong").get("/today/").content.decode()
    assert "后台任务未成功" not in client_of("shuji").get("/today/").content.decode()
    before = client_of("anquan").get("/today/").content.decode()
    Account.objects.create(username="new", name="新来的")
    after = client_of("anquan").get("/today/").content.decode()
    assert before != after
    assert "个账号没有岗位" in after


def test_steps_that_one_may_sign_now_stand_in_the_day(world: World, client_of: Callable[[str], Client]) -> None:
    small_ground(world)
    project = small_project(world)
    signers = [one for one in ("jiedao", "quji") if "等您签办" in client_of(one).get("/today/").content.decode()]
    ready_now = [stage.step.key for stage in Standing(project).stages if stage.ready]
    assert ready_now
    assert signers
    for person in signers:
        page = client_of(person).get("/today/").content.decode()
        for key in ready_now:
            assert client_of(person).get(f"/planning/projects/{project.pk}/procedure/{key}/sign").status_code == 200
            assert f"/planning/projects/{project.pk}/procedure/{key}/sign" in page
    Project.objects.update(closed_at=timezone.now())
    assert "等您签办" not in client_of("jiedao").get("/today/").content.decode()


def test_only_plans_whose_time_runs_stand_on_the_first_page(world: World) -> None:
    assert under_discussion() == []
    small_ground(world)
    found = engine_plan(run_scenario(SYSTEM, project=small_project(world), goals={"boundary": 1.0}, parts=2, seconds=5))
    published = publish_plan(SYSTEM, plan=ready(found))
    assert published.published_to is not None
    today = timezone.localdate()
    assert [(one.plan, one.left) for one in under_discussion()] == [(published, (published.published_to - today).days)]
    page = Client().get("/").content.decode()
    assert published.project.title in page
    Plan.objects.filter(pk=published.pk).update(published_to=today - timedelta(days=1))
    assert under_discussion() == []
    Plan.objects.filter(pk=published.pk).update(published_to=today + timedelta(days=1), withdrawn_at=timezone.now())
    assert under_discussion() == []


def test_what_neighbours_report_stands_in_list_and_map_by_one_number(world: World) -> None:
    block = small_ground(world)["B11"]
    made = [open_matter(PUBLIC, key=uuid4(), text=f"路灯坏了{k}", block=block, place="路口") for k in range(2)]
    categorised = Matter.objects.filter(pk__in=[one.pk for one in made])
    categorised.update(category=Category.objects.filter(private=False, active=True).first())
    page = Client().get("/")
    points = [one["properties"] for one in page.context["map"]["features"] if one["geometry"]["type"] == "Point"]
    assert [one["number"] for one in points] == [1, 2]
    for one in points:
        assert f'id="{one["href"][1:]}"' in page.content.decode()
    assert "路灯坏了" not in page.content.decode(), "nobody released the words"
    assert (lately().came, lately().closed, lately().handled) == (2, 0, 2)
