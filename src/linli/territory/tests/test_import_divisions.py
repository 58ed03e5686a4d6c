"""Communities are founded in bulk by the one import: from a workbook, or from the file of the blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.ledger.models import Entry
from linli.org.actors import Actor, actor_of
from linli.org.models import Division, DivisionCode, DivisionName, Role
from linli.org.tests.world import World
from linli.territory.actions.apply_import import apply_import, undo_import
from linli.territory.models import ImportProblem, Membership
from linli.territory.tests.ground import square
from linli.territory.tests.test_import_check import bring
from linli.territory.tests.test_import_pages import follow, send

DAY = date(2024, 7, 1)
TABLE = """社区,区划代码,设立日期,状态,英文名称
新桥社区,539901001011,2021-05-01,,Xinqiao Community
河湾,,2022/3/1,筹备,
青年路,,,正式,
团结,539901001001,2020-01-01,,
"""


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


def named(**asked: object) -> list[tuple[object, ...]]:
    rows = Division.objects.filter(kind="community", **asked).order_by("name")
    return list(rows.values_list("name", "temporary", "status", "valid_from"))


def test_a_workbook_founds_what_is_not_there_and_is_taken_back_with_its_codes(clerk: Actor) -> None:
    before = named()
    batch = bring(clerk, "divisions", TABLE, members_from=DAY, source="云川政发〔2024〕1号")
    assert batch.state == "checked", batch.summary
    assert batch.summary["numbers"]["division"] == {"new": 3, "changed": 0, "same": 1, "gone": 0}
    assert named() == before, "nothing is written before the last step"
    apply_import(clerk, batch=batch)
    assert [one for one in named() if one not in before] == [
        ("新桥", False, "formal", date(2021, 5, 1)),
        ("河湾", True, "preparing", date(2022, 3, 1)),
        ("青年路", True, "formal", DAY),
    ]
    new = Division.objects.get(name="新桥")
    assert (new.title, new.names.get().basis) == ("新桥社区", "云川政发〔2024〕1号")
    assert Entry.objects.filter(verb="org.found_division").count() == 3
    assert bring(clerk, "divisions", TABLE, members_from=DAY).summary["numbers"]["division"]["new"] == 0
    undo_import(clerk, batch=batch)
    assert named() == before
    assert not DivisionCode.objects.filter(code="539901001011").exists()
    assert not DivisionName.objects.filter(name="新桥").exists()
    assert Entry.objects.filter(verb="org.take_back_founding", public=True).count() == 3
    apply_import(clerk, batch=bring(clerk, "divisions", TABLE, members_from=DAY))


def test_the_file_of_blocks_founds_its_communities_and_then_assigns_its_blocks(clerk: Actor) -> None:
    rows = [
        {"type": "Feature", "geometry": json.loads(json.dumps(square(k).__geo_interface__)),
         "properties": {"id": f"B{k}", "community": name}}
        for k, name in enumerate(("新桥", "新桥", "河湾", "团结", None))
    ]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    assert bring(clerk, "divisions", text).summary["errors"] == 4, "a block of no community needs no day"
    batch = bring(clerk, "divisions", text, members_from=DAY)
    assert (batch.state, batch.summary["numbers"]["division"]["new"]) == ("checked", 2), batch.summary
    apply_import(clerk, batch=batch)
    first = bring(clerk, "blocks", text, members_from=DAY)
    assert (first.state, first.summary["members"]) == ("checked", 4)
    apply_import(clerk, batch=first)
    assert sorted(Membership.objects.values_list("community__name", flat=True)) == ["团结", "新桥", "新桥", "河湾"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (",,2024-07-01,,", "missing"),
        ("新桥,,,,", "no_day"),
        ("新桥,,昨天,,", "not_day"),
        ("新桥,,2024-07-01,撤销,", "no_status"),
        ("新桥,123,2024-07-01,,", "founding_code_shape"),
        ("新桥,539901002009,2024-07-01,,", "founding_code_parent"),
        ("新桥,539901001002,2024-07-01,,", "founding_code_taken"),
        ("新桥,,1999-07-01,,", "founding_parent_dates"),
        ("白云,,2019-12-31,,", "founding_parent_dates"),
        ("河湾,539901001011,2024-07-01,,", "twice"),
        ("甲,,2024-07-01,,", "twice"),
    ],
)
def test_what_cannot_be_founded_is_told_by_row_before(clerk: Actor, row: str, code: str) -> None:
    first = "甲,539901001011,2024-07-01,正式,"
    batch = bring(clerk, "divisions", f"社区,区划代码,设立日期,状态,英文名称\n{first}\n{row}\n")
    found = ImportProblem.objects.filter(batch=batch, level="error").values_list("row", "code")
    assert (batch.state, list(found)) == ("mapped", [(3, code)])


def test_a_community_is_not_founded_beside_one_of_its_name_that_begins_later(clerk: Actor) -> None:
    Division.objects.filter(name="白云").update(valid_from=date(2025, 1, 1))
    batch = bring(clerk, "divisions", "社区,设立日期\n白云,2024-07-01\n")
    assert ImportProblem.objects.get(batch=batch).code == "founding_name_taken"


def test_what_something_hangs_on_is_not_taken_back(world: World, clerk: Actor) -> None:
    batch = bring(clerk, "divisions", "社区\n新桥\n", members_from=DAY)
    apply_import(clerk, batch=batch)
    Division.objects.get(name="新桥").posts.create(
        role=Role.objects.get(code="community_secretary"), title="社区书记", valid_from=DAY
    )
    with pytest.raises(ValidationError, match="岗位"):
        undo_import(clerk, batch=batch)
    assert Division.objects.filter(name="新桥").exists()


def test_who_may_not_found_imports_none(world: World, clerk: Actor) -> None:
    Role.objects.filter(code="street_clerk").update(permissions=["territory.import"])
    with pytest.raises(PermissionDenied):
        bring(actor_of(world.account("jiedao")), "divisions", "社区\n新桥\n", members_from=DAY)


def test_the_pages_lead_from_a_workbook_to_communities(world: World, client_of: Callable[[str], Client]) -> None:
    browser = client_of("jiedao")
    here = send(browser, TABLE, "社区.csv", "divisions")["Location"]
    there, page = follow(browser, here)
    assert there.endswith("/columns")
    assert "文件里没有写设立日期的社区" in page
    assert "户数来源" not in page
    said = {"column_name": "社区", "column_area_code": "区划代码", "column_valid_from": "设立日期",
            "column_status": "状态", "members_from": "2024-07-01", "source": "云川政发〔2024〕1号"}  # fmt: skip
    browser.post(there, said)
    assert "没有错误，可以入库" in browser.get(f"{here}check").content.decode()
    assert "已入库" in browser.post(f"{here}apply", follow=True).content.decode()
    assert Division.objects.filter(name__in=("新桥", "河湾", "青年路")).count() == 3
    assert "新桥社区" in browser.get("/org/").content.decode()
