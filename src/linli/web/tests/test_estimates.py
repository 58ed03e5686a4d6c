"""On every page and paper a count that is an estimate bears the mark, and a map names whom its source asks to name."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
import pytest
from django.test import Client

from linli.geodata.credits import OPENSTREETMAP
from linli.org.actors import SYSTEM
from linli.org.limits import forget_all
from linli.org.tests.world import World
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.models import Project
from linli.planning.papers import PAPERS
from linli.planning.tests.small import ready
from linli.territory.models import Block, Count, ImportBatch
from linli.web.tests.browser.pages import PAGES
from linli.web.tests.filled import fill

SOURCE, RULE = "地图轮廓", "floor_area:90"
MAP = re.compile(r'class="(?:[^"]* )?(?:community-map|bench-map|map)[ "]')
LEAST_PAGES, LEAST_MAPS = 11, 14  # that print a count of households: a page that prints none any more is no proof
TAG = re.compile(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", re.DOTALL)


@pytest.fixture
def estimated(world: World) -> Project:
    """The site that Chromium looks at, with nothing counted: every household is reckoned from floor area."""
    fill(SOURCE, RULE)
    ImportBatch.objects.create(
        street=world.division("铜源街道"), kind="blocks", state="applied", name="地块.gpkg", path="-", size=1,
        sha256="-", credit=OPENSTREETMAP, by="system",
    )  # fmt: skip
    return Project.objects.get()


def figures(project: Project) -> re.Pattern[str]:
    """Every number of households of a block, a community or a plan, written with or without a comma."""
    values = set(Count.objects.values_list("value", flat=True))
    numbers = {*values, *(n for plan in project.plans.all() for n in plan.households.values())}
    homes = project.present
    for name in set(homes.values()):
        blocks = Block.objects.filter(code__in=[code for code, home in homes.items() if home == name])
        numbers.add(sum(Count.objects.filter(block__in=blocks, definition="dwellings").values_list("value", flat=True)))
    numbers.add(sum(sum(plan.households.values()) for plan in project.plans.all()[:1]))
    return re.compile(rf"(?<![\d.,/])(?:{'|'.join(f'{n}|{n:,}' for n in sorted(numbers))})(?![\d.,])")


def pages(project: Project) -> Iterator[tuple[str, str]]:
    """Who opens which address, on this database."""
    shown = project.plans.exclude(published_at=None).get()
    for person, addresses in PAGES.items():
        for address in addresses:
            moved = address.replace("/planning/projects/1/", f"/planning/projects/{project.pk}/")
            yield person, moved.replace("/planning/public/1/", f"/planning/public/{shown.pk}/")


def seen(page: str) -> str:
    return html.unescape(TAG.sub(" ", page))


def test_every_page_paper_and_sheet_that_prints_a_count_marks_the_estimate(
    estimated: Project, client_of: Callable[[str], Client]
) -> None:
    _pages_are_marked(estimated, client_of)
    _papers_are_marked(estimated, client_of("jiedao"))


def _pages_are_marked(estimated: Project, client_of: Callable[[str], Client]) -> None:
    wanted = figures(estimated)
    printed, bare, maps, unnamed = [], [], [], []
    for person, address in pages(estimated):
        forget_all()
        answer = client_of(person).get(address)
        page = answer.content.decode() if answer.status_code == 200 and not answer.streaming else ""
        words = seen(page)
        if MAP.search(page) and address != "/style":  # an invented sample
            maps.append(address)
            if OPENSTREETMAP not in words:
                unnamed.append(address)
        if wanted.search(words):
            printed.append(address)
            if "估算" not in words or SOURCE not in words or "2026年6月30日" not in words:
                bare.append(address)
    assert bare == []
    assert len(printed) >= LEAST_PAGES, printed
    assert unnamed == []
    assert len(maps) >= LEAST_MAPS, maps


# pictures and outlines: their figures are beside them
WITHOUT_COUNTS = (".png", ".pdf", ".shp", ".shx", ".prj", ".cpg")


def words_of(name: str, content: bytes) -> str:
    """Return the words of a paper or sheet: docx, xlsx or text."""
    if name.endswith(".docx"):
        body = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
        return html.unescape(TAG.sub("", body.replace("</w:p>", "\n")))
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(io.BytesIO(content))
        return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return content.decode(errors="ignore" if name.endswith(".dbf") else "strict")


def _papers_are_marked(estimated: Project, browser: Client) -> None:
    plan = estimated.plans.get(number=2)
    state_reasons(SYSTEM, plan=plan, reasons=dict.fromkeys(plan.outside, "地块少，无法再分"))
    ready(plan)  # appraised, without which there are no papers for approval
    home = f"/planning/projects/{estimated.pk}/{plan.number}"
    papers = {f"{name}.docx": browser.get(f"{home}/papers/{name}.docx").content for name in PAPERS}
    with zipfile.ZipFile(io.BytesIO(browser.get(f"{home}/pack.zip").content)) as pack:
        papers |= {name: pack.read(name) for name in pack.namelist() if not name.endswith(WITHOUT_COUNTS)}
    papers["check-up.xlsx"] = browser.get("/planning/diagnosis/table.xlsx").content
    wanted = figures(estimated)
    printed = {name: words for name, content in papers.items() if wanted.search(words := words_of(name, content))}
    assert set(printed) == set(papers)
    for name, words in printed.items():
        assert f"，估算；来源：{SOURCE}，2026年6月30日，估算，按建筑面积每90平方米一套推算" in words, name
