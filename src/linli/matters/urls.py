"""The addresses of matters: the public ones under /report/, those of staff under /matters/."""

from __future__ import annotations

from django.urls import path

from linli.matters.states import REPORTERS
from linli.matters.views import report, today

app_name = "matters"
urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/look-up", report.look_up, name="look-up"),
    path("report/<slug:number>/<slug:secret>/", report.progress, name="progress"),
    *(
        path(f"report/<slug:number>/<slug:secret>/{verb}", report.mine, {"verb": verb}, name=f"my-{verb}")
        for verb in REPORTERS
    ),
    path("report/<slug:number>/<slug:secret>/photos/<int:pk>", report.photo, name="my-photo"),
    path("today/", today.today, name="today"),
    path("matters/", today.matters, name="matters"),
    path("matters/enter", report.enter, name="enter"),
    path("matters/<slug:number>/", today.matter, name="matter"),
    path("matters/<slug:number>/photos/<int:pk>", today.photo, name="photo"),
    path("matters/<slug:number>/contact", today.contact, name="contact"),
    *(
        path(f"matters/<slug:number>/{verb.replace('_', '-')}", today.act, {"verb": verb}, name=verb.replace("_", "-"))
        for verb in today.ACTS
    ),
]
