"""The rules that a plan is asked to keep, each of them droppable, and what plain counting says against them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from linli.districting.problem import Bools, Ints, Problem, connected_pieces

Wording = tuple[str, str]  # Chinese, English


@dataclass(frozen=True)
class Demands:
    """Rules over the blocks of a problem; what is None or empty is not asked for.

    Parameters
    ----------
    lower, upper
        Least and greatest weight of a community.
    parts
        Number of communities.
    compounds
        Name of each compound kept whole and its blocks.
    one_piece
        Whether each community must be connected (R04).
    enclaves
        Whether enclaves are allowed; matters only where the problem's rim is known (R06).
    fixed
        Block → community it must belong to (R13).
    seats
        Kept community → block of its seat, which stays with it (R18).
    never_cross
        Column → its value for each block, None where unknown: no community holds two values (R09, R11, R12).
    unit
        What is counted, in Chinese and English.
    """

    lower: int | None = None
    upper: int | None = None
    parts: int | None = None
    compounds: Mapping[str, Sequence[int]] = field(default_factory=dict)
    one_piece: bool = True
    enclaves: bool = True
    fixed: Mapping[int, str] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    never_cross: Mapping[str, Sequence[Hashable | None]] = field(default_factory=dict)
    unit: Wording = ("户", "households")

    def rules(self, problem: Problem) -> tuple[str, ...]:
        """Keys of the rules that are asked for: `lower`, `parts`, …, `never_cross:COLUMN`."""
        asked = {
            "parts": self.parts is not None,
            "upper": self.upper is not None,
            "lower": bool(self.lower),
            "compounds": any(len(blocks) > 1 for blocks in self.compounds.values()),
            "seats": bool(self.seats),
            "fixed": bool(self.fixed),
            "one_piece": self.one_piece,
            "no_enclave": not self.enclaves and problem.rim is not None,
        }
        return tuple(rule for rule, wanted in asked.items() if wanted) + tuple(
            f"never_cross:{column}" for column in self.never_cross
        )

    def communities(self, kept: frozenset[str]) -> list[tuple[int, str]]:
        """Blocks bound to a named community under the rules in `kept`."""
        bound = list(self.fixed.items()) if "fixed" in kept else []
        return bound + ([(block, name) for name, block in self.seats.items()] if "seats" in kept else [])

    def columns(self, kept: frozenset[str]) -> dict[str, Ints]:
        """Values of each column never crossed under `kept`, numbered from 0, -1 where unknown."""
        found = {}
        for column, values in self.never_cross.items():
            if f"never_cross:{column}" in kept:
                number = {value: i for i, value in enumerate(dict.fromkeys(v for v in values if v is not None))}
                found[column] = np.array([-1 if v is None else number[v] for v in values], dtype=np.int64)
        return found

    def atoms(self, problem: Problem, kept: frozenset[str]) -> Ints:
        """Shape (n,): number of the group of blocks that must share a community."""
        groups = list(self.compounds.values()) if "compounds" in kept else []
        by_name: dict[str, list[int]] = {}
        for block, name in self.communities(kept):
            by_name.setdefault(name, []).append(block)
        links = [pair for group in [*groups, *by_name.values()] for pair in pairwise(group)]
        return connected_pieces(problem.n, np.array(links, dtype=np.int64).reshape(-1, 2))

    def zones(self, problem: Problem, kept: frozenset[str]) -> Ints:
        """Shape (n,): number of the zone of each block; no community reaches into two zones."""
        columns = self.columns(kept).values()
        if "one_piece" in kept:
            a, b = problem.edges[:, 0], problem.edges[:, 1]
            free = np.ones(len(a), dtype=np.bool_)
            for value in columns:
                free &= (value[a] == value[b]) | (value[a] < 0) | (value[b] < 0)
            return connected_pieces(problem.n, problem.edges[free])
        full = [value for value in columns if (value >= 0).all()]
        if not full:
            return np.zeros(problem.n, dtype=np.int64)
        return np.asarray(np.unique(np.stack(full), axis=1, return_inverse=True)[1], dtype=np.int64).ravel()


@dataclass(frozen=True)
class Tally:
    """What counting says of rules: why they cannot hold, or how many communities there can be."""

    reason: Wording | None
    fewest: int = 1
    most: int = 1


def count_up(problem: Problem, demands: Demands, kept: frozenset[str]) -> Tally:
    """Check the rules in `kept` by counting households, groups and zones; exact about what it refutes."""
    names: dict[int, str] = {}
    for block, name in demands.communities(kept):
        if names.setdefault(block, name) != name:
            at = problem.name(block)
            return Tally(
                (f"地块 {at} 既属于{names[block]},又属于{name}", f"block {at} belongs to {names[block]} and {name}")
            )
    atom_of, zone_of = demands.atoms(problem, kept), demands.zones(problem, kept)
    reason = _clashing_atom(problem, demands, kept, atom_of, zone_of, names)
    return Tally(reason) if reason else _zone_by_zone(problem, demands, kept, atom_of, zone_of, names)


def _clashing_atom(
    problem: Problem, demands: Demands, kept: frozenset[str], atom_of: Ints, zone_of: Ints, names: dict[int, str]
) -> Wording | None:
    """A group of blocks that must share a community and cannot."""
    zh, en = demands.unit
    columns = demands.columns(kept)
    weight = np.bincount(atom_of, problem.weights).astype(np.int64)
    for atom in range(int(atom_of.max()) + 1):
        inside = atom_of == atom
        what = _atom_name(problem, demands, kept, inside, names)
        here = list(dict.fromkeys(name for block, name in names.items() if inside[block]))
        if len(here) > 1:
            return (f"{what[0]}同时属于{'、'.join(here)}", f"{what[1]} belongs to {' and '.join(here)} at once")
        for column, value in columns.items():
            if len(np.unique(value[inside & (value >= 0)])) > 1:
                return (f"{what[0]}跨越不同的 {column}", f"{what[1]} lies in several values of {column}")
        if len(np.unique(zone_of[inside])) > 1:
            return (f"{what[0]}各部分之间无法连成一片", f"the pieces of {what[1]} cannot be joined")
        if "upper" in kept and demands.upper is not None and weight[atom] > demands.upper:
            return (
                f"{what[0]}有 {weight[atom]:,} {zh} > 上限 {demands.upper:,} {zh}",
                f"{what[1]} has {weight[atom]:,} {en} > the upper bound {demands.upper:,}",
            )
    return None


def _atom_name(
    problem: Problem, demands: Demands, kept: frozenset[str], inside: Bools, names: dict[int, str]
) -> Wording:
    blocks = np.flatnonzero(inside).tolist()
    whole = [n for n, group in demands.compounds.items() if "compounds" in kept and inside[list(group)].all() and group]
    bound = list(dict.fromkeys(name for block, name in names.items() if inside[block]))
    if len(blocks) == 1 and not whole:
        return f"地块 {problem.name(blocks[0])} ", f"block {problem.name(blocks[0])}"
    if whole:
        return f"小区{'、'.join(whole)}", f"compound {', '.join(whole)}"
    return f"固定给{'、'.join(bound)}的地块", f"the blocks fixed to {', '.join(bound)}"


def _zone_by_zone(
    problem: Problem, demands: Demands, kept: frozenset[str], atom_of: Ints, zone_of: Ints, names: dict[int, str]
) -> Tally:
    """How many communities each zone can hold, and all of them together."""
    zh, en = demands.unit
    lower = demands.lower or 0 if "lower" in kept else 0
    upper = demands.upper if "upper" in kept else None
    parts = demands.parts if "parts" in kept else None
    fewest, most, by_weight = 0, 0, True
    zones = int(zone_of.max()) + 1
    for zone in range(zones):
        inside = zone_of == zone
        weight = int(problem.weights[inside].sum())
        homes = len({name for block, name in names.items() if inside[block]})
        least = max(1, homes, math.ceil(weight / upper) if upper else 1)
        groups = len(np.unique(atom_of[inside]))
        top = min(groups, weight // lower) if lower else groups
        by_weight &= top == (weight // lower if lower else -1)
        fewest, most = fewest + least, most + top
        if least <= top:
            continue
        first = problem.name(int(np.flatnonzero(inside)[0]))
        where = ("全部", "the whole") if zones == 1 else (f"含地块 {first} 的一片", f"the zone around block {first}")
        if weight < lower:
            return Tally(
                (
                    f"{where[0]}只有 {weight:,} {zh} < 下限 {lower:,} {zh}",
                    f"{where[1]} has only {weight:,} {en} < the lower bound {lower:,}",
                )
            )
        if homes > top:
            return Tally(
                (
                    f"{where[0]}至多分成 {top} 个社区,却有 {homes} 个指定的社区",
                    f"{where[1]} holds at most {top} communities, but {homes} are named in it",
                )
            )
        return Tally(
            (
                f"{where[0]}有 {weight:,} {zh}:按上限 {upper:,} {zh}至少 {least} 个社区,至多只能分成 {top} 个",
                f"{where[1]} has {weight:,} {en}: at least {least} by the upper bound {upper:,}, at most {top}",
            )
        )
    if parts is None or fewest <= parts <= most:
        return Tally(None, fewest if parts is None else parts, most if parts is None else parts)
    total = problem.total
    if parts < fewest and zones == 1 and upper is not None and parts * upper < total:
        product = f"{parts * upper:,}"
        return Tally(
            (
                f"{parts} 个社区 × 上限 {upper:,} = {product} < {total:,} {zh}",
                f"{parts} communities × upper bound {upper:,} = {product} < {total:,} {en}",
            )
        )
    if parts > most and zones == 1 and by_weight:
        product = f"{parts * lower:,}"
        return Tally(
            (
                f"{parts} 个社区 × 下限 {lower:,} = {product} > {total:,} {zh}",
                f"{parts} communities × lower bound {lower:,} = {product} > {total:,} {en}",
            )
        )
    if parts < fewest:
        return Tally((f"至少要有 {fewest} 个社区,多于 {parts} 个", f"at least {fewest} communities, more than {parts}"))
    return Tally((f"至多只能分成 {most} 个社区,少于 {parts} 个", f"at most {most} communities, fewer than {parts}"))
