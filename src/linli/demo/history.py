"""A year of cases of the invented district, written at once: when, where, what, through whose hands, how it ended.

Nobody did these acts: they are drawn from shares, seasons and hours, and every step follows the state table (tested).
The ledger gets one entry for all of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, ExtractYear, LPad
from django.utils import timezone

from linli.demo.case_texts import Topic, released, sentence, topics
from linli.matters import clocks
from linli.matters.models import Category, DutyItem, Event, Matter, Rating
from linli.matters.routing import dispatcher_for, seats_below
from linli.matters.search import grams_for
from linli.matters.states import State
from linli.org.models import Division, Post
from linli.org.seals import seal
from linli.territory.models import Building, Membership

DAYS = 365
SOURCES = (("patrol", 0.62), ("web", 0.17), ("hotline", 0.13), ("caller", 0.06), ("sensor", 0.02))
# what a patrol and a sensor see; the rest is heard from residents
SEEN = ("0201", "0202", "0301", "0502", "0601", "0602", "0603", "0701", "0702", "0901", "0902", "1101", "1301")
SENSED = ("0103", "0603", "0901", "1301")
WEEK = (1.35, 1.1, 1.05, 1.0, 1.0, 0.75, 0.6)  # Monday first
HOURS = np.array([1, 0, 0, 0, 0, 0, 2, 5, 14, 14, 10, 7, 3, 4, 7, 7, 6, 5, 5, 9, 11, 8, 4, 2], dtype=float)
# share that is still open, by age in days; older ones are stragglers that everybody knows
STILL_OPEN = ((2, 0.9), (7, 0.65), (14, 0.35), (30, 0.12), (DAYS, 0.012))
ON_TIME, RETURNED, EXTENDED, REWORKED, WITHDRAWN, MERGED = 0.86, 0.07, 0.05, 0.04, 0.012, 0.018
HEAVY_PEOPLE, HEAVY_SHARE, PEOPLE = 0.03, 0.22, 1500  # a few write much
HARD = ("0302", "0301", "0401", "0701", "0801", "0102")  # what residents are seldom content with
AT_ONCE = 1000
RELEASED = 0.6  # of what may be public: words that a clerk released
RETURN_WORDS = "不属本社区范围，按边界属相邻社区，申请转派（附地址依据）。"
EXTEND_WORDS = "现场已联系权属单位，线路老化，需上报街道统筹资金，申请延期五个工作日。"
REWORK_WORDS = "回访说没有修好，请再去看。"


@dataclass(frozen=True)
class Seats:
    """Who receives what lies in a community, and who handles it there."""

    dispatcher: Post | None
    handlers: tuple[Post, ...]


def fill_history(number: int, *, seed: int, now: datetime | None = None) -> int:
    """Write a year of cases up to now; returns how many.

    Parameters
    ----------
    number
        How many.
    seed
        Of everything that is drawn.
    """
    rng = np.random.default_rng(seed + 7)
    moment = now or timezone.now()
    maker = _Maker(rng, moment)
    moments = sorted(_moments(rng, number, moment))
    for start in range(0, number, AT_ONCE):
        _write([maker.case(at) for at in moments[start : start + AT_ONCE]])
    return number


@dataclass
class Case:
    """A matter with its events and ratings, before they are written."""

    matter: Matter
    events: list[Event]
    ratings: list[Rating]


def _write(cases: Sequence[Case]) -> None:
    Matter.objects.bulk_create([one.matter for one in cases], batch_size=200)
    unnumbered = Matter.objects.filter(number=None)
    digits = LPad(Cast("pk", CharField()), 8, Value("0"))
    unnumbered.update(number=Concat(Cast(ExtractYear(F("opened_at")), CharField()), digits))
    for one in cases:
        for event in one.events:
            event.matter = one.matter
        for rating in one.ratings:
            rating.matter = one.matter
    Event.objects.bulk_create([event for one in cases for event in one.events], batch_size=500)
    Rating.objects.bulk_create([rating for one in cases for rating in one.ratings])


class _Maker:
    """Draws one case after the other."""

    def __init__(self, rng: np.random.Generator, now: datetime) -> None:
        self.rng, self.now = rng, now
        self.words = rng.spawn(1)[0]  # of its own, so that what is released changes nothing else
        self.clock = clocks.office_clock()
        self.topics = topics()
        self.categories = {one.code: one for one in Category.objects.all()}
        self.buildings = list(Building.objects.select_related("block__street", "compound").order_by("pk"))
        day = timezone.localdate(now)
        rows = Membership.objects.on(day).select_related("community__parent__parent")
        self.homes = {row.block_id: row.community for row in rows}
        self.seats = {home.pk: _seats(home) for home in set(self.homes.values())}
        district = Division.objects.filter(kind=Division.Kind.DISTRICT).order_by("code").first()
        self.district = Seats(dispatcher_for(district), ())
        self.people = [f"1{rng.integers(0, 300):03d}{rng.integers(0, 10**7):07d}" for _ in range(PEOPLE)]
        self.withdrawn = set(
            DutyItem.objects.filter(list=DutyItem.List.WITHDRAWN).values_list("categories__code", flat=True)
        )
        self.last: list[Matter] = []

    def case(self, at: datetime) -> Case:
        """Draw a case that was opened at a moment."""
        source = self._pick([name for name, _ in SOURCES], [share for _, share in SOURCES])
        topic = self._topic(source, timezone.localtime(at).month)
        building = self.buildings[int(self.rng.integers(len(self.buildings)))]
        home = self.homes[building.block_id]
        category = self.categories[topic.code]
        seats = self.district if topic.code in self.withdrawn else self.seats[home.pk]
        by_person = self.rng.random() < 0.45
        matter = Matter(
            key=uuid.UUID(bytes=self.rng.bytes(16), version=4), secret=self._secret(), source=source,
            kind=Matter.Kind.SUGGESTION if topic.suggestion else Matter.Kind.REPORT,
            text=sentence(self.rng, topic, door=str(building), compound=_compound(building)),
            place=str(building), building=building, block=building.block, category=category,
            guess=Matter.Guess.PERSON if by_person else Matter.Guess.MODEL,
            confidence=round(float(self.rng.beta(6, 2)), 3), urgent=category.urgent, contact=self._contact(source),
            holder=seats.dispatcher, dispatcher=seats.dispatcher, opened_at=at, state=State.RECEIVED,
        )  # fmt: skip
        if not category.private and self.words.random() < RELEASED:
            matter.published = released(self.words, topic)
        matter.grams = grams_for(matter)
        case = Case(matter, [], [])
        self._say(case, "open", at, to=seats.dispatcher, public=True)
        clocks.promise(matter, at)
        self._begin(matter, "accept", at)
        self._live(case, topic, seats, at)
        if matter.state != State.MERGED:
            self.last = [*self.last[-40:], matter]
        return case

    def _live(self, case: Case, topic: Topic, seats: Seats, at: datetime) -> None:
        """Let a case go its way, as far as it has come by now."""
        matter = case.matter
        chance = self.rng.random()
        if chance < WITHDRAWN:
            self._end(case, "withdraw", at + self._hours(6), State.WITHDRAWN, post=None)
            return
        at = self._later(at, 2)
        if at > self.now:
            return
        if chance < WITHDRAWN + MERGED and self.last:
            other = next((one for one in self.last if one.pk and one.category_id == matter.category_id), None)
            if other is not None:
                matter.merged_into = other
                self._end(case, "merge", at, State.MERGED, post=seats.dispatcher, text=str(other.number or ""))
                return
        handler = self._dispatch(case, seats, at)
        left_open = self._left_open(matter.opened_at)
        if self.rng.random() < RETURNED and seats.handlers and not left_open:
            at = self._later(at, 6)
            if at > self.now:
                return
            self._move(case, "return", at, State.RECEIVED, post=handler, to=seats.dispatcher, text=RETURN_WORDS)
            matter.returns = 1
            self._begin(matter, "accept", at)
            at = self._later(at, 4)
            if at > self.now:
                return
            handler = self._dispatch(case, seats, at)
        if self.rng.random() < EXTENDED:
            at = self._later(at, 8)
            if at > self.now:
                return
            matter.extension = 5
            clocks.extend_promise(matter, 5)
            clocks.set_answer_by(matter, self.clock)
            self._move(case, "extend", at, "", post=seats.dispatcher, text=EXTEND_WORDS, public=True)
            clocks.set_due(matter, self.clock)
        if left_open:
            return
        assert matter.due_at is not None
        span = max((matter.due_at - at).total_seconds(), 3600.0)
        late = self.rng.random() > ON_TIME
        part = float(self.rng.beta(2, 2.5)) if not late else 1.02 + float(self.rng.exponential(0.5))
        done = self._open(at + timedelta(seconds=span * part))
        if done > self.now:
            return
        self._resolve(case, topic, seats, handler, done)

    def _resolve(self, case: Case, topic: Topic, seats: Seats, handler: Post | None, at: datetime) -> None:
        answer = self._pick(topic.answers)
        self._move(case, "resolve", at, State.RESOLVED, post=handler, to=seats.dispatcher, text=answer, public=True)
        self._begin(case.matter, "verify", at)
        if self.rng.random() < REWORKED:
            at = self._later(at, 6)
            if at > self.now:
                return
            self._move(case, "send_back", at, State.HANDLING, post=seats.dispatcher, to=handler, text=REWORK_WORDS)
            case.matter.reworks = 1
            self._begin(case.matter, "handle", at)
            at = self._later(at, 16)
            if at > self.now:
                return
            self._move(case, "resolve", at, State.RESOLVED, post=handler, to=seats.dispatcher, text=answer, public=True)
            self._begin(case.matter, "verify", at)
        at = self._later(at, 5)
        if at > self.now:
            return
        self._end(case, "verify", at, State.CLOSED, post=seats.dispatcher)
        self._judge(case, topic, at)

    def _judge(self, case: Case, topic: Topic, at: datetime) -> None:
        """Some say what they think of it; what is hard to do is seldom well judged."""
        matter = case.matter
        if matter.source in ("patrol", "sensor") or self.rng.random() > 0.35:
            return
        at += self._hours(20)
        if at > self.now:
            return
        content = 0.55 if topic.code in HARD else 0.88
        solved = bool(self.rng.random() < content)
        score = int(self.rng.integers(4, 6)) if solved else int(self.rng.integers(1, 3))
        called = matter.source != "web"
        case.ratings.append(
            Rating(
                round=matter.reworks, by=Rating.By.CALL if called else Rating.By.PAGE, solved=solved, score=score,
                text="" if solved else "还是老样子，没有解决。", at=at,
            )
        )  # fmt: skip
        verb = "call_back" if called else "rate"
        self._say(case, verb, at, post=matter.dispatcher if called else None)

    def _dispatch(self, case: Case, seats: Seats, at: datetime) -> Post | None:
        if seats.handlers:
            handler: Post | None = seats.handlers[int(self.rng.integers(len(seats.handlers)))]
            self._move(case, "dispatch", at, State.HANDLING, post=seats.dispatcher, to=handler)
        else:
            handler = seats.dispatcher
            self._move(case, "accept", at, State.HANDLING, post=handler, to=handler)
        self._begin(case.matter, "handle", at)
        return handler

    def _move(
        self, case: Case, verb: str, at: datetime, after: str, *, post: Post | None, to: Post | None = None,
        text: str = "", public: bool = False,
    ) -> None:  # fmt: skip
        before = case.matter.state
        case.matter.state = after or before
        if to is not None:
            case.matter.holder = to
        self._say(case, verb, at, post=post, to=to, text=text, public=public, before=before)

    def _end(self, case: Case, verb: str, at: datetime, after: str, *, post: Post | None, text: str = "") -> None:
        self._move(case, verb, min(at, self.now), after, post=post, text=text, public=True)
        clocks.stop(case.matter)
        case.matter.closed_at = min(at, self.now)

    def _say(
        self, case: Case, verb: str, at: datetime, *, post: Post | None = None, to: Post | None = None,
        text: str = "", public: bool = False, before: str = "",
    ) -> None:  # fmt: skip
        if not before and case.events:
            before = case.matter.state
        case.events.append(
            Event(verb=verb, at=at, post=post, to=to, before=before, after=case.matter.state, text=text, public=public)
        )

    def _begin(self, matter: Matter, stage: str, at: datetime) -> None:
        limit = clocks.limit_of(matter.kind, stage, matter.category)
        matter.rule, matter.limit = limit.rule, [limit.amount, str(limit.unit)]
        matter.began_at, matter.extension = at, 0
        clocks.set_due(matter, self.clock)

    def _left_open(self, opened: datetime) -> bool:
        age = (self.now - opened).days
        return bool(self.rng.random() < next(share for days, share in STILL_OPEN if age <= days))

    def _topic(self, source: str, month: int) -> Topic:
        fitting = self.topics
        if source in ("patrol", "sensor"):
            seen = SEEN if source == "patrol" else SENSED
            fitting = tuple(one for one in self.topics if one.code in seen)
        return fitting[self._index([one.share * one.months[month - 1] for one in fitting])]

    def _contact(self, source: str) -> str:
        if source in ("patrol", "sensor") or self.rng.random() < 0.4:
            return ""
        heavy = round(PEOPLE * HEAVY_PEOPLE)
        often = self.rng.random() < HEAVY_SHARE
        who = int(self.rng.integers(heavy)) if often else int(self.rng.integers(heavy, PEOPLE))
        return seal(self.people[who], "matters.contact")

    def _later(self, at: datetime, hours: float) -> datetime:
        return self._open(at + self._hours(hours))

    def _open(self, at: datetime) -> datetime:
        """The moment, or when the office opens next; what lies ahead is not reckoned any further."""
        return at if at > self.now else self.clock.next_open(at)

    def _hours(self, mean: float) -> timedelta:
        return timedelta(hours=float(self.rng.gamma(2.0, mean / 2)))

    def _secret(self) -> str:
        letters = "abcdefghjkmnpqrstuvwxyz23456789"
        return "".join(letters[k] for k in self.rng.integers(0, len(letters), 8))

    def _pick(self, values: Sequence[str], shares: Sequence[float] | None = None) -> str:
        return values[self._index(shares) if shares is not None else int(self.rng.integers(len(values)))]

    def _index(self, shares: Sequence[float]) -> int:
        sums = np.cumsum(shares)
        return min(int(np.searchsorted(sums, self.rng.random() * sums[-1], side="right")), len(sums) - 1)


def _moments(rng: np.random.Generator, number: int, now: datetime) -> Iterator[datetime]:
    """Draw when cases were opened: more on Mondays, in the morning and the evening, with the seasons of the topics."""
    first = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    days = [first + timedelta(days=k) for k in range(DAYS)]
    wet = {month: sum(one.share * one.months[month - 1] for one in topics()) for month in range(1, 13)}
    weights = np.array([WEEK[day.weekday()] * wet[day.month] for day in days])
    drawn = rng.choice(DAYS, size=number, p=weights / weights.sum())
    hours = rng.choice(24, size=number, p=HOURS / HOURS.sum())
    seconds = rng.integers(0, 3600, size=number)
    for day, hour, second in zip(drawn, hours, seconds, strict=True):
        at = days[int(day)] + timedelta(hours=int(hour), seconds=int(second))
        yield at if at < now else now - timedelta(minutes=int(second) / 60 + 1)


def _seats(home: Division) -> Seats:
    dispatcher = dispatcher_for(home)
    handlers = tuple(seat for seat in seats_below(home, "matters.handle") if seat != dispatcher)
    return Seats(dispatcher, handlers)


def _compound(building: Building) -> str:
    return building.compound.name if building.compound else ""
