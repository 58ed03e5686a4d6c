"""Days as rows keep them; a day begins at midnight in Asia/Shanghai."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def holding(day: date, prefix: str = "", *, always: bool = False) -> Q:
    """Return the filter of rows with `valid_from` and `valid_to`, behind a prefix, that hold on a day.

    Parameters
    ----------
    day
        `valid_to` is the first day on which a row no longer holds; None has no end.
    prefix
        Of a related field, `memberships__` say.
    always
        Whether a row without a first day holds from ever.
    """
    begun = Q(**{f"{prefix}valid_from__lte": day})
    if always:
        begun |= Q(**{f"{prefix}valid_from": None})
    return begun & (Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": day}))
