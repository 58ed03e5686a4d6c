"""规模标准: versions, what changed between two, and publishing a new one after seeing what it would flag."""

from __future__ import annotations

import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.org.policies import actor_in, holds, requires
from linli.org.views.acting import refuse
from linli.planning.actions.publish_standard import publish_standard
from linli.planning.checkup import Standing, check, read_ground, summary
from linli.planning.forms import StandardForm
from linli.planning.models import Standard
from linli.planning.norms import in_words
from linli.planning.standards import differences, in_force, profile_of
from linli.plans.diagnosis import split_limit
from linli.territory.counts import said
from linli.territory.models import Count

ROWS = 50


@require_safe
@requires("planning.diagnose")
def standards(request: HttpRequest) -> HttpResponse:
    """List every version of every standard, and say which hold today."""
    page = Paginator(Standard.objects.all(), ROWS).get_page(request.GET.get("page"))
    holding = {standard.pk for standard in in_force(Standard.objects.all(), timezone.localdate())}
    return render(request, "planning/standards.html", {"page": page, "holding": holding})


@require_safe
@requires("planning.diagnose")
def standard(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """Show one version with all its thresholds, and what it changed against the one before."""
    one = get_object_or_404(Standard, code=code, version=version)
    before = Standard.objects.filter(code=code, version__lt=version).order_by("-version").first()
    changed = [(name, _shown(old), _shown(new)) for name, old, new in differences(before, one)] if before else []
    context = {
        "standard": one, "before": before, "changed": changed, "trail": _trail(),
        "norms": in_words(profile_of(one).norms),
        "may_publish": holds(actor_in(request), "planning.standards"),
        "newest": not Standard.objects.filter(code=code, version__gt=version).exists(),
    }  # fmt: skip
    return render(request, "planning/standard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("planning.standards")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Fill in a new version; see first which communities would change their grade or be flagged, then publish."""
    newest = get_object_or_404(Standard.objects.order_by("-version"), code=code, version=_newest(code))
    form = StandardForm(
        request.POST if request.method == "POST" else None, instance=newest, initial={"grades": newest.grades}
    )
    effect: dict[str, Any] | None = None
    if form.is_bound and form.is_valid():
        wanted = form.cleaned_data
        try:
            if "publish" in request.POST:
                made = publish_standard(actor_in(request), code=code, **wanted)
                messages.success(request, _("已发布第 %(version)d 版。") % {"version": made.version})
                return redirect("planning:standard", code, made.version)
            effect = _effect(request, newest, wanted)
        except ValidationError as error:
            refuse(form, error)
    context = {
        "form": form, "newest": newest, "effect": effect, "trail": [*_trail(), (newest.title, _address(newest))],
    }  # fmt: skip
    return render(request, "planning/publish.html", context, status=422 if form.errors else 200)


def _effect(request: HttpRequest, newest: Standard, wanted: dict[str, Any]) -> dict[str, Any]:
    """What a version would change today: communities by grade and flag, before and after."""
    after = copy.copy(newest)
    for name, value in wanted.items():
        setattr(after, name, value)
    ground = read_ground(actor_in(request).areas("planning.standards"), timezone.localdate())
    found, gaps = [], []
    for standard in (newest, after):
        profile = profile_of(standard)
        standings = check(
            ground, count=str(Count.Definition.HOUSEHOLDS_REGISTERED), standard=profile, profiles=[profile],
            limit=split_limit(profile, None),
        )  # fmt: skip
        found.append({one.division.pk: one for one in standings})
        gaps.append(summary(standings))
    rows = [(one, found[1][key]) for key, one in found[0].items() if _verdict(one) != _verdict(found[1][key])]
    counted = said(ground.note_of(str(Count.Definition.HOUSEHOLDS_REGISTERED)))
    return {"rows": rows, "all": len(found[0]), "counted": counted, "gaps": _gaps(*gaps)}


def _gaps(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What lacks in all communities together by the norms: what it is, before and after, where that changes."""
    titles = {"workers_lacking": _("社区工作者缺口（人）"), "floor_lacking_m2": _("服务用房缺口（㎡）")}
    return [(words, before[name], after[name]) for name, words in titles.items() if before[name] != after[name]]


def _verdict(standing: Standing) -> tuple[str, bool]:
    return (standing.checkup.grade if standing.known else ""), standing.verdict == "split"


def _newest(code: str) -> int:
    return Standard.objects.filter(code=code).order_by("-version").values_list("version", flat=True).first() or 0


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return "；".join(f"{name} {most or '—'}" for name, most in value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return "—" if value in (None, "", {}) else value


def _address(standard: Standard) -> str:
    return reverse("planning:standard", args=[standard.code, standard.version])


def _trail() -> list[tuple[str, str]]:
    return [(_("规模标准"), reverse("planning:standards"))]
