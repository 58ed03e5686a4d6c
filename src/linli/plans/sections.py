"""A plan's report without form: objective and indicators, sizes, words, resources, principles, lines, rules, proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.plans.bands import REASON_WANTED, bands_of
from linli.plans.checks import broken_rules
from linli.plans.measures import UNITS
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.principles import VERDICTS, between, indicators, method_words, principles, unsupported
from linli.plans.profiles import OBJECTIVE, standing_words
from linli.plans.resources import KINDS, WAYS, Need, Proposal, before_and_after, proposals, total
from linli.plans.rules import KIND_WORDS

UNVERIFIED = "（数值未与原文核对）"
METHODS: Mapping[str, str] = {
    "planar-dual": "在平面对偶图上逐一比较分界线", "hess": "以中心选址的整数规划求解",
    "cut-mip": "以分界线的整数规划求解",
    "arithmetic": "由户数与个数直接推出", "heuristic": "启发式搜索，逐步改进",
}  # fmt: skip
MOST_STRETCHES = 60  # rows of a table that lists stretches of line; the rest is added up


@dataclass(frozen=True)
class Table:
    """A table of a report: caption, head and rows of text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def named(self) -> list[list[tuple[str, str]]]:
        """Each row's cells, each with the head of its column."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Section:
    """A part of a report: heading, paragraphs, tables."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def sections(
    plan: Plan, *, objective: str = OBJECTIVE, staff: Mapping[str, int | None] | None = None,
    chosen: Sequence[Proposal] = (),
) -> list[Section]:  # fmt: skip
    """Compose a report: what it says, in order, without form.

    Parameters
    ----------
    objective
        What the plan is for.
    staff
        Present community to its community workers, where somebody knows.
    chosen
        Proposals that people put in place of those of the rule.
    """
    today, then = before_and_after(plan, staff or {})
    found = settled(plan, then, staff or {}, chosen)
    return [
        objective_section(plan, objective, today, then), _overview(plan), principles_section(plan, then),
        sizes_section(plan), _words(plan), resources_section(plan, today, then, found), _measures(plan),
        lines_section(plan), _rules(plan), method_section(plan),
    ]  # fmt: skip


def settled(
    plan: Plan, then: list[Need], staff: Mapping[str, int | None], chosen: Sequence[Proposal]
) -> list[Proposal]:
    """Return a proposal for each lack: the one that people chose, else the rule's."""
    by_hand = {(one.community, one.kind): one for one in chosen}
    return [by_hand.get((one.community, one.kind), one) for one in proposals(plan, then, staff)]


def objective_section(plan: Plan, objective: str, today: list[Need], then: list[Need]) -> Section:
    """Open with what the plan is for and the figures that show it."""
    rows = tuple((one.title, one.before, one.after, one.aim) for one in indicators(plan, today, then))
    return Section(
        "目标与指标",
        (objective, f"户数{plan.note.words()}。"),
        (Table("衡量目标的指标", ("指标", "调整前", "调整后", "对应目标"), rows),),
    )


def principles_section(plan: Plan, then: list[Need]) -> Section:
    """Set each principle beside what was measured and whether it is kept."""
    rows = tuple((one.title, one.criterion, one.measured, VERDICTS[one.verdict]) for one in principles(plan, then))
    return Section("基本原则", (), (Table("原则与实测", ("原则", "衡量标准", "实测", "结论"), rows),))


def resources_section(plan: Plan, today: list[Need], then: list[Need], found: Sequence[Proposal]) -> Section:
    """Tell what each community has, should have and lacks before and after, and the proposal for each lack."""
    tables = [
        _have_and_should("调整前资源配置（现有／应有）", today), _have_and_should("调整后资源配置（现有／应有）", then)
    ]  # fmt: skip
    if found:
        tables.append(_ways(then, found))
    return Section("资源配置", (), tuple(tables))


def _ways(then: list[Need], found: Sequence[Proposal]) -> Table:
    """One row for what a community lacks and meets in the same way for the same reason."""
    lack = {(one.community, one.kind): one.lack for one in then}
    together: dict[tuple[str, str, str], list[str]] = {}
    for one in found:
        title, unit = KINDS[one.kind]
        said = f"{title}{_amount(lack[one.community, one.kind])}{unit}"
        together.setdefault((one.community, WAYS[one.way], one.why), []).append(said)
    rows = tuple(
        (community_words(name), "、".join(said), way, why) for (name, way, why), said in together.items()
    )  # fmt: skip
    return Table("缺口和措施", ("社区", "缺口", "措施", "依据"), rows)


def lines_section(plan: Plan, *, most: int | None = MOST_STRETCHES) -> Section:
    """Give the share of line that follows something and list every stretch that follows nothing.

    Parameters
    ----------
    most
        Rows of the list; the rest is added up in one. None lists all.
    """
    measured, bare = plan.measures(), unsupported(plan)
    if measured["reliance"] is None:
        return Section("界线", ("社区之间没有界线，界线依托率无数据。",))
    length = sum(one.metres for one in bare)
    said = f"社区之间界线共{measured['cut_length_m']:.0f}米，界线依托率{measured['reliance']:.1%}；"
    said += f"无依托的界线{len(bare)}段，共{length:.0f}米。" if bare else "没有无依托的界线。"
    rows = [(between(one), one.where, f"{one.metres:.0f}") for one in bare[:most]]
    rest = [] if most is None else bare[most:]
    if rest:
        rows.append((f"其余{len(rest)}段", "", f"{sum(one.metres for one in rest):.0f}"))
    return Section("界线", (said,), (Table("无依托的界线", ("社区", "位置", "米"), tuple(rows)),) if bare else ())


def _have_and_should(caption: str, found: list[Need]) -> Table:
    """One row a community, one column a kind; the total last."""
    kinds = list(dict.fromkeys(one.kind for one in found))
    by_name: dict[str, dict[str, Need]] = {}
    for one in found:
        by_name.setdefault(one.community, {})[one.kind] = one
    rows = [
        (community_words(name), *(f"{_amount(here[kind].have)}／{_amount(here[kind].should)}" for kind in kinds))
        for name, here in by_name.items()
    ]
    sums = (total(found, kind) for kind in kinds)
    rows.append(("合计", *(f"{_amount(have)}／{_amount(should)}" for have, should, _lack in sums)))
    return Table(caption, ("社区", *(f"{KINDS[kind][0]}（{KINDS[kind][1]}）" for kind in kinds)), tuple(rows))


def _amount(value: float | None) -> str:
    return "无数据" if value is None else f"{value:.0f}"


def _overview(plan: Plan) -> Section:
    wanting = [community_words(name) for name in plan.reasons_wanted]
    said = [plan.headline() + "。"]
    if plan.scope:
        said.append(f"划分范围：{'、'.join(community_words(name) for name in plan.scope)}，其他社区不变。")
    kept, counted = plan.kept, plan.measures()["continuity"]
    total = sum(c.count for c in plan.communities)
    if kept and counted is not None and total:
        names = "、".join(community_words(name) for name in kept)
        said.append(f"保留{len(kept)}个原社区名称（{names}），{counted}户（{counted / total:.0%}）所属社区名称不变。")
    for broken in broken_rules(plan):
        said.append(f"违反{broken.code}：{broken.text}。")  # noqa: PERF401
    if wanting:
        said.append(f"不在法定一般规模之内，{REASON_WANTED}：{'、'.join(wanting)}。")
    return Section("总体情况", tuple(said))


def sizes_section(plan: Plan) -> Section:
    """Count each community under each definition, hold it against each band."""
    columns = list(plan.communities[0].sums)
    rows = tuple(
        (community_words(c.name), str(c.blocks), *(str(c.sums[column]) for column in columns)) for c in plan.communities
    )
    sums = ("合计", str(len(plan.blocks)), *(str(sum(c.sums[x] for c in plan.communities)) for x in columns))
    notes = [plan.blocks.note_of(column) for column in columns]
    head = ("社区", "地块", *(one.brief() for one in notes))
    counted = Table("各口径的数", head, (*rows, sums))
    return Section("规模与口径", tuple(f"{one.words()}。" for one in notes), (counted, *bands_section(plan).tables))


def bands_section(plan: Plan) -> Section:
    """Hold each community against each band, and the range under each counting definition."""
    local, bands = plan.rules.standard(), bands_of(plan.rules)
    rows = tuple(
        (
            community_words(c.name), community_words(c.parent) if c.parent else "—", "保留" if c.kept else "新设",
            str(c.count), local.grade(c.count), *(standing_words(band.households, c.count) for band in bands),
        )
        for c in plan.communities
    )  # fmt: skip
    against = Table(
        f"与各项标准对照（口径：{plan.note.brief()}）",
        ("社区", "来自", "性质", "户数", "等级", *(band.head for band in bands)), rows,
    )  # fmt: skip
    low, high = plan.rules.households
    held = Table(
        f"换一种口径，{low}至{high}户是否仍成立",
        ("口径", "合计", "是否成立", "不成立的社区"),
        tuple(
            (
                row["name"],
                str(row["total"]),
                "成立" if row["holds"] else "不成立",
                "、".join(f"{community_words(name)}{count}户" for name, count in row["outside"].items()) or "—",
            )
            for row in plan.counts_held()
        ),
    )
    return Section("与规模标准对照", (), (against, held))


def _words(plan: Plan) -> Section:
    return Section("各社区", tuple(c.text for c in plan.communities))


def _measures(plan: Plan) -> Section:
    found = plan.measures()
    rows = tuple((UNITS[name][0], _figure(found[name], UNITS[name][1]), UNITS[name][1]) for name in UNITS)
    kinds = found["cut_length_by_kind"]
    total = sum(kinds.values())
    lines = tuple(
        (KIND_WORDS[kind], f"{kinds[kind]:.0f}", f"{kinds[kind] / total:.1%}") for kind in KIND_WORDS if kinds.get(kind)
    )
    return Section(
        "指标",
        (),
        (
            Table("实测值（无数据者不估）", ("指标", "值", "单位"), rows),
            Table("社区之间的界线走在何处", ("依托", "米", "占比"), lines),
        ),
    )


def _rules(plan: Plan) -> Section:
    papers = tuple(
        f"{band.head}。" + (f"依据：{band.source}" + ("" if band.verified else UNVERIFIED) if band.source else "")
        for band in bands_of(plan.rules)
    )
    rows = tuple(plan.rules.in_words(plan.note.brief()))
    prices = "，".join(f"{KIND_WORDS[kind]}{price:g}" for kind, price in (plan.rules.prices or {}).items())
    return Section(
        "规则",
        (*papers, f"每米新界线的价（未校准，越低越宜为界）：{prices}。"),
        (Table("本方案遵守的规则", ("代码", "规则"), rows),),
    )


def method_section(plan: Plan, method: str = "") -> Section:
    """Tell how the plan was found and what is known of better ones; `method` in place of the usual words."""
    said = [method or method_words(plan)]
    goal = UNITS.get(plan.goal, ("各目标加权", ""))[0]
    said.append(f"目标（{goal}）：{_figure(plan.objective, '')}；下界：{_figure(plan.bound, '')}。")
    if plan.proof is not None:
        said.append(f"方法：{METHODS.get(plan.proof.method, METHODS['heuristic'])}。")
    said.append(f"随机种子：{plan.seed}。方案文件可用公开的程序（linli verify）从原始数据独立复核。")
    return Section("比选方法与证明", tuple(said))


def _figure(value: object, unit: str) -> str:
    if value is None:
        return "无数据" if unit else "未知"
    if not isinstance(value, int | float):
        return str(value)
    if unit == "占比":
        return f"{value:.1%}"
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"
