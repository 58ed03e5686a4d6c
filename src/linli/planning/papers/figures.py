"""Figures that several papers share: communities before and after, row by row, so that they add up."""

from __future__ import annotations

from collections.abc import Sequence

from linli.geodata import COUNT_COLUMNS
from linli.geodata.borders import Objects
from linli.plans.names import community_words
from linli.plans.plan import Plan as Found
from linli.plans.task import community_column

Cell = str | int | float
TITLE_LINE = 20  # characters of 22 points on a line


def columns(found: Found) -> list[str]:
    """Name the counting definitions that the blocks have."""
    return [name for name in COUNT_COLUMNS if name in found.blocks.columns]


def head(found: Found) -> list[str]:
    """Return the head of the table of communities."""
    return ["社区", "地块", *(found.blocks.note_of(name).brief() for name in columns(found)), "面积（公顷）"]


def rows(found: Found, names: Sequence[str], label: Objects) -> list[list[Cell]]:
    """One row a community, in the order of the names, the total last; hectares are rounded so as to add up to it."""
    import shapely

    area = shapely.area(found.blocks.geometry) / 10_000
    values = [found.blocks.counts(name) for name in columns(found)]
    made: list[list[Cell]] = []
    passed = 0.0
    for name in names:
        inside = label == name
        upto = passed + float(area[inside].sum())
        hectares = round(round(upto, 2) - round(passed, 2), 2)  # so that what is rounded adds up to the total
        passed = upto
        made.append([name, int(inside.sum()), *(int(column[inside].sum()) for column in values), hectares])
    made.append(["合计", len(found.blocks), *(int(column.sum()) for column in values), round(float(area.sum()), 2)])
    return made


def before(found: Found, names: Sequence[str]) -> dict[str, int]:
    """Return today's communities, by their names, with their households."""
    counts, present = found.blocks.counts(found.count), community_column(found.blocks)
    return {name: int(counts[present == name].sum()) for name in names}


def written_cell(cell: Cell) -> str:
    """Write a cell of a table."""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def titled(street: str, names: Sequence[str], what: str, mark: str) -> str:
    """Return a title in lines that are not broken: the street, the communities with what it is, the mark."""
    said = "、".join(community_words(name) for name in names)
    if len(said) + len(what) > TITLE_LINE:
        said = f"{community_words(names[0])}等{len(names)}个社区"
    return "\n".join(part for part in (street, said + what, mark) if part)


def listed(names: Sequence[str]) -> str:
    """List communities with how many they are."""
    return f"{'、'.join(community_words(name) for name in names)}（{len(names)}个）" if names else "0个"
