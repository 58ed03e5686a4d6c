"""What waits for a person in other rooms, such as an act that a second person confirms; shown above 今日."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linli.org.actors import Actor


@dataclass(frozen=True)
class Waiting:
    """A sentence, and where it is done."""

    words: str
    address: str


_sources: list[Callable[[Actor], Iterable[Waiting]]] = []


def add_waiting(source: Callable[[Actor], Iterable[Waiting]]) -> None:
    """Let a room above say what waits for an actor; called once, when it starts."""
    if source not in _sources:
        _sources.append(source)


def waiting_for(actor: Actor) -> list[Waiting]:
    """Return what waits for an actor in all rooms."""
    return [one for source in _sources for one in source(actor)]
