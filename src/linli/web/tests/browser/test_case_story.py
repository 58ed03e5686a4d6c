"""From a resident's sentence to his judgement, in Chromium, with a network and without; burden counted.

What people type and press is counted as they do it; the figures are printed and bounded (DOMAIN 3.2, B1 and B14).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from linli.org.tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

RESIDENT_TYPES, GRID_WORKER_TYPES, MOST_TAPS = 2, 3, 6
BURDEN = Path(__file__).resolve().parents[5] / "build" / "burden.txt"


class Hands:
    """Somebody at a page: what he types and presses is counted, task by task."""

    counted: dict[str, tuple[int, int]] = {}  # noqa: RUF012  shared on purpose: the figures of the whole run

    def __init__(self, page: Any) -> None:
        self.page = page
        self.begin("")

    def begin(self, task: str) -> None:
        self.task, self.typed, self.taps = task, 0, 0

    def end(self, *, types: int = 99, taps: int = MOST_TAPS) -> None:
        Hands.counted[self.task] = (self.typed, self.taps)
        assert self.typed <= types, f"{self.task}: {self.typed} fields typed"
        assert self.taps <= taps, f"{self.task}: {self.taps} taps"

    def write(self, name: str, text: str) -> None:
        self.page.fill(f"form.form [name={name}]", text)
        self.typed += 1

    def press(self, words: str) -> None:
        self.page.locator("main").get_by_role("link", name=words, exact=True).or_(
            self.page.locator("main").get_by_role("button", name=words, exact=True)
        ).first.click()
        self.taps += 1
        self.page.wait_for_load_state()

    def choose(self, name: str, value: str) -> None:
        self.page.check(f"[name={name}][value='{value}']")
        self.taps += 1


@pytest.fixture(scope="module", autouse=True)
def burden() -> Iterator[None]:
    yield
    rows = [f"{task}: {typed} typed, {taps} taps" for task, (typed, taps) in sorted(Hands.counted.items())]
    BURDEN.parent.mkdir(exist_ok=True)
    BURDEN.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print("\n" + "\n".join(rows))


def hands(chromium: Any, site: str, person: str, width: int) -> Hands:
    context = chromium.new_context(viewport={"width": width, "height": 800}, locale="zh-CN")
    page = context.new_page()
    if person:
        page.goto(f"{site}/accounts/login/")
        page.fill("[name=login]", person)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site}/today/")
    return Hands(page)


@pytest.mark.parametrize("width", [360, 1440])
def test_a_sentence_becomes_an_answer_that_is_judged(chromium: Any, site: str, width: int, secrets: list[str]) -> None:
    text = f"单元门坏了关不上，第{width}号"
    resident = hands(chromium, site, "", width)
    resident.page.goto(f"{site}/report/?street=539901001000&code=L2")  # the code at the door
    resident.begin("居民反映（扫门牌码）")
    resident.write("text", text)
    resident.press("提交")
    resident.page.wait_for_url(re.compile(r"/report/\d+/\w+/$"))
    resident.end(types=RESIDENT_TYPES)
    there = resident.page.url
    number = there.split("/")[4]

    secretary = hands(chromium, site, "shuji", width)
    secretary.page.goto(f"{site}/today/")
    secretary.begin("社区派遣")
    secretary.press(text)
    secretary.press("派遣")
    secretary.page.get_by_role("radio", name="团结第一网格 网格员").check()
    secretary.taps += 1
    secretary.press("派遣")
    secretary.end(types=0)

    grid = hands(chromium, site, "wangge", width)
    grid.page.goto(f"{site}/today/")
    grid.begin("网格员处置完成")
    grid.press(text)
    grid.press("处置完成")
    grid.write("text", "已换闭门器。")
    grid.press("处置完成")
    grid.end(types=GRID_WORKER_TYPES)

    secretary.page.goto(f"{site}/today/?group=resolved")
    secretary.begin("社区核查结案")
    secretary.press(text)
    secretary.press("核查结案")
    secretary.press("核查结案")
    secretary.end(types=0)

    resident.page.goto(there)
    assert "已换闭门器。" in resident.page.inner_text("main")
    resident.begin("居民评价")
    resident.press("评价")
    resident.choose("solved", "yes")
    resident.press("提交评价")
    resident.end(types=0)
    assert "您已评价：解决了" in resident.page.inner_text("main")
    resident.page.goto(f"{site}/report/look-up")
    resident.begin("居民查进度")
    resident.write("number", number)
    resident.write("secret", there.split("/")[5])
    resident.press("查询")
    resident.end(types=RESIDENT_TYPES)
    assert resident.page.url == there
    secrets += [text, number, there.split("/")[5], PASSWORD, "书记张三", "网格员陈二", "shuji", "wangge", "13800000000"]
    secrets += [one["value"] for one in secretary.page.context.cookies() if len(one["value"]) > 12]


def test_without_a_network_a_report_waits_on_the_phone_and_is_sent_once(chromium: Any, site: str) -> None:
    resident = hands(chromium, site, "", 360)
    page, context = resident.page, resident.page.context
    page.goto(f"{site}/report/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()  # from here on the worker keeps what the page needs
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.goto(f"{site}/report/")
    assert page.locator("h1").inner_text() == "反映问题、提建议", "the page opens without a network"
    page.fill("[name=text]", "没有网络的时候写的：水管爆了")
    page.reload()
    assert page.input_value("[name=text]") == "没有网络的时候写的：水管爆了", "a draft outlives the page"
    page.click("main button.primary")
    page.get_by_role("heading", name="在哪里？说不清也没关系").wait_for()
    assert page.locator("[data-queue]").is_hidden(), "the page asks by itself, once"
    page.get_by_role("button", name="说不清，就这样提交").click()
    page.wait_for_function("() => document.querySelector('[data-queue]').textContent.includes('已存在这部手机里')")
    assert page.input_value("[name=text]") == ""
    assert page.locator("[data-ask-where]").is_hidden(), "the next report is another"
    context.set_offline(False)
    link = page.locator("[data-queue] a")
    link.wait_for()
    number = link.inner_text()
    page.reload()
    page.wait_for_timeout(300)
    assert page.locator("[data-queue] a").count() == 0, "sent once"
    page.goto(link_of(site, page, number))
    secretary = hands(chromium, site, "quji", 1440)
    secretary.page.goto(f"{site}/matters/?q=水管爆了")
    assert secretary.page.locator("[data-row]").count() == 1


PICTURES = """(names) => Promise.all(names.map((name) => new Promise((done) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 48];
  const pen = canvas.getContext("2d");
  pen.fillStyle = name;
  pen.fillRect(0, 0, 64, 48);
  canvas.toBlob((blob) => done(new File([blob], `${name}.png`, { type: "image/png" })), "image/png");
}))).then((files) => {
  const chosen = new DataTransfer();
  for (const file of files) chosen.items.add(file);
  document.querySelector("[name=photos]").files = chosen.files;
})"""


def test_what_was_left_out_between_two_forms_is_not_sent(chromium: Any, site: str) -> None:
    page = hands(chromium, site, "", 360).page
    page.goto(f"{site}/report/")
    page.fill("[name=text]", "花坛里有碎玻璃")
    page.fill("[name=place]", "白云花园")  # there are several: the form comes back and asks which
    page.evaluate(PICTURES, ["red", "blue"])
    page.click("main button.primary")
    page.locator("[name=kept]").first.wait_for()
    assert page.locator(".waiting-photos img").count() == 2
    assert page.evaluate("() => [...document.querySelectorAll('.waiting-photos img')].every((one) => one.naturalWidth)")
    page.locator("[name=kept]").first.uncheck()
    page.check("[name=building][value=none]")
    page.evaluate(PICTURES, ["green"])
    page.click("main button.primary")
    page.wait_for_url(re.compile(r"/report/\d+/\w+/$"))
    colours = page.evaluate(
        """() => Promise.all([...document.querySelectorAll("figure.photo img")].map((one) => {
          one.loading = "eager";
          return one.decode().then(() => {
            const canvas = document.createElement("canvas");
            const pen = canvas.getContext("2d");
            pen.drawImage(one, 0, 0);
            return [...pen.getImageData(5, 5, 1, 1).data].slice(0, 3).map((part) => part > 100);
          });
        }))"""
    )
    assert colours == [[False, False, True], [False, True, False]], "blue, which stayed, and green, which came"


@pytest.mark.parametrize("script", [True, False])
def test_where_it_is_is_asked_once_and_answered_by_keyboard(chromium: Any, site: str, script: bool) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 800}, locale="zh-CN", java_script_enabled=script)
    page = context.new_page()
    page.goto(f"{site}/report/")
    page.locator("[name=text]").fill(f"河堤上有个大坑（{script}）")
    page.locator("main button.primary").press("Enter")
    asked = page.locator("[data-ask-where]")
    asked.wait_for()
    assert page.input_value("[name=text]") == f"河堤上有个大坑（{script}）", "nothing is lost"
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    if script:
        assert page.evaluate("() => document.activeElement.hasAttribute('data-ask-where')")
        assert page.get_by_role("button", name="在地图上点").is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    else:
        asked.get_by_role("button").press("Enter")
    page.wait_for_url(re.compile(r"/report/\d+/\w+/$"))
    context.close()


def test_a_place_pressed_on_the_map_for_one_report_is_not_that_of_the_next(chromium: Any, site: str) -> None:
    page = hands(chromium, site, "", 360).page
    page.goto(f"{site}/report/")
    page.context.set_offline(True)
    page.fill("[name=text]", "第一件：树倒了")
    page.evaluate(
        "() => { document.querySelector('[name=longitude]').value = '103.1005'; "
        "document.querySelector('[name=latitude]').value = '26.081'; }"
    )
    page.click("main button.primary")
    page.locator("[data-queue-list] li").wait_for()
    assert page.input_value("[name=longitude]") == "", "sent with the first"


def test_what_was_sent_from_this_browser_stands_on_its_first_page_until_it_is_forgotten(
    chromium: Any, site: str
) -> None:
    one = hands(chromium, site, "", 360)
    page = one.page
    page.goto(f"{site}/report/?street=539901001000&code=L2")
    one.write("text", "健身器材的螺丝松了")
    one.press("提交")
    if page.locator("[name=same]").count():
        one.choose("same", "none")
        one.press("提交")
    page.wait_for_url(re.compile(r"/report/\d+/\w+/$"))
    there = page.url
    page.goto(site)
    page.locator("[data-mine] li").get_by_role("link", name="健身器材的螺丝松了").click()
    page.wait_for_url(there)
    page.goto(f"{site}/report/look-up")
    page.locator("[data-mine] li").first.wait_for()
    page.get_by_role("button", name="全部不再记住").click()
    page.goto(there)
    page.get_by_role("button", name="在这部设备上记住").wait_for()  # one that looked it up is not kept unasked
    page.goto(site)
    page.wait_for_load_state("networkidle")
    assert not page.locator("[data-mine]").is_visible()


def test_what_waits_for_a_network_can_be_changed_or_withdrawn(chromium: Any, site: str) -> None:
    page = hands(chromium, site, "", 360).page
    page.goto(f"{site}/report/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    for words in ("离线第一件：门禁坏了", "离线第二件：写错了的"):
        page.goto(f"{site}/report/")  # the page that was kept: each report has a key of its own all the same
        page.fill("[name=text]", words)
        page.fill("[name=place]", "河边")
        page.click("main button.primary")
        page.locator("[data-queue-list] li", has_text=words).wait_for()
    assert page.locator("[data-queue-list] li").count() == 2
    page.locator("[data-queue-list] li", has_text="写错了的").get_by_role("button", name="不送了").click()
    page.locator("[data-queue-list] li", has_text="门禁").get_by_role("button", name="修改").click()
    page.wait_for_function("() => document.querySelector('[name=text]').value.includes('门禁')")
    assert page.locator("[data-queue-list] li").count() == 0
    page.fill("[name=text]", "离线第一件：门禁和门铃都坏了")
    page.click("main button.primary")
    page.locator("[data-queue-list] li", has_text="门铃").wait_for()
    page.context.set_offline(False)
    page.locator("[data-queue] a").wait_for()
    officer = hands(chromium, site, "quji", 1440).page
    for asked, number in (("门铃", 1), ("写错了的", 0)):
        officer.goto(f"{site}/matters/?q={asked}")
        assert officer.locator("[data-row]").count() == number


def link_of(site: str, page: Any, number: str) -> str:
    """The look-up page: the number is what a resident keeps."""
    assert number.isdigit()
    return f"{site}/report/look-up"


def test_what_staff_do_most_takes_few_taps(chromium: Any, site: str) -> None:
    grid = hands(chromium, site, "wangge", 360)
    grid.page.goto(f"{site}/today/")
    grid.begin("网格员巡查上报")
    grid.press("代录事项")
    grid.press("改为巡查发现")
    grid.write("text", "河边护栏松了")
    grid.write("place", "白云花园4区1幢")
    grid.press("提交")
    grid.end(types=GRID_WORKER_TYPES)
    number = grid.page.url.rstrip("/").rsplit("/", 1)[-1]

    secretary = hands(chromium, site, "shuji", 1440)
    secretary.page.goto(f"{site}/matters/?q={number}")
    secretary.begin("社区受理自办")
    secretary.press("河边护栏松了")
    secretary.press("受理自办")
    secretary.press("受理自办")
    secretary.end(types=0)
    secretary.page.goto(f"{site}/matters/{number}/")
    secretary.begin("改类别")
    secretary.press("改类别")
    secretary.page.select_option("[name=category]", label="其他·公共设施建议")
    secretary.taps += 1
    secretary.press("改类别")
    secretary.end(types=0)
    secretary.page.goto(f"{site}/matters/")
    secretary.begin("找一件事")
    secretary.page.fill("main [name=q]", "护栏")
    secretary.typed += 1
    secretary.press("查看")
    secretary.end(types=1)
    assert secretary.page.locator("[data-row]").count() == 1
    secretary.page.goto(f"{site}/today/")
    secretary.begin("几件一起留言")
    secretary.page.check("[data-all]")
    secretary.taps += 1
    secretary.press("留言")
    secretary.write("text", "本周办完")
    secretary.press("留言")
    secretary.end(types=1)


def test_the_list_is_worked_by_keyboard_alone(chromium: Any, site: str) -> None:
    secretary = hands(chromium, site, "shuji", 1440)
    page = secretary.page
    page.goto(f"{site}/matters/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("[data-row].here input:checked").count() == 1
    assert page.locator("#together").is_visible()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/matters/\d+/$"))
    page.go_back()
    page.keyboard.press("/")
    assert page.evaluate("() => document.activeElement.name") == "q"


def test_a_list_that_changes_says_so_by_itself(chromium: Any, site: str) -> None:
    secretary = hands(chromium, site, "shuji", 1440)
    page = secretary.page
    page.clock.install()
    page.goto(f"{site}/today/")
    before = page.locator("[data-row]").count()
    resident = hands(chromium, site, "", 360)
    resident.page.goto(f"{site}/report/?street=539901001000&code=L3")
    resident.write("text", "又来一件：窗子掉了")
    resident.press("提交")
    resident.page.wait_for_url(re.compile(r"/report/\d+/"))
    page.clock.fast_forward(16_000)
    page.wait_for_function(f"() => document.querySelectorAll('[data-row]').length === {before + 1}")
