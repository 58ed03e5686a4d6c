"""The districting engine: partitions of a graph of blocks, their rules, goals, solvers and proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from linli.districting.engine import split
    from linli.districting.ensemble import Ensemble, NotConvergedWarning, sample
    from linli.districting.executors import City
    from linli.districting.problem import Problem
    from linli.districting.result import Progress, Proof, Result

__all__ = ["City", "Ensemble", "NotConvergedWarning", "Problem", "Progress", "Proof", "Result", "sample", "split"]

_HOME = {
    "City": "executors",
    "Ensemble": "ensemble",
    "NotConvergedWarning": "ensemble",
    "Problem": "problem",
    "Progress": "result",
    "Proof": "result",
    "Result": "result",
    "sample": "ensemble",
    "split": "engine",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'linli.districting' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"linli.districting.{_HOME[name]}"), name)
