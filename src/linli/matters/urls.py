"""The addresses of matters: 今日, all matters, one."""

from __future__ import annotations

from django.urls import path

from linli.matters.views import listing, office, one, today

app_name = "matters"
urlpatterns = [
    path("today/", today.today, name="today"),
    path("today/live", today.live, name="live"),
    path("matters/", listing.matters, name="matters"),
    path("matters/map", listing.board, name="map"),
    path("matters/export", listing.export, name="export"),
    path("matters/filters/save", listing.save_filter, name="save-filter"),
    path("matters/filters/<int:pk>/forget", listing.forget_filter, name="forget-filter"),
    path("matters/calendar/", office.calendar, name="calendar"),
    path("matters/calendar/hours", office.hours, name="hours"),
    path("matters/calendar/<int:year>", office.year, name="year"),
    path("matters/keeping/", office.keeping, name="keeping"),
    *(
        path(f"matters/together/{verb.replace('_', '-')}", listing.together, {"verb": verb},
             name=f"together-{verb.replace('_', '-')}")
        for verb in listing.TOGETHER
    ),
    path("matters/<slug:number>/", one.matter, name="matter"),
    path("matters/<slug:number>/photos/<int:pk>", one.photo, name="photo"),
    path("matters/<slug:number>/contact", one.contact, name="contact"),
    *(
        path(f"matters/<slug:number>/{verb.replace('_', '-')}", one.act, {"verb": verb}, name=verb.replace("_", "-"))
        for verb in one.ACTS
    ),
]  # fmt: skip
