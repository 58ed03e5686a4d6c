"""The menu: every entry names its page and the permission that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `permission` is None for what anyone may open."""

    title: str | Promise
    page: str
    permission: str | None = None


ENTRIES: tuple[Entry, ...] = (
    Entry(_("首页"), "home"),
    Entry(_("今日"), "matters:today", "matters.handle"),
    Entry(_("事项"), "matters:matters", "matters.view"),
    Entry(_("反映问题"), "cases:report"),
    Entry(_("大家反映的事"), "cases:public"),
    Entry(_("事项地图"), "matters:map", "matters.view"),
    Entry(_("工作日历"), "matters:calendar", "matters.office"),
    Entry(_("分类与派遣"), "cases:rules", "cases.rules"),
    Entry(_("通知"), "notices:notices", "notices.manage"),
    Entry(_("查我家属于哪个社区"), "territory:find"),
    Entry(_("地块"), "ground:blocks", "territory.view"),
    Entry(_("数据导入"), "ground:imports", "territory.import"),
    Entry(_("社区规模体检"), "planning:diagnosis", "planning.diagnose"),
    Entry(_("规模标准"), "planning:standards", "planning.diagnose"),
    Entry(_("划分项目"), "planning:projects", "planning.plan"),
    Entry(_("调整程序"), "planning:under-way", "planning.sign"),
    Entry(_("划分方案公示"), "planning:public-plans"),
    Entry(_("区划与岗位"), "org:divisions", "org.view"),
    Entry(_("账号"), "org:accounts", "security.accounts"),
    Entry(_("角色"), "org:roles", "security.grant"),
    Entry(_("公开台账"), "ledger:public"),
    Entry(_("后台任务"), "jobs", "system.jobs"),
    Entry(_("审计"), "audit", "audit.read"),
)

# the heading under which a room's pages stand, by the first part of the page's name
GROUPS: dict[str, str | Promise] = {
    "matters": _("事项"),
    "cases": _("事项"),
    "notices": _("事项"),
    "territory": _("地块与房屋"),
    "ground": _("地块与房屋"),
    "planning": _("规模调整"),
    "org": _("组织与岗位"),
    "jobs": _("运行"),
    "ledger": _("台账"),
}


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """Return what the one who asks may open: title, address, group, and whether it is this page."""
    actor = getattr(request, "actor", None)
    open_to_him = [
        (entry, reverse(entry.page))
        for entry in ENTRIES
        if entry.permission is None or (actor is not None and actor.may(entry.permission))
    ]
    here = max((url for _entry, url in open_to_him if _leads_to(url, request.path)), key=len, default="")
    return [
        {
            "title": entry.title,
            "url": url,
            "group": GROUPS.get(entry.page.partition(":")[0], ""),
            "here": url == here,
            "exact": url == request.path,
        }
        for entry, url in open_to_him
    ]


def _leads_to(url: str, path: str) -> bool:
    """Whether a page stands at an address or below it; the first page leads to itself alone."""
    return path == url or (url != "/" and path.startswith(url if url.endswith("/") else f"{url}/"))
