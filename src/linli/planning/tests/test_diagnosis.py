"""The check-up page: figures that add up, thresholds at their edge, scenarios, dates, areas."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import openpyxl
import pytest
import shapely
from django.test import Client
from django.utils import timezone
from lxml import html

from linli.org.models import Post, Role, Tenure
from linli.org.tests.world import World
from linli.territory.models import Block, Count, Facility, Membership

Queries = Callable[[int], AbstractContextManager[object]]
PAGE = "/planning/diagnosis/"


@pytest.fixture
def ground(world: World) -> list[Block]:
    """Six blocks in a row: four in 团结, two in 白云; 团结 has 6,001 registered households, 白云 3,000."""
    street = world.division("铜源街道")
    blocks = []
    for k in range(6):
        block = Block(street=street, code=f"B{k}")
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.081)
        block.save()
        blocks.append(block)
        community = world.division("团结" if k < 4 else "白云")
        Membership.objects.create(block=block, community=community, valid_from=date(2020, 1, 1))
    registered = (1500, 1500, 1500, 1501, 1000, 2000)
    for block, value in zip(blocks, registered, strict=True):
        counted = {"households_registered": value, "dwellings": value + 100, "dwellings_delivered": value,
                   "persons": 2 * value}  # fmt: skip
        for definition, number in counted.items():
            Count.objects.create(
                block=block, definition=definition, value=number, source="台账", as_of=date(2026, 6, 30)
            )
    Facility.objects.create(street=street, block=blocks[0], code="F1", kind="党群服务中心",
                            name="团结中心", area_m2=620, longitude=103.1005, latitude=26.0805)  # fmt: skip
    return blocks


def shown(browser: Client, **asked: object) -> dict[str, object]:
    answer = browser.get(PAGE, asked)
    assert answer.status_code == 200
    return {one.division.name: one for one in answer.context["standings"]}


def test_exactly_the_threshold_is_not_flagged_and_one_more_is(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    assert shown(browser)["团结"].checkup.flagged  # type: ignore[attr-defined]
    assert not shown(browser, threshold=6001)["团结"].checkup.flagged  # type: ignore[attr-defined]
    assert not shown(browser, threshold=3000)["白云"].checkup.flagged  # type: ignore[attr-defined]
    assert shown(browser, threshold=2999)["白云"].checkup.flagged  # type: ignore[attr-defined]


def test_the_list_names_every_community_its_households_its_grade_and_why_it_is_flagged(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    page = html.fromstring(client_of("jiedao").get(f"{PAGE}?standard=local-1500-3500@1").content.decode())
    (listed,) = (table for table in page.iter("table") if table.xpath(".//td[@class='grade']"))
    rows = {
        row.xpath("string(th)").strip(): ["".join(cell.text_content().split()) for cell in row.xpath("td")]
        for row in listed.xpath("tbody/tr")
    }
    assert list(rows) == ["团结社区", "白云社区", "京铜社区"], "by size"
    number, grade, why = rows["团结社区"][:3]
    assert (number, grade) == ("6001", "特大")
    assert why.startswith("需拆分可分为2至4个6001户（口径：户籍户数），超过6000户")
    number, grade, why = rows["白云社区"][:3]
    assert (number, why) == ("3000", "不需拆分")
    assert rows["京铜社区"][:2] == ["无数据", ""], "nobody counted: no grade, no verdict"


@pytest.mark.parametrize(
    ("standard", "grades"),
    [("local-1500-3500@1", {4600: "偏大", 5001: "大型", 6001: "特大"}),
     ("national-2026@1", {4500: "偏大", 4600: "大型", 6001: "特大"})],
)  # fmt: skip
def test_the_grade_of_a_community_is_that_of_the_standard_asked_for(
    ground: list[Block], client_of: Callable[[str], Client], standard: str, grades: dict[int, str]
) -> None:
    browser = client_of("jiedao")
    for k, (number, grade) in enumerate(grades.items(), 1):
        Count.objects.create(block=ground[5], definition="households_registered", value=number - 1000, source="普查",
                             as_of=date(2026, 6, 30) + timedelta(days=k))  # fmt: skip
        assert shown(browser, standard=standard)["白云"].checkup.grade == grade  # type: ignore[attr-defined]


def test_households_add_up_to_those_of_the_blocks(ground: list[Block], client_of: Callable[[str], Client]) -> None:
    page = client_of("jiedao").get(f"{PAGE}539901001001/")
    assert sum(row["counts"][0][1] for row in page.context["rows"]) == page.context["standing"].checkup.count == 6001


def test_a_newer_count_replaces_an_older_one_from_its_day_on(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    Count.objects.create(block=ground[5], definition="households_registered", value=2500, source="普查",
                         as_of=date(2026, 9, 1))  # fmt: skip
    browser = client_of("jiedao")
    assert shown(browser, day="2026-08-31")["白云"].checkup.count == 3000  # type: ignore[attr-defined]
    assert shown(browser, day="2026-09-01")["白云"].checkup.count == 3500  # type: ignore[attr-defined]


def test_a_block_counts_for_the_community_that_it_belongs_to_on_the_day(
    ground: list[Block], world: World, client_of: Callable[[str], Client]
) -> None:
    Membership.objects.filter(block=ground[3]).update(valid_to=date(2026, 10, 1))
    Membership.objects.create(block=ground[3], community=world.division("白云"), valid_from=date(2026, 10, 1))
    browser = client_of("jiedao")
    assert shown(browser, day="2026-09-30")["团结"].checkup.count == 6001  # type: ignore[attr-defined]
    assert shown(browser, day="2026-10-01")["团结"].checkup.count == 4500  # type: ignore[attr-defined]


def test_undelivered_dwellings_count_in_the_scenario_only(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    plain = shown(browser, threshold=3100)["白云"]
    grown = shown(browser, threshold=3100, occupancy=60)["白云"]
    assert plain.scenario is None  # type: ignore[attr-defined]
    assert (grown.undelivered, grown.growth) == (200, 120)  # type: ignore[attr-defined]
    assert grown.newly_flagged  # type: ignore[attr-defined]
    assert not grown.checkup.flagged  # type: ignore[attr-defined]


def test_a_block_without_a_count_is_said_not_taken_as_none(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    Count.objects.filter(block=ground[5], definition="households_registered").delete()
    browser = client_of("jiedao")
    page = browser.get(PAGE).content.decode()
    assert "有1个地块没有这一口径的数" in page
    told = {name: one.verdict for name, one in shown(browser).items()}  # type: ignore[attr-defined]
    assert told == {"团结": "split", "白云": "unknown", "京铜": "unknown"}
    assert "1个地块没有数" in page


def test_an_estimate_is_called_one(ground: list[Block], client_of: Callable[[str], Client]) -> None:
    Count.objects.filter(definition="dwellings").update(estimate="floor_area:90", source="地图")
    page = client_of("jiedao").get(PAGE, {"count": "dwellings"}).content.decode()
    assert "口径：房屋套数，估算；来源：地图，2026年6月30日，估算，按建筑面积每90平方米一套推算" in page
    assert "口径：户籍户数；来源：" in client_of("jiedao").get(PAGE).content.decode()
    Count.objects.filter(definition="dwellings", block=ground[0]).update(estimate="", source="台账")
    mixed = client_of("jiedao").get(PAGE, {"count": "dwellings"}).content.decode()
    assert re.search(r"口径：房屋套数，\d+%为估算；来源：地图，[^；]*推算；来源：台账，2026年6月30日", mixed)


def test_without_data_there_is_no_verdict(
    ground: list[Block], world: World, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    answer = browser.get(PAGE, {"count": "households_resident"})
    words = answer.content.decode()
    assert "没有“常住户数”的数，不能判断社区规模" in words
    assert "共0户" not in words
    assert "不需拆分" not in words
    for one in answer.context["standings"]:
        assert (one.verdict, one.newly_flagged, one.floor_lacking_m2) == ("unknown", False, None)
        assert set(one.bands) == {"无数据"}
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PAGE}table.xlsx?count=households_resident").content))
    assert {row[9] for row in book.worksheets[0].iter_rows(min_row=3, values_only=True)} == {"无数据"}
    assert "不能判断社区规模" in browser.get(f"{PAGE}539901001001/?count=households_resident").content.decode()
    # nothing asked: the first count that there is
    Count.objects.filter(definition="households_registered").delete()
    assert browser.get(PAGE).context["question"].count == "dwellings"
    Count.objects.all().delete()
    assert "不能判断社区规模" in browser.get(PAGE).content.decode()


def test_community_workers_are_held_against_the_norm_neither_grid_workers_nor_the_secretary(
    ground: list[Block], world: World, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    one = shown(browser)["团结"]
    assert one.staffing.workers == 22  # type: ignore[attr-defined] # 18 for 10,000 of 12,002 persons
    assert (one.workers, one.workers_lacking) == (None, None)  # type: ignore[attr-defined]
    assert "无数据" in browser.get(PAGE).content.decode()
    seat(world, "团结", held=True)
    seat(world, "团结", held=True)
    seat(world, "团结", held=False)
    one = shown(browser)["团结"]
    assert (one.workers, one.workers_lacking) == (2, 20)  # type: ignore[attr-defined]
    assert browser.get(PAGE).context["summary"]["workers_lacking"] == 20
    assert shown(browser, day="2019-06-30").get("团结") is None
    Tenure.objects.filter(post__role__code="community_worker").update(starts_at=timezone.now() - timedelta(days=2))
    assert shown(browser, day=f"{timezone.localdate() - timedelta(days=9):%Y-%m-%d}")["团结"].workers == 0  # type: ignore[attr-defined]


def seat(world: World, place: str, *, held: bool) -> None:
    """Make a community worker's post, held or vacant."""
    role = Role.objects.get(code="community_worker")
    post = Post.objects.create(
        division=world.division(place), role=role, title="社区工作者", valid_from=date(2020, 1, 1)
    )
    if held:
        Tenure.objects.create(post=post, account=world.account("wangge"), starts_at=timezone.now())


def test_space_is_held_against_the_norm_and_what_nobody_recorded_is_no_data(
    ground: list[Block], client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    one, other = shown(browser)["团结"], shown(browser)["白云"]
    assert one.floor_m2 == 620  # type: ignore[attr-defined]
    assert one.staffing.floor_needed_m2 == pytest.approx(6001 / 100 * 30)  # type: ignore[attr-defined]
    assert other.floor_lacking_m2 == pytest.approx(900)  # type: ignore[attr-defined]
    Facility.objects.update(area_m2=None)
    assert shown(browser)["团结"].floor_lacking_m2 is None  # type: ignore[attr-defined]
    Facility.objects.all().delete()
    assert shown(browser)["白云"].floor_lacking_m2 is None  # type: ignore[attr-defined]


def test_each_sees_the_communities_of_his_own_area(
    ground: list[Block], world: World, client_of: Callable[[str], Client]
) -> None:
    assert set(shown(client_of("shuji"))) == {"团结"}
    assert set(shown(client_of("jiedao"))) == {"团结", "白云", "京铜"}
    assert set(shown(client_of("quji"))) == {"团结", "白云", "京铜", "东门"}
    assert client_of("wangge").get(PAGE).status_code == 404
    assert client_of("shuji").get(f"{PAGE}539901001002/").status_code == 404


def test_the_workbook_says_the_same_figures(ground: list[Block], client_of: Callable[[str], Client]) -> None:
    answer = client_of("jiedao").get(f"{PAGE}table.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert rows[2][0] == "团结社区"
    assert 6001 in rows[2]


def test_queries_do_not_grow_with_the_blocks(
    ground: list[Block], client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    browser = client_of("quji")
    with django_assert_max_num_queries(12):
        browser.get(PAGE)


def test_without_communities_the_page_says_what_to_do(world: World, client_of: Callable[[str], Client]) -> None:
    page = client_of("jiedao").get(PAGE, {"day": "2019-01-01"}).content.decode()
    assert "还没有社区可以体检" in page


@pytest.mark.parametrize(
    "asked", ["count=x&threshold=-5&standard=no&occupancy=zz&day=2026-99-99", "day=", "threshold=0"]
)
def test_a_question_that_is_not_right_falls_back(
    ground: list[Block], client_of: Callable[[str], Client], asked: str
) -> None:
    assert client_of("jiedao").get(f"{PAGE}?{asked}").status_code == 200
