"""A form is done once, however often it is sent: a double click, a page sent again, the same answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from linli.matters.models import SentForm

T = TypeVar("T")


def once(key: uuid.UUID | None, do: Callable[[], T]) -> T | None:
    """Do what a form asks for; None where the same form did it before, or does it at this moment.

    Parameters
    ----------
    key
        Of the form; None for one that has none, which is done each time.
    do
        The action. What it refuses is refused, unless the form was through already.
    """
    if key is None:
        return do()
    try:
        with transaction.atomic():
            SentForm.objects.create(key=key)  # who sends the same form waits here until this one is through
            return do()
    except (IntegrityError, ValidationError, PermissionDenied):
        if not was_sent(key):
            raise
        return None


def each_once(do: Callable[..., object]) -> Callable[..., object]:
    """Return an act of a form's values that is done once for the form's key, which is one of them."""
    return lambda key=None, **said: once(key, lambda: do(**said))


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """Return the key of the form that a request sends; None without one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def was_sent(key: uuid.UUID | None) -> bool:
    """Whether a form is through."""
    return key is not None and SentForm.objects.filter(key=key).exists()
