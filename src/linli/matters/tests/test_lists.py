"""Lists: search by words, pinyin and number on both databases, saved lists, several at once, what is taken out."""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from openpyxl import load_workbook

from linli.ledger.models import Entry
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter, SavedFilter
from linli.matters.search import find, newest, words_of
from linli.org.actors import PUBLIC
from linli.org.models import Tenure
from linli.territory.models import Block, Building

Browser = Callable[[str], Client]


@pytest.fixture
def some(block: Block) -> list[Matter]:
    building = Building.objects.get()
    said = (("楼道灯坏了半个多月", "0602"), ("井盖响得很", "0603"), ("垃圾没人清，楼道里臭", "0201"))
    return [
        open_matter(
            PUBLIC, key=uuid.uuid4(), text=text, building=building, place="白云花园6幢", contact="13800001234",
            category=Category.objects.get(code=code),
        )
        for text, code in said
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("楼道", [2, 0]), ("楼道灯", [0]), ("井盖响", [1]), ("ldd", [0]), ("白云花园", [2, 1, 0]),
        ("byhy", [2, 1, 0]), ("楼道 垃圾", [2]), ("照明井盖", [1, 0]), ("不存在", []), ("灯", []),
        ("'; DROP TABLE", []), ("*", []), ('"', []),
    ],
)  # fmt: skip
def test_words_pinyin_and_places_are_found_the_newest_first(
    some: list[Matter], question: str, wanted: list[int]
) -> None:
    everything = Matter.objects.all()
    assert list(find(question, everything)) == [some[k] for k in wanted]
    assert newest(question, everything, 10) == [some[k] for k in wanted]
    assert newest(question, everything, 1) == [some[k] for k in wanted[:1]]


def test_a_number_is_found_and_a_change_of_words_is_followed(some: list[Matter]) -> None:
    assert list(find(str(some[1].number), Matter.objects.all())) == [some[1]]
    some[1].grams = " ".join(words_of("水管爆了"))
    some[1].save()
    assert list(find("水管", Matter.objects.all())) == [some[1]]
    assert list(find("井盖响", Matter.objects.all())) == []


def test_nobody_finds_what_he_may_not_see(some: list[Matter], client_of: Browser) -> None:
    assert "楼道灯" in client_of("shuji").get("/matters/?q=楼道灯").content.decode()
    assert client_of("jumin").get("/matters/?q=楼道灯").status_code == 404


def test_a_list_is_saved_comes_back_and_is_forgotten(some: list[Matter], client_of: Browser) -> None:
    browser = client_of("shuji")
    asked = {"state": "open", "group": "照明井盖", "name": "灯和井盖"}
    assert browser.post("/matters/filters/save", asked).status_code == 302
    saved = SavedFilter.objects.get()
    page = browser.get(f"/matters/?{saved.question}").content.decode()
    assert "灯和井盖" in page
    assert "垃圾没人清" not in page
    assert "井盖响得很" in page
    assert client_of("jiedao").post(f"/matters/filters/{saved.pk}/forget").status_code == 404, "another's"
    assert browser.post(f"/matters/filters/{saved.pk}/forget").status_code == 302
    assert not SavedFilter.objects.exists()


def test_several_are_done_at_once_and_what_could_not_be_is_named(some: list[Matter], client_of: Browser) -> None:
    browser = client_of("shuji")
    browser.post(f"/matters/{some[2].number}/accept", {})
    numbers = [str(one.number) for one in some]
    page = browser.post("/matters/together/dispatch", {"number": numbers, "back": "/today/"}).content.decode()
    assert "下面几件现在做不了" in page
    grid = Tenure.objects.get(account__username="wangge").post
    said = {"number": numbers, "to": grid.pk, "text": "", "go": "1", "back": "/today/"}
    page = browser.post("/matters/together/dispatch", said, follow=True).content.decode()
    assert "2 件已派遣" in page
    assert f"{some[2].number}：" in page
    assert Matter.objects.filter(holder=grid).count() == 2
    assert Entry.objects.filter(verb="matters.dispatch").count() == 2
    away = browser.post(
        "/matters/together/comment", {"number": numbers, "go": "1", "text": "x", "back": "//evil.example"}
    )
    assert away["Location"] == "/today/"


def test_an_export_bears_its_mark_and_no_contact(some: list[Matter], client_of: Browser) -> None:
    browser = client_of("quji")
    assert client_of("shuji").post("/matters/export", {"why": "看"}).status_code == 404
    assert browser.post("/matters/export", {"why": ""}).status_code == 302, "what for must be said"
    answer = browser.post("/matters/export", {"why": "月度分析", "group": "照明井盖"})
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    rows = [[str(cell or "") for cell in row] for row in book.active.iter_rows(values_only=True)]  # type: ignore[union-attr]
    entry = Entry.objects.get(verb="matters.export")
    assert "月度分析" in rows[0][0]
    assert f"第 {entry.seq} 号" in rows[0][0]
    assert {row[0] for row in rows[2:]} == {str(some[0].number), str(some[1].number)}
    assert "13800001234" not in str(rows)
    assert "月度分析" in book.active.oddFooter.center.text  # type: ignore[union-attr]


def test_the_live_word_changes_when_something_comes_and_only_then(
    some: list[Matter], block: Block, client_of: Browser
) -> None:
    browser = client_of("shuji")
    first = browser.get("/today/live").json()["stamp"]
    assert browser.get("/today/live").json()["stamp"] == first
    open_matter(PUBLIC, key=uuid.uuid4(), text="又来一件", block=block)
    assert browser.get("/today/live").json()["stamp"] != first


def test_the_map_shows_where_much_lies_to_who_may_see_it(some: list[Matter], client_of: Browser) -> None:
    def said(browser: Client, query: str = "") -> str:
        page = browser.get(f"/matters/map{query}").content.decode()
        found = json.loads(re.findall(r'<script id="open" type="application/json">(.*?)</script>', page)[0])
        return " ".join(feature["properties"]["name"] for feature in found["features"])

    assert "白云花园 · 3 件在办" in said(client_of("shuji"))
    assert "在办" not in said(client_of("wangge"), "?mine=1")
    assert "3 件在办" in said(client_of("wangge")), "whose community it is"


def test_a_long_search_goes_on_with_what_is_older(block: Block, client_of: Browser) -> None:
    for k in range(53):
        open_matter(PUBLIC, key=uuid.uuid4(), text=f"楼道灯坏了第{k}天", block=block)
    browser = client_of("shuji")
    page = browser.get("/matters/?q=楼道灯").content.decode()
    assert page.count("data-row") - page.count("data-rows") == 50
    older = re.findall(r'rel="next" href="([^"]+)"', page)[0].replace("&amp;", "&")
    page = browser.get(f"/matters/{older}").content.decode()
    assert page.count("data-row") - page.count("data-rows") == 3
    assert "第0天" in page
    assert 'rel="next"' not in page
