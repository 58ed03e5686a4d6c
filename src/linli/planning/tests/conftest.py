"""A street, a project and the engine's plan for every test of the room."""

from __future__ import annotations

import pytest

from linli.org.actors import SYSTEM
from linli.org.tests.world import World
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan, Project
from linli.planning.tests.small import engine_plan, small_ground, small_project
from linli.territory.models import Block


@pytest.fixture
def ground(world: World) -> dict[str, Block]:
    """Twenty-four blocks: the four columns in the west 团结, the rest 白云."""
    return small_ground(world)


@pytest.fixture
def project(ground: dict[str, Block], world: World) -> Project:
    """A project that divides 团结: 4,800 households, bounds 1,500 and 3,500."""
    return small_project(world)


@pytest.fixture
def found(project: Project) -> Plan:
    """The engine's plan in two communities."""
    return engine_plan(
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5)
    )
