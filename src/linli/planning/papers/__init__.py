"""The papers of a version: petition, split plan, work plan; each composed from the same statements as the pages."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import override

from linli.documents.official import OfficialDocument
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Plan
from linli.planning.papers.petition import petition
from linli.planning.papers.split import split_plan
from linli.planning.papers.work import work_plan
from linli.plans.plan import Plan as Found
from linli.plans.sections import Section

Compose = Callable[..., OfficialDocument]


@dataclass(frozen=True)
class Paper:
    """One paper: its file's name without the ending, and what composes it."""

    file: str
    compose: Compose


PAPERS: dict[str, Paper] = {
    "petition": Paper("请示", petition),
    "split": Paper("拆分方案", split_plan),
    "work": Paper("实施方案", work_plan),
}


def compose_paper(
    name: str, plan: Plan, found: Found, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> OfficialDocument:
    """Compose a paper.

    Parameters
    ----------
    name
        One of `PAPERS`.
    found
        The version as the engine has it.
    day
        Date of the paper.
    synthetic
        Whether the title says that all of it is invented.
    closing
        What others say at the end of the split plan: a checkpoint of the ledger, say.
    """
    with override("zh-hans"):  # whoever asks for it, a paper speaks Chinese
        return PAPERS[name].compose(plan, found, day=day, synthetic=synthetic, closing=closing)


def written_paper(
    name: str, plan: Plan, *, day: date, synthetic: bool = False, closing: Sequence[Section] = ()
) -> bytes:
    """Return a paper as the bytes of a docx."""
    found = found_of(plan, ground_of(plan.project))
    target = io.BytesIO()
    compose_paper(name, plan, found, day=day, synthetic=synthetic, closing=closing).document.save(target)
    return target.getvalue()
