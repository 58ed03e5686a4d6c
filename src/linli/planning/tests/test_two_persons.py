"""Acts that need two persons: proposed, confirmed by another, refused, taken back; never by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org.actors import SYSTEM, Actor, actor_of
from linli.org.models import Division
from linli.org.tests.world import World
from linli.planning.actions.confirm import begin, confirm, refuse
from linli.planning.actions.enact import enact, undo_enactment
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.sign_step import sign_step
from linli.planning.effects import effects
from linli.planning.models import Enactment, Mark, Plan, Project, Proposal
from linli.planning.procedure.standing import Standing
from linli.planning.tests.small import clear_way, colleague, pass_steps, ready
from linli.planning.verifying import _checked, verification

ClientOf = Callable[[str], Client]
WHY = "试点项目，区领导小组已按另一程序审过"


@pytest.fixture
def officers(world: World) -> tuple[Actor, Actor]:
    """Two officers of the district."""
    return actor_of(world.account("quji")), actor_of(colleague(world))


def waiver(actor: Actor, project: Project) -> Proposal:
    made = begin(actor, project=project, act="waive", said={"steps": ["survey"], "reason": WHY})
    assert isinstance(made, Proposal)
    return made


def test_the_second_person_is_another(project: Project, officers: tuple[Actor, Actor], world: World) -> None:
    first, second = officers
    made = waiver(first, project)
    assert not Mark.objects.exists()
    assert not Entry.objects.filter(verb="planning.waive_steps").exists(), "the rehearsal left nothing"
    with pytest.raises(ValidationError) as error:
        confirm(first, proposal=made)
    assert error.value.code == "same_person"
    with pytest.raises(PermissionDenied):
        confirm(actor_of(world.account("jiedao")), proposal=made)
    confirm(second, proposal=made)
    assert Mark.objects.get().state == Mark.State.WAIVED
    content = Entry.objects.get(verb="planning.waive_steps").content
    assert first.reference in content
    assert second.reference in content
    with pytest.raises(ValidationError) as error:
        confirm(second, proposal=made)
    assert error.value.code == "settled"


def test_the_same_is_proposed_once_and_may_be_taken_back(project: Project, officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    made = waiver(first, project)
    with pytest.raises(ValidationError) as error:
        waiver(second, project)
    assert error.value.code == "waiting"
    with pytest.raises(ValidationError):
        refuse(second, proposal=made, words=" ")
    refuse(first, proposal=made, words="还要商量")
    made.refresh_from_db()
    assert (made.state, made.words) == (Proposal.State.WITHDRAWN, "还要商量")
    again = waiver(second, project)
    refuse(first, proposal=again, words="调研已经做了")
    again.refresh_from_db()
    assert again.state == Proposal.State.REFUSED
    assert not Mark.objects.exists()


def test_what_cannot_be_done_is_not_proposed(project: Project, officers: tuple[Actor, Actor]) -> None:
    with pytest.raises(ValidationError) as error:
        begin(officers[0], project=project, act="waive", said={"steps": ["notice"], "reason": WHY})
    assert "不得豁免" in error.value.messages[0]
    assert not Proposal.objects.exists()


def test_a_step_that_asks_for_two_is_signed_by_two(project: Project, officers: tuple[Actor, Actor]) -> None:
    first, second = officers
    course = Standing(project).course
    pass_steps(project, *(one.key for one in course.before_enactment() if one.key != "reply"))
    with pytest.raises(ValidationError) as error:
        sign_step(first, project=project, step="reply", paper="云政复〔2026〕1号")
    assert error.value.code == "second"
    made = begin(first, project=project, act="sign", subject="reply", said={"paper": "云政复〔2026〕1号"})
    assert isinstance(made, Proposal)
    confirm(second, proposal=made)
    assert Mark.objects.get(step="reply").paper == "云政复〔2026〕1号"


def test_a_plan_is_published_enacted_and_undone_by_two(
    found: Plan, officers: tuple[Actor, Actor], world: World
) -> None:
    first, second = officers
    clerk, project = actor_of(world.account("jiedao")), found.project
    with pytest.raises(ValidationError) as error:
        publish_plan(clerk, plan=ready(found))
    assert error.value.code == "second"
    made = begin(clerk, project=project, act="publish", subject="1", said={"days": 30})
    assert isinstance(made, Proposal)
    found.refresh_from_db()
    assert found.published_at is None
    confirm(first, proposal=made)
    found.refresh_from_db()
    assert found.published_to == timezone.localdate() + timedelta(days=30)
    clear_way(project)
    day = timezone.localdate() + timedelta(days=2)
    with pytest.raises(ValidationError) as error:
        enact(first, plan=found, from_day=day, paper="批复1号")
    assert error.value.code == "second"
    said = {"from_day": day, "paper": "批复1号", "held": ["B00"], "matters": {}}
    told = effects(first, project=project, act="enact", subject="1", said=said)
    assert not Enactment.objects.exists()
    assert not Division.objects.filter(temporary=True).exists(), "what it would do was told, nothing was done"
    assert any("户换社区" in words for words in told)
    assert any("B00" in words for words in told)
    made = begin(first, project=project, act="enact", subject="1", said=said)
    assert isinstance(made, Proposal)
    confirm(second, proposal=made)
    done = Enactment.objects.get()
    assert (done.from_day, list(done.held)) == (day, ["B00"])
    with pytest.raises(ValidationError):
        undo_enactment(second, enactment=done)
    made = begin(second, project=project, act="undo", subject=str(done.pk), said={})
    assert isinstance(made, Proposal)
    confirm(first, proposal=made)
    done.refresh_from_db()
    assert done.undone_at is not None


def test_what_is_missing_is_said_before_the_form(found: Plan, client_of: ClientOf) -> None:
    officer, project = client_of("quji"), found.project
    root = f"/planning/projects/{project.pk}"
    page = officer.get(f"{root}/1/enact").content.decode()
    assert f'href="{root}/procedure/#step-survey"' in page
    assert 'name="paper"' not in page
    assert (
        officer.post(f"{root}/1/enact", {"from_day": "2030-01-01", "paper": "批复1号", "sure": "1"}).status_code == 409
    )
    clerk = client_of("jiedao")
    page = clerk.get(f"{root}/procedure/options/sign").content.decode()
    assert f'href="{root}/procedure/"' in page
    assert 'name="note"' not in page
    sign_step(SYSTEM, project=project, step="survey")
    assert f'href="{root}/run"' in clerk.get(f"{root}/procedure/options/sign").content.decode()


def test_households_that_leave_are_counted_from_the_blocks(found: Plan) -> None:
    clear_way(found.project)
    day = timezone.localdate() + timedelta(days=1)
    told = effects(SYSTEM, project=found.project, act="enact", subject="1", said={"from_day": day, "paper": "批复1号"})
    moved = sum(found.community_of(code) != "团结" for code in found.labels)
    assert f"{moved} 个地块、{moved * 300:,} 户换社区" in told[0]


def test_a_version_is_rechecked_once_however_often_its_publication_is_rehearsed(found: Plan) -> None:
    before = _checked.cache_info().misses
    assert verification(found) == verification(Plan.objects.get(pk=found.pk))
    assert _checked.cache_info().misses == before + 1
    found.reasons = {**found.reasons, "团结": "另有理由"}
    verification(found)
    assert _checked.cache_info().misses == before + 2
