"""What each community has, should have and lacks by the norms, and how each lack could be met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.districting.problem import Ints
from linli.geodata import Blocks
from linli.plans.groups import rows_of
from linli.plans.measures import FACILITY_WORDS, WALKING_DETOUR, facilities_there
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.task import community_column, has_station
from linli.plans.words import staffing, station_floor

FLOOR, WORKERS = "floor_m2", "workers"
WAYS: Mapping[str, str] = MappingProxyType(
    {"share": "共建共享", "build": "新建", "rent": "租用", "move": "调剂", "hire": "招聘"}
)
KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {FLOOR: ("服务用房", "㎡"), WORKERS: ("社区工作者", "名"), **{k: (w, "处") for k, w in FACILITY_WORDS.items()}}
)


def ways_of(kind: str) -> tuple[str, ...]:
    """Return the ways in which a lack of a kind can be met."""
    return ("move", "hire") if kind == WORKERS else ("share", "build", "rent")


@dataclass(frozen=True)
class Need:
    """One thing in one community: what it has and should have; None where the data do not say."""

    community: str
    kind: str
    have: float | None
    should: float | None

    @property
    def lack(self) -> float | None:
        """How much is short, 0 where there is enough; None where it is not known."""
        return None if self.have is None or self.should is None else max(0.0, self.should - self.have)

    @property
    def over(self) -> float:
        """How much there is beyond the norm."""
        return 0.0 if self.have is None or self.should is None else max(0.0, self.have - self.should)


@dataclass(frozen=True)
class Proposal:
    """How a lack could be met, and what the rule saw.

    Parameters
    ----------
    way
        One of `WAYS`.
    from_community, metres
        Whose surplus is shared, and how far it is on foot.
    dwellings
        Dwellings that are not handed over yet, with which it could be built.
    note
        What a person wrote in place of the rule's reason.
    """

    community: str
    kind: str
    way: str
    from_community: str = ""
    metres: int = 0
    dwellings: int = 0
    note: str = ""

    @property
    def why(self) -> str:
        """The reason in Chinese."""
        if self.note:
            return self.note
        if self.way == "share":
            return f"{community_words(self.from_community)}有富余，步行约{self.metres}米"
        if self.way == "build":
            return f"有{self.dwellings}套住房尚未交付，随项目配建"
        if self.way == "rent":
            return "近处没有富余可共享，也没有尚未交付的住房"
        return "原社区人员先留足本社区，余下的随地块调往新社区" if self.way == "move" else "现有人员不足"


def needs(
    blocks: Blocks, labels: NDArray[np.object_], *, count: str, norms: Mapping[str, Any],
    staff: Mapping[str, int | None],
) -> list[Need]:  # fmt: skip
    """List what each community has and should have: floor space of its stations, workers, facilities.

    Parameters
    ----------
    labels
        Shape (n,): community of each block.
    staff
        Community to its community workers; one that is missing, or None, has no data.
    """
    households = blocks.counts(count)
    persons = blocks.counts("persons") if "persons" in blocks.columns else None
    there = facilities_there(blocks, list(norms["facilities"]))
    found = []
    for name, rows in rows_of(labels).items():
        if not name:
            continue
        size, people = int(households[rows].sum()), None if persons is None else int(persons[rows].sum())
        norm = staffing(size, people, norms)
        found.append(Need(name, FLOOR, _floor(blocks, rows), norm.floor_needed_m2))
        found.append(Need(name, WORKERS, staff.get(name), norm.workers))
        for kind, wanted in norms["facilities"].items():
            found.append(Need(name, kind, None if there is None else int(there[kind][rows].sum()), wanted))
    return found


def before_and_after(plan: Plan, staff: Mapping[str, int | None]) -> tuple[list[Need], list[Need]]:
    """List what there is and should be today and under a plan; `staff` are the workers of today's communities."""
    norms = plan.rules.standard().norms
    present = community_column(plan.blocks)
    today = needs(plan.blocks, present, count=plan.count, norms=norms, staff=staff)
    then = needs(plan.blocks, plan.community, count=plan.count, norms=norms, staff=shared_out(plan, staff))
    order = {name: k for k, name in enumerate(plan.names)}
    return today, sorted(then, key=lambda one: order[one.community])


def shared_out(plan: Plan, staff: Mapping[str, int | None]) -> dict[str, int | None]:
    """Share today's workers out: a community that goes on keeps what it should have, the rest goes where most lack."""
    found: dict[str, int | None] = {}
    by_parent: dict[str, list[Any]] = {}
    for one in plan.communities:
        by_parent.setdefault(one.parent or one.name, []).append(one)
    for parent, children in by_parent.items():
        left = staff.get(parent)
        if left is None or any(one.staffing.workers is None for one in children):
            found |= dict.fromkeys((one.name for one in children), left if len(children) == 1 else None)
            continue
        ranked = sorted(children, key=lambda one: (not one.kept, -(one.staffing.workers or 0), one.name))
        for k, one in enumerate(ranked):
            given = left if k == len(ranked) - 1 else min(left, one.staffing.workers or 0)
            found[one.name], left = given, left - given
    return found


def proposals(plan: Plan, needed: list[Need], staff: Mapping[str, int | None]) -> list[Proposal]:
    """Propose a way for each lack, by one rule.

    A place is shared where a neighbouring community has more than its norm within walking distance of the middle of
    the households (`share_walk_m`); else built where housing is not handed over yet; else rented. Workers are moved
    where today's community has some to spare, else hired.
    """
    norms = plan.rules.standard().norms
    by_kind: dict[str, list[Need]] = {}
    for one in needed:
        by_kind.setdefault(one.kind, []).append(one)
    spare = {name: held or 0 for name, held in shared_out(plan, staff).items()}
    return [
        _worker(plan, one, spare)
        if one.kind == WORKERS
        else _place(plan, one, by_kind[one.kind], norms["share_walk_m"])
        for one in needed
        if one.lack
    ]


def total(found: list[Need], kind: str) -> tuple[float | None, float | None, float | None]:
    """Add up have, should and lack of one kind; None where some community has no data."""
    here = [one for one in found if one.kind == kind]

    def added(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    return (
        added([one.have for one in here]), added([one.should for one in here]), added([one.lack for one in here])
    )  # fmt: skip


def undelivered(blocks: Blocks, rows: Ints) -> int:
    """Dwellings in some blocks that are not handed over yet."""
    if "dwellings" not in blocks.columns or "dwellings_delivered" not in blocks.columns:
        return 0
    return max(0, int(blocks.counts("dwellings")[rows].sum() - blocks.counts("dwellings_delivered")[rows].sum()))


def _place(plan: Plan, lack: Need, others: list[Need], most: float) -> Proposal:
    blocks, inside = plan.blocks, np.flatnonzero(plan.community == lack.community)
    weight = blocks.counts(plan.count)[inside].astype(np.float64) + 1e-9
    middle = np.average(blocks.xy()[inside], axis=0, weights=weight)
    kind = "service_station" if lack.kind == FLOOR else lack.kind
    there = (facilities_there(blocks, [kind]) or {kind: np.zeros(len(blocks), dtype=np.int64)})[kind] > 0
    best: tuple[float, str] | None = None
    for other in others:
        rows = np.flatnonzero(there & (plan.community == other.community))
        if other.community == lack.community or not other.over or not len(rows):
            continue
        far = float(np.hypot(*(blocks.xy()[rows] - middle).T).min()) * WALKING_DETOUR
        if far <= most and (best is None or (far, other.community) < best):
            best = (far, other.community)
    if best is not None:
        return Proposal(lack.community, lack.kind, "share", from_community=best[1], metres=int(round(best[0], -1)))
    coming = undelivered(blocks, inside)
    return Proposal(lack.community, lack.kind, "build" if coming else "rent", dwellings=coming)


def _worker(plan: Plan, lack: Need, spare: dict[str, int]) -> Proposal:
    size = {one.name: one.staffing.workers or 0 for one in plan.communities}
    extra = max(spare, key=lambda name: (spare[name] - size[name], name), default="")
    if extra and spare[extra] > size[extra]:
        return Proposal(lack.community, WORKERS, "move", from_community=extra)
    return Proposal(lack.community, WORKERS, "hire")


def _floor(blocks: Blocks, rows: Ints) -> float | None:
    if "facilities" not in blocks.columns:
        return None
    here = rows[has_station(blocks, rows)]
    return station_floor(blocks, here) if len(here) else 0.0
