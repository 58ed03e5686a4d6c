"""The procedure of an adjustment: gates, who signs, days, waivers, versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org.actors import SYSTEM, actor_of
from linli.org.tests.world import World
from linli.planning.actions.enact import enact
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.publish_procedure import publish_procedure
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.save_plan import save_plan
from linli.planning.actions.sign_step import sign_step, take_back_step, waive_steps
from linli.planning.models import Mark, Plan, Procedure, Project, Proposal
from linli.planning.procedure.course import course_of, read_course
from linli.planning.procedure.standing import Standing
from linli.planning.tests.small import appraise, clear_way, colleague, engine_plan, pass_steps, ready, show

ClientOf = Callable[[str], Client]


def states(project: Project) -> dict[str, str]:
    return {
        one.step.key: one.mark.state if one.mark else "ready" if one.ready else "open" if one.open else "shut"
        for one in Standing(project).stages
    }


def test_the_shipped_procedure_has_twenty_three_steps(project: Project) -> None:
    course = course_of(project.procedure)
    assert len(course.steps) == 23
    assert [one.key for one in course.before_enactment()][-1] == "reply"
    assert states(project)["survey"] == "ready"
    assert set(states(project).values()) == {"ready", "shut"}


def test_a_phase_opens_when_the_one_before_is_done(project: Project, world: World) -> None:
    clerk, secretary = (actor_of(world.account(name)) for name in ("jiedao", "shuji"))
    sign_step(clerk, project=project, step="survey")
    assert states(project)["options"] == "open"
    with pytest.raises(ValidationError) as error:
        sign_step(clerk, project=project, step="options")
    assert "0 个" in str(error.value.messages)
    waive_steps(SYSTEM, project=project, steps=["options"], reason="现有条件下只有一个可行的方案")
    with pytest.raises(PermissionDenied):
        sign_step(actor_of(world.account("quji")), project=project, step="consult", paper="会议记录")
    with pytest.raises(ValidationError) as error:
        sign_step(secretary, project=project, step="consult")
    assert error.value.code == "paper"
    made = sign_step(secretary, project=project, step="consult", paper="居民代表会议记录〔2026〕1号")
    assert made.post is not None
    assert made.post.role.code == "community_secretary"
    found = states(project)
    assert (found["risk"], found["notice"], found["street_meeting"]) == ("open", "shut", "shut")
    with pytest.raises(ValidationError) as error:
        sign_step(clerk, project=project, step="street_meeting", paper="纪要")
    assert error.value.code == "gate"
    with pytest.raises(ValidationError) as error:
        sign_step(clerk, project=project, step="survey")
    assert error.value.code == "marked"
    assert Entry.objects.filter(verb="planning.sign_step", public=True).count() == 2


def test_the_publication_lasts_its_natural_days(project: Project, found: Plan) -> None:
    ready(found)
    notice = Standing(project).stage("notice")
    assert notice is not None
    assert notice.missing
    publish_plan(SYSTEM, plan=found, days=7)
    begun = timezone.localdate()
    notice = Standing(project).stage("notice")
    assert notice is not None
    assert notice.earliest == begun + timedelta(days=31), "the day of publication does not count, thirty do"
    early = timezone.now() + timedelta(days=30)
    stage = Standing(project, early).stage("notice")
    assert stage is not None
    assert not stage.ready
    stage = Standing(project, early + timedelta(days=1)).stage("notice")
    assert stage is not None
    assert stage.ready


def test_working_days_leave_out_the_spring_festival(project: Project) -> None:
    course = course_of(project.procedure)
    before = course.before_enactment()
    pass_steps(project, *(one.key for one in before[:10]))
    opened = timezone.make_aware(datetime(2026, 2, 13, 10))  # the Friday before the holiday of 2026
    Mark.objects.filter(project=project).update(at=opened)
    Project.objects.update(made_at=opened)
    project.refresh_from_db()
    stage = Standing(project, opened).stage("referral")
    assert stage is not None
    assert stage.due is not None
    assert stage.due > date(2026, 2, 25), "five working days, the holiday not counted"
    late = Standing(project, opened + timedelta(days=30)).stage("referral")
    assert late is not None
    assert late.late


def test_a_plan_waits_for_the_gate(project: Project, found: Plan) -> None:
    day = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError) as error:
        enact(SYSTEM, plan=found, from_day=day, paper="批复1号")
    assert "“调研摸底”没有签办" in error.value.messages
    appraise(found)
    keys = [one.key for one in course_of(project.procedure).before_enactment()]
    pass_steps(project, *(key for key in keys if key != "notice"))
    other = save_plan(
        SYSTEM, project=project, base=found, communities={c: found.community_of(c) for c in found.labels}, why="另一个"
    )
    show(other)
    sign_step(SYSTEM, project=project, step="notice")
    with pytest.raises(ValidationError) as error:
        enact(SYSTEM, plan=found, from_day=day, paper="批复1号")
    assert "公示的不是这个方案" in error.value.messages
    enact(SYSTEM, plan=other, from_day=day, paper="批复1号")
    with pytest.raises(ValidationError) as error:
        take_back_step(SYSTEM, project=project, step="notice", reason="误签")
    assert error.value.code == "enacted"
    assert states(project)["announcement"] == "ready"


WHY = "试点项目，区领导小组已按另一程序审过"


def test_a_waiver_wants_a_reason_and_a_permission(project: Project, world: World) -> None:
    clerk, officer = (actor_of(world.account(name)) for name in ("jiedao", "quji"))
    with pytest.raises(PermissionDenied):
        waive_steps(clerk, project=project, steps=["survey"], reason=WHY)
    wrong = (
        (["survey"], " "), (["survey"], "演练"), (["survey"], "演练演练演练演练演练演练"), ([], WHY),
        (["nothing"], WHY), (["survey", "options", "consult", "risk"], WHY),
    )  # fmt: skip
    for steps, reason in wrong:
        with pytest.raises(ValidationError):
            waive_steps(SYSTEM, project=project, steps=steps, reason=reason)
    with pytest.raises(ValidationError) as error:
        waive_steps(officer, project=project, steps=["survey"], reason=WHY)
    assert error.value.code == "second"
    waive_steps(SYSTEM, project=project, steps=["survey", "experts"], reason=WHY)
    with pytest.raises(ValidationError) as error:
        waive_steps(SYSTEM, project=project, steps=["risk"], reason=WHY)
    assert error.value.code == "reason", "one reason is used once"
    entry = Entry.objects.get(verb="planning.waive_steps")
    assert entry.public
    assert "试点项目" in entry.content
    take_back_step(officer, project=project, step="survey", reason="改为自己做")
    assert states(project)["survey"] == "ready"
    assert Mark.objects.filter(project=project, step="survey").count() == 1


def test_publication_legality_and_the_reply_are_never_waived(project: Project) -> None:
    for key in ("notice", "legality", "reply"):
        with pytest.raises(ValidationError) as error:
            waive_steps(SYSTEM, project=project, steps=[key], reason=WHY)
        assert "不得豁免" in error.value.messages[0]
    course = course_of(project.procedure)
    fewer = [one for one in course.steps if one.key != "notice"]
    with pytest.raises(ValidationError):
        publish_procedure(SYSTEM, code=project.procedure.code, steps=fewer, source="区方案")


def test_a_version_changes_new_projects_only(project: Project, world: World) -> None:
    steps = course_of(project.procedure).steps
    from dataclasses import replace

    changed = [replace(one, least_days=15) if one.key == "notice" else one for one in steps if one.key != "leaders"]
    with pytest.raises(PermissionDenied):
        publish_procedure(
            actor_of(world.account("jiedao")), code=project.procedure.code, steps=changed, source="区方案"
        )
    made = publish_procedure(SYSTEM, code=project.procedure.code, steps=changed, source="区方案〔2026〕3号")
    assert (made.version, len(made.steps)) == (2, 22)
    assert publish_procedure(SYSTEM, code=made.code, steps=changed, source=made.source) == made
    assert len(course_of(Project.objects.get(pk=project.pk).procedure).steps) == 23


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"phase": "x"}, {"signs": ()}, {"needs": ("x",)}, {"unit": "weeks"}, {"within": -1}, {"x": 1}],
)
def test_a_step_that_is_not_right(project: Project, wrong: dict[str, object]) -> None:
    one = Procedure.objects.get()
    rows = [{**one.steps[0], **wrong}, *one.steps[1:]]
    with pytest.raises(ValidationError) as error:
        read_course({"phases": one.phases, "steps": rows, "enact_after": one.enact_after})
    assert "第 1 步" in error.value.message


def test_the_pages(project: Project, client_of: ClientOf, world: World) -> None:
    clerk, officer, secretary = (client_of(name) for name in ("jiedao", "quji", "shuji"))
    address = f"/planning/projects/{project.pk}/procedure/"
    assert "可以签办" in clerk.get(address).content.decode()
    assert client_of("wangge").get(address).status_code == 404
    assert secretary.post(f"{address}survey/sign", {}).status_code == 404
    assert clerk.post(f"{address}survey/sign", {"note": "入户登记已核对", "sure": "1"}).status_code == 302
    assert "入户登记已核对" in secretary.get(address).content.decode()
    assert clerk.get(f"{address}waive").status_code == 404
    assert officer.post(f"{address}waive", {"steps": ["options"], "reason": ""}).status_code == 422
    said = {"steps": ["options"], "reason": WHY}
    shown = officer.post(f"{address}waive", said)
    assert shown.status_code == 200, "it asks before it binds"
    assert "不做也往下走：方案比选" in shown.content.decode()
    assert officer.post(f"{address}waive", {**said, "sure": "1"}).status_code == 302
    assert states(project)["options"] == "open", "until another person confirms it"
    waiting = Proposal.objects.get()
    assert officer.post(f"/planning/proposals/{waiting.pk}/", {"confirm": "1"}).status_code == 422
    colleague(world)
    other, second = client_of("fuhe"), f"/planning/proposals/{waiting.pk}/"
    assert second in other.get("/planning/procedures/").content.decode()
    assert second in other.get("/today/").content.decode()
    assert second not in officer.get("/today/").content.decode()
    assert "不做也往下走：方案比选" in other.get(second).content.decode()
    assert other.post(second, {"confirm": "1"}).status_code == 302
    assert states(project)["options"] == "waived"
    assert secretary.post(f"{address}consult/sign", {"paper": ""}).status_code == 422
    assert secretary.post(f"{address}consult/sign", {"paper": "记录1号", "sure": "1"}).status_code == 302
    assert secretary.post(f"{address}consult/take-back", {"reason": "写错了", "sure": "1"}).status_code == 302
    listed = secretary.get("/planning/procedures/").content.decode()
    assert f"{address}consult/sign" in listed
    assert client_of("wangge").get("/planning/procedures/").status_code == 404
    code = project.procedure.code
    assert "调研摸底" in clerk.get(f"/planning/procedures/{code}/1/").content.decode()
    assert clerk.get(f"/planning/procedures/{code}/publish").status_code == 404


def test_a_version_is_published_on_a_page(project: Project, client_of: ClientOf) -> None:
    import re

    officer, code = client_of("quji"), project.procedure.code
    address = f"/planning/procedures/{code}/publish"
    page = officer.get(address).content.decode()
    count = int(re.findall(r'name="s-TOTAL_FORMS" value="(\d+)"', page)[0])
    said: dict[str, str] = {"s-TOTAL_FORMS": str(count), "s-INITIAL_FORMS": str(count), "source": "区方案〔2026〕3号"}
    for k, step in enumerate(course_of(project.procedure).steps):
        said |= {f"s-{k}-key": step.key, f"s-{k}-title": step.title, f"s-{k}-decides": step.decides,
                 f"s-{k}-signs": ",".join(step.signs), f"s-{k}-least_days": str(step.least_days),
                 f"s-{k}-within": str(step.within), f"s-{k}-unit": step.unit,
                 **({f"s-{k}-paper": "on"} if step.paper else {})}  # fmt: skip
    assert officer.post(address, {**said, "s-3-title": ""}).status_code == 422
    assert officer.post(address, {**said, "s-3-least_days": "15", "s-10-dropped": "on"}).status_code == 302
    shown = officer.get(f"/planning/procedures/{code}/2/").content.decode()
    assert "满 15" in shown
    assert "分管副区长、区长审核" in shown


def test_the_way_is_clear_for_other_tests(project: Project) -> None:
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5)
    plan = engine_plan(run)
    clear_way(project)
    assert Standing(project).before_enactment(plan) == []
