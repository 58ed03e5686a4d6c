"""Whatever two do at once, on one matter or on two that meet, nobody is left waiting and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from linli.matters.states import VERBS, State
from linli.matters.tests.races import FULL, PLAYS, Table, ground, states_for

pytestmark = pytest.mark.django_db  # the plays have a database of their own, copied from that of the tests


@pytest.fixture(scope="module")
def table(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Table]:
    with django_db_blocker.unblock(), ground(Path(tmp_path_factory.mktemp("races"))):
        made = Table()
        try:
            yield made
        finally:
            made.close()


def test_every_verb_is_played() -> None:
    assert set(PLAYS) == set(VERBS) - {"open"}


@pytest.mark.parametrize("first", PLAYS)
def test_two_at_one_matter(table: Table, first: str) -> None:
    verbs = list(PLAYS)
    for second in verbs[verbs.index(first) :]:
        common = states_for(first, second)
        for state in common if FULL else common[:1]:
            table.play((first, 0), (second, 0), states=(state, State.HANDLING))


@pytest.mark.parametrize("verb", PLAYS)
def test_one_matter_is_joined_to_another_that_moves(table: Table, verb: str) -> None:
    states = states_for(verb)
    for state in states if FULL else states[:1]:
        for merged in states_for("merge") if FULL else states_for("merge")[:1]:
            table.play(("merge", 0), (verb, 1), states=(merged, state))
    if FULL:
        for second in PLAYS:
            for there in states_for(second):
                table.play((verb, 0), (second, 1), states=(states[0], there))


def test_two_that_are_joined_to_each_other_leave_one_at_work(table: Table) -> None:
    for states in ((a, b) for a in states_for("merge") for b in states_for("merge")):
        for _ in range(3):
            assert table.play(("merge", 0), ("merge", 1), states=states) == ["merge"]
