"""论证和会签 in the papers: who, on which version, how it concludes, when it was signed, its file with its SHA-256."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import override

from linli.planning.models import Appraisal, Mark, Plan
from linli.planning.procedure.appraising import agreeing, opinions_on
from linli.planning.procedure.standing import Stage, Standing
from linli.plans.sections import Section, Table
from linli.written import chinese_day

HEAD = ("论证事项", "单位和签字人", "版本和结论", "签字日期", "采纳情况", "文件和SHA-256")


def appraisal_section(plan: Plan) -> Section:
    """Tell what each part of the appraisal came to, and list the opinions on the version or on what it grew from."""
    standing = Standing(plan.project)
    said: list[str] = []
    rows: list[tuple[str, ...]] = []
    with override("zh-hans"):  # whoever asks for it, a paper speaks Chinese
        for stage in standing.stages:
            if not stage.step.opinions:
                continue
            opinions = opinions_on(standing.facts, stage.step, plan)
            said.append(_told(stage, agreeing(opinions)))
            rows += [_row(stage.step.title, one) for one in opinions]
    if not said:
        return Section("论证和会签", ("本项目的程序没有论证。",))
    tables = (Table("论证意见", HEAD, tuple(rows)),) if rows else ()
    return Section("论证和会签", ("；".join(said) + "。",), tables)


def _told(stage: Stage, agreed: int) -> str:
    if stage.mark is not None and stage.mark.state == Mark.State.WAIVED:
        return f"{stage.step.title}豁免，理由：{stage.mark.note.rstrip('。')}"
    done = f"，{chinese_day(timezone.localdate(stage.mark.at))}签办" if stage.mark else ""
    return f"{stage.step.title}应有{stage.step.opinions}份意见，同意和修改后同意{agreed}份{done}"


def _row(title: str, one: Appraisal) -> tuple[str, ...]:
    files = "；".join(f"{file.name} {file.sha256}" for file in one.files.all())
    conclusion = f"V{one.plan.number} {one.get_conclusion_display()}"
    return (title, f"{one.body} {one.person}", conclusion, chinese_day(one.day), one.answer or "—", files)
