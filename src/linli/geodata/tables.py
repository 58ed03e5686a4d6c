"""Tables without a map: CSV in UTF-8 or GBK, and XLSX, as columns of numbers or text."""

from __future__ import annotations

import csv
import datetime
import io
import os
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.errors import InputError
from linli.geodata.workbook_guard import check_row, check_workbook

TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")
MOST_FIELD = 32 * 2**20  # characters of one cell of a text table
WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})")  # a leading zero or twenty digits are an identifier, not a number
NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,14})?(\.\d*)?([eE][+-]?\d+)?")


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equal length, as a file has them.

    Parameters
    ----------
    columns
        int64 where every value is whole, float64 where every value is a number or missing (NaN), else text or
        whatever the cells hold; missing values there are None.
    rows
        Shape (n,): the row of the file that each came from, the header being row 1 in most files.
    name
        The sheet's name, or the file's.
    source
        The file.
    """

    columns: dict[str, NDArray[Any]]
    rows: NDArray[np.int64]
    name: str
    source: Path

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, *names: str) -> NDArray[Any]:
        """Return the first column that bears one of these names.

        Raises
        ------
        InputError
            There is none; the advice lists the columns.
        """
        for name in names:
            if name in self.columns:
                return self.columns[name]
        raise InputError(
            "the column is missing",
            file=self.source,
            layer=self.name,
            field=" or ".join(names),
            advice=f"the columns are: {', '.join(self.columns)}",
        )


def read_table(path: str | os.PathLike[str], *, sheet: str | None = None) -> Table:
    """Read a CSV (UTF-8 with or without mark, or GBK; comma, semicolon or tab) or XLSX file.

    The header is the first row with two filled cells or more, so that a title above it does no harm; empty rows are
    passed over.

    Parameters
    ----------
    path
        The file.
    sheet
        XLSX only: the sheet's name; the first one where absent.

    Raises
    ------
    InputError
        No such file, no table, two columns of one name, or a row longer than the header.
    """
    path = Path(path)
    must_exist(path)
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        name, cells = _sheet(path, sheet)
    else:
        name, cells = path.stem, list(_csv(path))
    numbered = [(row, values) for row, values in enumerate(cells, start=1) if any(_filled(value) for value in values)]
    if not numbered:
        raise InputError("the table is empty", file=path, layer=sheet, advice="export it again, with a header row")
    wide = [sum(_filled(value) for value in values) >= 2 for _, values in numbered]
    first = wide.index(True) if any(wide) else 0
    header_row, header = numbered[first]
    names = _names(header, path, name, header_row)
    body = numbered[first + 1 :]
    if not body:
        raise InputError(
            "the table has a header but no rows", file=path, layer=name, row=header_row, advice="export it again"
        )
    for row, values in body:
        extra = [value for value in values[len(names) :] if _filled(value)]
        if extra:
            raise InputError(
                f"the row has more cells than the header ({len(names)})",
                file=path,
                layer=name,
                row=row,
                value=extra[0],
                advice="name every column, and put text with commas in quotation marks",
            )
    width = len(names)
    square = [[*values[:width], *[None] * (width - len(values))] for _, values in body]
    columns = {title: typed([values[k] for values in square]) for k, title in enumerate(names) if title}
    return Table(columns=columns, rows=np.array([row for row, _ in body], dtype=np.int64), name=name, source=path)


def must_exist(path: Path) -> None:
    """Raise an InputError where there is no file, or an empty one.

    Raises
    ------
    InputError
        As said.
    """
    if not path.exists():
        raise InputError("the file does not exist", file=path, advice="check the path")
    if not os.access(path, os.R_OK):
        raise InputError("the file may not be read", file=path, advice="ask its owner for the right to read it")
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise InputError("this is a folder", file=path, advice="name a file in it")
    if path.is_file() and path.stat().st_size == 0:
        raise InputError("the file is empty", file=path, advice="export or copy it again")


def typed(values: Sequence[object]) -> NDArray[Any]:
    """Turn cells into a column: int64, float64, or objects with None where a cell is empty.

    Parameters
    ----------
    values
        Text, numbers, dates, None.
    """
    cells = [_cell(value) for value in values]
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, int) or (isinstance(cell, str) and WHOLE.fullmatch(cell)) for cell in present):
        if len(present) == len(cells):
            return np.array([int(cell) for cell in present], dtype=np.int64)
        return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)
    if present and all(isinstance(cell, int | float) or _is_number(cell) for cell in present):
        return np.array([np.nan if cell is None else float(cell) for cell in cells], dtype=np.float64)
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def decode(raw: bytes) -> str:
    """Decode text that is UTF-8, with or without a mark, or GBK.

    Raises
    ------
    UnicodeDecodeError
        It is neither.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _csv(path: Path) -> Iterator[list[object]]:
    try:
        text = decode(path.read_bytes())
    except UnicodeDecodeError:
        raise InputError(
            "the text is neither UTF-8 nor GBK", file=path, advice="save it as CSV UTF-8, or as XLSX"
        ) from None
    if "\0" in text:
        raise InputError("this is no text table", file=path, advice="save it as CSV UTF-8, or as XLSX")
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(MOST_FIELD)  # the outline of a large block is one cell
    cells = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            cells += len(row)
            check_row(number, len(row), cells, file=path)
            yield list(row)
    except csv.Error as error:
        raise InputError(
            f"the table breaks off or is damaged ({error})", file=path, advice="export or copy it again"
        ) from None


def _sheet(path: Path, sheet: str | None) -> tuple[str, list[list[object]]]:
    import openpyxl  # a third of a second, which nobody else should wait for

    check_workbook(path, name=str(path))
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        openpyxl.utils.exceptions.InvalidFileException,
    ):
        raise InputError("this is no XLSX table, or it is damaged", file=path, advice="save it again as XLSX") from None
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise InputError(
                "there is no such sheet", file=path, layer=sheet, advice=f"the sheets are: {', '.join(book.sheetnames)}"
            )
        page = book[sheet] if sheet is not None else book.worksheets[0]
        page.reset_dimensions()
        rows: list[list[object]] = []
        cells = gap = 0
        for number, row in enumerate(page.iter_rows(values_only=True), 1):
            cells, gap = cells + len(row), 0 if any(row) else gap + 1
            check_row(number, len(row), cells, gap, file=path)
            rows.append(list(row))
        return page.title, rows
    except (zipfile.BadZipFile, EOFError, SyntaxError):
        raise InputError("the table breaks off", file=path, layer=sheet, advice="save it again as XLSX") from None
    finally:
        book.close()


def _names(header: list[object], path: Path, layer: str, row: int) -> list[str]:
    """Return the names of the columns, '' for cells without one at the end or between."""
    names = ["" if not _filled(value) else str(_cell(value)) for value in header]
    for name in names:
        if name and names.count(name) > 1:
            raise InputError(
                "two columns have the same name",
                file=path,
                layer=layer,
                row=row,
                field=name,
                advice="give each a name of its own",
            )
    while names and not names[-1]:
        names.pop()
    return names


def _cell(value: object) -> Any:
    """Tidy one cell: trimmed text, whole floats as integers, dates as ISO text, None where empty."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        if np.isnan(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return value


def _is_number(cell: object) -> bool:
    return isinstance(cell, str) and NUMBER.fullmatch(cell) is not None and any(sign.isdigit() for sign in cell)


def _filled(value: object) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))
