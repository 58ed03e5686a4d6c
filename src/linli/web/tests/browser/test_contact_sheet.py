"""`make sheets`: every page on one sheet a person, phone to desk, light, dark, large type, print, both languages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw

from linli.org.tests.world import PASSWORD
from linli.web.tests.browser.pages import PAGES

SHEETS = os.environ.get("LINLI_SHEETS", "")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not SHEETS, reason="drawn for who wants to look: make sheets"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
# how a page is looked at: its name, width, language, and what the look's cookie or the medium says
LOOKS: tuple[tuple[str, int, str, dict[str, str]], ...] = (
    ("360", 360, "zh-CN", {}),
    ("768", 768, "zh-CN", {}),
    ("1440", 1440, "zh-CN", {}),
    ("360 large", 360, "zh-CN", {"cookie": "large.auto.normal"}),
    ("1440 dark", 1440, "zh-CN", {"cookie": "normal.dark.normal"}),
    ("1440 high contrast", 1440, "zh-CN", {"cookie": "normal.light.high"}),
    ("print", 800, "zh-CN", {"media": "print"}),
    ("360 English", 360, "en-GB", {}),
    ("1440 English", 1440, "en-GB", {}),
)
WIDE, TALL, EDGE, HEAD = 320, 420, 8, 18  # pixels of a picture on the sheet, around it, above it


@pytest.mark.parametrize("person", list(PAGES), ids=[person or "public" for person in PAGES])
def test_sheet(chromium: Any, site: str, person: str) -> None:
    folder = Path(SHEETS)
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[Image.Image]] = {path: [] for path in PAGES[person]}
    for name, width, language, look in LOOKS:
        context = chromium.new_context(viewport={"width": width, "height": int(width * TALL / WIDE)}, locale=language)
        if "cookie" in look:
            context.add_cookies([{"name": "linli_look", "value": look["cookie"], "url": site}])
        page = context.new_page()
        if person:
            page.goto(f"{site}/accounts/login/")
            page.fill("[name=login]", person)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"{site}/today/")
        page.emulate_media(media=look.get("media", "screen"))
        for path, pictures in rows.items():
            page.goto(site + path)
            if page.locator(".map:not([data-lazy])").count():
                page.wait_for_selector(".map canvas")
                page.wait_for_load_state("networkidle")
            kept = folder / "page.png"
            page.screenshot(path=kept)
            with Image.open(kept) as picture:
                small = picture.convert("RGB").resize((WIDE, TALL))
            ImageDraw.Draw(small).text((4, TALL - 14), name, fill="#c8392b")
            pictures.append(small)
        context.close()
    sheet = Image.new("RGB", (len(LOOKS) * (WIDE + EDGE), len(rows) * (TALL + HEAD + EDGE)), "#ffffff")
    for row, (path, pictures) in enumerate(rows.items()):
        top = row * (TALL + HEAD + EDGE)
        ImageDraw.Draw(sheet).text((4, top + 2), path.encode("ascii", "replace").decode(), fill="#26241f")
        for column, picture in enumerate(pictures):
            sheet.paste(picture, (column * (WIDE + EDGE), top + HEAD))
    sheet.save(folder / f"{person or 'public'}.png")
    (folder / "page.png").unlink()
    assert all(len(pictures) == len(LOOKS) for pictures in rows.values())
