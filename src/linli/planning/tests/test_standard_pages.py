"""The pages of size standards: versions, differences, the effect before publishing."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.test import Client

from linli.ledger.models import Entry
from linli.org.tests.world import World
from linli.planning.models import Standard
from linli.planning.norms import NUMBERS
from linli.territory.models import Count, Facility, Membership
from linli.territory.tests.ground import blocks_in

Queries = Callable[[int], AbstractContextManager[object]]
HERE = "/planning/standards/local-1500-3500/publish"


@pytest.fixture
def filled(world: World) -> dict[str, str]:
    """The form as it stands for the newest version, in a district with a community of 2,900 households."""
    for block in blocks_in(world.division("铜源街道"), 2):
        Membership.objects.create(block=block, community=world.division("白云"), valid_from=date(2020, 1, 1))
        Count.objects.create(
            block=block, definition="households_registered", value=1450, source="台账", as_of=date(2026, 1, 1)
        )
    newest = Standard.objects.get(code="local-1500-3500")
    values = {name: getattr(newest, name) for name in ("title", "issuer", "document", "clause")}
    numbers = {name: getattr(newest, name) or "" for name in ("households_least", "households_most", "split_above")}
    grades = "\n".join(f"{name} {most or ''}".strip() for name, most in newest.grades)
    norms = {name: str(newest.norms.get(name, "")) for name in NUMBERS}
    return {**values, **numbers, **norms, "persons_most": "", "grades": grades, "valid_from": "2026-12-01"}


def test_a_version_is_published_after_its_effect_is_seen(
    world: World, client_of: Callable[[str], Client], filled: dict[str, str]
) -> None:
    officer = client_of("quji")
    tighter = {**filled, "split_above": "2800"}
    page = officer.post(HERE, {**tighter, "look": ""}).content.decode()
    assert "个社区中 1 个的结论会变" in page
    assert "白云社区" in page
    assert Standard.objects.filter(code="local-1500-3500").count() == 1
    assert officer.post(HERE, {**tighter, "publish": ""})["Location"] == "/planning/standards/local-1500-3500/2/"
    page = officer.get("/planning/standards/local-1500-3500/2/").content.decode()
    assert "与第 1 版相比" in page
    assert "2800" in page.replace(",", "")
    officer.post(HERE, {**tighter, "publish": ""})
    assert Standard.objects.filter(code="local-1500-3500").count() == 2, "a double click publishes once"


def test_norms_are_changed_with_their_effect_and_old_versions_keep_theirs(
    world: World, client_of: Callable[[str], Client], filled: dict[str, str]
) -> None:
    street, block = world.division("铜源街道"), Membership.objects.all()[0].block
    Facility.objects.create(street=street, block=block, code="F1", kind="党群服务中心", name="白云中心", area_m2=100,
                            longitude=103, latitude=26)  # fmt: skip
    officer, more = client_of("quji"), {**filled, "floor_m2_per_100_households": "40", "workers_least": "6"}
    page = officer.post(HERE, {**more, "look": ""}).content.decode()
    assert "服务用房缺口（㎡）</dt><dd>770 → 1060</dd>" in page, "of 2,900 households, 100 m² there"
    assert officer.post(HERE, {**more, "publish": ""}).status_code == 302
    old, new = Standard.objects.filter(code="local-1500-3500").order_by("version")
    assert (old.norms["floor_m2_per_100_households"], new.norms["floor_m2_per_100_households"]) == (30, 40)
    assert "workers_least" not in old.norms
    assert "floor" not in new.norms["sources"], "where the old number was read says nothing of the new one"
    assert new.norms["sources"]["reliance"] == old.norms["sources"]["reliance"]
    page = officer.get("/planning/standards/local-1500-3500/2/").content.decode()
    assert '<td data-label="原来">30</td><td data-label="现在">40</td>' in page
    told = json.loads(Entry.objects.get(verb="planning.publish_standard").content)["changed"]
    assert told == {"服务用房，每百户不少于（㎡）": "40", "工作者不少于": "6"}
    officer.post(HERE, {**more, "publish": ""})
    assert Standard.objects.filter(code="local-1500-3500").count() == 2, "a double click publishes once"
    standing = {one.division.name: one for one in officer.get("/planning/diagnosis/").context["standings"]}
    assert standing["白云"].staffing.floor_needed_m2 == 1160


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"households_least": "3000", "households_most": "2000"}, "不低于下限"),
        ({"households_most": ""}, "一并填写"),
        ({"grades": "小型 1000\n适中 900\n大型"}, "第 2 行"),
        ({"grades": "小型 多少"}, "看不懂"),
        ({"grades": "小型 1000"}, "最后一级不写户数"),
        ({"title": ""}, "必填"),
        ({"reliance_least": "90"}, "小于或等于1"),
        ({"floor_m2_least": ""}, "必填"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    client_of: Callable[[str], Client], filled: dict[str, str], changed: dict[str, str], words: str
) -> None:
    answer = client_of("quji").post(HERE, {**filled, **changed, "publish": ""})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Standard.objects.filter(code="local-1500-3500").count() == 1


def test_the_list_costs_the_same_for_many_versions(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    Standard.objects.bulk_create(Standard(code="x", version=k, title="某标准", grades=[["大", 0]]) for k in range(60))
    browser = client_of("quji")
    browser.get("/")
    with django_assert_max_num_queries(6):
        assert "现行" in browser.get("/planning/standards/").content.decode()


def test_reasons_are_told_in_the_readers_language(client_of: Callable[[str], Client], filled: dict[str, str]) -> None:
    browser = client_of("quji")
    address = "/planning/diagnosis/?count=households_registered&threshold=2000"
    assert "超过 2000 户" in browser.get(address).content.decode().replace("2,000", "2000")
    browser.cookies["django_language"] = "en"
    assert "above 2000" in browser.get(address).content.decode().replace("2,000", "2000")
