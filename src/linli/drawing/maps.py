"""The two maps: blocks as they were found, and a plan, alone or beside the communities before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.drawing.layers import (
    draw_communities,
    draw_hairlines,
    fill_ground,
    label_blocks,
    label_communities,
    outline_ground,
    signs_of,
    stroke_weight,
)
from linli.drawing.legend import Legend, Row, Table, count_name, unit_of
from linli.drawing.lettering import Taken
from linli.drawing.linework import draw_lines, kinds_drawn, name_lines
from linli.drawing.page import MARGIN_MM, NOTE, Sheet, check_suffix, metres_per_mm
from linli.drawing.palette import CINNABAR, INK, SOFT_INK, Fill, assign_fills
from linli.drawing.territory import Community, as_labels, bordering, dissolve, dividing, length_by_kind, reliance
from linli.errors import InputError
from linli.geodata import Blocks
from linli.geodata.credits import credits_in, line

_LEGEND_MM = 68.0
_GAP_MM = 9.0
_TINTS = ("#fdfcf8", "#f4eedd", "#e9dfc4", "#d9cba6", "#c5b285")

Floats = NDArray[np.float64]


def draw_plan(
    blocks: Blocks,
    labels: Sequence[str | None],
    path: str | Path,
    *,
    count: str,
    before: Sequence[str | None] | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    kept: Collection[str] | None = None,
    facilities: Sequence[str | None] | None = None,
    new_line: bool = True,
    note: str = NOTE,
    date: str | None = None,
    dpi: float = 200,
) -> Path:
    """Draw a plan; with `before`, the communities before and after it, at one scale, on one sheet.

    Parameters
    ----------
    blocks
        The n blocks of the plan.
    labels
        Shape (n,): community of each block; '' or None for a block that the plan does not speak of.
    path
        PNG, SVG or PDF by its suffix.
    count
        Counting definition (口径): a column of `blocks`.
    before
        Shape (n,): community of each block before the plan.
    kept
        Communities that keep their seat: bold outline. None takes the names that also stand in `before`.
    facilities
        Shape (n,): kinds of facilities in each block, separated by ';'.
    new_line
        Whether borders that did not exist before are drawn in cinnabar, broken where they follow nothing.
    note
        Stands at the foot of every sheet.
    date
        Printed as given.
    dpi
        Dots an inch of a PNG.

    Returns
    -------
    The path written.

    Raises
    ------
    InputError
        A suffix that is no picture's, labels that are not as many as the blocks, a count that is no column.
    """
    check_suffix(path)
    after = _checked(blocks, labels, "labels")
    earlier = None if before is None else _checked(blocks, before, "before")
    counts, told = blocks.counts(count), blocks.note_of(count)
    communities = dissolve(blocks.geometry, after, counts)
    if not communities:
        raise InputError("the plan gives no block a community", field="labels", advice="draw the blocks alone instead")
    olds = [] if earlier is None else dissolve(blocks.geometry, np.where(after == "", "", earlier), counts)
    names = {community.name for community in communities}
    bold = frozenset((names & {old.name for old in olds}) if kept is None else kept)
    communities = _grouped(communities, olds, bold)
    fills = _fills(blocks, communities, olds, after, earlier)

    sheet = Sheet()
    title = title or ("社区规模调整方案" if earlier is None else "社区规模调整前后对照")
    sheet.heading(title, subtitle or _in_short(communities, count, told.brief()))
    bounds = shapely.total_bounds(blocks.geometry[after != ""])
    panels = _panels(sheet, bounds, 1 if earlier is None else 2)
    if earlier is not None:
        for (x, y, _, height), words in zip(
            panels, (f"调整前　{len(olds)} 个社区", f"调整后　{len(communities)} 个社区"), strict=True
        ):
            sheet.text(x, y + height + 2.2, words, 11, bold=True)

    fresh = dividing(blocks.lines, after, earlier)
    frames = [sheet.map(box, bounds) for box in panels]
    if earlier is not None:
        draw_communities(frames[0], blocks, olds, fills, frozenset(), np.where(after == "", "", earlier), count)
    marked = fresh if new_line and earlier is not None else None
    draw_communities(frames[-1], blocks, communities, fills, bold, after, count, marked=marked, facilities=facilities)

    legend = _legend(sheet)
    tables = [Table("调整前", [Row(c.name, fills[c.name], c.count) for c in olds])] if olds else []
    rows = [
        Row(c.name, fills[c.name], c.count, c.name in bold, "" if not bold else "保留" if c.name in bold else "新设")
        for c in communities
    ]
    tables.append(Table("调整后" if olds else "社区", rows))
    kinds = kinds_drawn(blocks)
    lengths = length_by_kind(blocks.lines, fresh)
    signs = signs_of(facilities)
    reserve = 24 + 5.4 * np.ceil((len(kinds) + 3) / 2) + (5.2 * np.ceil(len(signs) / 2) + 2 if signs else 0)
    legend.tables(tables, count, told.brief(), reserve=float(reserve + 11))
    extra: list[tuple[str, str, float, tuple[float, ...] | None]] = [("社区界线", INK, 1.3, None)]
    if marked is not None and marked.any():
        extra.append(("新界线", CINNABAR, 1.7, None))
        if lengths.get("none"):
            extra.append(("新界线，无依托", CINNABAR, 1.7, (2.2, 1.4)))
    legend.lines(kinds, extra)
    if signs:
        legend.symbols(list(signs.items()))
    share = reliance(lengths)
    if share is not None:
        what = "社区间界线" if earlier is None else "新界线"
        followed = "" if set(lengths) == {"none"} and not kinds else f"　界线依托率 {_percent(share)}"
        legend.words(f"{what} {sum(lengths.values()) / 1000:,.2f} km{followed}", size=8.5)
    legend.scale_and_north(frames[0].metres_per_mm)
    sheet.footer(note, demo=is_demo(blocks), right=(told.words(), date), credit=line(credits_in(blocks.report)))
    return sheet.save(path, title=title, dpi=dpi)


def draw_blocks(
    blocks: Blocks,
    path: str | Path,
    *,
    count: str | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    note: str = NOTE,
    date: str | None = None,
    dpi: float = 200,
) -> Path:
    """Draw blocks pale, darker where more is counted, with what runs between them and present communities.

    Parameters
    ----------
    blocks
        The blocks.
    path
        PNG, SVG or PDF by its suffix.
    count
        Counting definition (口径): a column of `blocks`; None leaves the blocks untinted
        and writes their ids into them.
    note, date, dpi
        As for `draw_plan`.

    Raises
    ------
    InputError
        A suffix that is no picture's, a count that is no column.
    """
    check_suffix(path)
    counts = None if count is None else blocks.counts(count)
    told = None if count is None else blocks.note_of(count)
    labels = as_labels(blocks.columns.get("community", np.full(len(blocks), "", dtype=object)))
    communities = dissolve(blocks.geometry, labels, counts)
    sheet = Sheet()
    title = title or "地块图"
    sheet.heading(title, subtitle or f"{len(blocks):,} 个地块")
    bounds = shapely.total_bounds(blocks.geometry)
    frame = sheet.map(_panels(sheet, bounds, 1)[0], bounds)
    breaks = [] if counts is None else _breaks(counts)
    tint = np.zeros(len(blocks), dtype=np.int64) if counts is None else np.searchsorted(breaks, counts, side="left")
    for level, colour in enumerate(_TINTS):
        rows = np.flatnonzero(tint == level)
        if len(rows):
            fill_ground(frame, shapely.multipolygons(shapely.get_parts(blocks.geometry[rows])), colour)
    draw_hairlines(frame, blocks.geometry, SOFT_INK, 0.5)
    weight = stroke_weight(frame, blocks.geometry, 4.0)
    draw_lines(frame.axes, blocks, faint=float(np.sqrt(weight)), minor=weight)
    for community in communities:
        outline_ground(frame, community.ground, 1.3 * stroke_weight(frame, [c.ground for c in communities]))
    taken = Taken()
    label_communities(frame, communities, blocks.geometry, taken, "" if count is None else count)
    name_lines(frame, blocks, taken)
    words = list(blocks.ids) if counts is None else [f"{number:,}" for number in counts]
    label_blocks(frame, blocks.geometry, words, taken)

    legend = _legend(sheet)
    pairs = [("地块", f"{len(blocks):,} 个")]
    if communities:
        pairs.append(("社区", f"{len(communities):,} 个"))
    if count is not None and counts is not None:
        unit = unit_of(count)
        pairs += [
            (f"{count_name(count)}合计", f"{int(counts.sum()):,} {unit}".strip()),
            ("每个地块最多", f"{int(counts.max()):,} {unit}".strip()),
            ("其中为零的地块", f"{int((counts == 0).sum()):,} 个"),
        ]
    legend.pairs(pairs)
    legend.gap(3)
    if told is not None and breaks:
        legend.words(f"每个地块的{told.brief()}", size=9.5, bold=True)
        lows = [0, *(b + 1 for b in breaks)]
        spans = ["0" if high == 0 else f"{low:,}–{high:,}" for low, high in zip(lows, breaks, strict=False)]
        legend.swatches(list(zip(_TINTS, [*spans, f"{lows[-1]:,} 及以上"], strict=False)))
    legend.lines(kinds_drawn(blocks), [("社区界线", INK, 1.3, None)] if communities else [])
    legend.scale_and_north(frame.metres_per_mm)
    right = (None if told is None else told.words(), date)
    sheet.footer(note, demo=is_demo(blocks), right=right, credit=line(credits_in(blocks.report)))
    return sheet.save(path, title=title, dpi=dpi)


def is_demo(blocks: Blocks) -> bool:
    """Tell whether the blocks' report says that they are invented."""
    return bool(blocks.report.get("demo") or blocks.report.get("synthetic"))


def _panels(
    sheet: Sheet, bounds: Floats | tuple[float, float, float, float], number: int
) -> list[tuple[float, float, float, float]]:
    """Return boxes for one map, or for two side by side or one above the other, whichever shows more."""
    x, y = MARGIN_MM, MARGIN_MM + 4.5
    width = sheet.width - 2 * MARGIN_MM - _LEGEND_MM - _GAP_MM
    height = sheet.height - MARGIN_MM - 20 - y
    if number == 1:
        return [(x, y, width, height)]
    head, gap = 7.0, 6.0
    beside = ((width - gap) / 2, height - head)
    above = (width, (height - gap) / 2 - head)
    extent = tuple(float(v) for v in bounds)
    west, south, east, north = extent
    if metres_per_mm(beside, (west, south, east, north)) <= 1.25 * metres_per_mm(above, (west, south, east, north)):
        return [(x, y, *beside), (x + beside[0] + gap, y, *beside)]
    return [(x, y + above[1] + head + gap, *above), (x, y, *above)]


def _legend(sheet: Sheet) -> Legend:
    x = sheet.width - MARGIN_MM - _LEGEND_MM
    return Legend(sheet, x, sheet.height - MARGIN_MM - 17.5, _LEGEND_MM, MARGIN_MM + 4.5)


def _fills(
    blocks: Blocks,
    communities: Sequence[Community],
    olds: Sequence[Community],
    after: NDArray[np.object_],
    before: NDArray[np.object_] | None,
) -> dict[str, Fill]:
    names = list(dict.fromkeys([c.name for c in olds] + [c.name for c in communities]))
    pairs = bordering(blocks.lines, after)
    if before is not None:
        pairs |= bordering(blocks.lines, before)
    return assign_fills(names, sorted(pairs))


def _grouped(communities: list[Community], olds: list[Community], bold: frozenset[str]) -> list[Community]:
    """Order communities by the one they came from, the kept ones first, then from north to south."""
    rank: dict[str, int] = {}
    for community in communities:
        share = [len(np.intersect1d(old.blocks, community.blocks)) for old in olds]
        rank[community.name] = int(np.argmax(share)) if share else 0
    return sorted(communities, key=lambda c: (rank[c.name], c.name not in bold))


def _breaks(counts: NDArray[np.int64]) -> list[int]:
    """Return up to four round upper ends of classes: 0 alone, then near the quartiles."""
    some = counts[counts > 0]
    if not len(some):
        return [0]
    ends = [0] if (counts == 0).any() else []
    for quantile in np.quantile(some, [0.25, 0.5, 0.75][: 4 - len(ends)]):
        step = 10 ** max(int(np.floor(np.log10(max(quantile, 1)))) - (1 if quantile >= 100 else 0), 0)
        end = int(max(round(quantile / step), 1) * step)
        if (not ends or end > ends[-1]) and end < some.max():
            ends.append(end)
    return ends


def _checked(blocks: Blocks, labels: Sequence[str | None], what: str) -> NDArray[np.object_]:
    found = as_labels(labels)
    if found.shape != (len(blocks),):
        raise InputError(
            f"there must be one community for each of the {len(blocks)} blocks", field=what, value=len(found)
        )
    return found


def _in_short(communities: Sequence[Community], count: str, brief: str) -> str:
    sizes = [community.count or 0 for community in communities]
    unit = f" {unit_of(count)}".rstrip()
    span = f"{min(sizes):,}–{max(sizes):,}" if min(sizes) < max(sizes) else f"{sizes[0]:,}"
    return f"{len(sizes):,} 个社区，共 {sum(sizes):,}{unit}，每个社区 {span}{unit}（{brief}）"


def _percent(share: float) -> str:
    """Return a share in whole percent; never 100 % where something is missing, never 0 % where something is there."""
    whole = round(share * 100)
    if (whole == 100 and share < 1) or (whole == 0 and share > 0):
        return f"{np.clip(share * 100, 0.1, 99.9):.1f}%"
    return f"{whole}%"
