"""The addresses of territory, under /territory/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "territory"
urlpatterns: list[URLPattern] = []
