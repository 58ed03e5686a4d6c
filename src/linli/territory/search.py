"""Address search over the district's own buildings: bigrams, pinyin initials, nicknames; no outside service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from django.db.models import Q

from linli.org.models import Division, titled
from linli.territory.addresses import Address, parse
from linli.territory.importing.numbers import bare_name, plain_name
from linli.territory.index_rows import Row, find_rows
from linli.territory.indexing import ALSO, HAN, grams_of, natural, numbers_of
from linli.territory.models import Compound

MOST = 10  # answers
MOST_WORDS = 10  # of a question that no building answers to in full
MOST_NUMBERS = 20  # buildings that one question may ask for
LATIN = re.compile(r"^([A-Za-z]+)(\d*)$")
Words = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A place that a question may mean: one building, or a compound with all of its buildings.

    Parameters
    ----------
    key
        Of the building, or of the compound where `whole`.
    street, street_title
        Code and title of the street, which tells twins of a name apart.
    code
        Of the building or compound in its street: what a link carries.
    title
        What it is called: 白云花园12幢, or 白云花园 for all of it.
    also_called
        Nicknames of the compound.
    road
        Road and gate; '' where not known.
    whole
        True where it is a compound.
    exact
        True where it is what was asked for, by name and number, and not only something like it.
    numbers
        Every building that its number names; none of a compound.
    missing
        What was asked for and is not there: ('99幢',) of a compound without such a building.
    longitude, latitude
        Degrees (CGCS2000); of a compound those of one of its buildings, None where it has none.
    """

    key: int
    street: str
    street_title: str
    code: str
    title: str
    also_called: str
    road: str
    whole: bool
    exact: bool
    longitude: float | None
    latitude: float | None
    numbers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rank: tuple[Any, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True)
class Asked:
    """A question, read: what it names, and the words, with a gate, under which that may stand in the index."""

    address: Address
    variants: tuple[tuple[Words, str], ...]
    initials: bool

    @property
    def name(self) -> str:
        """The name that is asked for."""
        return self.address.place or self.address.road

    @property
    def numbers(self) -> tuple[str, ...]:
        """Numbers of the buildings that are asked for."""
        return self.address.numbers[:MOST_NUMBERS]


def search(question: str, *, street: str = "") -> list[Answer]:
    """Find the buildings and compounds that a question may mean, the likeliest first.

    A number that does not exist is never answered by another building: the compound is told instead, and what of it is
    missing.

    Parameters
    ----------
    question
        An address in any spelling, a nickname, or pinyin initials ('byhy12').
    street
        Path of a division to stay within; everywhere where ''.

    Returns
    -------
    At most ten. A number narrows to a building; without one a compound is one answer. Dwellings are not looked at: all
    of a building belong together.
    """
    asked = read_question(question)
    answers: list[Answer] = []
    for words, gate in asked.variants:
        answers = _there(words, gate, asked, street)
        if answers:
            break
    else:
        answers = _compounds(asked, street)
    if not answers and not asked.initials and asked.variants:
        # a wrong character spoils two words: any two that are right will do, then any one
        words = asked.variants[0][0][:MOST_WORDS]
        rows = find_rows([*combinations(words, 2)], street, ordered=True)
        rows = rows or find_rows([[word] for word in words], street, ordered=True)
        answers = [replace(one, exact=False) for one in _answers(rows, asked)]
    exact = [one for one in answers if one.exact]
    on_road = [one for one in exact if asked.address.road and asked.address.road in one.road]
    if 0 < len(on_road) < len(exact):
        answers = [replace(one, exact=one.exact and one in on_road) for one in answers]
    return sorted(answers, key=lambda one: (not one.exact, one.rank))[:MOST]


def read_question(question: str) -> Asked:
    """Read what somebody typed."""
    address = parse(question[:80])
    initials = LATIN.match(question.strip())
    if initials:
        word = f"zz{initials[1].lower()}*"
        return Asked(Address(first=initials[2].lstrip("0")), (((word,), ""),), initials=True)
    place, road = tuple(grams_of(address.place)), tuple(grams_of(address.road))
    if len(address.place) == 1 and HAN.match(address.place):
        place = (f"{address.place}*",)
    variants = ((place, ""), (road, address.gate.lower()))
    return Asked(address, tuple(one for one in variants if one[0]), initials=False)


def _there(words: Words, gate: str, asked: Asked, street: str) -> list[Answer]:
    """Find what bears these words; where it has not the number that was asked for, itself with what is missing."""
    at_gate = [*words, *([f"gg{gate}"] if gate else [])]
    numbered = [[*at_gate, f"nn{number.lower()}"] for number in asked.numbers]
    answers = _answers(find_rows(numbered or [at_gate], street), asked)
    left = _left(answers, asked)
    if left:
        rows = (find_rows([at_gate], street) if gate and numbered else []) or find_rows([words], street)
        there = [replace(one, missing=left, exact=False) for one in _answers(rows, asked, without_numbers=True)]
        same = [one for one in there if one.rank[0] == 0]
        answers += same or ([] if answers else there)
    return answers


def _answers(rows: Sequence[Row], asked: Asked, *, without_numbers: bool = False) -> list[Answer]:
    """Make answers of rows: a building where its number was asked for or it stands alone, else its compound."""
    found: dict[object, Answer] = {}
    for row in rows:
        numbers = {number.lower() for number in numbers_of(row.number)}
        hit = not without_numbers and bool(numbers & {number.lower() for number in asked.numbers})
        whole = row.compound is not None and not hit and not _is_its_own(row, asked)
        answer = _answer(row, asked, whole=whole, hit=hit)
        group = ("compound", row.compound) if whole else ("building", row.building)
        if group not in found or answer.rank < found[group].rank:
            found[group] = answer
    return list(found.values())


def _answer(row: Row, asked: Asked, *, whole: bool, hit: bool) -> Answer:
    called, also = row.name or "", row.also_called or ""
    gate = row.gate.removesuffix("号").lower()
    own = [] if called else [row.address, parse(row.address).place]
    road = f"{row.road}{row.gate.removesuffix('号')}号" if row.gate else row.road
    names = {plain_name(one).upper() for one in (called, *ALSO.split(also), *own)} - {""}
    names |= {bare_name(called).upper()} if called else set()
    names |= {row.road} if asked.numbers and not called and not gate else set()  # 东南路3幢
    wanted = asked.name
    at_gate = bool(gate) and (row.road, gate) == (asked.address.road, asked.address.gate.lower())
    named = wanted in names if asked.address.place else at_gate
    alone = not whole and _is_its_own(row, asked)
    rank = (
        0 if named or alone else 1, whole and bool(asked.numbers), not called.startswith(wanted), wanted not in called,
        -_shared(wanted, f"{called}{also}{row.road}"), len(called), row.street, called or row.address,
        natural(row.number), row.code,
    )  # fmt: skip
    return Answer(
        key=row.compound if whole and row.compound is not None else row.building,
        street=row.street,
        street_title=titled(row.street_name, row.street_name_en, Division.Kind.STREET),
        code=str(row.compound_code if whole else row.code),
        title=(called or str(row.compound_code)) if whole else row.address,
        also_called=also,
        road=road,
        whole=whole,
        exact=alone or (named and (hit or not asked.numbers)),
        longitude=row.longitude,
        latitude=row.latitude,
        numbers=() if whole else numbers_of(row.number),
        rank=rank,
    )


def _is_its_own(row: Row, asked: Asked) -> bool:
    """Whether a building is asked for by the name that it bears in place of a number."""
    return not numbers_of(row.number) and bool(row.number) and asked.name in (row.address, plain_name(row.number))


def _left(answers: Iterable[Answer], asked: Asked) -> tuple[str, ...]:
    """Say what was asked for by number and is not there."""
    found = [one for one in answers if one.exact or asked.initials]
    if asked.numbers:
        there = {number for one in found for number in one.numbers}
        return tuple(f"{number}幢" for number in asked.numbers if number not in there)
    return () if found or not asked.address.gate else (f"{asked.address.gate}号",)


def _compounds(asked: Asked, street: str) -> list[Answer]:
    """Find compounds of which no building is known: their blocks answer."""
    name = asked.address.place
    if len(name) < 2:
        return []
    left = _left([], asked)
    rows = Compound.objects.filter(Q(name__icontains=name) | Q(also_called__icontains=name), blocks__isnull=False)
    if street:
        rows = rows.filter(street__path__startswith=street)
    return [
        Answer(
            one.pk, one.street.code, one.street.title, one.code, str(one), one.also_called, "", whole=True,
            exact=not left and name in {plain_name(said).upper() for said in (one.name, *ALSO.split(one.also_called))},
            longitude=None, latitude=None, missing=left, rank=(0, len(one.name), one.street.code, one.code),
        )
        for one in rows.select_related("street").order_by("street__code", "code").distinct()[:MOST]
    ]  # fmt: skip


def _shared(one: str, other: str) -> int:
    return len(set(grams_of(one)) & set(grams_of(other)))
