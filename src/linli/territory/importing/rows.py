"""The rows of a file as the check reads them: cells by field, tidied, their problems gathered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.geodata.blocks import plain_text
from linli.geodata.coordinates import CGCS2000, transform
from linli.geodata.layers import read_layer_and_wkb
from linli.geodata.tables import read_table
from linli.territory.importing.files import is_table, readable
from linli.territory.importing.problems import Problem
from linli.written import gone, one_line

Objects = NDArray[Any]


@dataclass(eq=False)
class Rows:
    """Rows with what is wrong with them.

    Parameters
    ----------
    columns
        By name, each of shape (n,).
    numbers
        Shape (n,): the row of the file.
    geometry
        Shape (n,): in CGCS2000 degrees, None where a row has none; None for a table without coordinates.
    mapping
        Column by field.
    """

    columns: dict[str, NDArray[Any]]
    numbers: NDArray[np.int64]
    geometry: Objects | None
    mapping: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    bad: set[int] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.numbers)

    def has(self, name: str) -> bool:
        """Whether a column is mapped to the field."""
        return name in self.mapping

    def fail(self, index: int, code: str, name: str = "", **details: Any) -> None:
        """Note an error: the row will not be imported."""
        self.bad.add(index)
        self._note(index, code, name, True, details)

    def warn(self, index: int, code: str, name: str = "", **details: Any) -> None:
        """Note what one should know."""
        self._note(index, code, name, False, details)

    def raw(self, index: int, name: str) -> str:
        """Return the cell of a field as text, '' where it is empty or not mapped."""
        return one_line(self._cell(index, name))

    def _cell(self, index: int, name: str) -> str:
        return plain_text(self.columns[self.mapping[name]][index]) if name in self.mapping else ""

    def text(self, index: int, name: str, most: int) -> str:
        """Return a text of at most `most` characters."""
        value = self.raw(index, name)
        if gone(self._cell(index, name)):
            self.warn(index, "unseen", name)
        if len(value) > most:
            self.fail(index, "too_long", name, most=most)
            return value[:most]
        return value

    def whole(self, index: int, name: str, most: int = 2**31 - 1) -> int | None:
        """Return a whole number of zero or more, None where the cell is empty."""
        number = self._number(index, name, "not_whole")
        if number is None:
            return None
        if not number.is_integer() or number > most:
            self.fail(index, "not_whole", name)
            return None
        return int(number)

    def number(self, index: int, name: str) -> float | None:
        """Return a number of zero or more, None where the cell is empty."""
        return self._number(index, name, "not_number")

    def codes(self, most: int = 40) -> list[str]:
        """Return the codes, each once; where no column is mapped they are made of row numbers as the engine does."""
        if not self.has("code"):
            return [f"B{row:05d}" for row in self.numbers]
        first: dict[str, int] = {}
        found = []
        for index in range(len(self)):
            code = self.text(index, "code", most)
            if not code:
                self.fail(index, "missing", "code")
            elif code in first:
                self.fail(index, "twice", "code", other=first[code])
            else:
                first[code] = int(self.numbers[index])
            found.append(code)
        return found

    def points(self) -> Objects:
        """Return a point inside each geometry, None where a row has none."""
        if self.geometry is None:
            return np.full(len(self), None, dtype=object)
        return np.asarray(shapely.point_on_surface(self.geometry), dtype=object)

    def _number(self, index: int, name: str, code: str) -> float | None:
        text = self.raw(index, name).replace(",", "").replace("，", "")
        if text in ("", "无", "-", "/"):
            return None
        try:
            number = float(text)
        except ValueError:
            number = np.nan
        if not np.isfinite(number) or number < 0:
            self.fail(index, code, name)
            return None
        return float(number)

    def _note(self, index: int, code: str, name: str, error: bool, details: dict[str, Any]) -> None:
        row = int(self.numbers[index])
        self.problems.append(
            Problem(code, row, self.mapping.get(name, ""), self.raw(index, name)[:120], error, details)
        )


def read_rows(path: Path, *, layer: str, crs: str, mapping: Mapping[str, str]) -> Rows:
    """Read every row of a layer or sheet; features without geometry too.

    Parameters
    ----------
    path
        As `linli.territory.importing.files.keep` returned it.
    layer
        The layer or sheet.
    crs
        The system of the numbers; empty for tables without coordinates.
    mapping
        Column by field.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    if is_table(path):
        sheet = layer if path.suffix in (".xlsx", ".xlsm") else None
        if not crs:
            table = read_table(path, sheet=sheet)
            return Rows(table.columns, table.rows, None, mapping)
        found, _ = read_layer_and_wkb(path, layer=sheet, crs=crs)
    else:
        found, _ = read_layer_and_wkb(readable(path), layer=layer, crs=crs)
    return Rows(found.columns, found.rows, transform(found.geometry, found.crs, CGCS2000), mapping)
