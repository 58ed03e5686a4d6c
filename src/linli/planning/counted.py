"""What the counts of a version or a project rest on, as every page and paper that prints them says it."""

from __future__ import annotations

from linli.geodata.count_notes import COUNT_COLUMNS, CountNote
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project
from linli.territory.counts import Said, said


def counted_of(plan: Plan) -> Said:
    """Say what the households of a version rest on: those that it was written with, not the newest."""
    kept = CountNote.from_json(plan.project.count, plan.counted)
    return said(kept) if kept.parts else counted_in(plan.project)


def counted_in(project: Project) -> Said:
    """Say what the newest counts of a project rest on."""
    blocks = ground_of(project)
    return said(blocks.note_of(project.count) if project.count in blocks.columns else CountNote(project.count))


def all_counted(project: Project) -> list[Said]:
    """Say it of every count that the ground of a project has."""
    blocks = ground_of(project)
    return [said(blocks.note_of(name)) for name in COUNT_COLUMNS if name in blocks.columns]
