"""No input brings down an address: every parameter, field and part of a path × what nobody thought of × everyone.

Five hundred of them, the same each time: all parameters and parts of paths, all fields at once, some fields alone.
`LINLI_FUZZ=20000` tries so many, and `LINLI_FUZZ_SEED=2` others.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import resolve, reverse

from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.planning.models import Plan
from linli.web import api
from linli.web.actions.issue_token import issue_token
from linli.web.models import SCOPES
from linli.web.tests.browser.pages import PAGES
from linli.web.tests.filled import fill
from linli.web.tests.fuzz.nasty import FILES, LEFT_OUT, TEXTS, TWICE, VALUES, query, segment
from linli.web.tests.fuzz.walking import ASKED, Form, beginnings, name_of, walk
from linli.web.tests.test_every_url import PERSONS, TABLE

TRIED, SEED = int(os.environ.get("LINLI_FUZZ", "500")), int(os.environ.get("LINLI_FUZZ_SEED", "20261201"))
OPENED: set[str] = set()  # the views of which someone opened a page
PLACES = {"code": "539901001001", "longitude": "103.1", "latitude": "26.08"}  # what an operation needs to begin


@dataclass(frozen=True)
class Target:
    """One place of one request, in which anything may stand."""

    person: str
    method: str
    path: str
    view: str
    place: str
    values: Sequence[Any]
    send: Callable[[Client, Any], Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@pytest.fixture
def site(world: World, settings: Any, tmp_path: Path) -> World:
    """A site with some of everything, whose views ask queries that remember what they were asked for."""
    settings.MEDIA_ROOT = tmp_path
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "linli.web.tests.fuzz.walking.Recorder"]
    fill()
    return world


def test_no_input_brings_an_address_down(site: World, client_of: Callable[[str], Client]) -> None:
    people = {person: client_of(person if person != "public" else "") for person in PERSONS}
    OPENED.clear()
    targets = [*_at_pages(people), *_at_the_workbench(), *_at_the_interface(site)]
    jars = {person: dict(client.cookies) for person, client in people.items()}
    down = []
    for person, target, value in _chosen(targets):
        client = people.get(person) or Client(headers={"authorization": person})
        client.cookies.clear()
        client.cookies.update(jars.get(person, {}))
        told = _answer(client, target, value)
        if told:
            down.append(f"{person.split()[0]} {target} {target.place}={value!a:.80}: {told}")
            print(down[-1])  # a long run tells at once
    assert down == [], "\n".join(down)


def _chosen(targets: Sequence[Target]) -> Iterator[tuple[str, Target, Any]]:
    """Return each place of each view in turn, as anyone with any value, until as many are tried as were asked for."""
    dice = random.Random(SEED)
    groups: dict[tuple[str, str, str], list[Target]] = {}
    for target in targets:
        groups.setdefault((target.view, target.method, re.sub(r"\d+", "#", target.place)), []).append(target)
    dice.shuffle(order := list(groups.values()))
    order.sort(key=lambda group: group[0].method == "POST" and group[0].place[0] not in "<*")
    for k in range(TRIED):
        one = dice.choice(order[k % len(order)])
        other = dice.random() < 0.2 and one.person in PERSONS
        yield dice.choice(PERSONS) if other else one.person, one, dice.choice(one.values)


def _answer(client: Client, target: Target, value: Any) -> str:
    """Send it and take back what it did; returns what brought the address down, '' where it answered."""
    forget_all()
    with transaction.atomic():
        try:
            found = target.send(client, value)
            if found.streaming:
                list(found)
            told = f"{found.status_code}" if found.status_code >= 500 else ""
        except Exception as error:
            told = f"{type(error).__name__}: {error}"[:300]
        transaction.set_rollback(True)
    return told


def _at_pages(people: dict[str, Client]) -> Iterator[Target]:
    """Walk through all pages as everyone; then what may be sent to each."""
    found = []
    for person, client in people.items():
        begin = [*PAGES.get(person if person != "public" else "", ()), *beginnings(TABLE)]
        found += [(person, *one) for one in walk(client, begin, OPENED, forget_all)]
    for person, url, page in found:
        path = urlsplit(url).path
        view = name_of(path) or ""
        asked = sorted(ASKED.get((view, "GET"), ()))
        yield from _at_query(person, path, asked, ())
        yield from _in_path(person, "GET", path)
        for form in page.forms:
            if form.post and name_of(form.action):
                yield from _at_form(person, form)
    for name, row in TABLE.items():
        if not row.get("closed") and name not in OPENED:  # no page of this site leads there
            path = reverse(name, args=row.get("arguments", []))
            for person in PERSONS:
                yield from _at_form(person, Form(path, True))
                yield from _in_path(person, "GET", path)


def _at_query(person: str, path: str, keys: Sequence[str], needed: Sequence[tuple[str, str]]) -> Iterator[Target]:
    view = name_of(path) or ""
    for key in keys:
        others = [pair for pair in needed if pair[0] != key]

        def send(client: Client, value: Any, key: str = key, others: Any = others) -> Any:
            return client.generic("GET", f"{path}?{query([*others, *_pairs(key, value)])}")

        yield Target(person, "GET", path, view, key, (*TEXTS, LEFT_OUT, TWICE), send)


def _in_path(person: str, method: str, path: str) -> Iterator[Target]:
    """Put it in the place of what the address leaves open."""
    match = resolve(path)
    for key, value in {**match.kwargs, **dict(enumerate(match.args))}.items():
        parts = path.split("/")
        if str(value) not in parts:
            continue
        at = len(parts) - 1 - parts[::-1].index(str(value))

        def send(client: Client, value: Any, at: int = at, parts: list[str] = parts) -> Any:
            return client.generic(method, "/".join([*parts[:at], segment(value), *parts[at + 1 :]]))

        yield Target(person, method, path, match.view_name, f"<{key}>", [one for one in TEXTS if len(one) < 999], send)


def _at_form(person: str, form: Form) -> Iterator[Target]:
    path = urlsplit(form.action).path
    view = name_of(path) or ""
    asked = ASKED.get((view, "POST"), set())
    names = list(dict.fromkeys([*(name for name, _ in form.pairs), *sorted(asked)]))
    for name in [*names, "*"] if names else ["text"]:
        others = [pair for pair in form.pairs if pair[0] != name]

        def send(client: Client, value: Any, name: str = name, others: Any = others) -> Any:
            pairs = [*others, *_pairs(name, value)] if name != "*" else [p for one in names for p in _pairs(one, value)]
            return client.generic("POST", path, query(pairs), "application/x-www-form-urlencoded")

        yield Target(person, "POST", path, view, name, (*TEXTS, LEFT_OUT, TWICE), send)
    for name in form.files:

        def post(client: Client, value: tuple[str, bytes], name: str = name) -> Any:
            file = SimpleUploadedFile("x", value[1])
            file._name = value[0]  # type: ignore[attr-defined]
            return client.post(path, {**dict(form.pairs), name: file})

        yield Target(person, "POST", path, view, name, FILES, post)
    yield from _in_path(person, "POST", path)


def _pairs(key: str, value: str) -> list[tuple[str, str]]:
    return {LEFT_OUT: [], TWICE: [(key, "1"), (key, "2")]}.get(value, [(key, value)])


def _at_the_workbench() -> Iterator[Target]:
    """The two addresses that take a drawing: each value, and what its lists hold, put in the place of another."""
    plan = Plan.objects.order_by("number")[0]
    drawn: dict[str, Any] = {
        "verb": "repair", "label": [plan.labels[code] for code in sorted(plan.labels)], "names": plan.names,
        "locked": [0], "why": "试验", "branch": plan.branch, "over": 1,
    }  # fmt: skip
    for view in ("planning:work", "planning:save"):
        path = reverse(view, args=[plan.project_id, plan.number])
        for key in (*drawn, ""):
            for first in (False, True) if isinstance(drawn.get(key), list) else (False,):

                def send(client: Client, value: Any, key: str = key, first: bool = first, path: str = path) -> Any:
                    put = [value, *drawn[key][1:]] if first else value
                    body = {**drawn, key: put} if key else put
                    return client.generic("POST", path, json.dumps(body), "application/json")

                yield Target("jiedao", "POST", path, view, f"{key or '*'}{'[0]' * first}", VALUES, send)


def _at_the_interface(site: World) -> Iterator[Target]:
    """Every operation of the interface for programs, with the clerk's token."""
    clerk = actor_of(site.account("jiedao"))
    secret = issue_token(clerk, name="试验", scopes=[one for one in SCOPES if clerk.may(one)], days=1)[1]
    person, schema = f"Bearer {secret}", api.schema()
    for address, methods in schema["paths"].items():
        for method, operation in methods.items():
            said = operation.get("parameters", ())
            path = address.format(**{one["name"]: PLACES.get(one["name"], "1") for one in said})
            keys = [one["name"] for one in said if one["in"] == "query"]
            needed = [(key, PLACES[key]) for key in keys if key in PLACES]
            if "requestBody" in operation:
                body = next(iter(operation["requestBody"]["content"].values()))["schema"]
                body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]] if "$ref" in body else body
                names = body["properties"]
                yield from _at_form(person, Form(path, True, [(name, "1") for name in names], ["file"]))
            elif method == "get":
                yield from _at_query(person, path, keys, needed)
            yield from _in_path(person, method.upper(), path)
