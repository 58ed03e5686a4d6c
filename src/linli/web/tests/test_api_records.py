"""The public ledger and one's own jobs for programs."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from linli.jobs.models import Job
from linli.ledger.recording import record
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.web.tests.test_api import get, program_of, queries


@pytest.fixture(autouse=True)
def _full_allowance(db: None) -> None:
    forget_all()


def test_anyone_reads_the_public_part_and_nothing_else(world: World) -> None:
    with transaction.atomic():
        record(actor="system", verb="org.rename_division", object="division:1", public=True, content={"name": "新"})
        last = record(actor="account:1", verb="ledger.sight", object="account:2", content={"why": "密"})
    told = get(Client(), "ledger/entries?object=division:1")
    assert [entry["verb"] for entry in told["items"]] == ["org.rename_division"]
    with queries(1):
        assert "密" not in str(get(Client(), "ledger/entries"))
    assert get(Client(), "ledger")["hash"] == last.hash


def test_a_job_is_told_to_the_account_that_started_it_only(world: World) -> None:
    job = Job.objects.create(kind="territory.import", actor=world.account("jiedao").reference, done=3, total=9)
    told = get(program_of(world, "jiedao"), f"jobs/{job.pk}")
    assert (told["state"], told["done"], told["total"]) == ("waiting", 3, 9)
    get(program_of(world, "quji"), f"jobs/{job.pk}", 404)
    get(Client(), f"jobs/{job.pk}", 401)
