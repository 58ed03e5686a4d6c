"""Integer models of the peers: blocks by parts for the cut, blocks by centres for inertia, separators when needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from linli.districting.problem import Bools, Floats, Ints

from .instances import Instance
from .peers import Answer


class Rows(NamedTuple):
    """Sparse rows `low ≤ Σ value × variable ≤ high`: one entry of `row`, `column`, `value` for each coefficient."""

    low: Floats
    high: Floats
    row: Ints
    column: Ints
    value: Floats


@dataclass(frozen=True)
class Model:
    """Minimise cost × variable under rows; variables are binary and the first `choices` decide everything."""

    cost: Floats
    upper: Floats
    choices: int
    rows: Rows


class Separator(NamedTuple):
    """If `a` (and `b`, where given) lie in one part, a block of `through` lies in it too."""

    a: int
    b: int | None
    through: Ints


def cut_model(instance: Instance) -> Model:
    """x[block, part] and z[edge, part] ≥ x[i, part] - x[j, part]; parts are numbered by their first block."""
    problem, parts = instance.problem, instance.parts
    n, m, edges = problem.n, len(problem.edges), problem.edges
    x = np.arange(n * parts).reshape(n, parts)
    z = n * parts + np.arange(m * parts).reshape(m, parts)
    order = np.argsort(-problem.weights, kind="stable")
    upper = np.ones(n * parts + m * parts)
    for rank in range(parts - 1):
        upper[x[order[rank], rank + 1 :]] = 0
    rows = [
        _rows(1, 1, x, np.ones((n, parts))),
        _rows(instance.lower, instance.upper, x.T, np.tile(problem.weights.astype(float), (parts, 1))),
        _rows(
            -np.inf,
            0,
            np.stack([x[edges[:, 0]].ravel(), x[edges[:, 1]].ravel(), z.ravel()], axis=1),
            np.tile([1.0, -1.0, -1.0], (m * parts, 1)),
        ),
    ]
    for rank in range(1, n):
        for part in range(1, min(rank + 1, parts)):
            earlier = x[order[:rank], part - 1]
            columns = np.concatenate([[x[order[rank], part]], earlier])
            rows.append(_rows(-np.inf, 0, columns[None], np.concatenate([[1.0], -np.ones(rank)])[None]))
    cost = np.concatenate([np.zeros(n * parts), np.repeat(problem.costs.astype(float), parts)])
    return Model(cost, upper, n * parts, _stack(rows))


def highs_cut(instance: Instance, cap: float) -> Answer:
    """Solve, add the separators that the answer breaks, solve again; the bound is the best of all rounds."""
    n, parts = instance.problem.n, instance.parts
    read = _label_reader(n, parts)

    def broken_rows(values: Floats) -> list[tuple[list[int], list[float], float]]:
        return [row for s in separators(instance, read(values)) for row in _separator_rows(s, parts)]

    status, objective, bound, values = _highs_rounds(cut_model(instance), cap, broken_rows)
    scale = instance.problem.scale
    labels = None if values is None else read(values)
    return Answer("HiGHS", status, _over(objective, scale), _over(bound, scale), labels)


def highs_hess(instance: Instance, cap: float) -> Answer:
    """Hess: x[block, centre], cost = households × squared distance, as many centres as parts."""
    problem = instance.problem
    if problem.xy is None:
        raise ValueError("moment of inertia needs xy")
    n, weights = problem.n, problem.weights.astype(float)
    squares = ((problem.xy[:, None, :] - problem.xy[None, :, :]) ** 2).sum(axis=2)
    x = np.arange(n * n).reshape(n, n)
    mass = np.tile(weights, (n, 1))
    at_home = np.eye(n, dtype=bool)
    upper_rows, lower_rows = mass.copy(), mass.copy()
    upper_rows[at_home] -= instance.upper
    lower_rows[at_home] -= instance.lower
    off = ~at_home
    homes = np.broadcast_to(np.diag(x), (n, n))
    rows = [
        _rows(1, 1, x, np.ones((n, n))),
        _rows(instance.parts, instance.parts, np.diag(x)[None], np.ones((1, n))),
        _rows(-np.inf, 0, x.T, upper_rows),
        _rows(0, np.inf, x.T, lower_rows),
        _rows(-np.inf, 0, np.stack([x[off], homes[off]], axis=1), np.tile([1.0, -1.0], (int(off.sum()), 1))),
    ]
    model = Model((weights[:, None] * squares).ravel(), np.ones(n * n), n * n, _stack(rows))

    def read(values: Floats) -> Ints:
        return np.unique(values.reshape(n, n).argmax(axis=1), return_inverse=True)[1].astype(np.int64)

    def broken_rows(values: Floats) -> list[tuple[list[int], list[float], float]]:
        found, rows = values.reshape(n, n).argmax(axis=1), []
        for separator in separators(instance, read(values), to=found):
            centre = int(found[separator.a])
            columns = [x[separator.a, centre], *x[separator.through, centre]]
            rows.append(([int(c) for c in columns], [1.0] + [-1.0] * len(separator.through), 0.0))
        return rows

    status, objective, bound, values = _highs_rounds(model, cap, broken_rows)
    return Answer("HiGHS (Hess)", status, objective, bound, None if values is None else read(values))


def cpsat_cut(instance: Instance, cap: float) -> Answer:
    """The same model and rounds in CP-SAT with one worker."""
    from ortools.sat.python import cp_model

    model, program = cut_model(instance), cp_model.CpModel()
    variables = [program.new_int_var(0, int(u), "") for u in model.upper]
    for low, high, columns, values in _each_row(model.rows):
        expression = cp_model.LinearExpr.weighted_sum([variables[c] for c in columns], [int(v) for v in values])
        program.add_linear_constraint(expression, int(max(low, -(2**40))), int(min(high, 2**40)))
    priced = np.flatnonzero(model.cost)
    program.minimize(
        cp_model.LinearExpr.weighted_sum([variables[c] for c in priced], [int(v) for v in model.cost[priced]])
    )
    read, scale = _label_reader(instance.problem.n, instance.parts), instance.problem.scale
    bound, deadline = 0.0, time.monotonic() + cap
    while (left := deadline - time.monotonic()) > 0:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2  # at 1 its bound stays 0
        solver.parameters.max_time_in_seconds = left
        code = solver.solve(program)
        if code == cp_model.INFEASIBLE:
            return Answer("CP-SAT", "infeasible", None, None, None)
        bound = max(bound, solver.best_objective_bound)
        if code not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            break
        labels = read(np.array([solver.value(v) for v in variables[: model.choices]], dtype=float))
        wrong = list(separators(instance, labels))
        if not wrong:
            done = code == cp_model.OPTIMAL
            objective = instance.problem.cut(labels)
            return Answer("CP-SAT", "proven" if done else "feasible", objective / scale, bound / scale, labels)
        for separator in wrong:
            for columns, values, high in _separator_rows(separator, instance.parts):
                row = cp_model.LinearExpr.weighted_sum([variables[c] for c in columns], [int(v) for v in values])
                program.add(row <= int(high))
    return Answer("CP-SAT", "unknown", None, bound / scale, None)


def scip_cut(instance: Instance, cap: float) -> Answer:
    """The same model in SCIP; a constraint handler adds separators inside the search tree."""
    from pyscipopt import SCIP_RESULT, Conshdlr, quicksum
    from pyscipopt import Model as Scip

    model, program = cut_model(instance), Scip()
    program.hideOutput()
    variables = [
        program.addVar(vtype="B" if c < model.choices else "C", lb=0, ub=float(u), obj=float(v))
        for c, (u, v) in enumerate(zip(model.upper, model.cost, strict=True))
    ]
    for low, high, columns, values in _each_row(model.rows):
        expression = quicksum(float(v) * variables[c] for c, v in zip(columns, values, strict=True))
        if low == high:
            program.addCons(expression == high)
        elif np.isfinite(low):
            program.addCons(low <= (expression <= high))
        else:
            program.addCons(expression <= high)
    read, chosen = _label_reader(instance.problem.n, instance.parts), variables[: model.choices]

    class Connected(Conshdlr):  # type: ignore[misc]
        """Parts are in one piece."""

        def labels(self, solution: object) -> Ints:
            return read(np.array([self.model.getSolVal(solution, v) for v in chosen]))

        def conscheck(self, constraints: Any, solution: Any, *rest: Any) -> dict[str, int]:
            wrong = next(separators(instance, self.labels(solution)), None)
            return {"result": SCIP_RESULT.FEASIBLE if wrong is None else SCIP_RESULT.INFEASIBLE}

        def consenfolp(self, constraints: Any, useful: int, infeasible: bool) -> dict[str, int]:
            found = list(separators(instance, self.labels(None)))
            for separator in found:
                for columns, values, high in _separator_rows(separator, instance.parts):
                    terms = (v * variables[c] for c, v in zip(columns, values, strict=True))
                    self.model.addCons(quicksum(terms) <= high)
            return {"result": SCIP_RESULT.CONSADDED if found else SCIP_RESULT.FEASIBLE}

        def consenfops(self, constraints: Any, useful: int, infeasible: bool, objective: bool) -> dict[str, int]:
            return self.consenfolp(constraints, useful, infeasible)

        def conslock(self, constraint: Any, kind: Any, positive: int, negative: int) -> None:
            for variable in chosen:
                self.model.addVarLocks(variable, positive + negative, positive + negative)

    program.includeConshdlr(
        Connected(), "connected", "parts are in one piece", enfopriority=-10, chckpriority=-10, needscons=False
    )
    for name, value in {
        "timing/clocktype": 1,  # CPU seconds
        "limits/time": cap,
        "misc/allowstrongdualreds": False,
        "misc/allowweakdualreds": False,
        "misc/usesymmetry": 0,
        "parallel/maxnthreads": 1,
    }.items():
        program.setParam(name, value)
    program.optimize()
    scale, status = instance.problem.scale, program.getStatus()
    if status == "infeasible":
        return Answer("SCIP", "infeasible", None, None, None)
    bound = max(0.0, program.getDualbound()) / scale
    if not program.getNSols():
        return Answer("SCIP", "unknown", None, bound, None)
    best = program.getBestSol()
    labels = read(np.array([program.getSolVal(best, v) for v in chosen]))
    objective = instance.problem.cut(labels) / scale
    return Answer("SCIP", "proven" if status == "optimal" else "feasible", objective, bound, labels)


def separators(instance: Instance, labels: Ints, to: Ints | None = None) -> Iterator[Separator]:
    """For each piece that is cut off from the main piece of its part, a smallest set that all ways out pass.

    The main piece is the heaviest, or the one that holds block `to[a]`. Where the ways round are so cut that less
    than the lower bound remains, `b` is None: no part fits in there (and always so where `to` is given).
    """
    problem = instance.problem
    start, ends, _ = problem.neighbours

    def spread(source: int, allowed: Bools) -> Bools:
        seen = np.zeros(problem.n, dtype=np.bool_)
        seen[source] = True
        stack = [source]
        while stack:
            v = stack.pop()
            near = ends[start[v] : start[v + 1]]
            new = near[allowed[near] & ~seen[near]]
            seen[new] = True
            stack.extend(new.tolist())
        return seen

    for part in np.unique(labels):
        left, pieces = labels == part, []
        while left.any():
            piece = spread(int(np.flatnonzero(left)[0]), left)
            pieces.append(piece)
            left = left & ~piece
        heaviest = max(range(len(pieces)), key=lambda i: int(problem.weights[pieces[i]].sum()))
        home = None if to is None else int(to[np.flatnonzero(labels == part)[0]])
        main = heaviest if home is None else next(i for i, piece in enumerate(pieces) if piece[home])
        for piece in (p for i, p in enumerate(pieces) if i != main):
            a = _heaviest(problem.weights, piece)
            b = home if home is not None else _heaviest(problem.weights, pieces[main])
            touching = np.zeros(problem.n, dtype=np.bool_)
            for v in np.flatnonzero(piece):
                touching[ends[start[v] : start[v + 1]]] = True
            touching &= ~piece
            beyond = spread(b, ~touching)
            needed = np.array(
                [v for v in np.flatnonzero(touching) if beyond[ends[start[v] : start[v + 1]]].any()], dtype=np.int64
            )
            shut = np.ones(problem.n, dtype=np.bool_)
            shut[needed] = False
            room = int(problem.weights[spread(a, shut)].sum())
            yield Separator(a, None if to is not None or room < instance.lower else b, needed)


def _heaviest(weights: Ints, chosen: Bools) -> int:
    who = np.flatnonzero(chosen)
    return int(who[np.argmax(weights[who])])


def _separator_rows(separator: Separator, parts: int) -> Iterator[tuple[list[int], list[float], float]]:
    ends = [separator.a] if separator.b is None else [separator.a, separator.b]
    for part in range(parts):
        columns = [int(v) * parts + part for v in (*ends, *separator.through)]
        yield columns, [1.0] * len(ends) + [-1.0] * len(separator.through), float(len(ends) - 1)


def _label_reader(n: int, parts: int) -> Callable[[Floats], Ints]:
    def read(values: Floats) -> Ints:
        return np.asarray(values[: n * parts].reshape(n, parts).argmax(axis=1), dtype=np.int64)

    return read


def _highs_rounds(
    model: Model, cap: float, broken_rows: Callable[[Floats], list[tuple[list[int], list[float], float]]]
) -> tuple[Any, float | None, float, Floats | None]:
    import highspy

    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("mip_rel_gap", 1e-9)
    solver.setOptionValue("mip_abs_gap", 0.5)
    count = len(model.cost)
    solver.addVars(count, np.zeros(count), model.upper)
    solver.changeColsCost(count, np.arange(count, dtype=np.int32), model.cost)
    kinds = np.full(model.choices, highspy.HighsVarType.kInteger)
    solver.changeColsIntegrality(model.choices, np.arange(model.choices, dtype=np.int32), kinds)
    rows = model.rows
    order = np.argsort(rows.row, kind="stable")
    starts = np.searchsorted(rows.row[order], np.arange(len(rows.low))).astype(np.int32)
    columns = rows.column[order].astype(np.int32)
    solver.addRows(len(rows.low), rows.low, rows.high, len(order), starts, columns, rows.value[order])
    bound, deadline = 0.0, time.monotonic() + cap
    while (left := deadline - time.monotonic()) > 0:
        solver.setOptionValue("time_limit", solver.getRunTime() + left)
        solver.run()
        state, info = solver.getModelStatus(), solver.getInfo()
        if state == highspy.HighsModelStatus.kInfeasible:
            return "infeasible", None, bound, None
        if np.isfinite(info.mip_dual_bound):
            bound = max(bound, info.mip_dual_bound)
        values = np.asarray(solver.getSolution().col_value)
        if info.primal_solution_status != 2 or not len(values):
            break
        wrong = broken_rows(values)
        if not wrong:
            done = state == highspy.HighsModelStatus.kOptimal
            return "proven" if done else "feasible", info.objective_function_value, bound, values
        for columns_, values_, high in wrong:
            found = np.asarray(columns_, dtype=np.int32)
            solver.addRow(-highspy.kHighsInf, high, len(found), found, np.asarray(values_))
    return "unknown", None, bound, None


def _rows(low: float, high: float, columns: Ints, values: Floats) -> Rows:
    """Rows of equal length: `columns` and `values` have shape (rows, entries)."""
    count, entries = columns.shape
    row = np.repeat(np.arange(count), entries)
    return Rows(np.full(count, float(low)), np.full(count, float(high)), row, columns.ravel(), values.ravel())


def _stack(rows: list[Rows]) -> Rows:
    before = np.cumsum([0] + [len(r.low) for r in rows])
    numbered = [r.row + b for r, b in zip(rows, before[:-1], strict=True)]
    return Rows(
        np.concatenate([r.low for r in rows]),
        np.concatenate([r.high for r in rows]),
        np.concatenate(numbered),
        np.concatenate([r.column for r in rows]),
        np.concatenate([r.value for r in rows]),
    )


def _each_row(rows: Rows) -> Iterator[tuple[float, float, Ints, Floats]]:
    order = np.argsort(rows.row, kind="stable")
    cuts = np.searchsorted(rows.row[order], np.arange(1, len(rows.low)))
    parts = zip(np.split(rows.column[order], cuts), np.split(rows.value[order], cuts), strict=True)
    for low, high, (columns, values) in zip(rows.low, rows.high, parts, strict=True):
        yield float(low), float(high), columns, values


def _over(value: float | None, scale: float) -> float | None:
    return None if value is None else value / scale
