"""The addresses of the ground, under /where/: what a resident types."""

from __future__ import annotations

from django.urls import path

from linli.territory.views import where

app_name = "territory"
urlpatterns = [
    path("", where.where, name="find"),
    path("<slug:street>/<slug:code>/", where.building, name="building"),
    path("<slug:street>/<slug:code>/qr", where.sheet, name="sheet"),
]
