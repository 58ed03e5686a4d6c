"""The addresses of notices, under /notices/."""

from __future__ import annotations

from django.urls import path

from linli.notices.views import log

app_name = "notices"
urlpatterns = [
    path("", log.notices, name="notices"),
    path("<int:pk>/resend", log.resend, name="resend"),
    path("destinations/", log.destinations, name="destinations"),
    path("destinations/add", log.add, name="add"),
    path("destinations/<int:pk>/remove", log.remove, name="remove"),
]
