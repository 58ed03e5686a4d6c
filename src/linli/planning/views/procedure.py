"""调整程序: where a project stands in it, signing and waiving; its versions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.org.models import Role
from linli.org.policies import actor_in, holds, requires
from linli.org.views.acting import refuse
from linli.planning.actions.open_project import PERMISSION as PLAN
from linli.planning.actions.publish_procedure import PERMISSION as PUBLISH
from linli.planning.actions.publish_procedure import publish_procedure
from linli.planning.actions.sign_step import MOST_WAIVED, WAIVE, lacks_of_signing, lacks_of_taking_back, take_back_step
from linli.planning.actions.two_persons import needs_second
from linli.planning.models import Evidence, Mark, Procedure, Project, Proposal
from linli.planning.procedure.course import Step, course_of, differences, told
from linli.planning.procedure.forms import SignForm, SourceForm, StepForm, TakeBackForm, WaiveForm
from linli.planning.procedure.lacks import Lack
from linli.planning.procedure.standing import PERMISSION, Standing, may_sign
from linli.planning.procedure.timeline import spans_of
from linli.planning.status import Statuses
from linli.planning.views.binding import Binding, binding_page, proposing_page
from linli.planning.waiting import waiting_in

ROWS = 20
Act = Proposal.Act


@never_cache
@require_safe
@requires(PERMISSION)
def under_way(request: HttpRequest) -> HttpResponse:
    """List the projects with what their procedure waits for; first what the one who asks may sign."""
    actor = actor_in(request)
    page = Paginator(_seen(request).order_by("-pk"), ROWS).get_page(request.GET.get("page"))
    rows, statuses = [], Statuses([one.pk for one in page])
    for one in page:
        one.status = statuses.of_project(one.pk)
        standing = Standing(one)
        waiting = [stage for stage in standing.stages if stage.open and stage.mark is None]
        mine = [stage for stage in waiting if may_sign(actor, one, stage.step)]
        rows.append((one, standing, waiting, mine))
    context = {"page": page, "rows": rows, "proposals": list(waiting_in(actor)[:ROWS])}
    return render(request, "planning/under_way.html", context)


@never_cache
@require_safe
@requires(PERMISSION)
def procedure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project's procedure: phases, gates, what is missing, who signs until when."""
    actor, one = actor_in(request), find_signed(request, pk)
    standing = Standing(one)
    roles, files = {role.code: role.title for role in Role.objects.all()}, _files(one)
    gates = [
        (gate, [
            (stage, may_sign(actor, one, stage.step), _roles(stage.step, roles), files.get(stage.step.key, []))
            for stage in gate.stages
        ])
        for gate in standing.gates
    ]  # fmt: skip
    context = {
        "project": one, "gates": gates, "spans": spans_of(standing), "status": Statuses([one.pk]).of_project(one.pk),
        "total": len(standing.stages), "done": len(standing.marks), "appraised": bool(standing.course.appraised),
        "may_waive": holds(actor, WAIVE, one.street), "may_plan": holds(actor, PLAN, one.street),
        "trail": _trail(), "proposals": one.proposals.select_related("post__division", "decided_post__division")[:ROWS],
    }  # fmt: skip
    return render(request, "planning/procedure.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def sign(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Sign a step: first what it still misses, each with the place where that is done."""
    actor, one = actor_in(request), find_signed(request, pk)
    stage = Standing(one).stage(step)
    if stage is None or stage.mark is not None or not may_sign(actor, one, stage.step):
        raise Http404(step)
    decided = _("由%(body)s决定，签办后公开可查。") % {"body": stage.step.decided_by}
    page = Binding(
        title=_("签办：%(step)s") % {"step": stage.step.words}, submit=_("签办"), done=_("已签办。"),
        back=address_of(one), trail=trail_within(one), lacks=lacks_of_signing(stage, one),
        effects=[decided, *([stage.step.advice] if stage.step.advice else [])],
        lasting=[_("签办和撤回都记入公开台账，不能删除。")], second=needs_second(actor, one, Act.SIGN, step),
    )  # fmt: skip
    return proposing_page(
        request, partial(SignForm, stage.step), page, actor=actor, project=one, act=Act.SIGN, subject=step
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(WAIVE)
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Waive steps that may be waived."""
    actor, one = actor_in(request), find_signed(request, pk)
    standing = Standing(one)
    left = [stage.step for stage in standing.stages if stage.mark is None]
    fixed = [step.words for step in left if not step.waivable]
    lasting = [_("豁免的步骤、理由、提出人和复核人都公开，记入台账。")]
    if fixed:
        lasting.append(_("不得豁免：%(steps)s。") % {"steps": "、".join(fixed)})
    page = Binding(
        title=_("豁免步骤"), submit=_("豁免"), done=_("已豁免，理由已公开。"), back=address_of(one),
        trail=trail_within(one), initial={"steps": request.GET.getlist("step")[:MOST_WAIVED]},
        lacks=[] if any(step.waivable for step in left) else [Lack(_("没有可以豁免的步骤。"), address_of(one))],
        effects=[_("这些步骤不做也往下走。谁、什么时候、为什么，都公开可查。")], lasting=lasting,
        second=needs_second(actor, one, Act.WAIVE, course=standing.course),
    )  # fmt: skip
    return proposing_page(
        request,
        partial(WaiveForm, [step for step in left if step.waivable]),
        page,
        actor=actor,
        project=one,
        act=Act.WAIVE,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def take_back(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Take a mark back."""
    actor, one = actor_in(request), find_signed(request, pk)
    standing = Standing(one)
    stage = standing.stage(step)
    if stage is None or stage.mark is None:
        raise Http404(step)
    waived = stage.mark.state == Mark.State.WAIVED
    allowed = holds(actor, WAIVE, one.street) if waived else may_sign(actor, one, stage.step)
    if not allowed:
        raise Http404(step)
    later = [gate.phase.words for gate in standing.gates if gate.open and gate.phase.key != stage.step.phase]
    said = [_("“%(step)s”重新打开，要重新签办。") % {"step": stage.step.words}]
    if later and stage.step.phase != standing.gates[-1].phase.key:
        said.append(_("它之后的阶段在重新签办前不能再签办。"))
    page = Binding(
        title=_("撤回：%(step)s") % {"step": stage.step.words}, submit=_("撤回"), done=_("已撤回，这一步重新打开。"),
        back=address_of(one), trail=trail_within(one), lacks=lacks_of_taking_back(standing, stage),
        effects=said, lasting=[_("原来的签办仍在台账里。")],
    )  # fmt: skip
    return binding_page(
        request, TakeBackForm, lambda **said: take_back_step(actor, project=one, step=step, **said), page,
        lambda said: [_("撤回“%(step)s”，理由：%(reason)s") % {"step": stage.step.words, "reason": said["reason"]}],
    )  # fmt: skip


@never_cache
@require_safe
@requires(PERMISSION)
def version(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show a version of the procedure, and what it changed."""
    one = get_object_or_404(Procedure, code=code, version=version)
    before = Procedure.objects.filter(code=code, version__lt=version).first()
    course = course_of(one)
    roles = {role.code: role.title for role in Role.objects.all()}
    context = {
        "procedure": one, "versions": Procedure.objects.filter(code=code).only("code", "version", "published_at"),
        "phases": [
            (phase, [(step, told(step), _roles(step, roles)) for step in steps])
            for phase in course.phases for steps in (course.by_phase[phase.key],)
        ],
        "before": before, "changed": differences(before, one) if before else [], "trail": _trail(),
        "enact_after": next((phase for phase in course.phases if phase.key == one.enact_after), None),
        "may_publish": holds(actor_in(request), PUBLISH),
    }  # fmt: skip
    return render(request, "planning/procedure_version.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PUBLISH)
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish a new version: steps of the newest, changed in a table."""
    last = Procedure.objects.filter(code=code).order_by("-version").first()
    if last is None:
        raise Http404(code)
    steps = course_of(last).steps
    roles = [(role.code, role.title) for role in Role.objects.all()]
    bound = request.POST if request.method == "POST" else None
    rows = formset_factory(StepForm, extra=0, max_num=len(steps), validate_max=True)(
        bound, form_kwargs={"roles": _choices(steps, roles)}, initial=[_initial(step) for step in steps], prefix="s"
    )
    source = SourceForm(bound, initial={"source": last.source})
    if bound is not None and rows.is_valid() and source.is_valid():
        known = {step.key: step for step in steps}
        changed = [_changed(known[row["key"]], row) for row in rows.cleaned_data
                   if row.get("key") in known and not row["dropped"]]  # fmt: skip
        try:
            made = publish_procedure(actor_in(request), code=code, steps=changed, source=source.cleaned_data["source"])
        except ValidationError as error:
            refuse(source, error)
        else:
            messages.success(request, _("已发布第 %(n)d 版，新开立的项目按它办。") % {"n": made.version})
            return redirect("planning:procedure-version", code, made.version)
    context = {"procedure": last, "rows": rows, "source": source, "trail": _trail()}
    failed = bound is not None
    return render(request, "planning/procedure_publish.html", context, status=422 if failed else 200)


def _choices(steps: Any, roles: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Roles, and the sets of roles that some step has."""
    names = dict(roles)
    joined = {",".join(step.signs): _roles(step, names) for step in steps}
    return [*roles, *((code, words) for code, words in joined.items() if code not in names)]


def _initial(step: Any) -> dict[str, Any]:
    fields = ("key", "title", "decides", "paper", "least_days", "within", "unit")
    return {**{name: getattr(step, name) for name in fields}, "signs": ",".join(step.signs)}


def _changed(step: Any, row: dict[str, Any]) -> Any:
    """A step with what its row says; English words stay where the Chinese ones did."""
    return replace(
        step, title=row["title"], title_en=step.title_en if row["title"] == step.title else "",
        decides=row["decides"], decides_en=step.decides_en if row["decides"] == step.decides else "",
        signs=tuple(row["signs"].split(",")), paper=row["paper"], least_days=row["least_days"] or 0,
        within=row["within"] or 0, unit=row["unit"],
    )  # fmt: skip


def _files(project: Project) -> dict[str, list[Evidence]]:
    """The files that stand for each step itself, by its key."""
    found: dict[str, list[Evidence]] = {}
    for one in project.evidence.filter(appraisal=None, withdrawn_at=None):
        found.setdefault(one.step, []).append(one)
    return found


def _roles(step: Step, names: dict[str, str]) -> str:
    """The names of the roles that sign a step."""
    return "、".join(names.get(code, code) for code in step.signs)


def _seen(request: HttpRequest) -> Any:
    """Projects of streets, or with communities, in which the one who asks signs."""
    rows = Project.objects.select_related("street", "procedure").prefetch_related("scope").defer("present")
    return rows.signed_in(actor_in(request).areas(PERMISSION))


def find_signed(request: HttpRequest, pk: int) -> Project:
    """Return a project in whose procedure the one who asks signs; 404 otherwise."""
    one: Project | None = _seen(request).filter(pk=pk).first()
    if one is None:
        raise Http404(pk)
    return one


def address_of(one: Project) -> str:
    """Return the address of a project's procedure."""
    return reverse("planning:procedure", args=[one.pk])


def _trail() -> list[tuple[str, str]]:
    return [(_("调整程序"), reverse("planning:under-way"))]


def trail_within(one: Project) -> list[tuple[str, str]]:
    """The pages above an act of a project's procedure."""
    return [*_trail(), (one.title, address_of(one))]
