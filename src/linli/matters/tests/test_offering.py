"""To whom a matter is offered first."""

from __future__ import annotations

from django.test import Client

from linli.matters.actions import dispatching
from linli.matters.models import Matter
from linli.org.actors import Actor
from linli.org.models import Post
from linli.org.tests.world import World


def test_the_grid_of_the_place_stands_first_with_its_load_and_far_posts_behind_the_fold(
    world: World, matter: Matter, secretary: Actor
) -> None:
    client = Client()
    client.force_login(world.account("shuji"))
    page = client.get(f"/matters/{matter.number}/dispatch").content.decode()
    grid = Post.objects.get(division=world.division("团结第一网格"))
    office = page.index(f'value="{secretary.posts[0].pk}"')
    assert page.index(f'value="{grid.pk}"') < office
    assert f"{grid}：在办 0 件，逾期 0 件" in page
    dispatching.dispatch(secretary, matter=matter, to=grid)
    page = client.get(f"/matters/{matter.number}/hand-over").content.decode()
    assert f"{grid}：在办 1 件，逾期 0 件" in page
    near, folded = page.split("其他岗位")
    assert f'value="{grid.pk}"' in near
    assert 'type="radio"' in folded
