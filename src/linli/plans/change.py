"""What moving blocks by hand would change, measured and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from linli.errors import InputError
from linli.plans.checks import Broken, broken_rules
from linli.plans.goals import goal_of
from linli.plans.measures import UNITS
from linli.plans.names import community_words
from linli.plans.plan import Plan
from linli.plans.rules import KIND_WORDS, Rules
from linli.plans.task import atoms_of, make_task, names_in, texts

PRINTED = ("cut_length_m", "boundary", "reliance", "continuity", "access", "belonging", "polsby_popper", "facilities")


@dataclass(frozen=True, eq=False)
class Change:
    """The plan before and after some blocks moved.

    Parameters
    ----------
    before, after
        The plans; nothing is known of the bound of the one after.
    moves
        Block to the community it moved to.
    broken
        Rules that hold before and are broken after.
    sentences
        What changes, in Chinese.
    """

    before: Plan
    after: Plan
    moves: Mapping[str, str]
    broken: tuple[Broken, ...]
    sentences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True where the plan after breaks no rule that held before."""
        return not self.broken

    def text(self) -> str:
        """Return what changes, a sentence a line, in Chinese."""
        return "\n".join((*self.sentences, self.after.note.words()))

    def as_json(self) -> dict[str, Any]:
        """Return what `linli evaluate --json` prints."""
        before, after = self.before.measures(), self.after.measures()
        return {
            "moves": dict(self.moves),
            "holds": self.holds,
            "broken": [{"code": b.code, "text": b.text, "blocks": list(b.blocks)} for b in self.broken],
            "communities": [
                {"name": name, "before": _households(self.before, name), "after": _households(self.after, name)}
                for name in dict.fromkeys([*self.before.names, *self.after.names])
                if _households(self.before, name) != _households(self.after, name)
            ],
            "measures": {name: {"before": before[name], "after": after[name]} for name in before},
            "sentences": list(self.sentences),
            "counted": self.after.note.words(),
        }


def evaluate(plan: Plan, moves: Mapping[str, str]) -> Change:
    """Say what changes where blocks move to other communities.

    Parameters
    ----------
    moves
        Block id to the community it goes to.

    Raises
    ------
    InputError
        No move, a block or a community that the plan does not have.
    """
    if not moves:
        raise InputError("there is nothing to move", field="move", advice="name a block and a community: B0012=白云")
    place = {block: row for row, block in enumerate(plan.blocks.ids)}
    community = plan.community.copy()
    for block, to in moves.items():
        if block not in place:
            raise InputError("the plan has no such block", file=plan.blocks.source, field="move", value=block)
        if to not in plan.names:
            raise InputError(
                "the plan has no such community",
                field="move",
                value=f"{block}={to}",
                advice=f"communities: {'、'.join(plan.names)}",
            )
        community[place[block]] = to
    after = remeasured(replace(plan, community=community, status="feasible", bound=None, proof=None))
    known = {(b.code, b.text) for b in broken_rules(plan)}
    broken = [b for b in broken_rules(after) if (b.code, b.text) not in known]
    for block in moves:
        row = place[block]
        if plan.locked is not None and plan.locked[row] and community[row] != plan.community[row]:
            broken.append(Broken("locked", f"地块{block}已锁定", f"block {block} is locked", (block,)))
    sentences = [
        *_moved(plan, moves, place),
        *_sizes(plan, after),
        *[f"违反{b.code}：{b.text}" for b in broken],
        *_lines(plan, after),
        *_belonging(plan, moves, place),
        *_measures(plan, after),
    ]
    return Change(plan, after, dict(moves), tuple(broken), tuple(sentences))


def remeasured(plan: Plan) -> Plan:
    """Return a plan with the objective measured anew on its goal, however it was made."""
    weights: dict[str, float] = {}
    for term in plan.goal.split(" + "):
        weight, _, name = term.rpartition(" ")
        weights[name] = float(weight or 1)
    goal = goal_of(weights, plan.blocks, plan.rules, plan.count)
    everyone = max(1, int(plan.blocks.counts(plan.count).sum()))
    free = Rules(
        households=(0, everyone), profile=plan.rules.profile, prices=plan.rules.prices, keep_whole=_whole(plan)
    )
    task = make_task(plan.blocks, free, plan.count, goal.costs, pieces=True)
    labels = np.zeros(task.problem.n, dtype=np.int64)
    labels[task.atom] = np.unique(plan.community.astype(str), return_inverse=True)[1]
    return replace(plan, objective=goal.measured(task, labels))


def _whole(plan: Plan) -> tuple[str, ...]:
    """Return the columns that are kept whole, none where the plan divides something of them."""
    if not plan.rules.whole:
        return ()
    atom = atoms_of(plan.blocks, plan.rules)
    first = np.zeros(int(atom.max()) + 1, dtype=object)
    first[atom] = plan.community
    return plan.rules.whole if (first[atom] == plan.community).all() else ()


def _moved(plan: Plan, moves: Mapping[str, str], place: Mapping[str, int]) -> list[str]:
    counts = plan.blocks.counts(plan.count)
    said = []
    for block, to in moves.items():
        origin = plan.community[place[block]]
        what = f"地块{block}（{_compound(plan, place[block])}{int(counts[place[block]])}户）"
        if origin == to:
            said.append(f"{what}已属{community_words(to)}，不变")
        else:
            said.append(f"{what}由{community_words(origin) if origin else '无归属'}划入{community_words(to)}")
    return said


def _sizes(before: Plan, after: Plan) -> list[str]:
    low, high = before.rules.households
    said = []
    for name in before.names:
        old, new = _households(before, name), _households(after, name)
        if old == new:
            continue
        how = (
            "在上下限内" if low <= new <= high else f"低于下限{low - new}户" if new < low else f"超过上限{new - high}户"
        )
        said.append(
            f"{community_words(name)}由{old}户变为{new}户（{new - old:+d}；口径：{before.note.brief()}），{how}"
        )
    for old_row, new_row in zip(before.counts_held(), after.counts_held(), strict=True):
        if old_row["holds"] and not new_row["holds"] and new_row["count"] != before.count:
            where = "、".join(f"{community_words(n)}{v}户" for n, v in new_row["outside"].items())
            said.append(f"按{new_row['name']}计，上下限不再成立：{where}")
    return said


def _lines(before: Plan, after: Plan) -> list[str]:
    old, new = (plan.measures()["cut_length_by_kind"] for plan in (before, after))
    parts = [
        f"{KIND_WORDS[kind]}{new.get(kind, 0.0) - old.get(kind, 0.0):+.0f}米"
        for kind in KIND_WORDS
        if round(new.get(kind, 0.0) - old.get(kind, 0.0)) != 0
    ]
    total = sum(new.values()) - sum(old.values())
    return [f"社区间界线{total:+.0f}米" + (f"，其中{'、'.join(parts)}" if parts else "")]


def _belonging(plan: Plan, moves: Mapping[str, str], place: Mapping[str, int]) -> list[str]:
    lines = plan.blocks.lines
    said = []
    for block, to in moves.items():
        row, origin = place[block], plan.community[place[block]]
        if origin == to:
            continue
        felt: dict[str, float] = {}
        for one, other in ((lines.a, lines.b), (lines.b, lines.a)):
            mine = (one == row) & np.isfinite(lines.affinity)
            for near, weight in zip(other[mine], lines.affinity[mine], strict=True):
                name = str(plan.community[near])
                felt[name] = felt.get(name, 0.0) + float(weight)
        total = sum(felt.values())
        if total > 0:
            what = "该院落" if _compound(plan, row) else f"地块{block}"
            shares = {name: felt.get(name, 0.0) / total for name in (str(origin), to)}
            said += [f"{what}{share:.0%}的受访者认同{community_words(name)}" for name, share in shares.items()]
    return said


def _measures(before: Plan, after: Plan) -> list[str]:
    old, new = before.measures(), after.measures()
    said = []
    for name in PRINTED:
        if name == "cut_length_m" or old[name] is None or new[name] is None or old[name] == new[name]:
            continue
        word, unit = UNITS[name]
        if name == "reliance":
            said.append(f"{word}由{old[name]:.1%}变为{new[name]:.1%}")
        else:
            digits = 3 if unit == "0–1" else 0
            said.append(f"{word}由{old[name]:.{digits}f}变为{new[name]:.{digits}f}{'' if digits else unit}")
    return said


def _households(plan: Plan, name: str) -> int:
    return int(plan.blocks.counts(plan.count)[plan.community == name].sum())


def _compound(plan: Plan, row: int) -> str:
    if "compound" not in plan.blocks.columns:
        return ""
    name = "、".join(names_in(texts(plan.blocks.columns["compound"])[row]))
    return f"{name}，" if name else ""
