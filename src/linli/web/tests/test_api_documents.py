"""The documents of the interface hold true: their requests are answered, their limits and errors are the real ones."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.models import Account
from linli.org.tests.world import BEGAN, World
from linli.territory.models import Count, Membership
from linli.territory.tests.ground import blocks_in
from linli.web import api, api_problems
from linli.web.actions.issue_token import issue_token
from linli.web.models import SCOPES

DOCUMENTS = Path(__file__).resolve().parents[4] / "docs"
PAGES = ("api.md", "api.zh.md")


def requests_of(page: str) -> list[str]:
    return re.findall(r"^\$ (curl .*)$", (DOCUMENTS / page).read_text(encoding="utf-8"), re.MULTILINE)


def answer(command: str, values: dict[str, str]) -> Any:
    """Do what a line with curl says, in this process."""
    words = shlex.split(Template(command).substitute(values))[1:]
    headers, form, method, address = {}, {}, "GET", ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-F":
            name, _, value = words.pop(0).partition("=")
            form[name] = SimpleUploadedFile(value[1:], values["file"].encode()) if value[0] == "@" else value
        elif word == "-X":
            method = words.pop(0)
        else:
            address = word
    client = Client(headers=headers)
    return client.post(address, form) if form or method == "POST" else client.get(address)


@pytest.mark.parametrize("page", PAGES)
def test_every_request_of_a_document_is_answered(world: World, page: str) -> None:
    forget_all()
    for block in blocks_in(world.division("铜源街道"), 2):
        Membership.objects.create(block=block, community=world.division("团结"), valid_from=BEGAN)
        Count.objects.create(block=block, definition="dwellings", value=100, source="测绘", as_of=BEGAN)
    token = issue_token(actor_of(world.account("jiedao")), name="测试", scopes=SCOPES, days=1)[1]
    values = {"SITE": "", "TOKEN": token, "ID": "", "file": "地块,房屋套数\nB001,120\n"}
    for command in requests_of(page):
        response = answer(command, values)
        assert response.status_code in (200, 201), f"{command}\n{response.content.decode()}"
        told = response.json()
        assert told.get("items", True) or "problems" in command, f"{command} answers with nothing"
        if response.status_code == 201:
            values["ID"] = str(told["id"])
        if command.endswith('/apply"'):
            assert told["state"] == "applied"
            values["applied"] = "yes"
    assert values["applied"] == "yes"
    assert Account.objects.filter(tokens__isnull=False).count() == 1


def test_both_languages_show_the_same_requests() -> None:
    assert requests_of("api.md") == requests_of("api.zh.md")
    assert len(requests_of("api.md")) >= 10


@pytest.mark.parametrize(("page", "language"), [("api.md", "en"), ("api.zh.md", "zh-hans")])
def test_limits_scopes_and_the_error_are_the_real_ones(page: str, language: str) -> None:
    text = (DOCUMENTS / page).read_text(encoding="utf-8")
    assert re.search(rf"(?<!\d){api.MOST_PUBLIC}( requests|次)", text)
    assert re.search(rf"{api.MOST_OF_TOKEN}( requests|次)", text)
    assert all(f"`{scope}`" in text for scope in SCOPES)
    with translation.override(language):
        handled = api.HANDLERS[api.MissingScope](None, api.MissingScope("territory.view"))  # type: ignore[arg-type]
        shown = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert shown
    assert json.loads(shown[1]) == json.loads(handled.content)
    assert all(str(kind.status) in text for kind in api_problems.KINDS if kind.code not in ("unreadable", "method"))
