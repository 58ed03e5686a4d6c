"""Where a case goes: the narrowest rule that matches, then the nearest held seat; nothing fails silently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.models import Route
from linli.matters.duties import duty_of, is_taken_back
from linli.matters.models import DutyItem, Matter
from linli.matters.routing import DISPATCH, dispatcher_for, seat_in
from linli.org.brief import brief
from linli.org.models import Division, Post
from linli.territory.models import Membership

MONTH = timedelta(days=30)
RELATED = ("category", "within", "post__division", "post__role")
MOST_TRIED = 5000  # cases of a dry run; the newest


@dataclass(frozen=True)
class Destination:
    """Who receives a case, and why: the rule or duty entry, and what had to be passed over."""

    post: Post | None
    words: str
    route: Route | None = None
    duty: DutyItem | None = None


def destination(matter: Matter, routes: Sequence[Route] | None = None) -> Destination:
    """Say who receives a case.

    Parameters
    ----------
    matter
        Saved or not; its category, kind, source, urgency and place count.
    routes
        The rules to go by; those that hold today where None.
    """
    place = matter.division() if matter.block_id else None
    duty = duty_of(matter, place)
    if duty is not None and is_taken_back(duty):
        post = dispatcher_for(_at(place, Route.Level.DISTRICT))
        return Destination(post, _("%(item)s：由%(owner)s承担。") % {"item": duty, "owner": duty.owner}, duty=duty)
    rules = in_force(timezone.localdate()) if routes is None else routes
    found = deciding(matter, place, rules)
    if found is None:
        return Destination(dispatcher_for(place), "", duty=duty)
    post = _seat(found, place)
    if post is None:
        words = _("规则“%(rule)s”指定的岗位无人在岗，已交最近的上级。") % {"rule": found}
        return Destination(dispatcher_for(place), words, found, duty)
    return Destination(post, _("按规则“%(rule)s”。") % {"rule": found}, found, duty)


@brief
def in_force(day: date) -> list[Route]:
    """Return the rules that hold on a day."""
    return list(Route.objects.on(day).select_related(*RELATED))


def deciding(matter: Matter, place: Division | None, routes: Iterable[Route]) -> Route | None:
    """Return the narrowest rule that matches; of equals the oldest, see `conflicts`."""
    fitting = [one for one in routes if _matches(one, matter, place)]
    return max(fitting, key=lambda one: (one.weight, -(one.pk or 2**62)), default=None)


def _matches(route: Route, matter: Matter, place: Division | None) -> bool:
    category = matter.category
    return (
        (route.category_id is None or route.category_id == matter.category_id)
        and (not route.group or (category is not None and category.group == route.group))
        and (not route.kind or route.kind == matter.kind)
        and (not route.source or route.source == matter.source)
        and (not route.urgent or matter.urgent)
        and (route.within is None or (place is not None and place.path.startswith(route.within.path)))
    )


def _seat(route: Route, place: Division | None) -> Post | None:
    if route.post is not None:
        # a seat that nobody holds receives nothing
        return route.post if route.post.tenures.at().exists() else None
    here = _at(place, Route.Level(route.level)) if route.level else place
    return seat_in(here, DISPATCH) if here is not None else None


def _at(place: Division | None, level: Route.Level) -> Division | None:
    """Return the division of a level that a place lies in."""
    wanted = Division.Kind(str(level))
    while place is not None and place.kind != wanted:
        place = place.parent
    if place is None and level == Route.Level.DISTRICT:
        return Division.objects.filter(kind=Division.Kind.DISTRICT).order_by("code").first()
    return place


@dataclass(frozen=True)
class Moved:
    """How many cases of the last month would go elsewhere, from whom to whom; some of their numbers."""

    before: str
    after: str
    count: int
    examples: tuple[str, ...]


def dry_run(draft: Sequence[Route], now: Sequence[Route]) -> tuple[int, list[Moved]]:
    """Compare where the cases of the last month would have gone under two sets of rules; duty lists aside.

    Returns
    -------
    How many cases were tried, and the changes, the most frequent first.
    """
    recent = Matter.objects.filter(opened_at__gte=timezone.now() - MONTH)
    rows = recent.select_related("category", "block__street").order_by("-pk")
    tried = list(rows[:MOST_TRIED])
    homes = _homes(tried)
    cache: dict[tuple[object, ...], str] = {}
    changed: dict[tuple[str, str], list[str]] = {}
    for matter in tried:
        home = homes.get(matter.block_id)
        pair = []
        for rules in (now, draft):
            found = deciding(matter, home, rules)
            key = (found.pk if found else 0, id(found) if found and found.pk is None else 0, home.pk if home else 0)
            if key not in cache:
                seat = _seat(found, home) if found else None
                cache[key] = str(seat or dispatcher_for(home) or _("无人在岗"))
            pair.append(cache[key])
        if pair[0] != pair[1]:
            changed.setdefault((pair[0], pair[1]), []).append(str(matter.number))
    moves = [Moved(a, b, len(numbers), tuple(numbers[:3])) for (a, b), numbers in changed.items()]
    return len(tried), sorted(moves, key=lambda one: -one.count)


def _homes(matters: Sequence[Matter]) -> dict[int | None, Division]:
    rows = Membership.objects.on(timezone.localdate()).filter(block__in={m.block_id for m in matters if m.block_id})
    return {row.block_id: row.community for row in rows.select_related("community__parent__parent")}


@dataclass(frozen=True)
class Conflict:
    """Something wrong with the rules: which, and what."""

    routes: tuple[Route, ...]
    words: str


def conflicts(routes: Sequence[Route]) -> list[Conflict]:
    """Report what is wrong with rules.

    Equals that disagree, rules that never decide, seats that nobody holds, rules that send down what was taken back.
    """
    found: list[Conflict] = []
    for k, one in enumerate(routes):
        for other in routes[k + 1 :]:
            if one.weight == other.weight and _overlap(one, other) and _target(one) != _target(other):
                found.append(Conflict((one, other), _("同样具体，去向不同：都适用时按先立的一条。")))
            elif _same(one, other) and _target(one) == _target(other):
                found.append(Conflict((one, other), _("条件和去向都相同：后一条多余。")))
        if one.post is not None and not one.post.tenures.at().exists():
            found.append(Conflict((one,), _("指定的岗位无人在岗，会交最近的上级。")))
        if one.category is not None and _sends_down(one):
            taken = DutyItem.objects.on(timezone.localdate()).filter(
                categories=one.category, list=DutyItem.List.WITHDRAWN
            )
            found += [Conflict((one,), _("与%(item)s冲突：清单优先。") % {"item": item}) for item in taken[:1]]
    return found


def _sends_down(route: Route) -> bool:
    if route.post is not None:
        return route.post.division.kind != Division.Kind.DISTRICT
    return route.level != Route.Level.DISTRICT


def _target(route: Route) -> tuple[object, ...]:
    return (route.post_id, "" if route.post_id else route.level)


def _same(one: Route, other: Route) -> bool:
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("group", "category_id", "kind", "source", "urgent", "within_id")
    )


def _overlap(one: Route, other: Route) -> bool:
    """Whether a case may match both."""
    for name in ("category_id", "kind", "source", "group"):
        a, b = getattr(one, name), getattr(other, name)
        if a and b and a != b:
            return False
    for narrow, wide in ((one, other), (other, one)):
        if narrow.category is not None and wide.group and narrow.category.group != wide.group:
            return False
    if one.within is None or other.within is None:
        return True
    return one.within.path.startswith(other.within.path) or other.within.path.startswith(one.within.path)
