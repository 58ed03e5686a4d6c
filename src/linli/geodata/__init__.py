"""Map data in and out: blocks and their borders, coordinate systems, every format a district office keeps."""

from __future__ import annotations

from linli.geodata.blocks import COUNT_COLUMNS, KINDS, Blocks, Lines, Rim

__all__ = ["COUNT_COLUMNS", "KINDS", "Blocks", "Lines", "Rim"]
