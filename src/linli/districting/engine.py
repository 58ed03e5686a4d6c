"""Divide a problem: check it, take it apart into pieces, prove what can be proven, search the rest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

import numpy as np

from linli.districting.executors import City
from linli.districting.labels import FAR
from linli.districting.lawful import Demands
from linli.districting.problem import Ints, Problem
from linli.districting.region import Region
from linli.districting.result import Progress, ProgressHook, Proof, Result, Status
from linli.errors import InputError

EXACT_BLOCKS = 600
EXACT_PARTS = 6
CITY_PARTS = 200  # more are divided region by region
FIRST_SEARCH = 0.05  # of the time, for the first plan of a proof of many blocks
PROOF = 0.28  # of the time, before the rest goes into better plans of many blocks and few parts
ROOMY = 0.8  # of the band between the bounds, where the number of parts of a city is free
FEW_BLOCKS = 24  # few enough for any number of parts
DEFAULT_SECONDS = 60.0

CLAIM = (
    "no plan of {parts} connected parts{apart} with counts in {lower} … {upper} "
    "has a cheaper dividing line on this graph"
)


def split(
    problem: Problem,
    lower: int,
    upper: int,
    parts: int | None = None,
    minimize: str = "cut",
    seed: int = 0,
    time_limit: float | None = None,
    *,
    enclaves: bool | None = None,
    fixed: Mapping[int, object] | None = None,
    seats: Sequence[int] = (),
    start: Ints | None = None,
    city: City | None = None,
    progress: ProgressHook | None = None,
) -> Result:
    """Divide the blocks into connected parts with counts in lower … upper at the least cost.

    Parameters
    ----------
    problem
        Blocks and neighbours.
    lower, upper
        Bounds of a part's weight, inclusive.
    parts
        Number of parts; None leaves it free.
    minimize
        `cut` (the sum of the costs of divided edges) or `inertia` (weight × squared distance to the part's centre).
    seed
        The same seed gives the same plan, unless the time limit cuts the search short.
    time_limit
        Wall seconds; None stands for 60. The best plan so far, a bound and a gap are always returned.
    enclaves
        May a part be enclosed by another? By default not, if the rim is known; a graph without a rim allows it.
    fixed
        Blocks that must lie together (equal values) and apart (different values).
    seats
        Blocks that must lie in different parts.
    start
        Shape (n,): a plan to begin with, values 0 … parts - 1, -1 where open. A partial or broken one is completed and
        mended first, keeping as much as can be kept.
    city
        How a region of more than 200 parts is divided: workers, rounds, checkpoint. Its `restarts` are for all else.
    progress
        Called with `Progress` along the way.

    Raises
    ------
    InputError
        Bounds crossed or negative, a number of parts below 1, contradictory fixings.
    """
    if lower < 0 or upper < lower:
        raise InputError(
            "the bounds are crossed or negative", field="lower, upper", value=(lower, upper),
            advice="give a lower bound of at least 0 and an upper bound that is not below it",
        )  # fmt: skip
    if parts is not None and parts < 1:
        raise InputError("there must be at least one part", field="parts", value=parts)
    if minimize == "cut":
        _load_kernels()
    if city is not None and city.restarts > 1:
        from linli.districting.restarts import best_of

        search = partial(
            split, problem, lower, upper, parts=parts, minimize=minimize, enclaves=enclaves, fixed=fixed,
            seats=seats, start=start, city=city.alone(),
        )  # fmt: skip
        return best_of(search, city, seed, time_limit or DEFAULT_SECONDS, progress)
    began, cpu = time.monotonic(), time.process_time()
    deadline = began + (DEFAULT_SECONDS if time_limit is None else time_limit)
    if minimize == "inertia":
        from linli.districting.assignment import split_inertia

        if parts is None:
            raise InputError("this goal needs a number of parts", field="parts", advice="give the number of parts")
        free = (problem.rim is None) if enclaves is None else enclaves
        return split_inertia(
            problem, lower, upper, parts, start=start, enclaves=free, time_limit=deadline - began, progress=progress
        )
    if minimize != "cut":
        raise InputError("unknown goal", field="minimize", value=minimize, advice="choose cut or inertia")
    lock = _locks(problem, fixed or {}, seats)
    joined, group = _join_locked(problem, lock)
    first = None
    if start is not None:
        first = np.full(joined.n, -1, np.int64)
        settled = np.asarray(start) >= 0
        first[group[settled]] = np.asarray(start)[settled]
    key = np.full(joined.n, -1, np.int64)
    key[group] = lock
    free_enclaves = (problem.rim is None) if enclaves is None else enclaves
    result = _split_pieces(
        joined, lower, upper, parts, key, free_enclaves, seed, deadline, first, progress, city or City()
    )
    labels = None if result.labels is None else _by_first_block(result.labels[group])
    return Result(
        result.status, labels, result.objective, result.bound, result.proof, result.parts,
        time.process_time() - cpu, result.interrupted, result.clash,
    )  # fmt: skip


@cache
def _load_kernels() -> None:
    """Load or compile the kernels by dividing a strip of blocks, so that no time limit pays for it."""
    strip = [[b, b + 2] for b in range(10)] + [[b, b + 1] for b in range(0, 12, 2)]
    problem = Problem.from_graph([1] * 12, strip)
    _split_pieces(problem, 3, 5, 3, np.full(12, -1, np.int64), True, 0, time.monotonic() + 3600, None, None, City())


def _locks(problem: Problem, fixed: Mapping[int, object], seats: Sequence[int]) -> Ints:
    lock = np.full(problem.n, -1, np.int64)
    numbers: dict[object, int] = {}
    for block, community in fixed.items():
        lock[block] = numbers.setdefault(community, len(numbers))
    count = len(numbers)
    for block in seats:
        if lock[block] < 0:
            lock[block] = count
            count += 1
    taken: dict[int, int] = {}
    for block in seats:
        if lock[block] in taken and taken[int(lock[block])] != block:
            raise InputError(
                "two seats are fixed to one community",
                field="seats", value=(problem.name(taken[int(lock[block])]), problem.name(block)),
            )  # fmt: skip
        taken[int(lock[block])] = block
    return lock


def _join_locked(problem: Problem, lock: Ints) -> tuple[Problem, Ints]:
    """Merge neighbours that are locked together; the number of the merged block for each block."""
    same = (lock[problem.edges[:, 0]] == lock[problem.edges[:, 1]]) & (lock[problem.edges[:, 0]] >= 0)
    if not same.any():
        return problem, np.arange(problem.n)
    from linli.districting.problem import connected_pieces

    group = connected_pieces(problem.n, problem.edges[same])
    return problem.contract(group), group


def _by_first_block(labels: Ints) -> Ints:
    """Number the parts in the order of their first block, so that equal plans have equal labels."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse], dtype=np.int64)


def _possible_parts(weight: int, lower: int, upper: int, blocks: int) -> range:
    fewest = max(1, -(-weight // upper)) if upper > 0 else (1 if weight == 0 else blocks + 1)
    most = min(blocks, weight // lower) if lower > 0 else blocks
    return range(fewest, most + 1)


def _split_pieces(
    problem: Problem, lower: int, upper: int, parts: int | None, lock: Ints, enclaves: bool, seed: int,
    deadline: float, start: Ints | None, progress: ProgressHook | None, city: City,
) -> Result:  # fmt: skip
    piece = problem.pieces
    count = int(piece.max()) + 1
    for key in np.unique(lock[lock >= 0]):
        if len(np.unique(piece[lock == key])) > 1:
            return _nothing("infeasible", parts, "blocks fixed to one community lie in separate pieces")
    ranges = [
        _possible_parts(int(problem.weights[piece == p].sum()), lower, upper, int((piece == p).sum()))
        for p in range(count)
    ]
    fewest, most = sum(r.start for r in ranges), sum(r.stop - 1 for r in ranges)
    if any(len(r) == 0 for r in ranges) or (parts is not None and not fewest <= parts <= most):
        return _nothing("infeasible", parts, "the sums alone rule it out")
    if int(problem.weights.max()) > upper:
        return _nothing("infeasible", parts, "a block is above the upper bound")
    if count == 1:
        return _split_connected(problem, lower, upper, parts, lock, enclaves, seed, deadline, start, progress, city)
    return _allot(problem, ranges, lower, upper, parts, lock, enclaves, seed, deadline, progress, city)


def _nothing(status: Status, parts: int | None, why: str) -> Result:
    method = "arithmetic" if status == "infeasible" else "heuristic"
    return Result(status, None, None, None, Proof(method, why, None, None), parts or 0)


def _allot(
    problem: Problem, ranges: list[range], lower: int, upper: int, parts: int | None, lock: Ints, enclaves: bool,
    seed: int, deadline: float, progress: ProgressHook | None, city: City,
) -> Result:  # fmt: skip
    """Divide each connected piece by itself; hand the number of parts out so that the sum is least."""
    piece = problem.pieces
    fewest = sum(r.start for r in ranges)
    spare = None if parts is None else parts - fewest
    answers: list[dict[int, Result]] = []
    jobs = sum(min(len(r), 1 if spare is None else spare + 1) for r in ranges)
    for p, r in enumerate(ranges):
        own: dict[int, Result] = {}
        blocks = np.flatnonzero(piece == p)
        numbers: list[int | None] = [None] if spare is None else [k for k in r if k - r.start <= spare]
        for number in numbers:
            now = time.monotonic()
            until = now + max(0.2, deadline - now) / max(1, jobs)
            jobs -= 1
            found = _split_connected(
                problem.subproblem(blocks),
                lower,
                upper,
                number,
                lock[blocks],
                enclaves,
                seed,
                until,
                None,
                progress,
                city.of_piece(p),
            )
            own[found.parts if found.labels is not None else (number or r.start)] = found
        answers.append(own)
    return _add_up(problem, answers, parts)


def _add_up(problem: Problem, answers: list[dict[int, Result]], parts: int | None) -> Result:
    piece = problem.pieces
    infinite = float("inf")
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    least: dict[int, float] = {0: 0.0}
    for own in answers:
        grown: dict[int, tuple[float, list[int]]] = {}
        lower_bounds: dict[int, float] = {}
        for k, result in own.items():
            if result.status != "infeasible":
                floor = result.bound if result.bound is not None else 0.0
                for used, value in least.items():
                    lower_bounds[used + k] = min(lower_bounds.get(used + k, infinite), value + floor)
            if result.objective is None:
                continue
            for used, (value, chosen) in best.items():
                total = value + result.objective
                if total < grown.get(used + k, (infinite, []))[0]:
                    grown[used + k] = (total, [*chosen, k])
        best, least = grown, lower_bounds
    wanted = [k for k in best if parts is None or k == parts]
    bounds = [value for k, value in least.items() if parts is None or k == parts]
    if not wanted:
        return _nothing("unknown" if bounds else "infeasible", parts, "no division of the pieces was found")
    number = min(wanted, key=lambda k: (best[k][0], k))
    objective, chosen = best[number]
    labels = np.zeros(problem.n, np.int64)
    used = 0
    proofs = []
    for p, k in enumerate(chosen):
        own_result = answers[p][k]
        if own_result.labels is not None:
            labels[piece == p] = own_result.labels + used
        used += own_result.parts
        proofs.append(own_result.proof)
    bound = min(bounds)
    bound = objective if abs(objective - bound) * problem.scale < 0.5 else bound
    status: Status = "proven" if bound == objective else "feasible"
    methods = {proof.method for proof in proofs}
    proof = Proof(
        methods.pop() if len(methods) == 1 else "mixed",
        "the pieces are divided each by itself; objectives and bounds add up",
        objective, bound, {}, tuple(proofs),
    )  # fmt: skip
    interrupted = any(result.interrupted for own in answers for result in own.values())
    return Result(status, labels, objective, bound, proof, used, 0.0, interrupted)


def _split_connected(
    problem: Problem, lower: int, upper: int, parts: int | None, lock: Ints, enclaves: bool, seed: int,
    deadline: float, start: Ints | None, progress: ProgressHook | None, city: City,
) -> Result:  # fmt: skip
    if parts is None:
        return _free_number(problem, lower, upper, lock, enclaves, seed, deadline, start, progress, city)
    if parts == 1:
        return _one_part(problem, lock)
    if lower == 0:
        problem, lower, upper = _never_empty(problem, upper)
    from linli.districting.planar import embed

    root = embed(problem)
    if root is None:
        return _not_planar(problem, lower, upper, parts, lock, enclaves, seed, deadline, start, progress)
    from linli.districting.exact import Clock, Divider
    from linli.districting.search import search

    rim = problem.rim if problem.rim is not None else np.zeros(problem.n, np.bool_)
    demands = Demands(lower, upper, enclaves or not rim.any(), rim, lock)
    if start is not None:
        start = _mended(problem, root, demands, start, parts, seed, deadline)
    elif (lock >= 0).any():
        start = _mended(problem, root, demands, np.full(problem.n, -1, np.int64), parts, seed, deadline)
    if parts > CITY_PARTS:
        from linli.districting.city import search_city

        whole = search_city(root, demands, parts, city, seed=seed, deadline=deadline, begin=start, progress=progress,
                            scale=problem.scale)  # fmt: skip
        return _measured(problem, whole.label, whole.cost, parts, whole.interrupted)
    provable = _provable(problem.n, parts)
    from linli.districting import cooling

    suited = start is None and cooling.suits(problem, demands, parts)
    if suited and not provable:
        cooled = cooling.cool(problem, root, demands, parts, seed=seed, deadline=deadline, progress=progress)
        if cooled.label is not None:
            return _measured(problem, cooled.label, cooled.cost, parts, cooled.interrupted)
    found_label, found_cost, interrupted = start, int(problem.cut(start)) if start is not None else int(FAR), False
    if parts > 2 or not provable:
        now = time.monotonic()
        until = now + FIRST_SEARCH * (deadline - now) if suited and provable else deadline
        # of three parts a triple is the whole: the proof itself finds the best plan
        starts, triples = (2, 0) if parts == 3 else (6, 4 * (parts - 2))
        found = search(
            root, demands, parts, seed=seed, deadline=until, begin=start, progress=progress, scale=problem.scale,
            starts=starts if provable else None, triples=triples if provable else None,
        )  # fmt: skip
        interrupted = found.interrupted
        if found.label is not None and found.cost < found_cost:
            found_label, found_cost = found.label, found.cost
    if not provable or interrupted:
        return _measured(problem, found_label, found_cost, parts, interrupted)

    def tell(cost: int, bound: int) -> None:
        if progress is not None:
            objective = cost / problem.scale if cost < FAR else None
            done = bound / cost if cost < FAR and cost > 0 else 0.0
            progress(Progress("proof", done, 1.0, objective, bound / problem.scale if bound < FAR else None))

    now = time.monotonic()
    until = now + PROOF * (deadline - now) if suited else deadline
    divider = Divider(root, demands, parts, Clock(until, tell))
    try:
        outcome = divider.solve(found_label, found_cost)
    except KeyboardInterrupt:
        return _measured(problem, found_label, found_cost, parts, True)
    if suited and not outcome.closed and outcome.label is not None and time.monotonic() < deadline:
        cooled = cooling.cool(
            problem, root, demands, parts, seed=seed, deadline=deadline, begin=outcome.label, progress=progress
        )
        if cooled.label is not None and cooled.cost < outcome.cost:
            outcome = replace(outcome, label=cooled.label, cost=cooled.cost)
    claim = CLAIM.format(
        parts=parts, lower=lower, upper=upper, apart="" if demands.enclaves else ", none enclosing another"
    )
    if outcome.label is None:
        if outcome.bound < FAR:
            bound = outcome.bound / problem.scale
            return Result("unknown", None, None, bound, Proof("planar-dual", claim, None, bound), parts)
        return Result("infeasible", None, None, None, Proof("planar-dual", "all ears were tried", None, None), parts)
    objective, bound = outcome.cost / problem.scale, outcome.bound / problem.scale
    status: Status = "proven" if outcome.closed else "feasible"
    proof = Proof("planar-dual", claim, objective, bound, outcome.counters)
    return Result(status, outcome.label, objective, bound, proof, parts)


def _never_empty(problem: Problem, upper: int) -> tuple[Problem, int, int]:
    """Weights in which every set of blocks weighs at least 1, with the same plans within the bounds 0 … upper."""
    if problem.weights.min() > 0:
        return problem, 1, upper
    step = problem.n + 1
    return replace(problem, weights=problem.weights * step + 1), 1, upper * step + problem.n


def _provable(blocks: int, parts: int) -> bool:
    """True if a proof is worth trying."""
    return (blocks <= EXACT_BLOCKS and parts <= EXACT_PARTS) or blocks <= FEW_BLOCKS


def _mended(
    problem: Problem, root: Region, demands: Demands, labels: Ints, parts: int, seed: int, deadline: float
) -> Ints | None:
    """Bring labels (-1 where open) to a valid plan; None if none was reached."""
    from linli.districting.labels import new_table
    from linli.districting.lawful import lawful
    from linli.districting.repair import mend
    from linli.districting.search import TABLE_ENTRIES

    table = new_table(TABLE_ENTRIES)
    for attempt in range(8):
        found = mend(problem, root, demands, labels, parts, table, seed=seed * 8 + attempt, deadline=deadline)
        if found is not None and lawful(root, demands, parts, found):
            return found
    return None


def _one_part(problem: Problem, lock: Ints) -> Result:
    if len(np.unique(lock[lock >= 0])) > 1:
        return _nothing("infeasible", 1, "blocks fixed to different communities in one part")
    proof = Proof("arithmetic", "one part has no dividing line", 0.0, 0.0)
    return Result("proven", np.zeros(problem.n, np.int64), 0.0, 0.0, proof, 1)


def _measured(problem: Problem, label: Ints | None, cost: int, parts: int, interrupted: bool) -> Result:
    if label is None:
        return Result("unknown", None, None, None, Proof("heuristic", "no plan was found in time", None, None), parts,
                      interrupted=interrupted)  # fmt: skip
    objective = cost / problem.scale
    proof = Proof("heuristic", "measured, bound unknown", objective, None)
    return Result("feasible", label, objective, None, proof, parts, interrupted=interrupted)


def _free_number(
    problem: Problem, lower: int, upper: int, lock: Ints, enclaves: bool, seed: int, deadline: float,
    start: Ints | None, progress: ProgressHook | None, city: City,
) -> Result:  # fmt: skip
    """Try numbers of parts from the fewest; more parts cost more line, so the first few decide."""
    numbers = _possible_parts(problem.total, lower, upper, problem.n)
    if numbers.start > CITY_PARTS:
        # one number: few parts cost little line, but some room must be left in each
        roomy = -(-problem.total // max(1, round(ROOMY * upper + (1 - ROOMY) * lower)))
        numbers = range(min(max(numbers.start, roomy), numbers.stop - 1), numbers.stop)
    keys = len(np.unique(lock[lock >= 0]))
    numbers = range(max(numbers.start, keys), numbers.stop)
    if len(numbers) == 0:
        return _nothing("infeasible", None, "the sums alone rule it out")
    small = _provable(problem.n, numbers.stop - 1)
    best: Result | None = None
    floors: list[float] = []
    number = numbers.start
    while number < numbers.stop:
        now = time.monotonic()
        until = now + max(0.2, deadline - now) / (min(3, numbers.stop - number))
        found = _split_connected(problem, lower, upper, number, lock, enclaves, seed, until, None, progress, city)
        if found.status != "infeasible":
            floors.append(found.bound if found.bound is not None else 0.0)
        if found.labels is not None and (best is None or (found.objective or 0) < (best.objective or 0)):
            best = found
        if found.interrupted or (not small and best is not None):
            break
        number += 1 if small else max(1, number // 50)
    if best is None:
        return _nothing("unknown" if floors else "infeasible", None, "no number of parts gave a plan")
    proven = small and number == numbers.stop and min(floors) == best.objective
    bound = min(floors) if small and number == numbers.stop else None
    proof = Proof(
        best.proof.method, best.proof.claim + "; the number of parts was free", best.objective, bound,
        best.proof.counters,
    )  # fmt: skip
    status: Status = "proven" if proven else "feasible"
    return Result(status, best.labels, best.objective, bound, proof, best.parts, interrupted=best.interrupted)


def _not_planar(
    problem: Problem, lower: int, upper: int, parts: int, lock: Ints, enclaves: bool, seed: int, deadline: float,
    start: Ints | None, progress: ProgressHook | None,
) -> Result:  # fmt: skip
    """Bridges and tunnels make lines cross: an integer program, which bounds what it cannot close."""
    from linli.districting.cutmip import split_cut_mip

    locks = [lock] if (lock >= 0).any() else []
    return split_cut_mip(
        problem, lower, upper, parts,
        start=start if start is not None and (start >= 0).all() else None,
        enclaves=enclaves,
        together=locks,
        apart=locks,
        time_limit=max(0.2, deadline - time.monotonic()),
        progress=progress,
    )  # fmt: skip
