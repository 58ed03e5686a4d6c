"""The addresses of cases: the public ones under /report/, those of staff under /cases/."""

from __future__ import annotations

from django.urls import path

from linli.cases.views import progress, public, report, rules, suggester
from linli.matters.states import REPORTERS

app_name = "cases"
urlpatterns = [
    path("report/", report.report, name="report"),
    path("report/ground.json", report.ground, name="ground"),
    path("report/place", report.place, name="place"),
    path("report/worker.js", report.worker, name="worker"),
    path("report/look-up", progress.look_up, name="look-up"),
    path("report/states.json", progress.states, name="states"),
    path("report/lost-code", progress.lost_code, name="lost-code"),
    path("report/public/", public.public, name="public"),
    path("report/public/places.json", public.public_places, name="public-places"),
    path("report/public/feed.atom", public.public_feed, name="public-feed"),
    path("report/public/<slug:number>/photos/<int:pk>", public.public_photo, name="public-photo"),
    path("report/public/<slug:number>", public.second, name="second"),
    path("report/<slug:number>/<slug:secret>/", progress.progress, name="progress"),
    *(
        path(f"report/<slug:number>/<slug:secret>/{verb}", progress.mine, {"verb": verb}, name=f"my-{verb}")
        for verb in REPORTERS
    ),
    path("report/<slug:number>/<slug:secret>/judge", progress.judge, name="judge"),
    path("report/<slug:number>/<slug:secret>/photos/<int:pk>", progress.photo, name="my-photo"),
    path("cases/enter", report.enter, name="enter"),
    path("cases/rules/", rules.rules, name="rules"),
    path("cases/rules/new", rules.route, name="new-route"),
    path("cases/rules/<int:pk>/", rules.route, name="route"),
    path("cases/rules/<int:pk>/end", rules.end_route, name="end-route"),
    path("cases/categories/", rules.categories, name="categories"),
    path("cases/categories/new", rules.category, name="new-category"),
    path("cases/categories/<slug:code>/", rules.category, name="category"),
    path("cases/duties/", rules.duties, name="duties"),
    path("cases/duties/new", rules.duty, name="new-duty"),
    path("cases/duties/<int:pk>/", rules.duty, name="duty"),
    path("cases/duties/<int:pk>/end", rules.end_duty, name="end-duty"),
    path("cases/texts/", rules.texts, name="texts"),
    path("cases/texts/new", rules.text, name="new-text"),
    path("cases/texts/<int:pk>/", rules.text, name="text"),
    path("cases/suggester/", suggester.suggester, name="suggester"),
    path("cases/suggester/train", suggester.train, name="train"),
    path("cases/suggester/switch", suggester.switch, name="switch"),
]
