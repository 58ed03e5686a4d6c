"""Which rules a plan breaks, each in words; used where people move blocks by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from linli.districting.problem import Bools, connected_pieces
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.rules import AREA_WORDS
from linli.plans.task import count_words, names_in, neighbour_rows, texts

SHOWN = 5


@dataclass(frozen=True)
class Broken:
    """A rule that a plan breaks: its code, the sentence in Chinese and in English, the blocks it is about."""

    code: str
    text: str
    english: str
    blocks: tuple[str, ...] = ()


def broken_rules(plan: Plan) -> list[Broken]:
    """List the rules that a plan breaks, in the order of their codes; empty where it keeps them all."""
    found = [*_bounds(plan), *_caps(plan), *_pieces(plan), *_cover(plan)]
    if not plan.rules.enclaves:
        found += _enclaves(plan)
    found += [*_areas(plan), *_compounds(plan), *_named(plan)]
    if plan.parts is not None and len(plan.names) != plan.parts:
        found.append(Broken("parts", f"应为{plan.parts}个社区，现为{len(plan.names)}个",
                            f"{plan.parts} communities were asked for, there are {len(plan.names)}"))  # fmt: skip
    return sorted(found, key=lambda broken: broken.code)


def _bounds(plan: Plan) -> list[Broken]:
    low, high = plan.rules.households
    counts = plan.blocks.counts(plan.count)
    found = []
    for name in plan.names:
        households = int(counts[plan.community == name].sum())
        said = f"{community_words(name)}{households}户"
        if households < low:
            found.append(Broken("R01", f"{said}，低于下限{low}户，差{low - households}户",
                                f"{name} has {households} households, {low - households} below {low}"))  # fmt: skip
        if households > high:
            found.append(Broken("R01", f"{said}，超过上限{high}户，多{households - high}户",
                                f"{name} has {households} households, {households - high} above {high}"))  # fmt: skip
    return found


def _caps(plan: Plan) -> list[Broken]:
    found = []
    for column, cap in plan.rules.capped.items():
        values = plan.blocks.counts(column)
        for name in plan.names:
            total = int(values[plan.community == name].sum())
            if total > cap:
                found.append(Broken("R02", f"{community_words(name)}{count_words(column)}共{total}，超过{cap}",
                                    f"{name} has {total} {column}, above {cap}"))  # fmt: skip
    return found


def _pieces(plan: Plan) -> list[Broken]:
    _, pairs = neighbour_rows(plan.blocks, plan.rules)
    label = plan.community
    piece = connected_pieces(len(plan.blocks), pairs[label[pairs[:, 0]] == label[pairs[:, 1]]])
    found = []
    for name in plan.names:
        numbers, sizes = np.unique(piece[label == name], return_counts=True)
        if len(numbers) > 1:
            apart = _ids(plan, (label == name) & (piece != numbers[int(np.argmax(sizes))]))
            found.append(
                Broken("R04", f"{community_words(name)}断成{len(numbers)}块，不相连的地块：{_some(apart)}",
                       f"{name} is in {len(numbers)} pieces; apart: {_listed(apart)}", apart)
            )  # fmt: skip
    return found


def _cover(plan: Plan) -> list[Broken]:
    left = _ids(plan, plan.community == "")
    words = f"{len(left)}个地块没有归属：{_some(left)}", f"{len(left)} blocks belong to no community: {_listed(left)}"
    return [Broken("R05", *words, left)] if left else []


def _enclaves(plan: Plan) -> list[Broken]:
    blocks, label = plan.blocks, plan.community
    if not len(blocks.rim):
        return []
    pairs = np.stack([blocks.lines.a, blocks.lines.b], axis=1)
    rim = np.zeros(len(blocks), dtype=np.bool_)
    rim[blocks.rim.a] = True
    found = []
    for name in plan.names:
        rest = label != name
        if not rest.any():
            continue
        piece = connected_pieces(len(blocks), pairs[rest[pairs].all(axis=1)])
        for number in np.unique(piece[rest]):
            inside = rest & (piece == number)
            if not rim[inside].any():
                others = [str(other) for other in dict.fromkeys(label[inside]) if other]
                text = f"{'、'.join(map(community_words, others))}的地块被{community_words(name)}完全包围"
                english = f"blocks of {', '.join(others)} lie wholly within {name}"
                found.append(Broken("R06", text, english, _ids(plan, inside)))
    return found


def _areas(plan: Plan) -> list[Broken]:
    found = []
    for column in plan.rules.never_cross:
        values = texts(plan.blocks.columns[column])
        for name in plan.names:
            areas = sorted(set(values[plan.community == name]))
            if len(areas) > 1:
                text = f"{community_words(name)}跨{AREA_WORDS.get(column, column)}：{'、'.join(areas)}"
                found.append(Broken("R11", text, f"{name} lies in {len(areas)} areas of {column}: {', '.join(areas)}"))
    return found


def _compounds(plan: Plan) -> list[Broken]:
    holds: dict[tuple[str, str], list[int]] = {}
    for column in plan.rules.whole:
        for row, text in enumerate(texts(plan.blocks.columns[column])):
            for name in names_in(text):
                holds.setdefault((column, name), []).append(row)
    found = []
    for (column, name), rows in sorted(holds.items()):
        chinese, english = ("小区", "compound") if column == "compound" else (AREA_WORDS.get(column, column), column)
        if len(set(plan.community[rows])) > 1:
            parts = [str(part) for part in dict.fromkeys(plan.community[rows]) if part]
            said = "、".join(map(community_words, parts))
            blocks = tuple(plan.blocks.ids[row] for row in rows)
            found.append(Broken("R10", f"{chinese}{name}被拆分到{said}",
                                f"{english} {name} is divided among {', '.join(parts)}", blocks))  # fmt: skip
    return found


def _named(plan: Plan) -> list[Broken]:
    place = {block: row for row, block in enumerate(plan.blocks.ids)}
    found = []
    for code, wanted in (("R13", dict(plan.rules.fixed)), ("R18", {s: n for n, s in plan.rules.seats.items() if s})):
        for block, name in wanted.items():
            if block in place and plan.community[place[block]] != name:
                what = "驻地" if code == "R18" else "指定"
                to = str(plan.community[place[block]])
                text = f"{community_words(name)}{what}地块{block}归了{to or '无'}"
                kind = "the seat" if code == "R18" else "a fixed block"
                english = f"block {block}, {kind} of {name}, went to {to or 'nobody'}"
                found.append(Broken(code, text, english, (block,)))
    gone = [name for name in plan.rules.seats if name not in plan.names]
    found += [Broken("R18", f"应保留的{community_words(name)}没有了", f"{name}, to be kept, is gone") for name in gone]
    return found


def _ids(plan: Plan, mask: Bools) -> tuple[str, ...]:
    return tuple(plan.blocks.ids[row] for row in np.flatnonzero(mask))


def _listed(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:SHOWN]) + (f" … ({len(ids)})" if len(ids) > SHOWN else "")


def _some(ids: tuple[str, ...]) -> str:
    return "、".join(ids[:SHOWN]) + (f"等{len(ids)}个" if len(ids) > SHOWN else "")
