"""Finding matters by their words: pairs of characters, numbers, places, pinyin initials; on both databases."""

from __future__ import annotations

import re

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from pypinyin import Style, lazy_pinyin

from linli.matters.models import Matter, MatterQuerySet
from linli.territory.indexing import grams_of
from linli.written import folded

MOST_QUESTION = 60
HEAD = 16  # characters of a text whose initials are kept
LETTERS = re.compile(r"^[a-z]{2,16}$")
NUMBER = re.compile(r"^\d{8,16}$")
SAMPLE, STRETCHES = 8_000, 8  # that tell how common words are
MOST_HITS = 20_000  # that the index is asked for at once; of commoner words the newest are found by looking back
MEMORY = "64MB"
AT_ONCE = 2_000  # keys that are looked at together


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
    question = folded(question).strip()[:MOST_QUESTION]
    if NUMBER.match(question):
        return among.filter(number=question)
    words = words_of(question)
    if not words:
        return among.none() if question else among.order_by("-pk")
    return _having(words, among).order_by("-pk")


def words_of(question: str) -> list[str]:
    """Return the words of a question as `grams_for` writes them."""
    plain = folded(question).strip()
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


def newest(question: str, among: MatterQuerySet, most: int, *, before: int | None = None) -> list[Matter]:
    """Return the newest matters that a question means, quickly whether its words are common or rare.

    Parameters
    ----------
    question, among
        As for `find`.
    most
        How many at most.
    before
        Key of a matter: only older ones.

    Notes
    -----
    SQLite reads its index backwards. PostgreSQL's knows no order: common words would mean sorting millions. So a
    sample says how common the words are; of common ones one looks back from the newest on, otherwise the index is asked
    for all.
    """
    words = words_of(question.strip()[:MOST_QUESTION])
    if before is not None:
        among = among.filter(pk__lt=before)
    if connection.vendor != "postgresql" or NUMBER.match(question.strip()) or not words:
        return list(find(question, among)[:most])
    spoken = " AND ".join(["strpos(' ' || matters_matter.grams || ' ', %s) > 0"] * len(words))
    condition = RawSQL(f"({spoken})", [f" {word} " for word in words])
    plain = among.annotate(spoken=condition).filter(spoken=True)
    last = before or Matter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    sampled = _sample(last)
    hits = Matter.objects.filter(sampled).annotate(spoken=condition).filter(spoken=True).count()
    if hits * last <= MOST_HITS * SAMPLE:
        return _rare(words, among, most)
    share = max(among.filter(sampled).count() / SAMPLE, 0.001)
    back = int(SAMPLE * most / hits / share * 1.3)
    while True:
        found = list(plain.filter(pk__gt=last - back).order_by("-pk")[:most])
        if len(found) == most or back >= last:
            return found
        back *= 2


def _sample(last: int) -> Q:
    """Return the filter of a few stretches of matters from the first to the last: one day may be unlike the others."""
    size = SAMPLE // STRETCHES
    starts = [last * k // STRETCHES - size for k in range(1, STRETCHES + 1)]
    return Q(*(Q(pk__gt=start, pk__lte=start + size) for start in starts), _connector=Q.OR)


def _rare(words: list[str], among: MatterQuerySet, most: int) -> list[Matter]:
    """Ask the index for all keys, and look at the newest of them first until enough may be seen."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL work_mem = '{MEMORY}'")  # all hits at once, or each is read again for its words
        cursor.execute(
            "SELECT array_agg(id ORDER BY id DESC) FROM matters_matter "
            "WHERE to_tsvector('simple', grams) @@ to_tsquery('simple', %s)",
            [_asked(words)],
        )
        keys = cursor.fetchone()[0] or []
    found: list[Matter] = []
    for at in range(0, len(keys), AT_ONCE):
        found += among.filter(pk__in=keys[at : at + AT_ONCE]).order_by("-pk")[: most - len(found)]
        if len(found) == most:
            break
    return found


def _asked(words: list[str]) -> str:
    return " & ".join(f"'{word}'" for word in words)


def _having(words: list[str], among: MatterQuerySet) -> MatterQuerySet:
    if connection.vendor == "postgresql":
        query = _asked(words)
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
