"""划分项目: the list, a new one, one with its searches and versions; asking the engine, calling it off."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.jobs.models import Job
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page
from linli.planning.actions.close_project import close_project
from linli.planning.actions.open_project import PERMISSION, open_project
from linli.planning.actions.run_scenario import cancel_run, run_scenario
from linli.planning.counted import counted_in
from linli.planning.kind_forms import KIND_FORMS, KIND_WORDS
from linli.planning.models import Project, Run, Standard
from linli.planning.project_forms import GOALS, CloseForm, ScenarioForm
from linli.planning.standards import in_force
from linli.planning.status import Statuses
from linli.territory.models import Count as Counted
from linli.written import number_in

ROWS = 30
UNDER_WAY = (Job.State.WAITING, Job.State.RUNNING)


@never_cache
@require_safe
@requires(PERMISSION)
def projects(request: HttpRequest) -> HttpResponse:
    """List the split projects."""
    rows = Project.objects.seen_by(actor_in(request).areas(PERMISSION)).select_related("street").defer("present")
    page = Paginator(rows.prefetch_related("scope").annotate(number=Count("plans")).order_by("-pk"), ROWS).get_page(
        request.GET.get("page")
    )
    statuses = Statuses([one.pk for one in page])
    for one in page:
        one.status = statuses.of_project(one.pk)
    return render(request, "planning/projects.html", {"page": page, "kinds": Project.Kind.choices})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def new_project(request: HttpRequest) -> HttpResponse:
    """Open a project of a kind."""
    asked = request.GET.get("kind", "")
    kind = Project.Kind(asked if asked in Project.Kind.values else Project.Kind.SPLIT)
    actor, today = actor_in(request), timezone.localdate()
    communities = Division.objects.on(today).filter(kind=Division.Kind.COMMUNITY)
    communities = communities.filter(under("path", actor.areas(PERMISSION))).order_by("code")
    standards = in_force(Standard.objects.all(), today)
    rows = Standard.objects.filter(pk__in=[one.pk for one in standards])
    first = standards[0] if standards else None

    def write(scope: Any, **said: Any) -> None:
        chosen = list(scope)
        open_project(actor, street=chosen[0].parent, scope=chosen, kind=kind, **said)

    return act_page(
        request, partial(KIND_FORMS[kind], communities, rows), write,
        title=_("开立项目：%(kind)s") % {"kind": kind.label}, submit=_("开立"),
        done=_("已开立。"), back=reverse("planning:projects"), trail=trail(),
        initial={"standard": first, "count": Counted.Definition.HOUSEHOLDS_REGISTERED,
                 "households_least": first.households_least if first else None,
                 "households_most": first.households_most if first else None,
                 "scope": [one for one in request.GET.getlist("community")[:20] if number_in(one) is not None]},
        words=str(KIND_WORDS[kind]),
    )  # fmt: skip


@never_cache
@require_safe
@requires(PERMISSION)
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a project: its scope and bounds, searches that are under way, versions by branch."""
    one = find(request, pk)
    runs = Run.objects.filter(scenario__project=one).select_related("scenario", "job", "plan")
    latest = list(runs[:10])
    plans = one.plans.defer("labels", "locked").select_related("scenario").order_by("-number")
    page = Paginator(plans, ROWS).get_page(request.GET.get("page"))
    statuses = Statuses([one.pk])
    for version in page:
        version.status = statuses.of(version)
    context = {
        "project": one, "page": page, "trail": trail(),
        "running": [run for run in latest if run.job.state in UNDER_WAY],
        "ended": [run for run in latest if run.job.state not in UNDER_WAY and run.plan_id is None],
        "may_close": Project.objects.open().filter(pk=one.pk).exists(), "goals": GOALS,
        "counted": counted_in(one),
    }  # fmt: skip
    return render(request, "planning/project.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def new_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the engine for a plan."""
    one = find(request, pk)
    if not one.searched:
        raise Http404(pk)
    return act_page(
        request, partial(ScenarioForm, one), lambda **said: run_scenario(actor_in(request), project=one, **said),
        title=_("请引擎找方案"), submit=_("开始"),
        done=_("已开始，在后台进行；找到后列在方案里。"), back=reverse("planning:project", args=[one.pk]),
        trail=trail_within(one),
        initial={"keep_whole": True, "seconds": 60, "seed": 1,
                 "kept": [str(c.name) for c in one.scope.all()]},
        words=_(
            "先给目标的权重，0 是不看，同样的权重是各差百分之一一样重。"
            "户数须在 %(least)d 到 %(most)d 户之间，每个社区连成一片、不留飞地。"
        ) % {"least": one.households_least, "most": one.households_most},
    )  # fmt: skip


@never_cache
@require_POST
@requires(PERMISSION)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a search off."""
    run = get_object_or_404(Run.objects.select_related("scenario__project__street", "job"), pk=pk)
    one = find(request, run.scenario.project_id)
    cancel_run(actor_in(request), run=run)
    messages.success(request, _("已取消。"))
    return redirect("planning:project", one.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a project up."""
    one = find(request, pk)
    return act_page(
        request, CloseForm, lambda why: close_project(actor_in(request), project=one, why=why), title=_("结束项目"),
        submit=_("结束"), done=_("已结束，这些社区可以另开项目。"), back=reverse("planning:project", args=[one.pk]),
        trail=trail_within(one), danger=True,
        words=_("没有方案要生效时用。画过的方案都留着，可以再看；结束了不能再打开。"),
    )  # fmt: skip


def find(request: HttpRequest, pk: int) -> Project:
    """Return a project that the one who asks may see; 404 otherwise."""
    rows = Project.objects.seen_by(actor_in(request).areas(PERMISSION)).select_related("street", "standard")
    one = rows.filter(pk=pk).first()
    if one is None:
        raise Http404(pk)
    return one


def trail() -> list[tuple[str, str]]:
    """The pages above."""
    return [(_("划分项目"), reverse("planning:projects"))]


def trail_within(one: Project) -> list[tuple[str, str]]:
    """The pages above one that belongs to a project."""
    return [*trail(), (one.title, reverse("planning:project", args=[one.pk]))]
