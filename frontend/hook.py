"""Put the built pages and English words into the wheel; a working copy builds them by `make assets`."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Build what pages load before a wheel is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run `build.py`, unless this is an editable install."""
        if version != "editable":
            runpy.run_path(str(Path(self.root) / "frontend" / "build.py"), run_name="__main__")
