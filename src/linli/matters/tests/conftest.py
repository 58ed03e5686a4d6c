"""What the tests of matters begin with."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
import shapely

from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Matter
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.tests.world import World
from linli.territory.models import Block, Building, Compound, Membership


@pytest.fixture
def block(world: World) -> Block:
    """A block of 团结 with a building."""
    street = world.division("铜源街道")
    compound = Compound.objects.create(street=street, code="C1", name="白云花园")
    made = Block(street=street, code="B1", compound=compound)
    made.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    made.save()
    Membership.objects.create(block=made, community=world.division("团结"), valid_from=date(2020, 1, 1))
    Building.objects.create(block=made, compound=compound, code="L1", number="6幢", longitude=103.1, latitude=26.08)
    return made


@pytest.fixture
def matter(block: Block) -> Matter:
    """A report in 团结."""
    return open_matter(
        PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block, place="白云花园6幢", contact="13800001234"
    )


@pytest.fixture
def secretary(world: World) -> Actor:
    """Who dispatches in 团结."""
    return actor_of(world.account("shuji"))
