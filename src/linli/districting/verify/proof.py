"""Recheck the arithmetic of a proof: bound, gap, status and pieces must agree with each other and with the plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from linli.districting.verify.case import Case
from linli.districting.verify.figures import STEPS
from linli.districting.verify.findings import Finding, judge
from linli.districting.verify.plan import number_in, objects_in, text_in

METHODS = {
    "planar-dual": ("平面对偶法的穷尽搜索", "the exhaustive search of the planar-dual method"),
    "hess": ("Hess 模型与 HiGHS", "the Hess model solved by HiGHS"),
    "cut-mip": ("割边整数规划与 HiGHS", "the cut model solved by HiGHS"),
    "arithmetic": ("算术下界", "counting alone"),
    "heuristic": ("启发式搜索", "a search, which proves nothing"),
}
DEPTH = 5


def check_proof(case: Case) -> Iterator[Finding]:
    """Whether the proof adds up, then what that does not establish."""
    proof, plan = case.plan.proof, case.plan
    scale = _scale(case)
    wrong: list[object] = []
    if plan.status not in ("proven", "feasible"):
        wrong.append({"status": plan.status, "expected": "proven or feasible"})
    for name, stated in (("objective", plan.objective), ("bound", plan.bound)):
        if not _same(number_in(proof, name), stated, scale):
            wrong.append({"field": f"proof.{name}", "stated": proof[name], "in meta": stated})
    wrong += _gap(plan.objective, plan.bound, plan.gap, scale)
    wrong += _sound(proof, "proof", plan.status == "proven", scale)
    wrong += _whole(case, objects_in(proof, "pieces"))
    claim = proof.get("claim")
    if not isinstance(claim, str) or (plan.status == "proven" and not claim.strip()):
        wrong.append({"field": "proof.claim", "stated": claim})
    wrong += _declared_scale(case)
    yield judge(
        "proof",
        wrong,
        good=("证明的算术自洽:下界、差距、分项相符。", "The proof's arithmetic holds: bound, gap and pieces agree."),
        bad=("证明的算术不自洽。", "The proof's arithmetic does not hold."),
        status=plan.status,
        objective=plan.objective,
        bound=plan.bound,
    )
    method = text_in(proof, "method")
    chinese, english = METHODS.get(method, ("未知方法", "an unknown method"))
    if plan.bound is None:
        words = "方案未给出下界:可能有更好的方案。", "The plan states no bound: better plans may exist."
    else:
        rest = "the plan keeps its rules and its figures and proof add up"
        words = (
            f"下界本身未重算:由{chinese}给出;本核验只判定方案是否合规、数字是否真实、证明的算术是否自洽。",
            f"The bound itself was not recomputed; it is certified by {english}. Checked here: whether {rest}.",
        )
    yield Finding("bound_not_recomputed", "notice", *words, {"method": method, "claim": claim})


def _sound(proof: Mapping[str, object], place: str, proven: bool, scale: float, depth: int = 0) -> Iterator[object]:
    method = text_in(proof, "method")
    objective, bound = number_in(proof, "objective"), number_in(proof, "bound")
    if method not in METHODS:
        yield {"field": f"{place}.method", "stated": method, "known": sorted(METHODS)}
    if proven and method == "heuristic":
        yield {"field": f"{place}.method", "stated": method, "status": "proven"}
    if proven and (bound is None or objective is None or not _same(bound, objective, scale)):
        yield {"field": f"{place}.bound", "stated": bound, "objective": objective, "status": "proven"}
    if bound is not None and objective is not None and bound > objective and not _same(bound, objective, scale):
        yield {"field": f"{place}.bound", "stated": bound, "above objective": objective}
    pieces = objects_in(proof, "pieces")
    if pieces and depth == DEPTH:
        yield {"field": f"{place}.pieces", "nested deeper than": DEPTH}
        return
    for name, whole in (("objective", objective), ("bound", bound)):
        stated = [number_in(piece, name) for piece in pieces]
        known = [value for value in stated if value is not None]
        if pieces and len(known) < len(stated) and whole is not None:
            yield {"field": f"{place}.pieces", "without": name}
        elif pieces and whole is None and len(known) == len(stated) and name == "objective":
            yield {"field": f"{place}.{name}", "stated": None, "pieces add up to": math.fsum(known)}
        elif pieces and whole is not None and not _same(math.fsum(known), whole, scale):
            yield {"field": f"{place}.{name}", "stated": whole, "pieces add up to": math.fsum(known)}
    for number, piece in enumerate(pieces):
        yield from _sound(piece, f"{place}.pieces[{number}]", proven, scale, depth + 1)


def _whole(case: Case, pieces: list[Mapping[str, object]]) -> Iterator[object]:
    for name, expected in (("blocks", len(case.scope)), ("parts", len(case.members))):
        stated = [number_in(piece, name) for piece in pieces]
        if pieces and sum(value or 0 for value in stated) != expected:
            yield {"field": f"proof.pieces.{name}", "stated": stated, "must add up to": expected}


def _gap(objective: float, bound: float | None, gap: float | None, scale: float) -> Iterator[object]:
    if bound is None or gap is None:
        if (bound is None) != (gap is None):
            yield {"field": "gap", "stated": gap, "bound": bound}
        return
    found = 0.0 if _same(bound, objective, scale) else (objective - bound) / max(abs(objective), 1e-12)
    if not math.isclose(gap, found, rel_tol=1e-4, abs_tol=1e-6):
        yield {"field": "gap", "stated": gap, "found": found}


def _scale(case: Case) -> float:
    """Steps per unit in which objectives and bounds are compared; that of `boundary` is no one's to choose."""
    if case.plan.goal == "boundary":
        return STEPS
    return max(1.0, number_in(case.plan.proof, "cost_scale") or 1.0)


def _declared_scale(case: Case) -> Iterator[object]:
    stated = number_in(case.plan.proof, "cost_scale")
    if stated is None or stated < 1 or (case.plan.goal == "boundary" and stated != STEPS):
        yield {"field": "proof.cost_scale", "stated": stated}


def _same(a: float | None, b: float | None, scale: float) -> bool:
    if a is None or b is None:
        return a is b
    return round(a * scale) == round(b * scale)
