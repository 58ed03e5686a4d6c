"""Linli 邻里: divides over-large urban communities well, and proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from linli.errors import InfeasibleError, InputError, LinliError
    from linli.geodata import Blocks, read_blocks, write_blocks
    from linli.plans import (
        Change,
        NeutralPlans,
        Plan,
        Rules,
        SplitResult,
        compare,
        complete,
        diagnose,
        evaluate,
        improve,
        read_profile,
        repair,
        sample,
        split,
    )

_HOME = {
    "linli.errors": ("InfeasibleError", "InputError", "LinliError"),
    "linli.geodata": ("Blocks", "read_blocks", "write_blocks"),
    "linli.plans": (
        "Change",
        "NeutralPlans",
        "Plan",
        "Rules",
        "SplitResult",
        "compare",
        "complete",
        "diagnose",
        "evaluate",
        "improve",
        "read_profile",
        "repair",
        "sample",
        "split",
    ),
}
_ROOM = {name: room for room, names in _HOME.items() for name in names}

__all__ = [
    "Blocks",
    "Change",
    "InfeasibleError",
    "InputError",
    "LinliError",
    "NeutralPlans",
    "Plan",
    "Rules",
    "SplitResult",
    "compare",
    "complete",
    "diagnose",
    "evaluate",
    "improve",
    "read_blocks",
    "read_profile",
    "repair",
    "sample",
    "split",
    "write_blocks",
]


def __getattr__(name: str) -> Any:
    # the rooms behind the front door load shapely and numba: only when a name is asked for
    if name not in _ROOM:
        raise AttributeError(f"module 'linli' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_ROOM[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
