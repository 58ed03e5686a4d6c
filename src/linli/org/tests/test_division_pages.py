"""The pages of divisions and posts: the tree, the acts, and rights that end in the minute of leaving."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org import actions
from linli.org.actors import actor_of
from linli.org.models import Division, DivisionName, Post, Tenure
from linli.org.tests.world import World

Queries = Callable[[int], AbstractContextManager[object]]
HERE = "/org/539901001002/"


def test_the_tree_shows_ones_own_area_and_nothing_else(
    client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    browser = client_of("jiedao")
    browser.get("/")  # the first request of a day brings names up to date
    with django_assert_max_num_queries(9):
        page = browser.get("/org/").content.decode()
    places = [page.index(name) for name in ("铜源街道", "团结社区", "团结第一网格", "白云社区", "京铜社区")]
    assert places == sorted(places)
    assert "东门" not in page


def test_sixty_divisions_cost_no_more_queries_than_eight(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    clerk = actor_of(world.account("jiedao"))
    for number in range(60):
        actions.found_division(
            clerk, name=f"第{number}网格", kind="grid", parent=world.division("白云"), valid_from=date(2026, 1, 1)
        )
    browser = client_of("jiedao")
    browser.get("/")
    with django_assert_max_num_queries(9):
        assert browser.get("/org/").status_code == 200
    with django_assert_max_num_queries(16):
        assert browser.get(HERE).status_code == 200


def test_a_clerk_founds_a_community_with_a_temporary_code_and_gives_it_its_own(
    world: World, client_of: Callable[[str], Client]
) -> None:
    browser = client_of("jiedao")
    street = "/org/539901001000/"
    answer = browser.post(
        f"{street}found",
        {"name": "新桥", "status": "preparing", "valid_from": "2026-03-01", "basis": "云川政发〔2026〕1号"},
    )
    assert answer.status_code == 302
    made = Division.objects.get(name="新桥")
    assert made.temporary
    assert "筹备" in browser.get(f"/org/{made.code}/").content.decode()
    old = made.code
    answer = browser.post(f"/org/{made.code}/assign-code", {"code": "539901001009", "from_day": "2026-04-01"})
    assert answer["Location"] == "/org/539901001009/"
    assert "新桥社区" in browser.get(f"/org/{old}/").content.decode(), "a former code still leads there"
    assert browser.post("/org/539901001009/change-status", {"status": "formal"}).status_code == 302
    verbs = Entry.objects.filter(object=made.reference).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["org.found_division", "org.assign_code", "org.change_status"]


def test_a_name_of_tomorrow_shows_tomorrow(world: World, client_of: Callable[[str], Client]) -> None:
    browser, tomorrow = client_of("jiedao"), timezone.localdate() + timedelta(days=1)
    assert browser.post(f"{HERE}rename", {"name": "白云里", "from_day": tomorrow.isoformat()}).status_code == 302
    assert "白云里社区" not in browser.get("/org/").content.decode()
    assert "白云里社区" in browser.get(f"/org/?day={tomorrow}").content.decode()


def test_a_division_that_ends_leaves_the_list_of_that_day(world: World, client_of: Callable[[str], Client]) -> None:
    browser, tomorrow = client_of("jiedao"), timezone.localdate() + timedelta(days=1)
    assert browser.post(f"{HERE}abolish", {"day": tomorrow.isoformat()}).status_code == 302
    assert "白云社区" in browser.get("/org/").content.decode()
    assert "白云社区" not in browser.get(f"/org/?day={tomorrow}").content.decode()
    assert browser.get(f"{HERE}rename").status_code == 404, "what has an end is not renamed"


@pytest.mark.parametrize(
    ("act", "values", "words"),
    [
        ("rename", {"name": "团结", "from_day": "2026-05-01"}, "已有“团结”"),
        ("rename", {"name": "", "from_day": "2026-05-01"}, "这个字段是必填项"),
        ("assign-code", {"code": "123", "from_day": "2026-05-01"}, "不合规则"),
        ("found", {"name": "甲", "status": "formal", "valid_from": "1990-01-01"}, "上级在这一天不存在"),
        ("create-post", {"role": "999", "title": "书记", "valid_from": "2026-05-01"}, "选择"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    client_of: Callable[[str], Client], act: str, values: dict[str, str], words: str
) -> None:
    answer = client_of("jiedao").post(HERE + act, values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert all(f'value="{value}"' in page for name, value in values.items() if value and name in ("name", "code"))


def test_another_street_does_not_exist(client_of: Callable[[str], Client]) -> None:
    browser = client_of("jiedao")
    assert browser.get("/org/539901002001/").status_code == 404
    assert browser.post("/org/539901002001/rename", {"name": "甲", "from_day": "2026-05-01"}).status_code == 404


def test_leaving_takes_the_rights_in_the_same_minute(world: World, client_of: Callable[[str], Client]) -> None:
    clerk, guard = client_of("jiedao"), client_of("anquan")
    post = Post.objects.get(title="经办")
    assert clerk.get("/planning/diagnosis/").status_code == 200
    assert guard.post(f"/org/posts/{post.pk}/leave", {"ends_at": ""}).status_code == 302
    assert clerk.get("/planning/diagnosis/").status_code == 404
    page = guard.get(f"/org/posts/{post.pk}/").content.decode()
    assert "已离岗" in page
    assert "经办杨四" not in page, "names are masked"


def test_a_seat_is_given_from_a_minute_and_not_twice(world: World, client_of: Callable[[str], Client]) -> None:
    guard = client_of("anquan")
    post = actions.create_post(
        actor_of(world.account("anquan")), division=world.division("白云"),
        role=Post.objects.get(title="社区书记").role, title="社区书记", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert guard.post(f"/org/posts/{post.pk}/appoint", {"account": "meiyou"}).status_code == 422
    later = (timezone.localtime() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert guard.post(f"/org/posts/{post.pk}/appoint", {"account": "jumin", "starts_at": later}).status_code == 302
    assert client_of("jumin").get("/planning/diagnosis/").status_code == 404, "not before the hour"
    taken = guard.post(f"/org/posts/{post.pk}/appoint", {"account": "wangge", "starts_at": later})
    assert "已有人" in taken.content.decode()
    assert Tenure.objects.filter(post=post).count() == 1


def test_a_successor_sits_from_the_minute_the_holder_leaves(world: World, client_of: Callable[[str], Client]) -> None:
    guard, post = client_of("anquan"), Post.objects.get(title="经办")
    assert guard.post(f"/org/posts/{post.pk}/hand-over", {"successor": "jumin"}).status_code == 302
    assert client_of("jumin").get("/planning/diagnosis/").status_code == 200
    assert client_of("jiedao").get("/planning/diagnosis/").status_code == 404
    first, second = Tenure.objects.filter(post=post).order_by("starts_at")
    assert first.ends_at == second.starts_at


def test_nobody_appoints_himself_nor_joins_two_administrations(
    world: World, client_of: Callable[[str], Client]
) -> None:
    guard = client_of("anquan")
    audit = Post.objects.get(title="审计管理员")
    guard.post(f"/org/posts/{audit.pk}/leave", {"ends_at": ""})
    for username, words in (("anquan", "不能任命自己"), ("xitong", "三员分立")):
        answer = guard.post(f"/org/posts/{audit.pk}/appoint", {"account": username})
        assert words in answer.content.decode()


def test_english_pages_speak_english(world: World, client_of: Callable[[str], Client]) -> None:
    DivisionName.objects.filter(name="白云").update(name_en="Baiyun Community")
    browser = client_of("jiedao")
    browser.cookies["django_language"] = "en"
    page = browser.get("/org/").content.decode()
    assert "Baiyun Community" in page
    assert "团结 (Community)" in page
