"""From a resident's sentence to a verified answer, as five people live it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.actions.report_case import report_case
from linli.ledger.models import Entry
from linli.matters.actions.judging import join
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC
from linli.org.limits import forget_all
from linli.org.models import Tenure
from linli.org.tests.world import World
from linli.territory.models import Building, Membership

Queries = Callable[[int], AbstractContextManager[object]]
TEXT = "矿务局二片区6栋2单元楼道灯坏了半个多月，老人下楼摸黑。"


def report(browser: Client, **said: str) -> str:
    """Send a report; returns the address of its progress."""
    asked = {"text": TEXT, "place": "矿务局二片区6栋", "kind": "report", "key": str(uuid.uuid4()), **said}
    answer = browser.post("/report/", asked)
    assert answer.status_code == 302, re.findall(r'class="error">([^<]+)', answer.content.decode())
    return answer["Location"]


def test_a_sentence_becomes_an_answer_that_its_reporter_reads(
    ground: Building, client_of: Callable[[str], Client]
) -> None:
    resident, secretary, grid = Client(), client_of("shuji"), client_of("wangge")
    there = report(resident, contact="13800001234")
    matter = Matter.objects.get()
    assert matter.building == ground
    assert str(matter.holder) == "团结社区 社区书记"
    assert "待受理" in resident.get(there).content.decode()
    assert matter.title in secretary.get("/today/").content.decode()
    here = f"/matters/{matter.number}/"
    grid_post = Tenure.objects.get(account__username="wangge").post
    assert secretary.post(f"{here}dispatch", {"to": grid_post.pk, "text": "请去看看"}).status_code == 302
    assert matter.title in grid.get("/today/").content.decode()
    assert grid.post(f"{here}resolve", {"text": ""}).status_code == 422
    assert grid.post(f"{here}resolve", {"text": "已换灯泡。"}).status_code == 302
    again = grid.post(f"{here}resolve", {"text": "已换灯泡。"}, follow=True)
    assert "待核查" in again.content.decode(), "a double click is told how it stands"
    page = resident.get(there).content.decode()
    assert page.count("已换灯泡。") == 1
    assert "请去看看" not in page, "a word between colleagues stays between them"
    assert str(matter.events.get(verb="resolve").post) == "团结第一网格 网格员"
    assert secretary.post(f"{here}verify", {"text": ""}).status_code == 302
    assert "已结案" in resident.get(there).content.decode()
    assert resident.post(f"{there}reopen", {"text": "又坏了"}).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.reworks) == ("received", 1)
    verbs = Entry.objects.filter(object=matter.reference).order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == [f"matters.{verb}" for verb in ("open", "dispatch", "resolve", "verify", "reopen")]


def test_what_cannot_be_placed_reaches_the_district_and_an_empty_seat_the_street(
    ground: Building, world: World
) -> None:
    report(Client(), place="后山那边", asked="yes")
    report(Client(), place="白云花园12幢")
    lost, empty = Matter.objects.order_by("pk")
    assert (lost.block, str(lost.holder)) == (None, "云川区 基层治理科科员")
    assert str(empty.holder) == "铜源街道 经办", "白云 has no seat that is held"


def test_a_place_that_may_be_several_is_asked_once(ground: Building) -> None:
    asked = {"text": TEXT, "place": "花园12栋", "kind": "report", "key": str(uuid.uuid4())}
    answer = Client().post("/report/", asked)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert TEXT in page, "what was typed stays"
    assert "请选一处" in page
    assert Client().post("/report/", {**asked, "building": "none"}).status_code == 302, "and not where it is besides"


def test_a_report_sent_twice_is_one_matter(ground: Building) -> None:
    key, browser = str(uuid.uuid4()), Client()
    assert report(browser, key=key) == report(browser, key=key)
    assert Matter.objects.count() == 1


def test_the_second_return_goes_up_for_a_named_decision(ground: Building, client_of: Callable[[str], Client]) -> None:
    report(Client())
    matter = Matter.objects.get()
    here = f"/matters/{matter.number}/"
    secretary, grid, clerk = client_of("shuji"), client_of("wangge"), client_of("jiedao")
    grid_post = Tenure.objects.get(account__username="wangge").post
    for _ in range(2):
        secretary.post(f"{here}dispatch", {"to": grid_post.pk})
        assert grid.post(f"{here}return", {"text": ""}).status_code == 422
        assert grid.post(f"{here}return", {"text": "不归我管"}).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, str(matter.holder)) == ("disputed", "铜源街道 经办")
    assert secretary.get(f"{here}decide").status_code == 404
    assert clerk.post(f"{here}decide", {"to": grid_post.pk, "text": "首接负责"}).status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.holder, matter.returns) == ("handling", grid_post, 0)


def test_time_on_hold_is_not_counted_and_an_extension_is(
    ground: Building, client_of: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
    monkeypatch.setattr(timezone, "now", lambda: monday)
    report(Client())
    secretary, matter = client_of("shuji"), Matter.objects.get()
    here = f"/matters/{matter.number}/"
    secretary.post(f"{here}accept", {"text": ""})
    matter.refresh_from_db()
    assert matter.due_at is not None
    assert timezone.localtime(matter.due_at).date() == date(2026, 3, 9), "five working days"
    assert matter.rule == "report.handle@2026.1"
    secretary.post(f"{here}pause", {"text": "等电力公司"})
    matter.refresh_from_db()
    assert matter.due_at is None
    monkeypatch.setattr(timezone, "now", lambda: monday + timedelta(days=7))
    secretary = client_of("shuji")  # a session does not last so long
    secretary.post(f"{here}resume", {"text": ""})
    matter.refresh_from_db()
    assert matter.due_at is not None
    assert timezone.localtime(matter.due_at).date() == date(2026, 3, 12), "the hold moves no promise: 8 working days"
    assert matter.answer_by == matter.due_at
    secretary.post(f"{here}extend", {"amount": 2, "text": "配件未到"})
    matter.refresh_from_db()
    assert timezone.localtime(matter.answer_by).date() == date(2026, 3, 16)
    assert matter.due_at == matter.answer_by, "the step ends within the promise"


def test_a_contact_is_sealed_and_seen_only_with_a_reason(ground: Building, client_of: Callable[[str], Client]) -> None:
    report(Client(), contact="13800001234")
    matter, secretary = Matter.objects.get(), client_of("shuji")
    here = f"/matters/{matter.number}/"
    assert "13800001234" not in matter.contact
    assert "13800001234" not in secretary.get(here).content.decode()
    assert secretary.post(f"{here}contact", {"why": ""}).status_code == 422
    assert "13800001234" in secretary.post(f"{here}contact", {"why": "回访"}).content.decode()
    assert Entry.objects.filter(verb="ledger.sight", object=matter.reference).count() == 1


def test_another_community_does_not_see_it_and_after_a_change_of_borders_it_does(
    ground: Building, world: World, client_of: Callable[[str], Client]
) -> None:
    report(Client())
    matter, secretary = Matter.objects.get(), client_of("shuji")
    here = f"/matters/{matter.number}/"
    Matter.objects.update(holder=None, dispatcher=None)
    assert secretary.get(here).status_code == 200
    Membership.objects.filter(block=ground.block).update(community=world.division("白云"))
    assert secretary.get(here).status_code == 404, "it lies in 白云 now"


def test_two_about_the_same_are_merged_and_both_histories_stay(
    ground: Building, client_of: Callable[[str], Client]
) -> None:
    first, second = report(Client()), report(Client())
    one, two = Matter.objects.order_by("pk")
    secretary = client_of("shuji")
    assert secretary.post(f"/matters/{two.number}/merge", {"into": "999"}).status_code == 422
    assert secretary.post(f"/matters/{two.number}/merge", {"into": one.number}).status_code == 302
    assert str(one.number) in Client().get(second).content.decode()
    assert Client().get(first).status_code == 200
    assert two.events.count() == 2


def test_what_may_be_the_same_is_shown_to_who_handles_it(ground: Building, client_of: Callable[[str], Client]) -> None:
    report(Client())
    report(Client(), text="6栋2单元楼道灯坏了，请来修。")
    report(Client(), text="水压太小，五楼以上早上没水。")
    first, second, third = Matter.objects.order_by("pk")
    page = client_of("shuji").get(f"/matters/{first.number}/").content.decode()
    assert f"?into={second.number}" in page
    assert str(third.number) not in page
    form = client_of("shuji").get(f"/matters/{first.number}/merge?into={second.number}").content.decode()
    assert f'value="{second.number}"' in form


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"text": ""}, "必填"),
        ({"text": "长" * 4001}, "4000"),
        ({"kind": "order"}, "选择"),
        ({"contact": "1" * 61}, "60"),
        ({"key": "x"}, "UUID"),
    ],
)
def test_bad_input_gets_a_clear_answer_and_loses_nothing(ground: Building, said: dict[str, str], words: str) -> None:
    asked = {"text": TEXT, "place": "矿务局二片区6栋", "kind": "report", "key": str(uuid.uuid4()), **said}
    answer = Client().post("/report/", asked)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Matter.objects.exists()


def test_control_signs_go_and_markup_is_shown_as_it_was_written(ground: Building) -> None:
    browser = Client()
    there = report(browser, text="灯\x00坏\x07了<script>alert(1)</script>\r\n第二行")
    assert Matter.objects.get().text == "灯坏了<script>alert(1)</script>\n第二行"
    page = browser.get(there).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_forged_code_finds_nothing_and_guessing_is_slowed(ground: Building) -> None:
    report(Client())
    matter = Matter.objects.get()
    browser = Client()
    assert browser.get(f"/report/{matter.number}/aaaaaaaa/").status_code == 404
    answers = [
        browser.post("/report/look-up", {"number": matter.number, "secret": "bbbbbbbb"}).status_code for _ in range(70)
    ]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_many_reports_from_one_address_are_slowed(ground: Building) -> None:
    asked = {"text": TEXT, "place": "", "asked": "yes", "kind": "report"}
    codes = [Client().post("/report/", {**asked, "key": str(uuid.uuid4())}).status_code for _ in range(12)]
    assert codes[:10] == [302] * 10
    assert codes[-1] == 429


def test_lists_cost_the_same_for_many(
    ground: Building, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    for k in range(60):
        open_matter(PUBLIC, key=uuid.uuid4(), text=f"第{k}件", building=ground)
    secretary = client_of("shuji")
    secretary.get("/today/")  # the outlines of communities are drawn once
    with django_assert_max_num_queries(16):
        assert "共 60 条" in secretary.get("/today/").content.decode()
    with django_assert_max_num_queries(8):
        assert "共 60 条" in secretary.get("/matters/").content.decode()
    with django_assert_max_num_queries(26):
        secretary.get(f"/matters/{Matter.objects.order_by('pk')[0].number}/")


def test_a_caller_is_written_down_in_the_name_of_the_post(ground: Building, client_of: Callable[[str], Client]) -> None:
    secretary = client_of("shuji")
    asked = {"text": TEXT, "place": "矿务局二片区6栋", "kind": "report", "key": str(uuid.uuid4())}
    assert secretary.post("/cases/enter", asked).status_code == 302
    matter = Matter.objects.get()
    assert (matter.source, str(matter.events.get().post)) == ("caller", "团结社区 社区书记")


def test_a_building_that_is_not_there_is_never_taken_for_another(ground: Building) -> None:
    asked = {"text": TEXT, "place": "矿务局二片区99幢", "kind": "report", "key": str(uuid.uuid4())}
    page = Client().post("/report/", asked)
    assert page.status_code == 422
    assert "没有登记99幢" in page.content.decode()
    choice = f"block:{ground.block_id}"
    assert f'value="{choice}"' in page.content.decode()
    assert Client().post("/report/", {**asked, "building": choice, "same": "none"}).status_code == 302
    matter = Matter.objects.get()
    assert (matter.building, matter.block) == (None, ground.block)


def test_one_exact_place_is_taken_as_it_is(ground: Building) -> None:
    ground.refresh_from_db()  # with the address that it is found by
    report(Client(), place=str(ground))
    assert Matter.objects.get().building == ground


def test_a_browser_is_told_how_what_it_keeps_stands_and_nothing_of_what_it_has_no_code_for(ground: Building) -> None:
    text = "楼道灯坏了三天"
    one = report_case(PUBLIC, key=uuid.uuid4(), text=text, building=ground, category=Category.objects.get(code="0602"))
    follower = join(matter=one, key=uuid.uuid4())
    here, own = "/report/states.json", {"number": one.number, "title": text, "state": "待受理", "look": "open"}
    of = [f"{one.number}-{one.secret}", f"{one.number}-{follower.secret}", f"{one.number}-aaaaaaaa", "nonsense", "-"]
    answer = Client().get(here, {"of": of})
    assert answer.json() == {"reports": [own, {**own, "title": "照明井盖·楼道灯"}]}, "a follower reads no other's words"
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(here).json() == {"reports": []}
    assert len(Client().get(here, {"of": of[:1] * 20}).json()["reports"]) == 8
    assert [Client().get(here).status_code for _ in range(60)][-1] == 429
    forget_all()
