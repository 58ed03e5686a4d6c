"""拆分、合并、边界微调、更名、撤销: each is opened, planned, published and put in force; no community stands in two."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import shapely
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from linli.org.actors import SYSTEM
from linli.org.models import Division
from linli.org.names import name_on
from linli.org.tests.world import World
from linli.planning.actions.close_project import close_project
from linli.planning.actions.enact import enact, undo_enactment
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan, Project, Standard
from linli.planning.tests.small import clear_way, engine_plan, ready
from linli.planning.verifying import verification
from linli.territory.models import Block, Line, Membership

TOMORROW = timedelta(days=1)
ClientOf = Callable[[str], Client]


def opened(world: World, kind: str, *names: str, **more: Any) -> Project:
    said: dict[str, Any] = {"households_least": 1500, "households_most": 8000, "title": f"试{kind}", **more}
    return open_project(
        SYSTEM, street=world.division("铜源街道"), scope=[world.division(name) for name in names or ("团结", "白云")],
        kind=kind, standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        **said,
    )  # fmt: skip


def in_force(plan: Plan) -> Any:
    """Published, then put in force tomorrow."""
    plan.reasons = dict.fromkeys(plan.outside, "户数多，暂不拆")
    plan.save()
    publish_plan(SYSTEM, plan=ready(plan))
    clear_way(plan.project)
    return enact(SYSTEM, plan=plan, from_day=timezone.localdate() + TOMORROW, paper="云政复〔2026〕9号")


def homes(day: Any) -> dict[str, str]:
    return dict(Membership.objects.on(day).values_list("block__code", "community__name"))


def test_a_new_name_begins_at_midnight_and_nothing_else_changes(ground: dict[str, Block], world: World) -> None:
    project = opened(world, "rename", "白云", asked={"into": "青云社区"})
    plan = project.plans.get()
    assert (plan.names, plan.broken, plan.parents) == (["青云"], [], {"青云": "白云"})
    before = homes(timezone.localdate())
    done = in_force(plan)
    division = world.division("白云")
    assert name_on(division, timezone.localdate()) == "白云"
    assert name_on(division, done.from_day) == "青云"
    assert division.valid_to is None
    assert homes(done.from_day) == before, "the same communities hold the same blocks"
    assert not done.founded.exists()
    undo_enactment(SYSTEM, enactment=done)
    assert name_on(world.division("白云"), done.from_day) == "白云"
    with pytest.raises(ValidationError) as error:
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0})
    assert error.value.code == "kind"


@pytest.mark.parametrize("into", ["团结", "双桥"])
def test_communities_become_one_under_an_old_name_or_a_new_one(
    ground: dict[str, Block], world: World, into: str
) -> None:
    plan = opened(world, "merge", asked={"into": into}).plans.get()
    assert (plan.names, plan.broken, sum(plan.households.values())) == ([into], [], 7200)
    done = in_force(plan)
    assert set(homes(done.from_day).values()) == {into}
    ended = {str(one.name) for one in Division.objects.filter(valid_to=done.from_day, kind="community")}
    assert ended == {"团结", "白云"} - {into}


def test_one_community_is_taken_over_by_another(ground: dict[str, Block], world: World) -> None:
    plan = opened(world, "abolish", asked={"ended": "白云"}).plans.get()
    assert (plan.names, plan.broken) == (["团结"], [])
    done = in_force(plan)
    assert set(homes(done.from_day).values()) == {"团结"}
    assert world.division("白云").valid_to == done.from_day


def test_a_community_is_shared_out_among_those_that_keep_their_own_ground(
    ground: dict[str, Block], world: World
) -> None:
    east = Division.objects.create(
        parent=world.division("铜源街道"), kind="community", name="青云", code="539901001009", valid_from="2020-01-01"
    )
    moved = [ground[code] for code in ("B50", "B51", "B52", "B53")]
    Membership.objects.filter(block__in=moved).update(community=east)
    project = opened(world, "abolish", "团结", "白云", "青云", asked={"ended": "白云"})
    first = project.plans.get()
    assert first.broken
    assert {code for code in project.present if not first.community_of(code)} == {"B40", "B41", "B42", "B43"}
    plan = engine_plan(run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, seconds=5))
    assert set(plan.names) == {"团结", "青云"}
    assert all(plan.community_of(code) == name for code, name in project.present.items() if name != "白云")


def test_todays_line_is_bettered_by_few_blocks(ground: dict[str, Block], world: World) -> None:
    tooth = Membership.objects.filter(block__code__in=["B41", "B32"])
    tooth.filter(block__code="B41").update(community=world.division("团结"))
    tooth.filter(block__code="B32").update(community=world.division("白云"))
    project = opened(world, "adjust", households_least=1000, asked={"most_blocks": 2})
    first = project.plans.get()
    assert {code: first.community_of(code) for code in first.labels} == project.present
    plan = engine_plan(run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, seconds=5))
    assert {c.block for c in plan.changes.all()} == {"B41", "B32"}
    assert not plan.broken
    done = in_force(plan)
    assert homes(done.from_day)["B41"] == "白云"
    assert not done.abolished


def test_a_community_stands_in_one_open_project_only(ground: dict[str, Block], world: World) -> None:
    first = opened(world, "merge", asked={"into": "团结"})
    with pytest.raises(ValidationError) as error:
        opened(world, "rename", "白云", asked={"into": "青云"}, title="又一个")
    assert error.value.code == "scope"
    assert f'<a href="/planning/projects/{first.pk}/">{first.title}</a>' in error.value.messages[0]
    close_project(SYSTEM, project=first, why="区里不同意")
    second = opened(world, "rename", "白云", asked={"into": "青云"}, title="又一个")
    in_force(second.plans.get())
    assert opened(world, "split", "白云", title="第三个").pk
    for ended in (first, second):
        with pytest.raises(ValidationError) as error:
            close_project(SYSTEM, project=ended, why="再结束一次")
        assert error.value.code == "closed"


@pytest.mark.parametrize(
    ("kind", "names", "asked", "field"),
    [
        ("merge", ("团结",), {"into": "团结"}, "scope"),
        ("merge", ("团结", "白云"), {"into": " 社区"}, "into"),
        ("rename", ("白云",), {"into": "团结"}, "into"),
        ("rename", ("白云",), {"into": "白云社区"}, "into"),
        ("rename", ("团结", "白云"), {"into": "青云"}, "scope"),
        ("abolish", ("团结", "白云"), {"ended": "东门"}, "ended"),
        ("adjust", ("团结", "白云"), {"most_blocks": 0}, "most_blocks"),
    ],
)
def test_what_a_kind_cannot_be_asked(
    ground: dict[str, Block], world: World, kind: str, names: tuple[str, ...], asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as error:
        opened(world, kind, *names, asked=asked)
    assert error.value.code == field
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    ("kind", "said", "version", "sentence"),
    [
        ("merge", {"into": "双桥", "scope": "both"}, "合并为双桥", "合并"),
        ("adjust", {"most_blocks": "5", "scope": "both"}, "现有界线", "微调"),
        ("rename", {"into": "青云", "scope": "白云"}, "改称青云", "改称青云，界线不变"),
        ("abolish", {"ended": "白云", "scope": "团结"}, "白云并入团结", "撤销白云，并入团结"),
    ],
)
def test_each_kind_has_a_form_of_its_own_and_is_told_to_the_public(
    ground: dict[str, Block], world: World, client_of: ClientOf, kind: str, said: dict[str, Any], version: str,
    sentence: str,
) -> None:  # fmt: skip
    clerk = client_of("jiedao")
    address = f"/planning/projects/new?kind={kind}"
    page = clerk.get(address).content.decode()
    assert ('name="households_least"' in page) == (kind != "rename")
    keys = {name: str(world.division(name).pk) for name in ("团结", "白云")}
    sent = {name: keys.get(value, value) for name, value in said.items()}
    sent["scope"] = list(keys.values()) if said["scope"] == "both" else sent["scope"]
    if kind != "rename":
        standard = Standard.objects.get(code="local-1500-3500", version=1)
        sent |= {"standard": str(standard.pk), "count": "households_registered",
                 "households_least": "1500", "households_most": "8000"}  # fmt: skip
    assert clerk.post(address, sent).status_code == 422, "a title is wanted"
    assert clerk.post(address, {**sent, "title": "试"}).status_code == 302
    project = Project.objects.get()
    page = clerk.get(f"/planning/projects/{project.pk}/").content.decode()
    assert version in page
    run = clerk.get(f"/planning/projects/{project.pk}/run")
    assert run.status_code == (404 if kind == "rename" else 200)
    assert kind == "merge" or b'name="parts"' not in run.content
    plan = project.plans.get()
    plan.reasons = dict.fromkeys(plan.outside, "户数多，暂不拆")
    plan.save()
    publish_plan(SYSTEM, plan=ready(plan))
    assert sentence in Client().get(f"/planning/public/{plan.pk}/").content.decode()
    again = clerk.post(address, {**sent, "title": "再试"})
    assert again.status_code == 422
    assert f'<a href="/planning/projects/{project.pk}/">试</a>' in again.content.decode()
    assert clerk.post(f"/planning/projects/{project.pk}/close", {"why": "不办了"}).status_code == 422, "it is shown"


def test_a_hole_in_the_ground_or_ground_covered_twice_is_not_published(found: Plan) -> None:
    wide = Block.objects.get(code="B11")
    west, south, east, north = wide.shape.bounds
    wide.shape = shapely.box(west, south, east + 0.0001, north)
    wide.save()
    with pytest.raises(ValidationError) as error:
        publish_plan(SYSTEM, plan=ready(found))
    assert error.value.code == "verified"
    assert "地块重叠" in error.value.messages[0]
    assert "B11、B21" in error.value.messages[0]
    wide.shape = shapely.box(west, south, east, north - 0.0005)
    wide.save()
    with pytest.raises(ValidationError) as error:
        publish_plan(SYSTEM, plan=found)
    assert "空白" in error.value.messages[0]
    wide.shape = shapely.box(west, south, east, north)
    wide.save()
    shown = publish_plan(SYSTEM, plan=found)
    assert shown.verified["ok"]
    assert len(json.dumps(shown.verified)) < 1000


def test_a_ground_whose_lines_are_measured_is_rechecked_too(project: Project) -> None:
    Line.objects.all().delete()
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5)
    assert verification(engine_plan(run))["ok"]
