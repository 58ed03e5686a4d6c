"""The addresses of the ground, under /where/: what a resident types."""

from __future__ import annotations

from django.urls import path

from linli.territory.views import where

app_name = "territory"
urlpatterns = [
    path("", where.where, name="find"),
    # codes are those of the district's own files: 甲-3, way/4711
    path("<slug:street>/compound/<path:code>/", where.compound, name="compound"),
    path("<slug:street>/<path:code>/qr", where.sheet, name="sheet"),
    path("<slug:street>/<path:code>/", where.building, name="building"),
]
