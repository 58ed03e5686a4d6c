"""公示: a plan before everybody, without an account: basis, map, table, time, what changes and what does not."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.documents.workbooks import XLSX
from linli.org.views.codes import qr_of
from linli.org.views.files import attachment
from linli.planning.communities_file import communities_workbook
from linli.planning.engine import found_of
from linli.planning.exceptions import exceptions_of, rule_words
from linli.planning.ground import ground_of
from linli.planning.kinds import what_it_does
from linli.planning.models import Plan
from linli.planning.opinions import opinions_on, over
from linli.planning.picture import picture
from linli.planning.procedure.standing import Standing
from linli.planning.statements import communities_of
from linli.planning.status import Statuses
from linli.plans.names import community_words
from linli.territory.models import Block

ROWS = 20


@require_safe
@cache_control(public=True, max_age=60)
def public_plans(request: HttpRequest) -> HttpResponse:
    """List the plans that were published."""
    rows = Plan.objects.exclude(published_at=None).defer("labels", "locked").select_related("project__street")
    page = Paginator(rows.order_by("-published_at"), ROWS).get_page(request.GET.get("page"))
    statuses = Statuses({one.project_id for one in page})
    for one in page:
        one.status = statuses.of(one)
    return render(request, "planning/public_plans.html", {"page": page})


@require_safe
@cache_control(public=True, max_age=60)
def public_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a published plan; a building's QR code or an address leads to what it means for that building."""
    plan = _published(pk)
    project = plan.project
    blocks = ground_of(project)
    own = request.GET.get("block", "")[:40]
    mine = _mine(own, plan)
    exceptions = exceptions_of(plan)
    status = Statuses([project.pk]).of(plan)
    context = {
        "exceptions": exceptions, "rule": rule_words(plan, exceptions),
        "plan": plan, "project": project, "picture": picture(plan, blocks, plan.households, own),
        "communities": communities_of(plan), "sum": sum(plan.households.values()),
        "mine": mine, "does": what_it_does(plan), "status": status, "over": over(status),
        "page": Paginator(opinions_on(plan), ROWS).get_page(request.GET.get("page")),
        "code": qr_of(request.build_absolute_uri(reverse("planning:public-plan", args=[pk]))),
        "whole": len(plan.labels) == len(blocks),
        "enactment": plan.enactments.filter(undone_at=None).first(),
        "days": (plan.published_to - timezone.localdate(plan.published_at)).days
        if plan.published_to and plan.published_at
        else 0,
        "compounds": _compounds(plan), "standing": Standing(project),
    }  # fmt: skip
    return render(request, "planning/public_plan.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the communities of a published plan as a workbook."""
    plan = _published(pk)
    return attachment(communities_workbook(communities_of(plan)), XLSX, f"{plan.project.title}.xlsx", f"plan-{pk}.xlsx")


@require_safe
@cache_control(public=True, max_age=60)
def outlines(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the lines of a published plan's communities as GeoJSON."""
    from linli.planning.geojson import GEOJSON, geojson_of

    plan = _published(pk)
    blocks = ground_of(plan.project)
    if len(plan.labels) < len(blocks):
        raise Http404(pk)
    content = geojson_of(plan, found_of(plan, blocks))
    return attachment(content, GEOJSON, f"{plan.project.title}.geojson", f"plan-{pk}.geojson")


def _published(pk: int) -> Plan:
    """Return a plan that was published; 404 otherwise."""
    shown = Plan.objects.exclude(published_at=None)
    plan = shown.select_related("project__street", "scenario", "project__standard", "project__procedure")
    one = plan.filter(pk=pk).first()
    if one is None:
        raise Http404(pk)
    return one


def _mine(code: str, plan: Plan) -> dict[str, str] | None:
    """What a plan means for one block: its compound, its community today and then."""
    if code not in plan.labels:
        return None
    block = Block.objects.filter(street=plan.project.street, code=code).select_related("compound").first()
    if block is None:
        return None
    before, after = plan.project.present.get(code, ""), community_words(plan.community_of(code))
    name = str(block.compound or block.code)
    return {"name": name, "after": after, "before": community_words(before) if before else ""}


def _compounds(plan: Plan) -> list[tuple[str, str, str]]:
    """List every compound with a name: the block by which its page is asked for, its name, its community then."""
    rows = Block.objects.filter(street=plan.project.street, compound__isnull=False)
    found: dict[str, tuple[str, str, str]] = {}
    for code, name in rows.values_list("code", "compound__name").order_by("compound__name", "code"):
        if name and code in plan.labels:
            found.setdefault(name, (code, name, plan.community_of(code)))
    return list(found.values())
