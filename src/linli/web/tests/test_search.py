"""One search over pages and things finds what its reader may open, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from linli.matters.actions.open_matter import open_matter
from linli.org.actors import PUBLIC
from linli.org.tests.world import World
from linli.planning.tests.small import small_ground, small_project
from linli.web.tests.test_every_url import PERSONS


def found(client: Client, asked: str) -> dict[str, list[str]]:
    page = client.get("/search/", {"q": asked})
    return {str(title): [one.title for one in rows] for title, rows in page.context["found"]}


def test_pages_matters_places_projects_and_divisions_are_found_by_one_question(
    world: World, client_of: Callable[[str], Client]
) -> None:
    ground = small_ground(world)
    small_project(world)
    matter = open_matter(PUBLIC, key=uuid4(), text="团结广场路灯坏了", block=ground["B00"], place="矿务局大院")
    clerk = client_of("jiedao")
    assert found(clerk, "规模")["页面"] == ["规模体检", "规模标准"]
    assert found(clerk, "gmtj")["页面"] == ["规模体检"]
    assert found(clerk, "路灯") == {"事项": ["团结广场路灯坏了"]}
    assert found(clerk, matter.number) == {"事项": ["团结广场路灯坏了"]}
    assert found(clerk, "团结")["区划"] == ["团结社区", "团结第一网格"]
    assert found(clerk, "拆分")["划分项目与公示"] == ["团结社区拆分"]
    assert found(clerk, "没有这样的词") == {}
    assert found(clerk, "") == {}


@pytest.mark.parametrize("person", [one for one in PERSONS if one != "public"])
def test_whatever_is_found_can_be_opened(person: str, world: World, client_of: Callable[[str], Client]) -> None:
    ground = small_ground(world)
    small_project(world)
    open_matter(PUBLIC, key=uuid4(), text="团结广场路灯坏了", block=ground["B00"], place="矿务局大院")
    client = client_of(person)
    for asked in ("团结", "路灯", "规模", "今日", "jiedao", "拆分"):
        for _title, rows in client.get("/search/", {"q": asked}).context["found"]:
            for one in rows:
                assert client.get(one.address).status_code == 200, (asked, one)


def test_who_may_not_see_a_matter_does_not_find_it(world: World, client_of: Callable[[str], Client]) -> None:
    ground = small_ground(world)
    open_matter(PUBLIC, key=uuid4(), text="路灯坏了", block=ground["B00"], place="矿务局大院")
    assert "事项" in found(client_of("jiedao"), "路灯")
    assert found(client_of("anquan"), "路灯") == {}
    assert "账号" in found(client_of("anquan"), "jiedao")
    assert "账号" not in found(client_of("jiedao"), "jiedao")
    assert Client().get("/search/?q=路灯").status_code == 302
