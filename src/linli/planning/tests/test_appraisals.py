"""论证和会签: opinions with conclusion, signatory and file; what they gate; files that prove a step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from linli.ledger.checking import check
from linli.ledger.models import Entry
from linli.org.actors import SYSTEM, actor_of
from linli.org.tests.world import World
from linli.planning.actions.appraise import answer_appraisal, record_appraisal, withdraw_appraisal
from linli.planning.actions.put_evidence import put_evidence, read_evidence, withdraw_evidence
from linli.planning.actions.save_plan import save_plan
from linli.planning.actions.sign_step import sign_step, take_back_step
from linli.planning.evidence import MOST_BYTES, MOST_FILES, Given
from linli.planning.models import Appraisal, Evidence, Plan, Project
from linli.planning.procedure.standing import Standing
from linli.planning.tests.small import SCAN, appraise, pass_steps, scan

ClientOf = Callable[[str], Client]


def given(plan: Plan, step: str = "legality", **said: Any) -> Appraisal:
    """Record an opinion of the judicial office, but for what is said otherwise."""
    usual = {
        "body": "司法所", "person": "（试验）", "conclusion": "agree", "words": "合法", "day": timezone.localdate(),
        "attached": [scan()],
    }  # fmt: skip
    actor = said.pop("actor", SYSTEM)
    return record_appraisal(actor, project=plan.project, step=step, plan=plan, **{**usual, **said})


def lacks(project: Project, step: str) -> list[str]:
    """What a step of the appraisal still lacks, in words; everything before it is done."""
    stage = Standing(project).stage(step)
    assert stage is not None
    return [str(one) for one in stage.missing]


@pytest.fixture
def drafted(found: Plan) -> Plan:
    """A plan whose drafting is done, so that the appraisal is open."""
    pass_steps(found.project, "survey", "options", "consult")
    return found


def test_an_opinion_stands_with_its_file_in_the_ledger(drafted: Plan, world: World) -> None:
    clerk, secretary = (actor_of(world.account(name)) for name in ("jiedao", "shuji"))
    with pytest.raises(PermissionDenied):
        given(drafted, actor=secretary)
    made = given(drafted, actor=clerk)
    file = made.files.get()
    assert file.sha256 == hashlib.sha256(SCAN).hexdigest()
    entry = Entry.objects.get(verb="planning.record_appraisal")
    assert entry.public
    assert file.sha256 in entry.content
    assert "（试验）" not in entry.content, "who signed is told to those who take part alone"
    assert given(drafted, actor=clerk) == made, "the same form sent twice"
    with pytest.raises(ValidationError) as error:
        given(drafted, actor=clerk, conclusion="refuse")
    assert error.value.code == "body", "another opinion of the same signatory is a correction"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"step": "survey"}, "step"), ({"day": timezone.localdate() + timedelta(days=1)}, "day"),
        ({"attached": []}, "attached"), ({"attached": [scan(b"MZ, a program", "a.pdf")]}, "attached"),
        ({"attached": [scan(b"")]}, "attached"), ({"attached": [scan()] * (MOST_FILES + 1)}, "attached"),
        ({"attached": [scan(b"PK\x03\x04 no zip", "a.ofd")]}, "attached"),
    ],
)  # fmt: skip
def test_what_is_no_opinion_is_refused_and_leaves_no_file(drafted: Plan, wrong: dict[str, Any], code: str) -> None:
    folder = Path(site.MEDIA_ROOT) / "evidence"
    before = set(folder.glob("*")) if folder.is_dir() else set()
    with pytest.raises(ValidationError) as error:
        given(drafted, **wrong)
    assert error.value.code == code
    assert not Appraisal.objects.exists()
    assert (set(folder.glob("*")) if folder.is_dir() else set()) == before
    for blank in ("body", "person", "words"):
        with pytest.raises(ValidationError):
            given(drafted, **{blank: " "})


def test_a_file_that_is_too_large_is_not_read(drafted: Plan) -> None:
    def read() -> bytes:
        raise AssertionError("read before its size was known to be right")

    with pytest.raises(ValidationError):
        given(drafted, attached=[Given("a.pdf", MOST_BYTES + 1, read)])


def test_a_step_waits_for_its_opinions_each_signatory_counted_once(drafted: Plan, world: World) -> None:
    project, clerk = drafted.project, actor_of(world.account("jiedao"))
    with pytest.raises(ValidationError) as error:
        sign_step(clerk, project=project, step="experts")
    assert "现有 0 份" in error.value.messages[0]
    for k in range(2):
        given(drafted, "experts", body="云州大学", person=f"专家{k}")
    assert "现有 2 份" in lacks(project, "experts")[0]
    given(drafted, "experts", body="云州大学", person="专家2", conclusion="refuse")
    assert ["现有 2 份" in one or "不同意" in one for one in lacks(project, "experts")] == [True, True]
    given(drafted, "experts", body="设计院", person="专家3", conclusion="amend")
    assert len(lacks(project, "experts")) == 2, "what asks for changes wants an answer, like what refuses"
    for one in Appraisal.objects.exclude(conclusion="agree"):
        answer_appraisal(clerk, appraisal=one, answer="已在 V2 改了东侧界线")
    assert lacks(project, "experts") == []
    assert sign_step(clerk, project=project, step="experts").step == "experts"
    for k in range(2):
        given(drafted, "departments", body="区民政局", person=f"经办{k}")
    assert "现有 1 份" in lacks(project, "departments")[0], "a department signs once"


def test_an_opinion_is_corrected_and_taken_back_with_a_reason(drafted: Plan, world: World) -> None:
    project, clerk = drafted.project, actor_of(world.account("jiedao"))
    first = given(drafted, conclusion="refuse")
    with pytest.raises(ValidationError):
        given(drafted, instead_of=first, reason=" ")
    second = given(drafted, instead_of=first, reason="结论抄错", attached=[])
    first.refresh_from_db()
    assert first.withdrawn_why == "结论抄错"
    assert second.files.get().sha256 == first.files.get().sha256, "its file goes on"
    assert lacks(project, "legality") == []
    sign_step(clerk, project=project, step="legality")
    with pytest.raises(ValidationError) as error:
        withdraw_appraisal(clerk, appraisal=second, reason="不算数")
    assert error.value.code == "signed"
    take_back_step(clerk, project=project, step="legality", reason="重新审")
    with pytest.raises(PermissionDenied):
        withdraw_appraisal(actor_of(world.account("shuji")), appraisal=second, reason="不算数")
    withdraw_appraisal(clerk, appraisal=second, reason="不算数")
    assert "现有 0 份" in lacks(project, "legality")[0]
    with pytest.raises(ValidationError):
        answer_appraisal(clerk, appraisal=second, answer="采纳")


def test_a_plan_is_carried_by_opinions_on_it_or_on_what_it_grew_from(drafted: Plan) -> None:
    project = drafted.project
    communities = {code: drafted.community_of(code) for code in drafted.labels}
    child = save_plan(SYSTEM, project=project, base=drafted, communities=communities, why="小改")
    appraise(drafted)
    for step in Standing(project).course.appraised:
        sign_step(SYSTEM, project=project, step=step.key)
    for plan in (drafted, child):
        assert Standing(project).up_to("appraisal", plan) == []
    Plan.objects.filter(pk=child.pk).update(parent=None)
    words = [str(one) for one in Standing(project).up_to("appraisal", child)]
    assert len(words) == 4, "opinions on another plan say nothing of this one"
    assert all("V2" in one for one in words)


def faults_of(thing: str) -> list[int]:
    """The entries that a check of the ledger finds fault with for one thing; fixtures bend others."""
    with connection.cursor() as cursor:
        return [seq for seq, words in check(cursor, connection.vendor).faults if words.endswith(f": {thing}")]


def test_a_forged_opinion_and_a_forged_digest_do_not_verify(drafted: Plan) -> None:
    made = given(drafted, conclusion="refuse")
    assert faults_of(made.reference) == []
    last = Entry.objects.get(object=made.reference).seq
    with connection.cursor() as cursor:
        cursor.execute("UPDATE planning_appraisal SET conclusion = 'agree'")
        assert faults_of(made.reference) == [last]
        cursor.execute("UPDATE planning_appraisal SET conclusion = 'refuse'")
        cursor.execute("UPDATE planning_evidence SET sha256 = %s", ["0" * 64])
        assert faults_of(made.reference) == [last]


def test_minutes_are_put_to_a_step_and_bound_by_its_signature(project: Project, world: World) -> None:
    clerk, secretary = (actor_of(world.account(name)) for name in ("jiedao", "shuji"))
    with pytest.raises(PermissionDenied):
        put_evidence(secretary, project=project, step="survey", attached=[scan()])
    (file,) = put_evidence(clerk, project=project, step="survey", attached=[scan(), scan()])
    assert put_evidence(clerk, project=project, step="survey", attached=[scan()]) == [], "sent twice"
    (wrong,) = put_evidence(clerk, project=project, step="survey", attached=[scan(SCAN + b" of another")])
    withdraw_evidence(clerk, evidence=wrong, reason="放错了")
    sign_step(clerk, project=project, step="survey")
    entry = Entry.objects.get(verb="planning.sign_step")
    assert file.sha256 in entry.content
    assert wrong.sha256 not in entry.content
    with pytest.raises(ValidationError) as error:
        withdraw_evidence(clerk, evidence=file, reason="不要了")
    assert error.value.code == "signed"
    assert faults_of(file.reference) == faults_of(wrong.reference) == []


def test_a_file_is_read_by_who_takes_part_and_only_while_it_is_what_was_kept(project: Project, world: World) -> None:
    clerk, secretary = (actor_of(world.account(name)) for name in ("jiedao", "shuji"))
    (file,) = put_evidence(clerk, project=project, step="survey", attached=[scan()])
    with pytest.raises(PermissionDenied):
        read_evidence(actor_of(world.account("wangge")), evidence=file)
    assert read_evidence(secretary, evidence=file) == SCAN
    assert Entry.objects.get(verb="planning.read_evidence").actor == secretary.reference
    (Path(site.MEDIA_ROOT) / file.path).write_bytes(SCAN + b"!")
    with pytest.raises(ValidationError) as error:
        read_evidence(secretary, evidence=file)
    assert error.value.code == "altered"


def test_the_pages(drafted: Plan, client_of: ClientOf) -> None:
    clerk, secretary, root = client_of("jiedao"), client_of("shuji"), f"/planning/projects/{drafted.project_id}"

    def upload() -> SimpleUploadedFile:
        return SimpleUploadedFile("意见.pdf", SCAN, "application/pdf")

    said = {
        "plan": "1", "body": "司法所", "person": "张某", "conclusion": "amend", "words": "补名称依据",
        "day": "2026-03-02",
    }  # fmt: skip
    form = f"{root}/appraisals/legality/record"
    assert secretary.get(form).status_code == 404
    assert clerk.get(f"{root}/appraisals/survey/record").status_code == 404
    assert clerk.post(form, said).status_code == 422
    assert clerk.post(form, {**said, "attached": upload()}).status_code == 302
    one = Appraisal.objects.get()
    page = secretary.get(f"{root}/appraisals/").content.decode()
    assert one.files.get().sha256 in page
    assert "还没写采纳情况" in page
    assert form not in page, "who may not record is not led there"
    assert f"{root}/appraisals/#step-legality" in clerk.get(f"{root}/procedure/").content.decode()
    assert secretary.get(f"/planning/appraisals/{one.pk}/answer").status_code == 404
    assert clerk.post(f"/planning/appraisals/{one.pk}/answer", {"answer": "已补"}).status_code == 302
    instead = {**said, "conclusion": "agree", "reason": "更正结论"}
    assert "沿用原来的文件" in clerk.get(f"{form}?instead={one.pk}").content.decode()
    assert clerk.post(f"{form}?instead={one.pk}", instead).status_code == 302
    assert clerk.post(f"/planning/appraisals/{one.pk}/withdraw", {"reason": "再撤"}).status_code == 404
    new = Appraisal.objects.get(withdrawn_at=None)
    assert clerk.get(f"/planning/appraisals/{new.pk}/withdraw").status_code == 200
    file = new.files.get()
    answer = secretary.get(f"/planning/evidence/{file.pk}")
    assert (answer.content, answer["Content-Type"]) == (SCAN, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert client_of("wangge").get(f"/planning/evidence/{file.pk}").status_code == 404
    (Path(site.MEDIA_ROOT) / file.path).unlink()
    assert secretary.get(f"/planning/evidence/{file.pk}").status_code == 409
    put = f"{root}/procedure/survey/evidence"
    assert secretary.get(put).status_code == 404
    assert clerk.post(put, {}).status_code == 422
    assert clerk.post(put, {"attached": upload()}).status_code == 302
    paper = Evidence.objects.get(step="survey")
    assert paper.sha256 in secretary.get(f"{root}/procedure/").content.decode()
    assert clerk.post(f"/planning/evidence/{paper.pk}/withdraw", {"reason": "放错"}).status_code == 422, "it is signed"
    assert secretary.get(f"/planning/evidence/{paper.pk}/withdraw").status_code == 404
