"""Asking the database's own full-text index which buildings bear which words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection

LOOKED_AT = 400  # buildings that are ranked; more match only where the question is a single common word


class Row(NamedTuple):
    """A building as the index gives it, with its street and compound."""

    building: int
    code: str
    number: str
    address: str
    road: str
    gate: str
    longitude: float
    latitude: float
    compound: int | None
    compound_code: str | None
    name: str | None
    also_called: str | None
    street: str
    street_name: str
    street_name_en: str


COLUMNS = (
    "b.id, b.code, b.number, b.address, b.road, b.gate, b.longitude, b.latitude, c.id, c.code, c.name, c.also_called, "
    "s.code, s.name, s.name_en"
)
TABLES = (
    "JOIN territory_block k ON k.id = b.block_id JOIN org_division s ON s.id = k.street_id "
    "LEFT JOIN territory_compound c ON c.id = b.compound_id"
)


def find_rows(sets: Sequence[Sequence[str]], street: str, *, ordered: bool = False) -> list[Row]:
    """Return buildings that bear all words of any of the sets; `word*` stands for all that begin so.

    Parameters
    ----------
    sets
        Words as `linli.territory.indexing` writes them.
    street
        Path of a division to stay within; everywhere where ''.
    ordered
        Those that bear more of the words first.
    """
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
        return [Row(*row) for row in cursor.fetchall()]


def _query(sets: Sequence[Sequence[str]], *, prefix: str, quote: str, both: str, either: str) -> str:
    """Write sets of words in the database's own words."""

    def quoted(word: str) -> str:
        plain = f"{quote}{word.removesuffix('*')}{quote}"
        return f"{plain}{prefix}" if word.endswith("*") else plain

    return either.join(f"({both.join(map(quoted, words))})" for words in sets)
