"""Versions against each other and against chance: side by side, dossier, trade-off, figures by boundary."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.org.policies import actor_in, requires
from linli.planning.actions.draw_neutral import draw_neutral
from linli.planning.actions.open_project import PERMISSION
from linli.planning.beside import MEASURES, households_of, moved, rows_of
from linli.planning.boundaries import boundaries, figures, labels_under
from linli.planning.charts import scatter
from linli.planning.counted import all_counted, counted_in
from linli.planning.details import who
from linli.planning.ground import ground_of
from linli.planning.models import Plan
from linli.planning.neutral import places, sample_for
from linli.planning.picture import picture
from linli.planning.procedure.standing import Standing
from linli.planning.statements import communities_of
from linli.planning.views.plans import address, trail_of, version
from linli.planning.views.projects import find, trail_within
from linli.written import number_in

MOST_BESIDE, MOST_POINTS = 4, 60


@never_cache
@require_safe
@requires(PERMISSION)
def beside(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show two to four versions side by side."""
    plans = _chosen(request, pk, number)
    if len(plans) < 2:
        raise Http404
    project, blocks = plans[0].project, ground_of(plans[0].project)
    context = {
        **_compared(plans), "pictures": [(one, picture(one, blocks, one.households)) for one in plans],
        "question": "&".join(f"with={one.number}" for one in plans[1:]), "trail": trail_within(project),
    }  # fmt: skip
    return render(request, "planning/beside.html", context)


@never_cache
@require_safe
@requires(PERMISSION)
def dossier(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show a version, and those beside it, as one paper to be printed."""
    plans = _chosen(request, pk, number)
    first, blocks = plans[0], ground_of(plans[0].project)
    context = {
        **_compared(plans),
        "sheets": [(one, picture(one, blocks, one.households), communities_of(one), who(one.by)) for one in plans],
        "standing": Standing(first.project), "today": timezone.localdate(), "trail": trail_of(first),
    }  # fmt: skip
    return render(request, "planning/dossier.html", context)


@never_cache
@require_safe
@requires(PERMISSION)
def tradeoff(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions by two measures; each point opens its plan."""
    project = find(request, pk)
    x, y = (_measure(request.GET.get(axis, ""), usual) for axis, usual in (("x", "boundary"), ("y", "balance")))
    rows = (
        project.plans.filter(broken=[])
        .defer("labels", "locked")
        .select_related("scenario")
        .order_by("-number")[:MOST_POINTS]
    )
    shown = [(one, one.measures[x], one.measures[y]) for one in rows if x in one.measures and y in one.measures]
    axes = MEASURES[x], MEASURES[y]
    context = {
        "project": project, "x": x, "y": y, "axes": axes,
        "measures": [(name, said[0]) for name, said in MEASURES.items()],
        "scatter": scatter(shown, (axes[0][2], axes[1][2]), (axes[0][1], axes[1][1])),
        "table": [(one, axes[0][1].format(a), axes[1][1].format(b)) for one, a, b in shown],
        "trail": trail_within(project), "counted": counted_in(project),
    }  # fmt: skip
    return render(request, "planning/tradeoff.html", context)


@never_cache
@require_safe
@requires(PERMISSION)
def figures_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the same figures under one boundary and another."""
    project, today = find(request, pk), timezone.localdate()
    plans = list(project.plans.only("number", "project").order_by("-number")[:MOST_POINTS])
    named = dict(boundaries(project, plans))
    usual = ("opened", f"v{plans[0].number}" if plans else "today")
    chosen = [request.GET.get(axis, "") or name for axis, name in zip(("a", "b"), usual, strict=True)]
    blocks, tables = ground_of(project), []
    for name in chosen:
        labels = labels_under(project, name, today)
        if labels is None:
            raise Http404(name)
        tables.append((named.get(name, name), figures(project, blocks, labels, today)))
    context = {
        "project": project, "tables": tables, "named": named, "a": chosen[0], "b": chosen[1],
        "trail": trail_within(project), "notes": all_counted(project),
    }  # fmt: skip
    return render(request, "planning/figures.html", context)


@never_cache
@require_POST
@requires(PERMISSION)
def draw(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Draw neutral plans beside a version."""
    one = version(request, pk, number)
    try:
        draw_neutral(actor_in(request), plan=one)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("已开始抽取，在后台进行。"))
    return redirect(address(one))


def _chosen(request: HttpRequest, pk: int, number: int) -> list[Plan]:
    """The version, and up to three others that the address names."""
    first = version(request, pk, number)
    wanted = [found for text in request.GET.getlist("with") if (found := number_in(text)) is not None]
    others = list(first.project.plans.filter(number__in=wanted[: MOST_BESIDE - 1]).exclude(pk=first.pk))
    for one in others:
        one.project = first.project
    return [first, *others]


def _compared(plans: list[Plan]) -> dict[str, Any]:
    """What both the page and the paper say of versions: measures, what each moves against the first, their places."""
    first = plans[0]
    counts = households_of(ground_of(first.project), first.project)
    return {
        "plans": plans, "first": first, "project": first.project, "rows": rows_of(plans), "neutral": _neutral(plans),
        "differences": [(one, moved(first, one, counts)) for one in plans[1:]], "counted": counted_in(first.project),
    }  # fmt: skip


def _neutral(plans: list[Plan]) -> list[tuple[Plan, Any]]:
    """Where each stands among neutral plans, where these were drawn."""
    blocks = ground_of(plans[0].project)
    found = [(one, None if one.broken else sample_for(one, blocks)) for one in plans]
    return [(one, places(one, sample)) for one, sample in found if sample is not None and sample.drawn]


def _measure(name: str, usual: str) -> str:
    return name if name in MEASURES else usual
