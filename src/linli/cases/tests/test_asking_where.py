"""A report without a place asks where it is, kindly and once, before it goes to the district."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.matters.models import Matter, Photo
from linli.territory.models import Building

ASKS = "在哪里？说不清也没关系"
SHOWN = re.compile(r"data-ask-where tabindex")


def said(**more: str) -> dict[str, str]:
    return {"text": "路灯坏了", "place": "", "kind": "report", "key": str(uuid.uuid4()), **more}


def fields(page: str) -> dict[str, str]:
    """What the form would send if nothing were changed: every field as it stands, buttons without a name."""
    form = page[page.index('<form class="form"') :]
    found = dict(re.findall(r'<input type="(?:hidden|text)" name="(\w+)"(?: value="([^"]*)")?', form))
    found |= re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]* checked', form)
    found["text"] = re.findall(r"<textarea[^>]*name=\"text\"[^>]*>\s*([^<]*)</textarea>", form)[0]
    found.pop("csrfmiddlewaretoken", None)
    return found


@pytest.mark.parametrize(
    ("who", "address"), [("", "/report/"), ("shuji", "/cases/enter"), ("wangge", "/cases/enter?source=patrol")]
)
def test_without_a_place_it_is_asked_once_and_sent_as_it_is(
    ground: Building, client_of: Callable[[str], Client], who: str, address: str
) -> None:
    browser = client_of(who) if who else Client()
    assert not SHOWN.search(browser.get(address).content.decode()), "nobody is asked before he sends"
    answer = browser.post(address, said(contact="13800001234"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert SHOWN.search(page)
    assert ASKS in page
    assert "error-summary" not in page, "nothing is wrong"
    assert page.index('name="place"') < page.index('name="text"'), "what is asked stands first"
    assert "data-show-map" in page
    assert "说不清，就这样提交" in page
    assert not Matter.objects.exists()
    again = fields(page)
    assert (again["text"], again["contact"], again["asked"]) == ("路灯坏了", "13800001234", "yes")
    assert browser.post(address, again).status_code == 302
    one = Matter.objects.get()
    assert (one.block, str(one.holder)) == (None, "云川区 基层治理科科员")


def test_a_place_that_is_named_then_leads_straight_there(ground: Building) -> None:
    browser = Client()
    again = fields(browser.post("/report/", said()).content.decode())
    ground.refresh_from_db()
    assert browser.post("/report/", {**again, "place": str(ground)}).status_code == 302
    assert Matter.objects.get().building == ground


def test_what_the_words_name_is_offered_to_be_chosen(ground: Building) -> None:
    browser = Client()
    page = browser.post("/report/", said(text="矿务局门口的井盖响")).content.decode()
    assert f'value="block:{ground.block_id}"' in page
    again = fields(page)
    assert browser.post("/report/", {**again, "building": f"block:{ground.block_id}"}).status_code == 302
    assert Matter.objects.get().block == ground.block
    page = browser.post("/report/", said(text="楼下的井盖响")).content.decode()
    assert "是这里吗" not in page, "nothing is guessed that the words do not name"


def test_a_place_that_is_not_found_is_said_and_sent_in_his_words(ground: Building) -> None:
    browser = Client()
    page = browser.post("/report/", said(place="后山那边")).content.decode()
    assert "没有找到“后山那边”" in page
    assert browser.post("/report/", fields(page)).status_code == 302
    assert Matter.objects.get().place == "后山那边"


def test_a_point_on_the_map_answers_it(ground: Building) -> None:
    browser = Client()
    again = fields(browser.post("/report/", said()).content.decode())
    assert browser.post("/report/", {**again, "longitude": "103.1005", "latitude": "26.0805"}).status_code == 302
    assert Matter.objects.get().block == ground.block


def test_photographs_wait_while_it_is_asked(ground: Building) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    browser = Client()
    asked = {**said(), "photos": SimpleUploadedFile("a.png", picture.getvalue(), "image/png")}
    page = browser.post("/report/", asked).content.decode()
    kept = re.findall(r'name="kept" value="([^"]+)"', page)
    assert browser.post("/report/", {**fields(page), "kept": kept, "shown": "1"}).status_code == 302
    assert Photo.objects.filter(matter=Matter.objects.get()).count() == 1


def test_nobody_is_asked_who_said_none_of_these_or_came_by_the_code_at_a_door(ground: Building) -> None:
    browser = Client()
    assert browser.post("/report/", said(place="99幢", building="none")).status_code in (302, 422)
    there = f"/report/?street={ground.block.street.code}&code={ground.code}"
    assert browser.post(there, said()).status_code == 302
    assert Matter.objects.latest("pk").building == ground


def test_a_report_that_arrived_already_is_not_asked_again(ground: Building) -> None:
    browser, sent = Client(), said(asked="yes")
    there = browser.post("/report/", sent)["Location"]
    assert browser.post("/report/", {**sent, "asked": ""})["Location"] == there
