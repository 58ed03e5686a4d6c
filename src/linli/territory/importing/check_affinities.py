"""Check a survey's table: which neighbours feel to be one, and which community people call theirs.

A pair is kept on the first line between the two, as `linli blocks --affinities` does it; rows of one pair are summed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from linli.org.models import Division
from linli.territory.importing.draft import Draft
from linli.territory.importing.ground import Ground
from linli.territory.importing.numbers import plain_name
from linli.territory.importing.rows import Rows
from linli.territory.models import Belonging, Block, Line

Pair = tuple[int, int]


@dataclass(frozen=True)
class Said:
    """How many were asked, how many of them agreed, and how many households of all that stands for."""

    asked: int | None
    agreed: int | None
    households: float | None

    @property
    def weight(self) -> float:
        """Households that the engine counts."""
        return self.households if self.households is not None else float(self.agreed or 0)


def check_affinities(rows: Rows, ground: Ground, draft: Draft) -> None:
    """Fill a draft with what the rows say; what a pair or a block said before is replaced where they say it anew."""
    first: dict[Pair, Line] = {}
    for line in Line.objects.filter(a__street=ground.street, b__street=ground.street).order_by("-pk"):
        first[_pair(line.a_id, line.b_id)] = line
    felt: dict[Pair, list[Said]] = defaultdict(list)
    theirs: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for index in range(len(rows)):
        said = _said(rows, index)
        here = _blocks(rows, index, "one", ground)
        community = _community(rows, index, ground)
        there = [] if community is not None else _blocks(rows, index, "other", ground)
        if index in rows.bad:
            continue
        if community is not None:
            if said.asked is None or said.agreed is None:
                rows.fail(index, "no_say", "asked")
                continue
            sums = theirs[min(here, key=lambda block: block.code).pk, community.pk]
            sums[0], sums[1] = sums[0] + said.asked, sums[1] + said.agreed
            continue
        met = {_pair(a.pk, b.pk) for a in here for b in there} & first.keys()
        if not met:
            rows.warn(index, "no_border", "other")
            continue
        felt[min(met, key=lambda pair: sorted(ground.block_by_key[key].code for key in pair))].append(said)
    touched: set[int] = set()
    for pair, told in felt.items():
        values = {"affinity": float(sum(one.weight for one in told)), "asked": None, "agreed": None}
        if all(one.asked is not None and one.agreed is not None for one in told):
            values |= {"asked": sum(one.asked or 0 for one in told), "agreed": sum(one.agreed or 0 for one in told)}
        draft.put(Line, first[pair], values)
        touched |= {*pair}
    old = {(one.block_id, one.community_id): one for one in Belonging.objects.filter(block__street=ground.street)}
    for (block, home), (asked, agreed) in theirs.items():
        numbers, existing = {"asked": asked, "agreed": agreed}, old.get((block, home))
        fresh = {"block": ground.block_by_key[block], "community_id": home}
        draft.put(Belonging, existing, numbers if existing else {**fresh, **numbers})
        touched.add(block)
    draft.shapes += [(block.shape, block.code, "changed") for block in map(ground.block_by_key.__getitem__, touched)]


def _said(rows: Rows, index: int) -> Said:
    asked, agreed, households = (
        rows.whole(index, "asked"),
        rows.whole(index, "agreed"),
        rows.number(index, "households"),
    )
    share = _share(rows, index)
    if agreed is None and asked is not None and share is not None:
        agreed = round(asked * share)
    if agreed is None and households is None and index not in rows.bad:
        rows.fail(index, "no_say", "agreed" if rows.has("agreed") else "share")
    if asked is not None and agreed is not None and agreed > asked:
        rows.fail(index, "more_agreed", "agreed")
    return Said(asked, agreed, households)


def _share(rows: Rows, index: int) -> float | None:
    text = rows.raw(index, "share").replace("％", "%")
    if text in ("", "无", "-", "/"):
        return None
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        rows.fail(index, "not_share", "share")
        return None
    return value


def _blocks(rows: Rows, index: int, field: str, ground: Ground) -> list[Block]:
    """Find the blocks of a compound, block or building; none, and an error, where none or several are meant."""
    name = rows.raw(index, field)
    found = ground.called(name) if name else []
    if len(found) > 1:
        rows.fail(index, "twins", field, names="、".join(sorted(one.name for one in found)))
        return []
    compound = found[0] if found else ground.compounds.get(name)
    keys = {block.pk for block in ground.blocks_naming.get(plain_name(name), ())}
    if compound is not None:
        keys |= {block.pk for block in ground.blocks_of_compound.get(compound.pk, ())}
        keys |= {building.block_id for building in ground.in_compound.get(compound.pk, ())}
    elif name in ground.blocks:
        keys = {ground.blocks[name].pk}
    elif name in ground.buildings:
        keys = {ground.buildings[name].block_id}
    if keys:
        return [ground.block_by_key[key] for key in keys]
    rows.fail(index, "unknown_place" if name else "missing", field)
    return []


def _community(rows: Rows, index: int, ground: Ground) -> Division | None:
    """Return the community that people call theirs, where the row names one and no compound of that name."""
    name = rows.raw(index, "other")
    if not name or ground.called(name) or name in ground.blocks:
        return None
    return ground.community_called(name, ground.day)


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
