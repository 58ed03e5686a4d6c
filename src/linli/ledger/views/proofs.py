"""What a resident keeps of the public ledger: an entry with its proof, the signed checkpoints, the checker."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.ledger import check_proof
from linli.ledger.chain import FIELDS
from linli.ledger.checkpoints import prove, public_key
from linli.ledger.models import Checkpoint, Entry
from linli.ledger.pictures import qr_of
from linli.ledger.reading import PAGE, spoken
from linli.written import number_in

MOST = 2**63 - 1


@require_safe
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """Show a public entry with its proof and how to check it."""
    held = _held(seq)
    spoken([held])
    return render(request, "ledger/entry.html", {"entry": held, "key": public_key()})


@require_safe
def record_of(request: HttpRequest, seq: int) -> HttpResponse:
    """Give a public entry as its digest is reckoned from it."""
    held = _held(seq)
    fields = {name: getattr(held, name) for name in FIELDS} | {"public": int(held.public)}
    answer = JsonResponse(fields, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="entry-{seq}.json"'
    return answer


@require_safe
def proof(request: HttpRequest, seq: int) -> HttpResponse:
    """Give the proof that a public entry stands in the ledger."""
    answer = HttpResponse(prove(_held(seq)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="entry-{seq}.tlog-proof"'
    return answer


@require_safe
def picture(request: HttpRequest, seq: int) -> HttpResponse:
    """Give the proof as a QR code."""
    return HttpResponse(qr_of(prove(_held(seq))), content_type="image/svg+xml")


@require_safe
def checkpoints(request: HttpRequest) -> HttpResponse:
    """List the signed checkpoints, the newest first."""
    before = number_in(request.GET.get("before"))
    rows = Checkpoint.objects.all() if before is None else Checkpoint.objects.filter(size__lt=before)
    found = list(rows[: PAGE + 1])
    older = found[PAGE - 1].size if len(found) > PAGE else None
    about = {"found": found[:PAGE], "older": older, "paged": before is not None, "key": public_key()}
    return render(request, "ledger/checkpoints.html", about)


@require_safe
def checkpoint(request: HttpRequest, size: int) -> HttpResponse:
    """Give a checkpoint as it was signed."""
    held = Checkpoint.objects.filter(pk=size).first() if size <= MOST else None
    if held is None:
        raise Http404(size)
    answer = HttpResponse(held.note, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="checkpoint-{size}.txt"'
    return answer


@require_safe
def checker(request: HttpRequest) -> HttpResponse:
    """Give the file that checks a proof with Python alone."""
    answer = HttpResponse(Path(check_proof.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="check_proof.py"'
    return answer


def _held(seq: int) -> Entry:
    held = Entry.objects.filter(pk=seq, public=True).first() if seq <= MOST else None
    if held is None:
        raise Http404(seq)
    return held
