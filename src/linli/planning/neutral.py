"""Where a plan stands among neutral plans: plans drawn by chance under the same rules, without any goal."""

from __future__ import annotations

import hashlib
import json
import math
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.districting.result import Progress as Step
from linli.geodata import Blocks
from linli.jobs.running import Progress
from linli.planning.beside import MEASURES
from linli.planning.charts import Histogram, histogram
from linli.planning.engine import found_of, rules_of
from linli.planning.ground import ground_of
from linli.planning.models import NeutralSample, Plan

CHAINS, PLANS = 4, 250


@dataclass(frozen=True)
class Place:
    """One measure of a plan among neutral plans: the share below it in per cent, the picture, the sentence."""

    title: Any
    value: str
    share: float
    picture: Histogram
    words: str


def key_of(plan: Plan, blocks: Blocks) -> str:
    """Name what neutral plans must share with a plan to be compared: bounds, rules, count, ground, communities."""
    rules = rules_of(plan.project, plan.scenario, blocks)
    said = [
        list(rules.households), rules.keep_whole, sorted(rules.never_cross), sorted(rules.never_cross_kinds),
        plan.project.count, len(plan.names), sorted(blocks.ids), blocks.counts(plan.project.count).tolist(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]


def sample_for(plan: Plan, blocks: Blocks) -> NeutralSample | None:
    """Return the newest sample that is comparable with a plan, finished or under way."""
    return plan.project.samples.filter(key=key_of(plan, blocks)).select_related("job").first()


def draw(progress: Progress, sample: NeutralSample) -> dict[str, Any]:
    """Draw a sample's plans and keep their measures."""
    from linli.plans.sampling import sample as drawn

    plan = sample.plan
    blocks = ground_of(plan.project)
    like = found_of(plan, blocks)
    progress(words=gettext_noop("正在抽取随机方案"))

    def tell(step: Step) -> None:
        progress(int(step.done), int(step.total or 0), gettext_noop("正在抽取随机方案"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what does not converge is kept, and said on the page
        found = drawn(
            blocks, like.rules, plans=PLANS, chains=CHAINS, like=like, count=plan.project.count, seed=1, progress=tell
        )
    sample.measures = {name: np.round(values.ravel(), 6).tolist() for name, values in found.measures.items()}
    sample.converged = {name: bool(one.converged) for name, one in found.diagnostics.items()}
    sample.drawn = found.plans
    sample.save(update_fields=["measures", "converged", "drawn"])
    return {"plans": found.plans}


def places(plan: Plan, sample: NeutralSample) -> list[Place]:
    """Say measure by measure where a plan stands; measures whose chains did not come together are left out."""
    found = []
    for name, (title, form, more) in MEASURES.items():
        value, drawn = plan.measures.get(name), sample.measures.get(name)
        if value is None or not drawn or not sample.converged.get(name):
            continue
        values = np.asarray(drawn)
        near = 1e-9 + 1e-6 * abs(value)
        below = float((values < value - near).mean() + (np.abs(values - value) <= near).mean() / 2)
        better = below if more else 1 - below
        found.append(
            Place(title, form.format(value), round(100 * below, 1), histogram(drawn, value), _sentence(better, values))
        )
    return found


def _sentence(better: float, values: Any) -> str:
    number = len(values)
    if np.isclose(values, values[0]).all():
        return _("%(number)d 个随机方案都一样") % {"number": number}
    if better >= 1 - 1 / number:
        return _("比全部 %(number)d 个随机方案都好") % {"number": number}
    return _("比 %(share)d%% 的随机方案好") % {"share": math.floor(100 * better)}
