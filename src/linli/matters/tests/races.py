"""Two people at once on one matter, or on two that meet: every pair of verbs, by two real connections.

`python -m pytest src/linli/matters/tests/test_races.py` plays each pair once; with `LINLI_RACES=full` in the
environment it plays each pair from every state, and on two matters besides.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier
from typing import Any

import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, connections
from django.utils import timezone

from linli.ledger.models import Entry
from linli.matters import clocks, escalating, succession
from linli.matters.actions import dispatching, handling, judging, reporting
from linli.matters.models import Category, Event, Matter
from linli.matters.states import OPEN, VERBS, State
from linli.org.actors import actor_of
from linli.org.brief import forget_brief
from linli.org.models import Account, Division, Post
from linli.territory.models import Block, Membership

FULL = os.environ.get("LINLI_RACES") == "full"
SECONDS = 30.0  # after which two that wait for each other are found out
Play = Callable[[Matter, Matter, "Seats"], object]


class Seats:
    """Who acts, and where matters may go."""

    def __init__(self) -> None:
        self.officer = actor_of(Account.objects.get(username="quji"))
        self.secretary, self.grid = (Post.objects.get(title=title) for title in ("社区书记", "网格员"))
        self.category = Category.objects.get(code="0201")


def _hand_over(one: Matter, _other: Matter, seats: Seats) -> object:
    to = seats.grid if one.holder_id == seats.secretary.pk else seats.secretary
    return dispatching.hand_over(seats.officer, matter=one, to=to, text="因为")


PLAYS: dict[str, Play] = {
    "accept": lambda one, _, seats: handling.accept(seats.officer, matter=one),
    "dispatch": lambda one, _, seats: dispatching.dispatch(seats.officer, matter=one, to=seats.grid),
    "hand_over": _hand_over,
    "return": lambda one, _, seats: handling.return_matter(seats.officer, matter=one, text="因为"),
    "decide": lambda one, _, seats: dispatching.decide(seats.officer, matter=one, to=seats.grid, text="因为"),
    "pause": lambda one, _, seats: handling.pause(seats.officer, matter=one, text="因为"),
    "resume": lambda one, _, seats: handling.resume(seats.officer, matter=one),
    "extend": lambda one, _, seats: dispatching.extend(seats.officer, matter=one, amount=2, text="因为"),
    "resolve": lambda one, _, seats: handling.resolve(seats.officer, matter=one, text="好了"),
    "verify": lambda one, _, seats: dispatching.verify(seats.officer, matter=one),
    "send_back": lambda one, _, seats: dispatching.send_back(seats.officer, matter=one, text="因为"),
    "reopen": lambda one, *_: reporting.reopen(matter=one, text="没好"),
    "merge": lambda one, other, seats: dispatching.merge(seats.officer, matter=one, into=other),
    "withdraw": lambda one, *_: reporting.withdraw(matter=one),
    "escalate": lambda one, _, seats: handling.escalate(seats.officer, matter=one, text="因为"),
    "urge": lambda one, *_: reporting.urge(matter=one),
    "ask": lambda one, _, seats: handling.ask(seats.officer, matter=one, text="几楼？"),
    "answer": lambda one, *_: reporting.answer(matter=one, text="三楼"),
    "split": lambda one, _, seats: dispatching.split(seats.officer, matter=one, parts=["灯", "门"]),
    "categorise": lambda one, _, seats: dispatching.categorise(seats.officer, matter=one, category=seats.category),
    "mark": lambda one, _, seats: dispatching.mark(seats.officer, matter=one, text="急"),
    "remind": lambda *_: escalating.remind(_working()),
    "succeed": lambda one, _, seats: succession.hand_on(one, "/", seats.grid, "随地块转交"),
    "join": lambda one, *_: judging.join(matter=one, key=uuid.uuid4(), text="我家也是"),
    "rate": lambda one, *_: judging.rate(matter=one, solved=False, text="没好"),
    "call_back": lambda one, _, seats: judging.call_back(seats.officer, matter=one, solved=True),
    "publish": lambda one, _, seats: dispatching.publish(seats.officer, matter=one, text="路灯"),
    "comment": lambda one, _, seats: reporting.comment(seats.officer, matter=one, text="看过"),
}


def _working() -> Any:
    """An hour of a working day, soon."""
    return clocks.office_clock().next_open(timezone.now())


@contextmanager
def ground(folder: Path) -> Iterator[None]:
    """A database of its own with the world of the tests in it, which threads reach by connections of their own."""
    settings = connections.settings["default"]
    before = settings["NAME"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        settings["NAME"] = str(folder / "races.sqlite3")
        with sqlite3.connect(settings["NAME"]) as copy:
            connection.connection.backup(copy)
        copy.close()
        try:
            yield
        finally:
            settings["NAME"] = before
        return
    connection.close()  # a template is copied while nobody reads it
    made = f"{before}_races"
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f'DROP DATABASE IF EXISTS "{made}"')
        cursor.execute(f'CREATE DATABASE "{made}" TEMPLATE "{before}"')
    settings["NAME"] = made
    try:
        yield
    finally:
        connection.close()  # it shares the settings: opened meanwhile, it is one to the copy
        settings["NAME"] = before
        with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE "{made}" WITH (FORCE)')


class Table:
    """Where two sit, each in a thread with a connection of his own, and play."""

    def __init__(self) -> None:
        self.threads = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]
        self.barrier = Barrier(2, timeout=SECONDS)
        self.seats: list[Seats] = [one.submit(Seats).result() for one in self.threads]
        self.block = self.do(_block)

    def do(self, what: Callable[..., Any], *given: Any) -> Any:
        """Do something by the first connection alone."""
        return self.threads[0].submit(what, *given).result(SECONDS)

    def close(self) -> None:
        """Let both go."""
        for one in self.threads:
            one.submit(connections.close_all).result()
            one.shutdown()

    def play(self, *acts: tuple[str, int], states: tuple[str, str]) -> list[str]:
        """Let both do what they want at once; return who was refused: verbs, or nothing.

        Parameters
        ----------
        acts
            Verb, and on which of two matters, 0 or 1.
        states
            Of the two matters before.
        """
        late = any(verb == "remind" for verb, _ in acts)
        keys, before = self.do(_set_out, self.block, states, late)
        waiting = [
            one.submit(self._act, verb, keys[at], keys[1 - at], seats)
            for one, seats, (verb, at) in zip(self.threads, self.seats, acts, strict=True)
        ]
        refused = [verb for (verb, _), one in zip(acts, waiting, strict=True) if one.result(SECONDS) is False]
        self.do(check, keys, before)
        self._one_winner(acts, states, refused)
        return refused

    def _act(self, verb: str, key: int, other: int, seats: Seats) -> bool:
        one, beside = (Matter.objects.select_related("merged_into").get(pk=k) for k in (key, other))
        self.barrier.wait()
        try:
            PLAYS[verb](one, beside, seats)
        except (ValidationError, PermissionDenied):
            return False
        return True

    def _one_winner(self, acts: tuple[tuple[str, int], ...], states: tuple[str, str], refused: list[str]) -> None:
        (first, at), (second, there) = acts
        a, b = VERBS[first], VERBS[second]
        if at == there and a.after and b.after and a.after not in b.before and b.after not in a.before:
            assert len(refused) == 1, f"{first} and {second} from {states}: refused {refused}"


def _block() -> int:
    forget_brief()
    block = Block(street=Division.objects.get(name="铜源街道"), code="B1")
    block.shape = shapely.box(103.1, 26.08, 103.101, 26.081)
    block.save()
    community = Division.objects.get(name="团结")
    Membership.objects.create(block=block, community=community, valid_from=date(2020, 1, 1))
    return int(block.pk)


def _set_out(block: int, states: tuple[str, str], late: bool) -> tuple[list[int], tuple[int, int]]:
    """Put two matters into two states, each with a history that leads there; nothing else is late.

    Returns
    -------
    Their keys; key of the last event, number of the ledger's last entry.
    """
    now, post = timezone.now(), Post.objects.get(title="社区书记")
    far = now + timedelta(days=400)
    Matter.objects.filter(state__in=OPEN, answer_by__lt=now).update(answer_by=far, due_at=far)
    made = []
    for state in states:
        one = Matter(
            key=uuid.uuid4(), number=uuid.uuid4().hex[:16], secret="aaaaaaaa", text="楼道灯坏了", block_id=block,
            holder=post, dispatcher=post, state=state,
        )  # fmt: skip
        began = now - timedelta(days=60) if late else now
        clocks.promise(one, began)
        clocks.begin(one, "handle", began)
        if state == State.WAITING:
            clocks.pause(one, now)
        if state not in OPEN:
            clocks.stop(one)
            one.closed_at = now
        one.save()
        Event.objects.create(matter=one, verb="open", at=now, after=State.RECEIVED, to=post)
        if state != State.RECEIVED:  # as if by one step
            Event.objects.create(matter=one, verb="comment", at=now, before=State.RECEIVED, after=state, post=post)
        made.append(one.pk)
    last = Entry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    return made, (Event.objects.latest("pk").pk, last)


def check(keys: list[int], before: tuple[int, int]) -> None:
    """Hold what must be true of two matters after whatever was done to them since an event and an entry."""
    for one in Matter.objects.filter(pk__in=keys) | Matter.objects.filter(parent__in=keys):
        if one.state in OPEN:
            assert one.holder_id is not None, "an open matter is in somebody's hands"
            assert one.due_at is not None or one.state == State.WAITING, "its clock runs unless it is on hold"
        if one.state != State.WITHDRAWN:
            _somebody_has_it(one)
        events = list(one.events.order_by("at", "pk"))
        assert events[-1].after == one.state, "the history ends where the matter stands"
        for last, then in pairwise(events):
            assert then.before == last.after, "each act begins where the one before ended"
        verbs = [event.verb for event in events]
        assert one.returns == (0 if "decide" in verbs else verbs.count("return"))
        assert one.reworks == verbs.count("send_back") + verbs.count("reopen")
        if not set(verbs) & {verb for verb, rule in VERBS.items() if rule.clock and verb != "open"}:
            assert one.extension == 2 * verbs.count("extend"), "no extension is lost"
        assert one.followers.count() == verbs.count("join")
        if one.pk in keys:
            done = [f"matters.{event.verb}" for event in events if event.pk > before[0]]
            entries = Entry.objects.filter(seq__gt=before[1], object=one.reference).order_by("seq")
            assert [entry.verb for entry in entries] == done, "the ledger says the same"


def _somebody_has_it(one: Matter) -> None:
    """Whoever reported it waits for an answer: at the end of the way somebody has it, or had it and answered."""
    seen = {one.pk}
    while one.state == State.MERGED:
        assert one.merged_into is not None
        one = one.merged_into
        assert one.pk not in seen, "matters that were joined to each other"
        seen.add(one.pk)
    assert one.state in (*OPEN, State.CLOSED)


def states_for(*verbs: str) -> list[str]:
    """Return the states from which each of some verbs may be done, in the order of the table; none where none."""
    return [state for state in State.values if all(state in VERBS[verb].before for verb in verbs)]
