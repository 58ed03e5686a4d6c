"""The addresses of people and places, under /org/."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "org"
urlpatterns: list[URLPattern] = []
