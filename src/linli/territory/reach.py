"""The ground that an actor may know of: blocks of his streets, and blocks that his communities hold on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from linli.org.actors import Actor
from linli.org.rest import under
from linli.territory.models import Block, Membership


def blocks_of(actor: Actor, permission: str, day: date) -> QuerySet[Block]:
    """Return the blocks in the areas where an actor holds a permission on a day."""
    areas = actor.areas(permission)
    held = Membership.objects.on(day).filter(under("community__path", areas), block=OuterRef("pk"))
    return Block.objects.filter(under("street__path", areas) | Exists(held))
