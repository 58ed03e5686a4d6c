"""Who may do what: the one question that every view and every action asks.

Permissions are `room.act`, in a division and everything below it. What one may not know of answers 404, not 403.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_noop as _

from linli.org.actors import Actor
from linli.org.models import Account, Division, Tenure

PERMISSIONS: dict[str, str] = {
    "org.view": _("查看组织与岗位"),
    "org.people": _("查看任职人员（姓名脱敏）"),
    "org.edit": _("维护区划与岗位"),
    "security.accounts": _("开通和停用账号"),
    "security.grant": _("授予和收回岗位"),
    "system.jobs": _("查看后台任务"),
    "system.backup": _("备份与升级"),
    "audit.read": _("查阅全部台账"),
    "territory.view": _("查看地块与房屋"),
    "territory.import": _("导入地块、房屋与户数"),
    "territory.membership": _("调整地块归属"),
    "matters.view": _("查看事项"),
    "matters.handle": _("办理事项"),
    "matters.dispatch": _("派遣、转派、延期与合并事项"),
    "matters.verify": _("核查结案"),
    "matters.decide": _("裁定两次退回的事项"),
    "matters.export": _("导出事项"),
    "matters.office": _("维护工作日历、办公时间与保存期限"),
    "cases.rules": _("维护类别、权责清单、派遣规则与答复范本"),
    "notices.manage": _("查看和重发通知、设置通知去向"),
    "planning.diagnose": _("查看社区规模体检"),
    "planning.standards": _("维护规模标准"),
    "planning.plan": _("编制划分方案"),
    "planning.sign": _("签办调整程序的步骤"),
    "planning.waive": _("豁免调整程序的步骤、发布程序"),
    "planning.enact": _("使方案生效"),
}


def actor_in(request: HttpRequest) -> Actor:
    """Return who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def holds(actor: Actor, permission: str, division: Division | None = None) -> bool:
    """Whether the actor may; a permission that nobody declared is a fault of ours, and raises `KeyError`."""
    if permission not in PERMISSIONS:
        raise KeyError(f"{permission} is no permission")
    return actor.may(permission, division)


def permit(actor: Actor, permission: str, division: Division | None = None) -> None:
    """Let an action go on, or raise `PermissionDenied`."""
    if not holds(actor, permission, division):
        raise PermissionDenied(permission)


def require(request: HttpRequest, permission: str, division: Division | None = None) -> Actor:
    """Return the actor where he may, otherwise answer as if the page did not exist."""
    actor = actor_in(request)
    if not holds(actor, permission, division):
        raise Http404
    return actor


def requires(*permissions: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Guard a view: sign in first; without all the permissions anywhere, 404."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        @signed_in
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            for permission in permissions:
                require(request, permission)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """Guard a view that any account may open."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if actor_in(request).account is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded


def permit_account(actor: Actor, account: Account) -> None:
    """Let an action on an account go on where the actor tends accounts in every division the account serves."""
    permit(actor, "security.accounts")
    for tenure in Tenure.objects.at().filter(account=account).select_related("post__division"):
        permit(actor, "security.accounts", tenure.post.division)
