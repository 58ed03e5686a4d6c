"""Every Chinese word that a page says has its English, in the room that says it or in one that it leans on."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOMS = Path(__file__).resolve().parent.parent / "src" / "linli"
QUOTED = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
TAG = re.compile(r"{%\s*translate\s+" + QUOTED)
INCLUDED = re.compile(r"=_\(" + QUOTED + r"\)")
BLOCK = re.compile(r"{%\s*blocktranslate([^%]*)%}(.*?){%\s*(?:plural|endblocktranslate)", re.DOTALL)
VARIABLE = re.compile(r"{{\s*(\w+)[^}]*}}")
CODE = re.compile(r"(?<![\w.])(?:_|gettext|gettext_lazy|gettext_noop)\(\s*((?:" + QUOTED + r"\s*)+)", re.DOTALL)
HAN = re.compile(r"[\u3400-\u9fff]")


def known() -> set[str]:
    found: set[str] = set()
    for path in ROOMS.glob("*/locale/en/LC_MESSAGES/django.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                strings = message.string if isinstance(message.string, tuple) else (message.string,)
                if all(strings):
                    found.update(ids)
    return found


def texts(value: object) -> Iterator[str]:
    """Every string in a table of data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def could_be_said(path: Path) -> set[str]:
    """Every string of a file that may be looked up: words of a page, a constant of code, a value of data."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return said(path)
    if path.suffix == ".toml":
        return set(texts(tomllib.loads(text)))
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def said(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        words = [eval(quoted) for quoted in INCLUDED.findall(text)]
        words += [eval(quoted).replace("%", "%%") for quoted in TAG.findall(text)]  # as Django looks it up
        for options, body in BLOCK.findall(text):
            body = VARIABLE.sub(r"%(\1)s", body.replace("%", "%%"))
            words.append(" ".join(line.strip() for line in body.splitlines()) if "trimmed" in options else body)
    else:
        words = ["".join(eval(one) for one in re.findall(QUOTED, quoted)) for quoted, _ in CODE.findall(text)]
    return {word for word in words if HAN.search(word)}


@pytest.mark.parametrize(
    "room", ["web", "org", "ledger", "jobs", "territory", "notices", "matters", "cases", "planning"]
)
def test_every_word_of_a_room_has_its_english(room: str) -> None:
    english = known()
    missing = {
        path.relative_to(ROOMS).as_posix(): sorted(words)
        for path in sorted((ROOMS / room).rglob("*"))
        if path.suffix in (".py", ".html") and "tests" not in path.parts and (words := said(path) - english)
    }
    assert missing == {}


@pytest.mark.parametrize("path", sorted(ROOMS.glob("*/locale/en/LC_MESSAGES/django.po")), ids=lambda p: p.parts[-5])
def test_chinese_sentences_have_chinese_marks(path: Path) -> None:
    half = re.compile(r"[\u3400-\u9fff”》][,:;!?]|[\u3400-\u9fff]\([^)%]*\)")
    msgids = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("msgid ")]
    assert [line for line in msgids if half.search(line)] == []


@pytest.mark.parametrize("path", sorted(ROOMS.glob("*/locale/en/LC_MESSAGES/django.po")), ids=lambda p: p.parts[-5])
def test_a_room_translates_a_word_once(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    # one word may mean two things, each in its context
    said = [above * above.startswith("msgctxt ") + line for above, line in pairwise(lines) if line.startswith("msgid ")]
    assert sorted(line for line in said if said.count(line) > 1) == []


def test_every_word_that_is_translated_is_said() -> None:
    rooms = [
        path for path in ROOMS.rglob("*") if path.suffix in (".py", ".html", ".toml") and "tests" not in path.parts
    ]
    asked = set().union(*(could_be_said(path) for path in rooms))
    assert sorted(word for word in known() if word and word not in asked) == []


def test_no_page_asks_for_a_plural_that_the_catalogues_do_not_have() -> None:
    asked = [path.name for path in ROOMS.rglob("*.html") if "{% plural %}" in path.read_text(encoding="utf-8")]
    assert asked == []
