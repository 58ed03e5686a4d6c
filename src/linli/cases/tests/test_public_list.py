"""大家反映的事: filters, search by words that all may read, counts by place and community, released photographs."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.cases.actions.report_case import report_case
from linli.cases.public_list import Asked, by_community, places
from linli.cases.tests.test_joining import close
from linli.cases.tests.test_photos import photo
from linli.cases.tests.test_shown import count, said
from linli.matters.actions import dispatching
from linli.matters.models import Category, Matter
from linli.matters.photos import clean_photo
from linli.org.actors import PUBLIC, actor_of
from linli.org.tests.world import World
from linli.territory.models import Building

HERE = "/report/public/"


def listed(question: str = "") -> list[str]:
    page = Client().get(f"{HERE}?{question}").content.decode()
    return re.findall(r'data-case="(\d+)"', page)


def drawn(question: str = "") -> list[tuple[int, str, str]]:
    page = Client().get(f"{HERE}?{question}").content.decode()
    block = re.findall(r'<script id="ground" type="application/json">(.*?)</script>', page, re.S)[0]
    pins = [one["properties"] for one in json.loads(block)["features"] if one["geometry"]["type"] == "Point"]
    return [(one["number"], one["href"], one["name"].partition(" · ")[0]) for one in pins]


def test_list_and_map_bear_the_same_numbers(ground: Building) -> None:
    for number in range(10):
        Matter.objects.filter(pk=said(ground).pk).update(published=f"灯 {number}")
    for question, there in (("", range(9, 1, -1)), ("page=2", (1, 0))):
        page = Client().get(f"{HERE}?{question}").content.decode()
        rows = re.findall(r'id="told-(\d)".*?<strong>([^<]+)</strong>', page, re.S)
        assert [words for _number, words in rows] == [f"灯 {number}" for number in there]
        assert drawn(question) == [(int(number), f"#told-{number}", words) for number, words in rows]


def test_state_class_area_and_place_narrow_it(ground: Building, world: World) -> None:
    count(ground.block, 80)
    other = Building.objects.get(code="L112")
    lamp, late, rubbish, away = said(ground), said(ground), said(ground, "0201"), said(other)
    Matter.objects.filter(pk=late.pk).update(answer_by=timezone.now() - timedelta(days=1))
    close(rubbish, world)
    assert set(listed()) == {lamp.number, late.number, away.number}
    assert listed("state=due") == [late.number]
    assert listed("state=done") == [rubbish.number]
    assert len(listed("state=all")) == 4
    assert listed("state=all&group=环境卫生") == [rubbish.number]
    assert listed(f"community={world.division('白云').code}") == [away.number]
    assert set(listed(f"at={ground.block_id}")) == {lamp.number, late.number}
    assert listed(f"at={other.block_id}") == [], "a place that would tell a home is none"
    assert listed("at=nothing") == listed("community=nowhere") == []


def test_it_is_found_by_what_everybody_may_read_and_by_nothing_else(ground: Building, world: World) -> None:
    count(ground.block, 80)
    one, hidden = said(ground), said(Building.objects.get(code="L112"))
    dispatching.publish(actor_of(world.account("shuji")), matter=one, text="楼道照明报修")
    assert (
        listed("q=报修") == listed(f"q={one.number}") == listed("q=矿务局 楼道灯") == listed("q=团结") == [one.number]
    )
    assert set(listed("q=照明井盖")) == {one.number, hidden.number}
    for private in ("张三", "13800000000", "301", "门口", "白云花园"):
        assert listed(f"q={private}") == [], private


def test_places_count_what_the_list_counts_and_lead_to_it(ground: Building) -> None:
    count(ground.block, 80)
    for code in ("0602", "0602", "0201"):
        said(ground, code)
    said(Building.objects.get(code="L112"))
    found = {one["properties"]["at"]: one["properties"] for one in places(Asked())["features"]}
    block, community = found[str(ground.block_id)], found["539901001002"]
    assert (block["count"], block["symbol"], community["count"], community["symbol"]) == (3, "", 1, "照")
    assert len(listed(block["href"].partition("?")[2])) == 3
    assert len(listed(community["href"].partition("?")[2])) == 1
    narrowed = places(Asked(group="环境卫生"))["features"]
    assert [(one["properties"]["count"], one["properties"]["symbol"]) for one in narrowed] == [(1, "环")]
    assert Client().get(f"{HERE}places.json").json() == json.loads(json.dumps(places(Asked())))


@pytest.mark.parametrize(("number", "told", "fill"), [(0, "0", "count-0"), (4, None, "count-1"), (5, "5", "count-2")])
def test_a_small_count_of_a_community_is_not_told(ground: Building, number: int, told: str | None, fill: str) -> None:
    for _ in range(number):
        said(ground)
    table, legend, _map = by_community(Asked())
    row = next(one for one in table if one.division.title == "团结社区")
    assert (None if row.number is None else str(row.number), row.fill) == (told, fill)
    assert legend[1].words == "1–4"
    page = Client().get(HERE).content.decode()
    assert ("不足 5" in page) == (told is None)


def test_a_photograph_is_seen_once_it_is_released_and_no_longer(
    ground: Building, client_of: Callable[[str], Client]
) -> None:
    lamp = Category.objects.get(code="0602")
    one = report_case(
        PUBLIC, key=uuid.uuid4(), text="灯", building=ground, category=lamp, photos=[clean_photo(photo())]
    )
    here = f"{HERE}{one.number}/photos/{one.photos.get().pk}"
    assert Client().get(here).status_code == 404
    secretary = client_of("shuji")
    secretary.post(f"/matters/{one.number}/publish", {"text": "楼道灯", "photos": [str(one.photos.get().pk)]})
    assert Client().get(here)["Content-Type"] == "image/jpeg"
    assert f'src="{here}"' in Client().get(HERE).content.decode()
    Matter.objects.filter(pk=one.pk).update(category=Category.objects.get(code="0801"))
    assert Client().get(here).status_code == 404, "it concerns a family after all"


def test_many_cases_ask_no_more_queries_than_few(ground: Building) -> None:
    count(ground.block, 80)
    asked = []
    for number in (2, 20):
        for _ in range(number):
            said(ground)
        for address in (HERE, f"{HERE}?q=楼道&state=all", f"{HERE}places.json"):
            Client().get(address)
            with CaptureQueriesContext(connection) as queries:
                Client().get(address)
            asked.append(len(queries))
    assert asked[:3] == asked[3:]
    assert max(asked) <= 20


def test_an_area_is_followed_by_a_feed_that_tells_what_the_page_shows(ground: Building, world: World) -> None:
    lamp, rubbish, away = said(ground), said(ground, "0201"), said(Building.objects.get(code="L112"))
    said(ground, "0801")
    close(rubbish, world)
    home = world.division("团结").code
    page = Client().get(f"{HERE}?community={home}").content.decode()
    (address,) = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"', page)
    answer = Client().get(address)
    assert answer["Content-Type"].startswith("application/atom+xml")
    assert "public" in answer["Cache-Control"]
    feed = ElementTree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [str(one.findtext(f"{atom}title")) for one in feed.iter(f"{atom}entry")]
    assert titles == ["环境卫生·垃圾清运与保洁：已办结", "照明井盖·楼道灯：待受理"], "what changed last comes first"
    links = [one.find(f"{atom}link") for one in feed.iter(f"{atom}entry")]
    there = [str(one.get("href")).partition("?")[2] for one in links if one is not None]
    assert [listed(question) for question in there] == [[rubbish.number], [lamp.number]]
    told = answer.content.decode()
    assert str(away.number) not in told
    for private in ("张三", "13800000000", "301", "邻里纠纷"):
        assert private not in told
    assert len(list(ElementTree.fromstring(Client().get(f"{HERE}feed.atom").content).iter(f"{atom}entry"))) == 3
