"""Every word of the interface and its pages is there in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

ROOMS = Path(__file__).resolve().parents[2]
FILES = (
    "web/api.py",
    "web/api_problems.py",
    "web/actions/issue_token.py",
    "web/views/api_pages.py",
    "web/templates/web/api.html",
    "web/templates/web/tokens.html",
    "territory/import_api.py",
)
SAID = re.compile(
    r"""(?:\b_|gettext_lazy)\((["'])(.+?)\1\)|translate (["'])(.+?)\3|blocktranslate[^%]*%}(.+?){% endblock"""
)


@pytest.mark.parametrize("file", FILES)
def test_each_word_has_its_english(file: str) -> None:
    text = (ROOMS / file).read_text(encoding="utf-8")
    said = {re.sub(r"{{ (\w+) }}", r"%(\1)s", found[1] or found[3] or found[4]) for found in SAID.findall(text)}
    assert said
    with translation.override("en"):
        assert not [word for word in said if translation.gettext(word) == word]
