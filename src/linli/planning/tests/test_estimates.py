"""A version keeps what its counts rested on when it was written, and an act tells it before it binds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from linli.geodata.count_notes import COUNT_COLUMNS, CountNote, Part
from linli.ledger.models import Entry
from linli.ledger.words import told as ledger_told
from linli.org.actors import SYSTEM
from linli.org.tests.world import World
from linli.planning.actions.name_communities import name_communities
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan
from linli.planning.tests.small import NOTICE, engine_plan, small_project
from linli.territory.counts import said
from linli.territory.models import Block, Count

MARKED = "口径：户籍户数，估算；来源：地图轮廓，2026年1月1日，估算，按建筑面积每90平方米一套推算"


@pytest.fixture
def reckoned(ground: dict[str, Block], world: World) -> Plan:
    """A plan of households reckoned from floor area."""
    Count.objects.update(source="地图轮廓", estimate="floor_area:90")
    run = run_scenario(SYSTEM, project=small_project(world), goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5)
    return engine_plan(run, final=False)


def test_a_version_keeps_the_mark_when_newer_counts_come_and_a_project_takes_them(
    reckoned: Plan, client_of: Callable[[str], Client]
) -> None:
    new = next(name for name in reckoned.names if name != "团结")
    named = name_communities(SYSTEM, plan=reckoned, names={new: "学府"}, origins={"学府": "学府路"})
    entry = Entry.objects.get(verb="planning.save_plan")
    assert '"estimate":"floor_area:90"' in entry.content
    assert '"source":"地图轮廓"' in entry.content
    told = {name: words for name, words, _code in ledger_told(entry.said, {})}
    assert told["户数依据"] == "来源：地图轮廓，2026年1月1日，估算，按建筑面积每90平方米一套推算"
    for block in Block.objects.all():
        Count.objects.create(
            block=block, definition="households_registered", value=9, source="公安人口库", as_of=date(2026, 6, 1)
        )
    browser = client_of("jiedao")
    for plan in (reckoned, named):
        assert MARKED in browser.get(f"/planning/projects/{plan.project_id}/{plan.number}/").content.decode()
    project = browser.get(f"/planning/projects/{reckoned.project_id}/").content.decode()
    assert "口径：户籍户数；来源：公安人口库，2026年6月1日" in project
    assert "估算" not in project


def test_what_a_publication_would_do_is_told_with_the_mark(reckoned: Plan, client_of: Callable[[str], Client]) -> None:
    address = f"/planning/projects/{reckoned.project_id}/{reckoned.number}/publish"
    page = client_of("jiedao").post(address, {**NOTICE, "kind": "comments"}).content.decode()
    assert "4,800 户" in page
    assert MARKED in page


def test_a_note_has_no_chinese_left_in_english() -> None:
    parts = (Part("map.gpkg", None, "floor_area:90", 3), Part("", date(2026, 1, 5), "by hand", 4), Part(number=9))
    for count in COUNT_COLUMNS:
        with translation.override("en"):
            for note in (CountNote(count, parts), CountNote(count, parts[:1]), CountNote(count)):
                one = said(note)
                assert not any(sign >= "\u2e80" for sign in one.words + one.head + one.brief), one
    with translation.override("en"):
        assert said(CountNote("dwellings", parts)).words.startswith("counted as: Dwellings, 44% of it an estimate; ")
