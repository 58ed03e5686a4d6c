"""区划: the tree, one division with its history and seats, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from linli.ledger.models import Entry
from linli.ledger.reading import leaf
from linli.org import actions
from linli.org.actors import Actor
from linli.org.days import holding
from linli.org.forms.divisions import (
    AbolishForm,
    CodeForm,
    FoundForm,
    FoundingForm,
    PostForm,
    RenameForm,
    StatusForm,
    level_below,
)
from linli.org.masks import mask_name
from linli.org.models import Division, Post, Tenure
from linli.org.names import title_on
from linli.org.policies import actor_in, holds, requires
from linli.org.tree import DEPTH, divisions_of, matching, seats_of
from linli.org.views.acting import act_page
from linli.written import day_of, number_in

ROWS = 50
SEATS = 100  # posts of one division that its page lists


@dataclass(frozen=True)
class Act:
    """What may be done to a division: its words, its form, the action, and where it applies."""

    title: str | Promise
    words: str | Promise
    form: type[forms.Form]
    do: Callable[[Actor, Division, dict[str, Any]], object]
    fits: Callable[[Division], bool]
    permissions: tuple[str, ...] = ("org.edit",)
    danger: bool = False
    initial: Callable[[Division], dict[str, Any]] = lambda division: {}


def _found(actor: Actor, division: Division, values: dict[str, Any]) -> object:
    return actions.found_division(actor, parent=division, kind=level_below(division), **values)


def _standing(division: Division) -> bool:
    return division.status != Division.Status.ABOLISHED and division.valid_to is None


ACTS: dict[str, Act] = {
    "found": Act(
        gettext_lazy("设立下级"), gettext_lazy("在它之下设立一个新的区划。"), FoundForm, _found,
        lambda division: _standing(division) and bool(level_below(division)),
    ),
    "rename": Act(
        gettext_lazy("改名"), gettext_lazy("新名称从启用之日零点起显示，旧名称留在沿革里。"), RenameForm,
        lambda actor, division, values: actions.rename_division(actor, division=division, **values), _standing,
        initial=lambda division: {"name": division.name, "name_en": division.name_en},
    ),
    "assign-code": Act(
        gettext_lazy("赋正式代码"), gettext_lazy("用统计部门给的代码换下临时代码，旧代码留在沿革里，仍能查到。"),
        CodeForm,
        lambda actor, division, values: actions.assign_code(actor, division=division, **values), _standing,
    ),
    "change-status": Act(
        gettext_lazy("转为正式"), gettext_lazy("筹备结束，正式运行。"), StatusForm,
        lambda actor, division, values: actions.change_status(actor, division=division, **values),
        lambda division: division.status == Division.Status.PREPARING,
    ),
    "correct-founding": Act(
        gettext_lazy("更正设立日期"), gettext_lazy("设立日期当初写错了，改成实际的日期；原来写的和更正原因记入台账。"),
        FoundingForm, lambda actor, division, values: actions.correct_founding(actor, division=division, **values),
        _standing, initial=lambda division: {"day": division.valid_from},
    ),
    "abolish": Act(
        gettext_lazy("撤销"), gettext_lazy("从撤销之日起不再存在；它的岗位和岗位给的权限同时终止。历史记录都保留。"),
        AbolishForm,
        lambda actor, division, values: actions.abolish(actor, division=division, **values), _standing, danger=True,
    ),
    "create-post": Act(
        gettext_lazy("设立岗位"), gettext_lazy("岗位是座位，人来人往，座位还在。"), PostForm,
        lambda actor, division, values: actions.create_post(actor, division=division, **values), _standing,
        permissions=("org.edit", "security.grant"),
    ),
}  # fmt: skip


@require_safe
@requires("org.view")
def divisions(request: HttpRequest) -> HttpResponse:
    """Show the tree of what the one who asks may see, as it stands on a day."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "kind", "status")}
    today = timezone.localdate()
    day = day_of(request.GET.get("day", "")) or today
    rows = divisions_of(actor_in(request).areas("org.view"), day)
    if asked["q"]:
        rows = rows.filter(matching(asked["q"])).distinct()
    if asked["kind"] in Division.Kind.values:
        rows = rows.filter(kind=asked["kind"])
    if asked["status"] in Division.Status.values:
        rows = rows.filter(status=asked["status"])
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    found = list(page)
    seats = seats_of(found, day)
    least = min((DEPTH[division.kind] for division in found), default=0)
    lines = [
        {
            "division": division, "title": title_on(division, day), "seats": seats[division.pk],
            "depth": 0 if asked["q"] else DEPTH[division.kind] - least,
        }
        for division in found
    ]  # fmt: skip
    return render(
        request,
        "org/divisions.html",
        {
            "page": page, "lines": lines, "asked": asked, "day": day, "today": today, "kinds": Division.Kind.choices,
            "statuses": Division.Status.choices,
        },
    )  # fmt: skip


@require_safe
@requires("org.view")
def division(request: HttpRequest, code: str) -> HttpResponse:
    """Show one division: what it is, its history, what lies below, who sits where."""
    one = find(request, code)
    actor, today = actor_in(request), timezone.localdate()
    below = divisions_of((one.path,), today).filter(parent=one)
    page = Paginator(below, ROWS).get_page(request.GET.get("page"))
    seats = seats_of(list(page), today)
    acts = leaf(
        Entry.objects.filter(object=one.reference), before=number_in(request.GET.get("before")),
        after=number_in(request.GET.get("after")),
    )  # fmt: skip
    return render(
        request,
        "org/division.html",
        {
            "division": one,
            "trail": trail_of(one),
            "names": one.names.order_by("-valid_from"),
            "codes": one.codes.order_by("-valid_from", "-pk"),
            "page": page,
            "below": [(child, seats[child.pk]) for child in page],
            "posts": _posts(actor, one),
            "acts": [(key, act) for key, act in ACTS.items() if _may(actor, one, act)],
            "leaf": acts,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires("org.view")
def act(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """Do one of the acts on a division; what may not be done to it now does not exist."""
    one, chosen, actor = find(request, code), ACTS[act], actor_in(request)
    if not _may(actor, one, chosen):
        raise Http404(act)
    here = reverse("org:division", args=[one.code])

    def do(**values: Any) -> None:
        chosen.do(actor, one, values)
        one.refresh_from_db()

    answer = act_page(
        request, chosen.form, do, title=str(chosen.title), words=str(chosen.words), submit=str(chosen.title),
        done=_("%(name)s：已%(act)s。") % {"name": one.title, "act": chosen.title}, back=here,
        trail=[*trail_of(one), (one.title, here)], initial=chosen.initial(one), danger=chosen.danger,
    )  # fmt: skip
    if answer.status_code == 302:  # a new code is a new address
        return redirect("org:division", one.code)
    return answer


def find(request: HttpRequest, code: str) -> Division:
    """Return the division of a code, a former one too, where the one who asks may see it; otherwise 404."""
    rows = Division.objects.select_related("parent__parent__parent")
    one = rows.filter(code=code).first() or get_object_or_404(rows.filter(codes__code=code).distinct())
    if not holds(actor_in(request), "org.view", one):
        raise Http404(code)
    return one


def trail_of(division: Division) -> list[tuple[str, str]]:
    """Return titles and addresses of what lies above a division."""
    steps, above = [], division.parent
    while above is not None:
        steps.append((above.title, reverse("org:division", args=[above.code])))
        above = above.parent
    return [(_("区划与岗位"), reverse("org:divisions")), *reversed(steps)]


def _may(actor: Actor, division: Division, act: Act) -> bool:
    return act.fits(division) and any(holds(actor, permission, division) for permission in act.permissions)


def _posts(actor: Actor, division: Division) -> list[tuple[Post, list[str]]]:
    """The posts that stand today, each with the masked names of who sits there."""
    rows = list(Post.objects.filter(holding(timezone.localdate()), division=division).select_related("role")[:SEATS])
    running = Tenure.objects.at().filter(post__in=rows).select_related("account")
    seen = holds(actor, "org.people", division)
    sitting: dict[int, list[str]] = {}
    for tenure in running:
        sitting.setdefault(tenure.post_id, []).append(mask_name(tenure.account.name) if seen else _("有人"))
    return [(post, sitting.get(post.pk, [])) for post in rows]
