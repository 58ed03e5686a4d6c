"""What is known of how good a plan is, in words: proven, or not and why not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.districting.result import relative_gap
from linli.planning.models import Plan, Project
from linli.plans.goals import CENTRE_GOALS, is_cut

MANY = 0.000_5  # a gap that is told as less than 0.1 %


def why_unproven(plan: Plan) -> str:
    """Say why nothing proves that no better plan exists; '' where something does, or where the plan breaks a rule."""
    proof, project = plan.proof, plan.project
    if plan.broken or proof.get("status") == "proven":
        return ""
    if plan.source == Plan.Source.HAND:
        return _("手工画的，没有找过更好的")
    if project.kind == Project.Kind.ADJUST:
        return _("只在现有界线附近找过")
    goal, objective, bound = str(proof.get("goal", "")), proof.get("objective"), proof.get("bound")
    if " " in goal:
        reason = _("几个目标加权，没有能证明的方法")
    elif not is_cut(goal) and goal not in CENTRE_GOALS:
        reason = _("这个目标没有能证明的方法")
    else:
        seconds = plan.scenario.seconds if plan.scenario else 0
        reason = _("%(blocks)d 个地块，%(seconds)d 秒内没有证完") % {"blocks": len(project.present), "seconds": seconds}
    gap = relative_gap(objective, bound)
    if objective and bound and gap and gap > 0:
        told = "0.1%" if gap < MANY else f"{gap:.1%}"
        return _("%(reason)s；最多还能好 %(share)s") % {"reason": reason, "share": told}
    return reason
