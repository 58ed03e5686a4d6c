"""`linli restore`: put a site back from a backup."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import Json, print_json
from linli.cli.secrets import KeyFile, secret_of


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="备份文件 / what linli backup wrote")],
    into: Annotated[
        Path | None, typer.Option(help="站点文件夹 / folder of the site; LINLI_HOME where not given")
    ] = None,
    key_file: KeyFile = None,
    json: Json = False,
) -> None:
    """恢复 / Check a backup with its ledger, then put the site back as it says; what stood there is kept aside.

    End `linli serve` first. A restore that is killed leaves the old site or the new one, never a mixture.

    Example: linli restore linli.zip --into restored
    """
    from linli.web.databases import database_from
    from linli.web.upkeep.restore import restore
    from linli.web.upkeep.rights import keep_private
    from linli.web.upkeep.sealed import is_sealed

    # without Django: the site that stands there may be broken
    home = (into or Path(os.environ.get("LINLI_HOME") or "var")).resolve()
    keep_private()
    secret = secret_of(key_file, ask=is_sealed(file))
    done = restore(file, home, database_from("" if into else os.environ.get("DATABASE_URL", ""), home), secret=secret)
    if json:
        entries = done.manifest.ledger_entries
        print_json(
            {
                "home": done.home,
                "aside": done.aside,
                "made_at": done.manifest.made_at,
                "ledger_entries": entries,
                "astray": list(done.astray),
            }
        )
    else:
        for words in done.astray:
            print(f"✗ {words}", file=sys.stderr)
        print(f"已恢复 / restored {done.home} as of {done.manifest.made_at}")
        if done.aside:
            print(f"原有数据 / what stood there: {done.aside}")
