"""Pieces of the demo page: tables, marked words, numbers, Chinese punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

HAN = "\u4e00-\u9fff"
HALF_MARK = re.compile(rf"(?:(?<=[{HAN})》”㎡%])|(?<=\w)(?=. ?[{HAN}“]))([,;:]) ?(?![a-z])")
FULL_WIDTH = {",": "\uff0c", ";": "\uff1b", ":": "\uff1a"}


def with_chinese_marks(page: str) -> str:
    """Set commas, colons and semicolons beside Chinese characters full-width, in the text and not in the tags."""
    head, tag, body = page.partition("<body>")
    parts = re.split(r"(<[^>]*>)", body)
    parts[::2] = [HALF_MARK.sub(lambda found: FULL_WIDTH[found[1]], text) for text in parts[::2]]
    return head + tag + "".join(parts)


class Mark(str):
    """Text that asks for action."""

    __slots__ = ()


class Both(str):
    """Chinese text with its English below."""

    english: str

    def __new__(cls, chinese: str, english: str) -> Both:
        """Join the two."""
        made = super().__new__(cls, chinese)
        made.english = english
        return made


class Link(str):
    """Text that leads to a file."""

    target: str

    def __new__(cls, words: str, target: str) -> Link:
        """Join words and target."""
        made = super().__new__(cls, words)
        made.target = target
        return made


def table(
    caption: str,
    english: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    foot: Sequence[str] = (),
    numbers: Sequence[int] = (),
    classes: Sequence[str] = (),
) -> str:
    """Return a table with its caption, in a frame that scrolls sideways; the first cell of a row is its head."""

    def cell(column: int, text: str) -> str:
        kind = ' class="number"' if column in numbers else ""
        if column == 0:
            return f'<th scope="row" class="name">{_inner(text)}</th>'
        if not kind and len(text) <= 8:
            kind = ' class="name"'
        return f"<td{kind}>{_inner(text)}</td>"

    top = "".join(
        f'<th scope="col"{" class=number" if k in numbers else ""}>{escape(words)}</th>' for k, words in enumerate(head)
    )
    body = []
    for k, row in enumerate(rows):
        style = f' class="{classes[k]}"' if k < len(classes) and classes[k] else ""
        body.append(f"<tr{style}>{''.join(cell(column, text) for column, text in enumerate(row))}</tr>")
    last = f"<tfoot><tr>{''.join(cell(column, text) for column, text in enumerate(foot))}</tr></tfoot>" if foot else ""
    return (
        f'<div class="wrap" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f'<caption>{escape(caption)} <span lang="en">{escape(english)}</span></caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody>{last}</table></div>"
    )


def _inner(text: str) -> str:
    if isinstance(text, Mark):
        return f'<span class="act">{escape(text)}</span>'
    if isinstance(text, Both):
        return f'{escape(text)}<br><span lang="en">{escape(text.english)}</span>'
    if isinstance(text, Link):
        return f'<a href="{escape(text.target)}"><code>{escape(text)}</code></a>'
    return escape(text)


def percent(share: float | None) -> str:
    """Write a share in per cent, or that there are no data."""
    return "无数据" if share is None else f"{share:.1%}"


def gap_words(gap: float | None) -> str:
    """Say in words how far a plan may be from the best."""
    if gap is None:
        return "下界未知"
    return "与下界无差" if gap == 0 else f"与下界相差 {gap:.2%}"


def number(value: float | None) -> str:
    """Write a value with one decimal, or that it is unknown."""
    return "未知" if value is None else f"{value:,.1f}"


def file_size(bytes_: int) -> str:
    """Write the size of a file."""
    return f"{bytes_ / 1_000_000:.1f} MB" if bytes_ >= 100_000 else f"{bytes_ / 1000:.1f} kB"


def chinese_number(number: int) -> str:
    """Write a small number in Chinese."""
    digits = "零一二三四五六七八九十"
    return digits[number] if number <= 10 else str(number)
