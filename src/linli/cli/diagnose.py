"""`linli diagnose`: check the size of the present communities."""

from __future__ import annotations

from typing import Annotated

import typer

from linli.cli.common import BlocksFile, Count, Json, load_blocks, print_json


def command(
    blocks: BlocksFile,
    count: Count = None,
    threshold: Annotated[int | None, typer.Option(help="households above which a community is to be divided")] = None,
    profile: Annotated[str, typer.Option(help="rule profile whose grades and band hold")] = "local-1500-3500",
    json: Json = False,
) -> None:
    """Check every present community: households under each counting definition (口径), grade, band, why flagged.

    Example: `linli diagnose tongyuan.gpkg --count dwellings_delivered --threshold 6000`
    """
    from dataclasses import asdict

    from linli.plans.diagnosis import diagnose, diagnosis_text
    from linli.plans.task import pick_count

    ground = load_blocks(blocks, count)
    column = pick_count(ground, count)
    found = diagnose(ground, count=column, threshold=threshold, profile=profile)
    if json:
        flagged = [checkup.name for checkup in found if checkup.flagged]
        print_json(
            {
                "count": column,
                "counted": ground.note_of(column).words(),
                "flagged": flagged,
                "communities": [
                    {**asdict(one), "count": one.count if one.known else None, "reasons": one.reasons} for one in found
                ],
            }
        )
    else:
        print(diagnosis_text(found, ground.note_of(column)))
