"""The categories that come with Linli, loaded where a code is not there yet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from linli.matters.models import Category


def load_categories(**_: Any) -> None:
    """Create the categories of `categories.toml` that the database lacks; called after every upgrade."""
    known = set(Category.objects.values_list("code", flat=True))
    shipped = tomllib.loads((Path(__file__).parent / "categories.toml").read_text(encoding="utf-8"))["categories"]
    Category.objects.bulk_create(Category(code=code, **row) for code, row in shipped.items() if code not in known)
