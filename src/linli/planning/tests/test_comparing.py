"""Plans against each other and against chance: trade-offs, neutral plans, the dossier, figures under any boundary."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.org.actors import SYSTEM, actor_of
from linli.org.tests.world import World
from linli.planning.actions.draw_neutral import draw_neutral
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.save_plan import save_plan
from linli.planning.beside import rows_of
from linli.planning.boundaries import figures, labels_under
from linli.planning.charts import histogram, scatter
from linli.planning.ground import ground_of
from linli.planning.models import NeutralSample, Plan, Project
from linli.planning.neutral import places
from linli.planning.tests.small import engine_plan, ready
from linli.territory.models import Block, Membership

ClientOf = Callable[[str], Client]


def by_hand(found: Plan, **moved: str) -> Plan:
    said = {**{code: found.community_of(code) for code in found.labels}, **moved}
    return save_plan(SYSTEM, project=found.project, base=found, communities=said, why="手改")


def test_several_goals_are_weighed_by_what_one_per_cent_of_each_is(project: Project) -> None:
    one = engine_plan(
        run_scenario(SYSTEM, project=project, goals={"boundary": 100.0}, parts=2, kept=["团结"], seconds=4)
    )
    two = engine_plan(
        run_scenario(
            SYSTEM, project=project, goals={"boundary": 1.0, "balance": 99.0}, parts=2, kept=["团结"], seconds=4
        )
    )
    assert not two.broken
    assert two.measures["balance"] <= one.measures["balance"]
    assert two.measures["balance"] == pytest.approx(0, abs=1e-9), "4,800 households can be halved"


def test_a_front_is_a_set_of_versions_none_of_which_is_beaten(project: Project) -> None:
    with pytest.raises(ValidationError):
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, front=True)
    goals = {"continuity": 1.0, "balance": 1.0}
    run = run_scenario(SYSTEM, project=project, goals=goals, parts=2, kept=["团结"], front=True, seconds=8)
    first = engine_plan(run)
    plans = list(project.plans.order_by("number"))
    assert len(plans) > 1
    assert first in plans
    values = [(-one.measures["continuity"], one.measures["balance"]) for one in plans]
    assert not any(a != b and a[0] <= b[0] and a[1] <= b[1] for a in values for b in values)
    assert run_job(run.job).state == Job.State.DONE
    assert project.plans.count() == len(plans), "done again it leaves them once"


def test_locked_blocks_of_a_version_are_fixed_in_the_next_search(project: Project, found: Plan) -> None:
    code = next(code for code in sorted(found.labels) if found.community_of(code) == "团结")
    new = next(name for name in found.names if name != "团结")
    with pytest.raises(ValidationError):
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, fixed={"B99": "团结"})
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=[], fixed={code: new}, seconds=4)
    assert engine_plan(run).community_of(code) == new


def test_a_measure_without_data_is_no_data_and_no_best(found: Plan, client_of: ClientOf) -> None:
    other = by_hand(found)
    other.measures["access"] = 264.9  # as if a station had been there
    other.save()
    shown = {str(row.title): row.cells for row in rows_of([found, other])}
    walk = "到服务站步行距离（户均，米）"
    assert [(str(words), bar, best) for words, bar, best in shown[walk]] == [
        ("无数据", None, False), ("265", 100, False),
    ]  # fmt: skip
    assert [str(words) for words, *_ in shown["配套设施缺口（处）"]] == ["无数据", "无数据"]
    page = client_of("jiedao").get(f"/planning/projects/{found.project_id}/{found.number}/beside?with={other.number}")
    [row] = re.findall(rf'<th scope="row">{walk}</th>(.*?)</tr>', page.content.decode())
    assert "无数据" in row
    assert row.count("<meter") == 1
    found.measures = other.measures = {}
    assert rows_of([found, other]) == [], "what is not all given out is not measured"


def test_a_plan_stands_among_neutral_plans(found: Plan, world: World) -> None:
    with pytest.raises(PermissionDenied):
        draw_neutral(actor_of(world.account("shuji")), plan=found)
    sample = draw_neutral(SYSTEM, plan=found)
    assert draw_neutral(SYSTEM, plan=found) == sample, "what is under way is not asked for twice"
    assert run_job(sample.job).state == Job.State.DONE
    sample.refresh_from_db()
    assert sample.drawn == 1000
    shown = {str(one.title): one for one in places(found, sample)}
    boundary = shown["加权界线"]
    assert boundary.share < 50, "the plan with the least boundary is below the middle"
    worse = by_hand(found)
    worse.measures["boundary"] = max(sample.measures["boundary"]) + 1
    assert {str(one.title): one for one in places(worse, sample)}["加权界线"].share == 100
    sample.converged = dict.fromkeys(sample.converged, False)
    assert places(found, sample) == [], "chains that did not come together say nothing"


def test_a_picture_of_a_distribution_marks_the_value() -> None:
    drawn = histogram([1.0, 2.0, 2.0, 3.0], 5.0)
    assert (drawn.low, drawn.high, drawn.at) == (1.0, 5.0, 240.0)
    assert sum(tall for _x, _y, tall in drawn.bars) > 0
    assert histogram([2.0], 2.0).at == 0


def test_a_scatter_joins_what_none_beats() -> None:
    assert scatter([], (False, False), ("{}", "{}")) is None
    found = scatter([("a", 1, 0.5), ("b", 2, 0.9), ("c", 3, 0.4), ("d", 1, 0.5)], (False, True), ("{:.0f}", "{:.1f}"))
    assert found is not None
    assert {one.plans: one.best for one in found.points} == {("a", "d"): True, ("b",): True, ("c",): False}
    assert found.x_ends == ("1", "3")
    assert found.y_ends == ("0.9", "0.4"), "more is better, so the highest lies at the foot"


def test_figures_add_up_the_same_under_every_boundary(found: Plan, ground: dict[str, Block], world: World) -> None:
    project, today = found.project, timezone.localdate()
    blocks = ground_of(project)
    tables = []
    for name in ("opened", "today", "v1"):
        labels = labels_under(project, name, today)
        assert labels is not None
        tables.append(figures(project, blocks, labels, today))
    assert len({table.sums for table in tables}) == 1
    assert [len(table.rows) for table in tables] == [1, 1, 2]
    assert {name: cells[1] for name, cells in tables[2].rows} == {n: f"{h:,}" for n, h in found.households.items()}
    for name in ("v99", "vx", "", "v"):
        assert labels_under(project, name, today) is None
    Membership.objects.filter(block=ground["B00"]).update(community=world.division("白云"))
    moved = labels_under(project, "today", today)
    assert moved is not None
    assert moved["B00"] == "白云"
    assert labels_under(project, "opened", today)["B00"] == "团结"  # type: ignore[index]


def test_the_pages(found: Plan, client_of: ClientOf) -> None:
    clerk, project = client_of("jiedao"), found.project
    by_hand(found)
    root = f"/planning/projects/{project.pk}"
    page = clerk.get(f"{root}/tradeoff?x=cut_length_m&y=balance").content.decode()
    assert page.count('class="point') == 1, "two versions that measure the same are one point"
    assert f'href="{root}/1/"' in page
    assert clerk.get(f"{root}/tradeoff?x=nothing").status_code == 200
    page = clerk.get(f"{root}/figures?a=today&b=v1").content.decode()
    assert page.count("4,800") >= 2
    assert clerk.get(f"{root}/figures?a=v77").status_code == 404
    page = clerk.get(f"{root}/1/dossier?with=2").content.decode()
    assert "调研摸底" in page
    assert page.count("<svg") == 2
    assert clerk.get(f"{root}/1/dossier").status_code == 200
    assert "抽取随机方案" in clerk.get(f"{root}/1/").content.decode()
    assert clerk.post(f"{root}/1/neutral").status_code == 302
    assert "data-poll" in clerk.get(f"{root}/1/").content.decode()
    run_job(NeutralSample.objects.get().job)
    page = clerk.get(f"{root}/1/").content.decode()
    assert "随机方案好" in page
    assert re.search(r"比(全部 1000 个| \d+% 的)随机方案", page)
    assert "随机方案好" in clerk.get(f"{root}/1/beside?with=2").content.decode()
    assert client_of("shuji").post(f"{root}/1/neutral").status_code == 404


def test_a_scenario_is_asked_for_with_weights_and_locks(found: Plan, client_of: ClientOf) -> None:
    code = sorted(found.labels)[0]
    held = save_plan(
        SYSTEM, project=found.project, base=found, communities={c: found.community_of(c) for c in found.labels},
        locked=[code], why="锁定",
    )  # fmt: skip
    clerk, address = client_of("jiedao"), f"/planning/projects/{found.project_id}/run"
    asked = {"weight_boundary": "60", "weight_balance": "40", "kept": ["团结"], "seconds": "3", "seed": "2"}
    assert clerk.post(address, {**asked, "weight_boundary": "0", "weight_balance": "0"}).status_code == 422
    assert clerk.post(address, {**asked, "weight_boundary": "101"}).status_code == 422
    assert clerk.post(address, {**asked, "locks": str(held.number), "front": "on"}).status_code == 302
    made = found.project.scenarios.first()
    assert made is not None
    assert (made.goals, made.front) == ({"boundary": 60.0, "balance": 40.0}, True)
    assert made.fixed == {code: held.community_of(code)}


def test_a_door_leads_to_the_plan_that_is_published(found: Plan, client_of: ClientOf) -> None:
    from linli.planning.actions.publish_plan import publish_plan
    from linli.territory.models import Building

    block = Block.objects.get(code="B00")
    Building.objects.create(block=block, code="L0", number="1幢", longitude=103.0005, latitude=26.0005)
    visitor, door = client_of(""), f"/where/{block.street.code}/L0/"
    assert "正在公示" not in visitor.get(door).content.decode()
    publish_plan(SYSTEM, plan=ready(found), days=30)
    page = visitor.get(door).content.decode()
    link = re.findall(r'href="(/planning/public/\d+/\?block=B00)"', page)
    assert link
    page = visitor.get(link[0]).content.decode()
    assert 'class="own"' in page
    assert "时间安排" in page
    assert "调研摸底" in page
