"""Two who open projects on the same community at once, by two real connections: one is opened, the other is told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from pytest_django import DjangoDbBlocker

from linli.ledger.models import Entry
from linli.matters.tests.races import SECONDS, ground
from linli.org.actors import SYSTEM
from linli.org.tests.world import World
from linli.planning.actions.close_project import close_project
from linli.planning.actions.open_project import open_project
from linli.planning.models import Project, Standard
from linli.planning.tests.small import small_ground

pytestmark = pytest.mark.django_db  # they have a database of their own, copied from that of the tests
Threads = list[ThreadPoolExecutor]
Scope = tuple[str, ...]


@pytest.fixture(scope="module")
def threads(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Threads]:
    with django_db_blocker.unblock(), ground(Path(tmp_path_factory.mktemp("projects"))):
        made = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
        made[0].submit(small_ground, World()).result(SECONDS)
        try:
            yield made
        finally:
            for one in made:
                one.submit(connections.close_all).result()
                one.shutdown()


def play(threads: Threads, *asked: tuple[str, Scope]) -> list[int | str]:
    """Let both open a project at once; return the key of each one's project, or the field that was refused."""
    barrier = Barrier(2, timeout=SECONDS)

    def act(title: str, scope: Scope) -> int | str:
        world = World()
        said = {
            "street": world.division("铜源街道"), "title": title, "scope": [world.division(name) for name in scope],
            "standard": Standard.objects.get(code="local-1500-3500", version=1), "count": "households_registered",
            "households_least": 1500, "households_most": 3500,
        }  # fmt: skip
        barrier.wait()
        try:
            return int(open_project(SYSTEM, **said).pk)  # type: ignore[arg-type]
        except ValidationError as error:
            return str(error.code)

    waiting = [one.submit(act, *what) for one, what in zip(threads, asked, strict=True)]
    return [one.result(SECONDS) for one in waiting]


def settle() -> tuple[int, int]:
    """Close what is open; return how many projects stood open, and how many openings the ledger holds."""
    standing = list(Project.objects.open())
    for one in standing:
        close_project(SYSTEM, project=one, why="试验")
    return len(standing), Entry.objects.filter(verb="planning.open_project").count()


@pytest.mark.parametrize("other", [("团结",), ("团结", "白云")], ids=["the same", "one that overlaps"])
def test_one_community_is_in_one_open_project_whoever_was_quicker(threads: Threads, other: Scope) -> None:
    _none, before = threads[0].submit(settle).result(SECONDS)
    for k in range(5):
        titles = (f"甲{k}{len(other)}", f"乙{k}{len(other)}")
        found = play(threads, (titles[0], ("团结",)), (titles[1], other))
        assert [one for one in found if isinstance(one, str)] == ["scope"], found
        assert threads[0].submit(settle).result(SECONDS) == (1, before + k + 1), "one stands, and the ledger says one"


def test_two_of_different_communities_are_both_opened(threads: Threads) -> None:
    threads[0].submit(settle).result(SECONDS)
    found = play(threads, ("西边", ("团结",)), ("东边", ("白云",)))
    assert len({one for one in found if isinstance(one, int)}) == 2
    assert threads[0].submit(settle).result(SECONDS)[0] == 2


def test_the_same_form_sent_twice_at_once_opens_one_project(threads: Threads) -> None:
    _none, before = threads[0].submit(settle).result(SECONDS)
    first, second = play(threads, ("两次", ("团结",)), ("两次", ("团结",)))
    assert first == second
    assert threads[0].submit(settle).result(SECONDS) == (1, before + 1)
