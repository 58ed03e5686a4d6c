"""A project of the demo as it stands in its second week: plans of the engine, one out for comments, opinions on it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import numpy as np
from django.utils import timezone

from linli.cases.actions.report_case import report_case
from linli.jobs.running import run_job
from linli.matters.models import Matter
from linli.org.actors import PUBLIC, SYSTEM, Actor
from linli.org.models import Division
from linli.planning.actions.appraise import record_appraisal
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import COMMENTS, publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.evidence import Given
from linli.planning.models import Appraisal, Plan, Project, Standard
from linli.territory.models import Block

TITLE = "团结社区规模调整（演示）"
PARTS, SECONDS = 3, 6
GOALS = ({"boundary": 1.0}, {"boundary": 1.0, "balance": 1.0})
REASON = "矿务局老家属院不宜拆开，服务站步行可达，略超一般规模。"
OPINIONS = (
    "新社区的服务站离我们院要过一条大街，老人走不动，能不能设在街这边？",
    "院子里的人一直在原来的社区办事，希望我们整个院子还跟原来的社区。",
    "赞成划小。社区大了以后，书记都认不全楼长，划小了好办事。",
    "名字请用老地名，我们这一片从前就叫古渡。",
)
SAYS = (
    ("云川区司法局（演示）", Appraisal.Conclusion.AMEND, "演示用意见：程序合法；名称依据请在公示前补齐。"),
    ("演示律师事务所", Appraisal.Conclusion.AGREE, "演示用意见：未见与法律法规相抵触之处。"),
)
SCAN = "%PDF-1.4\n% 演示数据·全部合成 / demo, invented: {body}\n%%EOF\n"


def fill_planning(clerk: Actor, street: Division, *, seed: int) -> int:
    """Open a project on the largest community, let the engine find plans, ask for comments on the first; how many."""
    project = open_project(
        clerk, street=street, title=TITLE, scope=[street.children.get(names__name="团结")],
        standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        households_least=1500, households_most=3500,
    )  # fmt: skip
    for goals in GOALS:
        run = run_scenario(clerk, project=project, goals=goals, parts=PARTS, kept=["团结"], seconds=SECONDS)
        run_job(run.job)
    plan = project.plans.get(number=1)
    state_reasons(clerk, plan=plan, reasons=dict.fromkeys(plan.outside, REASON))
    publish_plan(
        SYSTEM, plan=plan, days=30, kind=COMMENTS, number="铜街公示〔2026〕1号", issuer="铜源街道办事处（演示）",
        contact="社区建设岗", telephone="0000-6120301", place="市府街26号一楼3号窗口",
    )  # fmt: skip
    _opinions(plan, seed)
    _appraised(clerk, project, plan)
    return project.plans.count()


def _opinions(plan: Plan, seed: int) -> None:
    """Let residents say what they think, each from a block of his own."""
    chance = np.random.default_rng(seed)
    homes = list(Block.objects.filter(street=plan.project.street, code__in=plan.labels).order_by("code"))
    for words, place in zip(OPINIONS, chance.choice(len(homes), len(OPINIONS), replace=False), strict=True):
        report_case(
            PUBLIC, key=uuid.UUID(bytes=chance.bytes(16), version=4), text=words, kind=Matter.Kind.SUGGESTION,
            block=homes[int(place)], about=f"plan:{plan.pk}",
        )  # fmt: skip


def _appraised(clerk: Actor, project: Project, plan: Plan) -> None:
    """Put two opinions of jurists beside it, with files that say that they are invented."""
    for body, conclusion, words in SAYS:
        content = SCAN.format(body=body).encode()
        record_appraisal(
            clerk, project=project, step="legality", plan=plan, body=body, person="（演示）", conclusion=conclusion,
            words=words, day=timezone.localdate() - timedelta(days=1),
            attached=[Given(f"{body}意见书.pdf", len(content), partial(bytes, content))],
        )  # fmt: skip
