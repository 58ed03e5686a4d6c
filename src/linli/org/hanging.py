"""What hangs on rows by foreign keys, in rooms above too, which nobody here imports."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.db import models
from django.db.models.fields.reverse_related import ManyToOneRel

AT_ONCE = 500  # keys a statement: within the limits of both databases


def ties_to(
    model: type[models.Model], besides: Collection[type[models.Model]] = ()
) -> Iterator[tuple[type[models.Model], str, str]]:
    """Return every model with a foreign key to a model, the key's name and that of its column."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.related_model not in besides:
            yield relation.related_model, relation.field.name, relation.field.attname


def hanging_on(
    model: type[models.Model],
    keys: Sequence[int],
    *,
    besides: Collection[type[models.Model]] = (),
    own: Mapping[str, Collection[int]] | None = None,
) -> set[int]:
    """Return which rows of a model others hang on.

    Parameters
    ----------
    model, keys
        The rows.
    besides
        Models whose rows go with these and do not count.
    own
        By a model's name the keys of rows that do not count either.
    """
    found: set[int] = set()
    for other, field, column in ties_to(model, besides):
        spared = set((own or {}).get(str(other._meta.model_name), ()))
        for start in range(0, len(keys), AT_ONCE):
            rows = other._base_manager.filter(**{f"{field}__in": keys[start : start + AT_ONCE]}).order_by()
            if spared:
                found |= {key for pk, key in rows.values_list("pk", column) if pk not in spared}
            else:
                found |= set(rows.values_list(column, flat=True).distinct())
    return found
