"""Which communities hold a building, or the buildings of a compound, on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from linli.org.models import Division
from linli.territory.indexing import natural
from linli.territory.lookup import memberships_around
from linli.territory.models import Block, Building, Compound, Membership
from linli.territory.search import Answer


@dataclass(frozen=True)
class Part:
    """The part of a compound that belongs to one community, now and next.

    Parameters
    ----------
    now, then
        What holds it on the day, and what begins after it; None where nothing does.
    block
        One block of it.
    buildings
        Of it, in the order of their numbers.
    """

    now: Membership | None
    then: Membership | None
    block: Block
    buildings: tuple[Building, ...]


def homes_of(answers: Sequence[Answer], day: date) -> dict[tuple[bool, int], list[Division]]:
    """Return the communities that hold each answer on a day, by `whole` and `key`; two queries.

    A compound may lie in several, or in none yet.
    """
    wholes = [one.key for one in answers if one.whole]
    singles = [one.key for one in answers if not one.whole]
    rows = Building.objects.filter(Q(pk__in=singles) | Q(compound__in=wholes)).values_list("pk", "compound", "block")
    blocks: dict[tuple[bool, int], set[int]] = defaultdict(set)
    for building, compound, block in rows:
        blocks[False, building].add(block)
        blocks[True, compound].add(block)
    bare = [key for key in wholes if not blocks[True, key]]
    for compound, block in Block.objects.filter(compound__in=bare).values_list("compound", "pk") if bare else ():
        blocks[True, compound].add(block)
    wanted = {block for key in singles for block in blocks[False, key]}
    wanted |= {block for key in wholes for block in blocks[True, key]}
    held = {
        row.block_id: row.community
        for row in Membership.objects.on(day).filter(block__in=wanted).select_related("community__parent")
    }
    return {
        (one.whole, one.key): sorted(
            {held[block] for block in blocks[one.whole, one.key] if block in held}, key=lambda home: home.code
        )
        for one in answers
    }


def parts_of(compound: Compound, day: date) -> list[Part]:
    """Divide a compound by the community that holds its buildings on a day; by its blocks where it has no buildings."""
    buildings = list(compound.buildings.select_related("block__street").defer("block__wkb"))
    blocks = {one.block_id: one.block for one in buildings} or {one.pk: one for one in compound.blocks.defer("wkb")}
    around = memberships_around(blocks, day)
    parts: dict[tuple[int | None, int | None, date | None], list[int]] = defaultdict(list)
    for key in sorted(blocks, key=lambda key: blocks[key].code):
        now, then = around[key]
        after = (then.community_id, then.valid_from) if then else (None, None)
        parts[now.community_id if now else None, *after].append(key)
    found = []
    for keys in parts.values():
        inside = [one for one in buildings if one.block_id in set(keys)]
        now, then = around[keys[0]]
        found.append(Part(now, then, blocks[keys[0]], tuple(in_order(inside))))
    return sorted(found, key=lambda part: (-len(part.buildings), part.block.code))


def in_order(buildings: Iterable[Building]) -> list[Building]:
    """Put buildings in the order of their numbers, 2幢 before 12幢."""
    return sorted(buildings, key=lambda one: (natural(one.number), one.code))
