"""Tags that every template may use without loading them: built assets, links of a paged and sorted list."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BUILD = Path(__file__).resolve().parent.parent / "static" / "build"


@cache
def _manifest() -> dict[str, dict[str, Any]]:
    path = BUILD / "manifest.json"
    try:
        found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path}: the pages' assets are not built; run `make assets`") from error
    return found


@register.simple_tag
def asset(entry: str) -> SafeString:
    """Return the tags of an entry of `frontend/src`, 'main.ts' say: its style sheets, then its script."""
    chunk = _manifest()[f"src/{entry}"]
    links = format_html_join(
        "", '<link rel="stylesheet" href="{}">', ((static(f"build/{s}"),) for s in _styles(f"src/{entry}"))
    )
    file = str(chunk["file"])
    if file.endswith(".css"):
        return format_html('<link rel="stylesheet" href="{}">', static(f"build/{file}"))
    return format_html('{}<script type="module" src="{}"></script>', links, static(f"build/{file}"))


def _styles(key: str) -> dict[str, None]:
    """Return the style sheets of a chunk behind those of the chunks that it shares with others, each once."""
    chunk = _manifest()[key]
    found: dict[str, None] = {}
    for name in chunk.get("imports", ()):
        found |= _styles(name)
    return found | dict.fromkeys(chunk.get("css", ()))


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, number: int, name: str = "") -> str:
    """Return the query of another page of a list, all else unchanged; `name` is its parameter, 'page' if empty."""
    query = context["request"].GET.copy()
    query[name or "page"] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def page_numbers(page: Page[Any]) -> Iterable[str | int]:
    """Return the numbers a pager shows, with an ellipsis for those it leaves out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.simple_tag(takes_context=True)
def sort_header(context: template.Context, key: str, title: str, kind: str = "", name: str = "sort") -> SafeString:
    """Return the head of a column that sorts its list by `key`, by '-key' when pressed again."""
    query = context["request"].GET.copy()
    now = query.get(name, "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    query[name] = f"-{key}" if now == key else key
    query.pop("page", None)
    return format_html(
        '<th scope="col"{}{}><a href="?{}">{}</a></th>',
        format_html(' class="{}"', kind) if kind else "",
        format_html(' aria-sort="{}"', order) if order else "",
        query.urlencode(),
        title,
    )
