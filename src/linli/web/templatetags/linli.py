"""Tags that every template may use without loading them: built assets."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BUILD = Path(__file__).resolve().parent.parent / "static" / "build"


@cache
def _manifest() -> dict[str, dict[str, object]]:
    path = BUILD / "manifest.json"
    try:
        found: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{path}: the pages' assets are not built; run `make assets`") from error
    return found


@register.simple_tag
def asset(entry: str) -> SafeString:
    """Return the tags of an entry of `frontend/src`, 'main.ts' say: its style sheets, then its script."""
    chunk = _manifest()[f"src/{entry}"]
    styles = chunk.get("css", ())
    assert isinstance(styles, (list, tuple))
    links = format_html_join("", '<link rel="stylesheet" href="{}">', ((static(f"build/{s}"),) for s in styles))
    file = str(chunk["file"])
    if file.endswith(".css"):
        return format_html('<link rel="stylesheet" href="{}">', static(f"build/{file}"))
    return format_html('{}<script type="module" src="{}"></script>', links, static(f"build/{file}"))
