"""The outside map that maps may stand on instead of the district's own ground, read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from linli.errors import InputError
from linli.geodata.coordinates import WGS84, parse_crs

# CGCS2000 and WGS-84 lie within a metre of each other
SYSTEMS = {WGS84: "wgs84", "EPSG:4490": "wgs84", "gcj02": "gcj02", "bd09": "bd09"}


@dataclass(frozen=True)
class OutsideTiles:
    """A tile map of somebody else; "" everywhere where the site names none.

    Parameters
    ----------
    address
        Of a tile, with {z}, {x} and {y} in it.
    system
        What its tiles are drawn in: wgs84, gcj02 or bd09.
    credit
        Whom maps must name for it, such as its 审图号.
    """

    address: str = ""
    system: str = ""
    credit: str = ""

    @property
    def origin(self) -> str:
        """Where the tiles come from, which the browser must be allowed to ask."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}" if self.address else ""


def outside_tiles_from(environ: Mapping[str, str]) -> OutsideTiles:
    """Read `LINLI_TILES`, `LINLI_TILES_SYSTEM` and `LINLI_TILES_CREDIT`.

    Raises
    ------
    InputError
        An address that is none of tiles, or a system that tiles are not drawn in.
    """
    address = environ.get("LINLI_TILES", "").strip()
    if not address:
        return OutsideTiles()
    parts = urlsplit(address)
    if parts.scheme not in ("https", "http") or set(parts.netloc) & set(" ;,{}'\"") or not parts.netloc:
        raise InputError(
            "this is no address of tiles", field="LINLI_TILES", value=address, advice="begin with https://"
        )
    if not all(part in address for part in ("{z}", "{x}", "{y}")):
        raise InputError(
            "this address asks for the same tile everywhere",
            field="LINLI_TILES",
            value=address,
            advice="write {z}, {x} and {y} where zoom, column and row belong",
        )
    named = environ.get("LINLI_TILES_SYSTEM", "").strip() or "wgs84"
    system = SYSTEMS.get(parse_crs(named))
    if system is None:
        raise InputError(
            "tiles are not drawn in this coordinate system",
            field="LINLI_TILES_SYSTEM",
            value=named,
            advice="use wgs84, cgcs2000, gcj02 or bd09",
        )
    return OutsideTiles(address, system, environ.get("LINLI_TILES_CREDIT", "").strip())
