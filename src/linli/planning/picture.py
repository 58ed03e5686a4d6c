"""A version as a map in SVG: communities dissolved from blocks, neighbours on different steps of lightness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.drawing.palette import ALL_FILLS, assign_fills
from linli.geodata import Blocks
from linli.planning.counted import counted_of
from linli.planning.models import Plan
from linli.planning.outlines import Drawing, Outline, draw
from linli.territory.counts import Said
from linli.territory.models import Block

OWN = -1  # the outline of one block, beside those of communities


@dataclass(frozen=True)
class Picture:
    """The drawing, and for each outline its name, its class of the palette and its households."""

    drawing: Drawing
    shapes: tuple[dict[str, Any], ...]
    counted: Said  # what the households rest on
    own: Outline | None = None


def picture(plan: Plan, blocks: Blocks, households: Mapping[str, int], own: str = "") -> Picture | None:
    """Draw a version, and the outline of one block over it; None where it has no block."""
    keys = dict(Block.objects.filter(street=plan.project.street).values_list("code", "pk"))
    where: dict[int, list[int]] = {k: [] for k in range(len(plan.names))}
    for code, place in plan.labels.items():
        if code in keys:
            where[place].append(keys[code])
    if own in keys and own in plan.labels:
        where[OWN] = [keys[own]]
    drawn = draw(where)
    if drawn is None:
        return None
    fills = fills_of(plan, blocks)
    shapes = [
        {"outline": one, "name": plan.names[one.key], "fill": fills[plan.names[one.key]],
         "households": households.get(plan.names[one.key], 0)}
        for one in drawn.outlines
        if one.key != OWN
    ]  # fmt: skip
    outline = next((one for one in drawn.outlines if one.key == OWN), None)
    return Picture(drawn, tuple(shapes), counted_of(plan), outline)


def fills_of(plan: Plan, blocks: Blocks) -> dict[str, str]:
    """Return each community's class of the palette."""
    classes = {fill: f"fill-{fill.level}-{k % 4}" for k, fill in enumerate(ALL_FILLS)}
    label = [plan.community_of(code) for code in blocks.ids]
    pairs = {
        tuple(sorted((label[a], label[b])))
        for a, b in zip(blocks.lines.a.tolist(), blocks.lines.b.tolist(), strict=True)
        if label[a] != label[b] and label[a] and label[b]
    }
    return {name: classes[fill] for name, fill in assign_fills(plan.names, sorted(pairs)).items()}
