"""To whom a matter is offered first, one or several at once, and how often the base is asked for it."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime

import pytest
import shapely
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.matters.actions import dispatching
from linli.matters.actions.open_matter import open_matter
from linli.matters.duty_models import DutyItem
from linli.matters.models import Category, Matter
from linli.matters.offering import FAR, Whereabouts, offer, ranks, whereabouts
from linli.org.actors import PUBLIC, Actor
from linli.org.models import Account, Post, Role, Tenure
from linli.org.tests.world import BEGAN, World
from linli.territory.models import Block, Membership


@pytest.fixture
def clerk(world: World) -> Client:
    """Who dispatches in the street."""
    client = Client()
    client.force_login(world.account("jiedao"))
    return client


def seat(world: World, place: str, role: str, title: str) -> Post:
    """A post that somebody holds."""
    post = Post.objects.create(
        division=world.division(place), role=Role.objects.get(code=role), title=title, valid_from=BEGAN
    )
    account = Account.objects.create_account(f"zai{post.pk}", name="吴十")
    Tenure.objects.create(post=post, account=account, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return post


def lying(matter: Matter) -> list[Whereabouts]:
    return whereabouts([matter], [matter.division()])


def duty(matter: Matter, world: World, owner: str, kind: str = DutyItem.List.BASIC, number: int = 1) -> DutyItem:
    """An entry of a duty list under which a matter falls."""
    matter.category = Category.objects.get(code="0201")
    matter.save()
    made = DutyItem.objects.create(
        list=kind, number=number, text="路灯", owner=owner, basis="试验", division=world.division("铜源街道"),
        valid_from=date(2020, 1, 1),
    )  # fmt: skip
    made.categories.add(matter.category)
    return made


@pytest.fixture
def elsewhere(world: World, block: Block) -> Matter:
    """A report in 白云."""
    other = Block(street=block.street, code="B2")
    other.shape = shapely.box(103.101, 26.08, 103.102, 26.081)
    other.save()
    Membership.objects.create(block=other, community=world.division("白云"), valid_from=date(2020, 1, 1))
    return open_matter(PUBLIC, key=uuid.uuid4(), text="井盖响", block=other)


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


def test_whom_the_duty_list_names_stands_between_the_grid_and_the_office(world: World, matter: Matter) -> None:
    named = seat(world, "铜源街道", "street_clerk", "市政管护岗")
    posts = {
        "grid": Post.objects.get(title="网格员"), "office": Post.objects.get(title="社区书记"), "named": named,
        "far": Post.objects.get(title="经办"),
    }  # fmt: skip
    assert {name: ranks(posts.values(), lying(matter))[post.pk] for name, post in posts.items()} == {
        "grid": (0,), "named": (FAR,), "office": (2,), "far": (FAR,),
    }  # fmt: skip
    duty(matter, world, "市政管护岗")
    assert {name: ranks(posts.values(), lying(matter))[post.pk] for name, post in posts.items()} == {
        "grid": (0,), "named": (1,), "office": (2,), "far": (FAR,),
    }  # fmt: skip
    duty(matter, world, "铜源街道", DutyItem.List.ASSIST, 2)
    assert ranks([named], lying(matter))[named.pk] == (1,), "the stricter list decides"
    found = offer(lying(matter), "hand_over", world.division("铜源街道"))
    assert [str(post) for post in found.posts[:3]] == [str(posts[name]) for name in ("grid", "named", "office")]
    assert (found.near, found.note) == (3, "")


def test_an_office_named_by_the_duty_list_is_found_by_its_own_name_too(world: World, matter: Matter) -> None:
    duty(matter, world, "铜源街道")
    assert ranks([Post.objects.get(title="经办")], lying(matter)) == {Post.objects.get(title="经办").pk: (1,)}


def test_of_two_equals_the_less_loaded_stands_first(world: World, matter: Matter, secretary: Actor) -> None:
    second = seat(world, "团结第一网格", "grid_worker", "网格员（二）")
    first = Post.objects.get(title="网格员")
    assert offer(lying(matter), "dispatch", first.division).posts[:2] == (first, second)
    other = open_matter(PUBLIC, key=uuid.uuid4(), text="灯", block=matter.block)
    dispatching.dispatch(secretary, matter=other, to=first)
    assert offer(lying(matter), "dispatch", first.division).posts[:2] == (second, first)


def test_several_in_one_place_are_offered_as_one_is(world: World, matter: Matter, clerk: Client) -> None:
    more = [open_matter(PUBLIC, key=uuid.uuid4(), text=f"第{k}件", block=matter.block) for k in range(2)]
    numbers = [str(one.number) for one in (matter, *more)]
    single = clerk.get(f"/matters/{matter.number}/dispatch").content.decode()
    page = clerk.post("/matters/together/dispatch", {"number": numbers}).content.decode()
    assert re.findall(r'name="to" value="(\d+)"', page) == re.findall(r'name="to" value="(\d+)"', single)
    assert "在办 0 件，逾期 0 件" in page
    assert "就近" not in page


def test_several_that_differ_are_told_so_and_whoever_is_near_most_stands_first(
    world: World, matter: Matter, elsewhere: Matter, clerk: Client
) -> None:
    more = open_matter(PUBLIC, key=uuid.uuid4(), text="又一件", block=matter.block)
    away = seat(world, "白云", "community_secretary", "白云书记")
    said = {"number": [str(one.number) for one in (elsewhere, matter, more)]}
    page = clerk.post("/matters/together/dispatch", said).content.decode()
    order = [Post.objects.get(pk=key).title for key in re.findall(r'name="to" value="(\d+)"', page)]
    assert order == ["网格员", "社区书记", "白云书记", "经办"], "not only posts of the first one's community"
    assert "所选 3 件不在一处" in page
    assert re.search(r"网格员：在办 0 件，逾期 0 件；就近 2 件", page)
    assert re.search(r"白云书记：在办 0 件，逾期 0 件；就近 1 件", page)
    folded = page.split("其他岗位")[1]
    assert "就近" not in folded
    assert clerk.post("/matters/together/dispatch", {**said, "to": away.pk, "go": "1"}).status_code == 302
    assert Matter.objects.filter(holder=away).count() == 3


def test_what_was_taken_back_among_several_is_named_before_anything_is_sent(
    world: World, matter: Matter, elsewhere: Matter
) -> None:
    duty(matter, world, "区城管局", DutyItem.List.WITHDRAWN)
    officer = Client()
    officer.force_login(world.account("quji"))
    said = {"number": [str(matter.number), str(elsewhere.number)]}
    page = officer.post("/matters/together/dispatch", said).content.decode()
    assert f"{matter.number} 属上级部门收回的事项" in page
    assert "网格员" in page
    alone = officer.post("/matters/together/dispatch", {"number": said["number"][:1]}).content.decode()
    assert "网格员" not in alone, "only the levels above may be asked"
    assert "属上级部门收回的事项" not in alone


def asked(client: Client, address: str, said: dict[str, object] | None) -> list[str]:
    """What the base is asked for a page, once whatever is kept for a while is known."""
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as found:
            answer = client.post(address, said) if said is not None else client.get(address)
    assert answer.status_code == 200
    return [one["sql"] for one in found.captured_queries]


@pytest.mark.parametrize("verb", ["dispatch", "hand-over"])
def test_where_it_lies_and_what_it_falls_under_is_asked_once_for_one_and_for_many(
    world: World, matter: Matter, elsewhere: Matter, clerk: Client, verb: str, secretary: Actor
) -> None:
    duty(matter, world, "铜源街道")
    Matter.objects.update(category=matter.category)
    if verb == "hand-over":
        grid = Post.objects.get(title="网格员")
        dispatching.dispatch(secretary, matter=matter, to=grid)
        Matter.objects.filter(pk=elsewhere.pk).update(state="handling", holder=grid)
    more = [open_matter(PUBLIC, key=uuid.uuid4(), text=f"第{k}件", block=matter.block) for k in range(6)]
    Matter.objects.filter(pk__in=[one.pk for one in more]).update(category=matter.category)

    def told(queries: list[str]) -> tuple[int, int]:
        homes = [one for one in queries if 'FROM "territory_membership"' in one and "EXISTS" not in one]
        return len(homes), sum('FROM "matters_dutyitem"' in one for one in queries)

    assert told(asked(clerk, f"/matters/{matter.number}/{verb}", None)) == (1, 1)
    few, many = ([str(one.number) for one in rows] for rows in ((matter,), (matter, elsewhere, *more)))
    first = asked(clerk, f"/matters/together/{verb}", {"number": few})
    assert told(first) == (1, 1)
    assert len(asked(clerk, f"/matters/together/{verb}", {"number": many})) <= len(first)


def test_the_page_of_a_matter_asks_once_where_it_lies(world: World, matter: Matter, clerk: Client) -> None:
    queries = asked(clerk, f"/matters/{matter.number}/", None)
    assert sum('FROM "territory_membership"' in one and "EXISTS" not in one for one in queries) == 1
