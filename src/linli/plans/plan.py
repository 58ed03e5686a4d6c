"""A plan: which community each block belongs to, under which rules, how good, and how that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.districting.problem import Bools
from linli.districting.result import Proof, Status, relative_gap
from linli.errors import InputError
from linli.geodata import COUNT_COLUMNS, Blocks
from linli.geodata.count_notes import CountNote
from linli.plans.groups import rows_of
from linli.plans.measures import compactness, measure, profile_bands, under_each_count
from linli.plans.names import community_words
from linli.plans.profiles import profile_names, read_profile
from linli.plans.rules import Rules
from linli.plans.sides import ByHand, four_sides, sides_text
from linli.plans.task import community_column
from linli.plans.words import Staffing, community_text, compounds_of, needs_reason, staffing

MANY = 30  # communities above which one sentence names none of them


@dataclass(frozen=True)
class Community:
    """One community of a plan, as the plan file's layer `communities` states it.

    Parameters
    ----------
    name, parent, kept
        Its name, the present community it comes from ('' where none), whether it keeps that one's name.
    blocks, count
        Blocks, and households under the plan's counting definition (口径).
    sums
        Every count column summed.
    area_m2, cut_length_m, polsby_popper
        Ground, metres of line to other communities, compactness.
    sides
        What is met on its four sides: east, south, west, north.
    marks
        Sides that somebody wrote by hand to who and when.
    compounds
        Names of its compounds (小区), None where the blocks name none.
    staffing
        Seats, workers and floor space by the norms.
    text
        The block of words that approvers expect, in Chinese.
    needs_reason, reason
        Whether it lies outside the statutory band, and why, '' where nobody said.
    """

    name: str
    parent: str
    kept: bool
    blocks: int
    count: int
    sums: Mapping[str, int]
    area_m2: float
    cut_length_m: float
    polsby_popper: float
    sides: Mapping[str, str]
    marks: Mapping[str, str]
    compounds: tuple[str, ...] | None
    staffing: Staffing
    text: str
    needs_reason: bool
    reason: str


@dataclass(frozen=True, eq=False)
class Plan:
    """A division of blocks into communities.

    Parameters
    ----------
    blocks
        The blocks in scope.
    community
        Shape (n,): the community of each block; '' where a partial plan leaves it open.
    rules, count, goal
        The rules, the column of the counting definition (口径), what was minimised.
    parents
        Each community's name, in the order of listing, to the present community it comes from.
    scope
        Present communities that were divided; empty for all.
    status, objective, bound, proof
        What is known of better plans; objective and bound in the goal's unit.
    parts
        Number of communities that was asked for, None where it was free.
    seed
        Seed of the search.
    locked
        Shape (n,): blocks that people fixed by hand and that completing and improving leave alone.
    reasons
        Community to why it lies outside the statutory band.
    by_hand
        Community to the sides that somebody wrote in place of the generated ones.
    """

    blocks: Blocks
    community: NDArray[np.object_]
    rules: Rules
    count: str
    goal: str = "boundary"
    parents: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[str, ...] = ()
    status: Status = "feasible"
    objective: float | None = None
    bound: float | None = None
    proof: Proof | None = None
    parts: int | None = None
    seed: int = 1
    locked: Bools | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)
    by_hand: Mapping[str, Mapping[str, ByHand]] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: Path | str, blocks: Blocks) -> Plan:
        """Read a plan file; `blocks` are the blocks it was made from, whole or in scope.

        Raises
        ------
        InputError
            No such file, no plan file, or a plan of other blocks.
        """
        from linli.plans.planfile import read_plan

        return read_plan(Path(path), blocks)

    def to_file(self, path: Path | str) -> None:
        """Write the plan as a sealed GeoPackage; nothing half-written stays."""
        from linli.plans.planfile import write_plan

        write_plan(self, Path(path))

    def draw(self, path: Path | str, *, title: str | None = None, **more: Any) -> None:
        """Draw the plan beside the present communities (PNG, SVG or PDF by the ending of `path`)."""
        from linli.drawing.maps import draw_plan

        before = community_column(self.blocks)
        draw_plan(
            self.blocks,
            self.community.tolist(),
            path,
            count=self.count,
            before=before.tolist() if "community" in self.blocks.columns else None,
            kept=self.kept,
            title=title,
            **more,
        )

    @property
    def note(self) -> CountNote:
        """What its households rest on: 口径, source, day, estimate."""
        return self.blocks.note_of(self.count)

    @property
    def gap(self) -> float | None:
        """Relative distance between objective and bound, None where either is unknown."""
        return relative_gap(self.objective, self.bound)

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the communities that keep a present community's name."""
        present = set(community_column(self.blocks)) - {""}
        return tuple(name for name in self.names if name in present)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the communities in the order of listing."""
        found = set(self.community) - {""}
        listed = [name for name in self.parents if name in found]
        return (*listed, *sorted(found - set(listed)))

    def text(self) -> str:
        """Return the whole plan in the words approvers expect, in Chinese: a paragraph for each community."""
        return "\n\n".join(community.text for community in self.communities)

    def measures(self) -> dict[str, Any]:
        """Measure every goal of DESIGN on the plan; None where the data do not allow it (units: `measures.UNITS`)."""
        return dict(self._measured)

    def counts_held(self) -> list[dict[str, Any]]:
        """Tell for each counting definition (口径) present whether the bounds hold under it."""
        return under_each_count(self.blocks, self.community.astype(str), self.rules)

    def with_reasons(self, reasons: Mapping[str, str]) -> Plan:
        """Return the plan with the reasons why communities lie outside the statutory band.

        Raises
        ------
        InputError
            A name that no community bears.
        """
        for name in reasons:
            if name not in self.names:
                raise InputError(
                    "no community bears this name", field="reason", value=name, advice=f"names: {'、'.join(self.names)}"
                )
        return replace(self, reasons={**self.reasons, **reasons})

    def with_names(self, names: Mapping[str, str]) -> Plan:
        """Return the plan with communities renamed (old name to new).

        Raises
        ------
        InputError
            A name that no community bears, or one that two would bear.
        """
        for old, new in names.items():
            if old not in self.names:
                raise InputError("no community bears this name", field="name", value=old)
            if not new.strip():
                raise InputError("a community needs a name", field="name", value=new)
        after = [names.get(name, name) for name in self.names]
        if len(set(after)) < len(after):
            raise InputError("two communities would bear one name", field="name", value=sorted(after))
        return replace(
            self,
            community=np.array([names.get(name, name) for name in self.community], dtype=object),
            parents={names.get(name, name): parent for name, parent in self.parents.items()},
            reasons={names.get(name, name): reason for name, reason in self.reasons.items()},
            by_hand={names.get(name, name): sides for name, sides in self.by_hand.items()},
        )

    @cached_property
    def communities(self) -> list[Community]:
        """Describe each community, in the order of listing."""
        blocks, label = self.blocks, self.community
        sides = four_sides(blocks, label)
        shape = compactness(blocks, label.astype(str))
        local, statutory = self.rules.standard(), self.rules.statutory()
        columns = {c: blocks.counts(c) for c in COUNT_COLUMNS if c in blocks.columns}
        columns.setdefault(self.count, blocks.counts(self.count))
        area = shapely.area(blocks.geometry)
        lines = blocks.lines
        cut = label[lines.a] != label[lines.b]
        ground = rows_of(label)
        border = dict.fromkeys(ground, 0.0)
        for side in (lines.a, lines.b):
            for name, rows in rows_of(label[side[cut]]).items():
                border[name] += float(lines.length_m[cut][rows].sum())
        found = []
        for name in self.names:
            inside = ground[name]
            sums = {column: int(values[inside].sum()) for column, values in columns.items()}
            compounds = compounds_of(blocks, inside)
            written = self.by_hand.get(name, {})
            sides[name] |= {side: one.words for side, one in written.items()}
            marks = {side: one.mark for side, one in written.items()}
            found.append(
                Community(
                    name=name,
                    parent=self.parents.get(name, ""),
                    kept=name in self.kept,
                    blocks=len(inside),
                    count=sums[self.count],
                    sums=sums,
                    area_m2=float(area[inside].sum()),
                    cut_length_m=border[name],
                    polsby_popper=shape[name],
                    sides=sides[name],
                    marks=marks,
                    compounds=None if compounds is None else tuple(compounds),
                    staffing=staffing(sums[self.count], sums.get("persons"), local.norms),
                    text=community_text(
                        blocks,
                        inside,
                        name,
                        sides_text(sides[name], marks),
                        households=sums[self.count],
                        persons=sums.get("persons"),
                        count=self.count,
                        rules=self.rules,
                        reason=self.reasons.get(name, ""),
                    ),
                    needs_reason=needs_reason(sums[self.count], statutory),
                    reason=self.reasons.get(name, ""),
                )
            )
        return found

    @property
    def reasons_wanted(self) -> tuple[str, ...]:
        """Names of the communities outside the statutory band for which nobody gave a reason."""
        return tuple(c.name for c in self.communities if c.needs_reason and not c.reason)

    def bands(self) -> dict[str, list[dict[str, Any]]]:
        """State how each community stands to every rule profile."""
        profiles = [read_profile(name) for name in profile_names()]
        return {c.name: profile_bands(c.count, profiles) for c in self.communities}

    def as_json(self) -> dict[str, Any]:
        """Return what the commands print with `--json`, without what only a run knows (`cpu_seconds`)."""
        return {
            "status": self.status,
            "goal": self.goal,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "cut_length_m": self._measured["cut_length_m"],
            "parts": [{"name": c.name, "blocks": c.blocks, "count": c.count} for c in self.communities],
            "clash": [],
            "counted": self.note.words(),
        }

    def headline(self) -> str:
        """Say in one Chinese sentence what the plan is and how good."""
        sure = {"proven": "已证明最优", "feasible": "可行"}.get(self.status, self.status)
        gap = "" if self.gap in (None, 0.0) else f", 与下界相差{self.gap:.1%}"
        counts = sorted(c.count for c in self.communities)
        said = "、".join(f"{community_words(c.name)}{c.count}户" for c in self.communities)
        if len(counts) > MANY:
            said = f"最小{counts[0]}户、中位{counts[len(counts) // 2]}户、最大{counts[-1]}户"
        return (
            f"{len(self.names)}个社区（{sure}{gap}；{self.note.words()}）：{said}；"
            f"社区间界线{self._measured['cut_length_m']:.0f}米"
        )

    @cached_property
    def _measured(self) -> dict[str, Any]:
        return measure(self.blocks, self.community.astype(str), self.rules, self.count)
