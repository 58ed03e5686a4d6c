"""Every page in Chromium, for who may open it, at 1440 and 360 pixels: no overflow, no serious finding, no outsider."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe

from linli.demo.office import OFFICE
from linli.org.tests.world import PASSWORD
from linli.web.tests.browser.pages import DOOR, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

# a folder for one picture a page and width, for whoever wants to look
SCREENSHOTS = Path(os.environ["LINLI_SCREENSHOTS"]) if os.environ.get("LINLI_SCREENSHOTS") else None
# on a phone every page is held against the rules of access; what is wide alone, frame and menu, once a person
WIDE_TOO = {pages[0] for pages in PAGES.values()}
# whether a map stands on something: streets, water, houses
GROUND = """() => [...document.querySelectorAll('.map:not([data-lazy])')].every((map) => {
  const c = map.querySelector('canvas[data-basemap]');
  return c && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 == 3 && v);
}) && [...document.querySelectorAll('.community-map svg')].every((drawing) => drawing.querySelector('image'))"""
# whose the site is, whole and in the first screen of a phone
WHOSE = """() => { const said = document.querySelector('.brand .operator'); const box = said?.getBoundingClientRect();
  return box && box.height > 0 && box.bottom <= 740 && box.right <= innerWidth
    && said.scrollWidth <= said.clientWidth + 1 }"""
ALL = [(person, page) for person, pages in PAGES.items() for page in pages]


@pytest.fixture(scope="module")
def contexts(chromium: Any, site: str) -> Any:
    """One signed-in context a person and width, made when first asked for."""
    made: dict[tuple[str, int], Any] = {}

    def context(person: str, width: int) -> Any:
        if (person, width) not in made:
            made[person, width] = chromium.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
            if person:
                page = made[person, width].new_page()
                page.goto(f"{site}/accounts/login/")
                page.fill("[name=login]", person)
                page.fill("[name=password]", PASSWORD)
                page.press("[name=password]", "Enter")
                page.wait_for_url(f"{site}/today/")
                page.close()
        return made[person, width]

    yield context
    for one in made.values():
        one.close()


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize(("person", "path"), ALL, ids=[f"{person or 'public'} {page}" for person, page in ALL])
def test_a_page_is_sound(contexts: Any, site: str, person: str, path: str, width: int) -> None:
    page = contexts(person, width).new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda asked: None if asked.url.startswith((site, "data:", "blob:")) else faults.append(asked.url)
    )
    answer = page.goto(site + path)
    if page.locator(".map:not([data-lazy])").count():
        page.wait_for_selector(".map canvas")
    if path != "/style":  # whose sample lies nowhere
        page.wait_for_function(GROUND, polling=100)
    name = f"{person or 'public'}-{path.strip('/').replace('/', '_').split('?')[0] or 'home'}-{width}.png"
    if SCREENSHOTS:
        page.screenshot(path=SCREENSHOTS / name, full_page=True)
    missing = answer is not None and answer.status == 404
    assert [fault for fault in faults if not (missing and "404" in fault)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if not path.endswith("/draw"):  # the workbench takes the whole window
        assert page.evaluate(WHOSE) is True
    found = Axe().run(page).response["violations"] if width < 1000 or path in WIDE_TOO else []
    serious = {one["id"]: [node["html"][:120] for node in one["nodes"][:3]] for one in found
               if one["impact"] in ("serious", "critical")}  # fmt: skip
    assert serious == {}
    page.close()


def test_the_frame_fits_between_phone_and_desk_in_english_too(chromium: Any, site: str) -> None:
    context = chromium.new_context(locale="en")
    page = context.new_page()
    page.goto(f"{site}/guide/")
    for width in (1000, 768, 600):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    context.close()


def test_a_map_shows_its_polygons(contexts: Any, site: str) -> None:
    page = contexts("jiedao", 1440).new_page()
    page.goto(f"{site}/ground/blocks/")
    page.wait_for_selector(".map canvas")
    box = page.locator(".map:not([data-lazy])").bounding_box()
    canvas = page.locator(".leaflet-wash-pane canvas").bounding_box()
    assert canvas["width"] >= box["width"] > 300
    painted = page.evaluate(
        "() => { const c = document.querySelector('.leaflet-wash-pane canvas');"
        " return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 == 3 && v) }"
    )
    assert painted
    page.close()


@pytest.mark.parametrize("width", [1440, 360])
def test_what_neighbours_report_bears_its_number_in_the_list_and_in_sight_on_the_map(
    contexts: Any, site: str, width: int
) -> None:
    page = contexts("", width).new_page()
    page.goto(f"{site}/report/public/")
    page.wait_for_selector(".on-map .disc")
    rows = page.locator(".case-list .disc").all_text_contents()
    pins = page.locator(".on-map .disc")
    assert sorted(pins.all_text_contents()) == sorted(rows) != []
    frame = page.locator(".map").bounding_box()
    boxes = [one.bounding_box() for one in pins.all()]
    for box in boxes:
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
    apart = [max(abs(a["x"] - b["x"]), abs(a["y"] - b["y"])) for a, b in itertools.combinations(boxes, 2)]
    assert all(pixels >= 20 for pixels in apart), "none covers another"
    pins.first.click()
    assert page.locator(".case-list li:target .disc").text_content() == pins.first.text_content()


def test_a_map_says_its_scale_in_the_readers_words_and_which_way_north_is(
    contexts: Any, chromium: Any, site: str
) -> None:
    page = contexts("", 360).new_page()
    page.goto(site)
    page.wait_for_function(GROUND, polling=100)
    line, north = page.locator(".leaflet-control-scale-line"), page.locator(".north")
    _longitude, _latitude, zoom = json.loads(page.locator("canvas[data-view]").get_attribute("data-view"))
    assert (north.text_content(), line.text_content()[-1]) == ("北", "米")
    metres = int(line.text_content()[:-1])
    pixel = 40_075_016.7 * np.cos(np.radians(26.081)) / 256 / 2**zoom
    assert line.bounding_box()["width"] == pytest.approx(metres / pixel, rel=0.05)
    for _ in range(12):
        page.click(".leaflet-control-zoom-out")
    assert line.text_content().endswith("公里")
    page.close()
    english = chromium.new_context(locale="en-GB").new_page()
    english.goto(site)
    english.wait_for_function(GROUND, polling=100)
    said = [english.locator(one).text_content() for one in (".north", ".leaflet-control-scale-line")]
    assert (said[0], said[1][-2:]) == ("N", " m")
    english.context.close()


# twelve views: how often one zooms (in or out) and which way one goes, one after the other, at two widths
WAYS = ((0, ""), (2, "ArrowRight"), (3, "ArrowLeft"), (3, "ArrowUp"), (-5, "ArrowRight"), (-5, ""))


@pytest.mark.parametrize("width", [1440, 360])
def test_names_lie_on_no_other_name_nor_point_nor_boundary(contexts: Any, site: str, width: int) -> None:
    page = contexts("", width).new_page()
    page.goto(site)
    page.wait_for_function(GROUND, polling=100)
    areas = json.loads(page.locator("#town").text_content())["features"]
    boundaries = [shapely.boundary(shapely.geometry.shape(one["geometry"])) for one in areas
                  if one["properties"].get("letter")]  # fmt: skip
    assert len(boundaries) > 1
    lettering = page.locator("canvas[data-names]")
    frame, said = page.locator(".map").bounding_box(), set()
    for zooms, way in WAYS:
        for _ in range(abs(zooms)):
            page.click(f".leaflet-control-zoom-{'in' if zooms > 0 else 'out'}")
        if way:
            page.locator(".map").press(way)
        page.wait_for_timeout(700)  # tiles come, names find their places
        longitude, latitude, zoom = json.loads(lettering.get_attribute("data-view"))
        scale = 256 * 2**zoom
        middle = _pixels(np.array([[longitude, latitude]]), scale)[0] - [frame["width"] / 2, frame["height"] / 2]
        lines = shapely.transform(boundaries, lambda at, s=scale, m=middle: _pixels(at, s) - m)
        placed = [(name, [shapely.box(*box) for box in boxes])
                  for name, boxes in json.loads(lettering.get_attribute("data-names"))]  # fmt: skip
        said |= {name for name, _boxes in placed}
        points = [one.bounding_box() for one in page.locator(".map .disc").all()]
        left, top = (page.locator(".map").bounding_box()[side] for side in "xy")
        discs = [shapely.box(one["x"] - left, one["y"] - top, one["x"] - left + one["width"],
                             one["y"] - top + one["height"]) for one in points]  # fmt: skip
        for name, boxes in placed:
            assert not shapely.intersects(np.array(boxes)[:, None], lines).any(), f"{name} at {zoom}"
            assert not shapely.intersects(np.array(boxes)[:, None], np.array(discs)).any(), f"{name} at {zoom}"
        for (one, mine), (other, theirs) in itertools.combinations(placed, 2):
            assert not shapely.intersects(np.array(mine)[:, None], np.array(theirs)).any(), f"{one}, {other} at {zoom}"
    assert {"团结社区", "白云社区", "兴铜路"} <= said
    page.close()


def _pixels(at: Any, scale: float) -> Any:
    """Project degrees to the pixels of a map."""
    sine = np.sin(np.radians(at[:, 1]))
    return np.column_stack([at[:, 0] / 360 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)]) * scale


def test_the_report_picker_stands_on_ground(contexts: Any, site: str) -> None:
    page = contexts("", 360).new_page()
    page.goto(f"{site}/report/")
    page.click("[data-show-map]")
    page.wait_for_selector(".map canvas")
    page.wait_for_function(GROUND.replace(":not([data-lazy])", ""), polling=100)
    page.locator(".map").scroll_into_view_if_needed()
    box = page.locator(".map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_text("已在地图上记下地点：").filter(has_text="社区").wait_for()
    pin = page.locator(".pin").bounding_box()
    assert abs(pin["x"] + 14 - box["x"] - box["width"] / 2) < 3
    assert page.locator("[name=longitude]").input_value()
    page.close()


def test_the_first_screen_of_a_phone_says_whose_it_is_and_does_what_one_came_for(contexts: Any, site: str) -> None:
    page = contexts("", 360).new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(site)
    first = page.locator("main")
    told = [first.get_by_text(OFFICE[f"LINLI_{name}"]).first for name in ("ORGANISER", "TELEPHONE", "FILING")]
    done = [first.get_by_role("searchbox"), first.get_by_role("link", name="我要反映"), first.get_by_label("编号")]
    plan = [first.get_by_text("还剩"), first.get_by_role("link", name="看我家变不变")]
    for one in (*told, *done, *plan):
        box = one.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 740
    page.get_by_role("searchbox").fill("白云花园")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("heading", name="我家属于哪个社区").wait_for()
    page.go_back()
    page.get_by_label("编号").fill("202600000001")
    page.get_by_role("button", name="查进度").click()
    assert page.get_by_label("编号").input_value() == "202600000001"
    assert page.evaluate("document.activeElement.name") == "secret"
    page.close()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (360, 740)])
def test_the_workbench_stands_on_one_screen(contexts: Any, site: str, width: int, height: int) -> None:
    page = contexts("jiedao", width).new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{site}/planning/projects/1/1/draw")
    page.wait_for_selector("#workbench[data-ready]")
    for part in (
        page.locator("#bench-map"),
        page.get_by_role("button", name="存为新版本"),
        page.locator("#measures dd").first,
        page.locator("#measures dd").last,
        page.locator("[data-verdict]:visible"),
        page.locator("#zones li").first,
    ):
        box = part.bounding_box()
        assert box is not None
        assert 0 <= box["x"] < box["x"] + box["width"] <= width
        assert 0 <= box["y"] < box["y"] + min(box["height"], 20) <= height
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [
        height,
        width,
    ]
    assert page.locator("#bench-map").bounding_box()["height"] >= 200
    page.close()


def test_a_stroke_is_told_in_words_and_what_one_is_asked_leaves_the_map_free(contexts: Any, site: str) -> None:
    page = contexts("jiedao", 1440).new_page()
    page.goto(f"{site}/planning/projects/1/1/draw")
    page.wait_for_selector("#workbench[data-ready]")
    assert page.locator("#unsaved").inner_text() == page.locator("#along").inner_text() == ""
    page.locator("#zones button").first.click()
    page.get_by_role("button", name="推界线").click()
    box = page.locator("#bench-map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.5, steps=20)
    page.mouse.up()
    page.get_by_text("没有保存").wait_for()
    assert "新界线沿：" in page.locator("#along").inner_text()
    page.get_by_role("button", name="改进").click()
    asked = page.locator("dialog[open]")
    asked.wait_for()
    assert asked.bounding_box()["x"] >= box["x"] + box["width"] - 1, "beside the map, not on it"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    page.wait_for_function("() => document.querySelector('#unsaved').textContent !== ''")
    page.on("dialog", lambda leaving: leaving.accept())
    page.close()


def test_a_public_page_is_light(contexts: Any, site: str) -> None:
    page = contexts("", 360).new_page()
    weights: list[int] = []
    page.on("response", lambda got: weights.append(len(got.body())))
    page.goto(f"{site}{DOOR}")
    assert sum(weights) <= 100_000
    page.close()


def test_the_keyboard_finds_a_community(contexts: Any, site: str) -> None:
    page = contexts("", 1440).new_page()
    page.goto(f"{site}/where/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#q")
    page.keyboard.type("白云花园5区1幢")
    page.keyboard.press("Enter")  # one exact match leads straight there
    page.wait_for_selector(".answer")
    assert "白云社区" in page.inner_text(".answer")
    page.close()


def test_a_phone_finds_its_community_by_its_position(chromium: Any, site: str) -> None:
    here = chromium.new_context(
        viewport={"width": 360, "height": 800}, geolocation={"longitude": 103.1045123, "latitude": 26.081},
        permissions=["geolocation"], locale="zh-CN",
    )  # fmt: skip
    page = here.new_page()
    page.goto(f"{site}/where/")
    page.click("[data-locate]")
    page.wait_for_selector(".answer")
    assert "白云社区" in page.inner_text(".answer")
    assert "longitude=103.10451&" in page.url
    here.close()


def test_a_phone_that_may_not_say_where_it_is_is_told_so(chromium: Any, site: str) -> None:
    here = chromium.new_context(viewport={"width": 360, "height": 800}, permissions=[])
    page = here.new_page()
    page.goto(f"{site}/where/")
    page.click("[data-locate]")
    page.wait_for_function("!document.querySelector('[data-locate]').disabled")
    assert page.inner_text("[data-locate-say]") != ""
    here.close()


def test_a_threshold_flags_anew_at_once(contexts: Any, site: str) -> None:
    page = contexts("jiedao", 1440).new_page()
    page.goto(f"{site}/planning/diagnosis/")
    assert page.locator("tr.act").count() == 1
    page.fill("#threshold", "3000")
    page.locator("tr.act").nth(1).wait_for()
    assert page.locator("tr.act").count() == 2
    assert "threshold=3000" in page.url
    page.close()
