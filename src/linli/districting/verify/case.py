"""The plan laid over the data: who bears which label, who touches whom, which lines are cut."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from linli.districting.verify.blocks import TOUCH_M, Block, BlocksFile, Line
from linli.districting.verify.plan import Plan


@dataclass(frozen=True)
class Case:
    """A plan and the data that it divides."""

    plan: Plan
    data: BlocksFile

    @cached_property
    def scope(self) -> dict[str, Block]:
        """The blocks that the plan has to divide, by id."""
        return self.data.scope(self.plan.scope)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Community of each block in scope that the plan names; the first row counts."""
        labels: dict[str, str] = {}
        for row in self.plan.rows:
            if row.id in self.scope:
                labels.setdefault(row.id, row.community)
        return labels

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Blocks of each community, communities in the order of their names."""
        members: dict[str, list[str]] = {name: [] for name in sorted(set(self.labels.values()))}
        for key, name in self.labels.items():
            members[name].append(key)
        return members

    @cached_property
    def lines(self) -> list[Line]:
        """Lines with both ends in scope."""
        return [line for line in self.data.lines if line.a in self.scope and line.b in self.scope]

    @cached_property
    def cut(self) -> list[Line]:
        """Lines whose two blocks lie in different communities."""
        label = self.labels
        return [x for x in self.lines if x.a in label and x.b in label and label[x.a] != label[x.b]]

    @cached_property
    def neighbours(self) -> dict[str, list[str]]:
        """Blocks in scope that share more than a metre of border, all rows of a pair taken together."""
        shared: dict[tuple[str, str], float] = defaultdict(float)
        for line in self.lines:
            shared[line.a, line.b] += line.length_m
        touching: dict[str, list[str]] = {key: [] for key in self.scope}
        for (a, b), metres in shared.items():
            if metres > TOUCH_M:
                touching[a].append(b)
                touching[b].append(a)
        return touching

    @cached_property
    def rim(self) -> set[str]:
        """Blocks with more than a metre of border towards the outside of the scope.

        Towards the outside of the territory by the layer `rim`, or, where the file has none, by what the lines
        leave of the perimeter; towards blocks outside the scope by the lines to them.
        """
        outside: dict[str, float] = defaultdict(float)
        if self.data.rim is not None:
            outside.update(self.data.rim)
        else:
            inner: dict[str, float] = defaultdict(float)
            for line in self.data.lines:
                inner[line.a] += line.length_m
                inner[line.b] += line.length_m
            for key, block in self.scope.items():
                rest = block.shape.perimeter - inner[key]
                outside[key] = rest if rest > block.shape.perimeter / 1000 else 0.0
        for line in self.data.lines:
            if (line.a in self.scope) != (line.b in self.scope):
                outside[line.a if line.a in self.scope else line.b] += line.length_m
        return {key for key, metres in outside.items() if metres > TOUCH_M and key in self.scope}

    def reached(self, start: Collection[str], within: Collection[str]) -> set[str]:
        """Blocks of `within` that can be reached from `start` through blocks of `within` alone."""
        seen = {key for key in start if key in within}
        waiting = list(seen)
        while waiting:
            for other in self.neighbours[waiting.pop()]:
                if other in within and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return seen

    def pieces(self, blocks: Collection[str]) -> list[set[str]]:
        """The connected pieces of a set of blocks, the largest first."""
        rest, pieces = set(blocks), []
        while rest:
            piece = self.reached([min(rest)], rest)
            pieces.append(piece)
            rest -= piece
        return sorted(pieces, key=lambda piece: (-len(piece), min(piece)))

    def sum(self, column: str, blocks: Collection[str]) -> int | float | None:
        """Sum of a numeric column; nothing counts as nothing, None where a block holds something else."""
        total: int | float = 0
        for key in blocks:
            value = self.scope[key].values.get(column)
            if value is None or value != value:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                return None
            total += value
        return total

    def groups(self, column: str) -> Mapping[str, list[str]]:
        """Labelled blocks by what a text column says; blocks where it says nothing are left out."""
        groups: dict[str, list[str]] = defaultdict(list)
        for key in self.labels:
            if text := self.scope[key].text(column):
                groups[text].append(key)
        return groups
