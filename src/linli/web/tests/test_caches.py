"""What may be kept: files named by their content for ever, personal pages nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.test import Client

from linli.org.tests.world import World
from linli.web.templatetags.linli import asset


def test_a_built_file_may_be_kept_for_ever() -> None:
    address = re.findall(r'(?:href|src)="([^"]+)"', str(asset("main.ts")))
    assert len(address) >= 2
    assert all(re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, one) for one in address)
    assert not re.search(settings.WHITENOISE_IMMUTABLE_FILE_TEST, "/static/linli.svg")


def test_pages_of_someone_signed_in_stay_in_nobodys_cache(client_of: Callable[[str], Client]) -> None:
    for page in ("/", "/my/", "/org/", "/planning/diagnosis/"):
        assert "no-store" in client_of("jiedao").get(page)["Cache-Control"], page


def test_public_pages_carry_no_session(world: World) -> None:
    for page in ("/", "/where/", "/ledger/"):
        answer = Client().get(page)
        assert settings.SESSION_COOKIE_NAME not in answer.cookies
        assert "Cache-Control" not in answer


def test_crawlers_may_read_what_residents_read_and_nothing_else(world: World) -> None:
    said = Client().get("/robots.txt").content.decode()
    assert "Disallow: /\n" in said
    assert "Allow: /where/$" in said
    assert Client().get("/favicon.ico")["Location"].endswith("linli.svg")
