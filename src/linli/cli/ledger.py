"""`linli ledger`: check the chain of acts, or write its public part."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from linli.cli.common import Json, print_json
from linli.errors import InputError


def command(
    act: Annotated[str, typer.Argument(metavar="verify|export", help="what to do")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="file for the public part (export)")] = None,
    file: Annotated[Path | None, typer.Option(help="check this downloaded public part, not the database")] = None,
    head: Annotated[list[str] | None, typer.Option(help="SEQ:HASH noted earlier; may be repeated")] = None,
    json: Json = False,
) -> None:
    """Check the ledger from its first entry to its last, or write its public part as lines of JSON.

    Exit code 0: sound; 1: a fault, named by the number of its entry.

    Example: `linli ledger verify`
    """
    from linli.ledger.chain import rows_of, verify

    if act not in ("verify", "export"):
        raise InputError("the ledger is verified or exported", field="act", value=act)
    if file is None or act == "export":
        from linli.web.start import start_django

        start_django()
    if act == "export":
        from linli.geodata import replace_when_done
        from linli.ledger.export import public_lines

        if output is None:
            raise InputError("say where to write", field="output", advice="-o public.jsonl")
        with replace_when_done(output) as temporary, temporary.open("w", encoding="utf-8") as target:
            target.writelines(public_lines())
        print(f"→ {output}")
        return
    heads = dict(map(_head, head or []))
    if file is None:
        from django.db import connection

        from linli.ledger.checking import check

        with connection.cursor() as cursor:
            found = check(cursor, connection.vendor, heads=heads)
    elif not file.is_file():
        raise InputError("there is no such file", file=file)
    else:
        with file.open(encoding="utf-8") as lines:
            found = verify(rows_of(lines, file), heads=heads)
    if json:
        print_json(
            {"sound": found.sound, "entries": found.entries, "contents": found.contents,
             "head": f"{found.seq}:{found.hash}", "faults": [{"seq": n, "fault": words} for n, words in found.faults]}
        )  # fmt: skip
    else:
        for number, words in found.faults:
            print(f"✗ 第{number}条 / entry {number}：{words}" if number else f"✗ {words}")
        told = "✓ 完好 / sound" if found.sound else "✗ 有误 / faulty"
        print(f"{told}：{found.entries:,}条，链头 {found.seq}：{found.hash}")
    raise typer.Exit(0 if found.sound else 1)


def _head(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise InputError("a head is written SEQ:HASH, as verify prints it", field="head", value=text)
    return int(number), digest
