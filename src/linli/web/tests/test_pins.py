"""A place pressed on the map is read back in words, and stands on the page of who put it there, and of nobody else."""

from __future__ import annotations

import uuid

from django.test import Client

from linli.cases.places import words_at
from linli.matters.actions.judging import join
from linli.matters.actions.open_matter import open_matter
from linli.org.actors import PUBLIC
from linli.org.tests.world import World
from linli.planning.tests.small import SIDE, small_ground

MIDDLE = (103 + SIDE / 2, 26 + SIDE / 2)


def test_a_point_is_said_in_words(world: World) -> None:
    small_ground(world)
    assert words_at(*MIDDLE) == "矿务局大院，团结社区"
    assert words_at(103 + 4.5 * SIDE, 26 + SIDE / 2).endswith("白云社区")
    assert words_at(0.0, 0.0) == ""
    told = Client().get("/report/place", {"longitude": MIDDLE[0], "latitude": MIDDLE[1]})
    assert told.json() == {"words": words_at(*MIDDLE)}
    assert "no-store" in told["Cache-Control"]
    for wrong in (
        {},
        {"longitude": "x", "latitude": "1"},
        {"longitude": "nan", "latitude": "1"},
        {"longitude": "999", "latitude": "1"},
    ):
        assert Client().get("/report/place", wrong).status_code == 404


def test_the_pin_stands_on_the_page_of_who_put_it_there(world: World) -> None:
    block = small_ground(world)["B00"]
    one = open_matter(PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block, place="门口", point=MIDDLE)
    page = Client().get(f"/report/{one.number}/{one.secret}/")
    pins = [feature for feature in page.context["map"]["features"] if feature["properties"].get("pin")]
    assert [pin["geometry"]["coordinates"] for pin in pins] == [list(MIDDLE)]
    follower = join(matter=one, key=uuid.uuid4(), text="")
    theirs = Client().get(f"/report/{one.number}/{follower.secret}/")
    assert theirs.context["map"] is None
    assert str(MIDDLE[0]) not in theirs.content.decode()
    bare = open_matter(PUBLIC, key=uuid.uuid4(), text="路灯坏了", block=block, place="门口")
    assert Client().get(f"/report/{bare.number}/{bare.secret}/").context["map"] is None
