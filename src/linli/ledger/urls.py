"""The addresses of the ledger, under /ledger/."""

from __future__ import annotations

from django.urls import path

from linli.ledger.views import public

app_name = "ledger"
urlpatterns = [
    path("", public.public, name="public"),
    path("public.jsonl", public.download, name="download"),
]
