"""Imports for programs: a file goes in whole or not at all, its problems are told row by row."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.ledger.models import Entry
from linli.matters.models import Matter
from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.territory.actions.apply_import import undo_import
from linli.territory.basemap import under_maps
from linli.territory.models import Block, Count, Facility, ImportBatch
from linli.territory.tests.ground import SIDE, SOUTH, WEST, blocks_in, square
from linli.web.tests.test_api import get, program_of, queries

COUNTS = "地块,房屋套数\nB001,120\nB002,80\n"
SAID = {"street": "539901001000", "kind": "counts", "source": "住建", "as_of": "2026-01-31"}


@pytest.fixture
def program(world: World) -> Client:
    """The street clerk's program, in a street with two blocks."""
    forget_all()
    blocks_in(world.division("铜源街道"), 2)
    return program_of(world, "jiedao", "territory.import")


def send(program: Client, text: str, status: int = 201, *, name: str = "户数.csv", **said: str) -> Any:
    file = SimpleUploadedFile(name, text.encode())
    response = program.post("/api/v1/imports", {**SAID, **said, "file": file})
    assert response.status_code == status, response.content.decode()
    return response.json()


def test_a_file_is_checked_then_written_once(program: Client) -> None:
    told = send(program, COUNTS)
    assert (told["state"], told["problems"], told["summary"]["rows"]) == ("checked", 0, 2)
    assert not Count.objects.exists()
    for _ in range(2):
        response = program.post(f"/api/v1/imports/{told['id']}/apply")
        assert response.json()["state"] == "applied"
    assert sorted(Count.objects.values_list("block__code", "value", "source")) == [
        ("B001", 120, "住建"),
        ("B002", 80, "住建"),
    ]
    assert Entry.objects.filter(verb="territory.apply_import").count() == 1
    assert get(program, f"imports/{told['id']}")["applied_at"]


def test_whom_maps_must_name_is_kept(program: Client) -> None:
    told = send(program, COUNTS, credit="© 某测绘院")
    assert told["credit"] == "© 某测绘院"
    program.post(f"/api/v1/imports/{told['id']}/apply")
    assert under_maps().credit == "© 某测绘院"


def test_problems_are_told_by_row_in_words_and_stop_the_import(program: Client) -> None:
    told = send(program, COUNTS + "B009,5\n")
    assert (told["state"], told["summary"]["errors"]) == ("mapped", 1)
    with queries(4):  # token, posts, import, problems
        problems = get(program, f"imports/{told['id']}/problems")["items"]
    assert [(one["row"], one["message"]) for one in problems] == [(4, "没有这个地块")]
    assert program.post(f"/api/v1/imports/{told['id']}/apply").status_code == 409
    assert not Count.objects.exists()


def test_the_same_key_is_one_import(program: Client) -> None:
    key = str(uuid.uuid4())
    assert send(program, COUNTS, key=key)["id"] == send(program, COUNTS, key=key)["id"]
    assert ImportBatch.objects.count() == 1


def test_places_bring_their_coordinate_system(program: Client) -> None:
    place = {"type": "Point", "coordinates": [WEST + SIDE / 2, SOUTH + SIDE / 2]}
    row = {"type": "Feature", "geometry": place, "properties": {"编号": "1", "类别": "诊所", "名称": "铜源诊所"}}
    text = json.dumps({"type": "FeatureCollection", "features": [row]})
    told = send(program, text, name="设施.geojson", kind="facilities", crs="EPSG:4490")
    assert told["state"] == "checked", told
    program.post(f"/api/v1/imports/{told['id']}/apply")
    assert Facility.objects.get().block.code == "B001"


def test_columns_are_chosen_by_field(program: Client) -> None:
    told = send(program, "甲,乙\nB001,7\n", columns='{"block": "甲", "dwellings": "乙"}')
    assert told["state"] == "checked", told
    wrong = send(program, "甲,乙\nB001,7\n", 409, columns='{"block": "丙"}')
    assert wrong["errors"] == [{"field": "columns", "message": "没有这些字段或列：丙"}]
    assert send(program, COUNTS, 409, columns="[1]")["errors"][0]["field"] == "columns"


def test_ground_that_a_matter_stands_on_is_kept_and_its_import_is_not_taken_back(world: World, program: Client) -> None:
    def blocks(*codes: str) -> str:
        rows = [
            {"type": "Feature", "geometry": json.loads(json.dumps(square(int(code[1:]) - 1).__geo_interface__)),
             "properties": {"编号": code}}
            for code in codes
        ]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": rows})

    said = {"kind": "blocks", "crs": "EPSG:4490", "name": "地块.geojson"}
    first = send(program, blocks("B001", "B002", "B003"), **said)
    assert program.post(f"/api/v1/imports/{first['id']}/apply").status_code == 200
    Matter.objects.create(key=uuid.uuid4(), secret="x", text="路灯不亮", block=Block.objects.get(code="B003"))
    with pytest.raises(ValidationError, match="事项"):
        undo_import(actor_of(world.account("jiedao")), batch=ImportBatch.objects.get())
    again = send(program, blocks("B001"), complete="true", **said)
    told = get(program, f"imports/{again['id']}/problems")["items"]
    assert [(one["value"], one["code"]) for one in told] == [("B002", "removed"), ("B003", "kept")]
    assert program.post(f"/api/v1/imports/{again['id']}/apply").status_code == 200
    assert sorted(Block.objects.values_list("code", flat=True)) == ["B001", "B003"]


@pytest.mark.parametrize(("name", "text"), [("户数.exe", "x"), ("户数.csv", ""), ("户数.xlsx", "x")])
def test_a_file_that_cannot_be_read_is_refused_and_not_kept(program: Client, name: str, text: str) -> None:
    assert send(program, text, 409, name=name)["errors"]
    assert not ImportBatch.objects.exclude(state="discarded").exists()


def test_nobody_imports_into_another_street_or_without_the_scope(world: World, program: Client) -> None:
    send(program, COUNTS, 404, street="539901002000")
    assert send(program_of(world, "jiedao", "territory.view"), COUNTS, 403)["scope"] == "territory.import"
    send(Client(), COUNTS, 401)
    told = send(program, COUNTS)
    ImportBatch.objects.update(street=world.division("兴铜街道"))
    get(program, f"imports/{told['id']}", 404)
