"""The wheel that people install holds what pages load, and no test."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def test_the_wheel_carries_built_pages_and_english_words(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HOME / name, tmp_path)
    built = shutil.ignore_patterns("__pycache__", "build", "*.mo", "node_modules")
    shutil.copytree(HOME / "src", tmp_path / "src", ignore=built)
    shutil.copytree(HOME / "frontend", tmp_path / "frontend", ignore=built)
    shutil.copy(HOME / "frontend" / "build.py", tmp_path / "frontend")
    (tmp_path / "frontend" / "node_modules").symlink_to(HOME / "frontend" / "node_modules")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    with zipfile.ZipFile(next((tmp_path / "out").glob("*.whl"))) as wheel:
        names = wheel.namelist()
    assert "linli/web/static/build/manifest.json" in names
    assert "linli/org/locale/en/LC_MESSAGES/django.mo" in names
    assert "linli/org/roles.toml" in names
    assert not [name for name in names if "/tests/" in name]
