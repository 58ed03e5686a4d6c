"""A worker's day: what to begin with, in figures that lead to their rows, and what each matter asks of him next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.matters.models import Matter, MatterQuerySet, overdue_at, stage_late_at
from linli.matters.states import VERBS, State
from linli.org.actors import Actor

CALL_BACK_WITHIN = timedelta(days=7)  # after closing; later nobody remembers
# what is usually done to a matter in a state, the first that one's post may do
NEXT: dict[str, tuple[str, ...]] = {
    State.RECEIVED: ("accept", "dispatch"),
    State.HANDLING: ("resolve",),
    State.WAITING: ("resume",),
    State.DISPUTED: ("decide",),
    State.RESOLVED: ("verify",),
    State.CLOSED: ("call_back",),
}


@dataclass(frozen=True)
class Figure:
    """A number of the day: name, value, unit, a line that judges it, where its rows are, whether one must act on it."""

    name: str
    value: str
    unit: str
    words: str
    address: str
    act: bool = False


@dataclass(frozen=True)
class Row:
    """A matter of the list: its number on the map, None without one; its next act; its terms, the nearest first."""

    matter: Matter
    number: int | None
    next: tuple[str, str] | None
    terms: list[tuple[str, str]]


def rows_of(actor: Actor, matters: Iterable[Matter], on_map: int) -> list[Row]:
    """Return the rows of a page, the first of them with a number where their block is known."""
    rows = []
    for place, one in enumerate(matters, start=1):
        terms = sorted((at, words) for at, words in ((one.due_at, _("本步")), (one.answer_by, _("答复"))) if at)
        told = [(moment_words(at), words) for at, words in terms]
        rows.append(Row(one, place if one.block and place <= on_map else None, next_act(actor, one), told))
    return rows


def groups() -> dict[str, tuple[Any, Q]]:
    """Return the groups of 今日 by name: their words and their rule."""
    now = timezone.now()
    end = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "overdue": (_("已逾期"), overdue_at(now)),
        "stage": (_("本步超时"), stage_late_at(now)),
        "due": (_("今天到期"), Q(due_at__gte=now, due_at__lt=end) | Q(answer_by__gte=now, answer_by__lt=end)),
        "urgent": (_("紧急"), Q(urgent=True)),
        "received": (State.RECEIVED.label, Q(state=State.RECEIVED)),
        "handling": (State.HANDLING.label, Q(state=State.HANDLING)),
        "resolved": (State.RESOLVED.label, Q(state=State.RESOLVED)),
        "waiting": (_("在等别人"), Q(state=State.WAITING)),
        "disputed": (State.DISPUTED.label, Q(state=State.DISPUTED)),
    }


def to_call_back(actor: Actor) -> MatterQuerySet:
    """Return what was closed lately in the actor's areas, whose reporter left a contact and has not judged it."""
    since = timezone.now() - CALL_BACK_WITHIN
    rows = Matter.objects.filter(state=State.CLOSED, closed_at__gte=since, ratings=None).exclude(contact="")
    dispatched = Q(dispatcher__in=[post.pk for post in actor.posts])
    return rows.filter(dispatched)  # by whom it was dispatched: who answers for it asks how it went


def first_words(counts: dict[str, int], waiting: int) -> str:
    """Return what to begin with, the heading of the day."""
    if counts["overdue"]:
        return _("先办 %(n)d 件逾期的事") % {"n": counts["overdue"]}
    if counts["due"]:
        return _("今天先办 %(n)d 件到期的事") % {"n": counts["due"]}
    if counts["all"]:
        return _("%(n)d 件事等您办，今天没有到期的") % {"n": counts["all"]}
    return _("今天先办下面 %(n)d 件") % {"n": waiting} if waiting else _("今天没有等您办的事")


def figures(actor: Actor, counts: dict[str, int]) -> list[Figure]:
    """Return the figures of an actor's day; two queries."""
    here = reverse("matters:today")
    oldest = Matter.objects.held_by(actor).filter(state=State.RECEIVED).aggregate(first=Min("opened_at"))["first"]
    late = counts["overdue"]
    found = [
        Figure(
            _("今天到期"), str(counts["due"]), _("件"),
            _("另有 %(n)d 件已逾期") % {"n": late} if late else _("没有逾期的"),
            f"{here}?group={'overdue' if late and not counts['due'] else 'due'}", bool(late or counts["due"]),
        ),
        Figure(
            str(State.RECEIVED.label), str(counts["received"]), _("件"),
            _("最早的%(when)s收到") % {"when": day_words(oldest)} if oldest else _("没有等您受理的"),
            f"{here}?group=received",
        ),
        Figure(
            _("在手上"), str(counts["all"]), _("件"),
            _("其中 %(n)d 件在等别人") % {"n": counts["waiting"]}, here,
        ),
    ]  # fmt: skip
    if actor.may("matters.verify"):
        words = _("办结 %(n)d 天内回访") % {"n": CALL_BACK_WITHIN.days}
        found.append(Figure(_("待回访"), str(counts["calls"]), _("件"), words, f"{here}?group=calls"))
        found += _on_time(actor)
    return found


def _on_time(actor: Actor) -> list[Figure]:
    """How much of what the actor's posts dispatched was answered in time this month, beside the month before."""
    first = timezone.localtime().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = (first - timedelta(days=1)).replace(day=1)
    rows = Matter.objects.filter(dispatcher__in=[post.pk for post in actor.posts], closed_at__gte=before)
    rows = rows.filter(state=State.CLOSED, answer_by__isnull=False)
    this, kept = Q(closed_at__gte=first), Q(closed_at__lte=F("answer_by"))
    told = rows.aggregate(
        now=Count("pk", filter=this), kept=Count("pk", filter=this & kept), then=Count("pk", filter=~this),
        kept_then=Count("pk", filter=~this & kept),
    )  # fmt: skip
    if not told["now"] and not told["then"]:
        return []
    name, all_of, within = _("上月按期办结"), told["then"], told["kept_then"]
    if told["now"]:
        name, all_of, within = _("本月按期办结"), told["now"], told["kept"]
    words = _("%(all)d 件中 %(kept)d 件") % {"all": all_of, "kept": within}
    if told["now"] and told["then"]:
        words += _("；上月 %(share)s%%") % {"share": f"{100 * told['kept_then'] / told['then']:.1f}"}
    return [Figure(name, f"{100 * within / all_of:.1f}", "%", words, f"{reverse('matters:matters')}?state=closed")]


def next_act(actor: Actor, one: Matter) -> tuple[str, str] | None:
    """Return where it is done what usually comes next, and its words; None where the actor may not."""
    for verb in NEXT.get(one.state, ()):
        rule = VERBS[verb]
        if any(rule.permission in grant.permissions and _his(one, grant.post.pk) for grant in actor.grants):
            return reverse(f"matters:{verb.replace('_', '-')}", args=[one.number]), str(rule.title)
    return None


def _his(one: Matter, post: int) -> bool:
    return post == (one.dispatcher_id if one.state == State.CLOSED else one.holder_id)


def day_words(moment: datetime) -> str:
    """Return a day as one says it today: 今天, 明天, 12月4日, with its year where that is another."""
    day, today = timezone.localdate(moment), timezone.localdate()
    near = {-1: _("昨天"), 0: _("今天"), 1: _("明天")}.get((day - today).days)
    return near or date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def moment_words(moment: datetime) -> str:
    """Return a moment as one says it today: 今天 17:00."""
    return f"{day_words(moment)} {timezone.localtime(moment):%H:%M}"
