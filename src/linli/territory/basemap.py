"""What maps are drawn on: vector tiles of each street's newest blocks that came with streets, water and houses."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from pmtiles.reader import MmapSource, Reader

from linli.geodata.credits import line
from linli.territory.credits import credits_in_words
from linli.territory.models import ImportBatch

PICTURE = "picture.svg"
BOUNDS = re.compile(r'data-bounds="([^"]+)"')
LAST = 15  # zoom of the nearest tiles; what is nearer is drawn from them


def lay_basemap(batch: ImportBatch) -> None:
    """Write the tiles of an import of blocks, whole or not at all; nothing where its file has none to draw.

    The files stand before the import counts, so that a kill leaves none that is drawn and lacks one.
    """
    from linli.geodata import layer_names, read_layer  # the map libraries, only where they are needed
    from linli.geodata.basemap import FIELDS, NAME, write_picture, write_tiles

    path = Path(settings.MEDIA_ROOT) / batch.path
    if batch.kind != ImportBatch.Kind.BLOCKS or path.suffix != ".gpkg" or NAME not in layer_names(path):
        return
    layer = read_layer(path, layer=NAME, crs=batch.crs or None)
    if not layer.columns.keys() >= set(FIELDS):
        return  # a layer of somebody else's
    folder = _folder(batch.pk)
    folder.mkdir(parents=True, exist_ok=True)
    write_tiles(layer, folder)
    write_picture(layer, folder / PICTURE)


@dataclass(frozen=True)
class Picture:
    """The picture of a street that small maps stand on: its address, and what it spans in degrees."""

    address: str
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class UnderMaps:
    """What stands beneath every map of the site.

    Parameters
    ----------
    credit
        Whom maps must name, '' where nobody asks.
    tiles
        The address of tiles, with {z}, {x} and {y} in it; '' where no street has any.
    pictures
        One a street that has tiles.
    """

    credit: str
    tiles: str
    pictures: tuple[Picture, ...]


def under_maps() -> UnderMaps:
    """Return what stands beneath every map, by one query."""
    rows = list(_applied(Q(kind=ImportBatch.Kind.BLOCKS) | ~Q(credit="")))
    laid = _laid(rows)
    version = _version(laid)
    tiles = reverse("basemap", args=[version, 0, 0, 0]).replace("/0/0/0", "/{z}/{x}/{y}") if version else ""
    pictures = (Picture(reverse("basemap-picture", args=[sha256, pk]), *_bounds(pk)) for pk, sha256 in laid)
    return UnderMaps(line(credits_in_words(row.credit for row in rows)), tiles, tuple(pictures))


def picture(sha256: str, pk: int) -> bytes | None:
    """Return the picture of an import, None where it is not drawn today."""
    laid = _laid(_applied(Q(kind=ImportBatch.Kind.BLOCKS)))
    return (_folder(pk) / PICTURE).read_bytes() if (pk, sha256) in laid else None


def tile(version: str, zoom: int, x: int, y: int) -> bytes | None:
    """Return a tile as gzip holds it, b'' where nothing is drawn on it; None where this is not today's map."""
    laid = _laid(_applied(Q(kind=ImportBatch.Kind.BLOCKS)))
    if version != _version(laid):
        return None
    found = [
        part
        for pk, _sha256 in laid
        for path in sorted(_folder(pk).glob("*.pmtiles"))
        if (part := _reader(path).get(zoom, x, y))
    ]
    if len(found) < 2:
        return found[0] if found else b""
    # a tile is a list of layers: one after the other they are a tile again
    return gzip.compress(b"".join(map(gzip.decompress, found)), mtime=0)


def _applied(asked: Q) -> QuerySet[ImportBatch]:
    rows = ImportBatch.objects.filter(asked, state=ImportBatch.State.APPLIED)
    return rows.order_by("-applied_at").only("street", "kind", "sha256", "credit")


def _laid(rows: Iterable[ImportBatch]) -> list[tuple[int, str]]:
    """Return key and hash of the import whose tiles are drawn, one a street: its newest that has some."""
    newest: dict[int, tuple[int, str]] = {}
    for one in rows:
        if (
            one.kind == ImportBatch.Kind.BLOCKS
            and one.street_id not in newest
            and (_folder(one.pk) / PICTURE).is_file()
        ):
            newest[one.street_id] = (one.pk, one.sha256)
    return sorted(newest.values())


def _version(laid: list[tuple[int, str]]) -> str:
    return hashlib.sha256(repr(laid).encode()).hexdigest()[:12] if laid else ""


def _folder(pk: int) -> Path:
    return Path(settings.MEDIA_ROOT) / "basemap" / str(pk)


@lru_cache(maxsize=64)
def _bounds(pk: int) -> tuple[float, ...]:
    with (_folder(pk) / PICTURE).open(encoding="utf-8") as file:
        said = BOUNDS.search(file.read(1000))
    assert said is not None
    return tuple(map(float, said[1].split()))


@lru_cache(maxsize=64)
def _reader(path: Path) -> Reader:
    with path.open("rb") as file:
        return Reader(MmapSource(file))
