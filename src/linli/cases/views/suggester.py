"""类别建议: how well the model does, category by category; train it anew, switch it off; try a sentence."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.cases.actions import teaching
from linli.cases.actions.teaching import PERMISSION
from linli.cases.models import Suggester
from linli.cases.suggesting import suggest
from linli.matters.models import Category, Matter
from linli.org.policies import actor_in, requires
from linli.written import number_in

ROWS = 20


@never_cache
@require_safe
@requires(PERMISSION)
def suggester(request: HttpRequest) -> HttpResponse:
    """Show the model in use and those before, and how staff judged its suggestions."""
    held = Suggester.objects.filter(active=True).defer("weights").first()
    named = {one.code: one for one in Category.objects.all()}
    rows = []
    if held is not None:
        rows = [(named.get(code, code), *figures) for code, figures in held.accuracy["by_code"].items()]
    page = Paginator(Suggester.objects.defer("weights"), ROWS).get_page(request.GET.get("page"))
    asked = request.GET.get("text", "")[:400]
    answers = [(named.get(one.code, one.code), round(100 * one.confidence)) for one in suggest(asked)] if asked else []
    kept = Matter.objects.filter(guess=Matter.Guess.MODEL, state="closed").count()
    corrected = Matter.objects.filter(guess=Matter.Guess.PERSON).exclude(confidence=None).count()
    context = {
        "held": held, "rows": sorted(rows, key=lambda row: -row[3]), "page": page, "asked": asked, "answers": answers,
        "kept": kept, "corrected": corrected, "trail": [(_("分类与派遣"), reverse("cases:rules"))],
    }  # fmt: skip
    return render(request, "cases/suggester.html", context)


@never_cache
@require_POST
@requires(PERMISSION)
def train(request: HttpRequest) -> HttpResponse:
    """Train anew in the background."""
    teaching.ask_for_training(actor_in(request))
    messages.success(request, _("已开始训练，一两分钟后刷新这一页。"))
    return redirect("cases:suggester")


@never_cache
@require_POST
@requires(PERMISSION)
def switch(request: HttpRequest) -> HttpResponse:
    """Use a model, or none."""
    key = number_in(request.POST.get("suggester"))
    chosen = None if key is None else get_object_or_404(Suggester, pk=key)
    teaching.switch(actor_in(request), suggester=chosen)
    messages.success(request, _("已启用。") if chosen else _("已停用，新事项不再建议类别。"))
    return redirect("cases:suggester")
