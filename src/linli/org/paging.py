"""Paging of very long lists: what lies beyond a bound is counted as that bound, so that a count never takes long."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

MOST_COUNTED = 10_000


class LongPaginator(Paginator):  # type: ignore[type-arg]
    """A paginator that counts no further than `MOST_COUNTED`; `more` says that there is more."""

    @cached_property
    def count(self) -> int:
        """How many there are, at most `MOST_COUNTED`."""
        return int(self.rows.order_by()[: MOST_COUNTED + 1].count())

    def __init__(self, rows: Any, per_page: int) -> None:
        super().__init__(rows, per_page)
        self.rows = rows

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self.count > MOST_COUNTED
