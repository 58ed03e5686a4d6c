"""Lists of communities stand in official order, that of their codes: versions, papers, workbook, figures, sentences."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from linli.org.actors import SYSTEM
from linli.org.models import Division
from linli.org.tests.world import World
from linli.planning.actions.enact import enact
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.kinds import what_it_does
from linli.planning.models import Plan, Project, Standard
from linli.planning.pack import tables
from linli.planning.papers.petition import petition
from linli.planning.papers.split import split_plan
from linli.planning.tests.small import clear_way, engine_plan, ready
from linli.territory.models import Block

ClientOf = Callable[[str], Client]


@pytest.fixture
def both(ground: dict[str, Block], world: World) -> Project:
    """A project over 白云 (…002) and 团结, whose code is …009 here: by their characters they stand the other way."""
    Division.objects.filter(name="团结").update(code="539901001009")
    return open_project(
        SYSTEM, street=world.division("铜源街道"), title="两社区调整", kind="split", count="households_registered",
        scope=[world.division(name) for name in ("团结", "白云")], households_least=1500, households_most=2700,
        standard=Standard.objects.get(code="local-1500-3500", version=1),
    )  # fmt: skip


@pytest.fixture
def three(both: Project) -> Plan:
    """The engine's plan: 白云, 团结, and one that is new out of it."""
    run = run_scenario(
        SYSTEM,
        project=both,
        goals={"boundary": 1.0},
        parts=3,
        kept=["团结", "白云"],
        never_cross=["community"],
        seconds=5,
    )
    return engine_plan(run)


def test_a_version_lists_each_community_by_its_code_and_what_is_new_after_it(three: Plan) -> None:
    assert three.names[:2] == ["白云", "团结"]
    assert three.parents[three.names[2]] == "团结"
    turned = dict(reversed(three.parents.items()))  # as a database may give the keys back
    Plan.objects.filter(pk=three.pk).update(parents=turned)
    three.refresh_from_db()
    assert list(found_of(three, ground_of(three.project)).names) == three.names


def test_papers_workbook_and_figures_list_communities_in_official_order(three: Plan, client_of: ClientOf) -> None:
    project = three.project
    found = found_of(three, ground_of(project))
    day = timezone.localdate()
    book = openpyxl.load_workbook(io.BytesIO(tables(found, project, 0)))
    names = {
        sheet: [row[0].value for row in book[sheet].iter_rows(min_row=2)] for sheet in ("调整前", "调整后", "去向")
    }
    assert names["调整前"] == ["白云", "团结", "合计"]
    assert names["调整后"] == [*three.names, "合计"]
    assert names["去向"] == ["白云", "团结", "团结"]
    for paper in (petition(three, found, day=day), split_plan(three, found, day=day)):
        lists = [[row.cells[0].text for row in one.rows] for one in paper.document.tables]
        assert next(one[1:] for one in lists if one[0] == "社区") == ["白云", "团结", "合计"]
    page = client_of("jiedao").get(f"/planning/projects/{project.pk}/figures?a=opened&b=today").content.decode()
    body = page[page.index("<table") :]
    assert body.index("白云") < body.index("团结")


def test_sentences_and_projects_name_communities_in_official_order(both: Project, world: World) -> None:
    both.kind = Project.Kind.ADJUST
    assert both.communities_then == ["白云", "团结"]
    assert [one.name for one in both.scope.all()] == ["白云", "团结"]
    assert "白云、团结" in what_it_does(Plan(project=both, names=["白云", "团结"]))


def test_what_is_founded_together_bears_codes_in_the_order_of_the_plan(three: Plan, world: World) -> None:
    three.reasons = dict.fromkeys(three.outside, "户数少，暂不合并")
    three.save()
    publish_plan(SYSTEM, plan=ready(three))
    clear_way(three.project)
    enact(SYSTEM, plan=three, from_day=timezone.localdate() + timedelta(days=1), paper="云政复〔2026〕9号")
    street = world.division("铜源街道")
    listed = [str(one.name) for one in Division.objects.filter(parent=street).order_by("code")]
    listed.remove("京铜")  # the street's third
    assert listed == three.names, "temporary codes follow the official ones"
    codes = list(Division.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes))
