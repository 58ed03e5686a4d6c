"""A plan as people meet it: rules in; files, words, figures and pages out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.plans.change import Change, evaluate
    from linli.plans.checks import Broken, broken_rules
    from linli.plans.comparing import Comparison, Standing, compare, standing
    from linli.plans.diagnosis import Checkup, diagnose, diagnosis_text
    from linli.plans.limits import split_within_limits
    from linli.plans.measures import measure
    from linli.plans.neutral import NeutralPlans
    from linli.plans.pareto import Front, FrontPoint, front
    from linli.plans.plan import Community, Plan
    from linli.plans.profiles import Profile, profile_names, read_profile
    from linli.plans.rules import Rules
    from linli.plans.sampling import sample
    from linli.plans.splitting import SplitResult, split
    from linli.plans.working import complete, improve, repair

_HOME = {
    "change": ("Change", "evaluate"),
    "checks": ("Broken", "broken_rules"),
    "comparing": ("Comparison", "Standing", "compare", "standing"),
    "diagnosis": ("Checkup", "diagnose", "diagnosis_text"),
    "pareto": ("Front", "FrontPoint", "front"),
    "limits": ("split_within_limits",),
    "measures": ("measure",),
    "neutral": ("NeutralPlans",),
    "plan": ("Community", "Plan"),
    "profiles": ("Profile", "profile_names", "read_profile"),
    "rules": ("Rules",),
    "sampling": ("sample",),
    "splitting": ("SplitResult", "split"),
    "working": ("complete", "improve", "repair"),
}
_FILE = {name: file for file, names in _HOME.items() for name in names}

__all__ = [
    "Broken",
    "Change",
    "Checkup",
    "Community",
    "Comparison",
    "Front",
    "FrontPoint",
    "NeutralPlans",
    "Plan",
    "Profile",
    "Rules",
    "SplitResult",
    "Standing",
    "broken_rules",
    "compare",
    "complete",
    "diagnose",
    "diagnosis_text",
    "evaluate",
    "front",
    "improve",
    "measure",
    "profile_names",
    "read_profile",
    "repair",
    "sample",
    "split",
    "split_within_limits",
    "standing",
]


def __getattr__(name: str) -> Any:
    if name not in _FILE:
        raise AttributeError(f"module 'linli.plans' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"linli.plans.{_FILE[name]}"), name)
