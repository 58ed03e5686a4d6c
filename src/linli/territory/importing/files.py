"""Uploaded files: which kinds are taken, how they are kept, and what must not be in them."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from linli.errors import InputError
from linli.geodata.workbook_guard import check_workbook

MOST_BYTES = 64 * 2**20
MOST_LAYERS = 200
VIEWS = """
    SELECT name FROM sqlite_master WHERE type = 'view' AND lower(name) IN (SELECT lower(table_name) FROM gpkg_contents)
"""
MOST_UNPACKED = 256 * 2**20
MAPS = (".gpkg", ".geojson", ".json", ".zip")
TABLES = (".xlsx", ".xlsm", ".csv", ".tsv", ".txt")
SHAPEFILE = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".xml")
# the map library chooses a reader by what a file begins with, and some readers open other files: so it must begin so
BEGINS = {".gpkg": b"SQLite format 3\0", ".zip": b"PK", ".xlsx": b"PK", ".xlsm": b"PK", ".shp": b"\x00\x00\x27\x0a"}


def keep(chunks: Iterable[bytes], name: str, folder: Path) -> tuple[Path, int, str]:
    """Write an uploaded file into a folder of its own, whole or not at all, and look whether it may be used.

    Parameters
    ----------
    chunks
        Its bytes.
    name
        What the one who uploads calls it; only its ending is used.
    folder
        Made here; removed where the file is refused.

    Returns
    -------
    Where it stands, its size in bytes, its SHA-256 in hex. A Shapefile (.zip) is unpacked beside it.

    Raises
    ------
    InputError
        The kind is not taken, it is too large, empty, damaged, or something else than its ending says.
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in (*MAPS, *TABLES):
        raise InputError(
            "this kind of file is not taken", file=name, advice=f"the kinds are: {', '.join((*MAPS, *TABLES))}"
        )
    folder.mkdir(parents=True)
    path = folder / f"file{ending}"
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise InputError(
                        f"the file is larger than {MOST_BYTES // 2**20} MiB", file=name, advice="upload it in parts"
                    )
                digest.update(chunk)
                file.write(chunk)
        _must_be(path, name)
        if ending == ".zip":
            _unpack(path, name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return path, size, digest.hexdigest()


def readable(path: Path) -> Path:
    """Return the file that is read: the Shapefile of a .zip, else the file itself."""
    return next((path.parent / "shape").glob("*.shp")) if path.suffix == ".zip" else path


def is_table(path: Path) -> bool:
    """Whether it is a spreadsheet or a text table."""
    return path.suffix in TABLES


def _must_be(path: Path, name: str) -> None:
    """Look at the first bytes."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise InputError("the file is empty", file=name, advice="export or copy it again")
    wanted = BEGINS.get(path.suffix)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    wrong = not head.startswith(wanted) if wanted else path.suffix in MAPS and not text.startswith((b"{", b"["))
    if wrong:
        raise InputError(
            f"the file is not what its ending {path.suffix} says", file=name, advice="export it again in this format"
        )
    if path.suffix in (".xlsx", ".xlsm"):
        check_workbook(path, name=name)
    if path.suffix == ".gpkg":
        _no_views(path, name)


def _no_views(path: Path, name: str) -> None:
    """Refuse a GeoPackage with a table that is a query: reading it would run whatever the file says, without end."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)) as held:
            held.execute("PRAGMA trusted_schema = OFF")
            views = held.execute(VIEWS).fetchall()
            layers = held.execute("SELECT count(*) FROM gpkg_contents").fetchone()[0]
    except sqlite3.Error:
        raise InputError("the file is damaged", file=name, advice="export it again as GeoPackage") from None
    if views or layers > MOST_LAYERS:
        raise InputError(
            "the file holds queries instead of tables, or too many layers", file=name,
            layer=views[0][0] if views else None, advice="export the one layer as a GeoPackage of its own",
        )  # fmt: skip


def _small_enough(path: Path, name: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            held = archive.infolist()
    except zipfile.BadZipFile:
        raise InputError("the file is damaged", file=name, advice="save or pack it again") from None
    if sum(one.file_size for one in held) > MOST_UNPACKED:
        raise InputError(
            f"unpacked the file is larger than {MOST_UNPACKED // 2**20} MiB", file=name, advice="upload it in parts"
        )
    return held


def _unpack(path: Path, name: str) -> None:
    """Unpack the one Shapefile of an archive, under names of our own."""
    held = [one for one in _small_enough(path, name) if not one.is_dir()]
    shapes = [one for one in held if one.filename.lower().endswith(".shp") and "__MACOSX" not in one.filename]
    if len(shapes) != 1:
        raise InputError(
            f"the archive holds {len(shapes)} Shapefiles",
            file=name,
            advice="pack one layer: its .shp, .shx, .dbf and .prj",
        )
    stem = shapes[0].filename[:-4].lower()
    folder = path.parent / "shape"
    folder.mkdir()
    with zipfile.ZipFile(path) as archive:
        for one in held:
            ending = PurePosixPath(one.filename).suffix.lower()
            if ending in SHAPEFILE and one.filename.lower().startswith(f"{stem}."):
                with archive.open(one) as source, (folder / f"layer{ending}").open("wb") as target:
                    shutil.copyfileobj(source, target)
    _must_be(folder / "layer.shp", name)
