"""Map data in and out: blocks and their borders, coordinate systems, every format a district office keeps."""

from __future__ import annotations

from linli.geodata.atomic import replace_when_done
from linli.geodata.blocks import COUNT_COLUMNS, KINDS, Blocks, Lines, Rim
from linli.geodata.blocks_file import read_blocks, write_blocks
from linli.geodata.borders import find_borders
from linli.geodata.coordinates import local_crs, parse_crs, transform
from linli.geodata.detection import Guess, detect, detect_shift
from linli.geodata.fingerprint import file_hash, input_hash
from linli.geodata.layers import Layer, bring_together, layer_names, read_layer
from linli.geodata.tables import Table, read_table

__all__ = [
    "COUNT_COLUMNS",
    "KINDS",
    "Blocks",
    "Guess",
    "Layer",
    "Lines",
    "Rim",
    "Table",
    "bring_together",
    "detect",
    "detect_shift",
    "file_hash",
    "find_borders",
    "input_hash",
    "layer_names",
    "local_crs",
    "parse_crs",
    "read_blocks",
    "read_layer",
    "read_table",
    "replace_when_done",
    "transform",
    "write_blocks",
]
