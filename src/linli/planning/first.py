"""The first version of a project whose kind says where blocks go: a new name, a merger, a community taken over."""

from __future__ import annotations

from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.planning.engine import drawn_plan
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project
from linli.planning.versions import write_version

BRANCH = "main"


def draw_first(actor: Actor, project: Project) -> Plan | None:
    """Write it in the caller's transaction; None for a split, which is the engine's to draw."""
    said = _first(project)
    if said is None:
        return None
    into, why = said
    blocks = ground_of(project)
    names = [into.get(project.present[code], "") for code in blocks.ids]
    parents = {name: _parent(project, name) for name in dict.fromkeys(names) if name}
    found = drawn_plan(project, None, blocks, names, [False] * len(blocks), parents)
    return write_version(actor, project, found, source=Plan.Source.HAND, parent=None, branch=BRANCH, why=why)


def _first(project: Project) -> tuple[dict[str, str], str] | None:
    """Where the blocks of each present community go, '' for open ones; and why."""
    kinds, asked = Project.Kind, project.asked
    present = project.communities_then
    if project.kind in (kinds.RENAME, kinds.MERGE):
        words = {kinds.RENAME: _("改称%(name)s"), kinds.MERGE: _("合并为%(name)s")}[kinds(project.kind)]
        return dict.fromkeys(present, asked["into"]), words % {"name": asked["into"]}
    if project.kind == kinds.ADJUST:
        return {name: name for name in present}, _("现有界线，在它上面微调")
    if project.kind == kinds.ABOLISH:
        takers = [name for name in present if name != asked["ended"]]
        if len(takers) == 1:
            return dict.fromkeys(present, takers[0]), _("%(name)s并入%(taker)s") % {
                "name": asked["ended"], "taker": takers[0],
            }  # fmt: skip
        into = {name: name for name in takers}
        return into, _("%(name)s的地块待归入相邻社区") % {"name": asked["ended"]}
    return None


def _parent(project: Project, name: str) -> str:
    """The present community that one comes from: itself, or the one with the most blocks."""
    homes = list(project.present.values())
    return name if name in homes else max(sorted(set(homes)), key=homes.count)
