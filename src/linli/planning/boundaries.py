"""The same figures under any boundary: that of the project's first day, today's, or any version's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from django.db.models import Count as Counted
from django.db.models import Q
from django.utils.translation import gettext as _

from linli.geodata import COUNT_COLUMNS, Blocks
from linli.matters.models import Matter
from linli.matters.states import OPEN
from linli.planning.models import Plan, Project
from linli.territory.counts import said
from linli.territory.models import Membership
from linli.written import number_in

YEAR = timedelta(days=365)
NOBODY = "—"


@dataclass(frozen=True)
class Figures:
    """A table: heads, one row a community, the sums."""

    heads: tuple[Any, ...]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    sums: tuple[Any, ...]


def boundaries(project: Project, plans: list[Plan]) -> list[tuple[str, str]]:
    """List the boundaries that may be asked for: name and words."""
    return [
        ("opened", _("项目开立时的边界")), ("today", _("现在的边界")),
        *((f"v{one.number}", _("方案 V%(number)d") % {"number": one.number}) for one in plans),
    ]  # fmt: skip


def labels_under(project: Project, name: str, day: date) -> dict[str, str] | None:
    """Return the community of every block of a project under a boundary; None where there is no such boundary."""
    if name == "opened":
        return {str(code): str(community) for code, community in project.present.items()}
    if name == "today":
        rows = Membership.objects.on(day).filter(block__street=project.street, block__code__in=list(project.present))
        return dict(rows.values_list("block__code", "community__name"))
    number = number_in(name.removeprefix("v")) if name.startswith("v") else None
    plan = None if number is None else project.plans.filter(number=number).first()
    return None if plan is None else {code: plan.community_of(code) for code in project.present}


def figures(project: Project, blocks: Blocks, labels: Mapping[str, str], day: date) -> Figures:
    """Add up counts, ground, facilities and matters of every block by community."""
    names = [labels.get(code) or NOBODY for code in blocks.ids]
    listed = [*project.in_order({*names} - {NOBODY}), *([NOBODY] if NOBODY in names else [])]
    place = np.array([listed.index(name) for name in names])
    columns: list[tuple[Any, Any]] = [(_("地块"), np.ones(len(blocks), dtype=np.int64))]
    columns += [
        (said(blocks.note_of(name)).brief, blocks.counts(name)) for name in COUNT_COLUMNS if name in blocks.columns
    ]
    if "facilities" in blocks.columns:
        kinds = [[kind for kind in str(text or "").split(";") if kind] for text in blocks.columns["facilities"]]
        columns.append((_("设施（处）"), np.array([len(here) for here in kinds])))
    year, open_now = _matters(project, blocks, day)
    columns += [(_("一年内的事项"), year), (_("没办完的事项"), open_now)]
    columns.append((_("面积（公顷）"), shapely.area(blocks.geometry) / 10_000))
    sums = [np.bincount(place, weights=values, minlength=len(listed)) for _head, values in columns]
    rows = tuple(
        (name, tuple(_written(head, column[k]) for (head, _v), column in zip(columns, sums, strict=True)))
        for k, name in enumerate(listed)
    )
    totals = tuple(_written(head, column.sum()) for (head, _v), column in zip(columns, sums, strict=True))
    return Figures(tuple(head for head, _values in columns), rows, totals)


def _matters(project: Project, blocks: Blocks, day: date) -> tuple[Any, Any]:
    place = {code: k for k, code in enumerate(blocks.ids)}
    found = np.zeros((2, len(blocks)), dtype=np.int64)
    rows = Matter.objects.filter(block__street=project.street).filter(
        Q(opened_at__date__gt=day - YEAR) | Q(state__in=OPEN)
    )
    grouped = (
        rows.order_by()
        .values("block__code")
        .annotate(
            year=Counted("pk", filter=Q(opened_at__date__gt=day - YEAR)), now=Counted("pk", filter=Q(state__in=OPEN))
        )
    )
    for code, year, now in grouped.values_list("block__code", "year", "now"):
        if code in place:
            found[:, place[code]] = year, now
    return found[0], found[1]


def _written(head: Any, value: Any) -> str:
    return f"{value:,.2f}" if head == _("面积（公顷）") else f"{value:,.0f}"
