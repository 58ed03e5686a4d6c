"""Finding matters by their words: pairs of characters, numbers, places, pinyin initials; on both databases."""

from __future__ import annotations

import re

from django.db import connection
from django.db.models.expressions import RawSQL
from pypinyin import Style, lazy_pinyin

from linli.matters.models import Matter, MatterQuerySet
from linli.territory.search import grams_of

MOST_QUESTION = 60
HEAD = 16  # characters of a text whose initials are kept
LETTERS = re.compile(r"^[a-z]{2,16}$")
NUMBER = re.compile(r"^\d{8,16}$")
SAMPLE = 4_000  # of the newest, that tell how common words are
MOST_BACK = 120_000  # matters that one looks back over at most


def grams_for(matter: Matter) -> str:
    """Return what a matter is found by: pairs of characters of text, place and category, and pinyin initials."""
    said = [matter.text, matter.place, str(matter.building or ""), str(matter.category or "")]
    words: dict[str, None] = {}
    for part in said:
        words.update(dict.fromkeys(grams_of(part)))
    for part in (matter.text[:HEAD], *said[1:]):
        words.update(dict.fromkeys(_initial_words(initials(part))))
    return " ".join(words)


def find(question: str, among: MatterQuerySet) -> MatterQuerySet:
    """Return the matters that a question means, the newest first.

    Parameters
    ----------
    question
        A number, words of at least two characters, a place, or pinyin initials ('ldd' for 楼道灯); all of them count.
    among
        Those that the one who asks may see.
    """
    question = question.strip()[:MOST_QUESTION]
    if NUMBER.match(question):
        return among.filter(number=question)
    words = words_of(question)
    if not words:
        return among.none() if question else among.order_by("-pk")
    return _having(words, among).order_by("-pk")


def words_of(question: str) -> list[str]:
    """Return the words of a question as `grams_for` writes them."""
    plain = question.lower().strip()
    if LETTERS.match(plain):
        return list(_initial_words(plain)) or [f"zz{plain}"]
    return grams_of(plain)


def initials(text: str) -> str:
    """Return the first letters of a text in pinyin; figures stay, marks go."""
    letters = "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors=lambda rest: rest))
    return "".join(re.findall("[a-z0-9]+", letters.lower()))


def _initial_words(letters: str) -> list[str]:
    """Every three neighbouring initials, and the whole where it is two."""
    if len(letters) == 2:
        return [f"zz{letters}"]
    return [f"zz{letters[at : at + 3]}" for at in range(len(letters) - 2)]


def newest(question: str, among: MatterQuerySet, most: int) -> list[Matter]:
    """Return the newest matters that a question means, quickly whether its words are common or rare.

    Parameters
    ----------
    question, among
        As for `find`.
    most
        How many at most.

    Notes
    -----
    SQLite reads its index backwards. PostgreSQL's knows no order: common words would mean sorting millions. So the
    newest few are looked at first; where they show that the words are common, one looks back from the newest on,
    otherwise the index is asked for all.
    """
    words = words_of(question.strip()[:MOST_QUESTION])
    if connection.vendor != "postgresql" or NUMBER.match(question.strip()) or not words:
        return list(find(question, among)[:most])
    spoken = " AND ".join(["strpos(' ' || matters_matter.grams || ' ', %s) > 0"] * len(words))
    plain = among.annotate(spoken=RawSQL(f"({spoken})", [f" {word} " for word in words])).filter(spoken=True)
    last = Matter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    seen = plain.filter(pk__gt=last - SAMPLE).count()
    if seen:
        back = int(SAMPLE * most / seen * 1.5)
        if back <= MOST_BACK:
            found = list(plain.filter(pk__gt=last - back).order_by("-pk")[:most])
            if len(found) == most:
                return found
    return list(_having(words, among).order_by("-pk")[:most])


def _having(words: list[str], among: MatterQuerySet) -> MatterQuerySet:
    if connection.vendor == "postgresql":
        query = " & ".join(f"'{word}'" for word in words)
        # asked apart, or the planner may walk all matters and make the vector of each anew
        rows = RawSQL(
            "WITH hits AS MATERIALIZED (SELECT id FROM matters_matter "
            "WHERE to_tsvector('simple', grams) @@ to_tsquery('simple', %s)) SELECT id FROM hits",
            [query],
        )
        return among.filter(pk__in=rows)
    query = " AND ".join(f'"{word}"' for word in words)
    rows = RawSQL("SELECT rowid FROM matters_matter_words WHERE matters_matter_words MATCH %s", [query])
    return among.filter(pk__in=rows)
