"""A block's periods: which community from which day to which, changed in memory and written as the difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from linli.territory.models import Membership

AT_ONCE = 500  # parameters a statement: within the limits of both databases


@dataclass(frozen=True, order=True)
class Period:
    """A community that a block belongs to from a day up to, but not on, another; open where `last` is None."""

    first: date
    last: date | None
    community: int
    enactment: str = ""

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day and (self.last is None or day < self.last)

    def as_json(self) -> list[Any]:
        """Return it as it is stored with an assignment."""
        return [self.first.isoformat(), self.last and self.last.isoformat(), self.community, self.enactment]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> Period:
        """Read what `as_json` wrote."""
        first, last, community, enactment = stored
        return cls(date.fromisoformat(first), last and date.fromisoformat(last), community, enactment)


def relabelled(periods: Sequence[Period], community: int, day: date, enactment: str) -> tuple[Period, ...]:
    """Return the periods after a block has gone to a community from a day on.

    What holds on that day ends there and the new community takes over the rest of its time; what is scheduled for
    later stays. Neighbouring periods of one community become one.

    Parameters
    ----------
    periods
        In order of time, none overlapping.
    community
        Its key.
    day
        The first day of the new label.
    enactment
        The paper that says so.
    """
    present = next((period for period in periods if period.holds(day)), None)
    if present and present.community == community:
        return tuple(periods)
    later = [period.first for period in periods if period.first > day]
    last = present.last if present else min(later, default=None)
    kept = [period for period in periods if period is not present]
    if present and present.first < day:
        kept.append(replace(present, last=day))
    return tuple(_joined(sorted([*kept, Period(day, last, community, enactment)], key=lambda period: period.first)))


def periods_of(blocks: Iterable[int]) -> dict[int, tuple[Period, ...]]:
    """Return the periods of blocks by key, in order of time; a block without any has an empty tuple."""
    found: dict[int, list[Period]] = {key: [] for key in blocks}
    for keys in chunks(list(found)):
        rows = Membership.objects.filter(block__in=keys).order_by("valid_from")
        values = rows.values_list("block", "valid_from", "valid_to", "community", "enactment")
        for block, first, last, community, enactment in values:
            found[block].append(Period(first, last, community, enactment))
    return {key: tuple(periods) for key, periods in found.items()}


def write_periods(before: Mapping[int, Sequence[Period]], after: Mapping[int, Sequence[Period]]) -> None:
    """Bring memberships from what they are to what they shall be, by as few statements as there are kinds of change.

    Parameters
    ----------
    before, after
        Periods by block, of the same blocks; call it in a transaction that has locked the blocks.
    """
    ends: dict[date | None, list[tuple[int, date]]] = defaultdict(list)
    gone: list[tuple[int, date]] = []
    new: list[Membership] = []
    for block, wanted in after.items():
        old = {(period.first, period.community): period for period in before[block]}
        for period in wanted:
            known = old.pop((period.first, period.community), None)
            if known is None:
                new.append(_row(block, period))
            elif known.enactment != period.enactment:
                gone.append((block, period.first))
                new.append(_row(block, period))
            elif known.last != period.last:
                ends[period.last].append((block, period.first))
        gone += [(block, period.first) for period in old.values()]
    for rows in _rows(gone):
        rows.delete()
    for last, keys in ends.items():
        for rows in _rows(keys):
            rows.update(valid_to=last)
    Membership.objects.bulk_create(new, batch_size=AT_ONCE)


def chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut keys into pieces that one statement can carry."""
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


def _rows(keys: Sequence[tuple[int, date]]) -> Iterator[Any]:
    """Find memberships by block and first day; no two of a block begin on one day."""
    by_day: dict[date, list[int]] = defaultdict(list)
    for block, first in keys:
        by_day[first].append(block)
    for first, blocks in by_day.items():
        for piece in chunks(blocks):
            yield Membership.objects.filter(valid_from=first, block__in=piece)


def _row(block: int, period: Period) -> Membership:
    return Membership(
        block_id=block,
        community_id=period.community,
        valid_from=period.first,
        valid_to=period.last,
        enactment=period.enactment,
    )


def _joined(periods: Iterable[Period]) -> Iterator[Period]:
    held: Period | None = None
    for period in periods:
        if held and held.community == period.community and held.last == period.first:
            held = replace(held, last=period.last)
            continue
        if held:
            yield held
        held = period
    if held:
        yield held
