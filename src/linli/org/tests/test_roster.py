"""名册导入: what each row would do, errors by row and column, all or nothing, once."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from linli.ledger.models import Entry
from linli.org.actors import actor_of
from linli.org.models import Account, Post, RosterImport, Tenure
from linli.org.roster import HEADS, Row, plan
from linli.org.tests.world import World

Queries = Callable[[int], AbstractContextManager[object]]
GOOD = [
    ("li.na", "李娜", "539901001002", "社区书记", "社区书记", "2026-03-01"),
    ("wang.wei", "王伟", "539901001002", "网格员", "网格员", ""),
    ("zhao.min", "赵敏", "539901001002", "网格员", "网格员", ""),
    ("jiedao", "经办杨四", "539901001000", "经办", "街道经办", ""),
]


def book(rows: list[tuple[str, ...]], head: list[str] | None = None) -> bytes:
    made = openpyxl.Workbook()
    made.active.append(head or [heads[0] for heads in HEADS.values()])
    for row in rows:
        made.active.append(list(row))
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def upload(browser: Client, content: bytes, name: str = "名册.xlsx", key: str = "") -> Any:
    return browser.post(
        "/org/accounts/roster/", {"file": SimpleUploadedFile(name, content), "key": key or str(uuid.uuid4())}
    )


def test_a_roster_opens_accounts_makes_seats_and_appoints_once(
    world: World, client_of: Callable[[str], Client]
) -> None:
    guard = client_of("anquan")
    there = upload(guard, book(GOOD))["Location"]
    page = guard.get(there).content.decode()
    assert page.count("开通账号并任命") >= 3
    done = guard.post(f"{there}apply").content.decode()
    assert "wang.wei" in done
    assert "jiedao" not in done.split("<tbody>")[1].split("</tbody>")[0], "no password for who has one"
    li_na = Account.objects.get(username="li.na")
    assert li_na.must_change_password
    assert [post.title for post in actor_of(li_na).posts] == ["社区书记"]
    assert Tenure.objects.get(account=li_na).starts_at.isoformat() == "2026-02-28T16:00:00+00:00"
    assert Post.objects.filter(division=world.division("白云"), title="网格员").count() == 2
    assert Entry.objects.filter(verb="org.import_roster").count() == 1
    entries = Entry.objects.count()
    assert guard.post(f"{there}apply").status_code == 302
    assert Entry.objects.count() == entries
    assert "李娜" not in guard.get(there).content.decode()
    assert RosterImport.objects.get().rows == []
    again = guard.get(upload(guard, book(GOOD))["Location"]).content.decode()
    assert again.count("不变") >= 4


def test_a_form_sent_twice_is_one_import(client_of: Callable[[str], Client]) -> None:
    guard, key = client_of("anquan"), str(uuid.uuid4())
    places = {upload(guard, book(GOOD), key=key)["Location"] for _ in range(2)}
    assert len(places) == 1


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("=1+1", "李娜", "539901001002", "书记", "社区书记", ""), "账号", "公式"),
        (("甲乙", "李娜", "539901001002", "书记", "社区书记", ""), "账号", "不合规则"),
        (("li.na", "", "539901001002", "书记", "社区书记", ""), "姓名", "不能为空"),
        (("li.na", "李娜", "999", "书记", "社区书记", ""), "区划代码", "没有这个区划代码"),
        (("li.na", "李娜", "539901001002", "书记", "皇帝", ""), "角色", "没有这个角色"),
        (("li.na", "李娜", "539901001002", "书记", "社区书记", "昨天"), "到岗日期", "不是日期"),
        (("jiedao", "别人", "539901001002", "书记", "社区书记", ""), "姓名", "另一个姓名"),
        (("anquan", "安全管理员孙七", "539901001002", "书记", "社区书记", ""), "账号", "不能任命自己"),
        (("xitong", "系统管理员钱六", "539901000000", "审计", "审计管理员", ""), "角色", "三员分立"),
        (GOOD[0], "账号", "与第 2 行重复"),
    ],
)
def test_an_error_names_row_column_and_what_to_do_and_nothing_is_imported(
    client_of: Callable[[str], Client], row: tuple[str, ...], column: str, words: str
) -> None:
    guard = client_of("anquan")
    there = upload(guard, book([GOOD[0], row]))["Location"]
    page = guard.get(there).content.decode()
    assert words in page
    sheet = openpyxl.load_workbook(io.BytesIO(guard.get(f"{there}errors.xlsx").content)).active
    found = [line for line in sheet.iter_rows(min_row=2, values_only=True) if line[0] == 3]
    assert any(line[1] == column and words in line[3] for line in found)
    refused = guard.post(f"{there}apply")
    assert refused.status_code == 422
    assert not Account.objects.filter(username="li.na").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"not a workbook", "不是 XLSX"),
        (b"PK\x03\x04broken", "不是 XLSX"),
        (b"x" * (2 * 2**20 + 1), "超过 2 MB"),
        (book([], ["账号", "姓名"]), "缺少这些列"),
        (book([]), "没有内容"),
        (book([(f"p{k}", "某人", "539901001002", "网格员", "网格员", "") for k in range(1001)]), "超过 1,000 行"),
    ],
    ids=["empty", "text", "broken", "large", "columns", "no-rows", "many-rows"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    client_of: Callable[[str], Client], content: bytes, words: str
) -> None:
    answer = upload(client_of("anquan"), content)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_preview_costs_the_same_for_many_rows(world: World, django_assert_max_num_queries: Queries) -> None:
    rows = [
        Row(k, dict(zip(HEADS, (f"p{k}", "某人", "539901001002", "网格员", "网格员", ""), strict=True)))
        for k in range(300)
    ]
    guard = actor_of(world.account("anquan"))
    with django_assert_max_num_queries(6):
        lines = plan(guard, rows)
    assert {line.outcome for line in lines} == {"opened"}


def test_the_template_is_read_as_a_roster(client_of: Callable[[str], Client]) -> None:
    guard = client_of("anquan")
    made = openpyxl.load_workbook(io.BytesIO(guard.get("/org/accounts/roster/template.xlsx").content))
    assert {"名册", "区划代码", "角色", "说明"} == set(made.sheetnames)
    assert "539901001002" in [cell.value for cell in made["区划代码"]["A"]]
    for at, row in enumerate(GOOD, 2):
        for column, value in enumerate(row, 1):
            made["名册"].cell(at, column, value)
    target = io.BytesIO()
    made.save(target)
    assert upload(guard, target.getvalue()).status_code == 302


def test_another_administrators_import_does_not_exist(world: World, client_of: Callable[[str], Client]) -> None:
    there = upload(client_of("anquan"), book(GOOD))["Location"]
    RosterImport.objects.update(account=world.account("quji"))
    assert client_of("anquan").get(there).status_code == 404
