"""The import wizard: each step an address, errors by row, all or nothing, undone, resumed, in a worker or at once."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.ledger.models import Entry
from linli.org.models import Division, Tenure
from linli.org.tests.world import World
from linli.territory import tasks
from linli.territory.models import Block, Count, Facility, ImportBatch, ImportProblem, Membership
from linli.territory.tests.ground import SIDE, SOUTH, WEST, blocks_in, square

Queries = Callable[[int], AbstractContextManager[object]]
COUNTS = "地块,房屋套数\nB001,120\nB002,80\n"
SAID = {"column_block": "地块", "column_dwellings": "房屋套数", "source": "住建", "as_of": "2026-01-31"}


@pytest.fixture
def clerk(world: World, client_of: Callable[[str], Client]) -> Client:
    """The street clerk, in a street with two blocks."""
    blocks_in(world.division("铜源街道"), 2)
    return client_of("jiedao")


def send(browser: Client, content: bytes | str, name: str, kind: str, key: str = "") -> Any:
    street = Division.objects.get(name="铜源街道")
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return browser.post(
        "/ground/imports/new", {"street": street.pk, "kind": kind, "file": file, "key": key or str(uuid.uuid4())}
    )


def follow(browser: Client, address: str) -> tuple[str, str]:
    """Where an address leads in the end, and the page there."""
    answer = browser.get(address, follow=True)
    return answer.redirect_chain[-1][0] if answer.redirect_chain else address, answer.content.decode()


def facilities(*names: str) -> str:
    rows = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [WEST + SIDE * (k + 0.5), SOUTH + SIDE / 2]},
         "properties": {"编号": str(k), "类别": "诊所", "名称": name}}
        for k, name in enumerate(names)
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": rows})


def test_a_table_goes_from_upload_to_base_and_back(clerk: Client) -> None:
    here = send(clerk, COUNTS.encode("gb18030"), "户数.csv", "counts")["Location"]
    there, page = follow(clerk, here)
    assert there.endswith("/columns"), "a table without coordinates asks for none"
    assert "房屋套数" in page
    answer = clerk.post(there, SAID)
    page = clerk.get(answer["Location"]).content.decode()
    assert "可以入库" in page
    assert not Count.objects.exists()
    done = clerk.post(f"{here}apply", follow=True).content.decode()
    assert "已入库" in done
    assert sorted(Count.objects.values_list("block__code", "value")) == [("B001", 120), ("B002", 80)]
    clerk.post(f"{here}apply")
    assert Entry.objects.filter(verb="territory.apply_import").count() == 1
    assert clerk.post(f"{here}undo").status_code == 302
    assert not Count.objects.exists()
    assert "已撤销" in clerk.get(f"{here}check").content.decode()


def test_the_columns_of_last_time_are_remembered(clerk: Client) -> None:
    odd = COUNTS.replace("地块,房屋套数", "甲,乙")
    first = follow(clerk, send(clerk, odd, "一.csv", "counts")["Location"])[0]
    clerk.post(first, {**SAID, "column_block": "甲", "column_dwellings": "乙"})
    page = follow(clerk, send(clerk, odd, "二.csv", "counts")["Location"])[1]
    assert page.count("selected>甲") == 1
    assert page.count("selected>乙") == 1
    assert "住建" in page


def test_errors_are_told_by_row_and_column_and_can_be_taken_home(clerk: Client) -> None:
    here = send(clerk, COUNTS + "B009,5\nB001,很多\n", "户数.csv", "counts")["Location"]
    clerk.post(follow(clerk, here)[0], SAID)
    page = clerk.get(f"{here}check").content.decode()
    assert "没有这个地块" in page
    assert "什么也没有写入" in page
    rows = list(csv.reader(io.StringIO(clerk.get(f"{here}problems.csv").content.decode("utf-8-sig"))))
    assert ["错误", "4", "地块", "B009", "没有这个地块"] in [row[:5] for row in rows]
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{here}problems.xlsx").content)).active
    assert sheet.max_row == len(rows)
    clerk.post(f"{here}apply")
    assert not Count.objects.exists()
    clerk.post(f"{here}columns", {**SAID, "leave_out": "on"})
    clerk.post(f"{here}apply")
    assert sorted(Count.objects.values_list("value", flat=True)) == [80, 120]


def test_a_map_file_shows_where_it_lies_before_anything_is_settled(clerk: Client) -> None:
    here = send(clerk, facilities("铜源诊所"), "设施.geojson", "facilities")["Location"]
    there, page = follow(clerk, here)
    assert there.endswith("/locate")
    assert "火星坐标" in page
    shown = clerk.get(f"{here}place.json", {"crs": "EPSG:4490"}).json()["features"]
    assert [one["geometry"]["type"] for one in shown].count("Polygon") == 2
    moved = clerk.get(f"{here}place.json", {"crs": "gcj02"}).json()["features"][-1]
    assert moved["geometry"]["coordinates"][0] == pytest.approx(WEST + SIDE / 2, abs=0.01)
    assert moved["geometry"]["coordinates"] != shown[-1]["geometry"]["coordinates"]
    assert clerk.post(there, {"crs": "", "other": "EPSG:1"}).status_code == 422
    assert clerk.post(there, {"crs": "EPSG:4490"}).status_code == 302
    clerk.post(f"{here}columns", {"column_code": "编号", "column_kind": "类别", "column_name": "名称"})
    clerk.post(f"{here}apply")
    assert Facility.objects.get().block.code == "B001"  # type: ignore[union-attr]


def test_blocks_are_shown_new_changed_and_gone(clerk: Client) -> None:
    rows = [
        {"type": "Feature", "geometry": json.loads(json.dumps(square(k).__geo_interface__)),
         "properties": {"编号": code, "社区": "白云"}}
        for k, code in ((0, "B001"), (2, "B003"))
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    here = send(clerk, text, "地块.geojson", "blocks")["Location"]
    clerk.post(f"{here}locate", {"crs": "EPSG:4490"})
    said = {"column_code": "编号", "column_community": "社区", "complete": "on", "members_from": "2026-01-01"}
    clerk.post(f"{here}columns", said)
    fills = {one["properties"]["name"]: one["properties"]["fill"]
             for one in clerk.get(f"{here}changes.json").json()["features"]}  # fmt: skip
    assert fills["B003"] == "1-0"
    assert fills["B002"] == "2-3"
    clerk.post(f"{here}apply")
    assert sorted(Block.objects.values_list("code", flat=True)) == ["B001", "B003"]
    assert Membership.objects.filter(community__name="白云").count() == 2


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "户数.csv", "空"),
        (b"%PDF-1.4", "户数.pdf", "不收这种文件"),
        (b"not a workbook", "户数.xlsx", "扩展名"),
        (b"PK\x03\x04", "户数.xlsx", "已损坏"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words(clerk: Client, content: bytes, name: str, words: str) -> None:
    answer = send(clerk, content, name, "counts")
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_file_that_cannot_be_read_says_so_at_the_next_step(clerk: Client) -> None:
    here = send(clerk, "地块,户数\n", "户数.csv", "counts")["Location"]
    page = follow(clerk, here)[1]
    assert "表头以下没有内容" in page
    assert clerk.post(f"{here}discard").status_code == 302
    assert ImportBatch.objects.get().state == "discarded"


def test_a_form_sent_twice_is_one_import(clerk: Client) -> None:
    key = str(uuid.uuid4())
    places = {send(clerk, COUNTS, "户数.csv", "counts", key)["Location"] for _ in range(2)}
    assert len(places) == 1


def test_an_import_is_resumed_where_it_stood(clerk: Client, client_of: Callable[[str], Client]) -> None:
    here = send(clerk, facilities("甲"), "设施.geojson", "facilities")["Location"]
    assert follow(clerk, here)[0].endswith("/locate")
    clerk.post(f"{here}locate", {"crs": "EPSG:4490"})
    later = client_of("jiedao")
    assert follow(later, here)[0].endswith("/columns")
    later.post(f"{here}columns", {"column_kind": "类别", "column_name": "名称"})
    assert follow(clerk, here)[0].endswith("/check")
    later.post(f"{here}apply")
    assert clerk.get(f"{here}columns").status_code == 302, "a window that stayed behind finds that the step is past"
    assert "已入库" in follow(clerk, here)[1]


def test_a_large_file_waits_for_a_worker_and_its_page_says_how_far(
    clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 0)
    here = send(clerk, COUNTS, "户数.csv", "counts")["Location"]
    clerk.post(follow(clerk, here)[0], SAID)
    page = clerk.get(f"{here}check").content.decode()
    assert "data-poll" in page
    assert "等待中" in page
    clerk.post(f"{here}columns", SAID)
    assert Job.objects.count() == 1, "nobody changes what is being checked"
    run_job(Job.objects.get())
    assert "可以入库" in clerk.get(f"{here}check").content.decode()
    clerk.post(f"{here}apply")
    clerk.post(f"{here}apply")
    assert Job.objects.filter(kind=tasks.APPLY).count() == 1
    clerk.post(f"{here}stop")
    assert "可以入库" in clerk.get(f"{here}check").content.decode()
    clerk.post(f"{here}apply")
    run_job(Job.objects.get(kind=tasks.APPLY, state="waiting"))
    assert Count.objects.count() == 2


def test_rights_that_are_gone_stop_a_waiting_job(clerk: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 0)
    here = send(clerk, COUNTS, "户数.csv", "counts")["Location"]
    clerk.post(follow(clerk, here)[0], SAID)
    Tenure.objects.filter(account=world.account("jiedao")).update(ends_at="2026-01-01T00:00:00Z")
    assert run_job(Job.objects.get()).state == "failed"


def test_another_streets_import_does_not_exist(clerk: Client, world: World) -> None:
    here = send(clerk, COUNTS, "户数.csv", "counts")["Location"]
    ImportBatch.objects.update(street=world.division("兴铜街道"))
    for page in ("", "locate", "columns", "check", "changes.json", "problems.csv", "undo", "discard"):
        assert clerk.get(here + page).status_code == 404
    assert clerk.post(f"{here}apply").status_code == 404


def test_lists_cost_the_same_for_many_rows(clerk: Client, world: World, django_assert_max_num_queries: Queries) -> None:
    street = world.division("铜源街道")
    batch = ImportBatch.objects.create(street=street, kind="counts", name="甲", path="x", size=1, sha256="0",
                                       by="account:1", state="mapped", summary={"errors": 300})  # fmt: skip
    ImportBatch.objects.bulk_create(
        ImportBatch(street=street, kind="counts", name=str(k), path="x", size=1, sha256="0", by="account:1")
        for k in range(60)
    )
    ImportProblem.objects.bulk_create(
        ImportProblem(batch=batch, level="error", row=k, code="missing") for k in range(300)
    )
    clerk.get("/")
    with django_assert_max_num_queries(7):
        clerk.get("/ground/imports/")
    with django_assert_max_num_queries(8):
        page = clerk.get(f"/ground/imports/{batch.pk}/check").content.decode()
    assert "第 1 页，共 6 页" in page


@pytest.mark.parametrize("kind", ImportBatch.Kind.values)
def test_every_kind_has_a_sample_that_can_be_imported(clerk: Client, kind: str) -> None:
    answer = clerk.get(f"/ground/imports/sample/{kind}")
    name = "样例.geojson" if kind == "blocks" else "样例.xlsx"
    there, page = follow(clerk, send(clerk, answer.content, name, kind)["Location"])
    assert there.endswith(("/locate", "/columns")), page


def test_the_list_of_blocks_and_one_block(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    blocks = blocks_in(world.division("铜源街道"), 80)
    for block in blocks[:70]:
        Membership.objects.create(block=block, community=world.division("团结"), valid_from=date(2020, 1, 1))
        Count.objects.create(block=block, definition="dwellings", value=77, source="旧", as_of=date(2025, 1, 1))
    Count.objects.create(block=blocks[0], definition="dwellings", value=88, source="新", as_of=date(2026, 1, 1))
    browser = client_of("jiedao")
    browser.get("/")
    with django_assert_max_num_queries(8):
        page = browser.get("/ground/blocks/").content.decode()
    assert ">88<" in page
    assert "共 80 条" in page
    assert "共 70 条" in browser.get("/ground/blocks/", {"community": "539901001001"}).content.decode()
    assert "共 1 条" in browser.get("/ground/blocks/", {"q": "B080"}).content.decode()
    with django_assert_max_num_queries(14):
        page = browser.get("/ground/blocks/539901001000/B001/").content.decode()
    assert "旧" in page
    assert "新" in page


def test_a_grid_worker_reads_the_blocks_of_his_community(world: World, client_of: Callable[[str], Client]) -> None:
    first, second = blocks_in(world.division("铜源街道"), 2)
    Membership.objects.create(block=first, community=world.division("团结"), valid_from=date(2020, 1, 1))
    Membership.objects.create(block=second, community=world.division("白云"), valid_from=date(2020, 1, 1))
    browser = client_of("wangge")
    page = browser.get("/ground/blocks/").content.decode()
    assert "B001" in page
    assert "B002" not in page
    assert browser.get("/ground/blocks/539901001000/B001/").status_code == 200
    assert browser.get("/ground/blocks/539901001000/B002/").status_code == 404
