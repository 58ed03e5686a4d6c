"""Neighbours who report the same, suggestions that are seconded, and how what was done is judged."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from linli.cases.actions.report_case import report_case
from linli.cases.tests.test_photos import photo
from linli.matters.actions import dispatching, handling, judging
from linli.matters.models import Category, Follower, Matter, Rating
from linli.matters.photos import clean_photo
from linli.org.actors import PUBLIC, actor_of
from linli.org.seals import unseal
from linli.org.tests.world import World
from linli.territory.models import Building

TEXT = "矿务局二片区6栋2单元楼道灯坏了半个多月，老人下楼摸黑。"


def first_case(ground: Building, code: str = "0602", text: str = TEXT) -> Matter:
    category = Category.objects.get(code=code)
    return report_case(PUBLIC, key=uuid.uuid4(), text=text, building=ground, category=category, contact="13800000000")


def asked(**more: str) -> dict[str, str]:
    return {
        "text": "我们楼道灯坏了，老人下楼摸黑看不见", "place": "矿务局二片区6栋", "kind": "report",
        "key": str(uuid.uuid4()), **more,
    }  # fmt: skip


def close(matter: Matter, world: World) -> None:
    secretary = actor_of(world.account("shuji"))
    handling.accept(secretary, matter=matter)
    handling.resolve(secretary, matter=matter, text="已换灯泡。")
    dispatching.verify(secretary, matter=matter)


def test_a_neighbour_is_shown_the_case_and_joins_without_making_work(ground: Building) -> None:
    one, browser, said = first_case(ground), Client(), asked(contact="13900000000")
    page = browser.post("/report/", said)
    assert page.status_code == 422
    shown = page.content.decode()
    assert "照明井盖·楼道灯" in shown
    assert "半个多月" not in shown.replace(said["text"], ""), "the neighbour's own words are nobody's business"
    there = browser.post("/report/", {**said, "same": str(one.number)})
    assert there.status_code == 302
    assert Matter.objects.count() == 1
    follower = Follower.objects.get()
    assert there["Location"] == f"/report/{one.number}/{follower.secret}/"
    assert unseal(follower.contact, "matters.contact") == "13900000000"
    page = browser.get(there["Location"]).content.decode()
    assert "您关注的事" in page
    assert "半个多月" not in page
    assert browser.post("/report/", {**said, "same": str(one.number)})["Location"] == there["Location"], "once"
    assert browser.post(f"{there['Location']}withdraw", {}).status_code == 404, (
        "another's report is not his to withdraw"
    )


def test_who_says_it_is_another_one_is_believed(ground: Building) -> None:
    first_case(ground)
    assert Client().post("/report/", asked(same="none")).status_code == 302
    assert Matter.objects.count() == 2


def test_a_family_matter_is_never_shown_to_a_neighbour(ground: Building) -> None:
    first_case(ground, "0801")
    assert Client().post("/report/", asked()).status_code == 302


def test_a_family_matter_is_not_joined_by_who_guesses_its_number(ground: Building) -> None:
    one = first_case(ground, "0801")
    page = Client().post("/report/", asked(same=str(one.number)))
    assert page.status_code == 422
    assert Follower.objects.count() == 0
    assert "没有这件事" in page.content.decode()


def test_staff_see_followers_and_their_words(ground: Building, client_of: Callable[[str], Client]) -> None:
    one = first_case(ground)
    judging.join(matter=one, key=uuid.uuid4(), text="五楼也不亮")
    page = client_of("shuji").get(f"/matters/{one.number}/").content.decode()
    assert "1 人关注" in page
    assert "五楼也不亮" in page


def test_a_suggestion_is_seconded_from_the_public_list(ground: Building) -> None:
    one = report_case(
        PUBLIC, key=uuid.uuid4(), text="建议装椅子", kind="suggestion", building=ground,
        category=Category.objects.get(code="1501"),
    )  # fmt: skip
    browser = Client()
    page = browser.get("/report/public/").content.decode()
    assert "公共设施建议" in page
    assert "附议" in page
    assert "装椅子" not in page
    form = browser.get(f"/report/public/{one.number}").content.decode()
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]
    for _ in range(2):
        assert browser.post(f"/report/public/{one.number}", {"key": key}).status_code == 302
    assert one.followers.count() == 1


def test_the_public_list_leaves_out_families_and_shows_what_was_published(ground: Building, world: World) -> None:
    first_case(ground, "0801", "楼上漏水两家吵")
    lamp = first_case(ground)
    secretary = actor_of(world.account("shuji"))
    with pytest.raises(ValidationError):
        dispatching.publish(secretary, matter=Matter.objects.get(category__code="0801"), text="邻居吵架")
    dispatching.publish(secretary, matter=lamp, text="二片区楼道灯维修")
    page = Client().get("/report/public/?community=539901001001").content.decode()
    assert "二片区楼道灯维修" in page
    assert "邻里纠纷" not in page
    assert str(lamp.text) not in page


def test_not_solved_opens_it_again_and_is_said_once_a_round(ground: Building, world: World) -> None:
    one = first_case(ground)
    close(one, world)
    here = f"/report/{one.number}/{one.secret}/"
    browser = Client()
    assert "评价" in browser.get(here).content.decode()
    assert browser.post(f"{here}judge", {"solved": "no", "score": "1"}).status_code == 422, "what is wrong must be said"
    assert browser.post(f"{here}judge", {"solved": "no", "score": "1", "text": "第二天又坏"}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reworks) == ("received", 1)
    assert browser.post(f"{here}judge", {"solved": "no", "text": "再说一次"}).status_code == 404
    close(one, world)
    judging.rate(matter=one, solved=True, score=5)
    with pytest.raises(ValidationError):
        judging.rate(matter=one, solved=False, text="反悔")
    assert list(Rating.objects.order_by("pk").values_list("round", "solved")) == [(0, False), (1, True)]


def test_a_call_back_is_written_down_in_the_post_s_name(ground: Building, client_of: Callable[[str], Client]) -> None:
    one = first_case(ground)
    secretary = client_of("shuji")
    here = f"/matters/{one.number}/"
    for verb, said in (("accept", {}), ("resolve", {"text": "好了"}), ("verify", {})):
        assert secretary.post(f"{here}{verb}", said).status_code == 302
    to_call = re.compile(r"待回访.*?<strong>(\d+) ")
    assert to_call.findall(secretary.get("/today/").content.decode())[:1] == ["1"]
    assert secretary.post(f"{here}call-back", {"solved": "yes", "score": "4"}).status_code == 302
    rating = Rating.objects.get()
    assert (rating.by, rating.solved, rating.score) == ("call", True, 4)
    assert str(one.events.get(verb="call_back").post) == "团结社区 社区书记"
    assert to_call.findall(secretary.get("/today/").content.decode())[:1] == ["0"]


def test_long_after_closing_nothing_is_promised_that_would_be_refused(ground: Building, world: World) -> None:
    one = first_case(ground)
    close(one, world)
    Matter.objects.filter(pk=one.pk).update(closed_at=timezone.now() - timedelta(days=31))
    page = Client().get(f"/report/{one.number}/{one.secret}/").content.decode()
    assert "重新办理" not in page
    assert "评价" not in page


def test_a_clerk_confirms_the_words_that_are_proposed_and_neighbours_read_them_where_they_second(
    ground: Building, client_of: Callable[[str], Client]
) -> None:
    one = report_case(
        PUBLIC, key=uuid.uuid4(), text="我叫王建国，电话13800000000，建议在广场装三张长椅", kind="suggestion",
        building=ground, category=Category.objects.get(code="1501"), photos=[clean_photo(photo())],
    )  # fmt: skip
    clerk, here, public = client_of("shuji"), f"/matters/{one.number}/publish", f"/report/public/{one.number}"
    page = clerk.get(f"/matters/{one.number}/").content.decode()
    assert f'class="button" href="{here}"' in page, "of a suggestion not behind the fold"
    form = clerk.get(here).content.decode()
    proposal = unescape(re.findall(r'<textarea name="text"[^>]*>\s*([^<]*)</textarea>', form)[0])
    assert proposal == "我叫王某，电话（电话略），建议在广场装三张长椅"
    (key,) = one.photos.values_list("pk", flat=True)
    assert f'src="/matters/{one.number}/photos/{key}"' in form
    assert "长椅" not in Client().get(public).content.decode()
    assert clerk.post(here, {"text": proposal, "photos": [str(key)]}).status_code == 302
    for page in (Client().get(public).content.decode(), Client().get("/report/public/").content.decode()):
        assert proposal in page
        assert "王建国" not in page
        assert "13800000000" not in page
    assert one.photos.get().released
    assert clerk.post(here, {"text": ""}).status_code == 302
    assert not one.photos.get().released, "taken back with the words"
