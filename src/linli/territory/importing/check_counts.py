"""Check a table of counts: find the blocks that each row speaks of, and sum what it tells by block."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from linli.errors import InputError
from linli.geodata.hang import apportion
from linli.territory.importing.draft import Draft
from linli.territory.importing.fields import COUNT_NAMES
from linli.territory.importing.ground import Ground
from linli.territory.importing.numbers import numbers_or_none, plain_name, read_numbers
from linli.territory.importing.rows import Rows
from linli.territory.models import Block, Building, Compound, Count, ImportBatch

MOST_COUNTED = 2**31 - 1  # what the database can hold
Shares = dict[int, float]  # by block


def put_counts(
    draft: Draft, ground: Ground, batch: ImportBatch, told: Mapping[str, Sequence[tuple[Block, int]]],
    estimates: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Add counts to a draft: what the same source told of the same day is replaced.

    Parameters
    ----------
    told
        By definition: blocks and numbers; several of one block are summed.
    estimates
        Definition to the rule that it was estimated by, where it was not counted.

    Raises
    ------
    InputError
        The rows of one block add up to more than can be kept.
    """
    if not told or batch.as_of is None:
        return
    old = ground.counts(batch.source, batch.as_of, ground.blocks.values())
    for definition, pairs in told.items():
        sums: dict[int, list[object]] = {}
        for block, value in pairs:
            held = sums.setdefault(id(block), [block, 0])
            held[1] = int(held[1]) + value  # type: ignore[call-overload]
        for block, value in sums.values():  # type: ignore[assignment]
            if value > MOST_COUNTED:
                raise InputError(
                    "the counts of a block are too large", field=definition, value=block.code,
                    advice="look whether the column is the right one",
                )  # fmt: skip
            existing = old.get((block.pk, definition)) if block.pk else None
            fresh = {"block": block, "definition": definition, "source": batch.source, "as_of": batch.as_of}
            values = {"value": value, "estimate": (estimates or {}).get(definition, "")[:60]}
            draft.put(Count, existing, values if existing else {**fresh, **values})


def check_counts(rows: Rows, ground: Ground, batch: ImportBatch, draft: Draft) -> None:
    """Fill a draft with the counts of a table, by block, compound and building number, or place."""
    places = ground.block_at(rows.points()) if rows.geometry is not None else [None] * len(rows)
    named = _named(rows, ground)
    told: dict[str, list[tuple[Block, int]]] = {name: [] for name in COUNT_NAMES if rows.has(name)}
    touched: set[int] = set()
    for index in range(len(rows)):
        counts = {name: rows.whole(index, name) for name in told}
        here = places[index]
        shares = {here.pk: 1.0} if here else _shares(rows, index, ground, named)
        if index in rows.bad or not shares:
            continue
        if len(shares) > 1:
            rows.warn(index, "spread", "compound", number=len(shares))
        keys = sorted(shares)
        weights = np.array([shares[key] for key in keys], dtype=np.float64)
        touched |= set(keys)
        for name, value in counts.items():
            if value is not None:
                parts = apportion(value, weights)
                told[name] += [(ground.block_by_key[key], int(part)) for key, part in zip(keys, parts, strict=True)]
    put_counts(draft, ground, batch, told)
    draft.shapes += [(block.shape, block.code, "changed") for block in map(ground.block_by_key.__getitem__, touched)]


def _named(rows: Rows, ground: Ground) -> set[tuple[int, int]]:
    """Return compound and number of every building that some row names."""
    return {
        (compound.pk, number)
        for index in range(len(rows))
        for compound in _compounds(rows, index, ground)
        for number in numbers_or_none(rows.raw(index, "number"))
    }


def _shares(rows: Rows, index: int, ground: Ground, named: set[tuple[int, int]]) -> Shares:
    """Find the blocks of a row by the most exact thing that it tells; nothing, and an error, where there is none."""
    code = rows.raw(index, "block")
    if code:
        block = ground.blocks.get(code)
        if block is None:
            rows.fail(index, "unknown_block", "block")
            return {}
        return {block.pk: 1.0}
    building = ground.buildings.get(rows.raw(index, "code"))
    if building is not None:
        return {building.block_id: 1.0}
    name = rows.raw(index, "compound")
    found = _compounds(rows, index, ground)
    if not found:
        unnamed = plain_name(name) in ("", "无", "无名院落")
        rows.fail(index, "no_place" if unnamed else "unknown_compound", "compound")
        return {}
    try:
        numbers = read_numbers(rows.raw(index, "number"))
    except ValueError:
        rows.fail(index, "unclear_number", "number")
        return {}
    if len(found) > 1 and numbers:
        found = [one for one in found if all((one.pk, number) in ground.numbered for number in numbers)] or found
    if len(found) > 1:
        rows.fail(index, "twins", "compound", names="、".join(sorted(one.name for one in found)))
        return {}
    compound = found[0]
    known = [building for number in numbers for building in ground.numbered.get((compound.pk, number), ())]
    if numbers and not known:
        rows.warn(index, "unknown_building", "number")
    if not numbers:
        rows.warn(index, "no_number", "number")
    if not known:
        # first those that no other row speaks of
        every = ground.in_compound.get(compound.pk, [])
        spare = [one for one in every if not any((compound.pk, n) in named for n in numbers_or_none(one.number))]
        known = spare or every
    shares = _by_size(known) or {block.pk: 1.0 for block in ground.blocks_of_compound.get(compound.pk, ())}
    if not shares:
        rows.fail(index, "no_place", "compound")
    return shares


def _compounds(rows: Rows, index: int, ground: Ground) -> list[Compound]:
    """Return the compounds that a row may mean; the community tells twins apart."""
    name = rows.raw(index, "compound")
    found = ground.called(name) if name else []
    community = ground.community_called(rows.raw(index, "community"), ground.day)
    if len(found) > 1 and community is not None:
        return [one for one in found if community.pk in _communities(one, ground)] or found
    return found


def _communities(compound: Compound, ground: Ground) -> set[int | None]:
    blocks = {building.block_id for building in ground.in_compound.get(compound.pk, ())}
    blocks |= {block.pk for block in ground.blocks_of_compound.get(compound.pk, ())}
    return {ground.member_of.get(block) for block in blocks}


def _by_size(buildings: Sequence[Building]) -> Shares:
    shares: Shares = defaultdict(float)
    for building in buildings:
        shares[building.block_id] += max(1, building.units) * max(1, building.floors)
    return dict(shares)
