"""Map data in and out: blocks and their borders, coordinate systems, every format a district office keeps."""

from __future__ import annotations

from linli.geodata.atomic import replace_when_done
from linli.geodata.blocks import COUNT_COLUMNS, KINDS, Blocks, Lines, Rim
from linli.geodata.borders import find_borders
from linli.geodata.coordinates import local_crs, parse_crs, transform
from linli.geodata.detection import Guess, detect, detect_shift
from linli.geodata.fingerprint import file_hash, input_hash

__all__ = [
    "COUNT_COLUMNS",
    "KINDS",
    "Blocks",
    "Guess",
    "Lines",
    "Rim",
    "detect",
    "detect_shift",
    "file_hash",
    "find_borders",
    "input_hash",
    "local_crs",
    "parse_crs",
    "replace_when_done",
    "transform",
]
