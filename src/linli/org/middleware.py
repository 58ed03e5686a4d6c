"""Puts on every request who acts; signs out who was idle; leads to what must be done first."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Account
from linli.org.names import keep_fresh

FIRST = {"password": "account_change_password", "factor": "mfa_activate_totp"}
OPEN = ("account_logout", "account_reauthenticate", "set_language", "alive", "ready")


class Acting:
    """Set `request.actor` from the account that is signed in and the posts it holds this minute."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.answer(request)


class Sitting:
    """Watch over a session: end it when idle, and let nobody on who must change his password or set up his code.

    The public carries no session, so this costs it nothing.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and "_auth_user_id" in request.session:
            now, seen = int(time.time()), request.session.get("seen", 0)
            if now - seen > settings.IDLE_MINUTES * 60:
                return self.end(request)
            if abs(now - seen) > 60:  # not a write for every click; one from the future is set right
                request.session["seen"] = now
            first = FIRST.get(request.session.get("due", ""))
            if first and request.path not in {reverse(name) for name in (first, *OPEN)}:
                return redirect(first)
        return self.answer(request)

    def end(self, request: HttpRequest) -> HttpResponse:
        """Sign out who was idle, and lead him back to where he was."""
        if isinstance(request.user, Account):
            with transaction.atomic():
                Actor(request.user).record(
                    "org.sign_out", object=request.user.reference, touched=False, content={"reason": "idle"}
                )
        logout(request)
        messages.info(request, _("较长时间没有操作，为安全已退出，请重新登录。"))
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")


def _actor(request: HttpRequest) -> Actor:
    keep_fresh()
    return actor_of(request.user) if isinstance(request.user, Account) or request.user.is_authenticated else PUBLIC
