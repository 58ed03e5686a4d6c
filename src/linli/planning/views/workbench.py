"""工作台: draw a version by hand, with the engine at hand; saved as a new version, a conflict offers a choice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from linli.errors import InfeasibleError, LinliError
from linli.geodata import KINDS, Blocks
from linli.geodata.coordinates import transform
from linli.org.policies import actor_in, permit, requires
from linli.planning.actions.open_project import MOST_MOVED, PERMISSION
from linli.planning.actions.save_plan import MovedOnError, save_plan
from linli.planning.counted import counted_in
from linli.planning.engine import drawn_plan, rules_of
from linli.planning.ground import GEOGRAPHIC, ground_of, surveyed
from linli.planning.models import Plan
from linli.planning.views.plans import address, trail_of, version
from linli.plans.measures import boundary_costs
from linli.plans.plan import Plan as Found
from linli.plans.task import STEPS, atoms_of
from linli.written import kept_within

MICRO = 1_000_000  # steps a degree
SECONDS = 0.6  # what the engine may take while somebody waits
USUAL_MOST = 10  # blocks that improving may move where nothing else is asked
MOST_BYTES = 4_000_000
VERBS = ("complete", "improve", "repair")


@never_cache
@require_safe
@requires(PERMISSION)
def workbench(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show the workbench for a version."""
    one = version(request, pk, number)
    where = [pk, number]
    options = {
        "ground": reverse("planning:workbench-ground", args=where), "work": reverse("planning:work", args=where),
        "save": reverse("planning:save", args=where), "least": one.project.households_least,
        "most": one.project.households_most, "base": number,
        "branch": one.branch, "kept": [str(c.name) for c in one.project.scope.all()],
    }  # fmt: skip
    return render(
        request,
        "planning/workbench.html",
        {"plan": one, "options": options, "trail": trail_of(one), "counted": counted_in(one.project)},
    )


@never_cache
@gzip_page
@require_safe
@requires(PERMISSION)
def ground(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Give the blocks as the workbench takes them, and the version's labels."""
    one = version(request, pk, number)
    blocks = ground_of(one.project)
    label = [one.labels.get(code, -1) for code in blocks.ids]
    locked = set(one.locked)
    body = {
        **ground_body(one, blocks), "names": one.names, "label": label,
        "locked": [k for k, code in enumerate(blocks.ids) if code in locked],
    }  # fmt: skip
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def ground_body(one: Plan, blocks: Blocks) -> dict[str, Any]:
    """Return rings in millionths of a degree, each corner as the step from the one before; lines; counts."""
    rules, lines = rules_of(one.project, one.scenario, blocks), blocks.lines
    pairs, theirs = surveyed(one.project, blocks)
    around = np.zeros(len(blocks))
    np.add.at(around, blocks.rim.a, blocks.rim.length_m)
    roads = list(dict.fromkeys(str(name) for name in lines.name))
    place = {name: k for k, name in enumerate(roads)}
    return {
        "ids": blocks.ids, "rings": [_rings(shape) for shape in transform(blocks.geometry, blocks.crs, GEOGRAPHIC)],
        "count": blocks.counts(one.project.count).tolist(), "atom": atoms_of(blocks, rules).tolist(),
        "compound": [name or "" for name in blocks.columns["compound"]],
        "school": [name or "" for name in blocks.columns["school_area"]],
        "police": [name or "" for name in blocks.columns["police_area"]],
        "present": blocks.columns["community"].tolist(),
        "area": np.rint(shapely.area(blocks.geometry)).astype(int).tolist(),
        "rim": np.rint(around).astype(int).tolist(),
        "a": lines.a.tolist(), "b": lines.b.tolist(), "length": [round(float(x), 1) for x in lines.length_m],
        "felt": np.nan_to_num(lines.affinity).tolist(), "asked": pairs, "theirs": theirs,
        "kind": [KINDS.index(str(kind)) for kind in lines.kind],
        "roads": roads, "road": [place[str(name)] for name in lines.name],
        "price": [round(float(x) / STEPS, 1) for x in boundary_costs(blocks, rules.prices or {})],
    }  # fmt: skip


@never_cache
@require_POST
@requires(PERMISSION)
def work(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Let the engine complete, improve or repair what is drawn; nothing is kept.

    Improving moves at most as many blocks as are asked for, none of them locked, across the line as it is drawn.
    """
    from linli.plans import nearby, working

    one = version(request, pk, number)
    permit(actor_in(request), PERMISSION, one.project.street)
    said = _said(request)
    if said.get("verb") not in VERBS:
        raise Http404
    blocks = ground_of(one.project)
    sent = _drawn_in(said, len(blocks))
    if sent is None:
        return _stale()
    label, names = sent
    locked = _locked_in(said)
    drawn = drawn_plan(
        one.project, one.scenario, blocks, [names[k] if k >= 0 else "" for k in label],
        [k in locked for k in range(len(blocks))], {name: one.parents[name] for name in one.names if name in names},
    )  # fmt: skip
    most = said.get("most", USUAL_MOST)
    most = min(max(most, 1), MOST_MOVED) if type(most) is int else USUAL_MOST
    if said["verb"] == "improve" and -1 in label:
        return JsonResponse({"words": _("还有地块没有归属，请先补全。")}, status=422)
    try:
        found: Found = (
            nearby.adjust(drawn, most_blocks=most, time_limit=SECONDS)
            if said["verb"] == "improve"
            else getattr(working, said["verb"])(drawn, time_limit=SECONDS)
        )
    except InfeasibleError as error:
        return JsonResponse({"words": _("做不到：%(rules)s") % {"rules": "；".join(error.clash)}}, status=422)
    except LinliError as error:
        return JsonResponse({"words": str(error)}, status=422)
    after = list(dict.fromkeys([*names, *found.names]))
    place = {name: k for k, name in enumerate(after)}
    return JsonResponse({"names": after, "label": [place[name] for name in found.community.tolist()]})


@never_cache
@require_POST
@requires(PERMISSION)
def save(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Save what is drawn as a version."""
    one = version(request, pk, number)
    said = _said(request)
    blocks = ground_of(one.project)
    drawn = _drawn_in(said, len(blocks))
    if drawn is None:
        return _stale()
    label, names = drawn
    over = said.get("over")
    seen = one.project.plans.filter(number=over).first() if isinstance(over, int) else None
    locked = [blocks.ids[k] for k in sorted(_locked_in(said)) if 0 <= k < len(blocks)]
    communities = {code: str(names[k]) for code, k in zip(blocks.ids, label, strict=True) if k >= 0}
    try:
        made = save_plan(
            actor_in(request), project=one.project, base=one, communities=communities, locked=locked,
            why=str(said.get("why", "")), branch=str(said.get("branch", "")), over=seen,
        )  # fmt: skip
    except MovedOnError as conflict:
        head = conflict.head
        words = _("别人已在这个分支存了新版本 V%(number)d：%(why)s") % {"number": head.number, "why": head.why}
        url = reverse("planning:workbench", args=[head.project_id, head.number])
        return JsonResponse({"words": words, "head": head.number, "url": url}, status=409)
    except ValidationError as error:
        return JsonResponse({"words": "；".join(error.messages)}, status=422)
    return JsonResponse({"number": made.number, "url": address(made)})


def _stale() -> HttpResponse:
    return JsonResponse({"words": _("地块已变动，请重新打开。")}, status=409)


def _said(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise Http404
    try:
        said = kept_within(json.loads(request.body))
    except (ValueError, RecursionError):
        raise Http404 from None
    if not isinstance(said, dict):
        raise Http404
    return said


def _locked_in(said: dict[str, Any]) -> set[int]:
    """Return which blocks were sent as locked."""
    sent = said.get("locked")
    return {k for k in sent if type(k) is int} if isinstance(sent, list) else set()


def _drawn_in(said: dict[str, Any], blocks: int) -> tuple[list[int], list[str]] | None:
    """Return labels and names as they were sent; None unless there is one label a block and each names a community."""
    label, names = said.get("label"), said.get("names")
    if not isinstance(label, list) or not isinstance(names, list) or len(label) != blocks:
        return None
    named = all(isinstance(name, str) for name in names)
    return (label, names) if named and all(type(k) is int and -1 <= k < len(names) for k in label) else None


def _rings(shape: shapely.Geometry) -> list[list[int]]:
    found = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            corners = np.rint(shapely.get_coordinates(ring)[:-1] * MICRO).astype(np.int64)
            found.append(np.diff(corners, axis=0, prepend=0).ravel().tolist())
    return found
