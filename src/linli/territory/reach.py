"""The ground that an actor may know of: blocks of his streets, and blocks that his communities hold on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.rest import under
from linli.territory.models import Block, Membership


def blocks_of(actor: Actor, permission: str, day: date) -> QuerySet[Block]:
    """Return the blocks that an actor may see on a day.

    Blocks belong to communities, not to grids: who holds the permission in a grid sees those of its community.
    """
    areas = ground_areas(actor, permission)
    held = Membership.objects.on(day).filter(under("community__path", areas), block=OuterRef("pk"))
    return Block.objects.filter(under("street__path", areas) | Exists(held))


def ground_areas(actor: Actor, permission: str) -> tuple[str, ...]:
    """Return the paths below which an actor sees ground; for a grid that of its community."""
    grids = {grant.path for grant in actor.grants if grant.post.division.kind == Division.Kind.GRID}
    return tuple(sorted({_above(path) if path in grids else path for path in actor.areas(permission)}))


def _above(path: str) -> str:
    return path.rstrip("/").rpartition("/")[0] + "/"
