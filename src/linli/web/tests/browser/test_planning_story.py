"""A split from a project to a boundary in force, in Chromium: clerk, district officer, resident; wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.org.tests.world import PASSWORD
from linli.web.tests.browser.test_pages import SCREENSHOTS

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]
WAIT = 20_000
DAYS_PASS = """
from datetime import timedelta
from django.db.models import F
from linli.matters.models import Matter
from linli.planning.models import Plan
Matter.objects.filter(kind="suggestion").update(opened_at=F("opened_at") - timedelta(days=80))  # long before it
for plan in Plan.objects.filter(project__title="团结白云拆分").exclude(published_at=None):
    plan.published_at -= timedelta(days=40)
    plan.published_to -= timedelta(days=40)
    plan.save()
"""

OPINIONS = """
from django.utils import timezone
from linli.org.actors import SYSTEM
from linli.planning.actions.appraise import record_appraisal
from linli.planning.models import Project
from linli.planning.tests.small import scan
project = Project.objects.get(title="团结白云拆分")
plan = project.plans.order_by("-number")[0]
asked = {"experts": "云州大学 设计院 规划学会", "departments": "区民政局 区公安分局", "risk": "评估公司"}
for step, bodies in asked.items():
    for k, body in enumerate(bodies.split()):
        record_appraisal(SYSTEM, project=project, step=step, plan=plan, body=f"{body}（试验）", person="（试验）",
                         conclusion="agree", words="试验用意见：同意。", day=timezone.localdate(),
                         attached=[scan(name=f"{body}意见.pdf")])
"""
OTHERS_END = """
from django.utils import timezone
from linli.planning.models import Project
Project.objects.filter(closed_at=None).update(closed_at=timezone.now())  # a community stands in one open project only
"""


@pytest.fixture
def enter(chromium: Any, site: str) -> Iterator[Any]:
    """Return a page of somebody who is signed in; '' is the public."""
    contexts = []

    def open_page(person: str, width: int = 1440) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", has_touch=width < 500)
        contexts.append(context)
        page = context.new_page()
        if person:
            page.goto(f"{site}/accounts/login/")
            page.fill("[name=login]", person)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"{site}/today/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def shot(page: Any, name: str) -> None:
    if SCREENSHOTS:
        page.screenshot(path=SCREENSHOTS / f"planning-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def stroke(page: Any, along: list[tuple[float, float]]) -> None:
    """Draw over the map, at shares of its width and height."""
    box = page.locator("#bench-map").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in along]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def households(page: Any) -> list[int]:
    return [int(text.replace(",", "")) for text in page.locator("#zones strong").all_inner_texts()]


def ask_for_a_plan(clerk: Any, site: str, work_jobs: Any, title: str) -> None:
    """Open a project, ask the engine, and wait until its plan is listed."""
    clerk.goto(f"{site}/planning/projects/new")
    clerk.fill("[name=title]", title)
    for name in ("团结", "白云"):
        clerk.get_by_label(name, exact=False).first.check()
    clerk.locator("main").get_by_role("button", name="开立").click()
    clerk.get_by_role("link", name=title).click()
    clerk.get_by_role("link", name="请引擎找方案").first.click()
    clerk.fill("[name=parts]", "3")
    clerk.fill("[name=seconds]", "10")
    shot(clerk, "scenario")
    clerk.get_by_role("button", name="开始").click()
    clerk.get_by_text("情景 1").first.wait_for()
    work_jobs()
    clerk.get_by_role("link", name="V1").wait_for(timeout=WAIT)


def sign(page: Any, site: str, procedure: str, step: str, paper: str = "") -> None:
    """Sign a step of the procedure as one who may."""
    page.goto(f"{site}{procedure}")
    page.locator(f"a[href$='/{step}/sign']").click()
    if paper:
        page.fill("[name=paper]", paper)
    sure(page, "签办")
    page.get_by_text("已签办。").wait_for()


def sure(page: Any, button: str) -> None:
    """Go on to what an act would do, and do it."""
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="请核对").wait_for()
    page.locator("main").get_by_role("button", name=button).click()


def confirm(page: Any, site: str) -> None:
    """Confirm, as the second person, what was proposed last."""
    page.goto(f"{site}/planning/procedures/")
    page.locator("main section.card a").last.click()
    page.get_by_role("button", name="复核通过，办理").click()
    page.get_by_text("已复核，已办理。").wait_for()


def test_a_split_from_project_to_midnight(enter: Any, site: str, work_jobs: Any, run_inside: Any) -> None:
    """Six people: the street's clerk, a community's secretary, a resident, two of the district, the auditor."""
    clerk, officer, second = enter("jiedao"), enter("quji"), enter("fuhe")
    run_inside(OTHERS_END)
    ask_for_a_plan(clerk, site, work_jobs, "团结白云拆分")
    shot(clerk, "project")
    project = clerk.url.removeprefix(site)
    procedure = f"{project}procedure/"
    clerk.get_by_role("link", name="V1").click()
    shot(clerk, "plan")
    clerk.get_by_role("link", name="在地图上改").click()
    clerk.wait_for_selector("#workbench[data-ready]", timeout=WAIT)
    before = households(clerk)
    clerk.locator("#zones button").first.click()
    stroke(clerk, [(0.02, 0.5), (0.98, 0.5)])
    assert households(clerk)[0] == sum(before), "one stroke over all blocks gives them to the chosen community"
    assert "不合规则" in clerk.locator("#verdict").inner_text()
    clerk.locator("#lost li", has_text="户离开").first.wait_for()
    clerk.keyboard.press("Control+z")
    assert households(clerk) == before
    clerk.keyboard.press("Control+y")
    clerk.keyboard.press("Control+z")
    clerk.get_by_role("button", name="改进").click()
    clerk.locator("dialog[open]").get_by_role("button").first.click()
    shot(clerk, "workbench")
    clerk.fill("#why", "居民代表会意见")
    clerk.get_by_role("button", name="存为新版本").click()
    clerk.get_by_text("居民代表会意见").first.wait_for()
    plan = clerk.url
    clerk.get_by_role("button", name="并列比较").click()
    clerk.get_by_role("heading", name="方案并列").wait_for()
    clerk.locator("[data-at]").fill("20")
    assert clerk.locator(".swipe-map.over").evaluate("map => map.style.clipPath") == "inset(0px 80% 0px 0px)"
    shot(clerk, "beside")
    clerk.get_by_role("link", name="打印汇编").click()
    clerk.get_by_role("button", name="打印").wait_for()
    clerk.pdf(path=SCREENSHOTS and SCREENSHOTS / "planning-dossier.pdf")
    sign(clerk, site, procedure, "survey")
    sign(clerk, site, procedure, "options")

    secretary = enter("shuji", 360)
    secretary.goto(f"{site}/planning/procedures/")
    secretary.locator(f"a[href$='{procedure}consult/sign']").wait_for()
    sign(secretary, site, procedure, "consult", "居民代表会议记录〔2026〕1号")
    shot(secretary, "procedure-360")

    clerk.goto(f"{plan}names")
    for k in range(clerk.locator("[name^=n][type=text]").count()):
        clerk.fill(f"[name=n{k}]", ("学府", "河湾", "古渡")[k])
        clerk.fill(f"[name=o{k}]", "沿用老街的名字")
    clerk.get_by_role("button", name="保存").click()
    clerk.get_by_text("定名：").first.wait_for()
    plan = clerk.url
    clerk.goto(f"{site}{project}appraisals/")
    clerk.locator("a[href$='/legality/record']").click()
    for name, words in (
        ("body", "司法所"),
        ("person", "（试验）"),
        ("words", "试验用意见：名称依据请补齐，其余合法。"),
    ):
        clerk.fill(f"[name={name}]", words)
    clerk.get_by_label("修改后同意").check()
    scan = {"name": "合法性审查意见书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 signed"}
    clerk.set_input_files("[name=attached]", scan)
    shot(clerk, "appraisal")
    clerk.locator("main").get_by_role("button", name="保存").click()
    clerk.get_by_role("link", name="写采纳情况").click()
    clerk.fill("[name=answer]", "名称依据已写进 V3")
    clerk.locator("main").get_by_role("button", name="保存").click()
    run_inside(OPINIONS)
    for step in ("experts", "risk", "legality", "departments"):
        sign(clerk, site, procedure, step)
    secretary.goto(f"{site}{project}appraisals/")
    assert "名称依据已写进 V3" in secretary.locator("main").inner_text()
    shot(secretary, "appraisals-360")
    clerk.goto(f"{site}{project}appraisals/")
    shot(clerk, "appraisals")
    clerk.goto(plan)
    clerk.get_by_role("link", name="公示", exact=True).click()
    if clerk.get_by_text("还没说明理由").count():
        clerk.locator(".missing a").first.click()
        for one in clerk.locator("main textarea").all():
            one.fill("高层小区集中，不宜再拆")
        clerk.get_by_role("button", name="保存").click()
        clerk.goto(f"{plan}publish")
    said = ("铜街公示〔2026〕3号", "基层治理办公室", "0000-6120301", "市府街26号一楼3号窗口")
    for name, words in zip(("number", "contact", "telephone", "place"), said, strict=True):
        clerk.fill(f"[name={name}]", words)
    sure(clerk, "提出，请人复核")
    confirm(officer, site)
    clerk.goto(plan)
    public = clerk.get_by_role("link", name="看公示页").get_attribute("href")
    clerk.goto(f"{site}{procedure}")
    shot(clerk, "procedure")
    assert clerk.get_by_text("公示到").count() == 1, "the gate says what is missing"

    resident = enter("", 360)
    resident.goto(f"{site}/where/539901001000/L0/")
    resident.get_by_role("link", name="“团结白云拆分”正在公示").click()
    assert "白云花园1区" in resident.locator(".card.mine").inner_text()
    assert resident.locator("path.own").count() == 1
    shot(resident, "public-360")
    resident.pdf(path=SCREENSHOTS and SCREENSHOTS / "planning-notice.pdf", prefer_css_page_size=True)

    officer.goto(f"{site}{procedure}waive")
    shot(officer, "waive")
    assert officer.locator("[name=steps][value=notice]").count() == 0, "publication is never waived"
    run_inside(DAYS_PASS)
    sign(clerk, site, procedure, "notice")
    sign(clerk, site, procedure, "street_meeting", "街道党工委会议纪要〔2026〕5期")
    sign(clerk, site, procedure, "petition", "铜源街道请示〔2026〕8号")
    for step, paper in (
        ("referral", ""), ("inspection", "审核报告"), ("leaders", ""), ("standing_meeting", "常务会议纪要"),
    ):  # fmt: skip
        sign(officer, site, procedure, step, paper)
    officer.goto(f"{site}{procedure}reply/sign")
    officer.fill("[name=paper]", "云政复〔2026〕9号")
    sure(officer, "提出，请人复核")
    confirm(second, site)

    officer.goto(plan)
    officer.get_by_role("link", name="使方案生效").click()
    officer.fill("[name=from_day]", (timezone.localdate() + timedelta(days=2)).isoformat())
    officer.fill("[name=paper]", "云政复〔2026〕9号")
    shot(officer, "enact")
    officer.get_by_role("button", name="下一步").click()
    officer.get_by_text("户换社区").first.wait_for()
    shot(officer, "enact-sure")
    officer.get_by_role("button", name="提出，请人复核").click()
    second.goto(f"{site}/planning/procedures/")
    second.locator("main section.card a").last.click()
    shot(second, "confirm")
    second.get_by_role("button", name="复核通过，办理").click()
    second.get_by_text("已复核，已办理。").wait_for()
    officer.goto(plan)
    officer.get_by_text("云政复〔2026〕9号").first.wait_for()
    resident.goto(f"{site}{public}")
    assert "零点起生效" in resident.locator("main").inner_text()
    resident.goto(f"{site}/ledger/")
    assert "办理了方案生效" in resident.locator("main").inner_text()

    auditor = enter("shenji")
    auditor.goto(f"{site}/audit")
    said = auditor.locator("main").inner_text()
    assert "复核或收回" in said
    assert "办理了方案生效" in said
    shot(auditor, "audit")

    officer.get_by_role("link", name="撤回", exact=True).click()
    sure(officer, "提出，请人复核")
    confirm(second, site)
    officer.goto(plan)
    officer.get_by_text("已撤回").first.wait_for()


def test_a_phone_taps_a_compound_and_chooses(enter: Any, site: str, work_jobs: Any, run_inside: Any) -> None:
    clerk = enter("jiedao", 360)
    run_inside(OTHERS_END)
    ask_for_a_plan(clerk, site, work_jobs, "手机上试拆")
    clerk.get_by_role("link", name="V1").click()
    clerk.get_by_role("link", name="在地图上改").click()
    clerk.wait_for_selector("#workbench[data-ready]", timeout=WAIT)
    before = households(clerk)
    clerk.locator("#bench-map").scroll_into_view_if_needed()
    box = clerk.locator("#bench-map").bounding_box()
    clerk.touchscreen.tap(box["x"] + 0.12 * box["width"], box["y"] + box["height"] / 2)
    dialog = clerk.locator("dialog[open]")
    dialog.wait_for()
    shot(clerk, "workbench-360")
    told = clerk.locator("#zones").inner_text()
    dialog.get_by_role("button").nth(2).click()
    clerk.wait_for_function("told => document.querySelector('#zones').innerText !== told", arg=told, timeout=WAIT)
    assert households(clerk) != before
