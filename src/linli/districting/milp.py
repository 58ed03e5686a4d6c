"""A thin layer over HiGHS: sparse integer models in, honest answers with bounds out, Ctrl-C heeded."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import ArrayLike

from linli.districting.problem import Floats, Ints

INFINITY = float(highspy.kHighsInf)
FEASIBILITY_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Answer:
    """What HiGHS says of a model.

    `optimal` and `infeasible` are final; `stopped` means that a limit or an interruption came first. `bound` is the
    proven lower bound on the objective (minus infinity where there is none).
    """

    status: Literal["optimal", "infeasible", "stopped"]
    values: Floats | None
    objective: float | None
    bound: float
    nodes: int
    interrupted: bool


@dataclass
class Model:
    """A minimisation over binary and continuous columns with rows added one block after the other.

    Parameters
    ----------
    cost, lower, upper
        Shape (columns,): objective and bounds of each column.
    integral
        Shape (columns,): True where a column must be whole.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    integral: np.ndarray
    _starts: list[Ints] = field(default_factory=list)
    _columns: list[Ints] = field(default_factory=list)
    _values: list[Floats] = field(default_factory=list)
    _low: list[Floats] = field(default_factory=list)
    _high: list[Floats] = field(default_factory=list)
    _entries: int = 0

    def add_columns(self, cost: Floats, upper: Floats) -> int:
        """Add continuous columns from 0 to `upper`; return the number of the first."""
        first = len(self.cost)
        self.cost = np.append(self.cost, cost)
        self.lower, self.upper = np.append(self.lower, np.zeros(len(cost))), np.append(self.upper, upper)
        self.integral = np.append(self.integral, np.zeros(len(cost), dtype=np.bool_))
        return first

    def add_rows(self, rows: ArrayLike, columns: ArrayLike, values: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """Add `len(low)` rows given as entries (row, column, value), rows numbered from 0 within this call."""
        row = np.asarray(rows, dtype=np.int64)
        order = np.argsort(row, kind="stable")
        below = np.atleast_1d(np.asarray(low, dtype=np.float64))
        counts = np.bincount(row, minlength=len(below))
        self._starts.append(self._entries + np.cumsum(counts) - counts)
        self._columns.append(np.asarray(columns, dtype=np.int64)[order])
        self._values.append(np.broadcast_to(np.asarray(values, dtype=np.float64), row.shape)[order])
        self._low.append(below)
        self._high.append(np.broadcast_to(np.asarray(high, dtype=np.float64), below.shape))
        self._entries += len(row)

    def add_row(self, columns: ArrayLike, values: ArrayLike, low: float, high: float) -> None:
        """Add one row low ≤ Σ values · columns ≤ high."""
        column = np.asarray(columns, dtype=np.int64)
        self.add_rows(np.zeros(len(column), np.int64), column, values, [low], [high])

    def solve(
        self,
        *,
        start: Floats | None = None,
        deadline: float | None = None,
        absolute_gap: float = 1e-6,
        watch: Callable[[float, float], None] | None = None,
    ) -> Answer:
        """Run HiGHS on one thread.

        Parameters
        ----------
        start
            Shape (columns,): a feasible point to begin with.
        deadline
            `time.monotonic()` at which to stop.
        absolute_gap
            Objective and bound closer than this count as equal.
        watch
            Called now and then with the best objective (infinite at first) and the bound.
        """
        solver = _Quiet()
        for option, value in (
            ("threads", 1),
            ("mip_rel_gap", 0.0),
            ("mip_abs_gap", absolute_gap),
            ("mip_feasibility_tolerance", FEASIBILITY_TOLERANCE),
        ):
            solver.setOptionValue(option, value)
        if deadline is not None:
            solver.setOptionValue("time_limit", max(deadline - time.monotonic(), 0.01))
        if solver.passModel(self._linear_program()) != highspy.HighsStatus.kOk:
            raise RuntimeError("HiGHS refused the model")
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            solver.setSolution(solution)
        interrupted = _run_heeding_interruption(solver, watch)
        return _read(solver, interrupted)

    def _linear_program(self) -> Any:
        program = highspy.HighsLp()
        rows = int(sum(len(low) for low in self._low))
        program.num_col_, program.num_row_ = len(self.cost), rows
        program.col_cost_, program.col_lower_, program.col_upper_ = self.cost, self.lower, self.upper
        program.row_lower_ = np.clip(_joined(self._low, np.float64), -INFINITY, INFINITY)
        program.row_upper_ = np.clip(_joined(self._high, np.float64), -INFINITY, INFINITY)
        matrix = program.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = len(self.cost), rows
        matrix.start_ = np.append(_joined(self._starts, np.int64), self._entries).astype(np.int32)
        matrix.index_ = _joined(self._columns, np.int64).astype(np.int32)
        matrix.value_ = _joined(self._values, np.float64)
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        program.integrality_ = [kinds[whole] for whole in self.integral.astype(int).tolist()]
        return program


class _Quiet(highspy.Highs):  # type: ignore[misc]
    """HiGHS that keeps standard output clean from its first breath: it greets while its callbacks are set up."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def _joined(pieces: list[Any], kind: type) -> Any:
    return np.concatenate(pieces) if pieces else np.zeros(0, kind)


def _run_heeding_interruption(solver: Any, watch: Callable[[float, float], None] | None) -> bool:
    """Run HiGHS in a second thread so that the first one hears Ctrl-C; True if it came."""
    seen = [np.inf, -np.inf]

    def remember(event: Any) -> None:
        seen[0], seen[1] = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound

    solver.HandleUserInterrupt = True
    if watch is not None:
        solver.cbMipInterrupt += remember
    failure: list[BaseException] = []

    def run() -> None:
        try:
            solver.run()
        except BaseException as error:  # handed to the first thread
            failure.append(error)

    worker = Thread(target=run, daemon=True)
    worker.start()
    interrupted, wait = False, 0.001
    while worker.is_alive():
        try:
            worker.join(wait)
            wait = min(2 * wait, 0.1)
            if watch is not None and worker.is_alive():
                watch(seen[0], seen[1])
        except KeyboardInterrupt:
            interrupted = True
            solver.cancelSolve()
    if failure:
        raise failure[0]
    return interrupted


def _read(solver: Any, interrupted: bool) -> Answer:
    status, info = solver.getModelStatus(), solver.getInfo()
    known = highspy.HighsModelStatus
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Answer("infeasible", None, None, np.inf, int(info.mip_node_count), interrupted)
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if feasible else None
    objective = float(info.objective_function_value) if feasible else None
    final = status == known.kOptimal and feasible
    bound = float(info.mip_dual_bound)
    if not np.isfinite(bound):
        bound = objective if final and objective is not None else -np.inf
    return Answer(
        "optimal" if final else "stopped", values, objective, bound, max(int(info.mip_node_count), 0), interrupted
    )
