"""The addresses of signing in, under /accounts/: those of django-allauth that are needed; the others answer 404."""

from __future__ import annotations

from collections.abc import Iterator

from allauth.urls import urlpatterns as everything
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

NEEDED = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
WITH_PROVIDER = {
    "openid_connect_login",
    "openid_connect_callback",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
}


def closed(request: HttpRequest, **_: object) -> HttpResponse:
    """Answer as if the page did not exist; its name stays, for django-allauth asks for it."""
    raise Http404


def needed() -> set[str]:
    """Return the names of the pages that answer."""
    return NEEDED | (WITH_PROVIDER if settings.SOCIALACCOUNT_PROVIDERS else set())


def _close(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = list(_close(pattern.url_patterns))
            yield URLResolver(pattern.pattern, inner, pattern.default_kwargs)
        elif pattern.name in needed():
            yield pattern
        else:
            yield URLPattern(pattern.pattern, closed, pattern.default_args, pattern.name)


urlpatterns = list(_close(everything))
__all__ = ["needed", "urlpatterns"]
