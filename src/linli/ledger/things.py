"""What a thing is called that an entry is about, and where it leads; each room names the kinds that are its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from linli.ledger.words import word_of
from linli.written import number_in

Words = str | Promise
# keys → title and address; the address is empty where the thing has no page that everybody may open
Find = Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]


@dataclass(frozen=True)
class Thing:
    """A thing as people read it: 划分项目 团结社区拆分.

    Parameters
    ----------
    words
        Its kind and its title; its kind and number where nothing more is known of it.
    title
        Its title alone, '' where nothing more is known of it.
    address
        Of its page, '' where there is none for everybody.
    """

    words: str
    title: str = ""
    address: str = ""

    def __str__(self) -> str:
        return self.words


_KINDS: dict[str, tuple[Words, Find | None]] = {}


def add_kinds(kinds: Mapping[str, tuple[Words, Find | None]]) -> None:
    """Name kinds of references, `plan` of `plan:3`; called when a room's application is ready."""
    _KINDS.update(kinds)


def things_of(references: Iterable[str]) -> dict[str, Thing]:
    """Return what each reference is called, by one question a kind; a word of no kind is left out."""
    asked: dict[str, dict[str, str]] = defaultdict(dict)
    for reference in references:
        kind, _sign, key = reference.partition(":")
        if kind in _KINDS:
            asked[kind][reference] = key
    found = {}
    for kind, keys in asked.items():
        words, find = _KINDS[kind]
        numbers = {reference: number_in(key) for reference, key in keys.items()}
        known = sorted({number for number in numbers.values() if number is not None})
        titles = find(known) if find and known else {}
        for reference, number in numbers.items():
            named = (word_of(kind, keys[reference]), "")
            title, address = named if number is None else titles.get(number, named)
            found[reference] = Thing(f"{words} {title or number or ''}".strip(), title, address)
    return found
