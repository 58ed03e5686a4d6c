"""Recompute every figure of a plan that the data determine: objective, cut, and each number of each community."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from linli.districting.verify.blocks import Line
from linli.districting.verify.case import Case
from linli.districting.verify.findings import Finding, judge
from linli.districting.verify.plan import COUNTS, LIMIT, Community

STEPS = 1000  # the objective of `boundary` is counted in thousandths
SPREAD = 0.01  # part of a community's ground by which dissolving may change it (blocks that overlap a little)


def check_figures(case: Case) -> Iterator[Finding]:
    """The whole plan's figures first, then those of its communities."""
    yield from _objective(case)
    length = _length(case.cut)
    stated = (case.plan.cut_length_m, case.plan.measures.get("cut_length_m", case.plan.cut_length_m))
    yield judge(
        "cut_length",
        [_difference(figure, length) for figure in stated if not _agree(figure, length, _slack(case))],
        good=(f"新界线长度 {length:.1f} 米,复算一致。", f"The cut of {length:.1f} m was recomputed."),
        bad=("新界线长度与复算不符。", "The cut length is not what the lines add up to."),
    )
    yield _communities(case)
    if not _agree(case.plan.measures.get("boundary", _boundary(case)), _boundary(case), _slack(case)):
        yield Finding(
            "measures",
            "fault",
            "指标 boundary 与复算不符。",
            "The measure boundary is not what the lines and prices give.",
            _difference(case.plan.measures["boundary"], _boundary(case)),
        )
    measures = set(case.plan.measures) - {"cut_length_m", "boundary"}
    words = {"east", "south", "west", "north", "text", "reason"}
    known = {"community", "parent", "kept", "blocks", "count", "cut_length_m", "area_m2", "polsby_popper"}
    columns = {name for row in case.plan.communities for name in row.values} - known - set(_sums(case))
    if measures or columns:
        yield Finding(
            "not_checked",
            "notice",
            "未复算:文字(四至、说明、理由)和数据不能直接给出的指标。",
            "Not recomputed: words (four sides, text, reason) and measures that the data do not give directly.",
            {"words": sorted(columns & words), "measures": sorted((columns - words) | measures)},
        )


def _objective(case: Case) -> Iterator[Finding]:
    plan = case.plan
    if plan.goal == "boundary":
        without = sorted({line.kind for line in case.cut if line.kind not in plan.prices})
        wrong: list[object] = [{"kind": kind, "price": None} for kind in without]
        wrong += [{"kind": kind, "price": price} for kind, price in plan.prices.items() if price < 0]
        found = _boundary(case)
        if abs(round(plan.objective * STEPS) - round(found * STEPS)) > _slack(case) * STEPS or (
            not math.isclose(plan.objective, round(plan.objective * STEPS) / STEPS, rel_tol=1e-12, abs_tol=1e-9)
        ):
            wrong.append(_difference(plan.objective, found))
    elif plan.goal in ("cut_length", "cut_length_m"):
        # counted in thousandths line by line as `boundary` is, or added up as the file has them
        found = sum(round(line.length_m * STEPS) for line in case.cut) / STEPS
        sums = (found, _length(case.cut))
        agreed = any(_agree(plan.objective, length, _slack(case)) for length in sums)
        wrong = [] if agreed else [_difference(plan.objective, found)]
    elif plan.goal == "belonging":
        found = math.fsum(line.affinity or 0.0 for line in case.cut)
        wrong = [] if _agree(plan.objective, found) else [_difference(plan.objective, found)]
    else:
        yield Finding(
            "objective",
            "notice",
            f"目标 {plan.goal} 未独立复算。",
            f"The objective of the goal {plan.goal} is not recomputed by this checker.",
            {"goal": plan.goal, "stated": plan.objective},
        )
        return
    yield judge(
        "objective",
        wrong,
        good=(
            f"目标值({plan.goal}){found:.3f},复算一致。",
            f"The objective ({plan.goal}) of {found:.3f} was recomputed.",
        ),
        bad=("目标值与复算不符。", "The objective is not what the lines and prices give."),
    )


def _communities(case: Case) -> Finding:
    listed = Counter(row.name for row in case.plan.communities)
    wrong: list[object] = [
        {"community": name, "rows": listed[name], "blocks": len(case.members.get(name, []))}
        for name in sorted(set(listed) | set(case.members))
        if listed[name] != (name in case.members)
    ]
    lines: dict[str, list[Line]] = {name: [] for name in case.members}
    for line in case.cut:
        lines[case.labels[line.a]].append(line)
        lines[case.labels[line.b]].append(line)
    for row in case.plan.communities:
        if row.name in case.members:
            wrong += _differences(case, row, case.members[row.name], _length(lines[row.name]))
    return judge(
        "communities",
        wrong,
        good=(
            "各社区的地块数、户数、面积等均已复算,一致。",
            "Blocks, counts, areas of each community were recomputed.",
        ),
        bad=("有社区的数字与复算不符。", "Figures of a community are not what the data give."),
    )


def _differences(case: Case, row: Community, blocks: list[str], cut: float) -> Iterator[object]:
    ground = math.fsum(case.scope[key].shape.area for key in blocks)
    expected: dict[str, float | None] = {"blocks": len(blocks), "count": case.sum(case.plan.count, blocks)}
    expected |= {column: case.sum(column, blocks) for column in _sums(case)}
    for name, found in expected.items():
        stated = row.values.get(name)
        if found is None or isinstance(stated, bool) or stated != found:
            yield {"community": row.name, "field": name, **_difference(stated, found)}
    if not _agree(row.values["cut_length_m"], cut, _slack(case)):
        yield {"community": row.name, "field": "cut_length_m", **_difference(row.values["cut_length_m"], cut)}

    # The outline must enclose the ground of its blocks, and no other.
    boxes = [case.scope[key].shape.box for key in blocks]
    box = (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
    apart = max(abs(p - q) for p, q in zip(box, row.shape.box, strict=True))
    if apart > 1 or abs(row.shape.area - ground) > SPREAD * ground:
        yield {"community": row.name, "field": "geometry", **_difference(row.shape.area, ground)}
    area = row.values.get("area_m2")
    if area is not None and not (_agree(area, ground) or _agree(area, row.shape.area)):
        yield {"community": row.name, "field": "area_m2", **_difference(area, ground)}
    roundness = 4 * math.pi * row.shape.area / max(row.shape.perimeter, 1e-9) ** 2
    stated = row.values.get("polsby_popper")
    if stated is not None and not _agree(stated, roundness):
        yield {"community": row.name, "field": "polsby_popper", **_difference(stated, roundness)}
    parent = row.values["parent"]
    if not _is_parent(parent, {case.scope[key].community for key in blocks}):
        yield {"community": row.name, "field": "parent", "stated": parent}


def _sums(case: Case) -> list[str]:
    return [column for column in COUNTS if column in case.data.columns]


def _is_parent(parent: object, communities: set[str]) -> bool:
    if parent is None or parent == "" or parent in communities:
        return True
    return isinstance(parent, str) and all(part.strip() in communities for part in re.split("[;；、,，]", parent))


def _boundary(case: Case) -> float:
    return sum(round(x.length_m * case.plan.prices.get(x.kind, 0.0) * STEPS) for x in case.cut) / STEPS


def _length(lines: Iterable[Line]) -> float:
    return math.fsum(line.length_m for line in lines)


def _slack(case: Case) -> float:
    # Borders measured here and by whoever made the plan may differ by rounding; a file's own lines may not.
    return 0.001 * (len(case.cut) + 1) if case.data.measured else 0.0


def _agree(stated: object, found: float, slack: float = 0.0) -> bool:
    """Whether a stated figure is the recomputed one, to the decimals that it shows."""
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not abs(stated) < LIMIT:
        return False
    decimals = len(text.partition(".")[2]) if "e" not in (text := repr(float(stated))) else 15
    return abs(stated - found) <= 0.5000001 * 10.0**-decimals + 1e-9 * abs(found) + slack


def _difference(stated: object, found: object) -> Mapping[str, object]:
    return {"stated": stated, "found": found}
