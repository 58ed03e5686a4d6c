"""Recheck every rule that a plan says it keeps, block by block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from linli.districting.verify.blocks import LIMIT, TOUCH_M
from linli.districting.verify.case import Case
from linli.districting.verify.findings import Finding, judge, shortened


def check_rules(case: Case) -> Iterator[Finding]:
    """One finding a rule; rules that the plan does not name yield nothing."""
    yield _cover(case)
    yield _shapes(case)
    yield _parts(case)
    yield _one_piece(case)
    if not case.plan.rules.enclaves:
        yield _enclave(case)
    yield from _bounds(case)
    rules = case.plan.rules
    for column in rules.keep_whole:
        yield _whole(case, column)
    for column in rules.never_cross:
        yield _never_cross(case, column)
    if rules.never_cross_kinds:
        yield _never_cross_kinds(case)
    if rules.fixed:
        yield _fixed(case)
    yield from _kept(case)
    for column, cap in rules.capped.items():
        yield _capped(case, column, cap)
    yield from _locked(case)


def _cover(case: Case) -> Finding:
    times = Counter(row.id for row in case.plan.rows)
    wrong: list[object] = [{"block": key, "missing": True} for key in sorted(case.scope) if key not in times]
    wrong += [{"block": key, "times": n} for key, n in sorted(times.items()) if n > 1]
    for key in sorted(times):
        if key not in case.data.blocks:
            wrong.append({"block": key, "unknown": True})
        elif key not in case.scope:
            wrong.append({"block": key, "outside scope": True})
    if not case.scope:
        wrong.append({"scope": list(case.plan.scope), "empty": True})
    return judge(
        "cover",
        wrong,
        good=(
            f"{len(case.scope)} 个地块各归一个社区,不漏不重(R05)。",
            f"Cover: each of the {len(case.scope)} blocks lies in one community (R05).",
        ),
        bad=(
            "覆盖有误:有地块漏划、重划、不在范围内或数据中没有(R05)。",
            "Cover: blocks are missing, named twice, outside the scope or unknown (R05).",
        ),
    )


def _shapes(case: Case) -> Finding:
    wrong: list[object] = [
        row.id for row in case.plan.rows if row.id in case.scope and row.shape.border != case.scope[row.id].shape.border
    ]
    return judge(
        "shapes",
        wrong,
        good=("方案中的地块图形与数据一致。", "The shapes of the blocks in the plan are those of the data."),
        bad=("方案中的地块图形与数据不一致。", "Blocks in the plan have other shapes than in the data."),
    )


def _parts(case: Case) -> Finding:
    found, wanted = len(case.members), case.plan.rules.parts
    return judge(
        "parts",
        [] if wanted is None or found == wanted else [{"stated": wanted, "found": found}],
        good=(f"社区数为 {found}。", f"The number of communities is {found}."),
        bad=(f"社区数为 {found},应为 {wanted}。", f"There are {found} communities, not {wanted}."),
    )


def _one_piece(case: Case) -> Finding:
    wrong: list[object] = []
    for name, blocks in case.members.items():
        loose = [key for piece in case.pieces(blocks)[1:] for key in sorted(piece)]
        if loose:
            wrong.append({"community": name, "cut off": shortened(loose)})
    return judge(
        "one_piece",
        wrong,
        good=("每个社区连成一片(R04)。", f"Each community is one piece, through borders over {TOUCH_M:g} m (R04)."),
        bad=("有社区不连片(R04)。", f"Communities fall apart, counting borders over {TOUCH_M:g} m (R04)."),
    )


def _enclave(case: Case) -> Finding:
    # Take one community away: whatever can then no longer be reached from the rim was surrounded by it.
    wrong: list[object] = []
    for name, blocks in case.members.items():
        others = set(case.labels) - set(blocks)
        inside = others - case.reached(case.rim, others)
        if inside:
            wrong.append({"community": name, "surrounds": shortened(sorted(inside))})
    how = "rim layer" if case.data.rim is not None else "perimeter less lines"
    return judge(
        "enclave",
        wrong,
        good=("无环套:没有社区被另一社区完全包围(R06)。", "No community surrounds another (R06)."),
        bad=("有社区被另一社区完全包围(R06)。", "A community surrounds others (R06)."),
        rim=how,
    )


def _bounds(case: Case) -> Iterator[Finding]:
    column, rules = case.plan.count, case.plan.rules
    bad = ("户数口径不可用(R01)。", "The count cannot be used (R01).")
    unusable: list[object] = []
    for key, block in sorted(case.scope.items()):
        value = block.values.get(column)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not (0 <= value < LIMIT and value == int(value))
        ):
            unusable.append({"block": key, column: value})
    if column not in case.data.columns:
        unusable, bad = [column], (f"数据中没有列 {column}(R01)。", f"The data have no column {column} (R01).")
    if unusable:
        yield judge("bounds", unusable, good=bad, bad=bad)
        return
    sums = {name: case.sum(column, blocks) or 0 for name, blocks in case.members.items()}
    low = rules.lower if rules.lower is not None else 0
    high = rules.upper if rules.upper is not None else float("inf")
    text = f"{low} … {high:g}" if rules.upper is None else f"{low} … {high}"
    yield judge(
        "bounds",
        [{"community": name, "count": found} for name, found in sums.items() if not low <= found <= high],
        good=(f"各社区 {column} 均在 {text} 之内(R01)。", f"{column} of each community lies in {text} (R01)."),
        bad=(f"有社区的 {column} 超出 {text}(R01)。", f"{column} of a community lies outside {text} (R01)."),
        sums=sums,
    )
    total, number = case.sum(column, case.scope) or 0, len(case.members)
    yield judge(
        "total",
        [] if low * number <= total <= high * number else [{"total": total, "communities": number}],
        good=(
            f"总数 {total} 可分为 {number} 个社区。",
            f"The total of {total} leaves room for {number} communities.",
        ),
        bad=(
            f"总数 {total} 不可能分成 {number} 个合规的社区。",
            f"The total of {total} cannot make {number} communities.",
        ),
    )


def _whole(case: Case, column: str) -> Finding:
    wrong: list[object] = _absent(case, column)
    groups = case.groups(column)
    for text, blocks in sorted(groups.items()):
        names = sorted({case.labels[key] for key in blocks})
        if len(names) > 1:
            wrong.append({column: text, "communities": names})
    return judge(
        "whole",
        wrong,
        good=(f"按 {column} 不拆分(R10)。", f"Each {column} lies in one community (R10).")
        if groups
        else (f"没有地块写明 {column},无可拆分(R10)。", f"No block names a {column}: none can be divided (R10)."),
        bad=(f"有 {column} 被拆分(R10)。", f"A {column} is divided (R10)."),
    )


def _never_cross(case: Case, column: str) -> Finding:
    areas: dict[str, set[str]] = {}
    for text, blocks in case.groups(column).items():
        for key in blocks:
            areas.setdefault(case.labels[key], set()).add(text)
    wrong: list[object] = _absent(case, column)
    wrong += [{"community": name, column: sorted(found)} for name, found in sorted(areas.items()) if len(found) > 1]
    return judge(
        "never_cross",
        wrong,
        good=(f"没有社区跨 {column}(R11、R12)。", f"No community crosses {column} (R11, R12)."),
        bad=(f"有社区跨 {column}(R11、R12)。", f"A community crosses {column} (R11, R12)."),
    )


def _never_cross_kinds(case: Case) -> Finding:
    kinds, label = case.plan.rules.never_cross_kinds, case.labels
    wrong: list[object] = [
        {"a": x.a, "b": x.b, "kind": x.kind, "name": x.name, "community": label[x.a]}
        for x in case.lines
        if x.kind in kinds and x.length_m > TOUCH_M and x.a in label and label[x.a] == label.get(x.b)
    ]
    text = ", ".join(kinds)
    return judge(
        "never_cross_kinds",
        wrong,
        good=(f"没有社区跨越 {text}(R09)。", f"No community reaches across {text} (R09)."),
        bad=(f"有社区跨越 {text}(R09)。", f"A community reaches across {text} (R09)."),
    )


def _fixed(case: Case) -> Finding:
    wrong: list[object] = [
        {"block": key, "stated": name, "found": case.labels.get(key)}
        for key, name in sorted(case.plan.rules.fixed.items())
        if case.labels.get(key) != name
    ]
    return judge(
        "fixed",
        wrong,
        good=("指定归属的地块均在其社区(R13)。", "Blocks fixed to a community lie in it (R13)."),
        bad=("有指定归属的地块不在其社区(R13)。", "Blocks fixed to a community do not lie in it (R13)."),
    )


def _kept(case: Case) -> Iterator[Finding]:
    kept = case.plan.rules.kept
    flags = {community.name: community.values["kept"] for community in case.plan.communities}
    present = {block.community for block in case.data.blocks.values()}
    wrong: list[object] = [
        {"community": name, "seat": seat, "seat lies in": case.labels.get(seat), "kept": flags.get(name)}
        for name, seat in sorted(kept.items())
        if (seat and case.labels.get(seat) != name) or name not in case.members or flags.get(name) != 1
    ]
    wrong += [
        {"community": name, "kept": flag}
        for name, flag in flags.items()
        if flag not in (0, 1) or (flag == 1 and name not in kept and name not in present)
    ]
    if kept or wrong:
        yield judge(
            "kept",
            wrong,
            good=("保留的社区驻地仍在本社区(R18)。", "Each kept community keeps its seat (R18)."),
            bad=("有保留的社区失去驻地或标记有误(R18)。", "A kept community lost its seat or is marked wrongly (R18)."),
        )


def _capped(case: Case, column: str, cap: float) -> Finding:
    sums = {name: case.sum(column, blocks) for name, blocks in case.members.items()}
    wrong: list[object] = _absent(case, column)
    wrong += [{"community": n, "sum": found} for n, found in sums.items() if found is None or found > cap]
    return judge(
        "capped",
        wrong,
        good=(f"各社区 {column} 合计不超过 {cap:g}。", f"The sum of {column} stays within {cap:g}."),
        bad=(f"有社区 {column} 合计超过 {cap:g}。", f"The sum of {column} is above {cap:g} or cannot be made."),
    )


def _locked(case: Case) -> Iterator[Finding]:
    # A lock says where a block was to stay; the data know that only for blocks that a rule fixes.
    free = sorted(row.id for row in case.plan.rows if row.locked and row.id not in case.plan.rules.fixed)
    if free:
        yield Finding(
            "locked",
            "notice",
            "有锁定的地块不在 fixed 规则中,仅凭数据无法复核其归属。",
            "Locked blocks that no rule fixes: the data cannot tell where they were to stay.",
            {"blocks": shortened(free)},
        )


def _absent(case: Case, column: str) -> list[object]:
    return [] if column in case.data.columns else [{"no such column": column}]
