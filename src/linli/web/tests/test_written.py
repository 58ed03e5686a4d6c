"""What is written comes out as it was written, whichever door it came in by and went out by; searching folds."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.documents.official import OfficialDocument
from linli.drawing.fonts import GETA, typeset
from linli.matters.actions.open_matter import open_matter
from linli.matters.exporting import workbook
from linli.matters.models import Matter
from linli.matters.search import find
from linli.org.actors import PUBLIC, actor_of
from linli.org.limits import forget_all
from linli.org.models import Account, Division
from linli.org.person import clean_name
from linli.org.tests.world import World
from linli.planning.models import Project, Standard
from linli.planning.tests.small import small_ground
from linli.territory.actions.apply_import import apply_import
from linli.territory.actions.prepare_import import upload_import
from linli.territory.actions.ready_import import ready_import
from linli.territory.models import Facility
from linli.territory.search import grams_of
from linli.written import folded, gone, kept, kept_within, number_in, one_line

# ideographs of extensions G, H and I, compatibility and private use, joiners of Persian and Uyghur, one of a family,
# a selector of a glyph, marks and isolates of direction, a sign of Unicode 16, a letter with its accent apart
HARD = (
    "王\U00030edd\U00031350\U0002ebf0", "\uf900\uf967\ufa0e", "\ue000\ue863", "می\u200cخواهم", "ئا\u200dپا",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "葛\U000e0100", "\u2067שלום\u2069\u200f", "\U0001fae9",
    "e\u0301", "阿里木·江〇",
)  # fmt: skip
LINE = " ".join(HARD)


@pytest.mark.parametrize("text", HARD)
def test_nothing_hard_is_lost(text: str) -> None:
    assert kept(text) == one_line(text) == text
    assert gone(text) == []


def test_what_no_text_can_hold_goes_and_is_named() -> None:
    assert kept("a\0b\x0bc\ud800d\x85\r\ne\tf") == "abcd\ne\tf"
    assert gone("a\0b\x0bc\ud800\r\n") == ["\0", "\x0b", "\ud800"]
    assert one_line(" 一\n 二\t三 ") == "一 二 三"
    assert kept_within({"a\0": ["\ud800b", 1, None]}) == {"a": ["b", 1, None]}


def test_numbers_are_those_that_a_database_can_hold() -> None:
    assert [number_in(text) for text in ("7", "0", "9" * 18)] == [7, 0, 10**18 - 1]
    assert [number_in(text) for text in ("²", "٣", "-1", "", None, "9" * 20, "１", " 1")] == [None] * 8


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("路灯ＡＢＣ坏", "路灯abc"),
        ("葛\U000e0100先生家", "葛先生"),
        ("\uf900先生家", "\u8c48先生"),
        ("\ue863先生", "\ue863先"),
    ],
)
def test_searching_folds_what_is_kept_apart(world: World, written: str, asked: str) -> None:
    one = open_matter(PUBLIC, key=uuid.uuid4(), text=written)
    assert one.text == written
    assert list(find(asked, Matter.objects.all())) == [one]
    assert set(grams_of(folded(asked))) <= set(grams_of(written))


def test_a_report_is_read_and_carried_out_as_it_was_written(world: World, client_of: Callable[[str], Client]) -> None:
    forget_all()
    said = {
        "text": f"{LINE}\n第二行",
        "kind": "report",
        "asked": "yes",
        "place": LINE[:100],
        "contact": "",
        "key": uuid.uuid4(),
    }
    answer = client_of("").post("/report/", said, follow=True)
    one = Matter.objects.get()
    assert (one.text, one.place) == (f"{LINE}\n第二行", LINE[:100])
    assert LINE in unescape(answer.content.decode())
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([one], who="", why="", entry=1))).active
    assert sheet is not None
    assert f"{LINE}\n第二行" in {cell.value for row in sheet for cell in row}


def test_what_is_said_of_a_matter_stays(world: World, client_of: Callable[[str], Client]) -> None:
    one = open_matter(PUBLIC, key=uuid.uuid4(), text="路灯")
    answer = client_of("quji").post(f"/matters/{one.number}/comment", {"text": LINE}, follow=True)
    assert one.events.get(verb="comment").text == LINE
    assert LINE in unescape(answer.content.decode())


def test_the_name_of_a_division_stays(world: World, client_of: Callable[[str], Client]) -> None:
    name = "\U00030edd\uf900\ue863花园"
    said = {"name": name, "name_en": "", "from_day": "2026-01-01", "basis": LINE}
    answer = client_of("jiedao").post("/org/539901001001/rename", said, follow=True)
    assert name in answer.content.decode()
    assert name in json.dumps(client_of("").get("/api/v1/divisions/539901001001").json(), ensure_ascii=False)


@pytest.mark.parametrize("name", ["王\U00030edd", "阿里木·江", "吕\uf900〇", "می\u200cنا"])
def test_a_name_is_of_any_script(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("name", ["王", "王\x0b五", "王5", "王\0五"])
def test_a_name_holds_no_digits_and_no_control_signs(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)


def test_a_roster_keeps_names_and_tells_of_control_signs(world: World, client_of: Callable[[str], Client]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(("账号", "姓名", "区划代码", "岗位", "角色"))
    book.active.append(("w1", "王\U00030edd〇", "539901001001", "网格\ue863员", "社区书记"))
    held = io.BytesIO()
    book.save(held)
    client = client_of("anquan")
    file = SimpleUploadedFile("a.xlsx", held.getvalue())
    page = client.post("/org/accounts/roster/", {"file": file, "key": uuid.uuid4()}, follow=True)
    client.post(page.redirect_chain[-1][0] + "apply")
    assert Account.objects.get(username="w1").name == "王\U00030edd〇"


@pytest.mark.parametrize("kind", ["csv", "geojson"])
def test_a_layer_keeps_names_and_tells_of_control_signs(world: World, settings: Any, tmp_path: Path, kind: str) -> None:
    settings.MEDIA_ROOT = tmp_path
    small_ground(world)
    clerk, street = actor_of(world.account("jiedao")), world.division("铜源街道")
    name, bad = "\U00030edd\uf900\ue863می\u200cخ诊所", "卫\x0b生站"
    if kind == "csv":
        text = io.StringIO()
        rows = [(str(k), "诊所", said, 103.0005 + k / 1000, 26.0005) for k, said in enumerate((name, bad), 1)]
        csv.writer(text).writerows([("编号", "类别", "名称", "经度", "纬度"), *rows])
        content = text.getvalue()
    else:
        features = [
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": [103.0005 + k / 1000, 26.0005]},
             "properties": {"编号": str(k), "类别": "诊所", "名称": said}}
            for k, said in enumerate((name, bad), 1)
        ]  # fmt: skip
        content = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    batch = upload_import(clerk, street=street, kind="facilities", name=f"设施.{kind}", chunks=[content.encode()])
    ready_import(clerk, batch=batch, crs="EPSG:4490", columns={"code": "编号", "kind": "类别", "name": "名称"})
    assert list(batch.problems.filter(code="unseen").values_list("value", flat=True)) == ["卫生站"]
    apply_import(clerk, batch=batch)
    assert dict(Facility.objects.values_list("code", "name")) == {"1": name, "2": "卫生站"}


def test_the_title_of_a_project_stays_and_a_paper_holds_what_its_file_can(
    world: World, client_of: Callable[[str], Client], tmp_path: Path
) -> None:
    small_ground(world)
    title = LINE[:60].strip()
    said = {
        "title": title, "scope": [Division.objects.get(name="团结").pk], "count": "households_registered",
        "standard": Standard.objects.get(code="local-1500-3500", version=1).pk,
        "households_least": 1500, "households_most": 3500,
    }  # fmt: skip
    page = client_of("jiedao").post("/planning/projects/new", said, follow=True)
    assert Project.objects.get().title == title
    assert title in unescape(page.content.decode())
    paper = OfficialDocument(title)
    paper.paragraph(f"{LINE}\ufffe\x0b")
    paper.save(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "a.docx") as held:
        body = unescape(held.read("word/document.xml").decode())
    assert title in body
    assert LINE in body


def test_a_picture_draws_what_its_typeface_has_and_leaves_out_what_nobody_sees() -> None:
    assert typeset("葛\U000e0100家\u200d\x0b") == "葛家"
    assert typeset("\U00031350家") == f"{GETA}家"
