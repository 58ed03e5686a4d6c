"""The first page: for residents what they can do here; for staff what waits for them, and their rooms."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.org.models import Division
from linli.org.policies import actor_in
from linli.web.navigation import menu

# what a room's first page is for, by the name of the page; the menu says who may open it
WORDS: dict[str, str | Promise] = {}


@dataclass(frozen=True)
class Door:
    """A thing that a resident can do here."""

    title: str | Promise
    words: str | Promise
    page: str
    action: str | Promise


DOORS: tuple[Door, ...] = (
    Door(
        _("查我家属于哪个社区"), _("输入小区、楼栋或门牌，就知道归哪个社区、找谁办事。"), "territory:find", _("去查询")
    ),
    Door(
        _("反映问题"),
        _("路灯坏了、井盖响了、想提个建议：写一句话就行，凭编号看办到哪一步。"),
        "cases:report",
        _("去反映"),
    ),
    Door(_("公开台账"), _("社区怎么划、何时生效，每一步都有记录，人人可以核验。"), "ledger:public", _("去查看")),
    Door(_("工作人员登录"), _("街道、社区和网格的工作人员从这里进入。"), "account_login", _("登录")),
)


def doors() -> list[dict[str, object]]:
    """Return the doors whose pages exist, each with title, words, address and action."""
    found: list[dict[str, object]] = []
    for door in DOORS:
        try:
            url = reverse(door.page)
        except NoReverseMatch:
            continue
        found.append({"title": door.title, "words": door.words, "url": url, "action": door.action})
    return found


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what can be done here."""
    if actor_in(request).account is None:
        return render(request, "web/home.html", {"doors": doors(), "empty": not Division.objects.exists()})
    rooms = [entry for entry in menu(request) if entry["url"] != request.path]
    return render(request, "web/desk.html", {"rooms": rooms})
