from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from linli.errors import InputError
from linli.workdays import UnloadedYearWarning, read_calendar


def write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_2026_has_248_working_days() -> None:
    assert sum(1 for _ in read_calendar().workdays(date(2026, 1, 1), date(2026, 12, 31))) == 248


@pytest.mark.parametrize("day", ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"])
def test_make_up_days_of_2026_are_worked_on_a_weekend(day: str) -> None:
    made_up = date.fromisoformat(f"2026-{day}")
    assert made_up.weekday() >= 5
    assert read_calendar().is_workday(made_up)
    assert read_calendar().name(made_up) == "调休上班"


def test_a_day_off_has_its_name_and_a_plain_sunday_has_none() -> None:
    calendar = read_calendar()
    assert calendar.name(date(2026, 2, 16)) == "春节"
    assert not calendar.is_workday(date(2026, 2, 16))
    assert calendar.name(date(2026, 3, 8)) == ""
    assert not calendar.is_workday(date(2026, 3, 8))


def test_the_next_working_day_leaps_over_spring_festival() -> None:
    # Saturday 14 February is made up, the festival lasts from the 15th to the 23rd
    calendar = read_calendar()
    assert calendar.next_workday(date(2026, 2, 13)) == date(2026, 2, 14)
    assert calendar.next_workday(date(2026, 2, 14)) == date(2026, 2, 24)


def test_a_year_whose_notice_is_not_loaded_warns_in_both_languages() -> None:
    with pytest.warns(UnloadedYearWarning, match="2027: 尚未载入.*2027 is not loaded"):
        assert read_calendar().is_workday(date(2027, 1, 4))


def test_a_table_of_ones_own_adds_a_year_and_replaces_one_whole(tmp_path: Path) -> None:
    own = write(
        tmp_path,
        '[2026]\noff = [[2026-08-08, 2026-08-09, "火把节"]]\nwork = []\n'
        '[2027]\noff = [[2027-01-01, 2027-01-01, "元旦"]]\nwork = []\n',
    )
    calendar = read_calendar(own)
    assert calendar.name(date(2026, 8, 8)) == "火把节"
    assert calendar.is_workday(date(2026, 10, 1))  # the year was replaced, not merged
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.version != read_calendar().version


def test_the_same_table_has_the_same_version() -> None:
    assert read_calendar().version == read_calendar().version


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[2026]\noff = [[2026-01-03, 2026-01-01, "元旦"]]\nwork = []', "row 1, field 2026.off"),
        ('[2026]\noff = [[2025-12-31, 2026-01-01, "元旦"]]\nwork = []', "no day of 2026.*'2025-12-31'"),
        ('[2026]\noff = [["2026-01-01", 2026-01-01, "元旦"]]\nwork = []', "without quotes"),
        ("[2026]\noff = [2026-01-01]\nwork = []", "no stretch of days"),
        ("[2026]\noff = []\nwork = [2026-01-04, 2026-01-05]", "no Saturday or Sunday.*row 2"),
        ('[2026]\noff = [[2026-01-01, 2026-01-04, "元旦"]]\nwork = [2026-01-04]', "off in the same year"),
        ("[2026]\noff = []", "2026.work"),
        ("[2026]\noff = []\nwork = []\nwrok = []", "2026.wrok"),
        ("[26]\noff = []\nwork = []", "no year.*26"),
        ("off = 1", "no year"),
        ("[2026", "no TOML file"),
    ],
)
def test_a_table_that_is_not_right_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_calendar(write(tmp_path, text))
    assert "own.toml" in str(caught.value)
    assert "→" in str(caught.value)


def test_a_table_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml"):
        read_calendar(tmp_path / "none.toml")
