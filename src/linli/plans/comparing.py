"""Where plans stand: among neutral plans, and beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.errors import InputError
from linli.plans.measures import UNITS
from linli.plans.neutral import NeutralPlans
from linli.plans.plan import Plan

WORDS = {  # what having more of a measure is called, and having less
    "boundary": ("长", "短"),
    "cut_length_m": ("长", "短"),
    "balance": ("悬殊", "均衡"),
    "reliance": ("高", "低"),
    "continuity": ("多", "少"),
    "belonging": ("多", "少"),
}


@dataclass(frozen=True)
class Standing:
    """Where one measure of a plan stands among neutral plans.

    Parameters
    ----------
    measure, value
        Its name, and what the plan has.
    percentile
        Share of neutral plans, in per cent, with a lower value; equal ones count half.
    low, median, high
        5th, 50th and 95th percentile of the neutral plans.
    trusted
        False where the chains forbid to speak of percentiles.
    sentence
        The same in Chinese, for a resident.
    """

    measure: str
    value: float
    percentile: float
    low: float
    median: float
    high: float
    trusted: bool
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side.

    Parameters
    ----------
    moved
        Block id to (community in the first plan, in the second), only those that differ.
    households
        Households of these blocks under the first plan's counting definition.
    measures
        Name to (value in the first plan, in the second); what neither knows is left out.
    """

    moved: dict[str, tuple[str, str]]
    households: int
    measures: dict[str, tuple[Any, Any]]


def standing(plan: Plan, neutral: NeutralPlans) -> list[Standing]:
    """Say where a plan stands among neutral plans, measure by measure.

    Raises
    ------
    InputError
        The neutral plans were drawn from other blocks, into another number of communities, or by another count.
    """
    meta = neutral.meta
    for field, found, wanted in (
        ("blocks", sorted(plan.blocks.ids), sorted(meta["ids"])),
        ("parts", len(plan.names), meta["parts"]),
        ("count", plan.count, meta["count"]),
    ):
        if found != wanted:
            raise InputError(
                "the neutral plans are not comparable with this plan: they differ in " + field,
                file=neutral.path, field=field, value=wanted if field != "blocks" else None,
                advice="draw them with linli sample --like PLAN",
            )  # fmt: skip
    values = plan.measures()
    found_all = []
    for name, drawn in neutral.measures.items():
        value = values.get(name)
        if value is None:
            continue
        share = neutral.percentile(name, float(value))
        low, median, high = (float(q) for q in np.quantile(drawn, (0.05, 0.5, 0.95)))
        trusted = neutral.diagnostics[name].converged
        alone = bool(np.isclose(drawn, value).all())
        sentence = _sentence(name, float(value), None if alone else share, neutral.plans, trusted=trusted)
        found_all.append(Standing(name, float(value), share, low, median, high, trusted, sentence))
    return found_all


def compare(first: Plan, second: Plan) -> Comparison:
    """Put two plans of the same blocks side by side.

    Communities are compared by name; a block that is open in one plan counts as moved.

    Raises
    ------
    InputError
        The plans divide different blocks.
    """
    if set(first.blocks.ids) != set(second.blocks.ids):
        raise InputError("these plans divide different blocks", advice="compare plans made from one blocks file")
    other = dict(zip(second.blocks.ids, second.community.tolist(), strict=True))
    weight = first.blocks.counts(first.count)
    moved: dict[str, tuple[str, str]] = {}
    households = 0
    for row, (block, name) in enumerate(zip(first.blocks.ids, first.community.tolist(), strict=True)):
        if other[block] != name:
            moved[block] = (name, other[block])
            households += int(weight[row])
    before, after = first.measures(), second.measures()
    measures = {
        name: (before[name], after[name])
        for name in UNITS
        if before.get(name) is not None or after.get(name) is not None
    }
    return Comparison(moved, households, measures)


def _sentence(name: str, value: float, share: float | None, plans: int, *, trusted: bool) -> str:
    title, unit = UNITS[name]
    more, less = WORDS[name]
    said = f"{value:.1%}" if unit == "占比" else f"{value:,.0f}{'' if unit == '米×价' else unit}"
    if share is None:
        rest = "与所有中性方案相同"
    else:
        rest = f"比{share:.0f}%的中性方案{more}" if share >= 50 else f"比{100 - share:.0f}%的中性方案{less}"
    doubt = "" if trusted else "（抽样尚未收敛，仅供参考）"
    return f"{title}{said}，{rest}；中性方案是按同样的户数范围随机划分的{plans:,}个方案{doubt}。"
