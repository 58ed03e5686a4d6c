"""Map data in and out: blocks and their borders, coordinate systems, every format a district office keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.geodata.atomic import replace_when_done
    from linli.geodata.blocks import COUNT_COLUMNS, KINDS, Blocks, Lines, Rim
    from linli.geodata.blocks_file import read_blocks, write_blocks
    from linli.geodata.borders import find_borders
    from linli.geodata.coordinates import local_crs, parse_crs, transform
    from linli.geodata.detection import Guess, detect, detect_shift
    from linli.geodata.fingerprint import file_hash, input_hash
    from linli.geodata.layers import Layer, bring_together, layer_names, read_layer
    from linli.geodata.tables import Table, read_table

_HOME = {
    "atomic": ("replace_when_done",),
    "blocks": ("COUNT_COLUMNS", "KINDS", "Blocks", "Lines", "Rim"),
    "blocks_file": ("read_blocks", "write_blocks"),
    "borders": ("find_borders",),
    "coordinates": ("local_crs", "parse_crs", "transform"),
    "detection": ("Guess", "detect", "detect_shift"),
    "fingerprint": ("file_hash", "input_hash"),
    "layers": ("Layer", "bring_together", "layer_names", "read_layer"),
    "tables": ("Table", "read_table"),
}
_FILE = {name: file for file, names in _HOME.items() for name in names}

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


def __getattr__(name: str) -> Any:
    # the map libraries behind these files are heavy: the site's server loads only those of a name that is asked for
    if name not in _FILE:
        raise AttributeError(f"module 'linli.geodata' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"linli.geodata.{_FILE[name]}"), name)
    globals()[name] = value
    return value
