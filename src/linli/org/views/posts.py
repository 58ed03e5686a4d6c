"""One post: what it may do, who sits there and who did; appointing, leaving, handing over."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.org import actions
from linli.org.forms.posts import AppointForm, HandOverForm, LeaveForm
from linli.org.masks import mask_name
from linli.org.models import Post, Tenure
from linli.org.policies import PERMISSIONS, actor_in, holds, requires
from linli.org.views.acting import act_page
from linli.org.views.divisions import trail_of

ROWS = 50


@require_safe
@requires("org.view")
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a post with everyone who sits, sat or will sit there."""
    one, actor = find(request, pk), actor_in(request)
    tenures = Tenure.objects.filter(post=one).select_related("account").order_by("-starts_at")
    page = Paginator(tenures, ROWS).get_page(request.GET.get("page"))
    seen, now = holds(actor, "org.people", one.division), timezone.now()
    lines = [
        {
            "tenure": tenure, "name": mask_name(tenure.account.name) if seen else _("不公开"),
            "running": tenure.starts_at <= now and (tenure.ends_at is None or tenure.ends_at > now),
            "coming": tenure.starts_at > now,
        }
        for tenure in page
    ]  # fmt: skip
    return render(
        request,
        "org/post.html",
        {
            "post": one, "page": page, "lines": lines, "trail": _trail(one), "holder": holder_of(one),
            "rights": [_(PERMISSIONS[permission]) for permission in one.role.permissions],
            "grants": holds(actor, "security.grant", one.division),
        },
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.grant")
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Seat a person."""
    one, actor = find(request, pk, "security.grant"), actor_in(request)
    return act_page(
        request, AppointForm, lambda **values: actions.appoint(actor, post=one, **values), title=_("任命"),
        submit=_("任命"), words=_("从到岗那一分钟起，有这个岗位的权限。"), done=_("已任命。"),
        back=reverse("org:post", args=[one.pk]), trail=_trail(one, here=True),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.grant")
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the holder leave."""
    one, actor = find(request, pk, "security.grant"), actor_in(request)
    tenure = _running(one)
    return act_page(
        request, LeaveForm, lambda **values: actions.leave_post(actor, tenure=tenure, **values), title=_("离岗"),
        submit=_("离岗"), words=_("从离岗那一分钟起，权限全部收回；他经手的记录都保留。"),
        done=_("已离岗，权限已收回。"),
        back=reverse("org:post", args=[one.pk]), trail=_trail(one, here=True), danger=True,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.grant")
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the holder leave and another begin, in the same minute."""
    one, actor = find(request, pk, "security.grant"), actor_in(request)
    tenure = _running(one)
    return act_page(
        request, HandOverForm, lambda **values: actions.hand_over(actor, tenure=tenure, **values), title=_("交接"),
        submit=_("交接"), words=_("前任离岗与接任者到岗在同一分钟，岗位上的事一件不断。"), done=_("已交接。"),
        back=reverse("org:post", args=[one.pk]), trail=_trail(one, here=True),
    )  # fmt: skip


def find(request: HttpRequest, pk: int, permission: str = "org.view") -> Post:
    """Return the post where the one who asks may do this in its division; otherwise 404."""
    rows = Post.objects.select_related("role", "division__parent__parent__parent")
    one = get_object_or_404(rows, pk=pk)
    if not holds(actor_in(request), permission, one.division):
        raise Http404(pk)
    return one


def holder_of(post: Post) -> Tenure | None:
    """Return who sits on a post now."""
    return Tenure.objects.at().filter(post=post).select_related("account").first()


def _running(post: Post) -> Tenure:
    tenure = holder_of(post)
    if tenure is None:
        raise Http404("nobody sits there")
    return tenure


def _trail(post: Post, *, here: bool = False) -> list[tuple[str, Any]]:
    division = post.division
    steps = [*trail_of(division), (division.title, reverse("org:division", args=[division.code]))]
    return [*steps, (post.title, reverse("org:post", args=[post.pk]))] if here else steps
