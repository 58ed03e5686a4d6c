"""Whatever is sent: a clear answer, nothing lost, nothing leaked."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from linli.matters.models import Matter
from linli.org.limits import forget_all
from linli.territory.models import Building


def asked(**more: str) -> dict[str, str]:
    return {"text": "路灯坏了", "place": "", "kind": "report", "asked": "yes", "key": str(uuid.uuid4()), **more}


def test_a_text_that_is_too_long_comes_back_whole_and_says_by_how_much(ground: Building) -> None:
    page = Client().post("/report/", asked(text="灯" * 4001))
    assert page.status_code == 422
    assert "灯" * 4001 in page.content.decode()
    assert "4000" in page.content.decode()
    assert Client().post("/report/", asked(text="灯" * 4000)).status_code == 302


def test_control_characters_go_and_lines_stay(ground: Building) -> None:
    assert Client().post("/report/", asked(text="路灯\x00坏\x1b[31m了\u202e\r\n第二行")).status_code == 302
    assert Matter.objects.get().text == "路灯坏[31m了\u202e\n第二行"


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ settings.SECRET_KEY }}"]
)
def test_markup_is_shown_as_it_was_written(ground: Building, text: str) -> None:
    browser = Client()
    there = browser.post("/report/", asked(text=text))["Location"]
    page = browser.get(there).content.decode()
    assert text not in page or "{{" in text
    assert Matter.objects.get().text == text


def test_bytes_of_another_encoding_are_no_server_error(ground: Building) -> None:
    body = b"text=" + "路灯坏了".encode("gbk") + f"&kind=report&key={uuid.uuid4()}".encode()
    answer = Client().post("/report/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 400, 422)


def test_many_reports_from_one_address_are_slowed_and_told_when(ground: Building) -> None:
    browser = Client()
    codes = [browser.post("/report/", asked(text=f"第{k}件")).status_code for k in range(12)]
    assert codes == [302] * 10 + [429] * 2
    refused = browser.post("/report/", asked())
    assert int(refused["Retry-After"]) > 0
    assert Client(REMOTE_ADDR="203.0.113.9").post("/report/", asked()).status_code == 302, "others are not held up"


def test_a_point_outside_the_district_is_asked_about_and_nothing_is_lost(ground: Building) -> None:
    said = asked(longitude="100.0", latitude="20.0")
    page = Client().post("/report/", said)
    assert page.status_code == 422
    assert "不在本区范围内" in page.content.decode()
    assert said["text"] in page.content.decode()
    assert Client().post("/report/", asked(longitude="nonsense", latitude="1e999")).status_code == 422
    assert Client().post("/report/", asked(longitude="103.1005", latitude="26.0805")).status_code == 302
    assert Matter.objects.get().block == ground.block, "a point inside names the block"


def test_a_point_on_the_street_belongs_to_the_nearest_block(ground: Building) -> None:
    assert Client().post("/report/", asked(longitude="103.0995", latitude="26.0805")).status_code == 302
    assert Matter.objects.get().block == ground.block


def test_a_forged_code_looks_like_one_that_never_was_and_is_slowed(ground: Building) -> None:
    there = Client().post("/report/", asked())["Location"]
    number = there.split("/")[2]
    forged, never = Client().get(f"/report/{number}/aaaaaaaa/"), Client().get("/report/202600009999/aaaaaaaa/")
    assert (forged.status_code, never.status_code) == (404, 404)
    codes = {Client().get(f"/report/{number}/aaaaaaa{k % 10}/").status_code for k in range(70)}
    assert codes == {404, 429}


def test_a_double_submission_is_one_report_whatever_it_says(ground: Building) -> None:
    said, browser = asked(), Client()
    first = browser.post("/report/", said)["Location"]
    forget_all()
    assert browser.post("/report/", {**said, "text": "另外的话"})["Location"] == first
    assert Matter.objects.get().text == "路灯坏了"


def test_a_key_that_is_none_is_asked_back(ground: Building) -> None:
    assert Client().post("/report/", asked(key="1 OR 1=1")).status_code == 422
    assert not Matter.objects.exists()
