"""What a plan is for and whether it keeps its principles: indicators, a verdict for each principle, bare lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from linli.plans.checks import broken_rules
from linli.plans.measures import measure
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.resources import FLOOR, WORKERS, Need, total
from linli.plans.task import community_column, has_station, names_in, texts

LEAST_INDICATORS, MOST_INDICATORS = 4, 6
Verdict = Literal["kept", "not kept", "no data"]
VERDICTS: Mapping[str, str] = {"kept": "符合", "not kept": "不符合", "no data": "无数据"}


@dataclass(frozen=True)
class Indicator:
    """A figure that shows whether the objective is met: code, name and unit, before and after, what it stands for."""

    code: str
    title: str
    before: str
    after: str
    aim: str


@dataclass(frozen=True)
class Principle:
    """A principle, by what it is judged, what was measured, whether it is kept."""

    code: str
    title: str
    criterion: str
    measured: str
    verdict: Verdict


@dataclass(frozen=True)
class Stretch:
    """A stretch of line between two communities that follows nothing: between which blocks, how long."""

    communities: tuple[str, str]
    blocks: tuple[str, str]
    compounds: tuple[str, str]
    metres: float

    @property
    def where(self) -> str:
        """Where it runs, in Chinese."""
        ends = [f"地块{b}" + (f"（{c}）" if c else "") for b, c in zip(self.blocks, self.compounds, strict=True)]
        return f"{ends[0]}与{ends[1]}之间"


def indicators(plan: Plan, today: list[Need], then: list[Need]) -> list[Indicator]:
    """Return four to six indicators, those first that say most.

    One that the plan has no data for is left out where enough others are known, else it says so.

    Parameters
    ----------
    today, then
        Of `resources.before_and_after`.
    """
    blocks, count = plan.blocks, plan.count
    present = community_column(blocks)
    known = bool((present != "").all())
    old = measure(blocks, present, plan.rules, count) if known else {}
    new = plan.measures()
    households = int(blocks.counts(count).sum())
    people = int(blocks.counts("persons").sum()) if "persons" in blocks.columns else 0

    def each(needed: list[Need], kind: str, by: int, per: int) -> float | None:
        have = total(needed, kind)[0]
        return None if have is None or not by else have / by * per

    def walked(measured: Mapping[str, float], labels: np.ndarray) -> float | None:
        served = {str(name) for name in labels[has_station(blocks)]}
        return measured.get("access") if served >= set(map(str, labels)) else None

    sizes = partial(_sizes, blocks.counts(count))
    places = list(plan.rules.standard().norms["facilities"])
    stay = new["continuity"]
    rows: list[tuple[str, str, str | None, str | None, str]] = [
        ("sizes", "每个社区户数（最少—最多，户）", sizes(present) if known else None, sizes(plan.community),
         "规模与服务能力相适应"),
        ("reliance", "界线依托率", _share(old.get("reliance")), _share(new["reliance"]), "界线好认，责任清楚"),
        ("stay", "所属社区名称不变的户数占比", "—",
         _share(stay / households if stay is not None and households else None), "少惊动居民"),
        ("floor", "每百户服务用房（㎡）", _number(each(today, FLOOR, households, 100)),
         _number(each(then, FLOOR, households, 100)), "服务阵地"),
        ("workers", "每万人社区工作者（名）", _number(each(today, WORKERS, people, 10_000)),
         _number(each(then, WORKERS, people, 10_000)), "服务力量"),
        ("places", "应有设施缺口（处）", _number(_lacking(today, places)), _number(_lacking(then, places)), "功能完备"),
        ("walk", "到服务站步行距离（户均，米）", _number(walked(old, present)),
         _number(walked(new, plan.community)), "就近办事"),
    ]  # fmt: skip
    least = sorted(rows, key=lambda row: row[3] is None)[:LEAST_INDICATORS]
    told = [Indicator(row[0], row[1], row[2] or "无数据", row[3] or "无数据", row[4]) for row in rows
            if row[3] or row in least]  # fmt: skip
    return told[:MOST_INDICATORS]


def principles(plan: Plan, then: list[Need]) -> list[Principle]:
    """Judge a plan by the six principles; what nobody measured is judged by nobody."""
    norms = plan.rules.standard().norms
    broken = {one.code for one in broken_rules(plan)}
    local, law = plan.rules.standard(), plan.rules.statutory()
    band = local.households or law.households
    sizes = [one.count for one in plan.communities]
    outside = [one for one in plan.communities if band and not band[0] <= one.count <= band[1]]
    unsaid = plan.reasons_wanted
    most = local.persons_most
    crowded = [one for one in plan.communities if most is not None and one.sums.get("persons", 0) > most]
    unknown = most is not None and "persons" not in plan.blocks.columns
    measured = plan.measures()
    follows, cut = measured["reliance"], measured["belonging"]
    asked = np.nansum(plan.blocks.lines.affinity)
    places = list(norms["facilities"])
    short, scarce = _lacking(then, [FLOOR, WORKERS], amount=False), _lacking(then, places)
    in_one = not broken & {"R04", "R05", "R06"}
    whole = undivided(plan)
    clear = follows is not None and follows >= norms["reliance_least"] and whole is not False
    stretches = unsupported(plan)
    return [
        Principle(
            "size", "管辖区域与户数适当",
            f"户数在{local.title if local.households else law.title}之内"
            + (f"，人口不超过{most}人" if most is not None else "") + "；不在法定一般规模之内的写明理由",
            f"最少{min(sizes)}户，最多{max(sizes)}户；{len(outside)}个社区在标准之外"
            + (f"，{len(unsaid)}个没有写明理由" if unsaid else "")
            + (f"；{'、'.join(community_words(one.name) for one in crowded)}人口超过上限" if crowded else "")
            + ("；人口无数据" if unknown else ""),
            _verdict(None if band is None or unknown else not outside and not unsaid and not crowded),
        ),
        Principle(
            "clear", "界线清晰", f"界线依托率不低于{norms['reliance_least']:.0%}，不拆分小区",
            f"界线依托率{_share(follows) or '无数据'}；"
            f"{len(stretches)}段共{sum(s.metres for s in stretches):.0f}米无依托；"
            + ("小区无数据" if whole is None else "没有拆分小区" if whole else "拆分了小区"),
            _verdict(None if follows is None or (clear and whole is None) else clear),
        ),
        Principle(
            "compact", "区域集中封闭", "每个社区连成一片，没有空白、重叠和飞地",
            "连成一片，没有空白、重叠和飞地" if in_one else "、".join(sorted(broken & {"R04", "R05", "R06"})),
            _verdict(in_one),
        ),
        Principle(
            "resources", "资源配置合理", "服务用房、社区工作者不低于配置标准",
            "无数据" if short is None else f"{short:.0f}个社区有缺口，措施见资源配置表" if short else "没有缺口",
            _verdict(None if short is None else not short),
        ),
        Principle(
            "places", "功能完备", "应有设施每个社区齐备",
            "无数据" if scarce is None else f"缺{scarce:.0f}处，措施见资源配置表" if scarce else "齐备",
            _verdict(None if scarce is None else not scarce),
        ),
        Principle(
            "belonging", "居民认同", f"被界线分开的认同不超过{norms['belonging_cut_most']:.0%}",
            "无数据" if cut is None or not asked else f"被界线分开的认同{cut / asked:.1%}（{cut:.0f}户）",
            _verdict(None if cut is None or not asked else cut / asked <= norms["belonging_cut_most"]),
        ),
    ]  # fmt: skip


def unsupported(plan: Plan) -> list[Stretch]:
    """List the stretches of line between communities that follow nothing, the longest first."""
    lines, label = plan.blocks.lines, plan.community
    bare = (label[lines.a] != label[lines.b]) & (lines.kind.astype(str) == "none")
    metres: dict[tuple[int, int], float] = {}
    for a, b, length in zip(lines.a[bare].tolist(), lines.b[bare].tolist(), lines.length_m[bare].tolist(), strict=True):
        metres[a, b] = metres.get((a, b), 0.0) + length
    said = texts(plan.blocks.columns["compound"]) if "compound" in plan.blocks.columns else None

    def stretch(a: int, b: int, length: float) -> Stretch:
        compounds = ("", "") if said is None else ("、".join(names_in(said[a])), "、".join(names_in(said[b])))
        return Stretch(
            (str(label[a]), str(label[b])), (plan.blocks.ids[a], plan.blocks.ids[b]), compounds, round(length, 1)
        )

    found = [stretch(a, b, length) for (a, b), length in metres.items()]
    return sorted(found, key=lambda one: (-one.metres, one.blocks))


def method_words(plan: Plan) -> str:
    """Say how the plan was found and what is known of better ones, in words that an office signs."""
    if plan.status == "proven":
        return "本方案经计算机比选得出；经计算证明，在所列规则和目标下没有更优的划法。"
    said = "本方案经计算机比选得出，未能证明为最优"
    if plan.bound is None or plan.objective is None or plan.gap is None:
        return f"{said}；与最优相差多少没有算出。"
    known = f"已知同一目标下任何划法不低于{plan.bound:,.0f}，本方案为{plan.objective:,.0f}，相差不超过{plan.gap:.1%}"
    return f"{said}；{known}。"


def between(stretch: Stretch) -> str:
    """Name the two communities of a stretch."""
    return "与".join(community_words(name) for name in stretch.communities)


def _lacking(needed: list[Need], kinds: list[str], *, amount: bool = True) -> float | None:
    """Add up what lacks of some kinds, or count the communities that lack some; None where some is not known."""
    here = [one for one in needed if one.kind in kinds]
    if not here or any(one.lack is None for one in here):
        return None
    return sum(one.lack or 0.0 for one in here) if amount else len({one.community for one in here if one.lack})


def undivided(plan: Plan) -> bool | None:
    """Tell whether every compound lies in one community; None where no block names a compound."""
    column = "compound" if "compound" in plan.rules.whole else next(iter(plan.rules.whole), "compound")
    if column not in plan.blocks.columns:
        return None
    homes: dict[str, set[str]] = {}
    for said, community in zip(texts(plan.blocks.columns[column]), plan.community.tolist(), strict=True):
        for name in names_in(said):
            homes.setdefault(name, set()).add(str(community))
    return all(len(home) == 1 for home in homes.values()) if homes else None


def _sizes(counts: np.ndarray, labels: np.ndarray) -> str:
    sums = [int(counts[labels == name].sum()) for name in dict.fromkeys(labels.tolist())]
    return f"{min(sums)}—{max(sums)}"


def _verdict(kept: bool | None) -> Verdict:
    return "no data" if kept is None else "kept" if kept else "not kept"


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.1%}"


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}" if float(value).is_integer() or value >= 100 else f"{value:.1f}"
