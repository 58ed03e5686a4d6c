"""The roles that come with Linli, loaded where a role is not there yet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from linli.org.models import Role

SHIPPED: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8"))


def load_roles(**_: Any) -> None:
    """Create the roles of `roles.toml` that the database lacks; called after every upgrade."""
    known = set(Role.objects.values_list("code", flat=True))
    for code, role in SHIPPED.items():
        if code not in known:
            Role.objects.create(code=code, **role)
