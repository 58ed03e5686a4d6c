"""The pictures of the READMEs: small, in both languages; `make pictures` has them taken of the demo's site."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from linli.org.tests.world import PASSWORD
from linli.web.tests.browser.test_pages import GROUND

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::ResourceWarning")]

SIGHTS = {"home": ("", "/"), "today": ("jiedao", "/today/"), "workbench": ("jiedao", "/planning/projects/1/1/draw")}
MOST_BYTES = 150_000


@pytest.mark.parametrize(("ending", "locale"), [("", "zh-CN"), (".en", "en-US")])
@pytest.mark.parametrize("sight", SIGHTS)
def test_a_picture_for_the_readme_is_small_and_speaks_its_language(
    chromium: Any, site: str, environment: dict[str, str], tmp_path: Path, sight: str, ending: str, locale: str
) -> None:
    person, path = SIGHTS[sight]
    page = chromium.new_context(viewport={"width": 1440, "height": 900}, locale=locale).new_page()
    if person:
        page.goto(f"{site}/accounts/login/")
        page.fill("[name=login]", person)
        page.fill("[name=password]", _password(environment))
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site}/today/")
    page.goto(site + path)
    if page.locator(".map:not([data-lazy])").count():  # nothing that waits has a place in the little site
        page.wait_for_selector(".map canvas")
    page.wait_for_function(GROUND, polling=100)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.lang").startswith(locale[:2])
    picture = Path(os.environ.get("LINLI_SCREENSHOTS") or tmp_path) / f"{sight}{ending}.webp"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(picture, quality=80, method=6)
    assert picture.stat().st_size <= MOST_BYTES
    page.context.close()


def _password(environment: dict[str, str]) -> str:
    told = Path(environment["LINLI_HOME"]) / "demo-accounts.txt"
    return re.findall(r"password: (\S+)", told.read_text(encoding="utf-8"))[0] if told.exists() else PASSWORD
