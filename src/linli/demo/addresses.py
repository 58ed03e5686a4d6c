"""Building numbers as ledgers write them: 1栋, 1幢, 1号楼, 3-5幢, or nothing at all; and how to read them again."""

from __future__ import annotations

import re

import numpy as np

from linli.demo.houses import Houses
from linli.demo.land import Compound, Land

WIDE_DIGITS = "".join(chr(0xFF10 + digit) for digit in range(10))
DASHES = "—–~~至-"
PLAIN = str.maketrans(WIDE_DIGITS + DASHES, "0123456789" + "-" * len(DASHES))
TWINS = {"幸福小区(团结街)": "幸福小区", "幸福小区(炎龙路)": "幸福小区"}  # the ledger knows only the bare name
REMARKS = ("电话待补", "以派出所数据为准", "旧地址:矿务局生活区", "门牌已换", "与上年不符,待核")


def ledger_rows(land: Land, houses: Houses, rng: np.random.Generator) -> list[list[object]]:
    """List the lived-in buildings as a street's ledger would: one line each, some joined, some without a number."""
    rows: list[list[object]] = []
    for index, compound in enumerate(land.compounds):
        own = np.flatnonzero((houses.compound == index) & (houses.dwellings > 0))
        start = 0
        while start < len(own):
            joined = 1
            if compound.use in ("mining", "market", "village") and rng.random() < 0.05:
                joined = min(int(rng.integers(2, 4)), len(own) - start)
            rows.append(_row(len(rows) + 1, compound, houses, own[start : start + joined], rng))
            start += joined
    return rows


def read_numbers(text: object) -> list[int]:
    """Read the building numbers out of a ledger's cell, none where it names none.

    '3-5幢' gives 3, 4, 5; '1栋', '1幢', '1号楼', '1#' and '1' give 1.

    Raises
    ------
    ValueError
        Text that is no building number.
    """
    plain = str("" if text is None else text).translate(PLAIN).replace(" ", "")
    if plain in ("", "无", "无号"):
        return []
    found = re.fullmatch(r"第?(\d+)(?:-(\d+))?(?:号楼|栋|幢|#|号)?", plain)
    if not found:
        raise ValueError(f"no building number: {text!r}")
    first, last = int(found[1]), int(found[2] or found[1])
    return list(range(first, last + 1))


def _row(serial: int, compound: Compound, houses: Houses, own: np.ndarray, rng: np.random.Generator) -> list[object]:
    first, last = int(houses.number[own[0]]), int(houses.number[own[-1]])
    label: object
    if len(own) > 1:
        label = f"{first}-{last}{'幢' if rng.random() < 0.7 else '栋'}"
    elif rng.random() < (0.2 if compound.use in ("unnamed", "village") else 0.015):
        label = None if rng.random() < 0.6 else "无"
    else:
        forms = ("{}幢", "{}栋", "{}号楼", "{} 幢", "{}#", "{}")
        label = forms[int(rng.choice(6, p=(0.46, 0.24, 0.16, 0.05, 0.05, 0.04)))].format(first)
        if rng.random() < 0.02:
            label = str(label).translate(str.maketrans("0123456789", WIDE_DIGITS))
    columns = ("dwellings", "dwellings_delivered", "households_registered", "households_resident", "persons")
    return [
        serial,
        f"{compound.community}社区",
        TWINS.get(compound.name, compound.name) or "无名院落",
        label,
        int(houses.stairs[own].sum()),
        int(houses.floors[own].max()),
        *(int(getattr(houses, column)[own].sum()) for column in columns),
        REMARKS[int(rng.integers(len(REMARKS)))] if rng.random() < 0.04 else None,
    ]
