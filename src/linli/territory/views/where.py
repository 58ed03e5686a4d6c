"""查我家属于哪个社区: the public page, and sheets of QR codes that lead to it."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.org.days import holding
from linli.org.limits import address_of, allow
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.views.codes import qr_of
from linli.plans.task import STATIONS
from linli.territory.homes import homes_of, in_order, parts_of
from linli.territory.lookup import block_at, now_and_next
from linli.territory.models import Block, Building, Compound, Facility
from linli.territory.notes import notes_on
from linli.territory.search import Answer, search
from linli.written import day_of

LOOKS, SECONDS = 120, 60.0  # a family, an office, a queue at the counter share one address
SHEET = 60  # codes on one sheet
DOORS = 120  # buildings on one page
SHOWN = 40  # buildings that are told where another was asked for


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """Ask for a building, or answer for a point that the browser gives; nothing that is asked is kept."""
    allowance = allow(f"where:{address_of(request)}", most=LOOKS, seconds=SECONDS)
    if not allowance.allowed:
        answer = render(request, "429.html", status=429)
        answer["Retry-After"] = str(math.ceil(allowance.wait))
        return answer
    question = request.GET.get("q", "").strip()[:80]
    day = day_of(request.GET.get("day", "")) or timezone.localdate()
    context: dict[str, Any] = {"question": question, "day": day, "today": timezone.localdate()}
    point = _point(request)
    if point is not None:
        block = block_at(*point)
        context["found"] = _found(block, day) if block else None
        context["outside"] = block is None
        return render(request, "territory/where.html", context)
    if question:
        answers = search(question)
        exact = [one for one in answers if one.exact]
        missing = list(dict.fromkeys(what for one in answers for what in one.missing))
        if len(exact) == 1 and not missing:
            return redirect(_address(exact[0], day))
        homes = homes_of(answers, day)
        rows = [
            {"answer": one, "homes": homes[one.whole, one.key], "address": _address(one, day)} for one in answers
        ]  # fmt: skip
        context |= {"answers": rows, "missing": missing, "near": bool(answers) and not exact and not missing}
        whole = next((one for one in answers if one.whole and one.missing), None)
        if whole is not None:
            doors = in_order(Building.objects.filter(compound=whole.key).select_related("block__street"))
            context |= {"place": rows[answers.index(whole)], "doors": doors[:SHOWN], "rest": len(doors) - SHOWN}
    return render(request, "territory/where.html", context)


@require_safe
def compound(request: HttpRequest, street: str, code: str) -> HttpResponse:
    """Answer for a whole compound: the communities that it belongs to, and its buildings."""
    one = get_object_or_404(Compound, code=code, street__code=street, street__kind=Division.Kind.STREET)
    day = day_of(request.GET.get("day", "")) or timezone.localdate()
    parts = parts_of(one, day)
    doors = Paginator([(part, door) for part in parts for door in part.buildings], DOORS)
    page = doors.get_page(request.GET.get("page"))
    told = [
        {"part": part, "doors": [door for other, door in page if other is part],
         "membership": part.now, "next": part.then}
        for part in parts
    ]  # fmt: skip
    context = {"compound": one, "day": day, "today": timezone.localdate(), "page": page, "parts": told}
    return render(request, "territory/where.html", context)


@require_safe
def building(request: HttpRequest, street: str, code: str) -> HttpResponse:
    """Answer for one building, what a QR code at a door leads to."""
    one = _building(street, code)
    day = day_of(request.GET.get("day", "")) or timezone.localdate()
    context = {
        "building": one, "day": day, "today": timezone.localdate(), "found": _found(one.block, day),
        "notes": notes_on(one.block) if one.block else [],
    }  # fmt: skip
    return render(request, "territory/where.html", context)


@require_safe
@requires("territory.view")
def sheet(request: HttpRequest, street: str, code: str) -> HttpResponse:
    """Print QR codes for every building of a building's compound, or for it alone."""
    one = _building(street, code)
    if not actor_in(request).may("territory.view", one.block.street):
        raise Http404
    doors = Building.objects.filter(compound=one.compound) if one.compound else Building.objects.filter(pk=one.pk)
    labels = []
    for door in doors.select_related("compound", "block__street").order_by("code")[:SHEET]:
        path = reverse("territory:building", args=[door.block.street.code, door.code])
        labels.append({"title": str(door), "svg": qr_of(request.build_absolute_uri(path))})
    return render(request, "territory/sheet.html", {"labels": labels, "building": one})


def _address(answer: Answer, day: date) -> str:
    """Where an answer leads to."""
    address = reverse(f"territory:{'compound' if answer.whole else 'building'}", args=[answer.street, answer.code])
    return address if day == timezone.localdate() else f"{address}?day={day.isoformat()}"


def _found(block: Block, day: date) -> dict[str, Any]:
    now, then = now_and_next(block, day)
    station = None
    if now is not None:
        near = Facility.objects.filter(
            holding(day, "block__memberships__"), kind__in=STATIONS, block__memberships__community=now.community_id
        )
        station = near.order_by("code").first()
    return {"block": block, "membership": now, "next": then, "station": station}


def _building(street: str, code: str) -> Building:
    buildings = Building.objects.select_related("compound", "block__street").defer("block__wkb")  # no map is drawn
    return get_object_or_404(buildings, code=code, block__street__code=street, block__street__kind=Division.Kind.STREET)


def _point(request: HttpRequest) -> tuple[float, float] | None:
    try:
        longitude, latitude = float(request.GET["longitude"]), float(request.GET["latitude"])
    except (KeyError, ValueError):
        return None
    return (longitude, latitude) if -180 <= longitude <= 180 and -90 <= latitude <= 90 else None
