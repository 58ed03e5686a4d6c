"""The operating guide is followed word by word in Chromium: a word of it that no longer stands on the page fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from linli.org.tests.world import PASSWORD, PEOPLE
from linli.web.guide import GUIDES, Step

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

WHO = {role: username for username, _name, role, _place, _title in PEOPLE} | {"": ""}
TEXT = "照着指南反映：井盖松了"
# what is written into a field, by its label, and which one is meant of a list
SAID = {
    "我家属于哪个社区？": "白云花园4区1幢", "什么事": TEXT, "在哪里": "白云花园4区1幢", "说明": "已换新井盖。",
    "账号": "xinren", "姓名": "新人", "要办的那一件": TEXT, "要看的方案": "试拆两个社区",
    "要改的标准": "本区社区规模标准", "项目": "试拆两个社区", "公示过的方案": "V1",
    "单位": "东门社区", "岗位": "社区书记",
}  # fmt: skip


class Follower:
    """Somebody who does nothing but what the guide says, at the pages of one person."""

    def __init__(self, chromium: Any, site: str, person: str, said: dict[str, str]) -> None:
        self.page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
        self.site, self.person, self.said = site, person, said
        self.page.set_default_timeout(8000)
        self.page.goto(f"{site}/accounts/login/" if person else site)
        if person:
            self.page.fill("[name=login]", person)
            self.page.fill("[name=password]", PASSWORD)
            self.page.press("[name=password]", "Enter")
            self.page.wait_for_url(f"{site}/today/")

    def follow(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            for verb, words in step.moves:
                getattr(self, verb.value)(str(words))
                self.page.wait_for_load_state()

    def open(self, words: str) -> None:
        self.page.locator("nav.rail, nav.bar").get_by_role("link", name=words, exact=True).click()

    def press(self, words: str) -> None:
        main = self.page.locator("main")
        button = main.get_by_role("button", name=words, exact=True)
        fold = main.locator("summary").get_by_text(words, exact=True)
        pressed = button.or_(main.get_by_role("link", name=words, exact=True)).or_(fold).first
        if words != "提交":
            return pressed.click()
        with self.page.expect_navigation():
            pressed.click()
        same = main.locator("[name=same][value=none]")
        if same.count():  # another test reported something like it on this site
            same.check()
            with self.page.expect_navigation():
                button.click()
        return None

    def take(self, words: str) -> None:
        self.page.locator("main").get_by_role("link", name=re.compile(self.said[words])).first.click()

    def fill(self, words: str) -> None:
        self.page.locator("main").get_by_label(re.compile(f"^{words}")).first.fill(self.said[words])

    def choose(self, words: str) -> None:
        self.page.locator("main").get_by_role("group", name=words).get_by_role("radio").first.check()

    def see(self, words: str) -> None:
        self.page.locator("main").get_by_text(words).first.wait_for()


TOGETHER = [  # one report, from hand to hand
    ("resident", "反映一件事"), ("resident", "看办到哪一步"), ("community-secretary", "把新来的事派给网格"),
    ("grid-worker", "办不了，退回"), ("community-secretary", "把新来的事派给网格"), ("grid-worker", "办结派来的事"),
    ("community-secretary", "核查结案"),
]  # fmt: skip
UP = [("resident", "反映一件事"), ("community-secretary", "办不了，上报街道")]  # how a report reaches the street
FIRST = ("street-clerk", "受理一件事，办完答复")
TASKS = {(role, str(one.title)): one for role, guide in GUIDES.items() for one in guide.tasks}
ALONE = [one for one in TASKS if one not in [*TOGETHER, *UP, FIRST]]
VACANT = """
from linli.org.models import Division, Post, Role
east, role = Division.objects.get(name="东门"), Role.objects.get(code="community_secretary")
Post.objects.create(division=east, role=role, title="社区书记", valid_from=east.valid_from)
"""


def test_a_report_goes_from_hand_to_hand_by_the_words_of_the_guide(chromium: Any, site: str) -> None:
    said = dict(SAID)
    for one in TOGETHER:
        follower = Follower(chromium, site, WHO[TASKS[one].role], said)
        follower.follow(TASKS[one].steps)
        if one == TOGETHER[0]:
            said["编号"], said["查询码"] = follower.page.url.rstrip("/").split("/")[-2:]


def test_a_new_clerk_ends_the_first_task_with_nothing_but_the_guide(chromium: Any, site: str) -> None:
    said = {**SAID, "什么事": "照着指南上报：河堤塌了一角", "要办的那一件": "照着指南上报：河堤塌了一角"}
    for one in UP:
        Follower(chromium, site, WHO[TASKS[one].role], said).follow(TASKS[one].steps)
    clerk = Follower(chromium, site, "jiedao", said)
    page = clerk.page
    page.locator("header details.drop summary").last.click()
    page.locator("header").get_by_role("link", name="操作指南").click()
    page.locator("main").get_by_role("link", name="街道经办").click()
    heading = page.get_by_role("heading", name=FIRST[1])
    shown = page.locator("section").filter(has=heading).locator("[data-verb]")
    moves = [(one.get_attribute("data-verb"), one.locator("strong").inner_text()) for one in shown.all()]
    assert moves == [(verb.value, str(words)) for step in TASKS[FIRST].steps for verb, words in step.moves]
    assert len(moves) <= 20, "ten minutes, at half a minute a move"
    clerk.follow(TASKS[FIRST].steps)


@pytest.mark.parametrize("one", ALONE, ids=["-".join(one) for one in ALONE])
def test_every_other_task_is_done_by_the_words_of_the_guide(
    chromium: Any, site: str, run_inside: Callable[[str], None], one: tuple[str, str]
) -> None:
    if one[1].endswith("任命"):
        run_inside(VACANT)
    Follower(chromium, site, WHO[TASKS[one].role], SAID).follow(TASKS[one].steps)
