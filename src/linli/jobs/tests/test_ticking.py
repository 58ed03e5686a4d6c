"""What is done regularly: by one worker, once a turn, and whatever befalls the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.jobs import ticking
from linli.jobs.models import Tick


@pytest.fixture
def calls(db: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    monkeypatch.setattr(ticking, "_ticks", {})

    @ticking.every(60, "test.bad")
    def bad() -> None:
        made.append("bad")
        raise RuntimeError("on purpose")

    @ticking.every(60, "test.good")
    def good() -> None:
        made.append("good")

    return made


def test_each_is_called_once_a_turn_and_a_fault_holds_nobody_up(calls: list[str]) -> None:
    assert ticking.tick() == ["test.good"]
    assert calls == ["bad", "good"]
    assert ticking.tick() == [], "another worker finds the turn taken"
    Tick.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    ticking.tick()
    assert calls == ["bad", "good", "bad", "good"]


def test_every_room_registers_what_it_does_by_itself() -> None:
    assert {"matters.remind", "matters.keep", "matters.follow", "notices.send"} <= set(ticking._ticks)
