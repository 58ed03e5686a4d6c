"""The pages of size standards: versions, differences, the effect before publishing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.test import Client

from linli.org.tests.world import World
from linli.planning.models import Standard
from linli.territory.models import Count, Membership
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
    return {**values, **numbers, "persons_most": "", "grades": grades, "valid_from": "2026-12-01"}


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


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"households_least": "3000", "households_most": "2000"}, "不低于下限"),
        ({"households_most": ""}, "一并填写"),
        ({"grades": "小型 1000\n适中 900\n大型"}, "第 2 行"),
        ({"grades": "小型 多少"}, "看不懂"),
        ({"grades": "小型 1000"}, "最后一级不写户数"),
        ({"title": ""}, "必填"),
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
