"""After an enactment: open matters follow their block or stay, by category; new ones go to the new community."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from linli.matters.actions import handling
from linli.matters.actions.open_matter import open_matter
from linli.matters.actions.succeeding import choose_succession
from linli.matters.models import Category, Matter
from linli.matters.succession import follow
from linli.org.actors import PUBLIC, SYSTEM, Actor, actor_of
from linli.org.models import Post, Role, Tenure
from linli.org.tests.world import World
from linli.territory.models import Block, Membership


@pytest.fixture
def staffed(world: World) -> Post:
    """A held seat in 白云."""
    role = Role.objects.get(code="community_secretary")
    post = Post.objects.create(
        division=world.division("白云"), role=role, title="社区书记", valid_from=timezone.localdate()
    )
    Tenure.objects.create(post=post, account=world.account("jumin"), starts_at=timezone.now())
    return post


def enact(block: Block, world: World) -> None:
    today = timezone.localdate()
    Membership.objects.filter(block=block).update(valid_to=today)
    Membership.objects.create(block=block, community=world.division("白云"), valid_from=today)


def test_open_matters_follow_their_block_unless_their_category_stays(
    block: Block, world: World, secretary: Actor, staffed: Post
) -> None:
    lamp, quarrel, none = (
        open_matter(PUBLIC, key=uuid.uuid4(), text=f"事{code}", block=block,
                    category=Category.objects.filter(code=code).first())
        for code in ("0602", "0801", "")
    )  # fmt: skip
    handling.accept(secretary, matter=lamp)
    assert follow() == 0, "before the day nothing moves"
    enact(block, world)
    assert follow() == 1
    assert follow() == 0, "once"
    for one in (lamp, quarrel, none):
        one.refresh_from_db()
    assert (lamp.holder, lamp.state) == (staffed, "handling")
    assert "白云社区" in lamp.events.get(verb="succeed").text
    assert str(quarrel.holder) == "团结社区 社区书记", "what was quarrelled over before stays with who began it"
    assert str(none.holder) == "团结社区 社区书记"
    new = open_matter(PUBLIC, key=uuid.uuid4(), text="新的事", block=block)
    assert new.holder == staffed
    assert lamp in Matter.objects.seen_by(actor_of(world.account("jumin"))), "the new community sees it"


def test_every_past_day_still_answers_as_it_was(block: Block, world: World, staffed: Post) -> None:
    one = open_matter(PUBLIC, key=uuid.uuid4(), text="路灯", block=block)
    enact(block, world)
    today = timezone.localdate()
    assert str(one.division(today)) == str(world.division("白云"))
    assert str(one.division(today - timedelta(days=1))) == str(world.division("团结"))


def test_what_was_chosen_for_the_day_goes_before_the_category(
    block: Block, world: World, secretary: Actor, staffed: Post
) -> None:
    lamp, quarrel = (
        open_matter(PUBLIC, key=uuid.uuid4(), text=f"事{code}", block=block, category=Category.objects.get(code=code))
        for code in ("0602", "0801")
    )
    street, today = world.division("铜源街道"), timezone.localdate()
    with pytest.raises(ValidationError):
        choose_succession(SYSTEM, street=street, from_day=today, choices={"没有的类": "stay"}, paper="批复")
    with pytest.raises(PermissionDenied):
        choose_succession(secretary, street=street, from_day=today, choices={}, paper="批复")
    chosen = {lamp.category.group: "stay", quarrel.category.group: "follow"}  # type: ignore[union-attr]
    choose_succession(SYSTEM, street=street, from_day=today, choices=chosen, paper="批复")
    enact(block, world)
    assert follow() == 1
    quarrel.refresh_from_db()
    assert quarrel.holder == staffed
