"""The public ledger and one's own jobs for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from linli.jobs.models import Job
from linli.ledger.chain import GENESIS
from linli.ledger.models import Entry
from linli.org.policies import actor_in
from linli.org.rest import Page, Pages, Word, page_of

public = Router(tags=["ledger", "public"])
guarded = Router(tags=["jobs"])


class Head(Schema):
    """The last entry of the ledger: whoever keeps it can tell later that nothing before it was changed."""

    seq: int
    at: datetime | None
    hash: str


class EntryOut(Schema):
    """A public entry with all that its hash is reckoned from."""

    seq: int
    at: str
    actor: str
    post: str
    verb: str
    object: str
    before: str
    after: str
    content: str = Field(description="规范JSON,按原文计算摘要 · canonical JSON, hashed as written")
    salt: str
    digest: str
    previous: str
    hash: str


class Entries(Page):
    """A page of the public part."""

    items: list[EntryOut]


class EntriesAsked(Schema):
    """Which entries."""

    object: Word | None = Field(None, description="对象，如 division:12 · what the acts were done to")


class JobOut(Schema):
    """A piece of long work of one's own."""

    id: UUID
    kind: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    words: str
    error: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@public.get("/ledger", response=Head, summary="台账末条 · head of the ledger")
def read_head(request: HttpRequest) -> dict[str, Any]:
    """The number, moment and hash of the last entry."""
    last = Entry.objects.order_by("-seq").only("seq", "at", "hash").first()
    return {"seq": last.seq, "at": last.moment, "hash": last.hash} if last else {"seq": 0, "at": None, "hash": GENESIS}


@public.get("/ledger/entries", response=Entries, summary="公开台账 · public entries")
def list_entries(request: HttpRequest, paged: Pages, asked: Query[EntriesAsked]) -> dict[str, Any]:
    """Acts on public matters, from the first; `next` is the number of an entry."""
    rows = Entry.objects.filter(public=True)
    if asked.object:
        rows = rows.filter(object=asked.object)
    return page_of(rows, paged, lambda entry: {name: getattr(entry, name) for name in EntryOut.model_fields})


@guarded.get("/jobs/{id}", response=JobOut, summary="后台任务 · a job of one's own")
def read_job(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """How far a job is that the account of the token has started."""
    job = Job.objects.filter(pk=id, actor=actor_in(request).reference).first()
    if job is None:
        raise Http404(id)
    return {name: getattr(job, name) for name in JobOut.model_fields}
