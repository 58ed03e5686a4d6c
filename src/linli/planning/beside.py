"""Plans side by side: their figures with bars, what one moves against the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.geodata import Blocks
from linli.planning.models import Plan, Project

NO_DATA = _("无数据")
MEASURES: dict[str, tuple[Any, str, bool]] = {  # title, how it is written, whether more is better
    "boundary": (_("加权界线"), "{:,.0f}", False),
    "cut_length_m": (_("社区间界线长度（米）"), "{:,.0f}", False),
    "reliance": (_("界线依托率"), "{:.1%}", True),
    "balance": (_("户数悬殊（最大偏离平均）"), "{:.1%}", False),
    "polsby_popper": (_("紧凑度（平均）"), "{:.2f}", True),
    "continuity": (_("保持原社区的户数"), "{:,.0f}", True),
    "felt": (_("受访户认同的片区没有被拆开"), "{:.0%}", True),
    "access": (_("到服务站步行距离（户均，米）"), "{:,.0f}", False),
    "facilities": (_("配套设施缺口（处）"), "{:,.0f}", False),
}


@dataclass(frozen=True)
class Row:
    """One measure of several plans: what is written, the bar's length in per cent, whether it is the best.

    A bar is None, and 无数据 is written, where a plan has not the measure: no station, no walk.
    """

    title: Any
    cells: tuple[tuple[Any, int | None, bool], ...]


def rows_of(plans: Sequence[Plan]) -> list[Row]:
    """Return every measure; none where no plan was measured, because its blocks are not all given out."""
    if not any(plan.measures for plan in plans):
        return []
    found = []
    for name, (title, form, more) in MEASURES.items():
        values = [plan.measures.get(name) for plan in plans]
        known = [value for value in values if value is not None]
        best = (max if more else min)(known, default=None)
        top = max(known, default=0) or 1.0
        alone = len(known) < 2 or min(known) == max(known)
        cells = tuple(
            (NO_DATA, None, False) if v is None else (form.format(v), round(100 * v / top), v == best and not alone)
            for v in values
        )
        found.append(Row(title, cells))
    return found


@dataclass(frozen=True)
class Moved:
    """Blocks that two plans have in different communities: from where to where, how many, their households."""

    before: str
    after: str
    blocks: tuple[str, ...]
    households: int


def households_of(blocks: Blocks, project: Project) -> dict[str, int]:
    """Return the households of each block under the project's definition."""
    return dict(zip(blocks.ids, blocks.counts(project.count).tolist(), strict=True))


def moved(first: Plan, second: Plan, counts: dict[str, int]) -> list[Moved]:
    """Return what two plans differ in."""
    codes = sorted(set(first.labels) | set(second.labels))
    return grouped(changes(codes, first.community_of, second.community_of), counts)


def changes(
    codes: Iterable[str], before: Callable[[str], str], after: Callable[[str], str]
) -> list[tuple[str, str, str]]:
    """List the blocks that are elsewhere afterwards: code, from, to."""
    found = ((code, before(code), after(code)) for code in codes)
    return [(code, a, b) for code, a, b in found if a != b]


def grouped(moves: Iterable[tuple[str, str, str]], counts: dict[str, int]) -> list[Moved]:
    """Group moves, (block, from, to), by the pair of communities, the most households first."""
    pairs: dict[tuple[str, str], list[str]] = {}
    for code, a, b in moves:
        pairs.setdefault((a, b), []).append(code)
    found = [Moved(a, b, tuple(codes), sum(counts.get(code, 0) for code in codes)) for (a, b), codes in pairs.items()]
    return sorted(found, key=lambda one: (-one.households, one.before, one.after))
