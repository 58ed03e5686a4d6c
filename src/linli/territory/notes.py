"""What other rooms have to say on the page of a building, such as a plan that would change its community."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from linli.territory.models import Block


@dataclass(frozen=True)
class Note:
    """A sentence, and where to read on."""

    words: str
    address: str


_sources: list[Callable[[Block], Iterable[Note]]] = []


def add_notes(source: Callable[[Block], Iterable[Note]]) -> None:
    """Let a room above say something of a block; called once, when it starts."""
    if source not in _sources:
        _sources.append(source)


def notes_on(block: Block) -> list[Note]:
    """Return what all rooms say of a block."""
    return [note for source in _sources for note in source(block)]
