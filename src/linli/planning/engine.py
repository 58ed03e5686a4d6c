"""Between what the database keeps of a plan and what the engine works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from django.utils import timezone

from linli.districting.result import Proof
from linli.geodata import KINDS, Blocks, input_hash
from linli.planning.beside import MEASURES
from linli.planning.details import by_hand_of
from linli.planning.models import Plan, Project, Scenario
from linli.planning.standards import law_on, profile_of
from linli.plans.checks import broken_rules
from linli.plans.names import likely_parent
from linli.plans.plan import Plan as Found
from linli.plans.rules import Rules

PRESENT = "community"  # never crossed: each present community is divided for itself


def rules_of(project: Project, scenario: Scenario | None, blocks: Blocks) -> Rules:
    """Return the rules of a scenario; without one the project's bounds, compounds whole, every community kept.

    Bands, grades and norms are those of the published version that the project was opened under, and of the law as it
    stood on that day.
    """
    compounds = any(blocks.columns["compound"]) and (scenario is None or scenario.keep_whole)
    kept = project.kept_at_first() if scenario is None else list(scenario.kept)
    crossed = scenario.never_cross if scenario else []
    return Rules(
        households=(project.households_least, project.households_most),
        keep_whole=(*(["compound"] if compounds else []), *(scenario.whole if scenario else [])),
        capped=dict(scenario.capped) if scenario else {},
        kept=kept,
        never_cross=tuple(name for name in crossed if name not in KINDS),
        never_cross_kinds=tuple(kind for kind in crossed if kind in KINDS),
        fixed=dict(scenario.fixed) if scenario else {},
        profile=profile_of(project.standard),
        law=law_on(timezone.localdate(project.made_at)),
    )


def found_of(plan: Plan, blocks: Blocks) -> Found:
    """Return a stored plan as the engine has it; a block that it does not know is open."""
    names = [plan.community_of(code) for code in blocks.ids]
    locked = set(plan.locked)
    held = [code in locked for code in blocks.ids]
    parents = {name: plan.parents[name] for name in plan.names}  # a database may keep a table's keys in no order
    made = drawn_plan(plan.project, plan.scenario, blocks, names, held, parents)
    proof = plan.proof
    known = bool(proof.get("method"))
    return replace(
        made, reasons=dict(plan.reasons), by_hand=by_hand_of(plan),
        status=proof.get("status", "feasible"), objective=proof.get("objective"),
        bound=proof.get("bound"), goal=proof.get("goal", "boundary"), seed=proof.get("seed", 1),
        proof=Proof(proof["method"], proof["claim"], proof["objective"], proof["bound"]) if known else None,
    )  # fmt: skip


def drawn_plan(
    project: Project, scenario: Scenario | None, blocks: Blocks, names: list[str], locked: list[bool],
    parents: Mapping[str, str],
) -> Found:  # fmt: skip
    """Return a plan from a community for each block, '' where it is open."""
    from linli.plans.working import partial_plan  # loads the kernels, which a page without the engine does not need

    held = [bool(lock and name) for lock, name in zip(locked, names, strict=True)]
    made = partial_plan(blocks, names, rules_of(project, scenario, blocks), count=project.count, locked=held)
    return replace(made, parents=dict(parents))


def fields_of(project: Project, found: Found) -> dict[str, Any]:
    """Return what a stored version keeps of a plan: labels, figures, broken rules, proof.

    Its communities stand in official order: each that goes on, then what is new out of it.
    """
    listed = {name: found.parents.get(name, name) for name in found.names}
    rank = {name: place for place, name in enumerate(project.in_order({*listed, *listed.values()}))}
    names = sorted(listed, key=lambda name: (rank[listed[name]], name != listed[name]))
    place = {name: k for k, name in enumerate(names)}
    counts = found.blocks.counts(found.count)
    measures = found.measures() if not (found.community == "").any() else {}
    if measures and (told := _kept_together(found)) is not None:
        measures = {**measures, "felt": told}
    present = set(found.blocks.columns["community"])
    return {
        "names": names,
        "parents": {
            name: found.parents.get(name) or likely_parent(found.blocks, found.community == name, found.count)
            for name in names
        },
        "labels": {
            code: place[name] for code, name in zip(found.blocks.ids, found.community.tolist(), strict=True) if name
        },
        "locked": [] if found.locked is None else [found.blocks.ids[k] for k in np.flatnonzero(found.locked)],
        "measures": {name: _plain(measures[name]) for name in MEASURES if measures.get(name) is not None},
        "households": {name: int(counts[found.community == name].sum()) for name in names},
        "counted": found.blocks.note_of(found.count).as_json(),
        "outside": [one.name for one in found.communities if one.needs_reason],
        "broken": [[one.text, one.english] for one in broken_rules(found)],
        "proof": {
            "status": found.status, "objective": _plain(found.objective), "bound": _plain(found.bound),
            "goal": found.goal, "method": found.proof.method if found.proof else "",
            "claim": found.proof.claim if found.proof else "", "seed": found.seed, "input": input_hash(found.blocks),
            "new": sum(name not in present for name in names),
        },
    }  # fmt: skip


def _kept_together(found: Found) -> float | None:
    """Share of the households asked whose two blocks, which they feel to be one, stay together; None: nobody asked."""
    lines = found.blocks.lines
    felt = np.nan_to_num(lines.affinity)
    if not felt.sum():
        return None
    together = found.community[lines.a] == found.community[lines.b]
    return float(felt[together].sum() / felt.sum())


def _plain(value: Any) -> Any:
    return None if value is None else float(value)
