"""Lock-out after failed sign-ins, counted in the database so that every process knows.

An attempt is counted before the password is looked at and forgotten when it was right, so that many at once win
nothing. A username is counted whether or not it exists, so that a lock tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from linli.org.models import SignInFailure

SLACK = timedelta(minutes=1)  # by which clocks of several machines may differ


def key_of(tried: str) -> str:
    """Return the keyed digest under which what was tried is counted."""
    return salted_hmac("linli.org.lockout", tried.strip().lower(), algorithm="sha256").hexdigest()


def locked(tried: str, address: str = "") -> bool:
    """Whether so many attempts with this username, or from this address, failed that the next one must wait."""
    recent = _recent()
    return recent.filter(key=key_of(tried)).count() >= settings.SIGN_IN_FAILURES or (
        address != "" and recent.filter(address=address).count() >= settings.SIGN_IN_FAILURES_ADDRESS
    )


def locked_among(usernames: Iterable[str]) -> set[str]:
    """Return which of some usernames are locked now, by one query."""
    keys = {key_of(username): username for username in usernames}
    counts = _recent().filter(key__in=keys).order_by().values_list("key").annotate(Count("pk"))
    return {keys[key] for key, count in counts if count >= settings.SIGN_IN_FAILURES}


def reserve(tried: str, address: str) -> SignInFailure | None:
    """Count an attempt; return None where it may not be made."""
    now = timezone.now()
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite has one writer anyway
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key_of(tried)[:15], 16)])
        if locked(tried, address):
            return None
        SignInFailure.objects.filter(Q(at__lt=now - timedelta(days=1)) | Q(at__gt=now + SLACK)).delete()
        return SignInFailure.objects.create(key=key_of(tried), address=address, at=now)


def clear(tried: str) -> None:
    """Forget the failures of a username."""
    SignInFailure.objects.filter(key=key_of(tried)).delete()


def _recent() -> QuerySet[SignInFailure]:
    """Failures that still count; one from the future was written by a clock that went wrong, and counts for nothing."""
    now = timezone.now()
    return SignInFailure.objects.filter(at__gt=now - timedelta(minutes=settings.SIGN_IN_WINDOW), at__lte=now + SLACK)
