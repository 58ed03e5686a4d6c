"""The addresses of planning, under /planning/."""

from __future__ import annotations

from django.urls import path

from linli.planning.views import diagnosis, standards

app_name = "planning"
urlpatterns = [
    path("diagnosis/", diagnosis.diagnosis, name="diagnosis"),
    path("diagnosis/table.xlsx", diagnosis.table, name="table"),
    path("diagnosis/<slug:code>/", diagnosis.community, name="community"),
    path("standards/", standards.standards, name="standards"),
    path("standards/<slug:code>/publish", standards.publish, name="publish"),
    path("standards/<slug:code>/<int:version>/", standards.standard, name="standard"),
]
