"""What a request may bring is decided before it is read, and what a file unpacks to before it is parsed."""

from __future__ import annotations

import io
import sqlite3
import struct
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from PIL import Image

from linli.cases.views.limits import MOST_TRIES
from linli.errors import InputError
from linli.geodata.tables import read_table
from linli.geodata.workbook_guard import MOST_COLUMNS, MOST_RUN, check_workbook
from linli.matters.models import Matter
from linli.matters.photos import MOST_PIXELS_AT_ONCE, clean_photo
from linli.matters.texts import filled
from linli.org.limits import forget_all
from linli.org.roster import read_rows
from linli.org.tests.world import World
from linli.territory.importing.files import keep
from linli.web.uploads import MOST_OF_PUBLIC, MOST_OF_STAFF, OFTEN_PUBLIC, Uploads

HEAD = "<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"


class Unread(io.RawIOBase):
    """A body that must not be read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")


def large(size: str, **headers: str) -> Any:
    return RequestFactory().generic(
        "POST", "/report/", b"", headers=headers, **{"wsgi.input": Unread(), "CONTENT_LENGTH": size}
    )


def test_what_is_too_large_is_refused_before_it_is_read(db: None) -> None:
    forget_all()
    refuse = Uploads(lambda request: pytest.fail("it went on"))
    for size, headers in ((str(MOST_OF_PUBLIC + 1), {}), (str(MOST_OF_STAFF + 1), {"Authorization": "Bearer x"}),
                          ("9" * 30, {}), ("x", {})):  # fmt: skip
        answer = refuse(large(size, **headers))
        assert answer.status_code == 413
        assert "太大" in answer.content.decode()
    english = large("x", **{"Accept-Language": "en"})
    assert "too large" in refuse(english).content.decode()
    endless = large("", **{"Transfer-Encoding": "chunked"})
    assert refuse(endless).status_code == 413


def test_large_ones_come_only_so_often_from_one_address(world: World) -> None:
    forget_all()
    passed: list[int] = []

    def answer(request: Any) -> Any:
        passed.append(1)

    guard = Uploads(answer)
    for _ in range(OFTEN_PUBLIC):
        guard(large("1000000"))
    assert guard(large("1000000")).status_code == 429
    assert len(passed) == OFTEN_PUBLIC
    assert Client().get("/").status_code == 200
    forget_all()


def png(width: int, height: int) -> bytes:
    """The head of a picture that claims a size, and next to no content."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(written, "JPEG", progressive=True)
    return written.getvalue()


@pytest.mark.parametrize(
    "photo", [png(5000, MOST_PIXELS_AT_ONCE // 5000 + 1), png(60000, 60000), jpeg() + b"\xff\xda" * 80]
)
def test_a_picture_s_size_and_scans_are_asked_before_it_is_decoded(photo: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_photo(photo)
    assert refused.value.code == "pixels"
    assert clean_photo(jpeg()).startswith(b"\xff\xd8")


def test_forms_with_photographs_come_only_so_often_whatever_becomes_of_them(world: World) -> None:
    forget_all()
    browser = Client()
    codes = []
    for _ in range(MOST_TRIES + 1):
        photo = SimpleUploadedFile("a.jpg", b"\xff\xd8 broken", content_type="image/jpeg")
        codes.append(browser.post("/report/", {"photos": photo, "key": str(uuid.uuid4())}).status_code)
    assert codes == [422] * MOST_TRIES + [429]
    assert not Matter.objects.exists()
    forget_all()


def workbook(sheet: str, **others: str) -> bytes:
    """A workbook with the XML of its sheet as given."""
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    written = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            text = sheet if one.filename == "xl/worksheets/sheet1.xml" else others.get(one.filename)
            new.writestr(one.filename, old.read(one) if text is None else text)
    return written.getvalue()


TAIL = "</row></sheetData></worksheet>"
ONE = "<c r='A1'><v>1</v></c>"
LONG = f"{HEAD}<row r='1'><c r='A1' t='inlineStr'><is><t>{'x' * (MOST_RUN * 2)}</t></is></c>{TAIL}"
WIDE = f"{HEAD}<row r='1'>{ONE}<c r='XFD1'><v>1</v></c>{TAIL}"
FAR = f"{HEAD}<row r='1'>{ONE}</row><row r='9999999'><c r='A9999999'><v>1</v></c>{TAIL}"
TYPED = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + WIDE


@pytest.mark.parametrize("sheet", [LONG, WIDE, FAR, TYPED], ids=["long cell", "far column", "far row", "entities"])
def test_a_workbook_that_is_a_bomb_is_refused(sheet: str, tmp_path: Path) -> None:
    content = workbook(sheet)
    assert len(content) < 100_000
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(content)
    with pytest.raises(InputError):
        read_table(path)
    with pytest.raises(ValidationError):
        read_rows(content, "名册.xlsx")


def test_what_a_workbook_unpacks_to_is_bounded() -> None:
    with pytest.raises(InputError, match="larger"):
        check_workbook(io.BytesIO(workbook(HEAD + "<row/>" * 300_000)), most_unpacked=2**20)
    with pytest.raises(InputError, match="damaged"):
        check_workbook(io.BytesIO(b"PK\x03\x04 broken"))
    check_workbook(io.BytesIO(workbook(WIDE.replace("XFD1", "B1"))))


def test_a_text_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("," * (MOST_COLUMNS + 1) + "\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="columns"):
        read_table(path)


def test_a_geopackage_whose_table_is_a_query_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless.gpkg"
    held = sqlite3.connect(path)
    held.executescript("""
        CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT);
        CREATE VIEW blocks AS WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n) SELECT k FROM n;
        INSERT INTO gpkg_contents VALUES ('blocks', 'features');
    """)
    held.close()
    with pytest.raises(InputError, match="queries"):
        keep([path.read_bytes()], "地块.gpkg", tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_usual_answer_obeys_no_format() -> None:
    assert filled("{number}：{place}", number="1", place="白云花园{number}幢") == "1：白云花园{number}幢"
    assert len(filled("{place:99999999}{number.__class__}", number="1", place="2")) < 50
