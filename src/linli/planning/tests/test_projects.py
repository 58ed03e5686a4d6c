"""From a project to a boundary in force: runs, versions, conflicts, publication, enactment, taking back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.ledger.models import Entry
from linli.matters.models import SuccessionChoice
from linli.org.actors import SYSTEM, Actor, actor_of
from linli.org.models import Division
from linli.org.tests.world import World
from linli.planning.actions.confirm import begin, confirm
from linli.planning.actions.enact import enact, hand_over, undo_enactment
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import cancel_run, run_scenario
from linli.planning.actions.save_plan import MovedOnError, save_plan
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.engine import found_of
from linli.planning.ground import _read, ground_of
from linli.planning.models import Enactment, Plan, Project, Proposal, Run, Standard
from linli.planning.statements import bands_on_page
from linli.planning.tests.small import clear_way, colleague, engine_plan, ready
from linli.territory.models import Block, Count, Facility, Membership

TOMORROW = timedelta(days=1)


def home(block: Block, day: date) -> str:
    return str(Membership.objects.on(day).get(block=block).community.name)


def drawn(plan: Plan, **moved: str) -> dict[str, str]:
    return {**{code: plan.community_of(code) for code in plan.labels}, **moved}


def test_a_run_makes_a_version_that_keeps_the_rules(found: Plan) -> None:
    assert found.number == 1
    assert found.source == Plan.Source.ENGINE
    assert not found.broken
    assert found.proof["status"] == "proven"
    assert "团结" in found.names
    assert sum(found.households.values()) == 4800
    assert len({found.community_of(code) for code in ("B00", "B01")}) == 1, "a compound is whole"
    assert found.changes.count() == sum(found.community_of(code) != "团结" for code in found.labels)


def test_run_again_after_a_kill_leaves_one_version(found: Plan) -> None:
    job = found.run.job
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, lease_until=timezone.now() - TOMORROW)
    job.refresh_from_db()
    assert run_job(job).state == Job.State.DONE
    assert Plan.objects.count() == 1


def test_what_cannot_be_is_answered_with_the_rules_that_clash(project: Project) -> None:
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=4, kept=["团结"], seconds=5)
    assert run_job(run.job).state == Job.State.DONE
    run.refresh_from_db()
    assert run.plan is None
    assert run.clash


def test_a_run_is_called_off(project: Project) -> None:
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, seconds=5)
    cancel_run(SYSTEM, run=run)
    assert Run.objects.get(pk=run.pk).job.state == Job.State.CANCELLED


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"goals": {}}, "goals"),
        ({"goals": {"beauty": 1.0}}, "goals"),
        ({"seconds": 0}, "seconds"),
        ({"kept": ["东门"]}, "kept"),
    ],
)
def test_a_scenario_that_cannot_be_asked(project: Project, more: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        run_scenario(SYSTEM, **{"project": project, "goals": {"boundary": 1.0}, **more})  # type: ignore[arg-type]
    assert error.value.code == field


def test_a_drawn_version_tells_what_it_moves_and_why(project: Project, found: Plan) -> None:
    new = next(name for name in found.names if name != "团结")
    code = next(code for code in sorted(found.labels) if found.community_of(code) == "团结")
    made = save_plan(
        SYSTEM, project=project, base=found, communities=drawn(found, **{code: new}), locked=[code], why="居民要求"
    )
    assert (made.number, made.parent, made.branch, made.source) == (2, found, found.branch, Plan.Source.HAND)
    assert [(c.block, c.before, c.after) for c in made.changes.all()] == [(code, "团结", new)]
    assert made.locked == [code]
    assert made.households[new] == found.households[new] + 300
    entry = Entry.objects.filter(verb="planning.save_plan").latest("seq")
    assert "居民要求" in entry.content


def test_an_open_block_is_kept_open_and_said(project: Project, found: Plan) -> None:
    said = drawn(found)
    del said["B33"]
    made = save_plan(SYSTEM, project=project, base=found, communities=said, why="先空着")
    assert made.community_of("B33") == ""
    assert made.broken
    with pytest.raises(ValidationError) as error:
        enact(SYSTEM, plan=made, from_day=timezone.localdate() + TOMORROW, paper="批复1号")
    assert "B33" in error.value.messages[0]


def test_saving_on_a_head_that_moved_on_is_a_conflict(project: Project, found: Plan) -> None:
    mine, theirs = drawn(found, B33="团结"), drawn(found, B30="团结")
    second = save_plan(SYSTEM, project=project, base=found, communities=theirs, why="他们的")
    with pytest.raises(MovedOnError) as error:
        save_plan(SYSTEM, project=project, base=found, communities=mine, why="我的")
    assert error.value.head == second
    fork = save_plan(SYSTEM, project=project, base=found, communities=mine, why="另起", branch="我的")
    assert (fork.parent, fork.branch) == (found, "我的")
    over = save_plan(SYSTEM, project=project, base=found, communities=mine, why="我的", over=second)
    assert over.parent == second


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"why": " "}, "why"), ({"communities": {"B00": ""}}, "communities"), ({"branch": "a b"}, "branch"),
        ({"communities": {"B99": "团结"}}, "blocks"),
    ],
)  # fmt: skip
def test_a_save_that_is_refused(project: Project, found: Plan, more: dict[str, object], field: str) -> None:
    said = {"communities": drawn(found), "why": "试", **more}
    with pytest.raises(ValidationError) as error:
        save_plan(SYSTEM, project=project, base=found, **said)  # type: ignore[arg-type]
    assert error.value.code == field
    assert Plan.objects.count() == 1


def test_an_enactment_moves_the_boundary_at_midnight(ground: dict[str, Block], found: Plan, world: World) -> None:
    clear_way(found.project)
    today = timezone.localdate()
    done = enact(SYSTEM, plan=found, from_day=today + TOMORROW, paper="云政复〔2026〕1号")
    new = next(name for name in found.names if name != "团结")
    division = Division.objects.get(name=new)
    assert (division.temporary, division.status) == (True, Division.Status.PREPARING)
    assert world.division("团结").code == "539901001001"
    moved = next(code for code in sorted(found.labels) if found.community_of(code) == new)
    assert home(ground[moved], today) == "团结"
    assert home(ground[moved], today + TOMORROW) == new
    assert home(ground["B50"], today + TOMORROW) == "白云"
    assert Entry.objects.filter(verb="planning.enact", public=True).count() == 1
    undo_enactment(SYSTEM, enactment=done)
    assert home(ground[moved], today + TOMORROW) == "团结"
    assert not Division.objects.on(today + TOMORROW).filter(name=new).exists()
    with pytest.raises(ValidationError):
        undo_enactment(SYSTEM, enactment=done)
    again = enact(SYSTEM, plan=found, from_day=today + TOMORROW, paper="云政复〔2026〕2号")
    assert again.founded.get().code != division.code, "a code is never given twice"


def test_what_is_in_force_is_corrected_not_undone(ground: dict[str, Block], found: Plan) -> None:
    clear_way(found.project)
    today = timezone.localdate()
    done = enact(SYSTEM, plan=found, from_day=today, paper="云政复〔2026〕1号")
    with pytest.raises(ValidationError) as error:
        undo_enactment(SYSTEM, enactment=done)
    assert error.value.code == "history"
    new = next(name for name in found.names if name != "团结")
    code = next(code for code in sorted(found.labels) if found.community_of(code) == new)
    made = save_plan(SYSTEM, project=found.project, base=found, communities=drawn(found, **{code: "团结"}), why="更正")
    if not made.broken:
        enact(SYSTEM, plan=made, from_day=today + TOMORROW, paper="云政复〔2026〕2号")
        assert home(ground[code], today) == new
        assert home(ground[code], today + TOMORROW) == "团结"
    assert Division.objects.filter(name=new).count() == 1, "the community that it founded goes on"


def test_an_enactment_that_fails_leaves_nothing(found: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    from linli.planning.actions import enact as room

    clear_way(found.project)

    def broken(*_args: object, **_options: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(room, "assign_blocks", broken)
    with pytest.raises(RuntimeError):
        enact(SYSTEM, plan=found, from_day=timezone.localdate() + TOMORROW, paper="批复1号")
    assert not Enactment.objects.exists()
    assert not Division.objects.filter(temporary=True).exists()


def test_a_community_that_is_not_kept_ends_with_its_grids_and_comes_back(project: Project, world: World) -> None:
    Project.objects.update(households_most=9000)
    project.refresh_from_db()
    found = engine_plan(run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=1, seconds=5))
    made = save_plan(
        SYSTEM, project=project, base=found, communities=dict.fromkeys(found.labels, "学府"), why="整体重组"
    )
    clear_way(found.project)
    day = timezone.localdate() + TOMORROW
    done = enact(SYSTEM, plan=made, from_day=day, paper="云政复〔2026〕3号")
    old, grid = world.division("团结"), world.division("团结第一网格")
    assert (old.valid_to, grid.valid_to) == (day, day)
    secretary = old.posts.get(role__code="community_secretary")
    assert secretary.valid_to == day
    undo_enactment(SYSTEM, enactment=done)
    for one in (old, grid, secretary):
        one.refresh_from_db()
        assert one.valid_to is None
    assert not old.names.exclude(valid_to=None).exists()


def test_blocks_under_construction_wait_and_are_handed_over(ground: dict[str, Block], found: Plan) -> None:
    clear_way(found.project)
    new = next(name for name in found.names if name != "团结")
    site = next(code for code in sorted(found.labels) if found.community_of(code) == new)
    day = timezone.localdate() + TOMORROW
    with pytest.raises(ValidationError) as error:
        enact(SYSTEM, plan=found, from_day=day, paper="批复1号", held=["B99"])
    assert error.value.code == "held"
    done = enact(
        SYSTEM, plan=found, from_day=day, paper="批复1号", held=[site], assets="agreed", undelivered="later",
        matters={"邻里": "follow"},
    )  # fmt: skip
    assert home(ground[site], day) == "团结"
    assert SuccessionChoice.objects.get().choice == "follow"
    entry = Entry.objects.get(verb="planning.enact").content
    assert all(words in entry for words in (site, "agreed", "later", "邻里"))
    with pytest.raises(ValidationError):
        hand_over(SYSTEM, enactment=done, from_day=day - TOMORROW, paper="移交单1号")
    hand_over(SYSTEM, enactment=done, from_day=day + TOMORROW, paper="移交单1号")
    assert (home(ground[site], day), home(ground[site], day + TOMORROW)) == ("团结", new)
    done.refresh_from_db()
    assert done.held == {}
    undo_enactment(SYSTEM, enactment=done)
    assert home(ground[site], day + TOMORROW) == "团结"
    assert not SuccessionChoice.objects.exists()


def test_publication_counts_natural_days(found: Plan) -> None:
    made = publish_plan(SYSTEM, plan=ready(found), days=30)
    assert made.published_to == timezone.localdate() + timedelta(days=30)
    with pytest.raises(ValidationError):
        publish_plan(SYSTEM, plan=found, days=30)


def test_outside_the_law_a_reason_is_written_before_publication(found: Plan) -> None:
    name = found.names[0]
    Plan.objects.update(outside=[name])
    with pytest.raises(ValidationError) as error:
        publish_plan(SYSTEM, plan=ready(found))
    assert name in str(error.value)
    state_reasons(SYSTEM, plan=found, reasons={name: "地形封闭，无法再分。"})
    assert publish_plan(SYSTEM, plan=found).published_at


def test_a_plan_is_held_against_the_version_that_its_project_was_opened_under(found: Plan) -> None:
    mine = Standard.objects.get(code="local-1500-3500")
    newer = Standard.objects.create(
        code=mine.code, version=2, title="我区标准", households_least=1200, households_most=2500,
        norms={**mine.norms, "floor_m2_per_100_households": 50}, grades=[["甲", 2000], ["乙", 0]],
    )  # fmt: skip
    blocks = ground_of(found.project)
    old = found_of(found, blocks)
    assert old.rules.standard().households == (1500, 3500)
    Project.objects.update(standard=newer)
    plan = Plan.objects.get()
    new = found_of(plan, blocks)
    assert new.rules.standard().households == (1200, 2500)
    assert new.rules.standard().grade(2001) == "乙"
    for before, after in zip(old.communities, new.communities, strict=True):
        assert after.staffing.floor_needed_m2 == pytest.approx(max(300, after.count / 2))
        assert before.staffing.floor_needed_m2 == pytest.approx(max(300, before.count * 0.3))
        assert "我区标准1200至2500户" in after.text
    assert [band.households for band in bands_on_page(plan.project)] == [(1000, 3000), (1200, 2500), (1500, 3500)]


def test_the_area_of_a_station_stands_in_the_words_of_its_community(project: Project, found: Plan) -> None:
    block = Block.objects.get(code="B00")
    name = found.community_of("B00")

    def words() -> str:
        return next(one.text for one in found_of(found, ground_of(project)).communities if one.name == name)

    assert "办公地点：无数据" in words()
    station = Facility.objects.create(
        street=project.street, block=block, code="F1", kind="党群服务中心", name="团结中心", area_m2=None,
        longitude=103.0, latitude=26.0,
    )  # fmt: skip
    _read.cache_clear()
    assert "面积无数据" in words()
    Facility.objects.filter(pk=station.pk).update(area_m2=410)
    _read.cache_clear()
    assert "面积410㎡" in words()


def test_who_may(found: Plan, world: World) -> None:
    secretary, clerk, officer = (who(world, name) for name in ("shuji", "jiedao", "quji"))
    day = timezone.localdate() + TOMORROW
    with pytest.raises(PermissionDenied):
        publish_plan(secretary, plan=found)
    with pytest.raises(PermissionDenied):
        enact(clerk, plan=found, from_day=day, paper="批复1号")
    clear_way(found.project)
    made = begin(officer, project=found.project, act="enact", subject="1", said={"from_day": day, "paper": "批复1号"})
    assert isinstance(made, Proposal)
    done = confirm(actor_of(colleague(world)), proposal=made)
    assert isinstance(done, Enactment)
    assert done.founded.count() == 1


def who(world: World, username: str) -> Actor:
    return actor_of(world.account(username))


def test_no_project_is_opened_on_a_count_that_is_not_there(project: Project, world: World) -> None:
    asked = {
        "street": project.street, "title": "按常住户", "scope": [world.division("白云")], "standard": project.standard,
        "households_least": 1500, "households_most": 3500,
    }  # fmt: skip
    with pytest.raises(ValidationError, match="没有“常住户数”的数"):
        open_project(SYSTEM, **asked, count="households_resident")
    Count.objects.filter(definition="households_registered").update(value=0)
    with pytest.raises(ValidationError, match=r"没有“户籍户数”的数"):  # a sheet of noughts counted nobody
        open_project(SYSTEM, **asked, count="households_registered")
    Count.objects.filter(definition="households_registered").update(value=300)
    lacking = Block.objects.filter(memberships__community=world.division("白云")).first()
    Count.objects.filter(block=lacking).delete()
    with pytest.raises(ValidationError, match=r"有1个地块没有“户籍户数”的数"):
        open_project(SYSTEM, **asked, count="households_registered")
    assert Project.objects.count() == 1
