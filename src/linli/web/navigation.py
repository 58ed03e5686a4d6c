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


ENTRIES: tuple[Entry, ...] = (Entry(_("首页"), "home"),)


def menu(request: HttpRequest) -> list[dict[str, object]]:
    """Return the entries that the one who asks may open, each with title, address and whether it is this page."""
    actor = getattr(request, "actor", None)
    return [
        {"title": entry.title, "url": reverse(entry.page), "here": request.path == reverse(entry.page)}
        for entry in ENTRIES
        if entry.permission is None or (actor is not None and actor.may(entry.permission))
    ]
