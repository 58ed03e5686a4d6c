"""The use of the ground: which plots are homes of which kind, which are schools, works, parks, and whose community."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from linli.demo import ground, names
from linli.demo.streets import Network


@dataclass
class Compound:
    """A residential compound (小区, 院落) or another holding of ground."""

    id: str
    name: str  # '' for a courtyard without one
    use: str  # mining, work_unit, market, new, undelivered, resettlement, village, unnamed, school, factory, …
    community: str
    plots: list[int]
    dwellings: int = 0
    keep_stable: bool = False

    @property
    def is_home(self) -> bool:
        """Tell whether people live there as a compound of their own."""
        return self.use in SHARES and self.use != "unnamed"


@dataclass(frozen=True, eq=False)
class Land:
    """The plots with their communities, the ground left between streets, and the compounds on it."""

    plots: list[shapely.Polygon]
    usable: list[shapely.Polygon]
    community: list[str]
    compounds: list[Compound]


# share of delivered dwellings by kind of home, and how densely it is built (dwellings a hectare, roughly)
SHARES = {"mining": 0.30, "work_unit": 0.15, "market": 0.25, "new": 0.20, "village": 0.03, "unnamed": 0.018}
DENSITY = {"mining": 110, "work_unit": 120, "market": 130, "new": 170, "village": 80, "unnamed": 40}
COMPOUNDS = {"mining": 26, "work_unit": 34, "market": 36, "new": 15}
DWELLINGS = {"团结": 8340, "白云": 8312, "京铜": 7664}
UNDELIVERED = {"团结": 212, "白云": 640, "京铜": 428}
RESETTLED = {"白云": 1548, "京铜": 386}
SHARES |= {"resettlement": 0.0, "undelivered": 0.0}


def settle(network: Network, rng: np.random.Generator) -> Land:
    """Give every plot a community and a use, and every compound its dwellings."""
    uv = network.plot_uv
    community = [community_at(v, u) for v, u in uv]
    usable = _usable(network)
    area = shapely.area(usable)
    touching = _neighbours(network)
    free = set(range(len(network.plots)))
    found: list[Compound] = []

    def take(name: str, use: str, plots: list[int], *, stable: bool = False) -> None:
        found.append(Compound("", name, use, community[plots[0]], plots, keep_stable=stable))
        free.difference_update(plots)

    to_edge = shapely.distance(network.plots, network.outline.exterior)

    # the works at the end of the railway
    works = [k for k in sorted(free) if uv[k, 0] < -470 and 1150 < uv[k, 1] < 1722]
    take(names.FACTORY, "factory", works, stable=True)

    # the large homes first: they need large plots
    for place, name in names.RESETTLEMENT.items():
        most = 44_000 if place == "白云" else 16_000
        ahead = [[k] for k in sorted(free) if community[k] == place and uv[k, 0] > 260]
        ahead += [[k, j] for (k,) in ahead for j in _mates(k, free, touching) if community[j] == place]
        take(name, "resettlement", min(ahead, key=lambda group: abs(float(area[group].sum()) - most)))
    for place, name in names.UNDELIVERED.items():
        size = 40 * UNDELIVERED[place]
        outer = [k for k in sorted(free) if community[k] == place and to_edge[k] < 5]
        outer.sort(key=lambda k: abs(float(area[k]) - size))
        take(name, "undelivered", [outer[int(rng.integers(3))]])
    for place, name in names.VILLAGES.items():
        outer = [k for k in sorted(free) if community[k] == place and to_edge[k] < 5 and _mates(k, free, touching)]
        start = outer[int(rng.integers(len(outer)))]
        take(name, "village", [start, *_mates(start, free, touching)[:1]])

    # schools, hospitals, markets, parks: each as far as may be from its like
    campus = min(sorted(free), key=lambda k: abs(float(area[k]) - 38_000))
    placed = {"middle_school": [campus]}
    take(names.SCHOOLS[0][0], "middle_school", [campus], stable=True)
    for name, use in (*names.SCHOOLS[1:], *names.OTHER_GROUND):
        near = placed.setdefault(use, [])
        sought = 14_000 if use.endswith("school") else 9_000 if use == "market_hall" else 15_000
        fitting = sorted(free, key=lambda k: abs(float(area[k]) - sought))[: max(12, len(free) // 2)]
        if use == "vacant" or name in ("驼峰山公园", "自来水厂", "变电站"):
            fitting = sorted(k for k in free if to_edge[k] < 5)
        elif name in ("区行政中心", "政务服务大楼", "人民广场", "云川区人民医院"):
            fitting = sorted(k for k in free if 1900 < uv[k, 1] < 2900 and -440 < uv[k, 0] < 120 and area[k] > 7_000)
        elif name == "安置区实验小学":
            home = next(c.plots[0] for c in found if c.use == "resettlement")
            fitting = sorted(free, key=lambda k: float(np.hypot(*(uv[k] - uv[home]))))[:3]
        gap = [min((float(np.hypot(*(uv[k] - uv[other]))) for other in near), default=900.0) for k in fitting]
        best = fitting[int(np.argmax(np.minimum(gap, 1100) * rng.uniform(0.75, 1, len(gap))))]
        near.append(best)
        take(name, use, [best])

    _homes(sorted(free), community, uv, area, touching, found, rng)
    found.sort(key=lambda c: min(c.plots))
    for number, compound in enumerate(found, 1):
        compound.id = f"C{number:03d}"
    _dwellings(found, area, rng)
    return Land(network.plots, usable, community, found)


def community_at(v: float, u: float) -> str:
    """Return the present community of a place before bending."""

    def north_of(name: str) -> bool:
        return bool(u > ground.cross_street(name, np.array([v]))[0])

    here = np.array([u])
    if v > ground.river_axis(here)[0]:
        north, south = "古渡路", "学苑路"
    elif v > ground.avenue(here)[0]:
        north, south = "古渡路", "兴铜路"
    else:
        north, south = ("古渡路" if v > ground.miners_road(here)[0] else "市府街"), "白云街"
    return "团结" if north_of(north) else "白云" if north_of(south) else "京铜"


def _usable(network: Network) -> list[shapely.Polygon]:
    """Take the streets, the railway and the river's banks off each plot."""
    strips = [line.buffer(half, cap_style="flat") for line, half in network.centre_lines]
    strips += [shapely.Point(line.coords[k]).buffer(half) for line, half in network.centre_lines for k in (0, -1)]
    strips += [network.river.buffer(8), network.outline.exterior.buffer(4)]
    tree = shapely.STRtree(strips)
    left = []
    for plot in network.plots:
        near = [strips[k] for k in sorted(tree.query(plot, predicate="intersects"))]
        rest = plot.difference(shapely.union_all(near)).buffer(-1).buffer(1)
        left.append(max(shapely.get_parts(rest), key=lambda part: float(part.area), default=plot.centroid.buffer(1)))
    return left


def _neighbours(network: Network) -> dict[int, list[int]]:
    """Return for each plot the plots that only a lane or a wall divides from it, the longest contact first."""
    plots = network.plots
    wide = shapely.buffer([line for line, half in network.centre_lines if half > 6.5], 0.5)
    a, b = shapely.STRtree(plots).query(plots, predicate="touches")
    shared = shapely.intersection(np.array(plots)[a], np.array(plots)[b])
    pair, road = shapely.STRtree(wide).query(shared, predicate="intersects")
    along = shapely.length(shapely.intersection(shared[pair], wide[road]))
    length = shapely.length(shared) - np.bincount(pair, along, minlength=len(a))
    found: dict[int, list[int]] = {k: [] for k in range(len(plots))}
    for k in np.argsort(-length, kind="stable"):
        if length[k] > 45:
            found[int(a[k])].append(int(b[k]))
    return found


def _mates(plot: int, free: set[int], touching: dict[int, list[int]]) -> list[int]:
    return [k for k in touching[plot] if k in free]


def _homes(
    free: list[int],
    community: list[str],
    uv: ground.Floats,
    area: ground.Floats,
    touching: dict[int, list[int]],
    found: list[Compound],
    rng: np.random.Generator,
) -> None:
    """Join plots into the compounds that are still to be had, and say which kind each is."""
    left = set(free)
    wanted = sum(COMPOUNDS.values())
    unnamed = sorted(left, key=lambda k: float(area[k]))[:28]
    found.extend(Compound("", "", "unnamed", community[k], [k]) for k in unnamed)
    left.difference_update(unnamed)
    groups = [[k] for k in sorted(left)]
    order = rng.permutation(sorted(left)).tolist()
    for most in (30_000, 38_000, 46_000, 56_000):
        for k in order:
            if len(groups) > wanted:
                _join(k, groups, left, most, community, area, touching)
    groups.sort()

    # kinds by place: mining homes by the works, offices' homes in the middle, new ones by river and rim
    middle = np.array([uv[g].mean(axis=0) for g in groups])
    size = np.array([area[g].sum() for g in groups])
    noise = rng.normal(0, 0.35, (3, len(groups)))
    scores = {
        "mining": -np.hypot(middle[:, 0] + 420, (middle[:, 1] - 1350) / 1.9) / 600 + noise[0] + size / 60_000,
        "new": np.abs(middle[:, 1] - 2000) / 1500 + size / 26_000 + noise[1],
        "work_unit": -np.hypot(middle[:, 0] + 100, (middle[:, 1] - 2450) / 1.6) / 500 - size / 15_000 + noise[2],
    }
    rest = set(range(len(groups)))
    kind = ["market"] * len(groups)
    for use, score in scores.items():
        chosen = sorted(rest, key=lambda k: -float(score[k]))[: COMPOUNDS[use]]
        for k in chosen:
            kind[k] = use
        rest.difference_update(chosen)
    _christen(groups, kind, community, uv, found)


def _join(
    plot: int,
    groups: list[list[int]],
    left: set[int],
    most: float,
    community: list[str],
    area: ground.Floats,
    touching: dict[int, list[int]],
) -> None:
    """Join the holding of `plot` with one across the lane, where the two together stay below `most` m²."""
    own = next(g for g in groups if plot in g)
    for mate in _mates(plot, left - set(own), touching):
        other = next(g for g in groups if mate in g)
        if community[mate] == community[plot] and area[own + other].sum() < most and len(own + other) <= 3:
            groups.remove(own)
            groups.remove(other)
            groups.append(sorted(own + other))
            return


def _christen(
    groups: list[list[int]], kind: list[str], community: list[str], uv: ground.Floats, found: list[Compound]
) -> None:
    mining, units = iter(names.MINING), iter(names.WORK_UNITS)
    market = {place: iter(some) for place, some in names.MARKET_HOUSING.items()}
    new = {place: iter(some) for place, some in names.NEW_HOUSING.items()}
    used: set[str] = set()
    for group, use in zip(groups, kind, strict=True):
        place = community[group[0]]
        name = next({"mining": mining, "work_unit": units, "market": market[place], "new": new[place]}[use], None)
        if name is None:
            name = _street_number(uv[group].mean(axis=0), used)
        used.add(name)
        found.append(Compound("", name, use, place, group))


def _street_number(point: ground.Floats, used: set[str]) -> str:
    """Name a courtyard by the planned street next to it, as '市府街12号院'."""
    lines = [s for s in ground.streets() if not s.name.startswith("滨河")]
    street = min(lines, key=lambda s: float(s.line.distance(shapely.Point(point))))
    number = 1 + int(street.line.project(shapely.Point(point)) // 11)
    while f"{street.name}{number}号院" in used:
        number += 2
    return f"{street.name}{number}号院"


def _dwellings(found: list[Compound], area: ground.Floats, rng: np.random.Generator) -> None:
    """Share the dwellings out: kinds keep their shares, communities their totals to the last one."""
    fixed = {"undelivered": UNDELIVERED, "resettlement": RESETTLED}
    open_ones = [c for c in found if c.use in SHARES and c.use not in fixed]
    for compound in found:
        if compound.use in fixed:
            compound.dwellings = fixed[compound.use][compound.community]
    use = np.array([c.use for c in open_ones])
    place = np.array([c.community for c in open_ones])
    weight = np.array([area[c.plots].sum() * DENSITY[c.use] for c in open_ones]) * rng.lognormal(
        0, 0.16, len(open_ones)
    )
    delivered = sum(DWELLINGS.values()) - sum(UNDELIVERED.values())
    for _ in range(6):
        for name, share in SHARES.items():
            if np.any(use == name):
                weight[use == name] *= share * delivered / weight[use == name].sum()
        for name, total in DWELLINGS.items():
            wanted = total - UNDELIVERED.get(name, 0) - RESETTLED.get(name, 0)
            weight[place == name] *= wanted / weight[place == name].sum()
    for name, total in DWELLINGS.items():
        rows = np.flatnonzero(place == name)
        whole = apportion(weight[rows], total - UNDELIVERED.get(name, 0) - RESETTLED.get(name, 0))
        for k, dwellings in zip(rows, whole, strict=True):
            open_ones[k].dwellings = int(dwellings)


def apportion(weight: ArrayLike, total: int) -> NDArray[np.int64]:
    """Share a whole number out in proportion to `weight`, largest remainders first."""
    share = np.asarray(weight, dtype=np.float64)
    exact = share * (total / float(share.sum()))
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
