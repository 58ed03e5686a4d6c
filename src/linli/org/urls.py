"""The addresses of people and places, under /org/."""

from __future__ import annotations

from django.urls import path

from linli.org.views import divisions, posts

app_name = "org"
urlpatterns = [
    path("", divisions.divisions, name="divisions"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/appoint", posts.appoint, name="appoint"),
    path("posts/<int:pk>/leave", posts.leave, name="leave"),
    path("posts/<int:pk>/hand-over", posts.hand_over, name="hand-over"),
    path("<str:code>/", divisions.division, name="division"),
    *(path(f"<str:code>/{act}", divisions.act, {"act": act}, name=act) for act in divisions.ACTS),
]
