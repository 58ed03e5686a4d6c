"""社区规模体检: every community under every counting definition, the map and the table, the records behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.documents.workbooks import XLSX
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.views.files import attachment
from linli.planning.checkup import Ground, Standing, check, first_counted, read_ground, summary
from linli.planning.models import Standard
from linli.planning.outlines import Drawing, draw
from linli.planning.standards import in_force, profile_of
from linli.plans.diagnosis import split_limit
from linli.territory.counts import said
from linli.territory.models import Block, Count
from linli.written import day_of

DEFINITIONS = [choice for choice in Count.Definition.choices if choice[0] != Count.Definition.PERSONS]
MOST_THRESHOLD = 100_000
ROWS = 100  # blocks of one page


@dataclass(frozen=True)
class Question:
    """What a check-up is asked for; every state of the page is an address."""

    day: date
    count: str
    standard: Standard | None
    limit: int
    threshold: int | None
    occupancy: int | None

    @property
    def query(self) -> str:
        """The address's query of this state."""
        asked = {
            "day": self.day.isoformat(), "count": self.count, "threshold": self.threshold,
            "standard": self.standard.key if self.standard else None, "occupancy": self.occupancy,
        }  # fmt: skip
        return urlencode({name: value for name, value in asked.items() if value is not None})


def read_question(request: HttpRequest, standards: list[Standard], day: date, ground: Ground) -> Question:
    """Read a question from an address; what is not right falls back to what usually holds, and has data."""
    count = request.GET.get("count", "")
    if count not in dict(DEFINITIONS):
        count = first_counted(ground, list(dict(DEFINITIONS)))
    wanted = request.GET.get("standard", "")
    standard = next((one for one in standards if one.key == wanted), standards[0] if standards else None)
    threshold = _number(request.GET.get("threshold"), 1, MOST_THRESHOLD)
    limit = split_limit(profile_of(standard), threshold) if standard else threshold or 6000
    return Question(day, count, standard, limit, threshold, _number(request.GET.get("occupancy"), 0, 100))


@require_safe
@requires("planning.diagnose")
def diagnosis(request: HttpRequest) -> HttpResponse:
    """Show the check-up of the communities that the one who asks may see."""
    context = _look(request)
    return render(request, "planning/diagnosis.html", context)


@require_safe
@requires("planning.diagnose")
def table(request: HttpRequest) -> HttpResponse:
    """Give the table as a workbook, with a sheet of definitions."""
    from linli.planning.workbook import workbook

    context = _look(request)
    day = context["question"].day.isoformat()
    return attachment(workbook(context), XLSX, f"{_('社区规模体检')}-{day}.xlsx", f"diagnosis-{day}.xlsx")


@require_safe
@requires("planning.diagnose")
def community(request: HttpRequest, code: str) -> HttpResponse:
    """Show the blocks that a community's figures sum."""
    context = _look(request)
    standing = next((one for one in context["standings"] if one.division.code == code), None)
    if standing is None:
        raise Http404
    ground: Ground = context["ground"]
    keys = ground.blocks.get(standing.division.pk, [])
    briefs = [one for one in context["briefs"] if one[0] != Count.Definition.PERSONS]
    blocks = Block.objects.filter(pk__in=keys).select_related("compound").order_by("code")
    page = Paginator(blocks, ROWS).get_page(request.GET.get("page"))
    rows = [
        {"block": block, "counts": [(words, ground.counts.get(code, {}).get(block.pk)) for code, words in briefs]}
        for block in page
    ]
    totals = [(words, standing.checkup.counts.get(code)) for code, words in briefs]
    return render(
        request,
        "planning/community.html",
        {**context, "standing": standing, "page": page, "rows": rows, "totals": totals, "heads": briefs},
    )


def _look(request: HttpRequest) -> dict[str, Any]:
    day = day_of(request.GET.get("day", "")) or timezone.localdate()
    standards = in_force(Standard.objects.all(), day)
    ground = read_ground(actor_in(request).areas("planning.diagnose"), day)
    question = read_question(request, standards, day, ground)
    profiles = [profile_of(standard) for standard in standards]
    standings: list[Standing] = []
    if question.standard is not None:
        standings = check(
            ground, count=question.count, standard=profile_of(question.standard), profiles=profiles,
            limit=question.limit, occupancy=question.occupancy,
        )  # fmt: skip
    notes = {code: said(ground.note_of(code)) for code in Count.Definition.values}
    drawing = draw({one.division.pk: ground.blocks.get(one.division.pk, []) for one in standings})
    return {
        "question": question,
        "standards": standards,
        "definitions": DEFINITIONS,
        "briefs": [(code, notes[code].brief) for code in notes],
        "figures": [(one, [(notes[code].brief, one.checkup.counts.get(code)) for code in notes]) for one in standings],
        "notes": [notes[code] for code in notes if ground.counts.get(code)],
        "counted": notes[question.count],
        "count_words": notes[question.count].brief,
        "ground": ground,
        "standings": standings,
        "summary": summary(standings),
        "drawing": drawing,
        "shapes": _shapes(drawing, standings),
        "streets": streets_of(standings),
    }


def _shapes(drawing: Drawing | None, standings: list[Standing]) -> list[dict[str, Any]]:
    by_key = {one.division.pk: one for one in standings}
    outlines = drawing.outlines if drawing else ()
    return [{"outline": outline, "standing": by_key[outline.key]} for outline in outlines]


def _number(text: str | None, least: int, most: int) -> int | None:
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return min(max(int(text), least), most)


def streets_of(standings: list[Standing]) -> list[tuple[Division, int, int]]:
    """Count communities and flagged ones by street, for who sees more than one."""
    found: dict[Division, list[int]] = {}
    for one in standings:
        if one.division.parent is not None:
            counted = found.setdefault(one.division.parent, [0, 0])
            counted[0] += 1
            counted[1] += one.verdict == "split"
    return [(street, all_, flagged) for street, (all_, flagged) in sorted(found.items(), key=lambda one: one[0].code)]
