"""What lies around homes: facilities, police and school areas, and which neighbours feel that they belong together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from linli.demo import ground, names
from linli.demo.houses import Houses
from linli.demo.land import Compound, Land, apportion
from linli.demo.streets import Network

RESPONDENTS = 2680
NEAR_M = 75.0  # compounds at most so far apart were asked about each other


@dataclass(frozen=True)
class Facility:
    """A place that serves residents; `area_m2` is its floor space, for grounds their area."""

    id: str
    kind: str
    name: str
    area_m2: int
    point: shapely.Point


@dataclass(frozen=True)
class Feeling:
    """How many of those asked in two neighbouring compounds say that the two belong together."""

    a: str
    b: str
    respondents: int
    share: float
    households: int


@dataclass(frozen=True)
class Identity:
    """Which community the people of a compound call theirs."""

    compound: str
    respondents: int
    community: str
    share: float


def facilities(land: Land, houses: Houses, rng: np.random.Generator) -> list[Facility]:
    """Place the facilities: some have ground of their own, the others are let into buildings."""
    found: list[tuple[str, str, int, shapely.Point]] = []
    own_ground = {
        "primary_school": "小学", "middle_school": "中学", "hospital": "医院", "market_hall": "农贸市场",
        "park": "公园广场",
    }  # fmt: skip
    for compound in land.compounds:
        if compound.use in own_ground:
            plot = land.usable[compound.plots[0]]
            area = 38_000 if compound.name == names.SCHOOLS[0][0] else round(plot.area)
            found.append((own_ground[compound.use], compound.name, area, plot.representative_point()))

    def let_in(kind: str, title: str, floor: list[int], *, community: str = "") -> None:
        """Let rooms in homes, the next always far from the ones before."""
        rows = [
            k
            for k, c in enumerate(houses.compound)
            if land.compounds[c].use in ("mining", "market", "work_unit", "resettlement")
            and community in ("", land.compounds[c].community)
        ]
        spots = shapely.get_coordinates(shapely.centroid(houses.geometry[rows]))
        taken: list[int] = []
        for area in floor:
            gap = np.full(len(rows), 1e4)
            for one in taken:
                gap = np.minimum(gap, np.hypot(*(spots - spots[one]).T))
            choice = int(np.argmax(np.minimum(gap, 900) * rng.uniform(0.8, 1, len(rows))))
            taken.append(choice)
            home = land.compounds[houses.compound[rows[choice]]]
            name = title.format(compound=home.name, community=home.community, n=len(taken))
            found.append((kind, name, area, houses.geometry[rows[choice]].representative_point()))

    for community, area in {"团结": 620, "白云": 540, "京铜": 480}.items():
        let_in("党群服务中心", "{community}社区党群服务中心", [area], community=community)
    let_in("日间照料中心", "{compound}日间照料中心", [386, 342, 418, 295])
    let_in("儿童之家", "{compound}儿童之家", [132, 118])
    let_in("志愿服务站", "{compound}志愿服务站", [46, 38, 52, 41, 36, 44])
    let_in("社区卫生服务站", "{community}社区卫生服务站", [286, 312])
    let_in("幼儿园", "{compound}幼儿园", [int(a) for a in rng.integers(980, 2600, 13)])
    let_in("综合服务体", "嵌入式服务综合体(社会资本合作)", [836])
    let_in("派出所", "铜源第{n}派出所", [1120, 960])
    return [Facility(f"F{k:03d}", *row) for k, row in enumerate(found, 1)]


def police_areas(network: Network) -> list[tuple[str, shapely.Geometry]]:
    """Return the six 警务区; they follow the river and streets that are no community's border."""

    def area(v: float, u: float) -> str:
        def north_of(name: str) -> bool:
            return bool(u > ground.cross_street(name, np.array([v]))[0])

        if v > ground.river_axis(np.array([u]))[0]:
            return "第六警务区" if north_of("东门街") else "第五警务区"
        number = sum(north_of(name) for name in ("兴铜路", "市府街", "团结街"))
        return f"第{'一二三四'[number]}警务区"

    return _areas(network, area)


def school_areas(network: Network, places: list[Facility], kind: str) -> list[tuple[str, shapely.Geometry]]:
    """Return the catchment of each school of a kind: every plot goes to the nearest, the river counts as 250 m."""
    schools = [place for place in places if place.kind == kind]
    uv = ground.unbend(np.array([[s.point.x, s.point.y] for s in schools]))
    bank = uv[:, 0] > ground.river_axis(uv[:, 1])

    def area(v: float, u: float) -> str:
        own = v > ground.river_axis(np.array([u]))[0]
        reach = np.hypot(uv[:, 0] - v, uv[:, 1] - u) + 250 * (bank != own)
        return schools[int(np.argmin(reach))].name

    return _areas(network, area)


def survey(
    land: Land, houses: Houses, network: Network, rng: np.random.Generator
) -> tuple[list[Feeling], list[Identity]]:
    """Ask 2,680 households: who belongs together, and which community is theirs.

    Samples are uneven on purpose, some are too small to say anything.
    """
    homes = [k for k, c in enumerate(land.compounds) if c.is_home and c.use != "undelivered"]
    size = np.bincount(houses.compound, houses.households_registered, minlength=len(land.compounds))[homes]
    asked = apportion(np.maximum(size, 20) * rng.lognormal(0, 0.55, len(homes)), RESPONDENTS)
    asked = np.minimum(asked, size.astype(np.int64))
    short = RESPONDENTS - int(asked.sum())
    asked += apportion(size - asked, short) if short else 0
    shapes = [shapely.union_all([land.usable[p] for p in land.compounds[k].plots]) for k in homes]
    wide = [line for line, half in network.centre_lines if half > 15]
    obstacles = {"avenue": shapely.union_all(wide), "river": network.river}

    feelings = []
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=NEAR_M)
    for i, j in sorted((int(i), int(j)) for i, j in zip(a, b, strict=True) if i < j):
        one, other = land.compounds[homes[i]], land.compounds[homes[j]]
        share = _belonging(one, other, shapely.shortest_line(shapes[i], shapes[j]), obstacles) + rng.normal(0, 0.09)
        voices = int(asked[i] + asked[j])
        yes = rng.binomial(voices, float(np.clip(share, 0.03, 0.95))) if voices else 0
        said = round(yes / voices, 3) if voices else 0.0
        feelings.append(Feeling(one.id, other.id, voices, said, round(said * min(size[i], size[j]))))

    identities = []
    place = np.array([land.compounds[k].community for k in homes])
    at_border = np.zeros(len(homes), dtype=np.bool_)
    at_border[a[place[a] != place[b]]] = True
    for i, k in enumerate(homes):
        own = land.compounds[k].community
        loyal = 0.52 + rng.normal(0, 0.16) if at_border[i] else 0.8 + rng.normal(0, 0.07)
        if land.compounds[k].use in ("resettlement", "new"):
            loyal -= 0.14
        yes = rng.binomial(int(asked[i]), float(np.clip(loyal, 0.12, 0.97)))
        share = round(yes / int(asked[i]), 3) if asked[i] else 0.0
        identities.append(Identity(land.compounds[k].id, int(asked[i]), own, share))
    return feelings, identities


def _belonging(
    one: Compound, other: Compound, gap: shapely.LineString, obstacles: dict[str, shapely.Geometry]
) -> float:
    share = 0.46
    share += 0.2 if one.use == other.use else 0.0
    share += 0.08 if one.community == other.community else -0.06
    share -= 0.24 if gap.intersects(obstacles["avenue"]) else 0.0
    share -= 0.3 if gap.intersects(obstacles["river"]) else 0.0
    share -= 0.12 if "resettlement" in (one.use, other.use) else 0.0
    return share + (0.18 if one.name[:3] == other.name[:3] else 0.0)


def _areas(network: Network, area: Callable[[float, float], str]) -> list[tuple[str, shapely.Geometry]]:
    parts: dict[str, list[shapely.Polygon]] = {}
    for face, (v, u) in zip(network.plots + network.banks, [*network.plot_uv, *network.bank_uv], strict=True):
        parts.setdefault(area(float(v), float(u)), []).append(face)
    return [(name, shapely.union_all(faces)) for name, faces in sorted(parts.items())]
