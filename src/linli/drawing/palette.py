"""The palette: paper, ink, one cinnabar accent, and muted fills that neighbours never share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAPER = "#fbfaf6"
GROUND = "#f3f0e7"  # land that a plan does not speak of
INK = "#26241f"
SOFT_INK = "#6f6a5f"
HAIRLINE = "#d5cfc1"
CINNABAR = "#c8392b"  # 朱砂: only for what needs action
WATER = "#74a5bd"
WATER_INK = "#3f6f86"

LEAST_NEIGHBOUR_DISTANCE = 8.0  # CIELAB, of neighbours' fills under every sight of `vision.SIGHTS`
LEVELS = 4
HATCHES = ("", "////", "\\\\\\\\", "....")

# Four steps of lightness (L* 92, 82, 72, 62) by four hues: steps survive grey printing, hues and hatches tell
# apart what lies on one step. A hue's hatch is the same on every step.
_FILLS = (
    ("#f5e8be", "#cceefb", "#d8eedc", "#fde2e2"),
    ("#b2d5b4", "#e8c7a1", "#aed0e9", "#e7c2d2"),
    ("#8ab7cb", "#d5a793", "#adb585", "#baaaca"),
    ("#ba898d", "#70a08f", "#aa9368", "#8596b9"),
)
_MOST_STEPS = 20_000  # of backtracking, before a colouring with a clash is accepted


@dataclass(frozen=True)
class Fill:
    """How one community is filled: '#rrggbb', a matplotlib hatch and the step of lightness, 0 the lightest."""

    colour: str
    hatch: str
    level: int


ALL_FILLS = tuple(
    Fill(colour, hatch, level) for level, row in enumerate(_FILLS) for colour, hatch in zip(row, HATCHES, strict=True)
)


def assign_fills(names: Sequence[str], neighbours: Iterable[tuple[str, str]]) -> dict[str, Fill]:
    """Give every community a fill such that neighbours stand on different steps of lightness.

    Up to 16 communities get 16 different fills. Where four steps cannot do (no map of one-piece communities,
    but a graph of before and after together may be such), clashing neighbours differ in hue and hatch.

    Parameters
    ----------
    names
        Communities, no two alike; the result depends on their order only through ties.
    neighbours
        Pairs of names that share a border.
    """
    place = {name: k for k, name in enumerate(names)}
    around: list[set[int]] = [set() for _ in names]
    for one, other in neighbours:
        if one in place and other in place and one != other:
            around[place[one]].add(place[other])
            around[place[other]].add(place[one])
    room = len(_FILLS[0]) if len(names) <= len(ALL_FILLS) else len(names)
    levels = _colour(around, room) or _colour_with_clashes(around, room)
    return dict(zip(names, _choose_hues(around, levels), strict=True))


def _colour(around: list[set[int]], room: int) -> list[int] | None:
    """Colour a graph with `LEVELS` colours, at most `room` of each, by DSATUR with backtracking."""
    n = len(around)
    levels = [-1] * n
    used = [0] * LEVELS
    steps = 0

    def pick() -> int:
        free = (k for k in range(n) if levels[k] < 0)
        return max(free, key=lambda k: (len({levels[j] for j in around[k]} - {-1}), len(around[k]), -k))

    stack: list[tuple[int, list[int]]] = []

    def options(k: int) -> list[int]:
        taken = {levels[j] for j in around[k]}
        return sorted((c for c in range(LEVELS) if c not in taken and used[c] < room), key=lambda c: (-used[c], -c))

    if n:
        first = pick()
        stack.append((first, options(first)))
    while stack:
        k, left = stack[-1]
        if levels[k] >= 0:
            used[levels[k]] -= 1
            levels[k] = -1
        if not left:
            stack.pop()
            continue
        steps += 1
        if steps > _MOST_STEPS + n:
            return None
        levels[k] = left.pop()  # the least used level, the lightest of these
        used[levels[k]] += 1
        if len(stack) == n:
            return levels
        following = pick()
        stack.append((following, options(following)))
    return None if n else levels


def _colour_with_clashes(around: list[set[int]], room: int) -> list[int]:
    """Colour greedily, each community taking the level that clashes least."""
    levels = [-1] * len(around)
    used = [0] * LEVELS
    for k in sorted(range(len(around)), key=lambda k: -len(around[k])):
        open_levels = [c for c in range(LEVELS) if used[c] < room]
        levels[k] = min(open_levels, key=lambda c: (sum(levels[j] == c for j in around[k]), used[c]))
        used[levels[k]] += 1
    return levels


def _choose_hues(around: list[set[int]], levels: list[int]) -> list[Fill]:
    """Choose a hue on each level: unlike those nearby, and the rarest so far."""
    hues = [-1] * len(levels)
    width = len(HATCHES)
    used = [[0] * width for _ in range(LEVELS)]
    for k, level in enumerate(levels):
        near = {hues[j] for j in around[k] if levels[j] == level}
        beyond = {hues[j] for i in around[k] for j in around[i] if levels[j] == level}
        hues[k] = min(range(width), key=lambda h: (h in near, h in beyond, used[level][h], h))
        used[level][hues[k]] += 1
    return [ALL_FILLS[level * width + hue] for level, hue in zip(levels, hues, strict=True)]
