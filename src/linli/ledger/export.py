"""The ledger as others hold it: rows for the checker, and the public part as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from linli.ledger.chain import COLUMNS, FIELDS, Row
from linli.ledger.models import Entry

CHUNK = 5000


def rows(after: int = 0) -> Iterator[Row]:
    """Read every entry after a number from the database, for `linli.ledger.chain.verify`."""
    at = FIELDS.index("public")
    for row in Entry.objects.filter(seq__gt=after).order_by("seq").values_list(*COLUMNS).iterator(CHUNK):
        yield (*row[:at], int(row[at]), *row[at + 1 :])


def public_lines(after: int = 0) -> Iterator[str]:
    """Write the public part: one JSON object a line, every digest and hash, the contents of public entries only."""
    for row in rows(after):
        public = row[FIELDS.index("public")]
        entry = dict(zip(FIELDS, row, strict=False)) if public else {"seq": row[0], "public": 0}
        yield json.dumps({**entry, "digest": row[-3], "hash": row[-1]}, ensure_ascii=False) + "\n"
