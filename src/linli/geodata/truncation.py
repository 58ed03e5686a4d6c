"""Files that break off: what their headers promise against what is there."""

from __future__ import annotations

import struct
from pathlib import Path

from linli.errors import InputError


def must_be_whole(path: Path) -> None:
    """Compare a GeoPackage or Shapefile with the size that its header promises; pass over every other file.

    Raises
    ------
    InputError
        The file is shorter.
    """
    ending = path.suffix.lower()
    if ending in (".gpkg", ".sqlite"):
        _check(path, _sqlite_size(path))
    elif ending == ".shp":
        for part in (path, path.with_suffix(".shx"), path.with_suffix(".dbf")):
            if part.is_file():
                _check(part, _table_size(part) if part.suffix == ".dbf" else _shape_size(part))


def _check(path: Path, promised: int) -> None:
    found = path.stat().st_size
    if found < promised:
        raise InputError(
            f"the file breaks off: {found:,} of {promised:,} bytes are there",
            file=path,
            advice="copy or export it again",
        )


def _sqlite_size(path: Path) -> int:
    """Read page size and number of pages; source: https://www.sqlite.org/fileformat.html, section 1.3."""
    head = _head(path, 100)
    if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
        return 0
    (page,) = struct.unpack(">H", head[16:18])
    pages, changed, valid_for = (
        *struct.unpack(">I", head[28:32]),
        *struct.unpack(">I", head[24:28]),
        *struct.unpack(">I", head[92:96]),
    )
    return (65536 if page == 1 else page) * pages if changed == valid_for else 0


def _shape_size(path: Path) -> int:
    """Read the file length, in words of two bytes; source: ESRI Shapefile Technical Description, 1998."""
    head = _head(path, 100)
    return 2 * int(struct.unpack(">I", head[24:28])[0]) if head[:4] == b"\0\0\x27\x0a" and len(head) == 100 else 0


def _table_size(path: Path) -> int:
    """Read number and size of records of a dBASE table."""
    head = _head(path, 12)
    if len(head) < 12:
        return 12
    records, header, record = struct.unpack("<IHH", head[4:12])
    return int(header + records * record)


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)
