"""What a street has already: blocks, compounds, buildings and communities, found as files name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.org.models import Division, titled
from linli.territory.importing.numbers import bare_name, numbers_or_none, plain_name
from linli.territory.lookup import NOWHERE, by_code, first_holding
from linli.territory.models import Block, Building, Compound, Count, Facility, Membership


class Ground:
    """A street's rows, each kind read when first asked for.

    Parameters
    ----------
    street
        The street.
    day
        The day whose memberships tell twins apart.
    """

    def __init__(self, street: Division, day: date) -> None:
        self.street, self.day = street, day

    @cached_property
    def blocks(self) -> dict[str, Block]:
        """Blocks by code, in the order in which a border belongs to them."""
        blocks = Block.objects.filter(street=self.street).select_related("street")
        return {block.code: block for block in sorted(blocks, key=by_code)}

    @cached_property
    def shapes(self) -> NDArray[Any]:
        """The geometry of `blocks`, in their order."""
        return np.array([block.shape for block in self.blocks.values()], dtype=object)

    @property
    def middle(self) -> tuple[float, float] | None:
        """Longitude and latitude of the middle of the blocks."""
        if not self.blocks:
            return None
        west, south, east, north = shapely.total_bounds(self.shapes)
        return float(west + east) / 2, float(south + north) / 2

    def block_at(self, points: NDArray[Any]) -> list[Block | None]:
        """Return the block that each point lies in, None where none does or there is no point."""
        blocks = list(self.blocks.values())
        return [None if place == NOWHERE else blocks[place] for place in first_holding(self.tree, points)]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The index of `shapes`."""
        return shapely.STRtree(self.shapes)

    @cached_property
    def compounds(self) -> dict[str, Compound]:
        """Compounds by code."""
        return {compound.code: compound for compound in Compound.objects.filter(street=self.street)}

    @cached_property
    def _named(self) -> dict[str, list[Compound]]:
        named: dict[str, list[Compound]] = defaultdict(list)
        for compound in self.compounds.values():
            for name in {plain_name(compound.name), plain_name(compound.also_called)} - {""}:
                named[name].append(compound)
        return named

    @cached_property
    def _bare(self) -> dict[str, list[Compound]]:
        bare: dict[str, list[Compound]] = defaultdict(list)
        for compound in self.compounds.values():
            if compound.name:
                bare[bare_name(compound.name)].append(compound)
        return bare

    def called(self, name: str) -> list[Compound]:
        """Return the compounds of a name or nickname; without one, those that add what tells twins apart."""
        return self._named.get(plain_name(name)) or self._bare.get(plain_name(name)) or []

    def compound_called(self, name: str) -> Compound | None:
        """Return the one compound that a name means, None where it means none or several."""
        found = self.called(name) if name else []
        return found[0] if len(found) == 1 else None

    @cached_property
    def buildings(self) -> dict[str, Building]:
        """Buildings by code."""
        rows = Building.objects.filter(block__street=self.street).select_related("compound")
        return {building.code: building for building in rows}

    @cached_property
    def standing(self) -> dict[tuple[float, float], list[Building]]:
        """Buildings by longitude and latitude."""
        found: dict[tuple[float, float], list[Building]] = defaultdict(list)
        for building in self.buildings.values():
            found[building.longitude, building.latitude].append(building)
        return found

    @cached_property
    def in_compound(self) -> dict[int, list[Building]]:
        """Buildings by compound."""
        found: dict[int, list[Building]] = defaultdict(list)
        for building in self.buildings.values():
            if building.compound_id:
                found[building.compound_id].append(building)
        return found

    @cached_property
    def numbered(self) -> dict[tuple[int, int], list[Building]]:
        """Buildings by compound and number."""
        found: dict[tuple[int, int], list[Building]] = defaultdict(list)
        for compound, buildings in self.in_compound.items():
            for building in buildings:
                for number in numbers_or_none(building.number):
                    found[compound, number].append(building)
        return found

    @cached_property
    def facilities(self) -> dict[str, Facility]:
        """Facilities by code."""
        return {facility.code: facility for facility in Facility.objects.filter(street=self.street)}

    @cached_property
    def communities(self) -> dict[str, list[Division]]:
        """Communities of any day by code, name and title, and by the names that they have borne."""
        found: dict[str, list[Division]] = defaultdict(list)
        rows = Division.objects.filter(parent=self.street, kind=Division.Kind.COMMUNITY).prefetch_related("names")
        for division in rows:
            borne = {division.name, *(one.name for one in division.names.all())}
            for name in {division.code, *borne, *(titled(one, "", division.kind, in_chinese=True) for one in borne)}:
                found[plain_name(name)].append(division)
        return found

    def community_called(self, name: str, day: date) -> Division | None:
        """Return the one community that a name means on a day, None where none or several stand then."""
        named = self.communities.get(plain_name(name), ())
        found = [one for one in named if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)]
        return found[0] if len(found) == 1 else None

    @cached_property
    def settled(self) -> set[int]:
        """Blocks that belong, belonged or will belong to a community."""
        rows = Membership.objects.filter(block__street=self.street)
        return set(rows.order_by().values_list("block", flat=True).distinct())

    @cached_property
    def member_of(self) -> dict[int, int]:
        """The community of each block on the day."""
        rows = Membership.objects.on(self.day).filter(block__street=self.street)
        return dict(rows.values_list("block", "community"))

    @cached_property
    def blocks_of_compound(self) -> dict[int, list[Block]]:
        """Blocks by the compound that they are part of."""
        found: dict[int, list[Block]] = defaultdict(list)
        for block in self.blocks.values():
            if block.compound_id:
                found[block.compound_id].append(block)
        return found

    @cached_property
    def blocks_naming(self) -> dict[str, list[Block]]:
        """Blocks by each compound that their file named, of which the first alone is the one that they are part of."""
        found: dict[str, list[Block]] = defaultdict(list)
        for block in self.blocks.values():
            for name in str(block.columns.get("compound") or "").split(";"):
                found[plain_name(name)].append(block)
        found.pop("", None)
        return found

    @cached_property
    def block_by_key(self) -> dict[int, Block]:
        """Blocks by key."""
        return {block.pk: block for block in self.blocks.values()}

    def counts(self, source: str, as_of: date, blocks: Iterable[Block]) -> dict[tuple[int, str], Count]:
        """Return what one source told of these blocks as of a day, by block and definition."""
        keys = {block.pk for block in blocks}
        rows = Count.objects.filter(block__street=self.street, source=source, as_of=as_of)
        return {(count.block_id, count.definition): count for count in rows if count.block_id in keys}
