"""Photographs: upright, small, without place and device; what is none is refused; a question loses none."""

from __future__ import annotations

import io
import os
import re
import struct
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.matters.models import Matter
from linli.matters.photos import SIDE, clean_photo
from linli.matters.retention import sweep
from linli.org.limits import forget_all
from linli.org.tests.world import World

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def photo(width: int = 60, height: int = 40, kind: str = "JPEG", orientation: int = 1) -> bytes:
    """A picture whose left half is red, with place and device in it."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, "SecretPhone"
    exif.get_ifd(GPS)[1] = "N"
    written = io.BytesIO()
    picture.save(written, kind, exif=exif.tobytes())
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_comes_out_as_a_plain_jpeg(kind: str) -> None:
    made = clean_photo(photo(kind=kind))
    assert opened(made).format == "JPEG"
    assert len(opened(made).getexif()) == 0
    assert b"SecretPhone" not in made


def test_it_stands_upright_before_the_mark_of_its_turn_is_gone() -> None:
    made = opened(clean_photo(photo(60, 40, orientation=6)))
    assert made.size == (40, 60)
    red, green, _blue = made.convert("RGB").getpixel((20, 5))  # type: ignore[misc]
    assert red > 200 > 60 > green, "what was left is above now"


def test_a_large_one_becomes_small() -> None:
    assert max(opened(clean_photo(photo(4000, 3000))).size) == SIDE


def test_what_else_a_file_was_is_gone() -> None:
    evil = photo() + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in clean_photo(evil)


def bomb() -> bytes:
    """A PNG of a few bytes that would unpack to 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "不是能用的照片"), (b"GIF89a" + b"\0" * 20, "不是能用的照片"), (photo()[:200], "不是能用的照片"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是能用的照片"), (bomb(), "像素太多"),
        (b"\xff\xd8\xff" + b"\0" * (12 * 2**20), "12 MB"),
    ],
    ids=["empty", "gif", "cut", "svg", "bomb", "large"],
)  # fmt: skip
def test_what_is_no_photograph_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        clean_photo(content)


@pytest.fixture
def there(world: World, settings: Any, tmp_path: Path) -> Path:
    """Where files of the site go."""
    forget_all()
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


SAID = {"text": "路灯坏了", "kind": "report", "asked": "yes"}


def send(browser: Client, *photos: bytes) -> Any:
    files = [SimpleUploadedFile(f"{k}.jpg", content) for k, content in enumerate(photos)]
    return browser.post("/report/", {**SAID, "key": str(uuid.uuid4()), "photos": files})


def test_a_photograph_is_seen_by_who_sent_it_and_who_handles_it(
    there: Path, client_of: Callable[[str], Client]
) -> None:
    browser = Client()
    progress = send(browser, photo(), photo())["Location"]
    one = Matter.objects.get()
    first = one.photos.all()[0]
    assert progress in browser.get(progress).content.decode()
    mine = browser.get(f"{progress}photos/{first.pk}")
    assert mine["Content-Type"] == "image/jpeg"
    assert mine.content[:2] == b"\xff\xd8"
    assert client_of("quji").get(f"/matters/{one.number}/photos/{first.pk}").status_code == 200
    assert client_of("shuji").get(f"/matters/{one.number}/photos/{first.pk}").status_code == 404
    assert browser.get(f"/report/{one.number}/zzzzzzzz/photos/{first.pk}").status_code == 404


def test_a_fourth_photograph_and_a_broken_one_are_refused_and_nothing_is_kept(there: Path) -> None:
    assert send(Client(), *[photo()] * 4).status_code == 422
    assert "不是能用的照片" in send(Client(), b"no photograph").content.decode()
    assert not Matter.objects.exists()
    assert not [*there.rglob("*.jpg")]


def colour(content: bytes) -> str:
    """Which of the pictures below it is."""
    red, _green, blue = opened(content).convert("RGB").getpixel((5, 5))  # type: ignore[misc]
    return "red" if red > 200 > blue else "blue" if blue > 200 > red else "white"


def picture(name: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), name).save(written, "JPEG")
    return written.getvalue()


def sent(there: Path) -> list[str]:
    """The pictures that the one matter came with."""
    one = Matter.objects.get()
    return [colour((there / photo.path).read_bytes()) for photo in one.photos.order_by("pk")]


def fill(browser: Client, *photos: bytes, key: uuid.UUID, **more: Any) -> Any:
    """Send the form; without words it comes back with a question."""
    files = [SimpleUploadedFile(f"{k}.jpg", content) for k, content in enumerate(photos)]
    said = {**SAID, "key": str(key), "text": "", **more}
    return browser.post("/report/", {**said, "photos": files} if files else said)


def names(page: Any) -> list[str]:
    return re.findall(r'name="kept" value="(\w+)"', page.content.decode())


def test_a_question_loses_no_photograph(there: Path) -> None:
    browser, key = Client(), uuid.uuid4()
    page = fill(browser, picture("red"), picture("blue"), key=key)
    assert page.status_code == 422
    assert page.content.decode().count("data:image/jpeg;base64,") == 2, "both are shown"
    assert fill(browser, key=key, text="路灯坏了", shown="1", kept=names(page)).status_code == 302
    assert sent(there) == ["red", "blue"]
    assert not [*(there / "photos" / "waiting").glob("*.jpg")]


def test_a_photograph_that_was_left_out_between_two_forms_is_gone(there: Path) -> None:
    browser, key = Client(), uuid.uuid4()
    first = names(fill(browser, picture("red"), picture("blue"), key=key))
    page = fill(browser, picture("white"), key=key, shown="1", kept=first[1:])
    assert len(names(page)) == 2
    assert first[0] not in names(page)
    assert len([*(there / "photos" / "waiting").glob("*.jpg")]) == 2, "what was left out is no longer kept"
    assert fill(browser, key=key, text="路灯坏了", shown="1", kept=names(page)).status_code == 302
    assert sent(there) == ["blue", "white"]


def test_a_photograph_chosen_anew_by_who_was_shown_none_stands_in_place_of_those_before(there: Path) -> None:
    browser, key = Client(), uuid.uuid4()
    fill(browser, picture("red"), picture("blue"), key=key)
    fill(browser, picture("white"), key=key)
    assert fill(browser, key=key, text="路灯坏了").status_code == 302
    assert sent(there) == ["white"]


def test_all_may_be_left_out_and_one_too_many_is_said(there: Path) -> None:
    browser, key = Client(), uuid.uuid4()
    page = fill(browser, *[picture(name) for name in ("red", "blue", "white")], key=key)
    again = fill(browser, picture("green"), key=key, text="路灯坏了", shown="1", kept=names(page))
    assert again.status_code == 422
    assert "刚选的没有加上" in again.content.decode()
    assert names(again) == names(page)
    assert fill(browser, key=key, text="路灯坏了", shown="1").status_code == 302
    assert sent(there) == []


def test_what_is_not_shown_in_a_form_cannot_be_sent_with_it(there: Path) -> None:
    browser, mine, others = Client(), uuid.uuid4(), uuid.uuid4()
    stranger = names(fill(browser, picture("red"), key=others))
    fill(browser, picture("blue"), key=mine)
    assert fill(browser, key=mine, text="路灯坏了", shown="1", kept=stranger).status_code == 302
    assert sent(there) == []


def test_a_photograph_of_what_was_done_outlives_the_preview_unless_it_is_left_out(
    there: Path, client_of: Callable[[str], Client]
) -> None:
    officer = client_of("quji")
    send(Client())
    number = Matter.objects.get().number
    assert officer.post(f"/matters/{number}/accept", {}).status_code == 302
    page = officer.get(f"/matters/{number}/resolve").content.decode()
    said: dict[str, Any] = {"key": re.findall(r'name="key" value="([^"]+)"', page)[0], "text": "换了灯泡"}
    files = [SimpleUploadedFile(f"{name}.jpg", picture(name)) for name in ("red", "blue")]
    looked = officer.post(f"/matters/{number}/resolve", {**said, "photos": files, "preview": "1"})
    assert looked.status_code == 200
    assert len(names(looked)) == 2
    answer = officer.post(f"/matters/{number}/resolve", {**said, "shown": "1", "kept": names(looked)[1:]})
    assert answer.status_code == 302
    assert sent(there) == ["blue"]


def test_what_nobody_sent_is_swept_after_a_day(there: Path) -> None:
    fill(Client(), picture("red"), key=uuid.uuid4())
    (waiting,) = (there / "photos" / "waiting").glob("*.jpg")
    sweep()
    assert waiting.exists()
    os.utime(waiting, (0, 0))
    sweep()
    assert not waiting.exists()
