"""A check-up of today's communities from the site's own data: what is counted, how they stand, why they are flagged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.geodata.count_notes import CountNote, gathered
from linli.org.days import holding
from linli.org.models import Division, Post, Tenure
from linli.planning.telling import band, reason
from linli.plans.diagnosis import Checkup, check_community
from linli.plans.profiles import Profile
from linli.plans.task import STATIONS
from linli.plans.words import Staffing, staffing
from linli.territory.models import Count, Facility, Membership

UNDELIVERED_COUNTS = ("households_registered", "households_resident", "dwellings_delivered")


@dataclass(frozen=True)
class Standing:
    """One community of a check-up.

    Parameters
    ----------
    division
        The community.
    checkup
        Grade, bands, findings, parts, by the rules of `linli.plans.diagnosis`.
    missing
        Blocks without a count under the definition of the check-up: said, not taken as none.
    undelivered, growth
        Dwellings that are built and not handed over, and the households that the scenario adds for them.
    scenario
        The check-up with the growth; None where no scenario is asked for.
    staffing
        Seats, workers and floor space that the norms ask for.
    workers, floor_m2
        Community workers in post, and the floor space of its service stations; None where nobody recorded such posts,
        stations or their space.
    """

    division: Division
    checkup: Checkup
    missing: int
    undelivered: int
    growth: int
    scenario: Checkup | None
    staffing: Staffing
    workers: int | None
    floor_m2: float | None

    @property
    def known(self) -> bool:
        """Whether any of its blocks has a count under the definition: without one there is nothing to judge."""
        return self.missing < self.checkup.blocks

    @property
    def verdict(self) -> str:
        """`split`, `scenario` where only the scenario says so, `fine`, or `unknown` where counts are lacking.

        What is counted may be enough to flag a community; that it need not be divided is said only of a whole count.
        """
        if self.known and self.checkup.flagged:
            return "split"
        if not self.known or self.missing:
            return "unknown"
        return "scenario" if self.newly_flagged else "fine"

    @property
    def reasons(self) -> list[str]:
        """Why it is flagged or looked at, in the reader's language."""
        return [reason(finding) for finding in self.checkup.findings]

    @property
    def bands(self) -> list[str]:
        """How it stands to each standard's band, in the reader's language and the order of the standards."""
        if not self.known:
            return [_("无数据")] * len(self.checkup.bands)
        return [band(one["band"], self.checkup.count) for one in self.checkup.bands]

    @property
    def workers_lacking(self) -> int | None:
        """Community workers short of the norm; None where the persons are not counted or the posts not recorded."""
        if self.staffing.workers is None or self.workers is None:
            return None
        return max(0, self.staffing.workers - self.workers)

    @property
    def floor_lacking_m2(self) -> float | None:
        """Square metres short of the norm; None where they are not known."""
        return (
            None if self.floor_m2 is None or not self.known else max(0.0, self.staffing.floor_needed_m2 - self.floor_m2)
        )

    @property
    def newly_flagged(self) -> bool:
        """Whether only the scenario flags it."""
        return self.known and self.scenario is not None and self.scenario.flagged and not self.checkup.flagged


@dataclass
class Ground:
    """What the database says of some communities on a day."""

    communities: list[Division]
    blocks: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))  # community → blocks
    counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))  # definition → block → value
    told: dict[str, dict[int, tuple[str, date, str]]] = field(default_factory=lambda: defaultdict(dict))  # by whom
    posts: dict[int, dict[str, int]] = field(default_factory=dict)  # community → role of a post there → held
    floor: dict[int, float | None] = field(default_factory=dict)  # None: a station without its space on record

    def note_of(self, definition: str) -> CountNote:
        """Return what the counts under a definition rest on."""
        values = self.counts.get(definition, {})
        return gathered(definition, [(*told, values[block]) for block, told in self.told.get(definition, {}).items()])


def read_ground(paths: Sequence[str], day: date) -> Ground:
    """Read communities, their blocks, the newest counts up to a day, posts and stations.

    Parameters
    ----------
    paths
        Areas that the one who asks may see: paths of divisions; a path of a community or below shows that community.
    day
        Days begin at midnight in Asia/Shanghai.
    """
    inside = Q()
    for path in paths:
        inside |= Q(path__startswith=path) | Q(path__in=_above(path))
    seen = Division.objects.on(day).filter(kind=Division.Kind.COMMUNITY).filter(inside).select_related("parent")
    ground = Ground(list(seen) if paths else [])
    keys = [division.pk for division in ground.communities]
    home: dict[int, int] = {}
    for block, community in Membership.objects.on(day).filter(community__in=keys).values_list("block", "community"):
        ground.blocks[community].append(block)
        home[block] = community
    here = Q(block__memberships__community__in=keys) & holding(day, "block__memberships__")
    rows = Count.objects.filter(here, as_of__lte=day).order_by("as_of", "pk")
    for block, definition, value, source, as_of, rule in rows.values_list(
        "block", "definition", "value", "source", "as_of", "estimate"
    ).distinct():
        ground.counts[definition][block] = value  # the newest comes last
        ground.told[definition][block] = (source, as_of, rule)
    ground.posts |= held_posts(ground.communities, day)
    _read_stations(ground, home)
    return ground


def check(
    ground: Ground,
    *,
    count: str,
    standard: Profile,
    profiles: Sequence[Profile],
    limit: int,
    occupancy: int | None = None,
) -> list[Standing]:
    """Check every community, the largest first.

    Parameters
    ----------
    count
        Counting definition (口径) that decides.
    standard, profiles
        Whose grades, norms and band hold, and all that the communities are held against.
    limit
        Households above which a community is flagged; exactly as many are not.
    occupancy
        Per cent of the undelivered dwellings that a scenario takes as lived in; None for no scenario.
    """
    found = []
    for division in ground.communities:
        blocks = ground.blocks.get(division.pk, [])
        counts = {
            definition: sum(values[block] for block in blocks if block in values)
            for definition, values in ground.counts.items()
            if any(block in values for block in blocks)  # a count that nobody took is no count of none
        }
        counts.setdefault(count, 0)
        known = ground.counts.get(count, {})

        def reckon(size: Mapping[str, int], name: str = division.title, many: int = len(blocks)) -> Checkup:
            return check_community(
                name, many, dict(size), count=count, limit=limit, standard=standard, profiles=profiles
            )

        undelivered = max(0, counts.get("dwellings", 0) - counts.get("dwellings_delivered", counts.get("dwellings", 0)))
        growth = round(undelivered * (occupancy or 0) / 100) if count in UNDELIVERED_COUNTS else 0
        found.append(
            Standing(
                division=division,
                checkup=reckon(counts),
                missing=sum(block not in known for block in blocks),
                undelivered=undelivered,
                growth=growth,
                scenario=None if occupancy is None else reckon({**counts, count: counts[count] + growth}),
                staffing=staffing(counts[count], counts.get("persons"), standard.norms),
                workers=held_by(ground.posts, division.pk, standard.norms["worker_roles"]),
                floor_m2=ground.floor.get(division.pk),
            )
        )
    return sorted(found, key=lambda one: (-one.checkup.count, one.division.code))


def first_counted(ground: Ground, definitions: Sequence[str]) -> str:
    """Return the first counting definition that any block has a count under; the first of all where none has."""
    blocks = {block for inside in ground.blocks.values() for block in inside}
    return next((one for one in definitions if blocks & ground.counts.get(one, {}).keys()), definitions[0])


def summary(standings: Sequence[Standing]) -> dict[str, Any]:
    """Add up what the page's first line says."""
    flagged = [one for one in standings if one.verdict == "split"]
    known = [one for one in standings if one.known]
    return {
        "communities": len(standings),
        "known": len(known),
        "households": sum(one.checkup.count for one in known),
        "flagged": len(flagged),
        "newly_flagged": sum(one.newly_flagged for one in standings),
        "missing": sum(one.missing for one in standings),
        "names": [one.division.title for one in flagged],
        "workers_lacking": _known(one.workers_lacking for one in standings),
        "floor_lacking_m2": _known(one.floor_lacking_m2 for one in standings),
    }


def _known(values: Iterable[float | None]) -> float | None:
    """Add up what is known; None where nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def held_posts(communities: Sequence[Division], day: date) -> dict[int, dict[str, int]]:
    """Count the held posts of each community by role, at this moment or the end of a day gone by; 0 where vacant."""
    by_path = {division.path: division.pk for division in communities}
    found: dict[int, dict[str, int]] = {}
    if not by_path:
        return found
    moment = timezone.now()
    if day < timezone.localdate(moment):
        moment = timezone.make_aware(datetime.combine(day, time.max))
    held = Exists(Tenure.objects.at(moment).filter(post=OuterRef("pk")))
    rows = Post.objects.filter(holding(day)).annotate(held=held).values_list("role__code", "division__path", "held")
    for role, path, taken in rows:
        home = next((by_path[place] for place in _above(path) if place in by_path), None)
        if home is not None:
            counted = found.setdefault(home, {})
            counted[role] = counted.get(role, 0) + bool(taken)
    return found


def held_by(posts: Mapping[int, Mapping[str, int]], community: int, roles: Collection[str]) -> int | None:
    """Count the posts of some roles that are held in a community; None where it has no such post."""
    here = [held for role, held in posts.get(community, {}).items() if role in roles]
    return sum(here) if here else None


def _read_stations(ground: Ground, home: Mapping[int, int]) -> None:
    """Add up the floor space of each community's stations; nothing where the street has no facility on record."""
    streets = {division.parent_id for division in ground.communities}
    rows = list(Facility.objects.filter(street__in=streets).values_list("street", "kind", "block", "area_m2"))
    known = {street for street, *_rest in rows}
    ground.floor |= {division.pk: 0.0 for division in ground.communities if division.parent_id in known}
    for _street, kind, block, area in rows:
        if kind in STATIONS and block in home:
            so_far = ground.floor.get(home[block], 0.0)
            ground.floor[home[block]] = None if area is None or so_far is None else so_far + area


def _above(path: str) -> list[str]:
    """A path and the paths of every division that it lies in, the nearest first."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:k]) + "/" for k in range(len(parts), 0, -1)]
