"""Save what was drawn by hand as a version; a head that moved on meanwhile is a conflict, never overwritten."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.engine import drawn_plan
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project
from linli.planning.versions import head, write_version

MOST_NAME, MOST_WHY, MOST_COMMUNITIES = 60, 200, 500
BRANCH = re.compile(r"[\w-]{1,40}")


class MovedOnError(Exception):
    """Somebody else saved on the branch meanwhile; `head` is what stands there now."""

    def __init__(self, head: Plan) -> None:
        super().__init__(head.number)
        self.head = head


def save_plan(
    actor: Actor, *, project: Project, base: Plan, communities: Mapping[str, str], locked: Sequence[str] = (),
    why: str, branch: str = "", over: Plan | None = None,
) -> Plan:  # fmt: skip
    """Save a plan drawn by hand.

    Parameters
    ----------
    base
        The version that was opened.
    communities
        Code of a block to the name of its community; a block that is not named is open.
    locked
        Codes of blocks that completing and improving leave alone.
    why
        Why it was changed.
    branch
        Where it goes on; the base's own where ''. Another name forks.
    over
        The head that the saver has seen and goes over all the same; None for the base itself.

    Raises
    ------
    MovedOnError
        The branch has a newer version than the one that the saver has seen.
    ValidationError
        A block that is not the project's, no reason, or a name too long.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    why = why.strip()
    if not why or len(why) > MOST_WHY:
        raise ValidationError(_("请写明为什么改，最多 %(most)d 个字。") % {"most": MOST_WHY}, code="why")
    branch = branch or base.branch
    if not BRANCH.fullmatch(branch):
        raise ValidationError(_("分支名只用文字、数字和短横线，最多 40 个字。"), code="branch")
    named = {str(name).strip() for name in communities.values()}
    if "" in named or len(named) > MOST_COMMUNITIES or any(len(name) > MOST_NAME for name in named):
        raise ValidationError(_("社区须有名称，最多 %(most)d 个字。") % {"most": MOST_NAME}, code="communities")
    blocks = ground_of(project)
    strangers = sorted(set(communities) - set(blocks.ids))
    if strangers:
        raise ValidationError(_("地块不在调整范围之内：%(codes)s") % {"codes": "、".join(strangers[:5])}, code="blocks")
    held = set(locked)
    found = drawn_plan(
        project, base.scenario, blocks, [communities.get(code, "").strip() for code in blocks.ids],
        [code in held for code in blocks.ids], {name: base.parents[name] for name in base.names if name in named},
    )  # fmt: skip
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        newest = head(project, branch)
        if newest is not None and newest != (over or base):
            raise MovedOnError(newest)
        return write_version(
            actor, project, found, source=Plan.Source.HAND, parent=newest or base, branch=branch,
            scenario=base.scenario, why=why,
        )  # fmt: skip
