"""The interface for programs: who gets in, how often, and what an error looks like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.models import Account, Tenure
from linli.org.tests.world import World
from linli.web import api
from linli.web.actions.issue_token import issue_token

TITLES = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def _full_allowance(db: None) -> None:
    forget_all()


def program_of(world: World, username: str, *scopes: str) -> Client:
    """A client with a token of someone in the world."""
    secret = issue_token(actor_of(world.account(username)), name="测试", scopes=scopes, days=1)[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


def get(client: Client, address: str, status: int = 200, **headers: str) -> Any:
    """Ask, expect a status and a form of answer."""
    response = client.get(f"/api/v1/{address}", headers=headers or None)
    assert response.status_code == status, response.content.decode()
    form = "application/json" if status < 400 else "application/problem+json"
    assert response.headers["Content-Type"].split(";")[0] == form
    return response.json()


@contextmanager
def queries(number: int) -> Iterator[None]:
    """Expect so many queries, not counting those of limits, which are elsewhere on SQLite."""
    with CaptureQueriesContext(connection) as asked:
        yield
    found = [query["sql"] for query in asked.captured_queries if "linli_limits" not in query["sql"]]
    assert len(found) == number, "\n".join(found)


def names(told: Any) -> list[str]:
    return [item["name"] for item in told["items"]]


def test_divisions_are_public_and_come_in_pages(world: World) -> None:
    first = get(Client(), "divisions?limit=5")
    second = get(Client(), f"divisions?limit=5&after={first['next']}")
    assert len(first["items"]) == 5
    assert second["next"] is None
    assert [*names(first), *names(second)] == [
        "云川区",
        "铜源街道",
        "兴铜街道",
        "团结",
        "白云",
        "京铜",
        "东门",
        "团结第一网格",
    ]


def test_divisions_are_found_by_kind_parent_and_day(world: World) -> None:
    assert names(get(Client(), "divisions?kind=community&parent=539901002000")) == ["东门"]
    assert names(get(Client(), "divisions?on=2019-12-31")) == []


def test_one_division_tells_the_history_of_its_names(world: World) -> None:
    told = get(Client(), "divisions/539901001001")
    assert (told["title"], told["parent"], told["names"][0]["name"]) == ("团结社区", "539901001000", "团结")


def test_a_division_in_preparation_shows_in_its_area_only(world: World) -> None:
    division = world.division("东门")
    division.status = "preparing"
    division.save()
    get(Client(), "divisions/539901002001", 404)
    get(program_of(world, "jiedao", "org.view"), "divisions/539901002001", 404)
    get(program_of(world, "quji", "org.view"), "divisions/539901002001")


def test_posts_need_a_token_and_its_scope(world: World) -> None:
    get(Client(), "posts", 401)
    told = get(program_of(world, "jiedao"), "posts", 403)
    assert told["scope"] == "org.view"
    assert "org.view" in told["detail"]


def test_posts_end_at_the_edge_of_the_area_and_tell_no_names(world: World) -> None:
    told = get(program_of(world, "jiedao", "org.view"), "posts")
    assert {post["division"] for post in told["items"]} == {"539901001000", "539901001001", "539901001001001"}
    assert {post["holders"] for post in told["items"]} == {None}
    assert all(post["held"] for post in told["items"])
    assert not get(program_of(world, "jiedao", "org.view"), "posts?division=539901002001")["items"]


def test_holders_are_masked_where_the_token_may_see_people(world: World) -> None:
    told = get(program_of(world, "shuji", "org.view", "org.people"), "posts?division=539901001001")
    assert [post["holders"] for post in told["items"]] == [["网****"], ["书***"]]


def test_a_session_is_no_key(world: World) -> None:
    browser = Client()
    browser.force_login(world.account("quji"))
    get(browser, "posts", 401)


@pytest.mark.parametrize("header", ["Bearer linli_no", "Bearer ", "Basic YTpi", "nonsense"])
def test_a_wrong_key_is_refused_even_where_none_is_needed(world: World, header: str) -> None:
    response = Client().get("/api/v1/divisions", headers={"Authorization": header})
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_leaving_the_post_takes_the_scope_with_it(world: World) -> None:
    program = program_of(world, "jiedao", "org.view")
    get(program, "posts")
    Tenure.objects.filter(account=Account.objects.get(username="jiedao")).update(ends_at=timezone.now())
    get(program, "posts", 403)


def test_asking_too_often_is_told_with_the_time_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MOST_PUBLIC", 2)
    monkeypatch.setattr(api, "MOST_OF_TOKEN", 1)
    program = program_of(world, "jiedao", "org.view")
    get(program, "divisions")
    get(program, "divisions", 429)
    get(Client(), "divisions")
    get(Client(), "divisions")
    response = Client().get("/api/v1/divisions")
    assert response.status_code == 429
    assert 1 <= int(response.headers["Retry-After"]) <= 30


def test_errors_are_told_in_the_language_of_the_one_who_asks(world: World) -> None:
    chinese = get(Client(), "divisions?limit=0&on=gestern", 422)
    english = get(Client(), "divisions?limit=0&on=gestern", 422, **TITLES)
    assert chinese["title"] == "参数不对"
    assert chinese["errors"] == [
        {"field": "limit", "message": "太小"},
        {"field": "on", "message": "应是日期，如2026-01-31"},
    ]
    assert english["title"] == "Wrong parameters"
    assert english["type"] == "/api/#malformed"


def test_a_misspelt_filter_is_refused(world: World) -> None:
    told = get(Client(), "divisions?knid=street", 422)
    assert told["errors"] == [{"field": "knid", "message": "没有这个参数"}]
    get(program_of(world, "jiedao"), "divisions/539901001001?names=1", 422)


def test_an_unknown_address_and_a_wrong_method_have_the_form_of_an_error(world: World) -> None:
    get(Client(), "no/such", 404)
    response = Client().post("/api/v1/divisions")
    assert (response.status_code, response.headers["Allow"], response.json()["status"]) == (405, "GET", 405)


@pytest.mark.parametrize("address", ["divisions?limit=1", "divisions?limit=200"])
def test_a_page_costs_the_same_however_long(world: World, address: str) -> None:
    with queries(1):
        get(Client(), address)


@pytest.mark.parametrize("limit", [1, 200])
def test_a_page_of_posts_takes_four_queries(world: World, limit: int) -> None:
    program = program_of(world, "quji", "org.view", "org.people")
    get(program, "posts")
    with queries(4):
        get(program, f"posts?limit={limit}")
