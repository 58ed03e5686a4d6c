"""Every page that anyone may open is among those that Chromium looks at."""

from __future__ import annotations

from django.urls import Resolver404, resolve

from linli.web.tests.browser.pages import PAGES
from linli.web.tests.test_every_url import TABLE

# what answers and is no page
FILES = {
    "planning:table", "ledger:download", "alive", "ready", "org:roster-template", "ground:sample", "robots",
    "cases:ground", "cases:worker", "cases:public-places", "cases:public-photo", "cases:public-feed", "cases:states",
    "matters:live", "security", "ledger:checker", "ledger:checkpoint",
    "planning:public-table", "planning:public-outlines", "basemap", "basemap-picture",
    "ledger:entry-json", "ledger:proof", "ledger:picture",
}  # fmt: skip


def test_every_page_is_looked_at() -> None:
    seen = set()
    for page in (page.partition("?")[0] for pages in PAGES.values() for page in pages):
        try:
            seen.add(resolve(page).view_name)
        except Resolver404:
            assert page == "/no-such-page"
    pages = {name for name, row in TABLE.items() if 200 in row.values() and not name.startswith("api:")}
    assert pages - FILES - seen == set()
