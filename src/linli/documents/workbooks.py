"""Workbooks: words that no spreadsheet takes for a formula, and a book as bytes."""

from __future__ import annotations

import io
from typing import Any

from linli.written import for_xml

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(words: str) -> str:
    """Keep words from being taken for a formula, and out of them what no file of XML can hold."""
    plain = for_xml(words)
    return f"'{plain}" if plain.lstrip()[:1] in ("=", "+", "-", "@") else plain


def written(book: Any) -> bytes:
    """Return a book of openpyxl as the bytes of a file."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
