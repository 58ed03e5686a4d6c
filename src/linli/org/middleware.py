"""Puts on every request who acts: `request.actor`, found when first asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Account


class Acting:
    """Set `request.actor` from the account that is signed in and the posts it holds this minute."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.answer(request)


def _actor(request: HttpRequest) -> Actor:
    return actor_of(request.user) if isinstance(request.user, Account) or request.user.is_authenticated else PUBLIC
