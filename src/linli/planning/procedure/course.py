"""Procedures between database, shipped table and the course of a project: reading, checking, comparing versions."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.org.models import said_in
from linli.planning.procedure.models import Procedure, Proposal
from linli.planning.procedure.needs import NEEDS
from linli.workdays import Limit, Unit

UNITS = (Unit.NATURAL_DAYS, Unit.WORKING_DAYS)
MOMENTS = ("opened", "published", "in_force")
EACH = ("body", "person")
MOST_DAYS = 3650
MOST_OPINIONS = 30
SHIPPED = "system"  # who published the versions that come with Linli
COURSE = ("phases", "steps", "enact_after", "publish_after", "pack_after", "second")  # what a version says


@dataclass(frozen=True)
class Phase:
    """Steps between two gates, planned for some natural days; where `in_order` each waits for the one before."""

    key: str
    title: str
    title_en: str = ""
    in_order: bool = False
    within: int = 0

    @property
    def words(self) -> str:
        """The title in the reader's language."""
        return said_in(self.title, self.title_en)


@dataclass(frozen=True)
class Step:
    """One step of a procedure.

    Parameters
    ----------
    key, phase
        Its name and that of its phase.
    decides
        The body whose decision it is, in words.
    signs
        Codes of roles, one of which records it.
    needs
        Names of `NEEDS`: what the data must show before it can be signed.
    paper
        Whether a document number, or the name of a record, is asked for.
    least_days, counts_from
        Days that must have passed since a moment of `MOMENTS`.
    within
        Days in which it is due once it is open.
    unit
        Of both: natural or working days.
    waivable
        Whether a project may ever go on without it.
    second
        Whether another person confirms its signature.
    opinions
        How many opinions (论证意见) that do not refuse must be recorded before it can be signed.
    each
        Whose opinion counts once: that of a `body`, or that of a `person`.
    """

    key: str
    phase: str
    title: str
    title_en: str = ""
    decides: str = ""
    decides_en: str = ""
    signs: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    paper: bool = False
    least_days: int = 0
    counts_from: str = "opened"
    within: int = 0
    unit: str = Unit.NATURAL_DAYS.value
    hint: str = ""
    hint_en: str = ""
    waivable: bool = True
    second: bool = False
    opinions: int = 0
    each: str = "body"

    @property
    def words(self) -> str:
        """The title in the reader's language."""
        return said_in(self.title, self.title_en)

    @property
    def decided_by(self) -> str:
        """The deciding body in the reader's language."""
        return said_in(self.decides, self.decides_en)

    @property
    def advice(self) -> str:
        """What belongs to it, in the reader's language."""
        return said_in(self.hint, self.hint_en)

    def limit(self, days: int, version: str) -> Limit:
        """Return some of its days as a limit that names the version which states it."""
        return Limit(days, Unit(self.unit), rule=f"{self.key}@{version}")


@dataclass(frozen=True)
class Course:
    """A procedure's phases and steps, the phases after which an act is free, and acts that a second person confirms."""

    phases: tuple[Phase, ...]
    steps: tuple[Step, ...]
    enact_after: str
    publish_after: str = ""
    pack_after: str = ""
    second: tuple[str, ...] = ()
    by_phase: dict[str, tuple[Step, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        grouped = {one.key: tuple(step for step in self.steps if step.phase == one.key) for one in self.phases}
        object.__setattr__(self, "by_phase", grouped)

    @property
    def appraised(self) -> tuple[Step, ...]:
        """The steps for which opinions are recorded."""
        return tuple(step for step in self.steps if step.opinions)

    def before_enactment(self) -> tuple[Step, ...]:
        """Return the steps without which no plan takes effect."""
        return self.up_to(self.enact_after)

    def up_to(self, phase: str) -> tuple[Step, ...]:
        """Return the steps up to the end of a phase; none where there is no such phase."""
        keys = [one.key for one in self.phases]
        passed = keys[: keys.index(phase) + 1] if phase in keys else []
        return tuple(step for key in passed for step in self.by_phase[key])


def course_of(procedure: Procedure) -> Course:
    """Return a stored version as the course that is reckoned with."""
    return read_course({name: getattr(procedure, name) for name in COURSE})


def read_course(table: Mapping[str, Any]) -> Course:
    """Return a table's course.

    Raises
    ------
    ValidationError
        A step without title, twice, of an unknown phase, need, unit or moment, or signed by nobody.
    """
    phases = tuple(Phase(**one) for one in table["phases"])
    known = {one.name for one in fields(Step)}
    steps: list[Step] = []
    for k, row in enumerate(table["steps"], 1):
        unknown = sorted(set(row) - known)
        if unknown:
            raise ValidationError(_("第 %(row)d 步没有这一项：%(name)s") % {"row": k, "name": unknown[0]}, code="steps")
        step = Step(**{**row, "signs": tuple(row.get("signs", ())), "needs": tuple(row.get("needs", ()))})
        _check(k, step, {one.key for one in phases}, {one.key for one in steps})
        steps.append(step)
    order = {one.key: k for k, one in enumerate(phases)}
    steps.sort(key=lambda step: order[step.phase])
    gates = {name: str(table.get(name, "")) for name in ("enact_after", "publish_after", "pack_after")}
    second = tuple(table.get("second", ()))
    if not set(second) <= set(Proposal.Act.values):
        raise ValidationError(_("要第二人复核的事不认识：%(names)s") % {"names": "、".join(second)}, code="second")
    return Course(phases, tuple(steps), **gates, second=second)


def _check(row: int, step: Step, phases: set[str], before: set[str]) -> None:
    for wrong, words in (
        (not step.title.strip(), _("没有名称")),
        (step.key in before, _("代号重复")),
        (step.phase not in phases, _("阶段不存在")),
        (not step.signs, _("没有写明谁签办")),
        (not set(step.needs) <= set(NEEDS), _("前提条件不认识")),
        (step.unit not in UNITS or step.counts_from not in MOMENTS, _("天数的算法不认识")),
        (not 0 <= step.least_days <= MOST_DAYS or not 0 <= step.within <= MOST_DAYS, _("天数不对")),
        (not 0 <= step.opinions <= MOST_OPINIONS or step.each not in EACH, _("论证意见的份数不对")),
    ):
        if wrong:
            said = {"row": row, "title": step.title, "words": words}
            raise ValidationError(_("第 %(row)d 步“%(title)s”：%(words)s") % said, code="steps")


def shipped_course() -> Course:
    """Return the procedure that comes with Linli."""
    return read_course(_shipped())


def _shipped() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "procedure.toml").read_text(encoding="utf-8"))


def load_procedures(**_options: Any) -> None:
    """Publish the shipped procedure where the database has none, or an older shipped one as its newest version.

    A version that the district published itself is never overtaken.
    """
    table = _shipped()
    read_course(table)
    last = Procedure.objects.filter(code=table["code"]).order_by("-version").first()
    if last is None or (last.by == SHIPPED and any(getattr(last, name) != said for name, said in table.items())):
        Procedure.objects.create(version=last.version + 1 if last else 1, by=SHIPPED, **table)


def newest() -> Procedure:
    """Return the version that new projects follow."""
    return Procedure.objects.order_by("-published_at", "-version")[0]


def as_rows(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Return steps as they are stored."""
    return [{**asdict(step), "signs": list(step.signs), "needs": list(step.needs)} for step in steps]


def differences(older: Procedure, newer: Procedure) -> list[tuple[str, str, str]]:
    """Return what a version changed: the step, what it was, what it is."""
    before, after = ({step.key: step for step in course_of(one).steps} for one in (older, newer))
    return [
        (step.words, told(before.get(key)), told(after.get(key)))
        for key, step in {**before, **after}.items()
        if before.get(key) != after.get(key)
    ]


def told(step: Step | None) -> str:
    """Say in a line what a step asks; '—' where there is none."""
    if step is None:
        return "—"
    said = [step.decided_by]
    if step.least_days:
        said.append(_("满 %(days)d %(unit)s") % {"days": step.least_days, "unit": unit_words(step.unit)})
    if step.within:
        said.append(_("%(days)d %(unit)s内") % {"days": step.within, "unit": unit_words(step.unit)})
    if step.paper:
        said.append(_("要文号或材料"))
    if step.opinions:
        said.append(_("论证意见不少于 %(n)d 份") % {"n": step.opinions})
    if not step.waivable:
        said.append(_("不得豁免"))
    if step.second:
        said.append(_("第二人复核"))
    return " · ".join(part for part in said if part)


def unit_words(unit: str) -> str:
    """What a unit of days is called."""
    return _("个工作日") if unit == Unit.WORKING_DAYS.value else _("个自然日")
