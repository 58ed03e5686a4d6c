"""The roles that come with Linli, loaded where a role is not there yet."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from linli.org.models import Role


def load_roles(**_: Any) -> None:
    """Create the roles of `roles.toml` that the database lacks; called after every upgrade."""
    known = set(Role.objects.values_list("code", flat=True))
    for code, role in tomllib.loads((Path(__file__).parent / "roles.toml").read_text(encoding="utf-8")).items():
        if code not in known:
            Role.objects.create(code=code, **role)
