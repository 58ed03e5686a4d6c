"""大家反映的事: which cases stand on public pages, in which words, and about where; never who, and never which door.

A case is shown at the middle of its block, whatever building or point was reported, so that all of a block stand at
one place; its place is the compound's name, or the street along it. A block in which somebody may be told by it, with
fewer than `FEWEST_HOMES` households or of which nobody knows how many, is left out: its cases stand at the middle of
the community, and bear the community's name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import shapely.geometry
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from linli.matters.models import Matter, divisions_of, overdue_at
from linli.matters.states import OPEN, State
from linli.org.models import Division
from linli.territory.counts import newest_counts
from linli.territory.models import Block, Line
from linli.territory.outlines import community_outlines

SHOWN = timedelta(days=180)  # closed ones leave the page afterwards
NEWEST, LATELY = 8, timedelta(days=7)
FEWEST_HOMES = 5
FIGURES = 4  # of degrees, ten metres: a middle is no exact place
ROADS = (Line.Kind.ARTERIAL, Line.Kind.SECONDARY, Line.Kind.LANE)


@dataclass(frozen=True)
class Shown:
    """One case as the public knows it.

    Parameters
    ----------
    matter
        With its category; of its text only `published` is for the public.
    place
        The compound, the street, or the community, in words.
    division
        The community that it lies in today, its street where none.
    longitude, latitude
        About where, degrees; None where nothing of the ground is known.
    near
        Key of its block, '' where it stands at its community's middle.
    """

    matter: Matter
    place: str
    division: Division | None
    longitude: float | None
    latitude: float | None
    near: str = ""

    @property
    def words(self) -> str:
        """What it is about: the words that were released, else its category."""
        return self.matter.published or str(self.matter.category)

    @property
    def symbol(self) -> str:
        """The sign of what kind it is: the first character of its category's class."""
        return self.matter.category.group[:1] if self.matter.category else ""

    @property
    def at(self) -> str:
        """Which place of the map it stands at, as `linli.cases.public_list` names places."""
        return self.near or (self.division.code if self.division is not None else "")

    @property
    def days(self) -> int:
        """How many days it has been open, or was."""
        last = self.matter.closed_at or timezone.now()
        return (timezone.localdate(last) - timezone.localdate(self.matter.opened_at)).days

    @property
    def look(self) -> str:
        """How its point is drawn: `done`, `due` where the answer is late, else `open`."""
        if self.matter.state == State.CLOSED:
            return "done"
        return "due" if self.matter.overdue else "open"


def shown() -> QuerySet[Matter]:
    """Return what stands on public pages: of a kind that concerns nobody's family, not withdrawn, and not old."""
    since = timezone.now() - SHOWN
    rows = Matter.objects.of_public_kind().filter(block__isnull=False, parent=None)
    rows = rows.exclude(state__in=(State.WITHDRAWN, State.MERGED))
    return rows.filter(Q(state__in=OPEN) | Q(closed_at__gte=since))


def newest_shown(most: int = NEWEST) -> list[Shown]:
    """Return the newest cases that the public may know of, as a first page tells and draws them."""
    return as_shown(shown().select_related("category").order_by("-pk")[:most])


@dataclass(frozen=True)
class Lately:
    """How many cases came within the last days, and how many of these are closed, are handled, are late."""

    days: int
    came: int
    closed: int
    late: int

    @property
    def handled(self) -> int:
        """How many are not closed yet."""
        return self.came - self.closed


def lately() -> Lately:
    """Count what stands on public pages and came within `LATELY`; one query."""
    now = timezone.now()
    rows = shown().filter(opened_at__gte=now - LATELY)
    told = rows.aggregate(
        came=Count("pk"), closed=Count("pk", filter=Q(state=State.CLOSED)), late=Count("pk", filter=overdue_at(now))
    )
    return Lately(LATELY.days, **told)


def pins_of(rows: Sequence[Shown]) -> list[dict[str, Any]]:
    """Return the features by which a map draws cases, numbered as their list; row 1 is `told-1`; see `map.ts`."""
    return [
        {
            "type": "Feature",
            "properties": {
                "number": number, "state": one.look, "symbol": one.symbol, "name": f"{one.words} · {one.place}",
                "at": one.at, "href": f"#told-{number}",
            },
            "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
        }
        for number, one in enumerate(rows, 1)
        if one.longitude is not None
    ]  # fmt: skip


def as_shown(matters: Iterable[Matter]) -> list[Shown]:
    """Return cases of `shown` with their places, in their order; a number of queries that does not grow with them."""
    rows = list(matters)
    keys = {one.block_id for one in rows if one.block_id is not None}
    blocks = Block.objects.select_related("compound", "street__parent").in_bulk(keys)
    for one in rows:
        one.block = blocks[one.block_id] if one.block_id is not None else None
    near = near_words(blocks)
    middles = {key: middle(blocks[key].shape) for key in near}
    outlines = community_outlines()
    found = []
    for one, division in zip(rows, divisions_of(rows), strict=True):
        key = one.block_id or 0
        place, point = near.get(key), middles.get(key)
        if place is None and division is not None:
            place, outline = division.title, outlines.get(division.pk)
            point = middle(shapely.geometry.shape(outline["geometry"])) if outline else None
        longitude, latitude = point or (None, None)
        found.append(Shown(one, place or "", division, longitude, latitude, str(key) if key in near else ""))
    return found


def near_words(blocks: dict[int, Block]) -> dict[int, str]:
    """What the place of each block is called, of those that tell nobody's home."""
    counted = newest_counts(blocks.values(), timezone.localdate())
    built = dict(Block.objects.filter(pk__in=blocks).values_list("pk").annotate(number=Count("buildings")).order_by())
    safe = [
        one for key, one in blocks.items()
        # where nobody counted, each building is one home at least
        if _tells_nobody(max((row.value for row in counted[key].values()), default=None), built[key])
    ]  # fmt: skip
    roads = roads_along([one.pk for one in safe if one.compound is None or not one.compound.name])
    words = {one.pk: roads.get(one.pk) or (one.compound.name if one.compound else "") for one in safe}
    return {key: said for key, said in words.items() if said}


def _tells_nobody(homes: int | None, buildings: int) -> bool:
    """Whether no home of a block is told from the others by its place: there are enough, or none for certain."""
    return homes == 0 or (buildings if homes is None else homes) >= FEWEST_HOMES


def roads_along(keys: list[int]) -> dict[int, str]:
    """The street that runs longest along each block, by its name."""
    rows = Line.objects.filter(Q(a__in=keys) | Q(b__in=keys), kind__in=ROADS).exclude(name="").order_by("length_m")
    found: dict[int, str] = {}
    for a, b, name in rows.values_list("a", "b", "name") if keys else ():
        found |= {a: name, b: name}  # the longest comes last
    return found


def middle(shape: shapely.Geometry) -> tuple[float, float]:
    """Return a point in the middle of a shape, degrees, no finer than ten metres."""
    point = shapely.point_on_surface(shape)
    return round(point.x, FIGURES), round(point.y, FIGURES)
