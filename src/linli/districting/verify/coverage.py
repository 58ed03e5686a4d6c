"""Recheck from the shapes that the ground is covered once: no gap between blocks, no overlap (R05)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from linli.districting.verify.case import Case
from linli.districting.verify.findings import Finding, judge, shortened
from linli.districting.verify.ground import LEAST_M2, WIDE_M, Patch, survey

DECLARED = "outside "  # before the names of ground that the file itself leaves out


def check_coverage(case: Case) -> Iterator[Finding]:
    """A finding on gaps, one on overlaps, and notices of what is left out by declaration or too narrow to be ground.

    Blocks outside the scope of the plan are ground too: what they cover is no gap.
    """
    shapes = {key: block.shape for key, block in case.data.blocks.items()}
    left_out = {f"{DECLARED}{k}": shape for k, shape in enumerate(case.data.outside, 1)}
    ground = survey({**shapes, **left_out})
    yield _judged(
        "gaps",
        [patch for patch in ground.gaps if any(key in case.scope for key in patch.blocks)],
        good=("地块之间没有空白(R05,按图形)。", "No gap between blocks, by their shapes (R05)."),
        bad=("地块之间有空白 {n} 处,共 {m2} 平方米(R05):", "{n} gaps between blocks, {m2} m² in all (R05):"),
    )
    overlaps = [
        replace(patch, blocks=real)
        for patch in ground.overlaps
        if len(real := [key for key in patch.blocks if key in shapes]) == len(patch.blocks)
        and any(key in case.scope for key in real)
    ]
    yield _judged(
        "overlaps",
        overlaps,
        good=("地块互不重叠(R05,按图形)。", "No two blocks overlap, by their shapes (R05)."),
        bad=("地块重叠 {n} 处,共 {m2} 平方米(R05):", "{n} overlaps of blocks, {m2} m² in all (R05):"),
    )
    if case.data.outside:
        area = sum(shape.area for shape in case.data.outside)
        yield Finding(
            "outside",
            "notice",
            f"数据声明不划入的地面 {len(left_out)} 处,共 {area:,.0f} 平方米,不算空白。",
            f"The data leave {len(left_out)} pieces of ground out, {area:,.0f} m²; these are no gaps.",
        )
    if ground.narrow_m2 > LEAST_M2 or ground.step_m > WIDE_M:
        yield Finding(
            "narrow",
            "notice",
            f"窄于 {ground.step_m:.2g} 米的缝隙和重叠共约 {ground.narrow_m2:,.0f} 平方米,按画线误差不计。",
            f"Gaps and overlaps narrower than {ground.step_m:.2g} m come to about {ground.narrow_m2:,.0f} m²; they are "
            "taken as drawing.",
        )


def _judged(code: str, patches: list[Patch], *, good: tuple[str, str], bad: tuple[str, str]) -> Finding:
    total = f"{sum(patch.area for patch in patches):,.0f}"
    first = patches[0] if patches else None
    named = "、".join(str(key) for key in shortened(first.blocks)) if first else ""
    at = first.as_dict()["at"] if first else ""
    told = tuple(words.format(n=len(patches), m2=total) for words in bad)
    return judge(
        code,
        [patch.as_dict() for patch in patches],
        good=good,
        bad=(
            f"{told[0]}最大的在 {at},地块 {named}。",
            f"{told[1]} the largest at {at}, blocks {named}.",
        ),
        tolerance={"narrower than m": WIDE_M, "less than m2": LEAST_M2},
    )
