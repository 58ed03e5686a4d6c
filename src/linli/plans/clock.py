"""A time limit that several searches keep together."""

from __future__ import annotations

import time


class Clock:
    """How much of a time limit is left, so that one search after another together keep it.

    Parameters
    ----------
    limit
        Seconds from now; None for ever.
    least
        Seconds that a search gets even where the time is up, so that it can say anything.
    """

    def __init__(self, limit: float | None, least: float) -> None:
        self.until, self.least = None if limit is None else time.monotonic() + limit, least

    def left(self, share: float = 1.0) -> float | None:
        """Return a share of the seconds that are left, at least what a search gets in any case; None for ever."""
        return None if self.until is None else max(share * (self.until - time.monotonic()), self.least)
