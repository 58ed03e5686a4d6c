"""What may be kept: files named by their content for ever, personal pages nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client

from linli.org.tests.world import World
from linli.web.templatetags.linli import asset


def test_a_built_file_may_be_kept_for_ever() -> None:
    address = re.findall(r'(?:href|src)="([^"]+)"', str(asset("main.ts")))
    assert len(address) >= 2
    assert all(re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, one) for one in address)
    assert not re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, "/static/linli.svg")


def assert_kept(answer: Any, *, for_everybody: bool) -> None:
    """Whether a cache between may keep an answer; one that is everybody's differs by language and cookies alone."""
    said = answer.headers.get("Cache-Control", "")
    if for_everybody:
        assert "public" in said
        assert {"Accept-Language", "Cookie"} <= {one.strip() for one in answer.headers["Vary"].split(",")}
        assert not answer.cookies
    else:
        assert said == "private, no-store"
        assert "Expires" not in answer.headers


def test_a_page_for_everybody_is_kept_for_nobody_who_is_signed_in(client_of: Callable[[str], Client]) -> None:
    for page in ("/report/public/", "/planning/public/", "/report/ground.json", "/robots.txt"):
        assert_kept(client_of("").get(page), for_everybody=True)
        assert_kept(client_of("jiedao").get(page), for_everybody=False)
        assert_kept(Client().get(page, headers={"Authorization": "Bearer x"}), for_everybody=False)


def test_an_answer_that_sets_a_cookie_is_one_visitors_own(client_of: Callable[[str], Client]) -> None:
    browser = client_of("jiedao")
    browser.post("/accounts/logout/")  # leaves a word for the next page
    browser.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    assert_kept(browser.get("/report/public/"), for_everybody=False)
    assert_kept(browser.get("/report/public/"), for_everybody=True)
    assert_kept(browser.post("/look", {"size": "large", "next": "/report/public/"}), for_everybody=False)


def test_errors_and_what_holds_a_code_are_kept_nowhere(world: World) -> None:
    for page in ("/nothing", "/static/nothing.css", "/report/202600000001/aaaaaaaa/", "/report/", "/where/?q=1",
                 "/api/v1/divisions", "/api/v1/posts", "/readyz"):  # fmt: skip
        assert_kept(Client().get(page), for_everybody=False)
    assert_kept(Client().get("/", headers={"Host": "elsewhere.example"}), for_everybody=False)
    assert_kept(Client().get("/report/public"), for_everybody=False)  # a redirect that may change


def test_public_pages_carry_no_session(world: World) -> None:
    for page in ("/", "/where/", "/ledger/"):
        assert settings.SESSION_COOKIE_NAME not in Client().get(page).cookies


def test_crawlers_may_read_what_residents_read_and_nothing_else(world: World) -> None:
    said = Client().get("/robots.txt").content.decode()
    assert "Disallow: /\n" in said
    assert "Allow: /where/$" in said
    assert Client().get("/favicon.ico")["Location"].endswith("linli.svg")
