"""The ground for programs: nothing from beyond the area, every list at a fixed cost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from linli.org.limits import forget_all
from linli.org.tests.world import BEGAN, World
from linli.territory.models import Block, Building, Count, Facility, Membership
from linli.territory.tests.ground import SIDE, SOUTH, WEST, blocks_in
from linli.web.tests.test_api import get, program_of, queries

LISTS = ("blocks", "blocks?geometry=true", "buildings", "facilities", "counts", "memberships")


@pytest.fixture(autouse=True)
def blocks(world: World) -> list[Block]:
    """Four blocks in the street, two held by each of two communities, and one in the next street."""
    forget_all()
    made = blocks_in(world.division("铜源街道"), 4)
    far = blocks_in(world.division("兴铜街道"), 1, row=9, prefix="X")[0]
    for number, block in enumerate([*made, far]):
        community = ("团结", "团结", "白云", "白云", "东门")[number]
        Membership.objects.create(block=block, community=world.division(community), valid_from=BEGAN)
        place = {"longitude": block.west + SIDE / 2, "latitude": block.south + SIDE / 2}
        Building.objects.create(block=block, code="1", number="1幢", **place)
        Facility.objects.create(block=block, street=block.street, code=block.code, kind="诊所", name="诊所", **place)
        Count.objects.create(block=block, definition="dwellings", value=100, source="测绘", as_of=BEGAN)
    return [*made, far]


def codes(told: Any) -> list[str]:
    return [item["code"] for item in told["items"]]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_needs_the_scope_and_ends_at_the_edge_of_the_area(
    world: World, blocks: list[Block], address: str
) -> None:
    assert get(program_of(world, "jiedao", "org.view"), address, 403)["scope"] == "territory.view"
    assert len(get(program_of(world, "quji", "territory.view"), address)["items"]) == 5
    street = get(program_of(world, "jiedao", "territory.view"), address)["items"]
    community = get(program_of(world, "shuji", "territory.view"), address)["items"]
    key = "id" if address.startswith("blocks") else "block"
    assert [item[key] for item in street] == [block.pk for block in blocks[:4]]
    assert [item[key] for item in community] == [block.pk for block in blocks[:2]]


@pytest.mark.parametrize("address", LISTS)
def test_a_list_costs_the_same_however_long(world: World, address: str) -> None:
    program = program_of(world, "quji", "territory.view")
    get(program, address)
    sign = "&" if "?" in address else "?"
    cost = 4 if address.startswith("blocks") else 3  # token, posts, page; blocks: who holds them
    for limit in (1, 200):
        with queries(cost):
            get(program, f"{address}{sign}limit={limit}")


def test_blocks_are_found_by_community_street_and_box(world: World) -> None:
    program = program_of(world, "quji", "territory.view")
    assert codes(get(program, "blocks?community=539901001002")) == ["B003", "B004"]
    assert codes(get(program, "blocks?street=539901002000")) == ["X001"]
    box = f"{WEST + 1.2 * SIDE:.6f},{SOUTH:.6f},{WEST + 1.8 * SIDE:.6f},{SOUTH + SIDE:.6f}"
    assert codes(get(program, f"blocks?bbox={box}")) == ["B002"]
    assert [item["block"] for item in get(program, f"buildings?bbox={box}")["items"]] == [
        Block.objects.get(code="B002").pk
    ]


def test_a_block_belongs_to_the_community_of_the_day(world: World, blocks: list[Block]) -> None:
    Membership.objects.filter(block=blocks[0]).update(valid_to=date(2024, 1, 1))
    Membership.objects.create(block=blocks[0], community=world.division("京铜"), valid_from=date(2024, 1, 1))
    program = program_of(world, "jiedao", "territory.view")
    told = [get(program, f"blocks/{blocks[0].pk}?on={day}")["community"] for day in ("2023-12-31", "2024-01-01")]
    assert told == ["539901001001", "539901001003"]
    assert len(get(program, "memberships?on=2023-12-31&community=539901001001")["items"]) == 2
    assert get(program_of(world, "shuji", "territory.view"), f"blocks/{blocks[0].pk}", 404)


def test_a_block_brings_its_geometry_where_asked(world: World, blocks: list[Block]) -> None:
    program = program_of(world, "jiedao", "territory.view")
    assert get(program, f"blocks/{blocks[0].pk}")["geometry"] is None
    assert get(program, f"blocks/{blocks[0].pk}?geometry=true")["geometry"]["type"] == "Polygon"
    get(program, f"blocks/{blocks[4].pk}", 404)


def test_counts_are_found_by_definition_and_day(world: World) -> None:
    program = program_of(world, "jiedao", "territory.view")
    assert len(get(program, "counts?definition=dwellings&as_of=2020-01-01")["items"]) == 4
    assert not get(program, "counts?definition=persons")["items"]
    get(program, "counts?definition=heads", 422)
