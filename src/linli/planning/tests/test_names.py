"""Names of new communities: working names bind nobody, R23 is checked in words, the word of the kind stands once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from linli.naming import bare, worded
from linli.org.actors import SYSTEM
from linli.org.models import DivisionName
from linli.org.tests.world import World
from linli.planning.actions.enact import enact
from linli.planning.actions.name_communities import name_communities
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.models import Plan, Project
from linli.planning.name_check import check_name, new_names
from linli.planning.tests.small import clear_way, engine_plan, ready
from linli.planning.tests.test_project_pages import ClientOf
from linli.plans.names import community_words

OTHERS = {"团结": "团结", "学府": "学府"}


@pytest.fixture
def working(project: Project) -> Plan:
    """A plan with working names, as the engine gives them."""
    run = run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5)
    return engine_plan(run, final=False)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("团结", "团结社区"), ("团结社区", "团结社区"), ("团结二社区（暂名）", "团结二社区（暂名）"),
        ("团结二（暂名）", "团结二社区（暂名）"), ("社区新村", "社区新村社区"),
    ],
)  # fmt: skip
def test_the_word_of_the_kind_stands_once(name: str, said: str, world: World) -> None:
    assert worded(name, "社区") == said
    assert community_words(name) == said
    one = world.division("团结")
    one.name = name
    assert one.chinese_title == said
    assert bare(said, "社区") == bare(name, "社区")


@pytest.mark.parametrize(
    ("name", "words", "hard"),
    [
        ("团结二社区（暂名）", "暂名", True), ("学府", "重名", True), ("学府社区", "重名", True),
        ("雪芙", "读音相同", False),
        ("三十二", "数字", True), ("第一", "数字", True), ("A区", "汉字", True), ("新街道", "不要再写", True),
        ("东", "个字", True), ("东门大桥北岸花园", "改短", False),
    ],
)  # fmt: skip
def test_what_speaks_against_a_name_is_said(name: str, words: str, hard: bool) -> None:
    found = check_name(name, OTHERS)
    assert [(words in one.words, one.hard) for one in found] == [(True, hard)]
    assert check_name("东门", OTHERS) == []


def test_a_working_name_is_neither_final_notice_nor_enacted(working: Plan) -> None:
    day = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError) as error:
        publish_plan(SYSTEM, plan=working)
    assert "暂名" in error.value.messages[0]
    clear_way(working.project)
    with pytest.raises(ValidationError) as error:
        enact(SYSTEM, plan=working, from_day=day, paper="批复1号")
    assert "暂名" in error.value.messages[0]
    Plan.objects.update(published_at=None)
    working.refresh_from_db()
    shown = publish_plan(SYSTEM, plan=working, kind="comments")
    assert not shown.final, "what asks for comments is not the notice that the procedure asks for"


def test_final_names_make_a_version_with_the_same_division(working: Plan, world: World) -> None:
    old = new_names(working)[0]
    other = world.division("东门")
    DivisionName.objects.create(division=other, name="旧街", valid_from=date(2010, 1, 1), valid_to=date(2015, 1, 1))
    for name in ("旧街", "团结", "一二", ""):
        with pytest.raises(ValidationError):
            name_communities(SYSTEM, plan=working, names={old: name}, origins={old: "老街的名字"})
    with pytest.raises(ValidationError):
        name_communities(SYSTEM, plan=working, names={old: "冻门"}, origins={})
    made = name_communities(SYSTEM, plan=working, names={old: "学府社区"}, origins={old: "境内有学府路"})
    assert made.names == ["学府" if name == old else name for name in working.names]
    assert made.labels == working.labels
    assert made.proof == working.proof
    assert made.households["学府"] == working.households[old]
    assert made.origins == {"学府": "境内有学府路"}
    assert publish_plan(SYSTEM, plan=ready(made)).final
    clear_way(made.project)
    done = enact(SYSTEM, plan=made, from_day=timezone.localdate() + timedelta(days=1), paper="批复1号")
    assert done.founded.get().title == "学府社区"


def test_names_are_given_on_a_page(working: Plan, client_of: ClientOf) -> None:
    clerk, root = client_of("jiedao"), f"/planning/projects/{ready(working).project_id}/1/"
    assert f'href="{root}names"' in clerk.get(f"{root}publish").content.decode()
    assert 'value="final"' not in clerk.get(f"{root}publish").content.decode()
    assert clerk.post(f"{root}names", {"n0": "团结二号", "o0": ""}).status_code == 422
    answer = clerk.post(f"{root}names", {"n0": "学府", "o0": "境内有学府路"})
    assert answer["Location"] == f"/planning/projects/{working.project_id}/2/"
    assert 'value="final"' in clerk.get(f"{answer['Location']}publish").content.decode()
