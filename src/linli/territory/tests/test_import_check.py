"""The check of an import sees what writing it will refuse, and tells which buildings no address will find."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from linli.errors import InputError
from linli.org.actors import Actor, actor_of
from linli.org.models import Division
from linli.org.tests.world import World
from linli.territory.actions.apply_import import apply_import, undo_import
from linli.territory.actions.prepare_import import upload_import
from linli.territory.actions.ready_import import ready_import
from linli.territory.importing.checking import path_of
from linli.territory.importing.problems import words_of
from linli.territory.importing.systems import words_of as stop_words
from linli.territory.models import Block, Building, Compound, Count, ImportBatch, ImportProblem, Membership
from linli.territory.search import search
from linli.territory.tests.ground import SIDE, SOUTH, WEST, blocks_in, square

DAY = date(2024, 7, 1)
SAID: dict[str, Any] = {"source": "住建", "as_of": date(2026, 1, 31)}


@pytest.fixture
def clerk(world: World) -> Actor:
    """The street clerk; the street has two blocks, and a community of another name before 京铜."""
    blocks_in(world.division("铜源街道"), 2)
    Division.objects.filter(name="白云").update(valid_from=date(2025, 1, 1))
    Division.objects.filter(name="京铜").update(valid_to=date(2024, 1, 1), status="abolished")
    return actor_of(world.account("jiedao"))


def blocks(community: str = "团结", *, codes: tuple[str, ...] = ("B001", "B003"), more: str = "") -> str:
    rows = [
        {"type": "Feature", "geometry": json.loads(json.dumps(square(int(code[1:]) - 1).__geo_interface__)),
         "properties": {"编号": code, "社区": community, "备注": more}}
        for code in codes
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": rows})


def buildings(*rows: str, head: str = "小区,幢号,路名,门牌号") -> str:
    places = [f"{WEST + SIDE * (k % 2 + 0.5)},{SOUTH + SIDE * (k + 1) / (len(rows) + 1)}" for k in range(len(rows))]
    return "\n".join([f"{head},经度,纬度", *(f"{row},{place}" for row, place in zip(rows, places, strict=True))])


def bring(clerk: Actor, kind: str, text: str, **said: Any) -> ImportBatch:
    """Take a file through the wizard up to its check."""
    street = Division.objects.get(name="铜源街道")
    name = "文件.geojson" if text.startswith("{") else "文件.csv"
    batch = upload_import(clerk, street=street, kind=kind, name=name, chunks=[text.encode()])
    ready_import(clerk, batch=batch, crs="EPSG:4490" if text.startswith("{") or "经度" in text else "", **said)
    batch.refresh_from_db()
    return batch


REFUSED: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "a community that is founded later": ("blocks", blocks("白云"), {"members_from": DAY}, "not_then"),
    "a community that has ended": ("blocks", blocks("京铜"), {"members_from": DAY}, "not_then"),
    "a community that never was": ("blocks", blocks("朝阳"), {"members_from": DAY}, "unknown_community"),
    "a code twice": ("blocks", blocks(codes=("B001", "B001")), {}, "twice"),
    "counts without a day": ("counts", "地块,房屋套数\nB001,1\n", {"source": "住建"}, "户数缺少来源或截至日期"),
    "counts beyond what is kept": (
        "counts", "地块,房屋套数\nB001,2147483647\nB001,1\n", SAID, "一个地块的户数加起来太大",
    ),
    "no column of names": ("compounds", "甲\n乙\n", {}, "有必填的内容没有对应到列"),
    "a building outside": ("buildings", "编号,经度,纬度\n1,104.5,27.5\n", {}, "outside"),
    "a facility without a kind": ("facilities", "编号,类别,名称,经度,纬度\n1,,甲,103.1805,26.0805\n", {}, "missing"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "said", "told"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_written_is_refused_at_the_check(
    clerk: Actor, kind: str, text: str, said: dict[str, Any], told: str
) -> None:
    batch = bring(clerk, kind, text, **said)
    stopped = batch.summary.get("stopped")
    found = set(ImportProblem.objects.filter(batch=batch, level="error").values_list("code", flat=True))
    assert told in (found or {stop_words(str(stopped), "")[0]})
    assert batch.state == "mapped"
    for code in found:
        assert all(words_of(code, ImportProblem.objects.filter(code=code)[0].details))
    ImportBatch.objects.update(state="checked")  # as if the check had seen nothing
    batch.refresh_from_db()
    with pytest.raises((ValidationError, InputError)), transaction.atomic():
        apply_import(clerk, batch=batch)


PASSED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "blocks that belong somewhere from a day": ("blocks", blocks(), {"members_from": DAY}),
    "all blocks there are": ("blocks", blocks(), {"complete": True}),
    "cells that are no numbers in JSON": ("blocks", blocks(more="inf\u0000nan"), {}),
    "compounds": ("compounds", "名称,又称\n白云花园,老二食堂\n", {}),
    "buildings without codes": ("buildings", buildings("白云花园,3幢,,", ",,东南路,18号", ",市民中心,,"), {}),
    "counts": ("counts", "地块,房屋套数\nB001,12\nB001,8\n", SAID),
}


@pytest.mark.parametrize(("kind", "text", "said"), PASSED.values(), ids=PASSED)
def test_what_the_check_lets_pass_is_written_twice_and_taken_back(
    clerk: Actor, kind: str, text: str, said: dict[str, Any]
) -> None:
    models = (Block, Building, Compound, Count, Membership)
    before = [set(model._default_manager.values_list("pk", flat=True)) for model in models]
    first = bring(clerk, kind, text, **said)
    assert first.state == "checked", first.summary
    apply_import(clerk, batch=first)
    once = [model._default_manager.count() for model in models]
    undo_import(clerk, batch=first)
    assert [set(model._default_manager.values_list("pk", flat=True)) for model in models][1:] == before[1:]
    for _ in range(2):
        again = bring(clerk, kind, text, **said)
        assert again.state == "checked"
        apply_import(clerk, batch=again)
        assert [model._default_manager.count() for model in models] == once, "done again it changes nothing"


def test_a_community_is_meant_by_the_day_and_by_any_name_that_it_bore(clerk: Actor, world: World) -> None:
    old = Division.objects.create(
        name="团结", code="539901001901", kind="community", parent=world.division("铜源街道"),
        valid_from=date(2010, 1, 1), valid_to=date(2020, 1, 1),
    )  # fmt: skip
    for day, community in ((date(2015, 1, 1), old.pk), (DAY, Division.objects.get(code="539901001001").pk)):
        batch = bring(clerk, "blocks", blocks("团结社区", codes=("B001",)), members_from=day)
        assert batch.summary["members"] == 1, batch.summary
        apply_import(clerk, batch=batch)
        assert list(Membership.objects.values_list("community", "valid_from")) == [(community, day)]
        undo_import(clerk, batch=batch)


def test_only_blocks_that_belong_nowhere_are_counted_as_assigned(clerk: Actor, world: World) -> None:
    Membership.objects.create(
        block=Block.objects.get(code="B001"), community=world.division("团结"), valid_from=date(2020, 1, 1)
    )
    assert bring(clerk, "blocks", blocks(), members_from=DAY).summary["members"] == 1


def test_the_check_tells_how_many_buildings_no_address_will_find_and_why(clerk: Actor, world: World) -> None:
    text = buildings(",,,", ",3幢,,", ",,,18号", ",市民中心,,", ",2幢,东南路,", ",4幢,,", "白云花园,5幢,,", ",,,")
    batch = bring(clerk, "buildings", text)
    assert batch.summary["unfound"] == {"unfound_nothing": [2, 2, 9], "unfound_number": [3, 3, 4, 7]}
    assert batch.state == "checked"
    apply_import(clerk, batch=batch)
    for asked in ("市民中心", "东南路2幢", "白云花园5幢"):
        assert search(asked)[0].exact, asked
    lost = Building.objects.filter(code__in=["R00001", "R00002", "R00003", "R00006", "R00008"])
    assert [{word[:2] for word in one.grams.split()} <= {"nn", "gg"} for one in lost] == [True] * 5


def test_a_building_of_a_compound_without_a_name_is_told(clerk: Actor, world: World) -> None:
    block, nameless = Block.objects.get(code="B001"), Compound.objects.create(
        street=world.division("铜源街道"), code="C9"
    )  # fmt: skip
    Building.objects.create(block=block, compound=nameless, code="L1", longitude=103.1805, latitude=26.0805)
    batch = bring(clerk, "buildings", "编号,幢号,经度,纬度\nL1,4幢,103.1805,26.0805\n")
    assert batch.summary["unfound"] == {"unfound_nameless": [1, 2]}


def test_a_building_is_found_by_the_name_of_a_compound_that_comes_later_and_is_tied_to_it(clerk: Actor) -> None:
    apply_import(clerk, batch=bring(clerk, "buildings", buildings("幸福小区(炎龙路),3幢,,")))
    assert search("幸福小区(炎龙路)3幢")[0].exact
    apply_import(clerk, batch=bring(clerk, "compounds", "名称\n幸福小区(炎龙路)\n"))
    assert Building.objects.get().compound == Compound.objects.get()
    assert search("幸福小区3幢")[0].exact


def test_signs_of_full_width_are_read_as_they_are_meant(clerk: Actor) -> None:
    batch = bring(clerk, "counts", '地块编号,房屋套数（套）\nB001,"1，200"\n', **SAID)
    apply_import(clerk, batch=batch)
    assert Count.objects.get().value == 1200


def test_a_file_that_is_gone_is_told_at_the_check(clerk: Actor) -> None:
    batch = bring(clerk, "compounds", "名称\n白云花园\n")
    path_of(batch).unlink()
    with pytest.raises(InputError, match="gone"):
        apply_import(clerk, batch=batch)
