"""The menu: every entry names its page and the permission that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linli.org.actors import Actor


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `permission` is None for what anyone may open, `PUBLIC` what stands there for residents."""

    title: str | Promise
    page: str
    permission: str | None = None


PUBLIC, STAFF = "", "*"  # who has no account, and who has one, whatever he may

# by heading; the headings stand in the rail of staff alone
GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    ("", (
        Entry(_("首页"), "home", PUBLIC),
        Entry(_("反映问题"), "cases:report", PUBLIC),
        Entry(_("查进度"), "cases:look-up", PUBLIC),
    )),
    (_("工作"), (
        Entry(_("今日"), "matters:today", STAFF),
        Entry(_("事项"), "matters:matters", "matters.view"),
        Entry(_("事项地图"), "matters:map", "matters.view"),
        Entry(_("通知"), "notices:notices", "notices.manage"),
    )),
    (_("底数"), (
        Entry(_("查归属"), "territory:find", STAFF),
        Entry(_("地块"), "ground:blocks", "territory.view"),
        Entry(_("数据导入"), "ground:imports", "territory.import"),
    )),
    (_("规模调整"), (
        Entry(_("规模体检"), "planning:diagnosis", "planning.diagnose"),
        Entry(_("规模标准"), "planning:standards", "planning.diagnose"),
        Entry(_("划分项目"), "planning:projects", "planning.plan"),
        Entry(_("调整程序"), "planning:under-way", "planning.sign"),
    )),
    (_("设置"), (
        Entry(_("区划与岗位"), "org:divisions", "org.view"),
        Entry(_("工作日历"), "matters:calendar", "matters.office"),
        Entry(_("分类与派遣"), "cases:rules", "cases.rules"),
        Entry(_("账号"), "org:accounts", "security.accounts"),
        Entry(_("角色"), "org:roles", "security.grant"),
        Entry(_("后台任务"), "jobs", "system.jobs"),
        Entry(_("审计"), "audit", "audit.read"),
    )),
    (_("公开"), (
        Entry(_("大家反映的事"), "cases:public"),
        Entry(_("方案公示"), "planning:public-plans"),
        Entry(_("公开台账"), "ledger:public"),
    )),
)  # fmt: skip


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """Return what the one who asks may open: title, address, group, and whether it is this page."""
    actor = getattr(request, "actor", None)
    open_to_him = [
        (group, entry, reverse(entry.page))
        for group, entries in GROUPS
        for entry in entries
        if entry.permission is None or _sees(actor, entry.permission)
    ]
    here = max((url for _group, _entry, url in open_to_him if _leads_to(url, request.path)), key=len, default="")
    return [
        {
            "title": entry.title,
            "url": url,
            "group": group,
            "here": url == here,
            "exact": url == request.path,
        }
        for group, entry, url in open_to_him
    ]


def _sees(actor: Actor | None, permission: str) -> bool:
    known = actor is not None and actor.account is not None
    if permission in (PUBLIC, STAFF):
        return known == (permission == STAFF)
    return actor is not None and actor.may(permission)


def _leads_to(url: str, path: str) -> bool:
    """Whether a page stands at an address or below it; the first page leads to itself alone."""
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else f"{url}/"))
