"""The ways a notice can leave: every folder here is one, with a `channel`; a district drops its own beside them.

A channel says whether it is set up, whether it takes an address, and sends. It raises `NotSent` where it could not;
then the notice is tried again later, and the log keeps what the channel said.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.utils.functional import Promise


class NotSent(Exception):  # noqa: N818  the same words in the log
    """A channel could not send: a code of `linli.notices.reasons`, and the number that the other side gave."""

    def __init__(self, code: str, number: int | None = None) -> None:
        super().__init__(code if number is None else f"{code} {number}")


class Sender(Protocol):
    """How a channel sends."""

    def __call__(self, address: str, subject: str, text: str) -> None:
        """Send, or raise `NotSent`."""


@dataclass(frozen=True)
class Channel:
    """One way out.

    Parameters
    ----------
    title
        What people call it.
    ready
        Says whether it is set up.
    takes
        Says whether something is an address of its kind.
    send
        Sends to an address.
    to_person
        Whether it reaches a person by what he left; otherwise an office's group.
    """

    title: str | Promise
    ready: Callable[[], bool]
    takes: Callable[[str], bool]
    send: Sender
    to_person: bool


@cache
def channels() -> Mapping[str, Channel]:
    """Return every channel by the name of its folder."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            found[module.name] = importlib.import_module(f"{__name__}.{module.name}").channel
    return found


def name_of(name: str) -> str:
    """Return what people call a channel; its own name where it is gone."""
    return str(channels()[name].title) if name in channels() else name


def channel_for(address: str) -> str:
    """Return the channel that reaches a person at an address and is set up; '' where none does."""
    for name, one in channels().items():
        if one.to_person and one.takes(address) and one.ready():
            return name
    return ""
