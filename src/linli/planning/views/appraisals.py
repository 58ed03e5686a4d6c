"""论证和会签: the opinions on a project's plans in one table; recording, correcting, answering; files of steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.org.policies import actor_in, holds, requires
from linli.org.views.acting import act_page
from linli.org.views.files import attachment
from linli.planning.actions.appraise import answer_appraisal, record_appraisal, signed, withdraw_appraisal
from linli.planning.actions.open_project import PERMISSION as PLAN
from linli.planning.actions.put_evidence import put_evidence, read_evidence, withdraw_evidence
from linli.planning.models import Appraisal, Evidence, Plan, Project
from linli.planning.procedure.appraisal_forms import AnswerForm, AppraisalForm, EvidenceForm, WhyForm
from linli.planning.procedure.appraising import agreeing, appraisal_lacks, opinions_on
from linli.planning.procedure.course import Step, course_of
from linli.planning.procedure.standing import PERMISSION, Standing, may_sign
from linli.planning.views.procedure import address_of, find_signed, trail_within
from linli.written import number_in


@never_cache
@require_safe
@requires(PERMISSION)
def appraisals(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every opinion, by what it is for: whose, on which version, how it concludes, what became of it, its file."""
    one = find_signed(request, pk)
    standing = Standing(one)
    rows: dict[str, list[Appraisal]] = {}
    given = one.appraisals.select_related("plan", "post__division", "instead_of").prefetch_related("files")
    for appraisal in given.order_by("withdrawn_at", "at", "pk"):
        rows.setdefault(appraisal.step, []).append(appraisal)
    steps = [
        (stage, rows.get(stage.step.key, []), agreeing(opinions_on(standing.facts, stage.step)),
         appraisal_lacks(standing.facts, stage.step))
        for stage in standing.stages if stage.step.opinions
    ]  # fmt: skip
    context = {
        "project": one, "steps": steps, "trail": trail_within(one),
        "may_plan": holds(actor_in(request), PLAN, one.street) and one.closed_at is None,
    }  # fmt: skip
    return render(request, "planning/appraisals.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PLAN)
def record(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Record an opinion, or with `instead` the correction of one."""
    actor, one = actor_in(request), _planned(request, pk)
    found = next((each for each in course_of(one.procedure).appraised if each.key == step), None)
    if found is None or one.closed_at is not None:
        raise Http404(step)
    correcting = _correcting(request, one, found)
    plans: list[Plan] = list(one.plans.only("number", "why", "project"))
    initial: dict[str, Any] = {"plan": plans[0].number if plans else None}
    if correcting is not None:
        fields = ("body", "person", "conclusion", "words", "day")
        initial = {"plan": correcting.plan.number, **{name: getattr(correcting, name) for name in fields}}

    def write(**said: Any) -> None:
        record_appraisal(actor, project=one, step=step, instead_of=correcting, **said)

    said = {"step": found.words}
    return act_page(
        request, partial(AppraisalForm, plans, correcting), write,
        title=(_("更正意见：%(step)s") if correcting else _("记录意见：%(step)s")) % said, submit=_("保存"),
        done=_("已记录，文件的 SHA-256 已记入公开台账。"), back=_place(one, step), trail=_trail(one), initial=initial,
        words=_("单位、结论和文件的 SHA-256 记入公开台账；签字人、意见全文和文件只有参与办理的人看得到。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PLAN)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what became of an opinion."""
    one = _opinion(request, pk)
    return act_page(
        request, AnswerForm, lambda **said: answer_appraisal(actor_in(request), appraisal=one, **said),
        title=_("采纳情况：%(body)s") % {"body": one.body}, submit=_("保存"), done=_("已保存。"),
        back=_place(one.project, one.step), trail=_trail(one.project), initial={"answer": one.answer},
        words=f"{one.get_conclusion_display()}：{one.words}",
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PLAN)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an opinion back."""
    one = _opinion(request, pk)
    return act_page(
        request, WhyForm, lambda **said: withdraw_appraisal(actor_in(request), appraisal=one, **said),
        title=_("撤回意见：%(body)s") % {"body": one.body}, submit=_("撤回"), done=_("已撤回。"), danger=True,
        back=_place(one.project, one.step), trail=_trail(one.project),
        words=_("撤回后不再算数，原文和文件仍可查，理由公开。写错了的用“更正”。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def put(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Put files to a step."""
    actor, one = actor_in(request), find_signed(request, pk)
    found = next((each for each in course_of(one.procedure).steps if each.key == step), None)
    if found is None or one.closed_at is not None or not may_sign(actor, one, found):
        raise Http404(step)
    return act_page(
        request, EvidenceForm, lambda **said: put_evidence(actor, project=one, step=step, **said),
        title=_("放材料：%(step)s") % {"step": found.words}, submit=_("保存"),
        done=_("已存入，SHA-256 已记入公开台账。"), back=f"{address_of(one)}#step-{step}", trail=trail_within(one),
        words=_("文件只有参与办理的人能下载，下载记入台账；公开台账只有 SHA-256，事后换过就看得出来。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def withdraw_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file of a step back."""
    actor, one = actor_in(request), _file(request, pk)
    step = next((each for each in course_of(one.project.procedure).steps if each.key == one.step), None)
    if one.appraisal_id or one.withdrawn_at or step is None or not may_sign(actor, one.project, step):
        raise Http404(pk)
    return act_page(
        request, WhyForm, lambda **said: withdraw_evidence(actor, evidence=one, **said),
        title=_("撤回文件：%(name)s") % {"name": one.name}, submit=_("撤回"), done=_("已撤回。"), danger=True,
        back=f"{address_of(one.project)}#step-{one.step}", trail=trail_within(one.project),
        words=_("撤回后不再算这一步的材料，文件仍可查，理由公开。"),
    )  # fmt: skip


@never_cache
@require_safe
@requires(PERMISSION)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a file, as it was kept; one that was altered since is refused, and it is said."""
    one = _file(request, pk)
    try:
        content = read_evidence(actor_in(request), evidence=one)
    except ValidationError as error:
        context = {"one": one, "fault": error.messages[0], "trail": trail_within(one.project)}
        return render(request, "planning/altered.html", context, status=409)
    return attachment(content, one.kind, one.name, f"evidence-{pk}{one.path[one.path.rindex('.') :]}")


def _planned(request: HttpRequest, pk: int) -> Project:
    """A project in whose procedure the one who asks takes part, and whose plans he draws."""
    one = find_signed(request, pk)
    if not holds(actor_in(request), PLAN, one.street):
        raise Http404(pk)
    return one


def _opinion(request: HttpRequest, pk: int) -> Appraisal:
    """An opinion that stands, of such a project."""
    found = get_object_or_404(Appraisal.objects.select_related("plan"), pk=pk, withdrawn_at=None)
    found.project = _planned(request, found.project_id)
    return found


def _correcting(request: HttpRequest, project: Project, step: Step) -> Appraisal | None:
    """The opinion that `instead` names; 404 where it does not stand, or its step is signed."""
    number = number_in(request.GET.get("instead"))
    if number is None:
        return None
    one = project.appraisals.select_related("plan").filter(pk=number, step=step.key, withdrawn_at=None).first()
    if one is None or signed(project, step.key):
        raise Http404(number)
    return one


def _file(request: HttpRequest, pk: int) -> Evidence:
    one = get_object_or_404(Evidence, pk=pk)
    one.project = find_signed(request, one.project_id)
    return one


def _place(one: Project, step: str) -> str:
    return f"{reverse('planning:appraisals', args=[one.pk])}#step-{step}"


def _trail(one: Project) -> list[tuple[str, str]]:
    return [*trail_within(one), (_("论证和会签"), reverse("planning:appraisals", args=[one.pk]))]
