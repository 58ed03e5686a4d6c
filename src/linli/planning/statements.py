"""What a plan states of its communities' sizes, in the reader's language: the same on every page that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.districting.result import relative_gap
from linli.org.models import Division
from linli.planning.counted import counted_of
from linli.planning.details import by_hand_of
from linli.planning.ground import ground_of
from linli.planning.models import Mark, Plan, Project
from linli.planning.proofs import why_unproven
from linli.planning.standards import law_on, profile_of
from linli.planning.telling import band
from linli.plans.bands import source_words
from linli.plans.names import community_words
from linli.plans.sides import four_sides, sides_text
from linli.territory.counts import Said, said
from linli.territory.lookup import ground_stamp

COURSE = {  # step of the procedure to what it makes of a new community
    "reply": gettext_lazy("已批准"), "plaque": gettext_lazy("已挂牌"), "election": gettext_lazy("已选举"),
}  # fmt: skip


@dataclass(frozen=True)
class StatedBand:
    """A band as a page shows it: title, numbers, where they stand, whether they were compared with the paper."""

    title: str
    households: tuple[int, int] | None
    source: str
    verified: bool
    stated: bool = True  # False for the range that a search was asked for: a standard of nobody


@dataclass(frozen=True)
class Stated:
    """One community's row: its figures, how it stands to each band, why it lies outside the law's."""

    name: str
    parent: str
    kept: bool
    households: int
    persons: int | None  # None where not every block has them
    blocks: int
    hectares: float
    cells: tuple[tuple[StatedBand, str], ...]  # a band, how the community stands to it
    inside: bool  # the range of the search
    outside: str  # how it lies to the law's band, '' within it
    reason: str

    @property
    def title(self) -> str:
        """Its name as people say it: 团结社区."""
        return community_words(self.name)

    @property
    def origin(self) -> str:
        """The present community that it comes from, as people say it; '' where none is."""
        return community_words(self.parent) if self.parent else ""


@dataclass(frozen=True)
class Statement:
    """The communities of a version and the bands that they are held against."""

    plan: Plan
    bands: tuple[StatedBand, ...]
    rows: tuple[Stated, ...]
    method: str  # how it was found, and what is known of better ones
    people: Said | None  # what the persons rest on, None where not every block has them

    def __iter__(self) -> Iterator[Stated]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def outside(self) -> list[Stated]:
        """Communities outside the law's band."""
        return [one for one in self.rows if one.outside]

    @cached_property
    def sides(self) -> list[tuple[str, str]]:
        """Each community with its four sides, marked where written by hand; none of a plan with open blocks."""
        return sides_of(self.plan)

    @property
    def kept(self) -> int:
        """How many of them go on."""
        return sum(one.kept for one in self.rows)

    @property
    def fresh(self) -> int:
        """How many of them are new."""
        return len(self.rows) - self.kept

    @property
    def sums(self) -> dict[str, float | None]:
        """Blocks, persons and hectares of all of them; no persons where they are not known."""
        persons = [one.persons for one in self.rows if one.persons is not None]
        return {
            "blocks": sum(one.blocks for one in self.rows), "hectares": sum(one.hectares for one in self.rows),
            "persons": sum(persons) if self.people else None,
        }  # fmt: skip

    @cached_property
    def course(self) -> str:
        """How far its new communities are on their way, '' before it is put in force."""
        return course_of_new(self.plan)

    @cached_property
    def counted(self) -> Said:
        """What the households rest on."""
        return counted_of(self.plan)

    @property
    def wanting(self) -> list[str]:
        """Communities outside the law's band for which nobody said why."""
        return [one.name for one in self.rows if one.outside and not one.reason]


def bands_on_page(project: Project) -> tuple[StatedBand, ...]:
    """Return the law's band, the local standard's and the range asked for, each with its own numbers and source."""
    law, local = law_on(timezone.localdate(project.made_at)), profile_of(project.standard)
    papers = [StatedBand(_("法定一般规模"), law.households, source_words(law), law.verified)]
    if not local.statutory:
        papers.append(StatedBand(local.title, local.households, source_words(local), local.verified))
    asked = (project.households_least, project.households_most)
    return (*papers, StatedBand(_("本次运算采用的户数范围"), asked, "", verified=True, stated=False))


def communities_of(plan: Plan) -> Statement:
    """Return what a version states of each community."""
    bands = bands_on_page(plan.project)
    present = set(plan.project.present.values())
    blocks: dict[int, int] = {}
    for place in plan.labels.values():
        blocks[place] = blocks.get(place, 0) + 1
    ground = ground_of(plan.project)
    label = np.array([plan.labels.get(code, -1) for code in ground.ids])
    hectares = shapely.area(ground.geometry) / 10_000
    persons = ground.counts("persons") if "persons" in ground.columns else None
    least, most = plan.project.households_least, plan.project.households_most

    def row(place: int, name: str) -> Stated:
        count = plan.households.get(name, 0)
        return Stated(
            name=name, parent=plan.parents.get(name, ""), kept=name in present and name == plan.parents.get(name),
            households=count, persons=None if persons is None else int(persons[label == place].sum()),
            blocks=blocks.get(place, 0), hectares=float(hectares[label == place].sum()),
            cells=tuple((one, band(one.households, count)) for one in bands),
            inside=least <= count <= most,
            outside=outside(bands[0].households, count) if name in plan.outside else "",
            reason=plan.reasons.get(name, ""),
        )  # fmt: skip

    rows = tuple(row(place, name) for place, name in enumerate(plan.names))
    people = None if persons is None else said(ground.note_of("persons"))
    return Statement(plan, bands, rows, method_of(plan), people)


def course_of_new(plan: Plan) -> str:
    """Say how far new communities are: approved, plaque up, elected; '' before the plan is put in force."""
    if not plan.enactments.filter(undone_at=None).exists():
        return ""
    done = set(plan.project.marks.filter(withdrawn_at=None, state=Mark.State.SIGNED).values_list("step", flat=True))
    reached = [words for step, words in COURSE.items() if step in done]
    return str(reached[-1] if reached else Division.Status.PREPARING.label)


def sides_of(plan: Plan) -> list[tuple[str, str]]:
    """Return the four sides of each community, as the papers have them."""
    blocks = ground_of(plan.project)
    if len(plan.labels) < len(blocks):
        return []
    written = generated_sides(plan)
    by_hand = by_hand_of(plan)
    return [
        (
            name,
            sides_text(
                {**written[name], **{side: one.words for side, one in by_hand.get(name, {}).items()}},
                {side: one.mark for side, one in by_hand.get(name, {}).items()},
            ),
        )
        for name in plan.names
    ]


def generated_sides(plan: Plan) -> dict[str, dict[str, str]]:
    """Return the four sides of each community of a version as they are read off the ground."""
    return _generated(plan, ground_stamp())


@lru_cache(maxsize=16)
def _generated(plan: Plan, _stamp: int) -> dict[str, dict[str, str]]:
    """Return the generated sides, kept until the ground changes: a version's division never does."""
    blocks = ground_of(plan.project)
    return four_sides(blocks, np.array([plan.community_of(code) for code in blocks.ids], dtype=object))


def method_of(plan: Plan, *, brief: bool = False) -> str:
    """Say how a version was found and what is known of better ones; the papers say the same.

    Parameters
    ----------
    brief
        Without figures and reasons, for a petition.
    """
    if plan.proof.get("status") == "proven":
        return _("本方案经计算机比选得出；经计算证明，在所列规则和目标下没有更优的划法。")
    if plan.source == Plan.Source.HAND:
        return _("本方案由人工划定，没有与更好的划法比过。")
    if brief:
        return _("本方案经计算机比选得出，未能证明为最优。")
    objective, bound = plan.proof.get("objective"), plan.proof.get("bound")
    gap = relative_gap(objective, bound)
    if gap is None:
        words = _("本方案经计算机比选得出，未能证明为最优（%(why)s）；与最优相差多少没有算出。")
        return words % {"why": why_unproven(plan)}
    said = {"bound": f"{bound:,.0f}", "objective": f"{objective:,.0f}", "gap": f"{gap:.1%}"}
    return (
        _(
            "本方案经计算机比选得出，未能证明为最优；"
            "已知同一目标下任何划法不低于%(bound)s，本方案为%(objective)s，相差不超过%(gap)s。"
        )
        % said
    )


def outside(law: tuple[int, int] | None, households: int) -> str:
    """Say how a community lies to the law's band from outside."""
    return _("低于法定一般规模") if law and households < law[0] else _("超出法定一般规模")


def reasons_wanted(plan: Plan) -> list[str]:
    """Name the communities outside the law's band for which nobody said why: without it no plan is published."""
    return [name for name in plan.outside if not plan.reasons.get(name)]


def reasons_lacking(plan: Plan) -> str:
    """Say which reasons still lack; '' where none does."""
    names = reasons_wanted(plan)
    return _("不在法定一般规模之内，还没说明理由：%(names)s") % {"names": "、".join(names)} if names else ""
