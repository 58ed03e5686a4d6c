"""No change of the ledger by raw SQL passes the check: any column, any value, any row, any guard, re-chained or cut."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection, transaction

from linli.ledger.checking import check
from linli.ledger.models import Entry
from linli.ledger.recording import record
from linli.ledger.tests.forging import Forger

FORGERIES = 120


@pytest.mark.django_db
def test_no_forgery_of_a_hundred_passes() -> None:
    for k in range(12):
        record(actor="account:1", verb="org.rename_division", object=f"division:{k}", public=k % 2 == 0,
               after={"name": "新"}, content={"name": f"新{k}"})  # fmt: skip
    heads = dict(Entry.objects.values_list("seq", "hash").order_by("-seq")[:1])
    passed, played = [], Counter[str]()
    with connection.cursor() as cursor:
        assert check(cursor, connection.vendor, heads=heads).faults == []
        for seed in range(FORGERIES):
            with transaction.atomic():
                way = Forger(cursor, connection.vendor, seed).bend()
                with transaction.atomic():
                    found = check(cursor, connection.vendor, heads=heads)
                transaction.set_rollback(True)
            played[way] += 1
            if found.sound:
                passed.append((seed, way))
        assert check(cursor, connection.vendor, heads=heads).faults == []
    assert passed == []
    assert len(played) == 9  # every way was played
