"""From blocks and rules to what the engine solves: compounds merged, forbidden neighbours apart, pieces named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from linli.districting.problem import Bools, Ints, Problem, connected_pieces
from linli.errors import InfeasibleError, InputError
from linli.geodata import COUNT_COLUMNS, Blocks
from linli.geodata.blocks import how_to_bring
from linli.plans.rules import AREA_WORDS, Rules

LEAST_CONTACT_M = 1.0  # a contact of this length or less is no adjacency
STEPS = 1000  # integer steps of a unit of cost
MOST_NAMED = 6  # pieces of an area, and names in each, that are told
STATIONS = (
    "service_station",
    "service_centre",
    "service_center",
    "社区服务站",
    "综合服务站",
    "党群服务中心",
    "社区服务中心",
)


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be divided: atoms (blocks, compounds merged) and the pieces they fall into.

    Parameters
    ----------
    blocks, rules, count
        What people gave; `count` is the column of the counting definition (口径).
    atom
        Shape (n,): the atom of each block.
    problem
        The atoms; neighbours that a rule keeps apart are no neighbours here.
    costs
        Shape (rows of `blocks.lines`,): integer cost of each row, in 1/1000 of the goal's unit.
    named
        Atom to the community that it must belong to, from fixed blocks and from seats.
    """

    blocks: Blocks
    rules: Rules
    count: str
    atom: Ints
    problem: Problem
    costs: Ints
    named: dict[int, str]

    @cached_property
    def piece(self) -> Ints:
        """Number of the piece each atom lies in, shape (atoms,)."""
        return self.problem.pieces

    @cached_property
    def pieces(self) -> list[Ints]:
        """List the atoms of each independent piece."""
        return [np.flatnonzero(self.piece == p) for p in range(int(self.piece.max()) + 1)]

    @cached_property
    def atoms_blocks(self) -> list[Ints]:
        """List the blocks of each atom."""
        order = np.argsort(self.atom, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.atom))[:-1])

    @cached_property
    def capped(self) -> dict[str, Ints]:
        """Return what each atom has of each column that is capped."""
        return {
            column: np.bincount(self.atom, self.blocks.counts(column)).astype(np.int64) for column in self.rules.capped
        }

    def piece_words(self, piece: int) -> str:
        """Describe a piece: the areas that it is, or a few of its blocks, and its households."""
        rows = np.flatnonzero(self.piece[self.atom] == piece)
        ids = [self.blocks.ids[row] for row in rows[:4]]
        areas = []
        for column in self.rules.never_cross:
            values = {str(value) for value in self.blocks.columns[column][rows]}
            if len(values) == 1:
                areas.append(f"{AREA_WORDS.get(column, column)}{values.pop()}")
        where = "·".join(areas) if areas else ", ".join(ids) + ("…" if len(rows) > 4 else "")
        return f"{where}（{len(rows)}个地块，{int(self.problem.weights[self.pieces[piece]].sum())}户）"

    def cut(self, labels: NDArray[np.generic]) -> int:
        """Integer cost, in 1/1000, of the lines between blocks with different labels (one a block)."""
        lines = self.blocks.lines
        return int(self.costs[labels[lines.a] != labels[lines.b]].sum())

    @cached_property
    def unseen(self) -> Bools:
        """Mask of the line rows between two atoms that the problem does not count as neighbours."""
        ends = np.sort(self.atom[np.stack([self.blocks.lines.a, self.blocks.lines.b], axis=1)], axis=1)
        n = self.problem.n
        seen = np.isin(ends[:, 0] * n + ends[:, 1], self.problem.edges[:, 0] * n + self.problem.edges[:, 1])
        mask: Bools = (ends[:, 0] != ends[:, 1]) & ~seen
        return mask

    @cached_property
    def always_cut(self) -> int:
        """Integer cost of the lines between different pieces, which every plan pays."""
        lines, place = self.blocks.lines, self.piece[self.atom]
        return int(self.costs[self.unseen & (place[lines.a] != place[lines.b])].sum())


class NotWholeError(InputError):
    """An area to be kept whole, or a block, that no community can hold as a whole.

    Parameters
    ----------
    blocks, row
        The ground, and a block of it that is meant.
    areas
        Column and name of each area; none for a single block.
    pieces
        Names of what lies in each piece, where it lies in several that do not touch.
    households, most
        Its households and the upper bound, where it is too large.
    """

    def __init__(
        self, blocks: Blocks, row: int, areas: tuple[tuple[str, str], ...], *,
        pieces: tuple[tuple[str, ...], ...] = (), households: int = 0, most: int = 0,
    ) -> None:  # fmt: skip
        self.block, self.areas, self.pieces, self.households, self.most = (
            blocks.ids[row],
            areas,
            pieces,
            households,
            most,
        )
        columns = {column: "compound (小区)" if column == "compound" else f"area ({column})" for column, _ in areas}
        named = "、".join(f"{columns[column]} {name}" for column, name in areas) or "block"
        if pieces:
            message = f"the {named} lies in {len(pieces)} places that do not touch: {self.places()}"
            advice = (
                f"do not keep {'、'.join(columns)} whole, or give each place a name of its own in the data; "
                "what is one place, join at import"
            )
        else:
            message = f"the {named} has {households} households, above the upper bound {most}"
            advice = "divide it by phases (一期/二期), by an inner road or by buildings, or raise the upper bound"
        super().__init__(
            message, file=blocks.source, layer="blocks", row=self.block, field="、".join(columns) or None,
            value="、".join(name for _, name in areas) or households, advice=advice,
        )  # fmt: skip

    def places(self) -> str:
        """Name what lies in each piece, a few of many."""
        said = ["、".join(names[:MOST_NAMED]) + ("…" if len(names) > MOST_NAMED else "") for names in self.pieces]
        return "；".join(said[:MOST_NAMED]) + ("；…" if len(said) > MOST_NAMED else "")


def pick_count(blocks: Blocks, count: str | None) -> str:
    """Return the counting definition to use: the one asked for, the blocks' own, or the only one there is."""
    asked = count or blocks.count
    if asked is not None:
        blocks.counts(asked)
        for column, chinese in COUNT_COLUMNS.items():
            if asked == chinese and asked not in blocks.columns:
                return column
        return asked
    known = [column for column in COUNT_COLUMNS if column in blocks.columns and column != "persons"]
    if len(known) == 1:
        return known[0]
    raise InputError(
        "say which column counts the households (口径)",
        file=blocks.source,
        layer="blocks",
        field="count",
        advice=f"count columns of this file: {', '.join(blocks.count_columns())}"
        if blocks.count_columns()
        else how_to_bring("households_registered"),
    )


def count_words(count: str) -> str:
    """Return a counting definition (口径) in Chinese."""
    return COUNT_COLUMNS.get(count, count)


def make_task(blocks: Blocks, rules: Rules, count: str, costs: Ints, *, pieces: bool = False) -> Task:
    """Turn blocks and rules into a problem of atoms.

    Parameters
    ----------
    costs
        Shape (rows of `blocks.lines`,): integer cost of dividing two blocks along that row, in 1/1000.
    pieces
        True allows a territory that hangs together in several pieces without a rule that divides it.

    Raises
    ------
    InputError
        An unknown column, block or community; a compound in two places or above the upper bound; a territory
        in several pieces.
    InfeasibleError
        Rules that contradict each other for a compound or a seat.
    """
    counts = blocks.counts(count)
    _check_columns(blocks, rules)
    joined, pairs = neighbour_rows(blocks, rules)
    atom = atoms_of(blocks, rules)
    for error in _not_whole(blocks, rules, counts, atom, pairs):
        raise error
    named = _named(blocks, rules, atom)

    lines = blocks.lines
    problem = Problem.from_graph(
        counts, np.stack([lines.a, lines.b], axis=1)[joined], costs[joined], blocks.xy(), names=blocks.ids
    )
    rim = np.zeros(len(blocks), dtype=np.bool_)
    rim[blocks.rim.a] = True
    apart = problem.contract(atom).pieces[atom]
    edge = apart[lines.a] != apart[lines.b]  # a border with another piece is the outside of a piece
    rim[lines.a[edge]] = rim[lines.b[edge]] = True
    problem = replace(problem, scale=float(STEPS), rim=rim if len(blocks.rim) else None).contract(atom)
    task = Task(blocks, rules, count, atom, problem, costs, named)
    if not (pieces or rules.never_cross or rules.never_cross_kinds):
        _check_one_piece(task)
    return task


def community_column(blocks: Blocks) -> NDArray[np.object_]:
    """Return the present community of each block, '' where it has none, shape (n,)."""
    values = blocks.columns.get("community")
    if values is None:
        return np.full(len(blocks), "", dtype=object)
    return texts(values)


def texts(values: NDArray[np.generic] | Sequence[object]) -> NDArray[np.object_]:
    """Return a column as text, '' where a value is missing."""
    said = ["" if value is None or value != value else str(value).strip() for value in values]
    return np.array(said, dtype=object)


def atoms_of(blocks: Blocks, rules: Rules) -> Ints:
    """Number the units that are never divided: what the rules keep whole, else blocks; shape (n,).

    A block may hold several compounds, their names separated by ';': it joins them into one unit.
    """
    first: dict[tuple[str, str], int] = {}
    pairs = []
    for column in rules.whole:
        for row, said in enumerate(texts(blocks.columns[column])):
            for name in names_in(said):
                pairs.append((first.setdefault((column, name), row), row))  # noqa: PERF401
    return connected_pieces(len(blocks), np.array(pairs, dtype=np.int64).reshape(-1, 2))


def names_in(text: str) -> list[str]:
    """Read names separated by ';' or '；'."""
    return [name.strip() for name in text.replace("；", ";").split(";") if name.strip()]


def has_station(blocks: Blocks, rows: Ints | None = None) -> Bools:
    """Mask of the blocks, or of some rows of them, in which a community service station stands."""
    column = blocks.columns.get("facilities")
    if column is None:
        return np.zeros(len(blocks) if rows is None else len(rows), dtype=np.bool_)
    if rows is not None:
        column = column[rows]
    return np.array([any(kind in STATIONS for kind in names_in(text)) for text in texts(column)], dtype=np.bool_)


def neighbour_rows(blocks: Blocks, rules: Rules) -> tuple[Bools, Ints]:
    """Find the line rows whose two blocks count as neighbours under the rules, and those pairs once each.

    Blocks that a never-cross column tells apart are no neighbours; a line of a kind never crossed is no contact.
    """
    lines = blocks.lines
    allowed = np.ones(len(lines), dtype=np.bool_)
    for column in rules.never_cross:
        values = texts(blocks.columns[column])
        allowed &= values[lines.a] == values[lines.b]
    crossable = allowed & ~np.isin(lines.kind.astype(str), rules.never_cross_kinds or [""])
    key = lines.a * len(blocks) + lines.b
    unique, inverse = np.unique(key, return_inverse=True)
    contact = np.bincount(inverse, np.where(crossable, lines.length_m, 0.0), minlength=len(unique))
    joined = contact > LEAST_CONTACT_M
    pairs = np.stack([unique // len(blocks), unique % len(blocks)], axis=1)[joined]
    rows: Bools = joined[inverse]
    return rows, pairs


def find_seats(blocks: Blocks, rules: Rules, *, count: str | None = None) -> Rules:
    """Return the rules with the seat of each kept community filled in where the blocks know it.

    The seat is the block given, or the only block of the present community with a service station.

    Parameters
    ----------
    count
        Column by which the heaviest block becomes the seat where nothing else is known, and all present communities
        are kept where the rules name none: a plan measured by continuity needs seats. None leaves seats open.
    """
    present, station = community_column(blocks), has_station(blocks)
    seats = rules.seats
    if count is not None and not seats:
        seats = dict.fromkeys(sorted(set(present) - {""}))
    for name, seat in seats.items():
        if seat is None:
            found = np.flatnonzero(station & (present == name))
            if len(found) == 1 and blocks.ids[found[0]] not in seats.values():
                seats[name] = blocks.ids[found[0]]
            elif count is not None and (present == name).any():
                here = np.flatnonzero(present == name)
                seats[name] = blocks.ids[here[int(np.argmax(blocks.counts(count)[here]))]]
    return rules.but(kept=seats)


def _check_columns(blocks: Blocks, rules: Rules) -> None:
    wanted = [("keep_whole", column) for column in rules.whole]
    wanted += [("never_cross", column) for column in rules.never_cross]
    for rule, column in wanted:
        if column not in blocks.columns:
            raise InputError(
                f"the rule {rule} names a column that the blocks do not have",
                file=blocks.source,
                layer="blocks",
                field=column,
                advice=f"columns of this file: {', '.join(blocks.columns) or 'none'}; {how_to_bring(column)}",
            )
    for column in rules.capped:
        blocks.counts(column)


def not_whole(blocks: Blocks, rules: Rules, count: str) -> list[NotWholeError]:
    """Return what no community can hold as a whole: areas in pieces that do not touch, areas and blocks too large.

    Raises
    ------
    InputError
        A rule names a column that the blocks do not have.
    InfeasibleError
        What is kept whole lies on both sides of what is never crossed.
    """
    _check_columns(blocks, rules)
    _, pairs = neighbour_rows(blocks, rules)
    return list(_not_whole(blocks, rules, blocks.counts(count), atoms_of(blocks, rules), pairs))


def _not_whole(blocks: Blocks, rules: Rules, counts: Ints, atom: Ints, pairs: Ints) -> Iterator[NotWholeError]:
    upper = rules.households[1]
    weight = np.bincount(atom, counts).astype(np.int64)
    for a in np.flatnonzero(weight > upper):
        rows = np.flatnonzero(atom == a)
        areas = _areas(blocks, rules, rows)
        alone = [area for area, own in areas.items() if int(counts[own].sum()) > upper]
        named = tuple(alone[:1] or areas)
        number = int(counts[areas[alone[0]]].sum()) if alone else int(weight[a])
        yield NotWholeError(blocks, int(rows[0]), named, households=number, most=upper)
    piece = connected_pieces(len(blocks), pairs[atom[pairs[:, 0]] == atom[pairs[:, 1]]])
    first = np.unique(piece, return_index=True)[1]
    for a in np.flatnonzero(np.bincount(atom[first]) > 1):
        rows = np.flatnonzero(atom == a)
        areas = _areas(blocks, rules, rows)
        for column in rules.never_cross:
            apart = sorted(set(texts(blocks.columns[column])[rows]))
            if len(apart) > 1:
                name = "、".join(dict.fromkeys(name for _, name in areas))
                raise InfeasibleError(
                    [
                        f"R10 不拆分小区：{name}",
                        f"R11 不跨{AREA_WORDS.get(column, column)}：{name}分属{'、'.join(apart)}",
                    ]
                )
        for area, own in areas.items():
            if len(places := np.unique(piece[own])) > 1:
                pieces = tuple(_names_of(blocks, own[piece[own] == p], area[0]) for p in places)
                yield NotWholeError(blocks, int(own[0]), (area,), pieces=pieces)


def _areas(blocks: Blocks, rules: Rules, rows: Ints) -> dict[tuple[str, str], Ints]:
    """Return column and name of each area kept whole that some rows have a part of, with its rows."""
    found: dict[tuple[str, str], list[int]] = {}
    for column in rules.whole:
        for row, said in zip(rows.tolist(), texts(blocks.columns[column][rows]), strict=True):
            for name in names_in(said):
                found.setdefault((column, name), []).append(row)
    return {area: np.array(own, dtype=np.int64) for area, own in found.items()}


def _names_of(blocks: Blocks, rows: Ints, column: str) -> tuple[str, ...]:
    """Name the compounds of some rows, and the blocks that belong to none; of a compound its blocks."""
    compounds = blocks.columns.get("compound") if column != "compound" else None
    said = [""] * len(rows) if compounds is None else texts(compounds[rows]).tolist()
    return tuple(dict.fromkeys(name or blocks.ids[row] for name, row in zip(said, rows.tolist(), strict=True)))


def _named(blocks: Blocks, rules: Rules, atom: Ints) -> dict[int, str]:
    place = {block: row for row, block in enumerate(blocks.ids)}
    present = set(community_column(blocks)) - {""}
    for name in rules.seats:
        if present and name not in present:
            raise InputError(
                "a community to be kept does not exist here",
                file=blocks.source,
                layer="blocks",
                field="kept",
                value=name,
                advice=f"the communities (社区) here are: {', '.join(sorted(present))}",
            )
    said = [("fixed", block, name) for block, name in rules.fixed.items()]
    said += [("kept", seat, name) for name, seat in rules.seats.items() if seat]
    named: dict[int, str] = {}
    for rule, block, name in said:
        if block not in place:
            raise InputError(
                f"the rule {rule} names a block that does not exist here",
                file=blocks.source,
                layer="blocks",
                field=rule,
                value=block,
                advice="check the block's id and the scope",
            )
        a = int(atom[place[block]])
        if named.setdefault(a, name) != name:
            raise InfeasibleError(
                [f"R10/R13 地块{block}与同一小区的其他地块分别指定归{named[a]}和{name}"]
                if rules.keep_whole
                else [f"R13 地块{block}归{named[a]}", f"R13/R18 地块{block}归{name}"]
            )
    return named


def _check_one_piece(task: Task) -> None:
    if len(task.pieces) == 1:
        return
    size = [len(atoms) for atoms in task.pieces]
    alone = [task.blocks.ids[row] for row in np.flatnonzero(task.piece[task.atom] != int(np.argmax(size)))]
    raise InputError(
        f"the territory falls into {len(size)} pieces that do not touch; "
        f"outside the largest: {', '.join(alone[:10])}{'…' if len(alone) > 10 else ''}",
        file=task.blocks.source,
        layer="blocks",
        row=alone[0],
        advice="join the blocks at import, choose a scope, or ask for separate pieces (pieces=True, --pieces)",
    )
