"""Signing in: our own pages, lock-out, what is closed, what the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from linli.ledger.models import Entry
from linli.org.limits import forget_all
from linli.org.tests.world import PASSWORD, World


@pytest.fixture(autouse=True)
def _fresh_limits(world: World) -> None:
    forget_all()


def sign_in(browser: Client, password: str, username: str = "jiedao") -> int:
    return browser.post(reverse("account_login"), {"login": username, "password": password}).status_code


def test_the_page_is_in_our_own_look(client_of: Callable[[str], Client]) -> None:
    page = client_of("").get(reverse("account_login")).content.decode()
    assert '<main id="main"' in page
    assert "安全管理员" in page
    assert reverse("account_signup") not in page


def test_the_right_password_opens_and_is_recorded(world: World) -> None:
    browser = Client()
    assert sign_in(browser, PASSWORD) == 302
    entry = Entry.objects.filter(verb="org.sign_in").order_by("-seq").first()
    assert entry is not None
    assert entry.object == world.account("jiedao").reference


def test_five_failures_lock_the_account_even_for_the_right_password(world: World) -> None:
    browser = Client()
    for _ in range(5):
        assert sign_in(browser, "bu-shi-zhe-ge") == 200
    assert sign_in(browser, PASSWORD) == 200
    assert Entry.objects.filter(verb="org.sign_in_locked").exists()


def test_nobody_learns_whether_an_account_exists(world: World) -> None:
    pages = [
        Client().post(reverse("account_login"), {"login": name, "password": "bu-shi-zhe-ge"}).content.decode()
        for name in ("jiedao", "meiyou")
    ]
    assert all("账号或密码不正确" in page for page in pages)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_pages_that_nobody_needs_are_closed(name: str, client_of: Callable[[str], Client]) -> None:
    assert client_of("").get(reverse(name)).status_code == 404
    assert client_of("jiedao").get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", ["account_logout", "account_change_password", "mfa_index"])
def test_the_pages_of_an_account_open_in_our_look(name: str, client_of: Callable[[str], Client]) -> None:
    answer = client_of("jiedao").get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert '<main id="main"' in answer.content.decode()
