"""阶段进度: phases as a Gantt chart from what was planned and what was done; a late one is red and says by how much."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from linli.planning.models import Mark, Project
from linli.planning.procedure.standing import Standing
from linli.planning.procedure.timeline import spans_of
from linli.planning.tests.small import pass_steps

ClientOf = Callable[[str], Client]


def test_phases_follow_one_another_as_planned(project: Project) -> None:
    today = timezone.localdate()
    spans = spans_of(Standing(project))
    assert [one.phase.key for one in spans][:3] == ["draft", "appraisal", "hearing"]
    assert [one.state for one in spans] == ["going", *["off"] * 7]
    assert spans[0].planned == today + timedelta(days=60)
    assert (spans[1].since, spans[1].planned) == (today + timedelta(days=60), today + timedelta(days=90))
    assert all(one.late == 0 for one in spans)
    assert spans[-1].plan[0] + spans[-1].plan[1] <= 100


def test_a_late_phase_is_red_and_one_that_was_late_stays_so(project: Project, client_of: ClientOf) -> None:
    opened = timezone.now() - timedelta(days=100)
    Project.objects.filter(pk=project.pk).update(made_at=opened)
    project.refresh_from_db()
    (draft, *_later) = spans_of(Standing(project))
    assert (draft.state, draft.late) == ("going", 40)
    page = client_of("jiedao").get(f"/planning/projects/{project.pk}/procedure/").content.decode()
    assert "已晚 40 天" in page
    assert len(re.findall(r'<rect class="late"', page)) == 1
    pass_steps(project, "survey", "options", "consult")
    Mark.objects.filter(project=project).update(at=opened + timedelta(days=70))
    draft, appraisal, hearing, *_later = spans_of(Standing(project))
    assert (draft.state, draft.late, draft.until) == ("done", 10, timezone.localdate(opened + timedelta(days=70)))
    assert (appraisal.state, appraisal.late) == ("going", 0), "it runs from when it was opened"
    assert hearing.since == appraisal.planned


def test_a_procedure_that_plans_no_days_is_never_late(project: Project) -> None:
    procedure = project.procedure
    procedure.phases = [{name: said for name, said in one.items() if name != "within"} for one in procedure.phases]
    procedure.save()
    Project.objects.filter(pk=project.pk).update(made_at=timezone.now() - timedelta(days=900))
    project.refresh_from_db()
    spans = spans_of(Standing(project))
    assert {(one.late, one.planned) for one in spans} == {(0, None)}
    assert [one.since for one in spans[1:]] == [None] * 7, "nobody knows when they will begin"
