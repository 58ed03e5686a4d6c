"""The public ledger: what anyone may read, download and check."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.ledger.export import public_lines
from linli.ledger.models import Entry
from linli.ledger.reading import leaf, on_day
from linli.ledger.things import things_of
from linli.written import day_of, number_in


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """List the public entries, the newest first, with the head of the whole chain."""
    entries = Entry.objects.filter(public=True)
    about = request.GET.get("object", "").strip()[:120]
    if about:
        entries = entries.filter(object=about)
    day = day_of(request.GET.get("day", ""))
    if day:
        entries = on_day(entries, day)
    page = leaf(entries, before=number_in(request.GET.get("before")), after=number_in(request.GET.get("after")))
    asked = {"day": day.isoformat() if day else "", "object": about}
    head = Entry.objects.order_by("-seq").first()
    return render(
        request,
        "ledger/public.html",
        {
            "leaf": page,
            "head": head,
            "about": things_of([about]).get(about) if about else None,
            "asked": asked,
            "query": urlencode({k: v for k, v in asked.items() if v}),
        },
    )


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the public part as lines of JSON; `after` leaves out what one has already."""
    lines = public_lines(number_in(request.GET.get("after")) or 0)
    answer = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="public.jsonl"'
    return answer
