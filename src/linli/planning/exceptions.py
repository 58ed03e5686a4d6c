"""例外清单 (1.38): whatever is not by the same rule for all in a plan, each with who decided it, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.ledger.models import Entry
from linli.org.models import Post
from linli.planning.models import Appraisal, Mark, Plan, Proposal
from linli.planning.name_check import findings_of
from linli.planning.paper_forms import KIND_WORDS, WAY_WORDS
from linli.planning.procedure.course import course_of
from linli.planning.procedure.needs import Facts
from linli.plans.names import community_words
from linli.plans.sections import Section, Table
from linli.written import chinese_day

MOST_CODES = 12


@dataclass(frozen=True)
class Exceptional:
    """One thing that is not by the same rule for all: what, why, by whom (posts, never names), since when."""

    what: str
    why: str
    who: str
    day: date | None


def exceptions_of(plan: Plan) -> list[Exceptional]:
    """Return the exceptions that a version rests on, in the reader's language.

    They are waived steps, sizes outside the law's band, blocks held by hand, ways chosen in place of the rule's, names
    borne in spite of a remark, opinions that were not followed, and blocks that stay with their community for now.
    """
    facts = Facts(plan.project, timezone.localdate())
    line = [one for one in facts.plans if one.pk in facts.line_of(plan)]
    decided = _Decided([plan, *line])
    return [
        *_waived(plan), *_sizes(plan, decided), *_held_by_hand(plan, decided), *_chosen(plan, decided),
        *_names(plan, decided), *_not_followed(plan, facts), *_held_back(plan),
    ]  # fmt: skip


def exceptions_section(plan: Plan) -> Section:
    """Tell the exceptions in a paper; where there are none, that is what it says."""
    with override("zh-hans"):  # whoever asks for it, a paper speaks Chinese
        rows = exceptions_of(plan)
        said = rule_words(plan, rows)
    if not rows:
        return Section("例外清单", (said,))
    cells = tuple((one.what, one.why, one.who, chinese_day(one.day) if one.day else "—") for one in rows)
    return Section("例外清单", (said,), (Table("例外", ("例外", "理由", "谁决定", "日期"), cells),))


def rule_words(plan: Plan, rows: Iterable[Exceptional]) -> str:
    """Say that all blocks are under the same rules, but for the exceptions where there are any."""
    said = {"n": len(plan.labels)}
    if list(rows):
        return _("%(n)d 个地块按同一套规则划分，例外都在下表，各有谁决定、为什么。") % said
    return _("没有例外：%(n)d 个地块都按同一套规则划分。") % said


class _Decided:
    """Who did what to a version or to one that it grew from, as the ledger has it: the last entry of each verb."""

    VERBS = ("planning.state_reasons", "planning.choose_proposals", "planning.name_communities", "planning.save_plan")

    def __init__(self, line: Iterable[Plan]) -> None:
        references = {one.reference for one in line}
        rows = Entry.objects.filter(object__in=references, verb__in=self.VERBS).order_by("seq")
        self.entries = list(rows.values_list("verb", "object", "post", "at"))
        self.posts = _post_words(post for _verb, _object, post, _at in self.entries)

    def last(self, verb: str, reference: str = "") -> tuple[str, date | None]:
        """Return the post and the day of the last entry of a verb, about one version where it is named."""
        for found, thing, post, at in reversed(self.entries):
            if found == verb and reference in ("", thing):
                return self.posts.get(post, _("系统")), timezone.localdate(datetime.fromisoformat(at))
        return _("系统"), None


def _post_words(references: Iterable[str]) -> dict[str, str]:
    keys = {int(one.partition(":")[2]) for one in references if one.startswith("post:")}
    return {one.reference: _titled(one) for one in Post.objects.filter(pk__in=keys).select_related("division")}


def _titled(post: Post | None) -> str:
    return f"{post.division.title} {post.title}" if post else str(_("系统"))


def _waived(plan: Plan) -> Iterator[Exceptional]:
    steps = {one.key: one.words for one in course_of(plan.project.procedure).steps}
    marks = plan.project.marks.filter(state=Mark.State.WAIVED, withdrawn_at=None).select_related("post__division")
    confirmed = plan.project.proposals.filter(act=Proposal.Act.WAIVE, state=Proposal.State.CONFIRMED)
    firsts = {one.said.get("reason"): one for one in confirmed.select_related("post__division")}
    for mark in marks:
        first = firsts.get(mark.note)
        who = _titled(mark.post)
        if first is not None:
            who = _("%(first)s提出，%(second)s复核") % {"first": _titled(first.post), "second": who}
        what = _("不做“%(step)s”") % {"step": steps.get(mark.step, mark.step)}
        yield Exceptional(what, mark.note, who, timezone.localdate(mark.at))


def _sizes(plan: Plan, decided: _Decided) -> Iterator[Exceptional]:
    for name in plan.outside:
        reason = plan.reasons.get(name, "")
        what = _("%(name)s不在法定一般规模之内") % {"name": community_words(name)}
        who, day = decided.last("planning.state_reasons") if reason else (_("还没有人说明"), None)
        yield Exceptional(what, reason or _("还没写理由"), who, day)


def _held_by_hand(plan: Plan, decided: _Decided) -> Iterator[Exceptional]:
    left = set(plan.locked) | set(plan.scenario.fixed if plan.scenario else ())
    rows = plan.project.plans.exclude(locked=[]).only("number", "locked", "why", "made_at", "project")
    for one in rows.order_by("number"):
        codes = sorted(left & set(one.locked))
        if not codes:
            continue
        left -= set(codes)
        said = {"n": len(codes), "codes": "、".join(codes[:MOST_CODES]), "version": one.number}
        what = _("%(n)d 个地块由人锁定，不由引擎选（V%(version)d）：%(codes)s") % said
        who, day = _Decided([one]).last("planning.save_plan", one.reference)
        yield Exceptional(what, one.why or _("还没写理由"), who, day or timezone.localdate(one.made_at))


def _chosen(plan: Plan, decided: _Decided) -> Iterator[Exceptional]:
    for name, kinds in plan.proposals.items():
        for kind, one in kinds.items():
            what = _("%(name)s的%(kind)s不按规则补：%(way)s") % {
                "name": community_words(name), "kind": KIND_WORDS.get(kind, kind), "way": WAY_WORDS[one["way"]],
            }  # fmt: skip
            who, _day = decided.last("planning.choose_proposals")
            yield Exceptional(what, one["note"], who, timezone.localdate(datetime.fromisoformat(one["at"])))


def _names(plan: Plan, decided: _Decided) -> Iterator[Exceptional]:
    for one in findings_of(plan):
        if not one.hard and plan.origins.get(one.name):
            who, day = decided.last("planning.name_communities")
            yield Exceptional(_("仍用这个名称。%(words)s") % {"words": one.words}, plan.origins[one.name], who, day)


def _not_followed(plan: Plan, facts: Facts) -> Iterator[Exceptional]:
    line = facts.line_of(plan)
    refused = [
        one for rows in facts.appraisals.values() for one in rows
        if one.conclusion == Appraisal.Conclusion.REFUSE and one.plan_id in line
    ]  # fmt: skip
    answers = Entry.objects.filter(
        verb="planning.answer_appraisal", object__in=[one.reference for one in refused]
    ).order_by("seq")
    last = {thing: (post, at) for thing, post, at in answers.values_list("object", "post", "at")}
    posts = _post_words(post for post, _at in last.values())
    for one in refused:
        post, at = last.get(one.reference, ("", ""))
        yield Exceptional(
            _("%(body)s不同意") % {"body": one.body}, one.answer or _("还没写采纳情况"),
            posts.get(post, _("系统") if at else _("还没有人说明")),
            timezone.localdate(datetime.fromisoformat(at)) if at else None,
        )  # fmt: skip


def _held_back(plan: Plan) -> Iterator[Exceptional]:
    for done in plan.enactments.filter(undone_at=None):
        if done.held:
            entry = Entry.objects.filter(verb="planning.enact", object=done.reference).first()
            posts = _post_words([entry.post]) if entry else {}
            said = {"n": len(done.held), "codes": "、".join(sorted(done.held)[:MOST_CODES])}
            what = _("%(n)d 个地块在建或待拆，暂归原社区：%(codes)s") % said
            who = posts.get(entry.post, _("系统")) if entry else _("系统")
            yield Exceptional(what, done.paper, who, timezone.localdate(done.made_at))
