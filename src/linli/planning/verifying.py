"""核验: recheck a version from the data alone, as anyone may with `linli verify`, before it is shown to the public."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.districting.verify import verify
from linli.geodata import Blocks
from linli.ledger.chain import canonical
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Plan

MOST_SAID = 5


def verification(plan: Plan) -> dict[str, Any]:
    """Write plan and blocks as files, let the independent checker read them, and return what it found.

    Returns
    -------
    `on` (ISO day), `ok`, `checks` (how many), `input` (hash of the blocks, counts and lines), and `faults`: sentences
    in Chinese and in English.
    """
    return {"on": timezone.localdate().isoformat(), **_checked(plan, ground_of(plan.project), _written(plan))}


@lru_cache(maxsize=4)
def _checked(plan: Plan, ground: Blocks, _written: str) -> dict[str, Any]:
    """Do what `verification` says, once for a version on a ground: an act that binds is rehearsed before it is done."""
    from linli.geodata.blocks_file import write_blocks

    # lines that were measured stand in the file like stored ones, so both files' hashes have to count them
    blocks = replace(ground, lines_measured=False)
    with tempfile.TemporaryDirectory() as folder:
        layers, file = Path(folder) / "blocks.gpkg", Path(folder) / "plan.gpkg"
        write_blocks(blocks, layers)
        write_file(plan, blocks, file)
        found = verify(file, layers)
    shown = next((one.evidence.get("sha256", "") for one in found.findings if one.code == "input"), "")
    return {
        "ok": found.ok, "input": shown,
        "checks": sum(one.state != "notice" for one in found.findings),
        "faults": [[one.chinese, one.english] for one in found.faults],
    }  # fmt: skip


def _written(plan: Plan) -> str:
    """Return a digest of what stands in the plan file of a version besides its project's rules, which never change."""
    parts = (plan.names, plan.parents, plan.labels, plan.locked, plan.reasons, plan.sides, plan.proof)
    return hashlib.sha256(canonical({"parts": list(parts)}).encode()).hexdigest()


def write_file(plan: Plan, blocks: Blocks, path: Path) -> None:
    """Write a version as a sealed plan file; one drawn by hand is measured first, since no search gave it a value."""
    from linli.plans.change import remeasured

    found = found_of(plan, blocks)
    (found if found.objective is not None else remeasured(found)).to_file(path)


def verified(plan: Plan) -> Plan:
    """Recheck a version, and keep what was found with it.

    Raises
    ------
    ValidationError
        The checker found a fault, such as a gap or an overlap of the ground, or a figure that is not so.
    """
    plan.verified = verification(plan)
    if not plan.verified["ok"]:
        said = "；".join(one[get_language() == "en"] for one in plan.verified["faults"][:MOST_SAID])
        raise ValidationError(_("核验没有通过，不能公示：%(faults)s") % {"faults": said}, code="verified")
    plan.save(update_fields=["verified"])
    return plan
