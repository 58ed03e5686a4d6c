"""What a plan does, in one sentence for everybody, by the kind of its project."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.planning.models import Plan, Project


def what_it_does(plan: Plan) -> str:
    """Say what becomes of the communities."""
    project, kinds = plan.project, Project.Kind
    names = {
        "street": project.street.title, "n": len(plan.names), "into": project.asked.get("into", ""),
        "ended": project.asked.get("ended", ""), "old": "、".join(project.communities_then),
        "takers": "、".join(map(str, plan.names)),
    }  # fmt: skip
    if project.kind == kinds.RENAME:
        return _("%(street)s打算把%(old)s改称%(into)s，界线不变。") % names
    if project.kind == kinds.MERGE:
        return _("%(street)s打算把%(old)s合并，合并后有 %(n)d 个社区：%(takers)s。") % names
    if project.kind == kinds.ADJUST:
        return _("%(street)s打算微调%(old)s之间的界线。") % names
    if project.kind == kinds.ABOLISH:
        return _("%(street)s打算撤销%(ended)s，并入%(takers)s。") % names
    return _("%(street)s打算把原来的社区划成 %(n)d 个。") % names
