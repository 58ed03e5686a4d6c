"""The question of the public list, and what its map counts: by place, by community; small counts are not told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

import shapely.geometry
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.shown import middle, near_words, shown
from linli.matters.models import Matter, overdue_at
from linli.matters.states import OPEN, State
from linli.org.models import Division
from linli.territory.models import Block, Membership
from linli.territory.outlines import Outline, community_outlines
from linli.written import number_in

MOST_WORDS, MOST_LETTERS = 4, 40
MOST_NAMED = 200  # compounds that a word may mean
MOST_PLACES = 400  # marks of a map; of more, places are joined by community
FEWEST = 5  # a community's count below it is not told: it says more of single homes than of the community
BOUNDS = (5, 10, 20, 50, 100, 200, 500, 1000)
SHADES = 3  # from `FEWEST` on
STATES = ("open", "due", "done", "all")  # the first where nobody asks


@dataclass(frozen=True)
class Asked:
    """What of the public list is asked for; '' where a condition is not set.

    Parameters
    ----------
    q
        Words of what the public may read: released words, category, place, number. All of them count.
    group, state, community, at
        Class of the category, one of `STATES` (`done` are those closed lately), code of the community, key of a block.
    """

    q: str = ""
    group: str = ""
    state: str = STATES[0]
    community: str = ""
    at: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Asked:
        """Read it from an address."""
        said = {name: str(given.get(name, "")).strip()[:MOST_LETTERS] for name in cls.__dataclass_fields__}
        return cls(**{**said, "state": said["state"] if said["state"] in STATES else STATES[0]})

    @property
    def query(self) -> str:
        """It as part of an address; '' where nothing is asked for."""
        return urlencode({name: value for name, value in asdict(self).items() if value and value != STATES[0]})

    def ask(self) -> QuerySet[Matter]:
        """Return the cases that it means; never found by a word that the public may not read."""
        rows, now = shown(), timezone.now()
        if self.group:
            rows = rows.filter(category__group=self.group)
        if self.state == "done":
            rows = rows.filter(state=State.CLOSED)
        elif self.state != "all":
            rows = rows.filter(state__in=OPEN)
            rows = rows.filter(overdue_at(now)) if self.state == "due" else rows
        if self.community:
            rows = rows.filter(block__in=_held().filter(community__code=self.community).values("block"))
        if self.at:
            key = number_in(self.at)
            rows = rows.filter(block__in=near_words(_blocks(Q(pk=key))) if key is not None else ())
        for word in self.q.split()[:MOST_WORDS]:
            rows = rows.filter(_says(word))
        return rows


def _says(word: str) -> Q:
    """Whether a case says a word where everybody may read it; a compound that is not shown is not found either."""
    likely = Block.objects.filter(compound__name__icontains=word).values_list("pk", flat=True)[:MOST_NAMED]
    named = near_words(_blocks(Q(pk__in=list(likely))))
    homes = Q(community__name__icontains=word) | Q(community__name_en__icontains=word)
    held = _held().filter(homes).values("block")
    return (
        Q(published__icontains=word) | Q(category__title__icontains=word) | Q(category__group__icontains=word)
        | Q(number=word) | Q(block__in=named) | Q(block__in=held)
    )  # fmt: skip


def _held() -> Any:
    return Membership.objects.on(timezone.localdate())


def _blocks(which: Q) -> dict[int, Block]:
    return {one.pk: one for one in Block.objects.filter(which).select_related("compound")}


def places(asked: Asked) -> dict[str, Any]:
    """Return how many cases a question finds at each place, as features: blocks, communities where they are many."""
    counts, symbols = _by_block(asked)
    blocks = _blocks(Q(pk__in=counts)) if len(counts) <= MOST_PLACES else {}
    near = near_words(blocks) if blocks else {}
    homes = dict(_held().filter(block__in=counts).values_list("block", "community"))
    points = [
        _place(
            middle(blocks[key].shape), near[key], counts[key], symbols[key], str(key), replace(asked, at=str(key))
        )
        for key in near
    ]  # fmt: skip
    outlines, joined, signs = community_outlines(), defaultdict[int, int](int), defaultdict[int, set[str]](set)
    for key in counts.keys() - near.keys():
        if homes.get(key) in outlines:
            joined[homes[key]] += counts[key]
            signs[homes[key]] |= symbols[key]
    divisions = Division.objects.in_bulk(list(joined))
    for home, number in joined.items():
        one = divisions[home]
        point = middle(shapely.geometry.shape(outlines[home]["geometry"]))
        points.append(_place(point, one.title, number, signs[home], one.code, replace(asked, community=one.code)))
    return {"type": "FeatureCollection", "features": points}


def _by_block(asked: Asked) -> tuple[dict[int, int], dict[int, set[str]]]:
    counts, symbols = defaultdict[int, int](int), defaultdict[int, set[str]](set)
    rows = asked.ask().order_by().values_list("block", "category__group").annotate(number=Count("pk"))
    for block, group, number in rows:
        counts[block] += number
        symbols[block].add(group[:1])
    return counts, symbols


def _place(
    point: tuple[float, float], name: str, number: int, symbols: set[str], at: str, asked: Asked
) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {
            "count": number, "symbol": next(iter(symbols)) if len(symbols) == 1 else "", "at": at,
            "name": _("%(place)s · %(number)d 件") % {"place": name, "number": number},
            "href": f"{reverse('cases:public')}?{asked.query}",
        },
        "geometry": {"type": "Point", "coordinates": point},
    }  # fmt: skip


@dataclass(frozen=True)
class Shade:
    """One step of the map's colours: its fill, and which counts it stands for, in words."""

    fill: str
    words: str


@dataclass(frozen=True)
class CommunityCount:
    """A community, what is open in it as the public may know it (None below `FEWEST`), and its step."""

    division: Division
    number: int | None
    none: bool
    fill: str


def by_community(asked: Asked) -> tuple[list[CommunityCount], list[Shade], dict[str, Any]]:
    """Count what is open by community: the table, the legend, and the shaded outlines; all from one count."""
    rows = replace(asked, state="open").ask().order_by().values_list("block").annotate(number=Count("pk"))
    counted = dict(rows)
    totals: dict[int, int] = defaultdict(int)
    for block, home in _held().filter(block__in=counted).values_list("block", "community"):
        totals[home] += counted[block]
    bounds = _bounds(max(totals.values(), default=0))
    outlines = community_outlines()
    table, features = [], []
    for one in Division.objects.filter(pk__in=list(outlines)).order_by("code"):
        number = totals.get(one.pk, 0)
        fill = f"count-{(number > 0) + sum(number >= bound for bound in bounds)}"
        table.append(CommunityCount(one, None if 0 < number < FEWEST else number, number == 0, fill))
        features.append(_shaded(outlines[one.pk], one, fill, told(table[-1].number)))
    return table, _legend(bounds), {"type": "FeatureCollection", "features": features}


def told(number: int | None) -> str:
    """Say a count as the public may know it."""
    return _("不足 %(few)d 件在办") % {"few": FEWEST} if number is None else _("%(number)d 件在办") % {"number": number}


def _shaded(outline: Outline, division: Division, fill: str, words: str) -> Outline:
    more = {"fill": fill, "text": words, "href": f"?{urlencode({'community': division.code})}"}
    return {**outline, "properties": {**outline["properties"], **more}}


def _bounds(most: int) -> list[int]:
    """Where the steps begin, from `FEWEST` on: round numbers, spread over what there is."""
    round_ones = [bound for bound in BOUNDS if bound <= most]
    if len(round_ones) <= SHADES:
        return round_ones
    return [round_ones[0], round_ones[len(round_ones) // 2], round_ones[-1]]


def _legend(bounds: list[int]) -> list[Shade]:
    shades = [Shade("count-0", "0"), Shade("count-1", f"1–{FEWEST - 1}")]
    for step, bound in enumerate(bounds, 2):
        until = bounds[step - 1] - 1 if step - 1 < len(bounds) else None
        words = f"{bound}–{until}" if until else _("%(number)d 以上") % {"number": bound}
        shades.append(Shade(f"count-{step}", words))
    return shades
