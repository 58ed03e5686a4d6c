"""Every page in both languages, read as people read it: no code of ours, no Chinese in English or English in Chinese.

They are served without a network, and none names an address outside the site.

What somebody wrote stays as he wrote it: the words of `filled` and `world`, what stands in a field to be edited, and
the tables of categories, standards and days that a district keeps. What an English page keeps in Chinese on purpose,
such as the text of an official paper, bears lang="zh-CN", which is right for screen readers too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import translation
from lxml import html

from linli.matters.clocks import calendar
from linli.matters.models import Category
from linli.org.limits import forget_all
from linli.org.models import Account
from linli.org.tests import world
from linli.planning.models import Standard
from linli.planning.procedure.models import Procedure
from linli.planning.tests import small
from linli.web.tests import filled
from linli.web.tests.browser.pages import PAGES
from linli.web.tests.fuzz.walking import NOT_FOLLOWED, Page, name_of
from linli.web.tests.test_every_page import FILES
from linli.web.tests.test_every_url import TABLE

CODES = re.compile(
    r"\b[a-z_]+(?:\.[a-z_]+)+\b|@\d{4}\.\d+|\b[a-z]+:\d+\b|\b[a-z]+_[a-z_]+\b"  # verb, version, reference, field
    r"|\bV\d+ s\d+\b|\d{4}-\d\d-\d\dT\d\d|\b(?:None|True|False|nan)\b|\[\]|\{\}|[\[{]['\"]"  # run, moment, value
)
HAN = re.compile(r"[\u3400-\u9fff]+")
LATIN = re.compile(r"[A-Za-z]{2,}(?:-\d+)?")
# what bears the same name in both languages: programs, formats, norms, keys, the frames of coordinates
NAMES = (
    "Python", "Word", "Excel", "GeoPackage", "GeoJSON", "Shapefile", "ZIP", "XLSX", "CSV", "JSON", "OpenAPI", "WCAG",
    "English", "Enter", "Ctrl", "MB", "GB/T", "AA", "EPSG", "CGCS2000", "WGS-84", "GCJ-02", "BD-09", "axe",
    "PDF", "OFD", "JPG", "PNG", "linli verify", "SHA-256", r"\{\w+\}",
)  # fmt: skip
pytestmark = pytest.mark.django_db

SHOWN = ("title", "alt", "aria-label", "placeholder", "data-label")
# how an address, a grade, a holiday is written on whatever page, and what marks a working name in official papers
EXAMPLES = (
    "白云花园12幢",
    "铜源花园",
    "适中 3000",
    "2027-01-03 元旦",
    "（暂名）",
    r"(?<=团结)二(?:社区)?",
    r"[\u3400-\u9fff]\*+",
)
PROGRAMS = {"api-page"}  # its readers write programs
OUTSIDE = re.compile(r"(?:^|[\s\"'(=,;])(?:https?:|wss?:)?//")  # a host of its own, wherever an attribute names one
BUILT = Path(__file__).parents[1] / "static" / "build" / "assets"
NOT_READ = {"script", "style", "code", "pre", "kbd", "template"}


@dataclass(frozen=True)
class Said:
    """A piece of text on a page."""

    language: str
    view: str
    element: str
    text: str

    def __str__(self) -> str:
        return f"{self.view} <{self.element}> {self.text[:120]}"


@pytest.fixture(scope="module")
def pages(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> list[tuple[str, str, str]]:
    """Language, view and text of the pages of a filled site, for whoever may open them, served without a network."""
    found: list[tuple[str, str, str]] = []
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        filled.fill()
        for language in ("zh", "en"):
            opened: set[str] = set()
            for person in PAGES:
                found += [(language, view, text) for view, text in _pages(person, language, opened)]
        transaction.set_rollback(True)
    translation.activate(settings.LANGUAGE_CODE)
    return found


@pytest.fixture(scope="module")
def said(pages: list[tuple[str, str, str]]) -> list[Said]:
    """What stands on the pages."""
    found: dict[Said, None] = {}
    for language, view, text in pages:
        found |= dict.fromkeys(Said(language, view, *one) for one in _pieces(html.fromstring(text), language))
    return list(found)


def test_every_page_is_read(said: list[Said]) -> None:
    pages = {name for name, row in TABLE.items() if 200 in row.values() and not name.startswith("api:")} - FILES
    for language in ("zh", "en"):
        assert pages - {one.view for one in said if one.language == language} == set()


def test_no_page_names_an_outside_address(pages: list[tuple[str, str, str]]) -> None:
    named = [
        f"{view} <{element.tag} {name}> {value}"
        for _language, view, text in pages
        for element in html.fromstring(text).iter()
        for name, value in element.attrib.items()
        if OUTSIDE.search(value)
    ]
    assert named == []


def test_no_style_fetches_from_outside() -> None:
    styles = sorted(BUILT.glob("*.css"))
    assert styles
    for one in styles:
        assert re.findall(r"@import[^;]*|url\([\"']?(?:https?:)?//[^)]*", one.read_text(encoding="utf-8")) == []


def test_no_page_shows_a_code_of_ours(said: list[Said]) -> None:
    assert _told(one for one in said if one.view not in PROGRAMS and CODES.search(one.text)) == []


def test_english_pages_are_english(said: list[Said]) -> None:
    written = re.compile("|".join([*EXAMPLES, *sorted({*_written(), *_of_the_district()}, key=len, reverse=True)]))
    found = (one for one in said if one.language == "en" and one.element not in ("input", "textarea"))
    assert _told(one for one in found if HAN.search(written.sub("", one.text))) == []


def test_chinese_pages_are_chinese(said: list[Said]) -> None:
    accounts = Account.objects.values_list("username", flat=True)
    written = re.compile("|".join([*NAMES, *accounts, small.COLLEAGUE, *sorted(_written(), key=len, reverse=True)]))
    found = (one for one in said if one.language == "zh" and one.view not in PROGRAMS)
    assert _told(one for one in found if LATIN.search(written.sub("", one.text))) == []


def _pages(person: str, language: str, opened: set[str]) -> Iterator[tuple[str, str]]:
    """Open the pages that Chromium looks at, then those they lead to, one of each view that nobody has opened yet."""
    client = Client(headers={"accept-language": language})
    if person:
        client.force_login(Account.objects.get(username=person))
    waiting = list(PAGES[person])
    wanted = set(waiting)
    for url in waiting:
        view = name_of(url) or "nowhere"
        if url not in wanted and (view in opened or view in NOT_FOLLOWED):
            continue
        forget_all()
        answer = client.get(url)
        if answer.streaming or not answer["Content-Type"].startswith("text/html") or not answer.content:
            continue
        opened.add(view)
        text = answer.content.decode()
        yield view, text
        links = (urlsplit(link) for link in Page(url, text).links)
        near = dict.fromkeys(link.path + f"?{link.query}" * bool(link.query) for link in links if not link.netloc)
        waiting += [link for link in near if link not in waiting and name_of(link)]


def _pieces(element: html.HtmlElement, language: str) -> Iterator[tuple[str, str]]:
    """Find what people read or hear of an element and in it: which element says it, and what."""
    if not isinstance(element.tag, str) or element.tag in NOT_READ or element.get("lang", language)[:2] != language:
        return
    texts = [element.get(name) for name in SHOWN] + [element.text]
    if element.tag == "input" and element.get("type") not in ("hidden", "checkbox", "radio"):
        texts.append(element.get("value"))
    for child in element:
        yield from _pieces(child, language)
        texts.append(child.tail)
    yield from ((str(element.tag), " ".join(text.split())) for text in texts if text and not text.isspace())


def _written() -> set[str]:
    """Find the words that people of these tests wrote, as patterns."""
    found = set()
    for module in (filled, world, small):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            said = [one.value if isinstance(one, ast.Constant) else None for one in parts]
            words = "".join(re.escape(one) if isinstance(one, str) else r"\w{1,4}" for one in said)
            if HAN.search(words):
                found.add(words)
    return found


def _of_the_district() -> set[str]:
    """Find what stands in the tables that a district edits on the site."""
    rows = [*Category.objects.values_list("group", "title"), *Standard.objects.values_list("title", "clause")]
    rows += [tuple(name for name, _most in one.grades) for one in Standard.objects.all()]
    rows += [*Procedure.objects.values_list("title", "source"), (*calendar().off.values(), "调休上班")]
    return {re.escape(word) for row in rows for word in row if word}


def _told(found: Iterable[Said]) -> list[str]:
    return sorted({str(one) for one in found})
