"""The ledger's pages: what the public reads, what the audit administrator reads, what each person is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from linli.ledger.chain import rows_of, verify
from linli.ledger.recording import record, record_sight
from linli.ledger.words import known_verbs
from linli.org.actors import actor_of
from linli.org.models import Post
from linli.org.tests.world import World

Queries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture
def acts(world: World) -> None:
    clerk = world.account("jiedao").reference
    for k in range(120):
        record(actor=clerk, verb="org.rename_division", object=f"division:{k % 3}", public=k % 2 == 0,
               content={"name": f"第{k}次"})  # fmt: skip
    record_sight(actor=clerk, object=world.account("jumin").reference, fields=["phone"], why="回访")


def test_the_public_sees_public_entries_only_page_by_page(
    acts: None, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    browser = client_of("")
    with django_assert_max_num_queries(8):
        page = browser.get("/ledger/").content.decode()
    assert "第118次" in page
    assert "第119次" not in page
    assert "回访" not in page
    older = browser.get("/ledger/", {"before": page.split("before=")[1].split('"')[0]}).content.decode()
    assert "第18次" in older
    assert "第118次" not in older


def test_the_download_is_the_whole_chain_and_sound(acts: None, client_of: Callable[[str], Client]) -> None:
    answer = client_of("").get("/ledger/public.jsonl")
    text = b"".join(answer).decode()  # type: ignore[arg-type]
    found = verify(rows_of(text.splitlines(), "public.jsonl"))
    assert found.sound
    assert found.entries >= 121
    assert "回访" not in text


def test_the_audit_administrator_filters_by_account_verb_and_object(
    acts: None, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    browser = client_of("shenji")
    with django_assert_max_num_queries(9):
        page = browser.get("/audit", {"account": "jiedao", "object": "division:2"}).content.decode()
    assert "第119次" in page
    assert "经办杨四" in page
    assert "第118次" not in page


def test_nobody_else_reads_the_audit_trail(acts: None, client_of: Callable[[str], Client]) -> None:
    codes = {name: client_of(name).get("/audit").status_code for name in ("", "jiedao", "quji", "xitong", "anquan")}
    assert codes == {"": 302, "jiedao": 404, "quji": 404, "xitong": 404, "anquan": 404}


def test_each_person_is_told_who_looked_at_his_data(acts: None, client_of: Callable[[str], Client]) -> None:
    assert "经办杨四" in client_of("jumin").get("/my/sights").content.decode()
    assert "经办杨四" not in client_of("wangge").get("/my/sights").content.decode().split("<main")[1]


def test_every_act_that_is_recorded_has_words() -> None:
    rooms = Path(__file__).resolve().parents[2]
    acts = re.compile(
        r'record\(\s*"((?:org|web|territory|planning|demo)\.\w+)"|verb="((?:org|web|territory|planning)\.\w+)"'
    )
    found = {
        a or b
        for path in rooms.rglob("*.py")
        if "tests" not in path.parts
        for a, b in acts.findall(path.read_text(encoding="utf-8"))
    }
    assert len(found) > 10
    assert sorted(found - set(known_verbs())) == []


def test_entries_speak_of_things_by_name_and_of_codes_in_words(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    place, post = world.division("白云"), Post.objects.get(title="社区书记")
    for _k in range(30):
        record(actor=world.account("jiedao").reference, verb="org.rename_division", object=place.reference, public=True,
               content={"kind": "split", "to": post.reference, "active": True})  # fmt: skip
    browser = client_of("shenji")
    with django_assert_max_num_queries(9):
        page = browser.get("/audit").content.decode().split("<main")[1]
    assert re.search(f"经办杨四给区划改了名：<a [^>]*>{place.title}</a>。", page)
    assert f"岗位 {post}" in page
    assert "拆分（分设）" in page
    words = re.sub(r"<[^>]+>", " ", page)
    assert not re.search(r"\b[a-z]+:\d+\b|\bsplit\b|\bactive\b|\bTrue\b", words)
    english = client_of("shenji").get("/audit", headers={"accept-language": "en"}).content.decode()
    assert re.search(r"经办杨四 renamed a division: <a [^>]*>[^<]*</a>\.", english)
    public = client_of("").get("/ledger/", {"object": place.reference}).content.decode()
    assert f"只看：区划 {place.title}" in public


def test_a_public_entry_names_the_post_and_nobody(world: World, client_of: Callable[[str], Client]) -> None:
    clerk, place = actor_of(world.account("jiedao")), world.division("白云")
    made = clerk.record("org.rename_division", object=place.reference, permission="org.edit", public=True)
    for url in ("/ledger/", f"/ledger/{made.seq}/"):
        page = client_of("").get(url).content.decode()
        assert f"{Post.objects.get(title='经办')}给区划改了名：" in page
        assert "杨四" not in page


def test_entries_of_a_day_are_found(world: World, client_of: Callable[[str], Client]) -> None:
    record(actor="system", verb="org.rename_division", object="division:1", public=True, content={"name": "今日一条"})
    today = timezone.localdate()
    for day, there in ((today, True), (today - timedelta(days=1), False)):
        assert ("今日一条" in client_of("").get("/ledger/", {"day": day.isoformat()}).content.decode()) is there
        assert ("今日一条" in client_of("shenji").get("/audit", {"day": day.isoformat()}).content.decode()) is there
