"""Every address × every person × the code and the cache that he gets, and how often the page may ask the database."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from linli.ledger.checkpoints import take
from linli.ledger.recording import record
from linli.org.limits import forget_all
from linli.org.names import keep_fresh
from linli.org.tests.world import PEOPLE, World
from linli.territory.models import Block, Building, Compound, Membership
from linli.web.tests.test_caches import assert_kept

TABLE: dict[str, dict[str, object]] = tomllib.loads((Path(__file__).parent / "urls.toml").read_text(encoding="utf-8"))
PERSONS = ("public", *(person[0] for person in PEOPLE))


def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:  # those without a name lead on to one that has
            yield f"{space}{pattern.name}"


@pytest.fixture
def place(world: World) -> None:
    """One block with one building in 白云, one public act and its checkpoint, so that addresses lead somewhere."""
    forget_all()
    keep_fresh()
    block = Block(street=world.division("铜源街道"), code="B1")
    block.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    block.save()
    Membership.objects.create(block=block, community=world.division("白云"), valid_from=date(2020, 1, 1))
    compound = Compound.objects.create(street=block.street, code="C1", name="白云花园")
    Building.objects.create(
        block=block, compound=compound, code="L1", longitude=103.1005, latitude=26.0805, address="白云花园1幢"
    )
    record(actor="system", verb="web.upgrade", object="site", public=True)
    take()


def test_every_address_stands_in_the_table() -> None:
    found = set(names(get_resolver()))
    missing = sorted(found - set(TABLE))
    assert missing == [], "add to urls.toml:\n" + "\n".join(f'"{name}" = {{ public = 200 }}' for name in missing)
    assert sorted(set(TABLE) - found) == []


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if not row.get("closed")])
def test_everyone_gets_what_he_may(name: str, place: None, world: World, client_of: Callable[[str], Client]) -> None:
    row = TABLE[name]
    arguments = row.get("arguments", [])
    assert isinstance(arguments, list)
    url = reverse(name, args=arguments)
    most = 0
    for person in PERSONS:
        forget_all()  # all of them come from one address
        browser = client_of("" if person == "public" else person)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(url)
        # limits are kept in the database only on PostgreSQL
        most = max(most, sum("linli_limits" not in query["sql"] for query in asked))
        code = answer.status_code
        if answer.streaming:
            list(answer)  # read to its end, as a browser does
        expected = row.get(person, row.get("staff" if person != "public" else "public"))
        assert code == expected, f"{name} for {person}: {code}, expected {expected}"
        kept = bool(row.get("shared")) and person == "public" and code in (200, 301)
        assert_kept(answer, for_everybody=kept)
    assert most <= row.get("queries", 0), f"{name} asks the database up to {most} times: put `queries` in its row"


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.get("closed")])
def test_addresses_that_nobody_needs_are_closed(name: str) -> None:
    row = TABLE[name]
    arguments = row.get("arguments", [])
    assert isinstance(arguments, list)
    answer = Client().get(reverse(name, args=arguments))
    assert answer.status_code == 404
    assert_kept(answer, for_everybody=False)


def test_no_page_takes_a_post_without_its_token(place: None, client_of: Callable[[str], Client]) -> None:
    strict = Client(enforce_csrf_checks=True)
    for name, row in TABLE.items():
        forget_all()
        arguments = row.get("arguments", [])
        assert isinstance(arguments, list)
        answer = strict.post(reverse(name, args=arguments))
        assert answer.status_code in (302, 401, 403, 404, 405), name
        assert_kept(answer, for_everybody=False)
