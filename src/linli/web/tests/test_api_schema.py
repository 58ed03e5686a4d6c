"""The description of the interface: kept in the documents, and true for whatever a program may send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings

from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.tests.world import BEGAN, World
from linli.territory.models import Building, Count, Facility, Membership
from linli.territory.tests.ground import blocks_in
from linli.web import api
from linli.web.actions.issue_token import issue_token
from linli.web.models import SCOPES
from linli.web.wsgi import application

KEPT = Path(__file__).resolve().parents[4] / "docs" / "api" / "openapi.json"
described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
tries = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def ground(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world with some of everything, no limit that would hide the answers, one connection all along."""
    forget_all()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    monkeypatch.setattr(api, "MOST_PUBLIC", 100_000)
    monkeypatch.setattr(api, "MOST_OF_TOKEN", 100_000)
    for block in blocks_in(world.division("铜源街道"), 2):
        Membership.objects.create(block=block, community=world.division("团结"), valid_from=BEGAN)
        place = {"longitude": block.west, "latitude": block.south}
        Building.objects.create(block=block, code="1", **place)
        Facility.objects.create(block=block, street=block.street, code=block.code, kind="诊所", name="诊所", **place)
        Count.objects.create(block=block, definition="dwellings", value=100, source="测绘", as_of=BEGAN)
    yield world
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def secret(ground: World) -> str:
    """The secret of the street clerk's token with all scopes that she holds."""
    clerk = actor_of(ground.account("jiedao"))
    held = [scope for scope in SCOPES if clerk.may(scope)]
    return issue_token(clerk, name="测试", scopes=held, days=1)[1]


def test_the_description_in_the_documents_is_the_one_that_is_served() -> None:
    assert json.loads(KEPT.read_text(encoding="utf-8")) == api.schema(), (
        "write it anew: python -m linli.web.api_document > docs/api/openapi.json"
    )


@described.parametrize()
@tries
def test_answers_to_the_public_are_as_described(case: Any, ground: World) -> None:
    case.call_and_validate()


@described.parametrize()
@tries
def test_answers_to_a_clerks_token_are_as_described(case: Any, secret: str) -> None:
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"})
