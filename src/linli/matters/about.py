"""What an opinion may be about in rooms above, such as a published plan: a reference that those rooms understand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from linli.territory.models import Block

REFERENCE = re.compile(r"([a-z]{1,20}):([1-9][0-9]{0,11})", re.ASCII)


@dataclass(frozen=True)
class About:
    """What it is about.

    Parameters
    ----------
    reference, words
        How an opinion names it, and what people call it.
    block
        From which it was asked.
    over
        What is said where the time for opinions is over: one that comes now is a suggestion like any other. '' before.
    """

    reference: str
    words: str
    block: Block | None = None
    over: str = ""


_known: dict[str, Callable[[int, str], About | None]] = {}


def add_about(kind: str, find: Callable[[int, str], About | None]) -> None:
    """Let a room above say what `kind:key` is, seen from the block of a code; called once, when it starts."""
    _known[kind] = find


def about(reference: str, block: str = "") -> About | None:
    """Return what a reference means; None where it means nothing that the public may have an opinion about."""
    said = REFERENCE.fullmatch(reference)
    find = _known.get(said[1]) if said else None
    return find(int(said[2]), block) if said and find else None
