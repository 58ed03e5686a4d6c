"""The addresses of the ledger, under /ledger/."""

from __future__ import annotations

from django.urls import path

from linli.ledger.views import proofs, public

app_name = "ledger"
urlpatterns = [
    path("", public.public, name="public"),
    path("public.jsonl", public.download, name="download"),
    path("check_proof.py", proofs.checker, name="checker"),
    path("checkpoints/", proofs.checkpoints, name="checkpoints"),
    path("checkpoints/<int:size>.txt", proofs.checkpoint, name="checkpoint"),
    path("<int:seq>/", proofs.entry, name="entry"),
    path("<int:seq>/entry.json", proofs.record_of, name="entry-json"),
    path("<int:seq>/proof", proofs.proof, name="proof"),
    path("<int:seq>/proof.svg", proofs.picture, name="picture"),
]
