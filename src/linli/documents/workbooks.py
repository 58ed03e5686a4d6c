"""Workbooks: words that no spreadsheet takes for a formula, and a book as bytes."""

from __future__ import annotations

import io
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe(words: str) -> str:
    """Keep words from being taken for a formula, and out of them what a workbook does not hold."""
    plain = "".join(mark for mark in words if mark.isprintable())
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain


def written(book: Any) -> bytes:
    """Return a book of openpyxl as the bytes of a file."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
