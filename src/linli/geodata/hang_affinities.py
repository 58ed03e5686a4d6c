"""Affinities from surveys: households that feel two neighbouring blocks belong together."""

from __future__ import annotations

import os

import numpy as np

from linli.errors import InputError
from linli.geodata.blocks import Blocks
from linli.geodata.hang import block_of
from linli.geodata.hang_counts import Buildings
from linli.geodata.import_report import Report
from linli.geodata.street_classes import text
from linli.geodata.tables import Table, read_table


def hang_affinities(
    blocks: Blocks, source: Table | str | os.PathLike[str], stock: Buildings | None, report: Report
) -> None:
    """Add up affinities by pair of neighbours, each on the pair's first row of lines.

    Parameters
    ----------
    blocks
        Blocks, whose `lines.affinity` is filled in.
    source
        A table with columns `a`, `b` (compounds, building ids or block ids) and `affinity` (households that feel
        the two belong together).
    stock
        Buildings, for their ids.
    report
        Where to count what joins no two neighbours.

    Raises
    ------
    InputError
        A column is missing, or an affinity is no number.
    """
    table = source if isinstance(source, Table) else read_table(source)
    for name in ("a", "b", "affinity"):
        if name not in table.columns:
            raise InputError(
                "the table of affinities lacks a column",
                file=table.source,
                layer=table.name,
                field=name,
                advice="name the columns a, b and affinity",
            )
    places: dict[str, set[int]] = {one: {row} for row, one in enumerate(blocks.ids)}
    for row, value in enumerate(blocks.columns.get("compound", ())):
        for one in str(value).split(";") if value else ():
            places.setdefault(one, set()).add(row)
    if stock is not None and "id" in stock.columns:
        for one, row in zip(stock.columns["id"], block_of(stock.geometry, blocks.geometry), strict=True):
            if row >= 0:
                places.setdefault(text(one), set()).add(int(row))
    first: dict[tuple[int, int], int] = {}
    for row, pair in enumerate(zip(blocks.lines.a.tolist(), blocks.lines.b.tolist(), strict=True)):
        first.setdefault(pair, row)
    lost = 0
    for row in range(len(table.rows)):
        here = places.get(text(table.columns["a"][row]), set())
        there = places.get(text(table.columns["b"][row]), set())
        meets = sorted({(min(a, b), max(a, b)) for a in here for b in there} & first.keys())
        if not meets:
            lost += not (here and here == there)
            continue
        at = first[meets[0]]
        old = blocks.lines.affinity[at]
        blocks.lines.affinity[at] = (0.0 if np.isnan(old) else old) + _number(table, row)
    report.count("affinities", len(table.rows))
    report.met(
        "affinities_without_border", lost,
        "{}条归属感记录的两端不相邻或找不到", "{} affinities join ground that is unknown or not adjacent",
    )  # fmt: skip


def _number(table: Table, row: int) -> float:
    value = text(table.columns["affinity"][row])
    try:
        return float(value or 0)
    except ValueError:
        raise InputError(
            "an affinity is no number",
            file=table.source,
            layer=table.name,
            row=int(table.rows[row]),
            field="affinity",
            value=value,
            advice="write the number of households",
        ) from None
