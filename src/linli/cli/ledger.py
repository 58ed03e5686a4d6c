"""`linli ledger`: check the chain of acts, write its public part, sign it, prove one entry of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linli.cli.common import Json, print_json
from linli.errors import InputError

if TYPE_CHECKING:
    from linli.ledger.chain import Verified

ACTS = ("verify", "export", "checkpoint", "prove", "acknowledge")


def command(
    act: Annotated[str, typer.Argument(metavar="|".join(ACTS), help="what to do")],
    entry: Annotated[int | None, typer.Argument(metavar="[ENTRY]", help="number of the entry (prove)")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="file to write (export, prove)")] = None,
    file: Annotated[Path | None, typer.Option(help="check this downloaded public part, not the database")] = None,
    head: Annotated[list[str] | None, typer.Option(help="SEQ:HASH noted earlier; may be repeated")] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="checkpoint kept earlier, besides those of the folder; may be repeated")
    ] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="public key that may have signed it, besides the site's")
    ] = None,
    qr: Annotated[Path | None, typer.Option(help="SVG file for the proof as a QR code (prove)")] = None,
    thing: Annotated[str, typer.Option(help="what verify named, such as post:3 (acknowledge)")] = "",
    why: Annotated[str, typer.Option(help="what happened and who ordered the repair (acknowledge)")] = "",
    by: Annotated[str, typer.Option(help="username of the system administrator who answers for it (acknowledge)")] = "",
    json: Json = False,
) -> None:
    """Check the ledger from its first entry to its last; write its public part; sign its head; prove an entry.

    `checkpoint` signs the head and writes it to the folder of checkpoints; `prove` writes a proof that whoever holds
    it checks with one Python file. `acknowledge` records, with a reason, that a thing was changed past the ledger:
    verify passes again, and the break stays on record. Exit code 0: sound; 1: a fault, by the number of its entry.

    Example: `linli ledger verify`
    """
    if act not in ACTS:
        raise InputError(f"one of {', '.join(ACTS)}", field="act", value=act)
    if file is None or act != "verify":
        from linli.web.start import start_site

        start_site()
    if act == "export":
        _export(output)
    elif act == "checkpoint":
        _checkpoint(json)
    elif act == "prove":
        _prove(entry, output, qr)
    elif act == "acknowledge":
        _acknowledge(thing, why, by)
    else:
        found = _verified(file, dict(map(_head, head or [])), checkpoint or [], key or [])
        _tell(found, json)
        raise typer.Exit(0 if found.sound else 1)


def _verified(file: Path | None, heads: dict[int, str], checkpoints: list[Path], keys: list[str]) -> Verified:
    from linli.ledger.chain import rows_of, verify
    from linli.ledger.notes import read_checkpoint

    missing = [path for path in (*checkpoints, *([file] if file else [])) if not path.is_file()]
    if missing:
        raise InputError("there is no such file", file=missing[0])
    kept = [read_checkpoint(path.read_text(encoding="utf-8"), str(path)) for path in checkpoints]
    if file is not None:
        with file.open(encoding="utf-8") as lines:
            return verify(rows_of(lines, file), heads=heads)
    from django.conf import settings
    from django.db import connection

    from linli.ledger.checking import check
    from linli.ledger.checkpoints import noted
    from linli.web.upkeep.archive import keys_in

    known = [*keys_in(settings.HOME), *keys]
    with connection.cursor() as cursor:
        return check(
            cursor, connection.vendor, heads=heads, checkpoints=[*noted(), *kept], keys=known,
            files=Path(settings.MEDIA_ROOT),
        )  # fmt: skip


def _tell(found: Verified, json: bool) -> None:
    if json:
        print_json(
            {"sound": found.sound, "entries": found.entries, "contents": found.contents, "uncovered": found.uncovered,
             "head": f"{found.seq}:{found.hash}", "faults": [{"seq": n, "fault": words} for n, words in found.faults]}
        )  # fmt: skip
        return
    for number, words in found.faults:
        print(f"✗ 第{number}条 / entry {number}：{words}" if number else f"✗ {words}")
    told = "✓ 完好 / sound" if found.sound else "✗ 有误 / faulty"
    if found.uncovered:
        many = f"{found.uncovered:,}"
        print(f"· {many} 项没有现状摘要，不在核对之列 / of {many} things no entry tells how they stood: not covered")
    print(f"{told}：{found.entries:,}条，链头 {found.seq}：{found.hash}")


def _export(output: Path | None) -> None:
    from linli.geodata import replace_when_done
    from linli.ledger.export import public_lines

    if output is None:
        raise InputError("say where to write", field="output", advice="-o public.jsonl")
    with replace_when_done(output) as temporary, temporary.open("w", encoding="utf-8") as target:
        target.writelines(public_lines())
    print(f"→ {output}")


def _checkpoint(json: bool) -> None:
    from linli.ledger.checkpoints import folder, public_key, take

    taken = take()
    if taken is None:
        raise InputError("the ledger is empty", advice="sign it when something was recorded")
    made, key = taken[0], public_key()
    if json:
        print_json({"size": made.size, "note": made.note, "key": key, "folder": folder()})
        return
    print(f"{made.note}\n公钥 / public key: {key}\n→ {folder()}")


def _prove(entry: int | None, output: Path | None, qr: Path | None) -> None:
    from linli.geodata import replace_when_done
    from linli.ledger.checkpoints import prove, public_key
    from linli.ledger.models import Entry

    held = Entry.objects.filter(pk=entry).first() if entry and entry < 2**63 else None
    if held is None:
        raise InputError("there is no such entry", field="entry", value=entry, advice="linli ledger prove 12")
    proof = prove(held)
    if qr is not None:
        from linli.ledger.pictures import qr_of

        with replace_when_done(qr) as temporary:
            temporary.write_bytes(qr_of(proof))
        print(f"→ {qr}")
    if output is not None:
        with replace_when_done(output) as temporary:
            temporary.write_text(proof, encoding="utf-8")
        print(f"→ {output}  {len(proof.encode()):,} B\n公钥 / public key: {public_key()}")
    elif qr is None:
        print(proof, end="")


def _acknowledge(thing: str, why: str, by: str) -> None:
    from django.core.exceptions import PermissionDenied, ValidationError

    from linli.org.actors import actor_of
    from linli.org.models import Account
    from linli.web.actions.acknowledge import acknowledge

    account = Account.objects.filter(username=by, is_active=True).first()
    if account is None:
        raise InputError(
            "there is no such account", field="--by", value=by, advice="the username of who answers for it"
        )
    try:
        entry = acknowledge(actor_of(account), thing=thing, why=why)
    except PermissionDenied:
        raise InputError("only a system administrator may", field="--by", value=by) from None
    except ValidationError as error:
        raise InputError("; ".join(error.messages), field=f"--{error.code}", value=thing) from None
    print(f"✓ 第{entry.seq}条 / entry {entry.seq}：{thing}")


def _head(text: str) -> tuple[int, str]:
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise InputError("a head is written SEQ:HASH, as verify prints it", field="head", value=text)
    return int(number), digest
