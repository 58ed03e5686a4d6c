"""Size standards between database, shipped tables and the reckoning: loading, reading, comparing versions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from linli.planning.models import Standard
from linli.planning.norms import in_words
from linli.plans.profiles import STATUTORY, Profile, profile_from, profile_names, read_profile
from linli.plans.rules import DEFAULT_PROFILE

COMPARED = (
    "title", "issuer", "document", "clause", "counting", "households_least", "households_most", "split_above",
    "persons_most", "grades", "norms", "valid_from", "source", "verified",
)  # fmt: skip


def load_standards(**_: Any) -> None:
    """Create version 1 of every shipped standard that the database lacks; called after every upgrade."""
    known = set(Standard.objects.values_list("code", flat=True))
    Standard.objects.bulk_create(
        Standard(code=name, **fields_of(read_profile(name))) for name in profile_names() if name not in known
    )


def fields_of(profile: Profile) -> dict[str, Any]:
    """Return the fields of a standard that a shipped table states."""
    least, most = profile.households or (None, None)
    return {
        "title": profile.title,
        "issuer": profile.issuer,
        "document": profile.document,
        "clause": profile.clause,
        "counting": profile.counting,
        "households_least": least,
        "households_most": most,
        "split_above": profile.split_above,
        "persons_most": profile.persons_most,
        "norms": dict(profile.norms),
        "grades": [list(pair) for pair in profile.grades.items()],
        "statutory": profile.statutory,
        "valid_from": profile.valid_from,
        "valid_to": profile.valid_to,
        "source": profile.source,
        "verified": profile.verified,
    }


def profile_of(standard: Standard) -> Profile:
    """Return a version as the profile that the reckoning works with."""
    table: dict[str, Any] = {
        name: getattr(standard, name)
        for name in ("title", "issuer", "document", "clause", "counting", "split_above", "persons_most", "norms",
                     "statutory", "valid_from", "valid_to", "source", "verified")
    }  # fmt: skip
    table["grades"] = dict(standard.grades)
    if standard.households_least is not None and standard.households_most is not None:
        table["households"] = [standard.households_least, standard.households_most]
    return profile_from(standard.code, table)


def law_on(day: date) -> Profile:
    """Return the law's own band as the version that is in force on a day has it; the shipped one where none is."""
    version = Standard.objects.on(day).filter(statutory=True).order_by("-version", "-pk").first()
    return read_profile(STATUTORY) if version is None else profile_of(version)


def in_force(standards: Iterable[Standard], day: date) -> list[Standard]:
    """Return of each code the newest version in force on a day, the district's own first, then the law's."""
    newest: dict[str, Standard] = {}
    for standard in standards:
        starts = standard.valid_from is None or standard.valid_from <= day
        runs = standard.valid_to is None or day < standard.valid_to
        known = newest.get(standard.code)
        if starts and runs and (known is None or known.version < standard.version):
            newest[standard.code] = standard
    return sorted(newest.values(), key=lambda s: (s.code != DEFAULT_PROFILE, not s.statutory, s.code))


def differences(older: Standard, newer: Standard) -> list[tuple[str, Any, Any]]:
    """Return what a version changed: the field's name, what it was, what it is."""
    names = {field.name: field.verbose_name for field in Standard._meta.concrete_fields}
    found = [
        (str(names[name]), getattr(older, name), getattr(newer, name))
        for name in COMPARED
        if name != "norms" and getattr(older, name) != getattr(newer, name)
    ]
    old, new = (dict(in_words(profile_of(one).norms)) for one in (older, newer))
    return found + [(name, old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)]
