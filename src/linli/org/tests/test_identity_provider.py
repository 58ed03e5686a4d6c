"""Signing in through the district's identity provider: a small one of our own, which the test serves."""

from __future__ import annotations

import importlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django import conf
from django.test import Client
from django.urls import clear_url_caches

from linli.ledger.models import Entry
from linli.org import sign_in_urls
from linli.org.actions import reset_password
from linli.org.actors import actor_of
from linli.org.models import Account
from linli.org.tests.world import World

SECRET = "a secret of thirty-two bytes or so"


class Answers(BaseHTTPRequestHandler):
    """What an OpenID Connect provider says of the person `who`, whom it has signed in itself."""

    who = "jiedao"
    subject = issuer = ""

    def do_GET(self) -> None:
        """Describe the provider and the person."""
        here = f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[str-bytes-safe]
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer or here, "token_endpoint": f"{here}/token",
                "authorization_endpoint": f"{here}/authorize",
                "userinfo_endpoint": f"{here}/userinfo", "jwks_uri": f"{here}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/userinfo": {"sub": self.subject or f"sub-{self.who}", "preferred_username": self.who, "name": "某人"},
        }  # fmt: skip
        self.say(pages[self.path])

    def do_POST(self) -> None:
        """Give a token for a code."""
        asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        assert asked["client_secret"] == ["geheim"]
        here = f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[str-bytes-safe]
        now = int(time.time())
        claims = {
            "iss": self.issuer or here,
            "aud": "linli",
            "sub": self.subject or f"sub-{self.who}",
            "iat": now,
            "exp": now + 300,
        }
        token = jwt.encode({**claims, "preferred_username": self.who}, SECRET, algorithm="HS256")
        self.say({"access_token": "x", "token_type": "Bearer", "id_token": token})

    def say(self, what: Any) -> None:
        """Answer with JSON."""
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def provider(settings: Any, world: World) -> Iterator[type[Answers]]:
    """A provider that the site knows; its pages are open meanwhile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    app = {
        "provider_id": "qu", "name": "区统一认证", "client_id": "linli", "secret": "geheim",
        "settings": {"server_url": f"http://127.0.0.1:{server.server_address[1]}"},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    _read_addresses_anew()
    yield Answers
    Answers.subject = Answers.issuer = ""
    server.shutdown()
    thread.join()
    server.server_close()
    settings.SOCIALACCOUNT_PROVIDERS = {}
    _read_addresses_anew()


def _read_addresses_anew() -> None:
    importlib.reload(sign_in_urls)
    importlib.reload(importlib.import_module(conf.settings.ROOT_URLCONF))
    clear_url_caches()


def enter(browser: Client) -> Any:
    """Go to the provider and come back as it sends people back."""
    page = browser.get("/accounts/login/").content.decode()
    assert "用区统一认证登录" in page
    away = browser.get("/accounts/oidc/qu/login/?process=login")
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["client_id"] == ["linli"]
    return browser.get("/accounts/oidc/qu/login/callback/", {"code": "abc", "state": asked["state"][0]})


def test_a_known_person_enters_by_his_username(provider: type[Answers], world: World) -> None:
    provider.who = "jiedao"
    browser = Client()
    assert enter(browser).status_code == 302
    assert browser.get("/org/").status_code == 200
    assert Entry.objects.filter(verb="org.sign_in", object=world.account("jiedao").reference).exists()


def inside(who: str, subject: str = "", issuer: str = "") -> str:
    """Whose account somebody enters, whom the provider calls so."""
    Answers.who, Answers.subject, Answers.issuer = who, subject, issuer
    browser = Client()
    enter(browser)
    key = browser.session.get("_auth_user_id")
    return Account.objects.get(pk=key).username if key else ""


def test_an_account_is_bound_to_issuer_and_subject_not_to_a_name(provider: type[Answers], world: World) -> None:
    assert inside("jiedao", "7") == "jiedao"
    assert Entry.objects.filter(verb="org.bind_identity", object=world.account("jiedao").reference).count() == 1
    assert inside("someone-else", "7") == "jiedao", "a new name, the same person"
    assert inside("shuji", "7") == "jiedao", "even where that name is another's here"
    assert inside("jiedao", "8") == "", "the old name, another person"
    assert inside("jiedao", "7", issuer="https://other.example") == "", "the same subject of another issuer"
    reset_password(actor_of(world.account("anquan")), account=world.account("jiedao"))
    assert inside("jiedao", "8") == "jiedao", "an administrator invited to bind anew"
    assert inside("someone-else", "7") == ""


def test_an_unknown_person_gets_no_account(provider: type[Answers]) -> None:
    provider.who = "meiyou"
    count, browser = Account.objects.count(), Client()
    answer = enter(browser)
    assert "_auth_user_id" not in browser.session
    assert Account.objects.count() == count
    assert "安全管理员" in (answer if answer.status_code == 200 else browser.get(answer["Location"])).content.decode()


def test_a_closed_account_stays_out(provider: type[Answers], world: World) -> None:
    provider.who = "jiedao"
    Account.objects.filter(username="jiedao").update(is_active=False)
    browser = Client()
    enter(browser)
    assert "_auth_user_id" not in browser.session


def test_an_answer_that_nobody_asked_for_is_refused(provider: type[Answers]) -> None:
    browser = Client()
    browser.get("/accounts/oidc/qu/login/callback/", {"code": "abc", "state": "forged"})
    assert "_auth_user_id" not in browser.session


def test_without_a_provider_its_pages_do_not_exist(world: World) -> None:
    assert Client().get("/accounts/oidc/qu/login/").status_code == 404
