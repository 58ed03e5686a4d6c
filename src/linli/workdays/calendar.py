"""The table of days off and make-up working days: read, checked, asked."""

from __future__ import annotations

import hashlib
import os
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from linli.errors import InputError

OWN_TABLE = Path(__file__).with_name("china.toml")
ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class UnloadedYearWarning(UserWarning):
    """A day was asked for in a year whose State Council notice is not loaded: only weekends are known to be off."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked.

    Parameters
    ----------
    off
        Name by day off; other Saturdays and Sundays are off without a name.
    work
        Make-up working days (调休上班), Saturdays and Sundays that are worked.
    years
        Years whose notice is loaded.
    """

    off: Mapping[date, str]
    work: frozenset[date]
    years: frozenset[int]

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with any day of the table; a deadline keeps them."""
        days = [f"{day} off {name}" for day, name in sorted(self.off.items())]
        days += [f"{day} work" for day in sorted(self.work)]
        days += [str(year) for year in sorted(self.years)]
        return hashlib.sha256("\n".join(days).encode()).hexdigest()[:12]

    def is_workday(self, day: date) -> bool:
        """Say whether a day is worked; warns where the year's notice is not loaded."""
        if day.year not in self.years:
            warnings.warn(
                f"{day.year}: 尚未载入该年节假日安排, 只知道周末休息, 期限可能有误 / the State Council's notice of "
                f"{day.year} is not loaded: only weekends are known to be off, deadlines may be wrong",
                UnloadedYearWarning,
                stacklevel=2,
            )
        return day in self.work or (day.weekday() < _SATURDAY and day not in self.off)

    def name(self, day: date) -> str:
        """Return the name of a day off (春节, 国庆节 …), 调休上班 for a make-up working day, or nothing."""
        return "调休上班" if day in self.work else self.off.get(day, "")

    def workdays(self, first: date, last: date) -> Iterator[date]:
        """Go through the working days from `first` to `last`, both included."""
        day = first
        while day <= last:
            if self.is_workday(day):
                yield day
            day += ONE_DAY

    def next_workday(self, day: date) -> date:
        """Return the first working day after a day."""
        day += ONE_DAY
        while not self.is_workday(day):
            day += ONE_DAY
        return day


def read_calendar(*paths: str | os.PathLike[str]) -> Calendar:
    """Read the table that Linli ships (2010 to 2026), and tables of one's own over it.

    Parameters
    ----------
    paths
        TOML files of the same form as `china.toml`; a year that stands in a later file replaces the year whole.

    Raises
    ------
    InputError
        A file cannot be read; a day is no date, lies outside its year, is both off and worked, or a make-up working
        day is no Saturday or Sunday.
    """
    years: dict[int, tuple[dict[date, str], frozenset[date]]] = {}
    for path in (OWN_TABLE, *map(Path, paths)):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError("the calendar cannot be read", file=path, advice="name a file that exists") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"this is no TOML file: {error}", file=path, advice="write it like china.toml") from error
        for key, rows in table.items():
            if not (key.isascii() and key.isdigit() and len(key) == 4 and isinstance(rows, dict)):
                raise InputError("this is no year", file=path, field=key, advice="head each year as [2026]")
            years[int(key)] = _read_year(path, int(key), rows)
    off = {day: name for rest, _ in years.values() for day, name in rest.items()}
    return Calendar(off, frozenset().union(*(work for _, work in years.values())), frozenset(years))


def _read_year(path: Path, year: int, table: dict[str, Any]) -> tuple[dict[date, str], frozenset[date]]:
    for key in table.keys() - {"off", "work"}:
        raise InputError("a year has no such field", file=path, field=f"{year}.{key}", advice="use off and work")
    if missing := {"off", "work"} - table.keys():
        raise InputError("the year is not whole", file=path, field=f"{year}.{min(missing)}", advice="add the list")
    off: dict[date, str] = {}
    for number, row in enumerate(table["off"], 1):
        if not (isinstance(row, list) and len(row) == 3 and isinstance(row[2], str)):
            raise InputError("this is no stretch of days", file=path, row=number, field=f"{year}.off", value=row,
                             advice='write [2026-01-01, 2026-01-03, "元旦"]')  # fmt: skip
        first, last = (_day(path, year, "off", number, value) for value in row[:2])
        if last < first:
            raise InputError("the last day lies before the first", file=path, row=number, field=f"{year}.off",
                             value=str(last), advice="swap the two")  # fmt: skip
        off |= {first + ONE_DAY * k: row[2] for k in range((last - first).days + 1)}
    work = set()
    for number, value in enumerate(table["work"], 1):
        day = _day(path, year, "work", number, value)
        if day.weekday() < _SATURDAY or day in off:
            why = "is off in the same year" if day in off else "is no Saturday or Sunday"
            raise InputError(f"a make-up working day {why}", file=path, row=number, field=f"{year}.work",
                             value=str(day), advice="compare with the notice")  # fmt: skip
        work.add(day)
    return off, frozenset(work)


def _day(path: Path, year: int, field: str, row: int, value: object) -> date:
    if type(value) is not date or value.year != year:
        raise InputError(f"this is no day of {year}", file=path, row=row, field=f"{year}.{field}", value=str(value),
                         advice=f"write it as {year}-01-31, without quotes")  # fmt: skip
    return value
