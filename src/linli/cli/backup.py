"""`linli backup`: write the whole site into one verified file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import Json, print_json
from linli.cli.secrets import KeyFile, secret_of


def command(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="文件 / file to write; LINLI_HOME/backups where not given")
    ] = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="加密，问口令 / seal it with a passphrase, which is asked for")
    ] = False,
    key_file: KeyFile = None,
    json: Json = False,
) -> None:
    """备份 / Write database, uploads and secret into one file, while the site serves, and read it again.

    Keep the file as you keep the data: it holds all of it. Sealed it is read by nobody without its passphrase or key
    file; without that it is lost to you too.

    Example: linli backup -o linli.zip
    """
    from linli.web.start import start_site

    start_site(upgraded=False)
    from linli.web.upkeep.backup import back_up

    secret = secret_of(key_file, ask=encrypt, twice=True)
    done = back_up(output, secret=secret)
    if json:
        manifest = done.manifest
        print_json(
            {
                "file": done.path, "bytes": done.size, "database": manifest.database, "sealed": bool(secret),
                "parts": len(manifest.members), "astray": list(done.astray),
                "ledger_entries": manifest.ledger_entries, "ledger_head": manifest.ledger_head,
            }
        )  # fmt: skip
    else:
        for words in done.astray:
            print(f"✗ {words}", file=sys.stderr)
        print(f"{done.path}  {done.size / 1e6:.1f} MB  已核对 / verified{'，已加密 / sealed' if secret else ''}")
