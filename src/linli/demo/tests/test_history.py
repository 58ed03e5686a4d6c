"""A year of cases: every step follows the state table, and the shares are those that were asked for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
import shapely

from linli.demo.case_texts import ROADS, released, sentence, topics
from linli.demo.duties import DUTIES, fill_duties
from linli.demo.history import ON_TIME, SOURCES, fill_history
from linli.matters.models import Category, Event, Matter, Rating
from linli.matters.states import OPEN, VERBS, State
from linli.org.actors import actor_of
from linli.org.tests.world import World
from linli.territory.models import Block, Building, Membership

NOW = datetime(2026, 11, 27, 6, 0, tzinfo=UTC)
NUMBER = 1200


@pytest.fixture
def year(world: World) -> list[Matter]:
    street = world.division("铜源街道")
    for k in range(4):
        block = Block(street=street, code=f"B{k}")
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.081)
        block.save()
        Membership.objects.create(block=block, community=world.division("团结"), valid_from=date(2020, 1, 1))
        Building.objects.create(
            block=block, code=f"L{k}", number=f"{k + 1}幢", road="矿工路", longitude=103.1, latitude=26
        )
    assert fill_duties(actor_of(world.account("quji")), street) == len(DUTIES)
    assert fill_history(NUMBER, seed=3, now=NOW) == NUMBER
    return list(Matter.objects.prefetch_related("events").order_by("pk"))


def test_every_step_follows_the_table_and_ends_where_the_matter_stands(year: list[Matter]) -> None:
    for matter in year:
        state = State.RECEIVED
        events = sorted(matter.events.all(), key=lambda event: (event.at, event.pk))
        assert events[0].verb == "open"
        for before, event in pairwise(events):
            assert event.at >= before.at
            rule = VERBS[event.verb]
            assert state in rule.before, f"{event.verb} from {state}"
            assert event.before == state
            assert rule.after in ("", event.after)
            state = State(event.after)
        assert events[-1].at <= NOW
        assert matter.state == state
        assert (matter.due_at is not None) == (matter.state in OPEN)
        assert (matter.closed_at is not None) == (matter.state not in OPEN)
        assert str(matter.number).endswith(f"{matter.pk:08d}")


def test_shares_are_those_of_the_plan(year: list[Matter]) -> None:
    sources = Counter(matter.source for matter in year)
    for source, share in SOURCES:
        assert sources[source] / NUMBER == pytest.approx(share, abs=0.05)
    closed = sum(matter.state == State.CLOSED for matter in year) / NUMBER
    assert closed == pytest.approx(0.93, abs=0.04)
    returned = Event.objects.filter(verb="return").count() / NUMBER
    assert returned == pytest.approx(0.06, abs=0.03)
    days = Counter(matter.opened_at.weekday() for matter in year)
    assert days[0] > days[6], "Monday is busier than Sunday"
    assert 0 < Rating.objects.filter(solved=False).count() < Rating.objects.count()
    assert 0.7 < ON_TIME < 1


def test_nobody_below_the_district_holds_what_was_taken_back(year: list[Matter]) -> None:
    for matter in Matter.objects.filter(category__code="0701").select_related("holder__division"):
        assert matter.holder is not None
        assert matter.holder.division.kind == "district"


def test_every_topic_is_a_category_and_says_something_else_each_time(db: None) -> None:
    rng = np.random.default_rng(1)
    assert {topic.code for topic in topics()} == set(Category.objects.values_list("code", flat=True))
    for topic in topics():
        said = {sentence(rng, topic, door="6栋", compound="白云花园") for _ in range(30)}
        assert len(said) > 5
        assert all("{" not in text for text in said)


def test_released_words_name_no_place() -> None:
    chance = np.random.default_rng(1)
    for topic in topics():
        for _ in range(20):
            said = released(chance, topic)
            assert said
            assert not {"{", "}"} & set(said)
            assert not any(road in said for road in ROADS)
