"""Writing to the ledger: the one way to add an entry."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from linli.ledger import states
from linli.ledger.chain import FIELDS, GENESIS, canonical, digest_of, hash_of
from linli.ledger.models import Entry
from linli.ledger.tiles import grow

LOCK = 0x4C696E6C69  # any number, the same everywhere: orders the writers of the chain on PostgreSQL


def record(
    *,
    actor: str,
    verb: str,
    object: str,
    post: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    public: bool = False,
    content: Mapping[str, Any] | None = None,
    also: Iterable[str] = (),
    touched: bool = True,
) -> Entry:
    """Add an act to the chain, in the transaction of the act itself.

    Parameters
    ----------
    actor, post, object
        References: `account:7`, `post:3`, `division:12`; `system` and `public` act without an account.
    verb
        The action, `room.action`.
    before, after
        What the object was and is; only digests of them are kept. Of a kind that its room declares
        (`linli.ledger.states`) the state after the act is read here, so one records after one has written.
    public
        True where `content` may be read and downloaded by anyone; then it holds no personal data.
    content
        What a reader needs to understand the act.
    also
        Other things that the act changed: the entry vouches for how they stand too.
    touched
        False where the act leaves its object as it was: then the entry before goes on vouching for it, and what was
        bent meanwhile is not vouched for by a sign-in or a look.

    Raises
    ------
    django.db.transaction.TransactionManagementError
        There is no transaction: an act and its record stand or fall together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act is recorded in the transaction that does it")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = Entry.objects.order_by("-seq").values_list("seq", "hash").first() or (0, GENESIS)
    salt = secrets.token_hex(16)
    with connection.cursor() as cursor:
        stand = states.digests(cursor, connection.vendor, [*([object] if touched else []), *sorted(set(also))], salt)
    own = stand.pop(object, "") if states.named(object) else _digest(after)
    fields: dict[str, Any] = {
        "seq": last[0] + 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "post": post,
        "verb": verb,
        "object": object,
        "before": _digest(before),
        "after": own,
        "public": int(public),
        "content": canonical({**(content or {}), **({states.VOUCHED: stand} if stand else {})}),
        "salt": salt,
    }
    for name in ("actor", "post", "verb", "object"):
        if "\n" in fields[name]:
            raise ValueError(f"a line break in {name}: {fields[name]!r}")
    digest = digest_of(fields[name] for name in FIELDS)
    made = Entry.objects.create(
        **{**fields, "public": public}, digest=digest, previous=last[1],
        hash=hash_of(last[1], fields["seq"], digest, fields["public"]),
    )  # fmt: skip
    grow(made.seq)
    return made


def record_sight(*, actor: str, object: str, fields: Sequence[str], why: str, post: str = "") -> Entry:
    """Record that someone saw personal data: whose, which fields, what for; never the data themselves."""
    return record(
        actor=actor, post=post, verb="ledger.sight", object=object, content={"fields": list(fields), "why": why},
        touched=False,
    )  # fmt: skip


def _digest(state: Mapping[str, Any] | None) -> str:
    return "" if state is None else hashlib.sha256(canonical(state).encode()).hexdigest()
