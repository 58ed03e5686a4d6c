"""`linli demo`: build the synthetic district 铜源街道, divide it, and serve a site filled with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(help="文件夹 / folder to write into; created where absent")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="随机种子 / seed of the invented street")] = 20261123,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="建站并启动 / fill a site with it, serve it")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="端口 / port of the site")] = 8000,
) -> None:
    """演示 / Build the synthetic street 铜源街道, divide its three communities into nine, tell it on one page.

    Writes raw layers, blocks, plan, maps, report, verification and `index.html`; all of it invented. With `--serve` a
    site is filled with it, in the folder `site`, and served; the accounts of the demo are printed.

    Example: linli demo demo --serve
    """
    from linli.demo.story import run

    run(folder, seed=seed)
    if serve:
        _serve(folder, port)


def _serve(folder: Path, port: int) -> None:
    from linli.cli.common import note
    from linli.demo.office import OFFICE
    from linli.web.start import start_django

    os.environ["LINLI_DEMO"] = "1"
    os.environ.update({name: os.environ.get(name, said) for name, said in OFFICE.items()})
    os.environ.pop("DATABASE_URL", None)
    start_django((folder / "site").resolve())
    from linli.demo.site import accounts_file, fill
    from linli.web.upkeep.upgrading import upgrade

    upgrade(tell=note)
    fill(folder, tell=note)
    print()
    print("演示账号 / demo accounts")
    print(accounts_file().read_text(encoding="utf-8"))
    from linli.cli.serve import command as serve

    serve(port=port)
