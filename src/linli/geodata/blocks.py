"""Blocks, the atoms of every plan: their ground, their counts, their borders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from linli.errors import InputError
from linli.geodata.borders import KINDS, Bools, Floats, Ints, Lines, Objects, Rim, on_outer_border
from linli.geodata.count_notes import COUNT_COLUMNS, KEPT, CountNote

if TYPE_CHECKING:
    from linli.geodata.layers import Layer

__all__ = ["COUNT_COLUMNS", "KINDS", "Blocks", "Lines", "Rim"]

IN_NONE = "未划入社区的地块"  # what lies beyond a border where no community is known
BRINGS = {name: f"--counts FILE --count-column {name}=COLUMN" for name in COUNT_COLUMNS} | {
    "community": "--communities FILE",
    "compound": "--compounds FILE",
    "facilities": "--facilities FILE",
    "affinity": "--affinities FILE",
}


@dataclass(frozen=True, eq=False)
class Blocks:
    """A territory cut into blocks.

    Parameters
    ----------
    ids
        One text a block, no two alike.
    geometry
        Shape (n,): shapely Polygons or MultiPolygons, metres.
    columns
        Every attribute but the id, each of shape (n,); missing values are None or NaN.
    lines, rim
        Borders between blocks and borders to the outside.
    crs
        The projected coordinate system, such as 'EPSG:4543'.
    report
        What the import found and mended.
    source
        The file that the blocks came from, None where they were made in memory.
    count
        The counting definition (口径) to use where none is named.
    lines_measured
        True where the file has no layer `lines`, so that they were measured from the shapes.
    ground_sha256
        SHA-256 of each geometry (ISO WKB) as the file has it, before it was mended or carried into metres; None
        where the blocks were made in memory.
    beside
        Layers that go into the file with the blocks: compounds and buildings, as the site's import takes them.
    """

    ids: tuple[str, ...]
    geometry: Objects
    columns: dict[str, NDArray[Any]]
    lines: Lines
    rim: Rim
    crs: str
    report: dict[str, object] = field(default_factory=dict)
    source: Path | None = None
    count: str | None = None
    lines_measured: bool = False
    ground_sha256: tuple[str, ...] | None = None
    beside: tuple[Layer, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def count_columns(self) -> list[str]:
        """Name the columns that can serve as 口径: the contract's own first, then every other whole-number column."""
        known = [name for pair in COUNT_COLUMNS.items() for name in pair if name in self.columns]
        others = [
            name
            for name, values in self.columns.items()
            if name not in known and np.issubdtype(values.dtype, np.integer) and not np.any(values < 0)
        ]
        return known + others

    def counts(self, column: str) -> Ints:
        """Return the count of each block under one counting definition (口径).

        Parameters
        ----------
        column
            A column's name; the Chinese name of a count column serves too.

        Raises
        ------
        InputError
            No such column, or a value in it that is missing, negative, fractional or text.
        """
        name = self._column(column)
        values = self.columns[name]
        numbers = _as_numbers(values)
        wrong = ~np.isfinite(numbers) | (numbers < 0) | (numbers != np.floor(numbers))
        if np.any(wrong):
            row = int(np.argmax(wrong))
            value = values[row]
            missing = value is None or value == "" or (isinstance(value, float | np.floating) and np.isnan(value))
            more = int(wrong.sum()) - 1
            raise InputError(
                f"a count is {'missing' if missing else 'no whole number of zero or more'}"
                + (f" (and {more} more in this column)" if more else ""),
                file=self.source,
                layer="blocks",
                row=self.ids[row],
                field=name,
                value=None if missing else _plain(value),
                advice="write a whole number; 0 where nobody lives",
            )
        return numbers.astype(np.int64)

    def note_of(self, column: str) -> CountNote:
        """Return what a count rests on: 口径, source, day, estimate; a note without parts where nobody said."""
        kept = self.report.get(KEPT)
        name = self._column(column)
        english = next((one for one, chinese in COUNT_COLUMNS.items() if name == chinese), name)
        return CountNote.from_json(english, kept.get(name) if isinstance(kept, dict) else None)

    def texts(self, column: str) -> Objects:
        """Return a column as text, '' where a value is missing; codes kept as numbers read 101, not 101.0."""
        return np.array([plain_text(value) for value in self.columns[column]], dtype=object)

    def only(self, chosen: ArrayLike | Sequence[str]) -> Blocks:
        """Return the blocks of a scope; their borders with blocks left out become rim.

        Parameters
        ----------
        chosen
            A mask of shape (n,), block indices, or names of communities.
        """
        picked = np.asarray(chosen)
        if picked.dtype.kind in "UO":
            return self.select_communities([str(name) for name in picked.ravel()])
        mask = np.zeros(len(self), dtype=np.bool_)
        mask[picked if picked.dtype == np.bool_ else picked.astype(np.int64)] = True
        if not mask.any():
            raise InputError("the scope contains no block", file=self.source, advice="choose at least one community")
        rows = np.flatnonzero(mask)
        new_index = np.full(len(self), -1, dtype=np.int64)
        new_index[rows] = np.arange(len(rows))

        lines, rim = self.lines, self.rim
        a_in, b_in = mask[lines.a], mask[lines.b]
        inside = lines.take(a_in & b_in)
        edge = a_in ^ b_in
        edge_block = np.where(a_in, lines.a, lines.b)[edge]
        edge_other = np.where(a_in, lines.b, lines.a)[edge]
        kept_rim = rim.take(mask[rim.a])
        return replace(
            self,
            beside=(),
            ids=tuple(self.ids[row] for row in rows),
            geometry=self.geometry[rows],
            ground_sha256=None if self.ground_sha256 is None else tuple(self.ground_sha256[row] for row in rows),
            columns={name: values[rows] for name, values in self.columns.items()},
            lines=replace(inside, a=new_index[inside.a], b=new_index[inside.b]),
            rim=Rim(
                a=np.concatenate([new_index[kept_rim.a], new_index[edge_block]]),
                length_m=np.concatenate([kept_rim.length_m, lines.length_m[edge]]),
                kind=np.concatenate([kept_rim.kind, lines.kind[edge]]),
                name=np.concatenate([kept_rim.name, lines.name[edge]]),
                geometry=np.concatenate([kept_rim.geometry, lines.geometry[edge]]),
                beyond=np.concatenate([kept_rim.neighbour, self._homes(edge_other)]),
            ),
        )

    def _homes(self, rows: Ints) -> Objects:
        """Name the community of some blocks, or say that they are in none."""
        if "community" not in self.columns:
            return np.full(len(rows), "", dtype=object)
        return np.array([str(home) or IN_NONE for home in self.texts("community")[rows]], dtype=object)

    def select_communities(self, names: str | Sequence[str]) -> Blocks:
        """Return the blocks whose `community` is one of `names`.

        Raises
        ------
        InputError
            There is no column `community`, or it knows one of the names not.
        """
        wanted = [names] if isinstance(names, str) else list(names)
        if "community" not in self.columns:
            raise InputError(
                "the blocks have no column that says which community they belong to",
                file=self.source,
                layer="blocks",
                field="community",
                advice=f"{how_to_bring('community')}, or leave the scope open",
            )
        present = self.texts("community")
        known = sorted(set(present) - {""})
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise InputError(
                f"no block belongs to community {', '.join(unknown)}",
                file=self.source,
                layer="blocks",
                field="community",
                value=unknown[0],
                advice=f"the communities (社区) are: {', '.join(known) or 'none'}",
            )
        return self.only(np.isin(present, wanted))

    def rim_mask(self) -> Bools:
        """Tell which blocks touch the outer border along more than a metre, shape (n,).

        A block that faces only a hole in the territory, such as a lake, does not touch it. Where the blocks
        fall into several pieces, each piece has an outer border of its own.
        """
        return on_outer_border(self.geometry, self.lines, self.rim)

    def xy(self) -> Floats:
        """Return a point inside each block, shape (n, 2), metres."""
        points: Floats = shapely.get_coordinates(shapely.point_on_surface(self.geometry))
        return points

    def _column(self, column: str) -> str:
        if column in self.columns:
            return column
        for name, chinese in COUNT_COLUMNS.items():
            other = {name: chinese, chinese: name}.get(column)
            if other in self.columns:
                return str(other)
        raise InputError(
            f"there is no count column (口径) named {column}",
            file=self.source,
            layer="blocks",
            field=column,
            advice=f"count columns of this file: {', '.join(self.count_columns()) or 'none'}"
            + (f"; {how_to_bring(column)}" if column in (*COUNT_COLUMNS, *COUNT_COLUMNS.values()) else ""),
        )


def how_to_bring(column: str) -> str:
    """Say by which option of `linli blocks` a column that is missing comes into a blocks file."""
    name = next((english for english, chinese in COUNT_COLUMNS.items() if column == chinese), column)
    return f"bring it in with `linli blocks {BRINGS.get(name, f'--area {name}=FILE')}`"


def plain_text(value: object) -> str:
    """Return a name or code as text: 12 and 12.0 are both '12'; '' where it is missing."""
    if value is None or value != value:  # NaN
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _as_numbers(values: NDArray[Any]) -> Floats:
    """Turn a column into floats; NaN where a value is missing or no number."""
    if values.dtype.kind in "iufb":
        return values.astype(np.float64)
    numbers = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        try:
            numbers[row] = float(value)
        except (TypeError, ValueError):
            continue
    return numbers


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
