"""The table of a plan's communities: households and persons, ground, what is kept and new, how far the new ones are."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.org.actors import SYSTEM
from linli.planning.actions.enact import enact
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan, Project
from linli.planning.statements import communities_of
from linli.planning.tests.small import clear_way, engine_plan, pass_steps, ready
from linli.territory.models import Block, Count

ClientOf = Callable[[str], Client]


@pytest.fixture
def peopled(ground: dict[str, Block], project: Project) -> Project:
    """The project over blocks with persons: 600 a block, 1,200 in the column furthest west."""
    for code, block in ground.items():
        value = 1200 if code[1] == "0" else 600
        Count.objects.create(block=block, definition="persons", value=value, source="普查", as_of=date(2026, 1, 1))
    return project


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def test_persons_stand_beside_households_and_all_of_it_adds_up(peopled: Project, client_of: ClientOf) -> None:
    plan = engine_plan(
        run_scenario(SYSTEM, project=peopled, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=2)
    )
    said = communities_of(plan)
    assert said.sums["persons"] == sum(one.persons or 0 for one in said) == 4 * 1200 + 12 * 600
    assert said.sums["blocks"] == 16
    assert sum(one.hectares for one in said) == pytest.approx(said.sums["hectares"])
    publish_plan(SYSTEM, plan=ready(plan))
    for browser, address in (
        (client_of("jiedao"), f"/planning/projects/{plan.project_id}/1/"), (Client(), f"/planning/public/{plan.pk}/"),
    ):  # fmt: skip
        page = words(browser.get(address).content)
        assert "合计 2 个：保留 1 个，新设 1 个" in page
        assert "12000" in page
        assert "来源：普查" in page, "what the persons rest on"


def test_persons_that_nobody_counted_are_no_data(found: Plan, client_of: ClientOf) -> None:
    said = communities_of(found)
    assert {one.persons for one in said} == {None}
    assert (said.sums["persons"], said.people) == (None, None)
    page = client_of("jiedao").get(f"/planning/projects/{found.project_id}/1/").content.decode()
    assert page.count('<td class="number" data-label="人口">无数据</td>') == 3


def test_a_new_community_is_prepared_approved_gets_its_plaque_and_its_election(
    found: Plan, client_of: ClientOf
) -> None:
    address = f"/planning/projects/{found.project_id}/1/"
    clerk = client_of("jiedao")
    assert communities_of(found).course == "", "nothing is founded before an enactment"
    clear_way(found.project)
    enact(SYSTEM, plan=found, from_day=timezone.localdate() + timedelta(days=1), paper="云政复〔2026〕1号")
    for step, said in ((None, "已批准"), ("plaque", "已挂牌"), ("election", "已选举")):
        if step:
            pass_steps(found.project, step)
        page = clerk.get(address).content.decode()
        assert page.count(f'<span class="tag off">新设</span> <span class="tag">{said}</span>') == 1
