"""What the site says of itself: in both languages, with what is set, and never out of date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from linli.matters.retention import table
from linli.org.tests.world import World
from linli.web.operator import Operator


def test_how_long_things_are_kept_is_what_the_table_says(world: World, settings: Any) -> None:
    settings.OPERATOR = Operator(name="云川区民政局", contact="0870-0000000")
    page = Client().get("/privacy/").content.decode()
    for rule in ("contact", "photos", "text"):
        assert f"办结后{table()[rule]['after']}天" in page
    assert "云川区民政局" in page
    assert "0870-0000000" in page
    english = Client().get("/privacy/", headers={"Accept-Language": "en"}).content.decode()
    assert f"{table()['contact']['after']} days after it is closed" in english


def test_the_accessibility_page_names_what_does_not_work(world: World) -> None:
    page = Client().get("/accessibility/").content.decode()
    assert "还做不到的" in page
    assert "尚未填写" in page
    assert 'href="/privacy/"' in page
    assert 'href="/accessibility/"' in Client().get("/").content.decode()


def test_the_security_text_ends_in_the_future_by_itself(world: World, settings: Any) -> None:
    settings.LINLI_SECURITY_CONTACT = "mailto:security@example.org"
    said = dict(line.split(": ", 1) for line in Client().get("/.well-known/security.txt").content.decode().splitlines())
    ends = datetime.strptime(said["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=100) < ends - timezone.now() < timedelta(days=365)
    assert said["Contact"] == "mailto:security@example.org"
    assert said["Canonical"].endswith("/.well-known/security.txt")
    settings.LINLI_SECURITY_CONTACT = ""
    assert "Contact: http://testserver/privacy/" in Client().get("/.well-known/security.txt").content.decode()
