"""`linli demo`: build the synthetic district 铜源街道 and divide it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="文件夹 / folder to write into; created where absent")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="随机种子 / seed of the invented street")] = 20261123,
) -> None:
    """演示 / Build the synthetic street 铜源街道, divide its three communities into nine, tell it on one page.

    Writes raw layers, blocks, plan, maps, report, verification and `index.html`; all of it invented.

    Example: linli demo demo
    """
    from linli.demo.story import run

    run(folder, seed=seed)
