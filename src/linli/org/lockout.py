"""Lock-out after failed sign-ins, counted in the database so that every process knows.

An attempt is counted before the password is looked at and forgotten when it was right, so that many at once win
nothing. A username is counted whether or not it exists, so that a lock tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import salted_hmac

from linli.org.models import SignInFailure


def key_of(tried: str) -> str:
    """Return the keyed digest under which what was tried is counted."""
    return salted_hmac("linli.org.lockout", tried.strip().lower(), algorithm="sha256").hexdigest()


def locked(tried: str, address: str = "") -> bool:
    """Whether so many attempts with this username, or from this address, failed that the next one must wait."""
    since = timezone.now() - timedelta(minutes=settings.SIGN_IN_WINDOW)
    recent = SignInFailure.objects.filter(at__gt=since)
    return recent.filter(key=key_of(tried)).count() >= settings.SIGN_IN_FAILURES or (
        address != "" and recent.filter(address=address).count() >= settings.SIGN_IN_FAILURES_ADDRESS
    )


def locked_among(usernames: Iterable[str]) -> set[str]:
    """Return which of some usernames are locked now, by one query."""
    keys = {key_of(username): username for username in usernames}
    since = timezone.now() - timedelta(minutes=settings.SIGN_IN_WINDOW)
    counts = (
        SignInFailure.objects.filter(at__gt=since, key__in=keys).order_by().values_list("key").annotate(Count("pk"))
    )
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
        SignInFailure.objects.filter(at__lt=now - timedelta(days=1)).delete()
        return SignInFailure.objects.create(key=key_of(tried), address=address, at=now)


def clear(tried: str) -> None:
    """Forget the failures of a username."""
    SignInFailure.objects.filter(key=key_of(tried)).delete()
