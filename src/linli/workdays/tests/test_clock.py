from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.errors import InputError
from linli.workdays import BEIJING, Clock, Limit, OfficeHours, Unit, UnloadedYearWarning, read_calendar

CLOCK = Clock(read_calendar())
HOURS = (Unit.NATURAL_HOURS, Unit.WORKING_HOURS)

instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 3, 1)).map(lambda d: d.replace(tzinfo=BEIJING))
limits = st.builds(Limit, st.integers(1, 30), st.sampled_from(Unit))


@st.composite
def pauses(draw: st.DrawFn) -> list[tuple[datetime, datetime]]:
    return [
        (first, first + timedelta(minutes=draw(st.integers(0, 10_000))))
        for first in draw(st.lists(instants, max_size=4))
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BEIJING)


def due(start: str, amount: int, unit: Unit, *stops: tuple[str, str | None], extension: int = 0) -> datetime | None:
    still = [(at(first), None if last is None else at(last)) for first, last in stops]
    return CLOCK.deadline(at(start), Limit(amount, unit), pauses=still, extension=extension).due


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        ("03-05 10:00", 24, Unit.NATURAL_HOURS, "03-06 10:00"),
        ("03-05 10:00", 4, Unit.WORKING_HOURS, "03-05 15:00"),  # the noon hour does not count
        ("03-05 16:00", 4, Unit.WORKING_HOURS, "03-06 12:00"),  # up at the closing, not at the next opening
        ("03-06 16:00", 2, Unit.WORKING_HOURS, "03-09 10:00"),  # over a weekend
        ("02-14 16:00", 2, Unit.WORKING_HOURS, "02-24 10:00"),  # from a made-up Saturday over the festival
        ("03-05 22:00", 1, Unit.WORKING_HOURS, "03-06 10:00"),
        ("03-05 10:00", 1, Unit.WORKING_DAYS, "03-06 17:00"),
        ("03-07 10:00", 1, Unit.WORKING_DAYS, "03-09 17:00"),  # handed in on a Saturday
        ("02-13 10:00", 2, Unit.WORKING_DAYS, "02-24 17:00"),
        ("03-05 23:59", 1, Unit.NATURAL_DAYS, "03-07 00:00"),
        ("03-05 00:00", 30, Unit.NATURAL_DAYS, "04-05 00:00"),
    ],
)
def test_a_limit_is_up_when_the_calendar_says(start: str, amount: int, unit: Unit, end: str) -> None:
    assert due(start, amount, unit) == at(end)


def test_midnight_in_beijing_decides_which_day_it_is() -> None:
    # 16:30 in Greenwich on the 4th is past midnight of the 5th in Beijing
    start = datetime(2026, 3, 4, 16, 30, tzinfo=UTC)
    assert CLOCK.deadline(start, Limit(1, Unit.WORKING_DAYS)).due == at("03-06 17:00")


def test_a_pause_moves_hours_by_what_it_took_of_them() -> None:
    assert due("03-05 09:00", 4, Unit.WORKING_HOURS, ("03-05 11:00", "03-05 14:00")) == at("03-05 16:00")
    assert due("03-05 09:00", 4, Unit.NATURAL_HOURS, ("03-05 11:00", "03-05 14:00")) == at("03-05 16:00")


def test_pauses_that_overlap_count_once() -> None:
    twice = (("03-05 11:00", "03-05 13:00"), ("03-05 12:00", "03-05 14:00"))
    assert due("03-05 09:00", 4, Unit.NATURAL_HOURS, *twice) == at("03-05 16:00")


def test_a_day_that_ends_in_a_pause_is_not_used_up() -> None:
    assert due("03-05 09:00", 2, Unit.WORKING_DAYS, ("03-06 16:00", "03-06 18:00")) == at("03-10 17:00")


def test_a_pause_within_a_day_takes_no_day() -> None:
    assert due("03-05 09:00", 1, Unit.WORKING_DAYS, ("03-06 10:00", "03-06 11:00")) == at("03-06 17:00")


@pytest.mark.parametrize("unit", Unit)
def test_nothing_is_due_while_the_clock_stands_still(unit: Unit) -> None:
    assert due("03-05 09:00", 3, unit, ("03-05 10:00", None)) is None


def test_a_limit_that_was_up_before_the_pause_stays_up() -> None:
    assert due("03-05 09:00", 1, Unit.WORKING_HOURS, ("03-05 10:00", None)) == at("03-05 10:00")


def test_an_extension_is_counted_in_the_unit_of_the_limit() -> None:
    assert due("03-05 10:00", 2, Unit.WORKING_DAYS, extension=5) == due("03-05 10:00", 7, Unit.WORKING_DAYS)


def test_a_deadline_keeps_the_rule_and_the_calendar_that_made_it() -> None:
    limit = Limit(4, Unit.WORKING_HOURS, rule="暴露垃圾/2026-1")
    deadline = CLOCK.deadline(at("03-05 10:00"), limit, extension=2)
    assert deadline.limit.rule == "暴露垃圾/2026-1"
    assert (deadline.extension, deadline.calendar) == (2, CLOCK.calendar.version)


def test_a_deadline_in_a_year_without_notice_warns() -> None:
    with pytest.warns(UnloadedYearWarning, match="2027"):
        due("12-31 10:00", 5, Unit.WORKING_DAYS)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("03-05 08:59", False, "03-05 09:00"),
        ("03-05 09:00", True, "03-05 09:00"),
        ("03-05 12:30", False, "03-05 13:00"),
        ("03-05 17:00", False, "03-06 09:00"),
        ("03-07 10:00", False, "03-09 09:00"),
        ("02-14 10:00", True, "02-14 10:00"),
    ],
)
def test_an_office_is_open_in_its_hours(moment: str, is_open: bool, opens: str) -> None:
    assert CLOCK.is_open(at(moment)) is is_open
    assert CLOCK.next_open(at(moment)) == at(opens)


def test_another_office_has_other_hours() -> None:
    summer = OfficeHours(((time(8, 30), time(12)), (time(14, 30), time(18))))
    assert summer.length == timedelta(hours=7)
    assert Clock(read_calendar(), summer).deadline(at("03-05 11:00"), Limit(2, Unit.WORKING_HOURS)).due == at(
        "03-05 15:30"
    )


def test_what_remains_goes_below_zero_when_overdue() -> None:
    assert CLOCK.remaining(at("03-05 10:00"), at("03-05 14:00"), Limit(4, Unit.WORKING_HOURS)) == 1.0
    assert CLOCK.remaining(at("03-05 10:00"), at("03-10 08:00"), Limit(1, Unit.WORKING_DAYS)) == -1.0


@given(instants, limits, pauses(), st.integers(0, 5))
def test_a_limit_is_used_up_exactly_when_it_is_due(
    start: datetime, limit: Limit, stops: list[tuple[datetime, datetime]], extension: int
) -> None:
    end = CLOCK.deadline(start, limit, pauses=stops, extension=extension).due
    assert end is not None
    left = CLOCK.remaining(start, end, limit, pauses=stops, extension=extension)
    assert left == pytest.approx(0, abs=1e-6)
    before = CLOCK.remaining(start, end - timedelta(seconds=1), limit, pauses=stops, extension=extension)
    assert before > 0


@given(instants, limits, pauses())
def test_a_pause_never_brings_a_deadline_forward(
    start: datetime, limit: Limit, stops: list[tuple[datetime, datetime]]
) -> None:
    free, paused = CLOCK.deadline(start, limit).due, CLOCK.deadline(start, limit, pauses=stops).due
    assert free is not None
    assert paused is not None
    assert paused >= free


@given(instants, instants, st.sampled_from(HOURS), pauses())
def test_hours_add_up_over_any_instant_between(
    start: datetime, end: datetime, unit: Unit, stops: list[tuple[datetime, datetime]]
) -> None:
    start, end = min(start, end), max(start, end)
    middle = start + (end - start) / 2
    parts = CLOCK.used(start, middle, unit, pauses=stops) + CLOCK.used(middle, end, unit, pauses=stops)
    assert parts == pytest.approx(CLOCK.used(start, end, unit, pauses=stops), abs=1e-6)


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: CLOCK.deadline(datetime(2026, 3, 5), Limit(1, Unit.WORKING_DAYS)), "does not say its zone"),
        (lambda: due("03-05 10:00", 1, Unit.WORKING_DAYS, ("03-06 10:00", "03-05 10:00")), "ends before it begins"),
        (lambda: due("03-05 10:00", 1, Unit.WORKING_DAYS, extension=-1), "cannot be negative"),
        (lambda: Limit(0, Unit.WORKING_DAYS), "at least 1"),
        (lambda: OfficeHours(()), "never works"),
        (lambda: OfficeHours(((time(9), time(12)), (time(11), time(17)))), "12:00–11:00"),
    ],
)
def test_what_is_no_time_is_refused(work: object, said: str) -> None:
    assert callable(work)
    with pytest.raises(InputError, match=said):
        work()
