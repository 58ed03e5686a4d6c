"""What a solver returns: labels, the measured objective, a lower bound and where the bound comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from linli.districting.problem import Ints

Status = Literal["proven", "feasible", "infeasible", "unknown"]


@dataclass(frozen=True)
class Proof:
    """Why no plan is better than `bound`, or that nothing is known.

    Parameters
    ----------
    method
        `planar-dual`, `hess`, `cut-mip`, `arithmetic` or `heuristic`.
    claim
        One sentence: over which plans the bound holds.
    objective, bound
        In the user's units.
    counters
        What the search did: ears, labels, nodes, pruned, and the like.
    pieces
        Proofs of independent pieces whose objectives and bounds add up to this one's.
    """

    method: str
    claim: str
    objective: float | None
    bound: float | None
    counters: dict[str, int] = field(default_factory=dict)
    pieces: tuple[Proof, ...] = ()


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Return by how much of the objective it lies above its bound, 0 where they are equal; None where either lacks."""
    if objective is None or bound is None:
        return None
    if objective == bound:
        return 0.0
    return (objective - bound) / max(abs(objective), 1e-12)


@dataclass(frozen=True)
class Result:
    """The best plan found, and what is known of better ones.

    `labels` has shape (n,) with values 0 … parts-1, or is None where no plan was found. `objective` and `bound`
    are in the user's units (costs / scale); `gap` is (objective - bound) / objective, 0 when proven.
    """

    status: Status
    labels: Ints | None
    objective: float | None
    bound: float | None
    proof: Proof
    parts: int
    cpu_seconds: float = 0.0
    interrupted: bool = False
    clash: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Relative distance between the objective and the bound; None where either is unknown."""
        return relative_gap(self.objective, self.bound)


@dataclass(frozen=True)
class Progress:
    """One step of long work, for a progress bar."""

    stage: str
    done: float
    total: float | None = None
    objective: float | None = None
    bound: float | None = None


ProgressHook = Callable[[Progress], None]
