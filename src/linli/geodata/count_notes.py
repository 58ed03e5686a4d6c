"""What a count rests on: its 口径, source, day and how much of it is an estimate; one value, one way to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from linli.written import chinese_day

COUNT_COLUMNS = {
    "households_registered": "户籍户数",
    "households_resident": "常住户数",
    "dwellings": "房屋套数",
    "dwellings_delivered": "已交付套数",
    "persons": "人口",
}
KEPT = "counts"  # where `Blocks.report` keeps notes: column → its parts


@dataclass(frozen=True)
class Part:
    """What one source tells of a count.

    Parameters
    ----------
    source
        Who or which file counted, '' where nobody said.
    day
        As of which day, None where nobody said.
    rule
        By which rule it was estimated: `floor_area:90`, square metres of floor to a dwelling, or words of the source;
        '' where it was counted.
    number
        How many the source tells of.
    """

    source: str = ""
    day: date | None = None
    rule: str = ""
    number: int = 0


@dataclass(frozen=True)
class CountNote:
    """What a count rests on.

    Parameters
    ----------
    count
        The counting definition (口径): a column of `Blocks`.
    parts
        What each source tells of it; none where nothing is known.
    """

    count: str
    parts: tuple[Part, ...] = ()

    @property
    def estimated(self) -> float:
        """The share of the count that is an estimate, from 0 to 1."""
        whole, guessed = sum(one.number for one in self.parts), sum(one.number for one in self.parts if one.rule)
        return guessed / whole if whole else float(any(one.rule for one in self.parts))

    @property
    def rule(self) -> str:
        """The rules that it was estimated by; '' where all of it was counted."""
        return ";".join(dict.fromkeys(one.rule for one in self.parts if one.rule))

    def mark(self, say: Callable[[str], str] = str) -> str:
        """Say how much of the count is an estimate; '' where nothing is.

        Parameters
        ----------
        say
            Puts a Chinese sentence into the reader's language.
        """
        if not any(one.rule for one in self.parts):
            return ""
        if self.estimated == 1:
            return say("估算")
        return say("%(share)d%%为估算") % {"share": min(max(round(100 * self.estimated), 1), 99)}

    def brief(self, say: Callable[[str], str] = str) -> str:
        """Name the 口径 and, where the count is one, the estimate: what stands beside each figure."""
        name = say(COUNT_COLUMNS.get(self.count, self.count))
        mark = self.mark(say)
        return _listed((name, mark), say)

    def words(self, say: Callable[[str], str] = str, write_day: Callable[[date], str] = chinese_day) -> str:
        """Write the whole note: 口径, estimate, each source with its day and the rule of its estimate.

        Parameters
        ----------
        say
            Puts a Chinese sentence into the reader's language.
        write_day
            Writes a day as the reader writes it.
        """
        both = say("%(one)s；%(other)s")
        told = (say("口径：%(count)s") % {"count": self.brief(say)}, *self.sources(say, write_day))
        return reduce(lambda one, other: both % {"one": one, "other": other}, told)

    def sources(self, say: Callable[[str], str] = str, write_day: Callable[[date], str] = chinese_day) -> list[str]:
        """Write each source with its day and the rule of its estimate, estimates first; see `words`."""
        told = [_told(one, say, write_day) for one in sorted(self.parts, key=_first)] or [say("来源和日期未注明")]
        return list(dict.fromkeys(told))

    def as_json(self) -> list[dict[str, Any]]:
        """Return the parts as a report or a row keeps them."""
        return [
            {"source": one.source, "day": one.day.isoformat() if one.day else None, "estimate": one.rule,
             "number": one.number}
            for one in self.parts
        ]  # fmt: skip

    @classmethod
    def from_json(cls, count: str, kept: object) -> CountNote:
        """Read what `as_json` gave; what is nothing of the kind tells nothing."""
        rows = [row for row in kept if isinstance(row, Mapping)] if isinstance(kept, list) else []
        return cls(count, tuple(_part(row) for row in rows))


def gathered(count: str, rows: Iterable[tuple[str, date | None, str, int]]) -> CountNote:
    """Return the note of a count from (source, day, rule, number) of each block."""
    sums: dict[tuple[str, date | None, str], int] = {}
    for source, day, rule, number in rows:
        sums[source, day, rule] = sums.get((source, day, rule), 0) + number
    return CountNote(count, tuple(Part(*key, number) for key, number in sums.items()))


def rule_words(rule: str, say: Callable[[str], str] = str) -> str:
    """Say how a count was estimated; '' where it was counted."""
    if not rule:
        return ""
    name, _colon, value = rule.partition(":")
    if name == "floor_area":
        return say("估算，按建筑面积每%(area)s平方米一套推算") % {"area": value}
    return say("估算，%(rule)s") % {"rule": rule}


def _told(one: Part, say: Callable[[str], str], write_day: Callable[[date], str]) -> str:
    source = say("来源：%(source)s") % {"source": one.source or say("未注明")}
    day = write_day(one.day) if one.day else say("日期未注明")
    return _listed((source, day, rule_words(one.rule, say)), say)


def _listed(words: Iterable[str], say: Callable[[str], str]) -> str:
    both = say("%(one)s，%(other)s")
    return reduce(lambda one, other: both % {"one": one, "other": other}, (one for one in words if one))


def _first(one: Part) -> tuple[bool, int]:
    """Estimates come first, then the newest."""
    return not one.rule, -one.day.toordinal() if one.day else 0


def _part(row: Mapping[str, Any]) -> Part:
    day, number = row.get("day"), row.get("number")
    try:
        known = date.fromisoformat(str(day)) if day else None
    except ValueError:
        known = None
    source, rule = str(row.get("source") or ""), str(row.get("estimate") or "")
    return Part(source, known, rule, number if type(number) is int and number > 0 else 0)
