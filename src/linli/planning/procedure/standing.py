"""How far a project is in its procedure: what is done, what is open to whom until when, what a gate still misses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters.clocks import office_clock
from linli.org.actors import Actor
from linli.org.models import Post
from linli.planning.models import Mark, Plan, Project
from linli.planning.procedure.appraising import appraisal_lacks
from linli.planning.procedure.course import Course, Phase, Step, course_of
from linli.planning.procedure.lacks import Lack
from linli.planning.procedure.needs import Facts, lacking
from linli.workdays import Clock

PERMISSION = "planning.sign"
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Stage:
    """A step as it stands: its mark, or whether it is open, what it misses, its first and last day."""

    step: Step
    mark: Mark | None
    open: bool
    missing: tuple[Lack, ...] = ()
    earliest: date | None = None
    due: date | None = None
    late: bool = False

    @property
    def ready(self) -> bool:
        """Whether it can be signed now."""
        return self.mark is None and self.open and not self.missing


@dataclass(frozen=True)
class Gate:
    """A phase with its stages, open since a moment; it is passed when each is signed or waived."""

    phase: Phase
    stages: tuple[Stage, ...]
    open: bool
    since: datetime | None = None

    @property
    def passed(self) -> bool:
        """Whether what follows may begin."""
        return all(one.mark for one in self.stages)

    @property
    def done(self) -> int:
        """How many of its steps are signed or waived."""
        return sum(one.mark is not None for one in self.stages)


class Standing:
    """A project's procedure at a moment.

    Parameters
    ----------
    project
        With its street.
    now
        The moment; this one where none is given.
    """

    def __init__(self, project: Project, now: datetime | None = None) -> None:
        self.project, self.now = project, now or timezone.now()
        self.facts = Facts(project, timezone.localdate(self.now))
        self.course: Course = course_of(project.procedure)
        rows = project.marks.filter(withdrawn_at=None).select_related("post__division")
        self.marks: dict[str, Mark] = {one.step: one for one in rows}
        self.clock: Clock = office_clock(project.street)
        self.gates = self._gates()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All steps in order."""
        return tuple(one for gate in self.gates for one in gate.stages)

    def stage(self, key: str) -> Stage | None:
        """Return a step by its key."""
        return next((one for one in self.stages if one.step.key == key), None)

    def before_enactment(self, plan: Plan) -> list[Lack]:
        """Say what is missing before a plan may be put in force; nothing where all of it is done or waived."""
        correcting = self.facts.enactment is not None and self.facts.enactment.from_day <= self.facts.today
        missing = self.up_to(self.course.enact_after, None if correcting else plan)
        shown = self.facts.published
        waived = any(
            "published" in step.needs and self.marks[step.key].state == Mark.State.WAIVED
            for step in self.course.steps
            if step.key in self.marks
        )
        asked = any("published" in step.needs for step in self.course.before_enactment())
        if asked and not missing and not waived and not correcting and (shown is None or shown.pk != plan.pk):
            place = reverse("planning:plan", args=[self.project.pk, shown.number]) if shown else ""
            missing.append(Lack(_("公示的不是这个方案"), place))
        return missing

    def up_to(self, phase: str, plan: Plan | None = None) -> list[Lack]:
        """Return what is missing up to the end of a phase: steps without a mark, opinions on a version where one is."""
        place = reverse("planning:procedure", args=[self.project.pk])
        lacks: list[Lack] = []
        for step in self.course.up_to(phase):
            mark = self.marks.get(step.key)
            if mark is not None and mark.state == Mark.State.WAIVED:
                continue
            wanting = appraisal_lacks(self.facts, step, plan)
            if mark is None and not wanting:
                wanting = [Lack(_("“%(step)s”没有签办") % {"step": step.words}, f"{place}#step-{step.key}")]
            lacks += wanting
        return lacks

    def _gates(self) -> tuple[Gate, ...]:
        gates: list[Gate] = []
        opened, passed = self.project.made_at or self.now, True
        for phase in self.course.phases:
            stages: list[Stage] = []
            begun, clear = opened, passed
            for step in self.course.by_phase[phase.key]:
                stages.append(self._stage(step, begun, open=clear))
                if phase.in_order:
                    mark = stages[-1].mark
                    clear = clear and mark is not None
                    begun = max(begun, mark.at) if mark else begun
            gates.append(Gate(phase, tuple(stages), passed, opened if passed else None))
            passed = passed and gates[-1].passed
            opened = max([opened, *(one.mark.at for one in stages if one.mark)])
        return tuple(gates)

    def _stage(self, step: Step, opened: datetime, *, open: bool) -> Stage:
        mark = self.marks.get(step.key)
        if mark is not None or not open:
            return Stage(step, mark, open)
        missing = [one for one in (lacking(need, self.facts) for need in step.needs) if one]
        missing += appraisal_lacks(self.facts, step)
        earliest = self._passed(step, opened)
        if earliest is not None and earliest > self.facts.today:
            missing.append(Lack(_("须满期限，%(day)s 起才能签办。") % {"day": earliest.isoformat()}))
        due = self._day(step, opened, step.within) if step.within else None
        late = due is not None and due < self.facts.today
        return Stage(step, None, True, tuple(dict.fromkeys(missing)), earliest, due, late)

    def _passed(self, step: Step, opened: datetime) -> date | None:
        """The first day on which the least number of days has passed; None where none must, or they do not run."""
        if not step.least_days:
            return None
        since: datetime | None = opened
        if step.counts_from == "published":
            since = self.facts.published.published_at if self.facts.published else None
        elif step.counts_from == "in_force":
            day = self.facts.enactment.from_day if self.facts.enactment else None
            since = timezone.make_aware(datetime(day.year, day.month, day.day)) if day else None
        if since is None:
            return None
        last = self._day(step, since, step.least_days)
        return last and date.fromordinal(last.toordinal() + 1)

    def _day(self, step: Step, since: datetime, days: int) -> date | None:
        """The last day of a limit; the day on which it begins does not count."""
        limit = step.limit(days, f"{self.project.procedure.code}@{self.project.procedure.version}")
        due = self.clock.deadline(since, limit).due
        # days end at midnight or at the last closing: an instant before it lies on the last day
        return due and timezone.localdate(due - MOMENT)


def signing_post(actor: Actor, project: Project, step: Step) -> Post | None:
    """Return the post by which an actor may sign a step: its role is named, its area holds some of the project."""
    places = [project.street.path, *(one.path for one in project.scope.all())]
    for grant in sorted(actor.grants, key=lambda one: -len(one.path)):
        here = any(place.startswith(grant.path) for place in places)
        if here and PERMISSION in grant.permissions and grant.post.role.code in step.signs:
            return grant.post
    return None


def may_sign(actor: Actor, project: Project, step: Step) -> bool:
    """Whether an actor may sign a step."""
    return actor.system or signing_post(actor, project, step) is not None
