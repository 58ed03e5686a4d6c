"""What a post gives, where and for how long."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from linli.org.actors import actor_of
from linli.org.models import Tenure
from linli.org.tests.world import World


def test_a_post_gives_its_permissions_below_its_division_only(world: World) -> None:
    clerk = actor_of(world.account("jiedao"))
    assert clerk.may("territory.import", world.division("团结"))
    assert not clerk.may("territory.import", world.division("东门"))
    assert not clerk.may("security.grant")


def test_leaving_a_post_takes_its_rights_the_same_minute(world: World) -> None:
    clerk = world.account("jiedao")
    now = timezone.now()
    Tenure.objects.filter(account=clerk).update(ends_at=now)
    assert actor_of(clerk, now - timedelta(seconds=1)).may("territory.import")
    assert not actor_of(clerk, now).may("territory.import")
