"""The ground that the tests of cases stand on."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.territory.indexing import index_buildings
from linli.territory.models import Block, Building, Compound, Membership


@pytest.fixture
def ground(world: World) -> Building:
    """One building in 团结, whose seats are held by 书记 and 网格员; another compound in 白云, where nobody sits."""
    forget_all()
    street = world.division("铜源街道")
    made = []
    for k, (name, home) in enumerate((("矿务局二片区", "团结"), ("白云花园", "白云"))):
        compound = Compound.objects.create(street=street, code=f"C{k}", name=name)
        block = Block(street=street, code=f"B{k}", compound=compound)
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.081)
        block.save()
        Membership.objects.create(block=block, community=world.division(home), valid_from=date(2020, 1, 1))
        for number in (6, 12):
            made.append(  # noqa: PERF401
                Building.objects.create(
                    block=block, compound=compound, code=f"L{k}{number}", number=f"{number}幢",
                    longitude=block.west, latitude=block.south,
                )
            )  # fmt: skip
    index_buildings(Building.objects.all())
    return made[0]
