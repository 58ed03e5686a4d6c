"""Blocks that no other block touches: empty ones are left out, others are named."""

from __future__ import annotations

import numpy as np
import shapely

from linli.districting.problem import connected_pieces
from linli.geodata.blocks import COUNT_COLUMNS, Blocks
from linli.geodata.import_report import Report


def leave_out_empty_islands(blocks: Blocks, report: Report) -> Blocks:
    """Keep the largest connected territory and every other piece where somebody lives; name all of them.

    Parameters
    ----------
    blocks
        Blocks with their lines.
    report
        Where the pieces are named.
    """
    piece = connected_pieces(len(blocks), np.stack([blocks.lines.a, blocks.lines.b], axis=1))
    if piece.max(initial=0) == 0:
        return blocks
    ground = np.bincount(piece, shapely.area(blocks.geometry))
    living = np.zeros(len(blocks))
    for name in (*COUNT_COLUMNS, "buildings"):
        if name in blocks.columns:
            living += blocks.columns[name]
    lived_in = np.bincount(piece, living) > 0
    stays = lived_in | (np.arange(len(ground)) == int(np.argmax(ground)))
    out = np.flatnonzero(~stays[piece])
    if len(out):
        at = "; ".join(f"{x:.0f}, {y:.0f}" for x, y in blocks.xy()[out[:5]])
        report.count("isolated_blocks_left_out", len(out))
        report.note(
            f"{len(out)}个地块与其他地块不相连且无人居住,已略去(位置 {at})",
            f"{len(out)} blocks touch no other and nobody lives there: left out (at {at})",
        )
    for number in np.flatnonzero(stays & (np.arange(len(ground)) != int(np.argmax(ground)))):
        names = ", ".join(blocks.ids[row] for row in np.flatnonzero(piece == number)[:10])
        report.count("separate_pieces", 1)
        report.note(
            f"地块 {names} 与其余部分不相连,拆分时须单独处理",
            f"blocks {names} do not touch the rest: they can be no part of one community with it",
        )
    return blocks.only(stays[piece]) if len(out) else blocks
