"""实施方案: who leads, steps with dates, what is handed over, risk and complaints, what comes before the plaque.

Every fact is one of the data; what nobody recorded stands as 【待填】.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from linli.documents.official import OfficialDocument
from linli.matters.models import Matter
from linli.matters.states import OPEN
from linli.planning.models import Enactment, Mark, Plan
from linli.planning.papers.figures import titled
from linli.planning.papers.petition import MARK
from linli.planning.papers.split import add
from linli.planning.procedure.course import told
from linli.planning.procedure.standing import Stage, Standing
from linli.plans.names import community_words
from linli.plans.plan import Plan as Found
from linli.plans.sections import Section, Table
from linli.written import chinese_day

BLANK = "【待填】"
HANDED = (
    "公章、办公场所、集体财务账目、固定资产、工作档案、债权债务、遗留问题"  # where the procedure names nothing else
)
YES, NO = "已办", "未办"


def work_plan(
    plan: Plan, found: Found, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> OfficialDocument:
    """Compose the work plan from the procedure as it stands."""
    street = plan.project.street
    standing = Standing(plan.project)
    enactment = plan.enactments.filter(undone_at=None).first()
    sections = (
        _leading(standing), _steps(standing), _communities(found), _hand_over(plan, found, standing),
        _risk(standing, enactment), _before_plaque(plan, found, standing), _contact(),
    )  # fmt: skip
    mark = MARK if synthetic else ""
    paper = OfficialDocument(titled(street.chinese_title, plan.project.communities_then, "规模调整实施方案", mark))
    paper.heading("目标任务")
    paper.paragraph(plan.project.objective)
    paper.paragraph(
        f"由{len(set(plan.project.present.values()))}个社区调整为{len(found.names)}个，"
        + (f"自{chinese_day(enactment.from_day)}起生效（{enactment.paper}）。" if enactment else f"生效日期{BLANK}。")
    )
    for section in sections:
        add(paper, section)
    paper.signature(street.chinese_title + "办事处", day)
    return paper


def _leading(standing: Standing) -> Section:
    """Each body with the steps that it decides."""
    duties: dict[str, list[str]] = {}
    for stage in standing.stages:
        duties.setdefault(stage.step.decides or BLANK, []).append(stage.step.title)
    rows = tuple((body, "、".join(steps), BLANK, BLANK) for body, steps in duties.items())
    return Section("组织领导和职责", (), (Table("机构和职责", ("机构", "负责的步骤", "负责人", "电话"), rows),))


def _steps(standing: Standing) -> Section:
    rows = tuple(
        (gate.phase.title, stage.step.title, told(stage.step).replace(" · ", "，"), *_dates(stage))
        for gate in standing.gates for stage in gate.stages
    )  # fmt: skip
    head = ("阶段", "步骤", "由谁决定、要求", "起止", "办理情况")
    return Section("步骤和时限", (f"按《{standing.project.procedure.title}》办理。",), (Table("步骤", head, rows),))


def _dates(stage: Stage) -> tuple[str, str]:
    if stage.mark is None:
        first = f"{chinese_day(stage.earliest)}起" if stage.earliest else ""
        last = f"{chinese_day(stage.due)}止" if stage.due else ""
        return "，".join(part for part in (first, last) if part) or BLANK, NO
    done = f"{chinese_day(timezone.localdate(stage.mark.at))}"
    said = f"{done}豁免" if stage.mark.state == Mark.State.WAIVED else f"{done}{YES}"
    return "—", said + (f"（{stage.mark.paper}）" if stage.mark.paper else "")


def _communities(found: Found) -> Section:
    rows = tuple(
        (community_words(one.name), "保留" if one.kept else "新设", community_words(one.parent) if one.parent else "—",
         str(one.count), BLANK, BLANK)
        for one in found.communities
    )  # fmt: skip
    head = ("社区", "性质", "来自", "户数", "筹备组组长", "工作指导组联系人")
    return Section("各社区筹备", (f"户数{found.note.words()}。",), (Table("筹备分工", head, rows),))


def _hand_over(plan: Plan, found: Found, standing: Standing) -> Section:
    """What each new community takes over, from whom; open matters are counted."""
    step = standing.stage("handover")
    items = ((step.step.hint if step else "") or HANDED).split("、")
    open_now = _open_matters(plan)
    rows = []
    for one in found.communities:
        if one.kept:
            continue
        for item in items:
            amount = f"没办完的事项{open_now.get(one.name, 0)}件；其他{BLANK}" if item == "遗留问题" else BLANK
            rows.append((community_words(one.name), item, community_words(one.parent) if one.parent else BLANK,
                         amount, BLANK))  # fmt: skip
    head = ("接收社区", "项目", "移交社区", "数量和内容", "双方签字、日期")
    if not rows:
        return Section("交接清单", ("没有新设社区，不需交接。",))
    return Section("交接清单", ("移交和接收双方清点后签字，街道监交。",), (Table("交接清单", head, tuple(rows)),))


def _open_matters(plan: Plan) -> Counter[str]:
    """Open matters by the community to which their block would belong."""
    street = plan.project.street
    codes = Matter.objects.filter(state__in=OPEN, block__street=street).values_list("block__code", flat=True)
    return Counter(plan.community_of(code) for code in codes if code in plan.labels)


def _risk(standing: Standing, enactment: Enactment | None) -> Section:
    stage = standing.stage("risk")
    mark = stage.mark if stage else None
    said = [
        "社会稳定风险评估：" + (_signed(mark) if mark else f"{NO}，结论{BLANK}") + "。",
        "生效前没有办结的信访和矛盾由原社区负责，生效后新发生的由新社区负责。",
    ]
    if enactment is None:
        said.append(f"未交付楼盘、集体资产、在建待拆地块怎样处理：{BLANK}，与生效日期一并确定。")
    else:
        held = "、".join(enactment.held) or "无"
        said.append(
            f"未交付楼盘{enactment.get_undelivered_display()}；集体资产{enactment.get_assets_display()}；"
            f"暂归原社区的地块：{held}。"
        )
    said.append(f"信访接待地点和电话：{BLANK}。")
    return Section("风险防范和信访", tuple(said))


def _before_plaque(plan: Plan, found: Found, standing: Standing) -> Section:
    """What is looked at before a plaque goes up; what the data say is said, the rest is to be ticked by hand."""
    steps = [
        (standing.stage(key), words)
        for key, words in (("reply", "批复"), ("announcement", "公告"), ("preparing_team", "筹备组进驻"),
                           ("organisation", "党组织、居民小组、居民代表"), ("handover", "交接"),
                           ("codes", "赋码、备案"))
    ]  # fmt: skip
    rows = [("全部社区", words, _signed(stage.mark) if stage.mark else NO) for stage, words in steps if stage]
    for one in found.communities:
        name = community_words(one.name)
        rows.append((name, "办公用房", _premises(one.text)))
        if not one.kept:
            rows += [(name, item, BLANK) for item in ("公章刻制", "门牌和标识", "办事窗口和电话")]
    return Section("挂牌前检查", (), (Table("挂牌前检查清单", ("社区", "项目", "情况"), tuple(rows)),))


def _premises(text: str) -> str:
    """The clause on the office of a community's words."""
    return next((part.partition("：")[2] for part in text.split("；") if part.startswith("办公地点：")), BLANK)


def _contact() -> Section:
    return Section("联系方式", (f"联系人：{BLANK}，电话：{BLANK}。",))


def _signed(mark: Mark) -> str:
    word = "豁免" if mark.state == Mark.State.WAIVED else YES
    said = f"{chinese_day(timezone.localdate(mark.at))}{word}"
    return said + (f"（{mark.paper or mark.note}）" if mark.paper or mark.note else "")
