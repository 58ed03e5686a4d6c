"""Text as it was written: only what no text can hold goes, and the writer is told; searching folds, keeping does not.

What goes are control characters but line feed and tab, and halves of surrogate pairs: PostgreSQL keeps no NUL, UTF-8
no surrogate, XML hardly any of them, and nobody sees them. All else stays as it came, whatever this Python's tables
know of it: ideographs of any extension, compatibility ideographs, private use, joiners, marks of direction, new emoji.
Beside it: the numbers and days that addresses hold, and a day as papers write it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

_GONE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE = re.compile("\r\n?")
_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# what a reader does not see and one who searches does not type: selectors, joiners, marks of direction, soft hyphens
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)


def kept(text: str) -> str:
    """Return a text as it is kept: no control characters, no halves of surrogate pairs, line feeds between lines."""
    return _GONE.sub("", _LINE.sub("\n", text))


def gone(text: str) -> list[str]:
    """Return what `kept` takes out of a text, in order; line ends are not counted."""
    return _GONE.findall(_LINE.sub("\n", text))


def one_line(text: str) -> str:
    """Return a text as it is kept where it is one line: stretches with a line feed or tab in them become a space."""
    return re.sub("[ \t\n]*[\t\n][ \t\n]*", " ", kept(text)).strip()


def kept_within(said: Any) -> Any:
    """Return what a program said, plain data out of JSON, with every text in it as it is kept."""
    if isinstance(said, str):
        return kept(said)
    if isinstance(said, list):
        return [kept_within(one) for one in said]
    if isinstance(said, dict):
        return {kept(str(key)): kept_within(value) for key, value in said.items()}
    return said


def for_xml(text: str) -> str:
    """Return a text without the few characters that no XML file, so no docx and no xlsx, can hold."""
    return _XML.sub("", text)


def seen(text: str) -> str:
    """Return what one sees of a text, for drawing it sign by sign: no selectors, joiners or marks of direction."""
    return _UNSEEN.sub("", kept(text))


def folded(text: str) -> str:
    """Return a text as it is searched: full and half width, case and compatibility forms alike, unseen marks gone."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold())


def number_in(text: str | None) -> int | None:
    """Return the whole number that plain digits write; None where it is none, or too long for a database."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def day_of(text: str) -> date | None:
    """Read a day from an address, 2026-01-31 say; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def chinese_day(day: date) -> str:
    """Write a day as papers do: 2026年1月5日."""
    return f"{day.year}年{day.month}月{day.day}日"
