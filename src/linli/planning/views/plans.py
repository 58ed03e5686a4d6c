"""方案: a version with map, table and log; as a file; the reasons that approvers ask for."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.naming import is_provisional
from linli.org.policies import actor_in, holds, requires
from linli.org.views.acting import act_page
from linli.org.views.files import attachment
from linli.planning.actions.enact import PERMISSION as ENACT
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.beside import grouped, households_of, rows_of
from linli.planning.closing import closing
from linli.planning.details import who
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project
from linli.planning.neutral import places, sample_for
from linli.planning.picture import picture
from linli.planning.procedure.lacks import Lack
from linli.planning.procedure.standing import Standing
from linli.planning.project_forms import ReasonsForm
from linli.planning.statements import communities_of, reasons_wanted
from linli.planning.status import status_of
from linli.planning.verifying import write_file
from linli.planning.views.binding import lacking_page
from linli.planning.views.projects import find, trail_within

GEOPACKAGE = "application/geopackage+sqlite3"


@never_cache
@require_safe
@requires(PERMISSION)
def plan(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a version: map, communities, how good and how that is known, what it moved and why."""
    one = version(request, pk, number)
    project = one.project
    blocks = ground_of(project)
    changes = one.changes.values_list("block", "before", "after")
    others = project.plans.exclude(pk=one.pk).only("number", "branch", "project").order_by("-number")[:12]
    context = {
        "status": status_of(one), "provisional": any(is_provisional(name) for name in one.names),
        "plan": one, "project": project, "picture": picture(one, blocks, one.households),
        "groups": grouped(changes, households_of(blocks, project)),
        "communities": communities_of(one), "rows": rows_of([one]), "others": others,
        "enactments": one.enactments.all(), "may_enact": holds(actor_in(request), ENACT, project.street),
        "sum": sum(one.households.values()), "open": len(blocks) - len(one.labels), "today": timezone.localdate(),
        "by": who(one.by), "sample": None if one.broken else sample_for(one, blocks),
        "trail": trail_within(project),
    }  # fmt: skip
    context["places"] = places(one, context["sample"]) if context["sample"] and context["sample"].drawn else []
    return render(request, "planning/plan.html", context)


@never_cache
@require_safe
@requires(PERMISSION)
def plan_file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give a version as a sealed plan file that `linli verify` checks."""
    one = version(request, pk, number)
    blocks = ground_of(one.project)
    if len(one.labels) < len(blocks):
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.gpkg"
        write_file(one, blocks, path)
        name = f"plan-{pk}-{number}.gpkg"
        return attachment(path.read_bytes(), GEOPACKAGE, name, name)


@never_cache
@require_safe
@requires(PERMISSION)
def pack(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give the approval pack; first ask why communities lie outside the statutory band, and for what it lacks."""
    from linli.planning.pack import approval_pack

    one = version(request, pk, number)
    blocks = ground_of(one.project)
    if one.broken or len(one.labels) < len(blocks):
        raise Http404
    if reasons_wanted(one):
        return redirect("planning:reasons", pk, number)
    lacks = lacks_of_approval(one)
    if lacks:
        return lacking_page(request, title=_("报批材料"), back=address(one), trail=trail_of(one), lacks=lacks)
    body = approval_pack(
        one, found_of(one, blocks), day=timezone.localdate(), synthetic=settings.DEMO, closing=closing()
    )
    return attachment(body, "application/zip", f"{one.project.title}-V{number}.zip", f"pack-{pk}-{number}.zip")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def reasons(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Say why communities lie outside the statutory band."""
    one = version(request, pk, number)
    names = list(one.outside)

    def write(**said: Any) -> None:
        given = {name: said[f"c{k}"] for k, name in enumerate(names)}
        state_reasons(actor_in(request), plan=one, reasons=given)

    return act_page(
        request, partial(ReasonsForm, [(name, one.reasons.get(name, "")) for name in names]), write,
        title=_("说明规模理由"), submit=_("保存"), done=_("已保存，可以公示、下载报批材料。"), back=address(one),
        trail=trail_of(one), words=_("这些社区不在法定一般规模之内，公示和报批前要写明理由，公示页上也看得到。"),
    )  # fmt: skip


def lacks_of_approval(one: Plan) -> list[Lack]:
    """Say what a version lacks before its papers for approval are given: what the procedure puts before them."""
    standing = Standing(one.project)
    return standing.up_to(standing.course.pack_after, one)


def version(request: HttpRequest, pk: int, number: int) -> Plan:
    """Return a version that the one who asks may see; 404 otherwise."""
    project: Project = find(request, pk)
    one = project.plans.select_related("parent", "scenario").filter(number=number).first()
    if one is None:
        raise Http404(number)
    one.project = project
    return one


def address(one: Plan) -> str:
    """Return the address of a version."""
    return reverse("planning:plan", args=[one.project_id, one.number])


def trail_of(one: Plan) -> list[tuple[str, str]]:
    """The pages above an act on a version."""
    return [*trail_within(one.project), (f"V{one.number}", address(one))]
