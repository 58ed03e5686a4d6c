"""What a resident types finds the building that he means, or says that it is not there; never another one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import shapely
from django.test import Client

from linli.org.limits import forget_all
from linli.org.models import Division
from linli.org.tests.world import World
from linli.territory.indexing import index_buildings
from linli.territory.models import Block, Building, Compound, Membership
from linli.territory.search import search

BEGAN = date(2020, 1, 1)
WEST, SOUTH, SIDE = 103.1, 26.08, 0.001


def _block(street: Division, code: str, column: int, community: Division | None) -> Block:
    block = Block(street=street, code=code)
    block.shape = shapely.box(WEST + column * SIDE, SOUTH, WEST + (column + 1) * SIDE, SOUTH + SIDE)
    block.save()
    if community is not None:
        Membership.objects.create(block=block, community=community, valid_from=BEGAN)
    return block


def _buildings(block: Block, compound: Compound | None, *numbers: str, **more: str) -> None:
    for number in numbers:
        Building.objects.create(
            block=block, compound=compound, code=f"{block.code}-{number}", number=number,
            longitude=block.west + SIDE / 2, latitude=SOUTH + SIDE / 2, **more,
        )  # fmt: skip


@pytest.fixture
def ground(world: World) -> None:
    """白云花园 in one community, 二期 beside it, 银河湾 across two, 幸福小区 in two streets, houses without either."""
    forget_all()
    street = world.division("铜源街道")
    other = Division.objects.create(
        kind=Division.Kind.STREET, parent=street.parent, name="枫林街道", code="539901009000", valid_from=BEGAN
    )
    grove = Division.objects.create(
        kind=Division.Kind.COMMUNITY, parent=other, name="枫林", code="539901009001", valid_from=BEGAN
    )
    west, east = world.division("白云"), world.division("团结")
    one, two = _block(street, "B1", 0, west), _block(street, "B2", 1, east)
    far, bare = _block(other, "B1", 2, grove), _block(street, "B3", 3, None)
    garden = Compound.objects.create(street=street, code="C1", name="白云花园", also_called="老二食堂、花园小区")
    _buildings(one, garden, "1幢", "2幢", "3-5幢", "12幢", "A座")
    _buildings(one, Compound.objects.create(street=street, code="C2", name="白云花园二期"), "21幢", "22幢")
    bay = Compound.objects.create(street=street, code="C3", name="银河湾")
    _buildings(one, bay, "6幢")
    _buildings(two, bay, "7幢")
    _buildings(two, Compound.objects.create(street=street, code="C4", name="幸福小区"), "1幢")
    _buildings(far, Compound.objects.create(street=other, code="C4", name="幸福小区"), "1幢", "9幢")
    _buildings(two, None, "", road="东南路", gate="18号")
    _buildings(two, None, "2幢", "3幢", road="东南路", gate="20号")
    _buildings(one, None, "市民中心")
    bare.compound = Compound.objects.create(street=street, code="C5", name="新苑")
    bare.save()
    index_buildings(Building.objects.all())


def _found(question: str) -> list[tuple[str, bool, tuple[str, ...]]]:
    return [(one.title, one.exact, one.missing) for one in search(question)]


SPELLINGS = {
    "白云花园12幢": "白云花园12幢", "白云花园12栋": "白云花园12幢", "白云花园12号楼": "白云花园12幢",
    "白云花园12幢3单元301室": "白云花园12幢", "白云花园12-3-301": "白云花园12幢", "白云花园12幢301": "白云花园12幢",
    "白云花园十二幢": "白云花园12幢", "白云花园4幢": "白云花园3-5幢", "白云花园3-5幢": "白云花园3-5幢",
    "白云花园A座": "白云花园A幢", "老二食堂2栋": "白云花园2幢", "花园小区": "白云花园", "白云花园": "白云花园",
    "东南路18号": "东南路18号", "东南路20号3幢": "东南路20号3幢", "市民中心": "市民中心", "新苑": "新苑",
    "铜源街道白云花园二期22幢": "白云花园二期22幢", "东南路18号白云花园12幢": "白云花园12幢",
}  # fmt: skip
MISSING = {
    "白云花园99幢": ("99幢", "白云花园"), "白云花园99号楼2单元101": ("99幢", "白云花园"),
    "老二食堂99栋": ("99幢", "白云花园"), "白云花园B座": ("B幢", "白云花园"), "白云花园21幢": ("21幢", "白云花园"),
    "byhyeq12": ("12幢", "白云花园二期"), "新苑3幢": ("3幢", "新苑"), "东南路20号9幢": ("9幢", "东南路20号2幢"),
    "东南路99号": ("99号", "东南路18号"), "银河湾60幢": ("60幢", "银河湾"),
}  # fmt: skip


def test_one_exact_match_whatever_the_spelling(ground: None) -> None:
    for question, title in SPELLINGS.items():
        exact = [one for one in search(question) if one.exact]
        assert [one.title for one in exact] == [title], question
        assert not any(one.missing for one in exact), question


def test_a_number_that_is_not_there_is_told_and_never_answered_by_another(ground: None) -> None:
    for question, (missing, place) in MISSING.items():
        answers = search(question)
        assert not any(one.exact for one in answers), question
        assert (answers[0].title, answers[0].missing) == (place, (missing,)), question


def test_of_a_range_what_is_there_and_what_is_not(ground: None) -> None:
    assert _found("白云花园1-2幢") == [("白云花园1幢", True, ()), ("白云花园2幢", True, ())]
    assert _found("白云花园11-12幢") == [("白云花园12幢", True, ()), ("白云花园", False, ("11幢",))]
    assert _found("白云花园3-5幢") == [("白云花园3-5幢", True, ())]


def test_two_characters_initials_and_a_wrong_one_find_what_is_like_it(ground: None) -> None:
    assert {title for title, exact, _ in _found("银河") if not exact} == {"银河湾"}
    assert _found("yhw7") == [("银河湾7幢", False, ())]
    assert "白云花园12幢" in [title for title, exact, _ in _found("白云华园12幢") if not exact]
    assert _found("没有的地方") == []


def test_a_missing_building_is_told_on_the_page_with_those_that_are_there(
    ground: None, client_of: Callable[[str], Client]
) -> None:
    page = client_of("").get("/where/", {"q": "白云花园99幢"})
    words = page.content.decode()
    assert page.status_code == 200
    assert "白云花园没有登记99幢。" in words
    assert [words.count(f">{number}</a>") for number in ("1幢", "2幢", "3-5幢", "12幢", "A座")] == [1] * 5
    assert words.index(">2幢</a>") < words.index(">12幢</a>"), "in the order of their numbers"
    assert 'class="answer"' not in words


def test_twins_of_a_name_are_listed_with_their_streets(ground: None, client_of: Callable[[str], Client]) -> None:
    browser = client_of("")
    page = browser.get("/where/", {"q": "幸福小区1幢"})
    assert page.status_code == 200
    for words in ("铜源街道", "枫林街道", "团结社区", "枫林社区"):
        assert words in page.content.decode()
    alone = browser.get("/where/", {"q": "幸福小区9幢"})
    assert alone["Location"] == "/where/539901009000/B1-9%E5%B9%A2/"


def test_a_compound_in_two_communities_is_answered_by_building(
    ground: None, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("")
    found = browser.get("/where/", {"q": "银河湾", "day": "2026-01-01"})
    assert found["Location"] == "/where/539901001000/compound/C3/?day=2026-01-01"
    words = browser.get(found["Location"]).content.decode()
    assert words.count('class="answer"') == 2
    assert words.index("白云社区") < words.index(">6幢</a>") < words.index("团结社区") < words.index(">7幢</a>")
    whole = browser.get("/where/539901001000/compound/C1/").content.decode()
    assert whole.count('class="answer"') == 1
    assert browser.get("/where/539901001000/compound/C9/").status_code == 404


def test_programs_are_told_what_is_missing_apart_from_what_was_found(
    ground: None, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("")

    def asked(address: str) -> dict[str, list[dict[str, str | None]]]:
        found: dict[str, list[dict[str, str | None]]] = browser.get(
            "/api/v1/where/address", {"address": address}
        ).json()
        return found

    lost = asked("白云花园99幢")
    assert (lost["items"], lost["missing"]) == ([], ["99幢"])
    assert [one["title"] for one in lost["instead"]] == ["白云花园"]
    [both] = asked("银河湾")["items"]
    assert (both["community"], both["communities"]) == (
        None, [{"community": "539901001001", "name": "团结"}, {"community": "539901001002", "name": "白云"}],
    )  # fmt: skip
    [one] = asked("银河湾7幢")["items"]
    assert (one["community"], one["exact"], one["building"]) == ("539901001001", True, "B2-7幢")
