"""分类与派遣: categories, duty lists, rules with dry run and conflict report, texts for usual answers."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions import ruling
from linli.cases.actions.ruling import PERMISSION
from linli.cases.forms import CategoryForm, DutyForm, EndForm, RouteForm, TextForm
from linli.cases.models import Route
from linli.cases.routes import RELATED, conflicts, dry_run
from linli.matters.actions.once import each_once, once
from linli.matters.models import Category, DutyItem, StandardText
from linli.matters.states import OPEN
from linli.org.days import holding
from linli.org.models import Division, Post
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page, refuse

ROWS = 50


@never_cache
@require_safe
@requires(PERMISSION)
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules that hold, and what is wrong with them."""
    rows = Route.objects.on(timezone.localdate()).select_related(*RELATED)
    ordered = sorted(rows, key=lambda one: (-one.weight, one.pk))
    page = Paginator(ordered, ROWS).get_page(request.GET.get("page"))
    found = conflicts(ordered)
    wrong = {route.pk for one in found for route in one.routes}
    return render(request, "cases/rules.html", {"page": page, "conflicts": found[:ROWS], "wrong": wrong})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def route(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a rule, or a new version of one; first see what it would have changed in the last month."""
    actor = actor_in(request)
    old = get_object_or_404(Route.objects.on(timezone.localdate()), pk=pk) if pk is not None else None
    initial = (
        {name: getattr(old, name) for name in (
            "title", "category", "group", "kind", "source", "urgent", "within", "level", "post", "basis"
        )} if old else {}
    )  # fmt: skip
    form = RouteForm(
        _divisions(request), _posts(request), request.POST if request.method == "POST" else None, initial=initial
    )
    tried: dict[str, Any] | None = None
    if form.is_bound and form.is_valid():
        said = dict(form.cleaned_data)
        key, draft = said.pop("key"), Route(**said)
        try:
            ruling.check_route(draft)
            if "publish" in request.POST:
                once(key, partial(ruling.write_route, actor, **said, replaces=old))
                messages.success(request, _("规则已生效。"))
                return redirect("cases:rules")
            tried = _tried(draft, old)
        except ValidationError as error:
            refuse(form, error)
    context = {"form": form, "old": old, "tried": tried, "trail": _trail()}
    return render(request, "cases/route.html", context, status=422 if form.errors else 200)


def _tried(draft: Route, old: Route | None) -> dict[str, Any]:
    now = list(Route.objects.on(timezone.localdate()).select_related(*RELATED))
    after = [*(one for one in now if old is None or one.pk != old.pk), draft]
    number, moved = dry_run(after, now)
    clashes = [one for one in conflicts(after) if draft in one.routes]
    return {"number": number, "moved": moved, "sum": sum(one.count for one in moved), "conflicts": clashes}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def end_route(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule hold no longer."""
    one = get_object_or_404(Route.objects.on(timezone.localdate()), pk=pk)
    return _end(request, one.title, lambda on: ruling.end_route(actor_in(request), route=one, on=on), "cases:rules")


@never_cache
@require_safe
@requires(PERMISSION)
def categories(request: HttpRequest) -> HttpResponse:
    """List the categories, with how many open cases bear each."""
    rows = Category.objects.annotate(number=Count("matters", filter=Q(matters__state__in=OPEN))).order_by("code")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "cases/categories.html", {"page": page, "trail": _trail()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def category(request: HttpRequest, code: str = "") -> HttpResponse:
    """Write a category."""
    one = get_object_or_404(Category, code=code) if code else None
    initial: dict[str, Any] = {}
    if one is not None:
        amount, unit = one.limits.get("handle", [None, "working_days"])
        fields = ("code", "title", "group", "national", "private", "urgent", "succession", "active")
        initial = {**{name: getattr(one, name) for name in fields}, "amount": amount, "unit": unit}

    def write(**said: Any) -> None:
        amount, unit = said.pop("amount"), said.pop("unit")
        limits = {key: value for key, value in (one.limits if one else {}).items() if key != "handle"}
        limits |= {"handle": [amount, unit]} if amount else {}
        ruling.write_category(actor_in(request), category=one, limits=limits, **said)

    return act_page(
        request, CategoryForm, each_once(write), title=str(one) if one else _("增加类别"), submit=_("保存"),
        done=_("已保存。"), back=reverse("cases:categories"), initial=initial,
        trail=[*_trail(), (_("类别"), reverse("cases:categories"))],
        words=_("时限空着就按普通事项。已经开始的时限不变。"),
    )  # fmt: skip


@never_cache
@require_safe
@requires(PERMISSION)
def duties(request: HttpRequest) -> HttpResponse:
    """List the three duty lists as they hold today."""
    rows = DutyItem.objects.on(timezone.localdate()).select_related("division").prefetch_related("categories")
    which = request.GET.get("list", "")
    if which in DutyItem.List.values:
        rows = rows.filter(list=which)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "lists": DutyItem.List.choices, "which": which, "trail": _trail()}
    return render(request, "cases/duties.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def duty(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write an entry of a duty list, or a new version of one."""
    old = get_object_or_404(DutyItem.objects.on(timezone.localdate()), pk=pk) if pk is not None else None
    fields = ("list", "number", "text", "owner", "basis", "division")
    initial = {name: getattr(old, name) for name in fields} if old else {}
    if old is not None:
        initial["categories"] = list(old.categories.all())

    return act_page(
        request, partial(DutyForm, _divisions(request)),
        each_once(partial(ruling.write_duty, actor_in(request), replaces=old)),
        title=str(old or _("增加清单条目")), submit=_("保存"), done=_("已保存。"), back=reverse("cases:duties"),
        trail=[*_trail(), (_("权责清单"), reverse("cases:duties"))], initial=initial,
        words=_("“收回”清单里的事不能派给街道和社区，系统会引用这一条。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def end_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an entry hold no longer."""
    one = get_object_or_404(DutyItem.objects.on(timezone.localdate()), pk=pk)
    return _end(request, str(one), lambda on: ruling.end_duty(actor_in(request), duty=one, on=on), "cases:duties")


@never_cache
@require_safe
@requires(PERMISSION)
def texts(request: HttpRequest) -> HttpResponse:
    """List the texts for usual answers."""
    page = Paginator(StandardText.objects.select_related("category"), ROWS).get_page(request.GET.get("page"))
    return render(request, "cases/texts.html", {"page": page, "trail": _trail()})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def text(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Write a text for a usual answer."""
    one = get_object_or_404(StandardText, pk=pk) if pk is not None else None
    fields = ("verb", "category", "title", "text", "active")
    return act_page(
        request, TextForm, each_once(partial(ruling.write_text, actor_in(request), standard=one)),
        title=one.title if one else _("增加答复范本"), submit=_("保存"), done=_("已保存。"),
        back=reverse("cases:texts"),
        trail=[*_trail(), (_("答复范本"), reverse("cases:texts"))],
        initial={name: getattr(one, name) for name in fields} if one else {},
    )  # fmt: skip


def _end(request: HttpRequest, words: str, do: Any, back: str) -> HttpResponse:
    return act_page(
        request, EndForm, each_once(do), title=_("停用"), submit=_("停用"), done=_("已停用。"), back=reverse(back),
        words=words, trail=_trail(), danger=True,
    )  # fmt: skip


def _divisions(request: HttpRequest) -> QuerySet[Division]:
    rows = Division.objects.on(timezone.localdate()).filter(under("path", actor_in(request).areas(PERMISSION)))
    return rows.exclude(kind=Division.Kind.GRID).order_by("code")


def _posts(request: HttpRequest) -> QuerySet[Post]:
    mine = under("division__path", actor_in(request).areas(PERMISSION))
    rows = Post.objects.filter(holding(timezone.localdate())).filter(mine).exclude(division__kind=Division.Kind.GRID)
    return rows.select_related("division").order_by("division__code", "title")


def _trail() -> list[tuple[str, str]]:
    return [(_("分类与派遣"), reverse("cases:rules"))]
