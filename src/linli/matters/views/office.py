"""工作日历与保存期限: days off and make-up days, an office's hours; what is removed when, the register."""

from __future__ import annotations

import calendar as months
from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.matters import clocks, retention
from linli.matters.actions import office
from linli.matters.actions.office import PERMISSION
from linli.matters.forms import HoursForm, YearForm
from linli.matters.models import CalendarYear, Deletion, Shifts
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.rest import under
from linli.org.views.acting import act_page
from linli.workdays import OfficeHours
from linli.written import number_in

ROWS = 50
FIRST, LAST = 2010, 2100


@never_cache
@require_safe
@requires(PERMISSION)
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a year's days as the clocks count them, and the offices' hours."""
    today = timezone.localdate()
    asked = number_in(request.GET.get("year"))
    year = asked if asked is not None and FIRST <= asked <= LAST else today.year
    days = clocks.calendar()
    known = year in days.years
    grids = [(month, _weeks(days, year, month, known)) for month in range(1, 13)]
    own = CalendarYear.objects.filter(year=year).first()
    hours = Shifts.objects.filter(under("division__path", actor_in(request).areas(PERMISSION))).select_related(
        "division"
    )
    page = Paginator(hours.order_by("division__code"), ROWS).get_page(request.GET.get("page"))
    context = {
        "year": year, "known": known, "own": own, "grids": grids, "page": page, "usual": _words(OfficeHours()),
        "missing": [y for y in (today.year, today.year + 1) if y not in days.years],
    }  # fmt: skip
    return render(request, "matters/calendar.html", context)


def _weeks(days: Any, year: int, month: int, known: bool) -> list[list[tuple[int, str, str]]]:
    """Weeks of a month, Monday first: number of the day (0 outside the month), its class, its name."""
    found = []
    for week in months.Calendar().monthdatescalendar(year, month):
        row = []
        for day in week:
            worked = day in days.work or (day.weekday() < 5 and day not in days.off)
            kind = "makeup" if day in days.work else "" if worked else "holiday" if day in days.off else "rest"
            row.append((day.day if day.month == month else 0, kind, days.name(day)) if known or not worked else
                       (day.day if day.month == month else 0, kind, ""))  # fmt: skip
        found.append(row)
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def year(request: HttpRequest, year: int) -> HttpResponse:
    """Load a year's notice, a line a stretch of days."""
    if not FIRST <= year <= LAST:
        raise Http404(year)
    days = clocks.calendar()
    known = CalendarYear.objects.filter(year=year).first()
    initial = {
        "off": "\n".join(f"{a} {b} {name}" for a, b, name in known.off) if known else _stretches(days.off, year),
        "work": "\n".join(known.work if known else sorted(f"{day}" for day in days.work if day.year == year)),
        "source": known.source if known else "",
    }
    return act_page(
        request, YearForm, lambda **said: office.load_year(actor_in(request), year=year, **said),
        title=_("%(year)d 年节假日安排") % {"year": year}, submit=_("保存"), done=_("已保存，之后开始的期限按它算。"),
        back=f"{reverse('matters:calendar')}?year={year}", trail=[(_("工作日历"), reverse("matters:calendar"))],
        initial=initial, words=_("照国务院办公厅的通知填：放假一行一段，调休上班一行一天。"),
    )  # fmt: skip


def _stretches(off: Any, year: int) -> str:
    lines: list[list[Any]] = []
    for day in sorted(day for day in off if day.year == year):
        if lines and lines[-1][2] == off[day] and day.toordinal() == lines[-1][1].toordinal() + 1:
            lines[-1][1] = day
        else:
            lines.append([day, day, off[day]])
    return "\n".join(f"{first} {last} {name}" for first, last, name in lines)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def hours(request: HttpRequest) -> HttpResponse:
    """Set an office's hours."""
    areas = actor_in(request).areas(PERMISSION)
    mine = Division.objects.on(timezone.localdate()).filter(under("path", areas)).exclude(kind=Division.Kind.GRID)

    return act_page(
        request, partial(HoursForm, mine.order_by("code")),
        lambda **said: office.set_hours(actor_in(request), **said), title=_("办公时间"),
        submit=_("保存"), done=_("已保存。"), back=reverse("matters:calendar"),
        trail=[(_("工作日历"), reverse("matters:calendar"))], initial={"shifts": _words(OfficeHours())},
        words=_("下级单位没有自己的办公时间时，按最近的上级。"),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(PERMISSION)
def keeping(request: HttpRequest) -> HttpResponse:
    """Show what would be removed now, the register of what was, and remove it when told to."""
    if request.method == "POST":
        from django.contrib import messages
        from django.shortcuts import redirect

        number = office.remove_due(actor_in(request))
        messages.success(request, _("已清除 %(number)d 件里的过期内容。") % {"number": number})
        return redirect("matters:keeping")
    page = Paginator(Deletion.objects.all(), ROWS).get_page(request.GET.get("page"))
    rules = {"contact": _("联系方式与通知"), "photos": _("照片"), "text": _("内容与地点")}
    due = [(rules[one.rule], one) for one in retention.dry_run()]
    context = {
        "page": page, "due": due, "source": retention.table()["source"], "any": any(one.number for _w, one in due),
        "trail": [(_("工作日历"), reverse("matters:calendar"))],
    }  # fmt: skip
    return render(request, "matters/keeping.html", context)


def _words(hours: OfficeHours) -> str:
    return "、".join(f"{a:%H:%M}-{b:%H:%M}" for a, b in hours.shifts)
