"""The state table holds together, and whatever is done in whatever order keeps to it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.matters.actions import dispatching, handling, reporting
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.matters.states import OPEN, STEPS, VERBS, State
from linli.matters.views.one import ACTS, allowed
from linli.org.actors import PUBLIC, actor_of
from linli.org.models import Tenure
from linli.org.policies import PERMISSIONS
from linli.org.tests.world import World
from linli.territory.models import Block, Membership


def test_every_verb_names_states_and_permissions_that_there_are() -> None:
    for verb in VERBS.values():
        assert set(verb.before) <= set(State.values)
        assert verb.after in ("", *State.values)
        assert verb.permission in ("", *PERMISSIONS)
        assert verb.clock in ("", "accept", "handle", "verify")
    assert set(STEPS) == set(State.values)
    assert set(ACTS) <= set(VERBS)


def test_every_open_state_has_a_way_on_and_every_state_a_way_in() -> None:
    for state in OPEN:
        assert any(state in verb.before and verb.after not in ("", state) for verb in VERBS.values()), state
    reached = {verb.after for verb in VERBS.values()} | {State.DISPUTED}  # the second return
    assert set(State.values) <= reached


def test_the_closed_ones_move_only_by_reopening() -> None:
    for state in set(State.values) - set(OPEN):
        leaving = {code for code, verb in VERBS.items() if state in verb.before and verb.after}
        assert leaving == ({"reopen"} if state == State.CLOSED else set())


@pytest.fixture
def matter(world: World) -> Matter:
    block = Block(street=world.division("铜源街道"), code="B1")
    block.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    block.save()
    Membership.objects.create(block=block, community=world.division("团结"), valid_from=date(2020, 1, 1))
    return open_matter(PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block)


REPORTERS: dict[str, Callable[..., object]] = {
    "reopen": reporting.reopen, "urge": reporting.urge, "withdraw": reporting.withdraw, "answer": reporting.answer,
}  # fmt: skip
WHO = {"remind": "系统", "succeed": "系统", "join": "居民"}  # whose act it is where no permission says
STEP = st.tuples(st.sampled_from([*ACTS, *REPORTERS]), st.sampled_from(["wangge", "shuji", "jiedao"]))


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, max_size=14))
def test_whatever_is_done_keeps_the_rules(matter: Matter, world: World, steps: list[tuple[str, str]]) -> None:
    one = open_matter(PUBLIC, key=uuid.uuid4(), text="井盖响", block=matter.block)
    seats = {name: Tenure.objects.get(account__username=name).post for name in ("wangge", "shuji", "jiedao")}
    for verb, who in steps:
        actor = actor_of(world.account(who))
        said: dict[str, object] = {"text": "因为"}
        if verb in ("dispatch", "hand_over", "decide"):
            said["to"] = seats["wangge"]
        if verb == "extend":
            said["amount"] = 1
        if verb == "merge":
            said = {"into": matter}
        if verb == "categorise":
            said["category"] = Category.objects.get(code="0201")
        if verb == "split":
            said = {"parts": ["灯", "井盖"]}
        if verb == "call_back":
            said["solved"] = len(steps) % 2 == 0
        may_now = verb in allowed(actor, one, one.division()) if verb in ACTS else one.state in VERBS[verb].before
        before = one.state
        try:
            if verb in ACTS:
                ACTS[verb][1](actor, matter=one, **said)
            else:
                REPORTERS[verb](matter=one, text="因为")
            assert may_now, f"{verb} by {who} from {before} should have been refused"
        except (PermissionDenied, ValidationError):
            one.refresh_from_db()
            assert one.state == before
        one.refresh_from_db()
        if one.state in OPEN:
            assert one.holder is not None, "an open matter is in somebody's hands"
            assert (one.due_at is None) == (one.state == State.WAITING), "its clock runs unless it is on hold"
        else:
            assert one.due_at is None
    states = [event.after for event in one.events.order_by("at", "pk")]
    assert states[0] == State.RECEIVED
    assert states[-1] == one.state, "the history ends where the matter stands"


def test_who_may_not_is_refused_whatever_the_page_shows(matter: Matter, world: World) -> None:
    with pytest.raises(PermissionDenied):
        handling.accept(actor_of(world.account("jumin")), matter=matter)
    with pytest.raises(PermissionDenied):
        dispatching.verify(actor_of(world.account("wangge")), matter=matter)


def test_the_page_on_matters_holds_the_table_as_it_is() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "matters.zh.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("| ")
    ]
    told = {row[0]: row[1:] for row in rows if len(row) == 6 and row[0] != "动作"}
    words = dict(State.choices)
    assert told == {
        str(verb.title): [
            verb.hotline, "、".join(str(words[state]) for state in verb.before),
            str(words[verb.after]) if verb.after else "", verb.permission or WHO.get(code, "反映人"), verb.clock,
        ]
        for code, verb in VERBS.items()
    }  # fmt: skip
