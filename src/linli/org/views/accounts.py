"""账号: who can sign in; opening, closing, unlocking, a new password, a look at a full name."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.org import actions, lockout
from linli.org.actors import Actor
from linli.org.forms.people import AccountForm, SightForm
from linli.org.masks import mask_name
from linli.org.models import Account, Tenure
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page

ROWS = 50
TENURES = 50  # of one account that its page lists
STATES = ("active", "locked", "closed")


@require_safe
@requires("security.accounts")
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts that the one who asks tends."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "state")}
    rows = tended_by(actor_in(request)).order_by("username")
    if asked["q"]:
        rows = rows.filter(Q(username__icontains=asked["q"]) | Q(name=asked["q"]))
    if asked["state"] == "closed":
        rows = rows.filter(is_active=False)
    elif asked["state"] == "active":
        rows = rows.filter(is_active=True)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "org/accounts.html", {"page": page, "lines": _lines(list(page)), "asked": asked})


@never_cache
@require_safe
@requires("security.accounts")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account with its posts; the name is masked."""
    one = find(request, pk)
    return _page(request, one)


@never_cache
@require_POST
@requires("security.accounts")
def see(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the account with its name in full, once, after recording why."""
    one, form = find(request, pk), SightForm(request.POST)
    if not form.is_valid():
        return _page(request, one, form=form, status=422)
    return _page(request, one, name=actions.see_name(actor_in(request), account=one, why=form.cleaned_data["why"]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.accounts")
def open_account(request: HttpRequest) -> HttpResponse:
    """Open an account and show its password this one time."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made, password = actions.open_account(actor_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error("name" if error.code == "name" else "username", error)
        else:
            return _password(request, made, password)
    title = _("开通账号")
    context = {
        "form": form, "title": title, "submit": title, "back": reverse("org:accounts"), "trail": _trail(),
        "words": _("开通后给出一个只能用一次的密码，首次登录必须修改。账号本身没有任何权限，权限来自岗位。"),
    }  # fmt: skip
    return render(request, "org/act.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.accounts")
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new password, shown this one time."""
    one, shown = find(request, pk), {}

    def do() -> None:
        shown["password"] = actions.reset_password(actor_in(request), account=one)

    answer = act_page(
        request, forms.Form, do, title=_("重置密码"), submit=_("重置密码"), done="", back=_address(one),
        words=_("原密码立即失效，已登录的会话全部退出，接口令牌全部撤销，统一认证须重新绑定。"), trail=_trail(one),
    )  # fmt: skip
    return _password(request, one, shown["password"]) if shown else answer


@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.accounts")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account; its tenures end now."""
    one = find(request, pk)
    return act_page(
        request, forms.Form, lambda: actions.close_account(actor_in(request), account=one), title=_("停用账号"),
        submit=_("停用"), done=_("账号已停用，岗位已离岗。"), back=_address(one), trail=_trail(one), danger=True,
        words=_("停用后不能再登录，他的所有岗位从现在起离岗。他经手的记录都保留。"),
    )  # fmt: skip


@require_POST
@requires("security.accounts")
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a locked account try again."""
    one = find(request, pk)
    actions.unlock_account(actor_in(request), account=one)
    messages.success(request, _("已解除锁定。"))
    return redirect(_address(one))


def tended_by(actor: Actor) -> QuerySet[Account]:
    """Return the accounts of which every present post lies where the actor tends accounts."""
    areas = actor.areas("security.accounts")
    outside = Tenure.objects.at().exclude(pk__in=Tenure.objects.filter(under("post__division__path", areas)))
    return Account.objects.exclude(pk__in=outside.values("account"))


def find(request: HttpRequest, pk: int) -> Account:
    """Return the account where the one who asks tends it; otherwise 404."""
    one = tended_by(actor_in(request)).filter(pk=pk).first()
    if one is None:
        raise Http404(pk)
    return one


def _lines(found: list[Account]) -> list[dict[str, Any]]:
    """What the list says of each account, by three queries."""
    keys = [one.pk for one in found]
    posts: dict[int, list[str]] = {}
    for tenure in Tenure.objects.at().filter(account__in=keys).select_related("post__division"):
        posts.setdefault(tenure.account_id, []).append(str(tenure.post))
    locked = lockout.locked_among(one.username for one in found)
    with_code = set(
        Authenticator.objects.filter(user_id__in=keys, type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
    )
    return [
        {
            "account": one, "name": mask_name(one.name), "posts": posts.get(one.pk, []),
            "locked": one.username in locked, "code": one.pk in with_code,
        }
        for one in found
    ]  # fmt: skip


def _page(
    request: HttpRequest, one: Account, *, name: str = "", form: SightForm | None = None, status: int = 200
) -> HttpResponse:
    tenures = Tenure.objects.filter(account=one).select_related("post__division").order_by("-starts_at")[:TENURES]
    mine = actor_in(request).account
    context = {
        **_lines([one])[0], "tenures": tenures, "trail": _trail(), "full": name, "form": form or SightForm(),
        "own": mine is not None and mine.pk == one.pk,
    }  # fmt: skip
    return render(request, "org/account.html", context, status=status)


def _password(request: HttpRequest, one: Account, password: str) -> HttpResponse:
    return render(request, "org/password.html", {"account": one, "password": password, "trail": _trail(one)})


def _address(one: Account) -> str:
    return reverse("org:account", args=[one.pk])


def _trail(one: Account | None = None) -> list[tuple[str, str]]:
    steps = [(_("账号"), reverse("org:accounts"))]
    return [*steps, (one.username, _address(one))] if one else steps
