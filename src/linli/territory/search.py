"""Address search over the district's own buildings: bigrams, pinyin initials, nicknames; no outside service."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from django.db import connection
from django.db.models import QuerySet
from pypinyin import Style, lazy_pinyin

from linli.territory.addresses import Address, parse
from linli.territory.models import Building
from linli.written import folded

MOST = 10  # answers
MOST_WORDS = 10  # of a question that no building answers to in full
LOOKED_AT = 400  # buildings that are ranked; more match only where the question is a single common word
AT_ONCE = 500
HAN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]")  # with rare ones in private use
BETWEEN = re.compile(r"[^a-z0-9\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]+")
RUN = re.compile(r"[a-z0-9]+")
LATIN = re.compile(r"^([A-Za-z]+)(\d*)$")


@dataclass(frozen=True)
class Answer:
    """A place that a question may mean: one building, or a compound by one of its buildings.

    Parameters
    ----------
    building
        Key of the building; for a compound the first of it.
    street, code
        Code of the building's street, and of the building in it: what a link carries.
    title
        What it is called: 白云花园12幢, or 白云花园 for all of it.
    also_called
        Nicknames of the compound.
    road
        Road and gate, to tell twins apart; '' where not known.
    whole
        True where it stands for all buildings of its compound or gate.
    longitude, latitude
        Degrees (CGCS2000).
    """

    building: int
    street: str
    code: str
    title: str
    also_called: str
    road: str
    whole: bool
    longitude: float
    latitude: float


def index_buildings(buildings: QuerySet[Building]) -> int:
    """Write what buildings are found by; call it after they or their compounds' names change.

    Parameters
    ----------
    buildings
        Any queryset of them.

    Returns
    -------
    How many were written.
    """
    held: list[Building] = []
    number = 0
    for building in buildings.select_related("compound").iterator(AT_ONCE):
        address = _address_of(building)
        building.address = str(address)[:160]
        building.initials = _initials(address.place or address.road)[:80]
        building.grams = " ".join(_words_of(building, address))
        held.append(building)
        number += 1
        if len(held) == AT_ONCE:
            _write(held)
    _write(held)
    return number


def search(question: str, *, street: str = "") -> list[Answer]:
    """Find the buildings and compounds that a question may mean, the likeliest first.

    Parameters
    ----------
    question
        An address in any spelling, a nickname, or pinyin initials ('byhy12').
    street
        Path of a division to stay within; everywhere where ''.

    Returns
    -------
    At most ten. A number narrows to a building; without one a compound is one answer. Dwellings are not looked at.
    """
    asked = parse(question[:80])
    initials = LATIN.match(question.strip())
    if initials:
        words = [f"zz{initials[1].lower()}*"]
        asked = Address(place="", first=initials[2].lstrip("0"))
    else:
        words = _grams(asked.place or asked.road)
        if asked.place and asked.road:
            words += _grams(asked.road)
        if len(asked.place) == 1 and HAN.match(asked.place):
            words = [f"{asked.place}*"]
    numbered = [f"gg{asked.gate.lower()}"] if asked.gate else []
    numbered += [f"nn{number.lower()}" for number in asked.numbers[:1]]
    if not words:
        return []
    rows = _find([[*words, *numbered]], street) or (_find([words], street) if numbered else [])
    if not rows and not initials:  # a wrong character spoils two words: any two that are right will do, then any one
        rows = _find([*combinations(words[:MOST_WORDS], 2)], street, ordered=True)
        rows = rows or _find([[word] for word in words[:MOST_WORDS]], street, ordered=True)
    return _ranked(rows, asked, has_number=bool(numbered))


def grams_of(text: str) -> list[str]:
    """Return the words a name is found by: every two neighbouring characters, and every run of letters or digits."""
    return _grams(text)


def _ranked(rows: Sequence[tuple[object, ...]], asked: Address, *, has_number: bool) -> list[Answer]:
    wanted = asked.place or asked.road
    found: dict[object, tuple[tuple[object, ...], Answer]] = {}
    for row in rows:
        key, code, street, number, address, longitude, latitude, compound, name, also, road, gate = row
        called = str(name or "")
        hit = bool(number) and bool(set(parse(f"院{number}").numbers) & set(asked.numbers))
        whole = not (hit or (has_number and asked.gate and gate == asked.gate and not compound))
        place = called or f"{road}{gate}号" if gate or called else str(address)
        title = place if whole else str(address)
        answer = Answer(
            int(str(key)), str(street), str(code), title, str(also or ""),
            f"{road}{gate}号" if gate else str(road or ""), whole, float(str(longitude)), float(str(latitude)),
        )  # fmt: skip
        same = called == wanted or wanted in str(also or "").split("、")
        rank = (
            whole and bool(asked.first), not same, not called.startswith(wanted), wanted not in called,
            -_shared(wanted, f"{called}{also or ''}{road or ''}"), len(called), title, str(code),
        )  # fmt: skip
        group = (compound or (road, gate)) if whole else key
        if group not in found or rank < found[group][0]:
            found[group] = (rank, answer)
    return [answer for _, answer in sorted(found.values(), key=lambda pair: pair[0])[:MOST]]


def _shared(one: str, other: str) -> int:
    return len(set(_grams(one)) & set(_grams(other)))


COLUMNS = (
    "b.id, b.code, s.code, b.number, b.address, b.longitude, b.latitude, b.compound_id, c.name, c.also_called, "
    "b.road, b.gate"
)
TABLES = (
    "JOIN territory_block k ON k.id = b.block_id JOIN org_division s ON s.id = k.street_id "
    "LEFT JOIN territory_compound c ON c.id = b.compound_id"
)


def _find(sets: Sequence[Sequence[str]], street: str, *, ordered: bool = False) -> list[tuple[object, ...]]:
    """Ask the database's own full-text index for buildings that bear all words of any of the sets."""
    if not sets:
        return []
    within = "AND s.path LIKE %s" if street else ""
    values: list[str] = [f"{street}%"] if street else []
    if connection.vendor == "postgresql":
        query = _query(sets, prefix=":*", quote="'", both=" & ", either=" | ")
        vector = "to_tsvector('simple', b.grams)"
        # how many of the words it bears; ts_rank would make the vector of every candidate anew
        words = list(dict.fromkeys(word for words in sets for word in words)) if ordered else []
        counted = " + ".join(["(strpos(' ' || b.grams || ' ', %s) > 0)::int"] * len(words))
        order = f"ORDER BY {counted} DESC" if words else ""
        sql = (
            f"SELECT {COLUMNS} FROM territory_building b {TABLES} "
            f"WHERE {vector} @@ to_tsquery('simple', %s) {within} {order} LIMIT {LOOKED_AT}"
        )
        values = [query, *values, *(f" {word} " for word in words)]
    else:
        query = _query(sets, prefix="*", quote='"', both=" AND ", either=" OR ")
        order = "ORDER BY f.rank" if ordered else ""
        sql = (
            f"SELECT {COLUMNS} FROM territory_building_words f JOIN territory_building b ON b.id = f.rowid {TABLES} "
            f"WHERE f.territory_building_words MATCH %s {within} {order} LIMIT {LOOKED_AT}"
        )
        values = [query, *values]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def _query(sets: Sequence[Sequence[str]], *, prefix: str, quote: str, both: str, either: str) -> str:
    """Write sets of words in the database's own words; `word*` stands for all that begin so."""

    def quoted(word: str) -> str:
        plain = f"{quote}{word.removesuffix('*')}{quote}"
        return f"{plain}{prefix}" if word.endswith("*") else plain

    return either.join(f"({both.join(map(quoted, words))})" for words in sets)


def _address_of(building: Building) -> Address:
    """Return the building's address from its own columns; what a file said as one line fills the gaps."""
    said = parse(building.address)
    numbered = parse(f"院{building.number}") if building.number else said
    name = building.compound.name if building.compound else ""
    return Address(
        place=name or ("" if building.road else said.place),
        road="" if name else (building.road or said.road),
        gate="" if name else (building.gate.removesuffix("号") or said.gate),
        first=numbered.first,
        last=numbered.last,
    )


def _words_of(building: Building, address: Address) -> Iterable[str]:
    also = building.compound.also_called if building.compound else ""
    words: dict[str, None] = {}
    for text in (address.place, address.road, also, building.road):
        words.update(dict.fromkeys(_grams(text)))
    for name in (address.place, address.road, *re.split("[、,,]", also)):
        if initials := _initials(name):
            words[f"zz{initials}"] = None
    gate = building.gate.removesuffix("号") or address.gate
    if gate:
        words[f"gg{gate.lower()}"] = None
    words.update(dict.fromkeys(f"nn{number.lower()}" for number in address.numbers))
    return words


def _grams(text: str) -> list[str]:
    found: dict[str, None] = {}
    for piece in re.split(BETWEEN, folded(text)):
        for at in range(len(piece) - 1):
            if HAN.match(piece[at]) or HAN.match(piece[at + 1]):
                found[piece[at : at + 2]] = None
        for run in RUN.findall(piece):
            found[run] = None
    return list(found)


@lru_cache(maxsize=65536)
def _initials(name: str) -> str:
    """Return the first letters of a name in pinyin; digits and letters stay."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda rest: rest)
    return "".join(RUN.findall("".join(letters).lower()))


def _write(held: list[Building]) -> None:
    if held:
        Building.objects.bulk_update(held, ["address", "grams", "initials"], batch_size=AT_ONCE // 5)
        held.clear()
