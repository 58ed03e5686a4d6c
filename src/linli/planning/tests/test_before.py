"""团结、白云、京铜: the three communities stay on record with their old boundaries once a plan is in force."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import openpyxl
import shapely
from django.test import Client
from django.utils import timezone
from lxml import html

from linli.org.actors import SYSTEM
from linli.org.tests.world import World
from linli.planning.actions.enact import enact
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Standard
from linli.planning.pack import tables
from linli.planning.tests.small import clear_way, engine_plan, ready
from linli.territory.models import Block, Count, Membership

THREE = ["团结", "白云", "京铜"]


def test_the_three_communities_keep_their_old_boundaries_once_a_plan_is_in_force(
    ground: dict[str, Block], world: World, client_of: Callable[[str], Client]
) -> None:
    east = [block for code, block in ground.items() if code[1] == "5"]
    Membership.objects.filter(block__in=east).update(community=world.division("京铜"))
    Count.objects.filter(block__in=[*east, *(b for code, b in ground.items() if code[1] == "4")]).update(value=600)
    old = dict(Membership.objects.values_list("block__code", "community__name"))
    project = open_project(
        SYSTEM, street=world.division("铜源街道"), title="三社区调整", scope=[world.division(name) for name in THREE],
        standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        households_least=1500, households_most=3500,
    )  # fmt: skip
    assert ground_of(project).columns["community"].tolist() == [old[code] for code in ground_of(project).ids]
    plan = engine_plan(
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=4, kept=THREE, never_cross=["community"],
                     seconds=5)
    )  # fmt: skip
    publish_plan(SYSTEM, plan=ready(plan))
    clear_way(project)
    tomorrow = timezone.localdate() + timedelta(days=1)
    enact(SYSTEM, plan=plan, from_day=tomorrow, paper="云政复〔2026〕9号")
    now = dict(Membership.objects.on(tomorrow).values_list("block__code", "community__name"))
    assert len({*now.values()}) == 4
    blocks = ground_of(project)
    for name in THREE:
        own = np.array([old[code] == name for code in blocks.ids])
        kept = blocks.columns["community"] == name
        assert shapely.union_all(blocks.geometry[kept]).equals(shapely.union_all(blocks.geometry[own]))
    page = client_of("jiedao").get(f"/planning/projects/{project.pk}/figures?a=opened&b=v{plan.number}").content
    before, after = html.fromstring(page.decode()).xpath("//table")[:2]
    assert [one.strip() for one in before.xpath("tbody//th/text()")][:3] == THREE
    assert len(after.xpath("tbody//th")) >= 4
    book = openpyxl.load_workbook(io.BytesIO(tables(found_of(plan, blocks), project, 0)))
    assert [row[0].value for row in book["调整前"].iter_rows(min_row=2)] == [*THREE, "合计"]
