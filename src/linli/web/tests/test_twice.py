"""Whatever the public may send, sent twice, leaves what it leaves once."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from linli.ledger.models import Entry
from linli.matters.models import Matter
from linli.org.limits import forget_all
from linli.org.models import Account, SignInFailure
from linli.org.tests.world import PASSWORD, World
from linli.web.tests.test_every_url import TABLE, names

# every address that takes a POST from who is not signed in: what is sent
PUBLIC: dict[str, dict[str, str]] = {
    "choose": {"size": "large", "next": "/"},
    "set_language": {"language": "en", "next": "/"},
    "cases:report": {
        "text": "路灯坏了",
        "kind": "report",
        "asked": "yes",
        "key": "00000000-0000-4000-8000-000000000001",
    },
    "cases:look-up": {"number": "202600000001", "secret": "aaaaaaaa"},
    "cases:lost-code": {"contact": "wang@example.org"},
    "account_login": {"login": "jiedao", "password": PASSWORD},
}


def takes_a_post(name: str) -> bool:
    """Whether the public's POST gets further than the door: to a form, or to what it asks for."""
    arguments: Any = TABLE[name].get("arguments", [])
    answer = Client().post(reverse(name, args=arguments))
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
    return answer.status_code not in (404, 405) and not to_sign_in


def test_these_are_all_that_take_a_post_from_the_public(world: World) -> None:
    found = set()
    for name in names(get_resolver()):
        forget_all()
        if not TABLE[name].get("closed") and not name.startswith("api:") and takes_a_post(name):
            found.add(name)
    assert found - {"account_logout", "account_inactive"} == set(PUBLIC), "add what it sends, and that twice is once"


@pytest.mark.parametrize("name", PUBLIC)
def test_sent_twice_it_is_once(world: World, name: str) -> None:
    forget_all()
    browser = Client()
    told = []
    for _ in range(2):
        answer = browser.post(reverse(name), PUBLIC[name])
        told.append((answer.status_code, answer.get("Location"), Account.objects.count(),
                     SignInFailure.objects.count(), Matter.objects.count()))  # fmt: skip
    assert told[0] == told[1]
    assert Entry.objects.filter(verb="org.sign_in").count() <= 1
