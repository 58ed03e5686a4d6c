"""方案说明: what a version is for and how it keeps its principles, its sides and resources; the papers, and files."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.org.policies import actor_in, requires
from linli.org.views.acting import act_page
from linli.org.views.files import attachment
from linli.planning.actions.choose_proposals import choose_proposals
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.state_objective import state_objective
from linli.planning.actions.write_sides import write_sides
from linli.planning.closing import closing
from linli.planning.details import by_hand_of, chosen_of, staff_of
from linli.planning.engine import found_of
from linli.planning.exceptions import exceptions_section
from linli.planning.ground import ground_of
from linli.planning.models import Plan
from linli.planning.paper_forms import ObjectiveForm, ProposalsForm, SidesForm
from linli.planning.statements import generated_sides, method_of, reasons_wanted
from linli.planning.views.binding import lacking_page
from linli.planning.views.plans import lacks_of_approval, trail_of, version
from linli.planning.views.projects import find, trail_within

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FOR_APPROVAL = "petition"  # the paper that asks for approval; the others are what experts and departments read


@never_cache
@require_safe
@requires(PERMISSION)
def account(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show what the papers of a version say: objective, principles, sides, resources, lines, method."""
    from linli.plans.resources import before_and_after
    from linli.plans.sections import (
        lines_section,
        method_section,
        objective_section,
        principles_section,
        resources_section,
        settled,
    )  # fmt: skip

    one = whole(request, pk, number)
    found, staff = found_of(one, ground_of(one.project)), staff_of(one.project)
    today, then = before_and_after(found, staff)
    chosen = settled(found, then, staff, chosen_of(one))
    lacking = {lack.community for lack in then if lack.lack}
    with override("zh-hans"):  # the papers' own words
        method = method_of(one)
    context = {
        "plan": one, "project": one.project, "trail": trail_of(one),
        "first": [objective_section(found, one.project.objective, today, then), principles_section(found, then)],
        "rest": [
            resources_section(found, today, then, chosen), lines_section(found), method_section(found, method),
            exceptions_section(one),
        ],
        "communities": [
            (place, community, community.name in lacking) for place, community in enumerate(found.communities)
        ],
        "wanting": reasons_wanted(one), "broken": bool(one.broken),
    }  # fmt: skip
    return render(request, "planning/account.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def objective(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a project is for."""
    project = find(request, pk)
    return act_page(
        request, ObjectiveForm, lambda **said: state_objective(actor_in(request), project=project, **said),
        title=_("项目目标"), submit=_("保存"), done=_("已保存。"), back=reverse("planning:project", args=[pk]),
        trail=trail_within(project), initial={"objective": project.objective},
        words=_("各种材料都从目标写起，指标对着目标。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def sides(request: HttpRequest, pk: int, number: int, place: int) -> HttpResponse:
    """Write the sides of a community by hand."""
    one = whole(request, pk, number)
    name = _named(one, place)
    written = generated_sides(one)[name]
    by_hand = {side: said.words for side, said in by_hand_of(one).get(name, {}).items()}
    return act_page(
        request, partial(SidesForm, written),
        lambda **said: write_sides(actor_in(request), plan=one, community=name, sides=said),
        title=_("四至：%(name)s") % {"name": name}, submit=_("保存"), done=_("已保存。"), back=_address(one),
        trail=_trail(one), initial={**written, **by_hand},
        words=_("改过的一面标明人工修改、谁、什么时候；这一面的界线不变，以后的版本沿用。清空就恢复自动生成的。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def proposals(request: HttpRequest, pk: int, number: int, place: int) -> HttpResponse:
    """Choose how what a community lacks is to be met."""
    from linli.plans.resources import before_and_after
    from linli.plans.sections import settled

    one = whole(request, pk, number)
    name = _named(one, place)
    found, staff = found_of(one, ground_of(one.project)), staff_of(one.project)
    _today, then = before_and_after(found, staff)
    here = [row for row in settled(found, then, staff, chosen_of(one)) if row.community == name]
    if not here:
        raise Http404(place)
    lack = {row.kind: row for row in then if row.community == name}
    return act_page(
        request, partial(ProposalsForm, [(row, lack[row.kind]) for row in here], one.proposals.get(name, {})),
        lambda **said: choose_proposals(actor_in(request), plan=one, community=name, **said),
        title=_("资源缺口：%(name)s") % {"name": name}, submit=_("保存"), done=_("已保存。"), back=_address(one),
        trail=_trail(one),
        words=_("不选的按规则：步行能到、有富余的共建共享，有未交付住房的新建，其余租用；人员先调剂，不够再招聘。"),
    )  # fmt: skip


@never_cache
@require_safe
@requires(PERMISSION)
def paper(request: HttpRequest, pk: int, number: int, name: str) -> HttpResponse:
    """Give one of the papers; first ask why communities lie outside the law's band, where nobody said."""
    from linli.planning.papers import PAPERS, written_paper

    one = whole(request, pk, number)
    if name not in PAPERS or one.broken:
        raise Http404(name)
    if reasons_wanted(one):
        return redirect("planning:reasons", pk, number)
    lacks = lacks_of_approval(one) if name == FOR_APPROVAL else []
    if lacks:
        return lacking_page(request, title=_(PAPERS[name].file), back=_address(one), trail=_trail(one), lacks=lacks)
    body = written_paper(name, one, day=timezone.localdate(), synthetic=settings.DEMO, closing=closing())
    title = f"{one.project.title}-V{number}-{PAPERS[name].file}"
    return attachment(body, DOCX, title, f"{name}-{pk}-{number}.docx")


@never_cache
@require_safe
@requires(PERMISSION)
def geojson(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give the communities of a version as GeoJSON."""
    from linli.planning.geojson import GEOJSON, geojson_of

    one = whole(request, pk, number)
    name = f"plan-{pk}-{number}.geojson"
    return attachment(geojson_of(one, found_of(one, ground_of(one.project))), GEOJSON, name, name)


def whole(request: HttpRequest, pk: int, number: int) -> Plan:
    """Return a version without open blocks; 404 otherwise."""
    one = version(request, pk, number)
    if len(one.labels) < len(ground_of(one.project)):
        raise Http404(number)
    return one


def _named(one: Plan, place: int) -> str:
    """Return the community that an address means; 404 where there is none."""
    if not place < len(one.names):
        raise Http404(place)
    return str(one.names[place])


def _address(one: Plan) -> str:
    return reverse("planning:account", args=[one.project_id, one.number])


def _trail(one: Plan) -> list[tuple[str, Any]]:
    return [*trail_of(one), (_("方案说明"), _address(one))]
