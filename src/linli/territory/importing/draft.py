"""What an import would change: rows to make, rows to change with what they held before, rows to remove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import shapely
from django.db import models

from linli.territory.importing.problems import Problem
from linli.territory.models import Belonging, Block, Building, Compound, Count, Facility, Line

Row = TypeVar("Row", bound=models.Model)
# each needs those before it
ORDER: tuple[type[models.Model], ...] = (Compound, Block, Line, Building, Facility, Count, Belonging)


@dataclass(frozen=True)
class Founded:
    """A community to be founded, as a row tells it; without a code it gets a temporary one."""

    name: str
    name_en: str
    code: str
    status: str
    valid_from: date


@dataclass(eq=False)
class Draft:
    """The outcome of a check, in memory: nothing of it is written.

    Parameters
    ----------
    new, changed
        Rows by model; a changed row comes with the values of the fields that change.
    gone
        Rows that are no more, by model.
    same
        How many rows stay as they are, by model.
    members
        Blocks by the key of the community that they first belong to.
    founded, founded_before
        Communities to be founded, and how many that the file names stand already.
    problems
        Of every row.
    left_out
        How many rows of the file have errors.
    rows
        How many rows the file has.
    shapes
        For the preview: geometry in degrees, label and state (new, changed, same, error).
    """

    new: dict[type[models.Model], list[Any]] = field(default_factory=lambda: {model: [] for model in ORDER})
    changed: dict[type[models.Model], list[tuple[Any, dict[str, Any]]]] = field(
        default_factory=lambda: {model: [] for model in ORDER}
    )
    gone: dict[type[models.Model], list[Any]] = field(default_factory=lambda: {model: [] for model in ORDER})
    same: Counter[type[models.Model]] = field(default_factory=Counter)
    members: dict[int, list[Block]] = field(default_factory=dict)
    founded: list[Founded] = field(default_factory=list)
    founded_before: int = 0
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0
    rows: int = 0
    shapes: list[tuple[shapely.Geometry, str, str]] = field(default_factory=list)

    def put(self, model: type[Row], existing: Row | None, values: Mapping[str, Any]) -> tuple[Row, str]:
        """Make a row, or change the one that stands there.

        Returns
        -------
        The row, unsaved, and what becomes of it: new, changed or same.
        """
        if existing is None:
            row = model(**values)
            self.new[model].append(row)
            return row, "new"
        before = {name: getattr(existing, name) for name in values}
        differing = {name: old for name, old in before.items() if _plain(old) != _plain(values[name])}
        if not differing:
            self.same[model] += 1
            return existing, "same"
        for name in differing:
            setattr(existing, name, values[name])
        noted = next((old for row, old in reversed(self.changed[model]) if row is existing), None)
        if noted is None:
            self.changed[model].append((existing, differing))
        else:  # twice in one import: what stood there first counts
            noted.update({name: old for name, old in differing.items() if name not in noted})
        return existing, "changed"

    def numbers(self) -> dict[str, dict[str, int]]:
        """Return how many rows of each model are new, changed, the same, gone."""
        told = {}
        if self.founded or self.founded_before:
            told["division"] = {"new": len(self.founded), "changed": 0, "same": self.founded_before, "gone": 0}
        for model in ORDER:
            numbers = {
                "new": len(self.new[model]),
                "changed": len(self.changed[model]),
                "same": self.same[model],
                "gone": len(self.gone[model]),
            }
            if any(numbers.values()):
                told[str(model._meta.model_name)] = numbers
        return told


def shape_values(shape: shapely.Geometry) -> dict[str, Any]:
    """Return the columns of `Shaped` that hold a geometry."""
    west, south, east, north = map(float, shape.bounds)
    return {"wkb": shapely.to_wkb(shape), "west": west, "south": south, "east": east, "north": north}


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, (memoryview, bytearray)) else value
