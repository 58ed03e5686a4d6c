"""What is measured on a plan: each goal a named function with a unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from linli.districting.problem import Bools, Floats, Ints
from linli.geodata import COUNT_COLUMNS, Blocks
from linli.plans.groups import rows_of
from linli.plans.profiles import Profile
from linli.plans.rules import Rules
from linli.plans.task import STATIONS, STEPS, atoms_of, community_column, has_station, names_in, texts

WALKING_DETOUR = 1.3  # metres walked for a metre as the crow flies
MOST_CANDIDATES = 2000  # places for a station that are tried in one community
FACILITY_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "service_station": STATIONS,
        "kindergarten": ("kindergarten", "幼儿园"),
        "day_care": ("day_care", "日间照料中心", "日间照料", "养老服务站", "托育"),
        "clinic": ("clinic", "卫生服务站", "卫生室", "社区卫生服务站"),
    }
)
FACILITY_WORDS: Mapping[str, str] = MappingProxyType(
    {"service_station": "综合服务站", "kindergarten": "幼儿园", "day_care": "养老托育设施", "clinic": "卫生服务站"}
)
UNITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "boundary": ("加权界线", "米×价"),
        "cut_length_m": ("社区间界线长度", "米"),
        "reliance": ("界线依托率", "占比"),
        "balance": ("户数均衡（最大偏离平均）", "占比"),
        "polsby_popper": ("紧凑度（Polsby–Popper，平均）", "0–1"),
        "inertia": ("户数惯性矩", "户·平方千米"),
        "continuity": ("保持原社区的户数", "户"),
        "access": ("到服务站步行距离（户均）", "米"),
        "access_p90": ("到服务站步行距离（90%分位）", "米"),
        "belonging": ("被界线分开的认同户", "户"),
        "facilities": ("配套设施缺口", "处"),
        "workload": ("每名工作者年事项数（最高）", "件/人·年"),
    }
)
Labels = NDArray[np.generic] | Sequence[object]


def boundary(blocks: Blocks, labels: Labels, *, prices: Mapping[str, float]) -> float:
    """New line weighted by what runs there, metres × price: the sum of round(length × price × 1000), / 1000."""
    return int(boundary_costs(blocks, prices)[_cut(blocks, labels)].sum()) / STEPS


def boundary_costs(blocks: Blocks, prices: Mapping[str, float]) -> Ints:
    """Integer cost of each line row, in 1/1000 metre × price, shape (rows of `blocks.lines`,)."""
    price = np.array([prices[str(kind)] for kind in blocks.lines.kind], dtype=np.float64)
    return np.rint(blocks.lines.length_m * price * STEPS).astype(np.int64)


def cut_length_m(blocks: Blocks, labels: Labels) -> float:
    """Metres of line between different communities."""
    return float(blocks.lines.length_m[_cut(blocks, labels)].sum())


def cut_length_by_kind(blocks: Blocks, labels: Labels) -> dict[str, float]:
    """Metres of line between different communities by what runs there."""
    cut = _cut(blocks, labels)
    kinds = blocks.lines.kind[cut].astype(str)
    return {kind: float(blocks.lines.length_m[cut][kinds == kind].sum()) for kind in sorted(set(kinds.tolist()))}


def reliance(blocks: Blocks, labels: Labels) -> float | None:
    """Share of the line between communities that follows something (界线依托率); None where there is no line."""
    by_kind = cut_length_by_kind(blocks, labels)
    total = sum(by_kind.values())
    return None if total == 0 else 1 - by_kind.get("none", 0.0) / total


def balance(blocks: Blocks, labels: Labels, *, count: str) -> float:
    """Largest deviation of a community's households from the mean, as a share of the mean."""
    sums = _sums(blocks.counts(count), labels)
    return float(np.abs(sums / max(sums.mean(), 1e-12) - 1).max())


def polsby_popper(blocks: Blocks, labels: Labels) -> float:
    """Mean over communities of 4π·area / perimeter² (1 for a circle)."""
    return float(np.mean(list(compactness(blocks, labels).values())))


def compactness(blocks: Blocks, labels: Labels) -> dict[object, float]:
    """Give 4π·area / perimeter² for the ground of each community (Polsby and Popper 1991)."""
    label = np.asarray(labels)
    found: dict[object, float] = {}
    for name, rows in rows_of(label).items():
        ground = dissolve(blocks, rows)
        around = float(shapely.length(ground))
        found[name] = float(4 * np.pi * shapely.area(ground) / around**2) if around else 0.0
    return found


def dissolve(blocks: Blocks, inside: Bools | Ints) -> Any:
    """Return the ground of some blocks as one geometry."""
    ground = blocks.geometry[inside]
    if shapely.coverage_is_valid(ground):
        return shapely.coverage_union_all(ground)
    return shapely.union_all(shapely.make_valid(ground))


def inertia(blocks: Blocks, labels: Labels, *, count: str, atom: Ints | None = None) -> float:
    """Households × squared kilometres to the best centre of their community, summed.

    Parameters
    ----------
    atom
        Shape (n,): the compound of each block; a centre is the middle of one. None takes each block by itself.
    """
    weight, xy, label = blocks.counts(count).astype(np.float64), blocks.xy(), np.asarray(labels)
    places, home = centres(xy, weight, atom)
    total = 0.0
    for rows in rows_of(label).values():
        w, p = weight[rows], xy[rows]
        if w.sum() == 0:
            continue
        middle = (w[:, None] * p).sum(0) / w.sum()
        candidates = places[np.unique(home[rows])]
        total += float((w * ((p - middle) ** 2).sum(1)).sum())
        total += float(w.sum() * ((candidates - middle) ** 2).sum(1).min())
    return total / 1e6


def centres(xy: Floats, weight: Floats, atom: Ints | None) -> tuple[Floats, Ints]:
    """Return the middle of each atom, shape (atoms, 2), and the atom of each block, shape (n,)."""
    if atom is None:
        return xy, np.arange(len(xy), dtype=np.int64)
    mass = np.maximum(weight, 1e-9)
    below = np.bincount(atom, mass)
    middle = np.stack([np.bincount(atom, mass * xy[:, d]) / below for d in (0, 1)], axis=1)
    return middle, atom


def continuity(blocks: Blocks, labels: Labels, *, count: str) -> int | None:
    """Households whose community keeps its name; None where no present community is known."""
    if "community" not in blocks.columns:
        return None
    stays = community_column(blocks) == np.asarray(labels).astype(str)
    return int(blocks.counts(count)[stays].sum())


def access(blocks: Blocks, labels: Labels, *, count: str, atom: Ints | None = None) -> Floats:
    """Metres to walk from each block to the service station of its community, shape (n,); as the crow flies × 1.3.

    A community with several stations is served by the best of them for its households; for one without a station the
    best place for one is taken.
    """
    weight, xy, label = blocks.counts(count).astype(np.float64), blocks.xy(), np.asarray(labels)
    places, home = centres(xy, weight, atom)
    station = has_station(blocks)
    metres = np.zeros(len(blocks))
    for rows in rows_of(label).values():
        own = rows[station[rows]]
        candidates = places[np.unique(home[own if len(own) else rows])]
        if len(candidates) > MOST_CANDIDATES:
            middle = xy[rows].mean(0)
            candidates = candidates[np.argsort(((candidates - middle) ** 2).sum(1))[:MOST_CANDIDATES]]
        far = np.sqrt(((xy[rows, None, :] - candidates[None, :, :]) ** 2).sum(2)) * WALKING_DETOUR
        metres[rows] = far[:, int(np.argmin(weight[rows] @ far))]
    return metres


def belonging(blocks: Blocks, labels: Labels) -> float | None:
    """Households that feel two blocks belong together which a line now divides; None where nobody asked."""
    affinity = blocks.lines.affinity
    if not np.isfinite(affinity).any():
        return None
    return float(np.nansum(affinity[_cut(blocks, labels)]))


def facilities(blocks: Blocks, labels: Labels, *, norm: Mapping[str, int]) -> dict[object, dict[str, int]] | None:
    """Facilities that each community lacks against a norm table; None where they are not known. '' is no community."""
    there = facilities_there(blocks, list(norm))
    if there is None:
        return None
    return {
        name: {kind: wanted - have for kind, wanted in norm.items() if (have := int(there[kind][rows].sum())) < wanted}
        for name, rows in rows_of(np.asarray(labels)).items()
        if name != ""
    }


def facilities_there(blocks: Blocks, kinds: Sequence[str]) -> dict[str, Ints] | None:
    """Count the facilities of some kinds in each block, shape (n,) a kind; None where facilities are not known.

    Whoever tells what is there or lacks, a goal, a measure, a paper or a page, asks here.
    """
    if "facilities" not in blocks.columns:
        return None
    said = [names_in(text) for text in texts(blocks.columns["facilities"])]
    return {
        kind: np.array([sum(one in FACILITY_NAMES.get(kind, (kind,)) for one in here) for here in said], dtype=np.int64)
        for kind in kinds
    }


def workload(blocks: Blocks, labels: Labels, *, workers_per_10000: float) -> float | None:
    """Most cases a year a community worker would have; None without columns `cases` and `persons`."""
    if "cases" not in blocks.columns or "persons" not in blocks.columns:
        return None
    cases, persons = _sums(blocks.counts("cases"), labels), _sums(blocks.counts("persons"), labels)
    workers = np.maximum(1, np.ceil(persons * workers_per_10000 / 10_000))
    return float((cases / workers).max())


def measure(blocks: Blocks, labels: Labels, rules: Rules, count: str) -> dict[str, Any]:
    """Measure every goal that the data allow; None where they do not."""
    norms = rules.standard().norms
    lacking = facilities(blocks, labels, norm=norms["facilities"])
    atom = None if rules.keep_whole is None else atoms_of(blocks, rules)
    metres = access(blocks, labels, count=count, atom=atom)
    weight = blocks.counts(count)
    walked = int(weight.sum()) > 0 and bool(has_station(blocks).any())  # a best place is a goal, no measurement
    return {
        "boundary": boundary(blocks, labels, prices=rules.prices or {}),
        "cut_length_m": cut_length_m(blocks, labels),
        "cut_length_by_kind": cut_length_by_kind(blocks, labels),
        "reliance": reliance(blocks, labels),
        "balance": balance(blocks, labels, count=count),
        "polsby_popper": polsby_popper(blocks, labels),
        "inertia": inertia(blocks, labels, count=count, atom=atom),
        "continuity": continuity(blocks, labels, count=count),
        "access": float(np.average(metres, weights=weight)) if walked else None,
        "access_p90": _quantile(metres, weight, 0.9) if walked else None,
        "belonging": belonging(blocks, labels),
        "facilities": None if lacking is None else sum(sum(kinds.values()) for kinds in lacking.values()),
        "workload": workload(blocks, labels, workers_per_10000=norms["workers_per_10000_persons"]),
    }


def under_each_count(blocks: Blocks, labels: Labels, rules: Rules) -> list[dict[str, Any]]:
    """Tell for each counting definition (口径) present whether the bounds still hold, and where not.

    Returns
    -------
    list
        Rows with `count`, `name` (Chinese), `total`, `holds` and `outside` (community to its count).
    """
    low, high = rules.households
    label = np.asarray(labels)
    names = np.unique(label)
    rows: list[dict[str, Any]] = []
    for column in COUNT_COLUMNS:
        if column == "persons" or column not in blocks.columns:
            continue
        sums = _sums(blocks.counts(column), labels)
        outside = {str(name): int(s) for name, s in zip(names, sums, strict=True) if not low <= s <= high}
        rows.append(
            {
                "count": column,
                "name": blocks.note_of(column).brief(),
                "total": int(sums.sum()),
                "holds": not outside,
                "outside": outside,
            }
        )
    return rows


def profile_bands(households: int, profiles: Sequence[Profile]) -> list[dict[str, Any]]:
    """State how a community of so many households stands to each profile's band."""
    return [
        {
            "profile": p.name,
            "title": p.title,
            "band": p.households,
            "within": p.within(households),
            "standing": p.standing(households),
            "verified": p.verified,
        }
        for p in profiles
    ]


GOALS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "boundary": boundary,
        "cut_length_m": cut_length_m,
        "balance": balance,
        "polsby_popper": polsby_popper,
        "inertia": inertia,
        "continuity": continuity,
        "access": access,
        "belonging": belonging,
        "facilities": facilities,
        "workload": workload,
    }
)


def _cut(blocks: Blocks, labels: Labels) -> NDArray[np.bool_]:
    label = np.asarray(labels)
    cut: NDArray[np.bool_] = label[blocks.lines.a] != label[blocks.lines.b]
    return cut


def _sums(values: Ints, labels: Labels) -> Ints:
    _, number = np.unique(np.asarray(labels), return_inverse=True)
    sums = np.zeros(int(number.max()) + 1, dtype=np.int64)
    np.add.at(sums, number, values)
    return sums


def _quantile(values: Floats, weight: Ints, share: float) -> float:
    order = np.argsort(values)
    below = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(below, share * below[-1])])
