"""A street of twenty-four blocks in two communities, one of which is to be split; used by tests that need one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import shapely
from django.test import Client
from django.utils import timezone

from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.naming import bare, is_provisional
from linli.org.actors import SYSTEM
from linli.org.models import Account, Post, Role, Tenure
from linli.org.tests.world import PASSWORD, World
from linli.planning.actions.appraise import record_appraisal
from linli.planning.actions.name_communities import renamed
from linli.planning.actions.open_project import open_project
from linli.planning.evidence import Given
from linli.planning.models import Mark, Plan, Project, Proposal, Run, Standard
from linli.planning.procedure.course import course_of
from linli.planning.procedure.standing import Standing
from linli.territory.models import Block, Compound, Count, Line, Membership

SIDE, WIDE, TALL = 0.001, 6, 4
HOUSEHOLDS = 300


def small_ground(world: World) -> dict[str, Block]:
    """Six by four blocks of 300 households: the four columns in the west 团结, the rest 白云; roads each two blocks."""
    street = world.division("铜源街道")
    made = {}
    for x in range(WIDE):
        for y in range(TALL):
            block = Block(street=street, code=f"B{x}{y}")
            if (x, y) in ((0, 0), (0, 1)):
                block.compound = Compound.objects.get_or_create(street=street, code="C1", name="矿务局大院")[0]
            block.shape = shapely.box(103 + x * SIDE, 26 + y * SIDE, 103 + (x + 1) * SIDE, 26 + (y + 1) * SIDE)
            block.save()
            made[block.code] = block
            home = world.division("团结" if x < 4 else "白云")
            Membership.objects.create(block=block, community=home, valid_from=date(2020, 1, 1))
            Count.objects.create(
                block=block, definition="households_registered", value=HOUSEHOLDS, source="试验", as_of=date(2026, 1, 1)
            )
    for x in range(WIDE):
        for y in range(TALL):
            for dx, dy in ((1, 0), (0, 1)):
                other = made.get(f"B{x + dx}{y + dy}")
                if other is None:
                    continue
                kind = "arterial" if dx and x % 2 else "lane"
                shape = shapely.intersection(made[f"B{x}{y}"].shape, other.shape)
                Line.objects.create(
                    a=made[f"B{x}{y}"],
                    b=other,
                    length_m=100.0 if dx else 90.0,
                    kind=kind,
                    name="学府路" if kind == "arterial" else "",
                    wkb=shapely.to_wkb(shape),
                )
    return made


def small_project(world: World) -> Project:
    """A project that divides 团结: 4,800 households, bounds 1,500 and 3,500."""
    return open_project(
        SYSTEM, street=world.division("铜源街道"), title="团结社区拆分", scope=[world.division("团结")],
        standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        households_least=1500, households_most=3500,
    )  # fmt: skip


def engine_plan(run: Run, *, final: bool = True) -> Plan:
    """Do a run's work and return its plan; its working names are final ones at once, unless they are asked for."""
    assert run_job(run.job).state == Job.State.DONE
    run.refresh_from_db()
    assert run.plan is not None
    if final:
        for plan in run.scenario.plans.all():
            name_finally(plan)
        run.plan.refresh_from_db()
    return run.plan


def name_finally(plan: Plan) -> None:
    """Drop the remark 暂名 from the names of a version in its row."""
    said = {name: bare(name, "社区") for name in plan.names if is_provisional(name)}
    if said:
        Plan.objects.filter(pk=plan.pk).update(**renamed(plan, said))


def pass_steps(project: Project, *keys: str) -> None:
    """Sign steps as if what they ask had been done; nothing of it goes through an action."""
    Mark.objects.bulk_create(
        [Mark(project=project, step=key, state=Mark.State.SIGNED, paper="试验", by="system") for key in keys]
    )


def show(plan: Plan, days: int = 40) -> None:
    """Let a version have been published some days ago, for thirty days."""
    then = timezone.now() - timedelta(days=days)
    to = timezone.localdate(then) + timedelta(days=30)
    Plan.objects.filter(pk=plan.pk).update(published_at=then, published_to=to)
    plan.published_at, plan.published_to = then, to


SCAN = b"%PDF-1.4 signed"


def scan(content: bytes = SCAN, name: str = "signed.pdf") -> Given:
    """A scan that somebody signed, as a form brings it."""
    return Given(name, len(content), lambda: content)


def appraise(plan: Plan) -> None:
    """Let a version be appraised by everybody whom its procedure asks: invented opinions, each with its own scan."""
    for step in course_of(plan.project.procedure).appraised:
        for k in range(step.opinions):
            record_appraisal(
                SYSTEM, project=plan.project, step=step.key, plan=plan, body=f"试验单位{k + 1}", person="（试验）",
                conclusion="agree", words="试验用意见：同意。", day=timezone.localdate(),
                attached=[scan(SCAN + f" {plan.pk} {step.key} {k}".encode())],
            )  # fmt: skip


def ready(plan: Plan) -> Plan:
    """Do what comes before a final publication: the steps of drafting, and the appraisal of the version."""
    standing = Standing(plan.project)
    before = [one.key for one in standing.course.up_to(standing.course.publish_after) if one.key not in standing.marks]
    appraise(plan)
    pass_steps(plan.project, *before)
    return plan


def clear_way(project: Project) -> None:
    """Sign whatever still stands before an enactment; where nothing was published, the newest version was."""
    newest = project.plans.order_by("-number").first()
    if newest is not None and not project.plans.exclude(published_at=None).exists():
        show(newest)
    standing = Standing(project)
    shown = standing.facts.published
    if shown is not None and not any(standing.facts.appraisals.values()):
        appraise(shown)
    pass_steps(project, *(one.key for one in standing.course.before_enactment() if one.key not in standing.marks))


COLLEAGUE = "fuhe"


def colleague(world: World) -> Account:
    """A second officer of the district, who confirms what the first proposed."""
    account = Account.objects.create_account(COLLEAGUE, name="科长周九", password=PASSWORD)
    post = Post.objects.create(
        division=world.division("云川区"), role=Role.objects.get(code="district_officer"), title="基层治理科科长",
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    Tenure.objects.create(post=post, account=account, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return account


NOTICE = {
    "kind": "final", "number": "铜街公示〔2026〕3号", "issuer": "铜源街道办事处", "contact": "基层治理办公室",
    "telephone": "0000-6120301", "place": "市府街26号一楼3号窗口", "days": "30",
}  # fmt: skip


def by_two(first: Client, second: Client, address: str, said: dict[str, Any]) -> None:
    """Propose an act on its page, having seen what it does; another person confirms it."""
    shown = first.post(address, said)
    assert shown.status_code == 200, shown.content.decode()
    assert first.post(address, {**said, "sure": "1"}).status_code == 302
    waits = Proposal.objects.filter(state="waiting").latest("pk")
    assert second.post(f"/planning/proposals/{waits.pk}/", {"confirm": "1"}).status_code == 302
