"""Tables that are read at every step and seldom change, kept by a process for a few seconds.

Whoever changes such a table calls `forget_brief`, so that his own process knows at once; others know within `SECONDS`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

SECONDS = 5.0
MOST = 2000

P = ParamSpec("P")
R = TypeVar("R")
_kept: dict[tuple[object, ...], tuple[float, object]] = {}


def brief(function: Callable[P, R]) -> Callable[P, R]:
    """Keep what a function returns for its arguments, which are hashable, for a few seconds."""

    @wraps(function)
    def kept(*given: P.args, **named: P.kwargs) -> R:
        key = (function, *given, *sorted(named.items()))
        now = time.monotonic()
        found = _kept.get(key)
        if found is not None and found[0] > now:
            return found[1]  # type: ignore[return-value]
        value = function(*given, **named)
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = (now + SECONDS, value)
        return value

    return kept


def forget_brief() -> None:
    """Forget everything that is kept, now and once the transaction that changes it is through."""
    _kept.clear()
    transaction.on_commit(_kept.clear)
