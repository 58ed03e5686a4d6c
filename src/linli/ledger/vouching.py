"""Vouching for what stands without an entry of its own: shipped tables, data from before, what an upgrade changed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from linli.ledger import states
from linli.ledger.checking import Standing
from linli.ledger.recording import record

AT_ONCE = 500  # things an entry


def astray() -> set[str]:
    """Return the things that are not as the ledger tells."""
    with connection.cursor() as cursor:
        return {thing for _seq, thing in _standing(cursor).behind(cursor, connection.vendor)}


def vouch(*, but: Collection[str] = ()) -> int:
    """Record how all things stand of which no entry tells; return how many. From then on each must have its entry.

    Parameters
    ----------
    but
        What was astray before and stays so: nobody vouches for that.
    """
    complete = {kind: kept.shape for kind, kept in states.kinds().items() if kept.always}
    with transaction.atomic():
        with connection.cursor() as cursor:
            found = _standing(cursor)
            changed = [thing for _seq, thing in found.behind(cursor, connection.vendor) if thing not in but]
            things = sorted({*changed, *found.uncovered(cursor, connection.vendor)}.difference(but))
        if not things and found.complete == complete:
            return 0
        for start in range(0, max(len(things), 1), AT_ONCE):
            some = things[start : start + AT_ONCE]
            record(
                actor="system", verb="ledger.vouch", object="site", also=some,
                content={"number": len(some), states.VOUCHED: {}, states.COMPLETE: complete},
            )  # fmt: skip
    return len(things)


def _standing(cursor: object) -> Standing:
    found = Standing()
    found.catch_up(cursor)
    return found
