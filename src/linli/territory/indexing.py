"""What buildings are found by: neighbouring pairs of characters, pinyin initials, numbers; kept with each building."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet
from pypinyin import Style, lazy_pinyin

from linli.territory.addresses import Address, parse
from linli.territory.importing.numbers import numbers_or_none
from linli.territory.models import Building
from linli.written import folded

AT_ONCE = 500
HAN = re.compile(r"[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]")  # with rare ones in private use
BETWEEN = re.compile(r"[^a-z0-9\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]+")
ALSO = re.compile("[、,，;；]")  # what stands between nicknames
RUN = re.compile(r"[a-z0-9]+")


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
        building.initials = initials_of(address.place or address.road)[:80]
        building.grams = " ".join(_words_of(building, address))
        held.append(building)
        number += 1
        if len(held) == AT_ONCE:
            _write(held)
    _write(held)
    return number


def grams_of(text: str) -> list[str]:
    """Return the words a name is found by: every two neighbouring characters, and every run of letters or digits."""
    found: dict[str, None] = {}
    for piece in re.split(BETWEEN, folded(text)):
        for at in range(len(piece) - 1):
            if HAN.match(piece[at]) or HAN.match(piece[at + 1]):
                found[piece[at : at + 2]] = None
        for run in RUN.findall(piece):
            found[run] = None
    return list(found)


def _address_of(building: Building) -> Address:
    """Return the building's address from its own columns; what a file said as one line fills the gaps."""
    said = parse(building.address)
    numbered = parse(f"院{building.number}") if building.number else said
    compound = building.compound.name if building.compound else ""
    own = own_name(building) or (building.number if numbered.place not in ("", "院", said.place) else "")
    name = compound or ("" if building.road or own else said.place)
    return Address(
        place=f"{name}{own}",
        road="" if compound else (building.road or said.road),
        gate="" if compound else (building.gate.removesuffix("号") or said.gate),
        first="" if own else numbered.first,
        last="" if own else numbered.last,
    )


def own_name(building: Building) -> str:
    """Return the name that stands in place of a building's number, 市民中心 say; '' where there is none."""
    return "" if numbers_of(building.number) else building.number


def numbers_of(number: str) -> tuple[str, ...]:
    """Return every building that a number names: '3-5幢' gives 3, 4, 5, 'A座' gives A; nothing for a name."""
    found = numbers_or_none(number)
    if found:
        return tuple(map(str, found))
    said = parse(f"院{number}") if number else Address()
    return said.numbers if said.place == "院" else ()


def may_be_found(building: Building) -> bool:
    """Whether the index will hold any name of a building; numbers alone lead nowhere."""
    names = (*_names_of(building, _address_of(building)), building.road)
    return any(grams_of(name) or initials_of(name) for name in names)


def _names_of(building: Building, address: Address) -> tuple[str, ...]:
    also = building.compound.also_called if building.compound else ""
    return address.place, address.road, *ALSO.split(also)


def _words_of(building: Building, address: Address) -> Iterable[str]:
    words: dict[str, None] = {}
    for name in (*_names_of(building, address), building.road):
        words.update(dict.fromkeys(grams_of(name)))
    for name in _names_of(building, address):
        if initials := initials_of(name):
            words[f"zz{initials}"] = None
    gate = building.gate.removesuffix("号") or address.gate
    if gate:
        words[f"gg{gate.lower()}"] = None
    words.update(dict.fromkeys(f"nn{number.lower()}" for number in numbers_of(building.number) or address.numbers))
    return words


@lru_cache(maxsize=65536)
def initials_of(name: str) -> str:
    """Return the first letters of a name in pinyin; digits and letters stay."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors=lambda rest: rest)
    return "".join(RUN.findall("".join(letters).lower()))


def _write(held: list[Building]) -> None:
    if held:
        type(held[0])._default_manager.bulk_update(held, ["address", "grams", "initials"], batch_size=AT_ONCE // 5)
        held.clear()


def natural(number: str) -> tuple[tuple[int, str], ...]:
    """Key that puts 2幢 before 12幢."""
    return tuple((int(part) if part.isdecimal() else -1, part) for part in re.findall(r"\d+|\D+", number))
