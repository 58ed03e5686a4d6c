"""What a list of matters is asked for, read from an address: words, state, category, urgency, place, time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone

from linli.matters.models import Matter, MatterQuerySet
from linli.matters.search import find
from linli.matters.states import OPEN, State
from linli.written import number_in

MOST = 60
OPEN_ONES, STAGE = "open", "stage"


@dataclass(frozen=True)
class Question:
    """What a list is asked for; every state of the page is an address.

    Attributes
    ----------
    q
        Words, a number, pinyin initials.
    state
        One state, or `open` for all on which something is left to do.
    group, category
        Class, and code of the category.
    source, kind
        As the matter's.
    late
        '1' for those whose reporter waits longer than promised, 'stage' for those late by their step alone.
    urgent
        '1' for only those.
    block
        Key of a block.
    """

    q: str = ""
    state: str = ""
    group: str = ""
    category: str = ""
    source: str = ""
    kind: str = ""
    late: str = ""
    urgent: str = ""
    block: str = ""

    @classmethod
    def of(cls, asked: QueryDict) -> Question:
        """Read a question; what is not right is left out."""
        said = {name: asked.get(name, "").strip()[:MOST] for name in cls.__dataclass_fields__}
        return cls(**{name: value for name, value in said.items() if value})

    @property
    def query(self) -> str:
        """The address's query of this question."""
        return urlencode(self.names)

    @property
    def names(self) -> list[tuple[str, str]]:
        """What is asked for, as pairs of name and value."""
        return [(name, getattr(self, name)) for name in self.__dataclass_fields__ if getattr(self, name)]

    def ask(self, among: MatterQuerySet, now: datetime | None = None) -> MatterQuerySet:
        """Return the matters asked for, the newest first."""
        rows: MatterQuerySet = find(self.q, among)
        if self.state in State.values:
            rows = rows.filter(state=self.state)
        elif self.state == OPEN_ONES:
            rows = rows.filter(state__in=OPEN)
        if self.group:
            rows = rows.filter(category__group=self.group)
        if self.category:
            rows = rows.filter(category__code=self.category)
        if self.source in Matter.Source.values:
            rows = rows.filter(source=self.source)
        if self.kind in Matter.Kind.values:
            rows = rows.filter(kind=self.kind)
        if self.late:
            moment = now or timezone.now()
            rows = rows.stage_late(moment) if self.late == STAGE else rows.overdue(moment)
        if self.urgent:
            rows = rows.filter(urgent=True)
        block = number_in(self.block)
        if block is not None:
            rows = rows.filter(block=block)
        return rows


def numbers_of(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the number of each matter, by key, for readers of the ledger."""
    return {pk: (number or "", "") for pk, number in Matter.objects.filter(pk__in=keys).values_list("pk", "number")}
