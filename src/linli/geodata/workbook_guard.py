"""Looking at a workbook before it is parsed: how much it unpacks to, and that no cell, tag or table in it is a bomb."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import IO

from linli.errors import InputError

MOST_UNPACKED = 256 * 2**20
MOST_MEMBERS = 2000
MOST_RUN = 2**20  # characters without a tag, or of one tag: a cell holds 32,767, an outline in one may hold more
MOST_SHEETS = 200
MOST_COLUMNS = 2000
MOST_ROWS = 2**20  # of one sheet, by its format
MOST_GAP = 20_000  # empty rows between two that are not
MOST_CELLS = 20_000_000
PIECE = 2**18
ADVICE = "save it anew as XLSX, in parts where it is large"


def check_workbook(file: str | Path | IO[bytes], *, name: str = "", most_unpacked: int = MOST_UNPACKED) -> None:
    """Let a workbook pass that can be parsed in bounded memory.

    Reading stops at the size that each part states, so what is unpacked here is bounded before it is unpacked.

    Raises
    ------
    InputError
        It is no workbook, damaged, or unpacks to more than anything a person made.
    """
    shown = name or None
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > most_unpacked:
                said = f"unpacked the workbook is larger than {most_unpacked // 2**20} MiB"
                raise InputError(said, file=shown, advice=ADVICE)
            sheets = sum("worksheets/" in one.filename for one in members)
            if sheets > MOST_SHEETS:
                raise InputError(f"the workbook has {sheets} sheets", file=shown, value=sheets, advice=ADVICE)
            for one in members:
                if one.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(one) as part:
                        _look_through(part, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError):
        raise InputError("this is no XLSX table, or it is damaged", file=shown, advice=ADVICE) from None


def check_row(row: int, columns: int, cells: int, gap: int = 0, *, file: object) -> None:
    """Let one more row pass: a sheet may claim a cell at its far end, and everything between would be made.

    Raises
    ------
    InputError
        Too many rows, columns, cells, or empty rows between.
    """
    if columns > MOST_COLUMNS or row > MOST_ROWS or cells > MOST_CELLS or gap > MOST_GAP:
        raise InputError(
            f"the table is larger than {MOST_COLUMNS} columns, {MOST_ROWS} rows or {MOST_CELLS} cells",
            file=file, row=row, advice="remove what is empty or far off, or split it",
        )  # fmt: skip


def _look_through(part: IO[bytes], name: str | None) -> None:
    """Read a part once, in pieces; no run of text or tag is longer than a person's, and nothing declares entities."""
    run, tail = 0, b""
    while piece := part.read(PIECE):
        if b"<!" in tail + piece[:1] or b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise InputError("the workbook declares a document type", file=name, advice=ADVICE)
        pieces = piece.split(b"<")
        run += len(pieces[0])
        longest = max(run, *map(len, pieces[1:-1])) if len(pieces) > 2 else run
        if len(pieces) > 1:
            run = len(pieces[-1])
        if max(longest, run) > MOST_RUN:
            raise InputError(f"one cell of the workbook is longer than {MOST_RUN} characters", file=name, advice=ADVICE)
        tail = piece[-1:]
