"""The pages of the interface: what it offers, and tokens issued, shown once and revoked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from linli.org.actors import Actor, actor_of
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.web.actions.issue_token import issue_token
from linli.web.models import Token
from linli.web.tests.test_api import get

Clients = Callable[[str], Client]
FORM = {"name": "户数同步", "scopes": ["territory.view"], "days": "30"}


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


def test_the_description_names_every_operation_and_error(world: World, client_of: Clients) -> None:
    page = client_of("").get("/api/").content.decode()
    assert "/api/v1/blocks/{id}" in page
    assert 'id="too-often"' in page
    assert "我的接口令牌" not in page
    assert ("地块列表" in page, "List blocks" in page) == (True, False)
    english = client_of("").get("/api/", headers={"Accept-Language": "en"}).content.decode()
    assert ("地块列表" in english, "List blocks" in english) == (False, True)


def test_a_token_is_shown_once_and_works(world: World, client_of: Clients) -> None:
    forget_all()
    browser = client_of("jiedao")
    form = {**FORM, "key": str(uuid.uuid4())}
    response = browser.post("/api/tokens/", form)
    assert "no-store" in response.headers["Cache-Control"]
    found = re.search(r"<code>(linli_[\w-]{43})</code>", response.content.decode())
    assert found
    get(Client(headers={"Authorization": f"Bearer {found[1]}"}), "blocks")
    again = browser.post("/api/tokens/", form).content.decode()
    assert "已经签发过" in again
    assert found[1] not in again
    assert found[1] not in browser.get("/api/tokens/").content.decode()
    assert Token.objects.count() == 1


def test_only_scopes_that_one_holds_are_offered(world: World, client_of: Clients) -> None:
    assert "territory.import" in client_of("jiedao").get("/api/tokens/").content.decode()
    assert "territory.import" not in client_of("wangge").get("/api/tokens/").content.decode()
    refused = client_of("wangge").post("/api/tokens/", {**FORM, "scopes": ["territory.import"], "key": uuid.uuid4()})
    assert refused.status_code == 422
    assert not Token.objects.exists()


def test_one_revokes_ones_own_tokens_only(world: World, client_of: Clients, clerk: Actor) -> None:
    token, _ = issue_token(clerk, name="户数同步", scopes=[], days=30)
    assert client_of("quji").post(f"/api/tokens/{token.pk}/revoke").status_code == 404
    assert client_of("jiedao").post(f"/api/tokens/{token.pk}/revoke").url == "/api/tokens/"
    assert not Token.objects.working().exists()
    assert "已撤销" in client_of("jiedao").get("/api/tokens/").content.decode()


@pytest.mark.parametrize("address", ["/api/tokens/", "/api/tokens/1/revoke"])
def test_the_public_signs_in_first(world: World, client_of: Clients, address: str) -> None:
    response = client_of("").post(address)
    assert response.status_code == 302
    assert "/accounts/login/" in response.url


def test_the_list_of_tokens_costs_the_same_however_long(
    world: World, client_of: Clients, clerk: Actor, django_assert_num_queries: Any
) -> None:
    browser = client_of("jiedao")
    browser.get("/api/tokens/")
    for number in (1, 5):
        for _ in range(number):
            issue_token(clerk, name="户数同步", scopes=[], days=30)
        with django_assert_num_queries(4):  # session, account, posts, tokens
            browser.get("/api/tokens/")
