"""The addresses of the site."""

from __future__ import annotations

from django.urls import include, path

from linli.web.views import health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]
