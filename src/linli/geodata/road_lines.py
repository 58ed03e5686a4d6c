"""From layers of roads, water, railways and walls to the lines and waters that divide blocks."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linli.geodata.arrangement import Bools, Floats, Ints, Objects, node
from linli.geodata.hang import mend
from linli.geodata.import_report import Report
from linli.geodata.layers import Layer
from linli.geodata.street_classes import LAKE_WORDS, RIVER_WORDS, is_yes, kinds_of, levels_of, names_of, tag, text
from linli.geodata.streets import UNDERPASS_M, Dividers

TUNNEL_NAME = re.compile(r"隧道|地道|通道$|地铁|地鐵|[Tt]unnel|[Ss]ubway")
TRAM_NAME = re.compile(r"地铁|地鐵|有轨电车|有軌電車|轻轨|輕軌|[Tt]ram|[Mm]etro")
LAKE_BLOCK_M2 = (
    100_000.0  # standing water from this size on is a block of its own; smaller belongs to the ground around
)
COMPOUND_EDGE_M = 5.0  # a lane that runs this close to a compound's edge runs along it, not through it

ROUNDABOUT_NAME = re.compile(r"转盘|轉盤|环岛|環島|[Rr]oundabout")
ROUNDABOUT_M2 = 150_000.0

DEFAULT_KIND = {"roads": "lane", "water": "river", "rail": "railway", "walls": "wall"}
ROLE_WORDS = {
    "roads": ("道路", "roads"),
    "water": ("水系", "waterways"),
    "rail": ("铁路", "railways"),
    "walls": ("围墙", "walls"),
}


class Waters(NamedTuple):
    """Polygons of water with their names."""

    rivers: Objects
    river_names: Objects
    lakes: Objects
    lake_names: Objects


def dividers_of(layers: list[Layer], role: str, report: Report) -> Dividers:
    """Read off the lines of one role that divide the ground.

    Parameters
    ----------
    layers
        Roads, water, railways or walls in a metric system; polygons of walls count by their outline, other
        polygons are left out.
    role
        A key of `DEFAULT_KIND`.
    report
        Where to count what is left out.
    """
    found = []
    for layer in layers:
        geometry = layer.geometry
        if role == "walls":
            geometry = np.where(shapely.get_dimensions(geometry) == 2, shapely.boundary(geometry), geometry)
        lines = np.flatnonzero(shapely.get_dimensions(geometry) == 1)
        if role == "roads":
            report.count("road_areas_left_out", int((shapely.get_dimensions(geometry) == 2).sum()))
        if len(lines) == 0:
            continue
        layer, geometry = layer.take(lines), geometry[lines]
        rows = len(layer)
        kind, link, _ = kinds_of(layer.columns, rows, default=DEFAULT_KIND[role])
        name = names_of(layer.columns, rows)
        tram = (kind == "railway") & np.array([bool(TRAM_NAME.search(one)) for one in name], dtype=np.bool_)
        kind[tram] = None  # it runs in a street, under it or above it
        level, tunnel = levels_of(layer.columns, rows)
        if role == "roads" and not tunnel.any():
            tunnel |= np.array([bool(TUNNEL_NAME.search(one)) for one in name], dtype=np.bool_)
            level[tunnel] = np.minimum(level[tunnel], -1)
        divides = np.array([one is not None for one in kind], dtype=np.bool_)
        chinese, english = ROLE_WORDS[role]
        report.met(
            f"{role}_that_do_not_divide", int((~divides).sum()),
            f"{{}}条{chinese}按类别不作界线(人行道、内部道路、在建等)", f"{{}} {english} divide nothing by their class",
        )  # fmt: skip
        private = np.isin(tag(layer.columns, rows, "access").astype(str), ("private", "no")) & (kind == "lane")
        report.met(
            "private_lanes", int(private.sum()), "{}条内部小路不作界线", "{} private lanes divide nothing"
        )  # fmt: skip
        deep = divides & _long_tunnels(geometry, tunnel & divides)
        report.met(
            f"{role}_in_tunnels", int(deep.sum()),
            f"{{}}条{chinese}在长隧道内,不作界线", f"{{}} {english} in long tunnels divide nothing",
        )  # fmt: skip
        area = is_yes(tag(layer.columns, rows, "area"))
        keep = divides & ~private & ~deep & ~area
        report.count("bridges", int((keep & (level > 0)).sum()))
        ring = np.array([text(one) in ("roundabout", "circular") for one in tag(layer.columns, rows, "junction")])
        report.count("roundabout_lines", int((keep & ring).sum()))
        parts, origin = shapely.get_parts(geometry[keep], return_index=True)
        source = np.flatnonzero(keep)[origin]
        real = shapely.length(parts) > 0
        parts, source = parts[real], source[real]
        found.append(Dividers(parts, kind[source], name[source], level[source], link[source], ring[source]))
    return Dividers.join(found) if found else Dividers.none()


def water_grounds(layers: list[Layer], report: Report) -> Waters:
    """Part polygons of water into rivers, which divide along their middle, and lakes.

    A lake smaller than `LAKE_BLOCK_M2` is part of the ground around it and left out.
    """
    geometry: list[Objects] = [np.zeros(0, dtype=np.object_)]
    names: list[Objects] = [np.zeros(0, dtype=np.object_)]
    river: list[Bools] = [np.zeros(0, dtype=np.bool_)]
    for layer in layers:
        flat = np.flatnonzero(shapely.get_dimensions(layer.geometry) == 2)
        layer = layer.take(flat)
        ground, repaired = mend(layer.geometry)
        report.count("rings_repaired", repaired)
        name = names_of(layer.columns, len(layer))
        said = tag(layer.columns, len(layer), "water") + " " + tag(layer.columns, len(layer), "waterway")
        geometry.append(ground)
        names.append(name)
        river.append(np.array([_is_river(*one) for one in zip(ground, name, said, strict=True)], dtype=np.bool_))
    grounds, called, flows = np.concatenate(geometry), np.concatenate(names), np.concatenate(river)
    large = ~flows & (shapely.area(grounds) >= LAKE_BLOCK_M2)
    report.met(
        "lakes_as_blocks", int(large.sum()),
        "{}处大水面(10公顷以上)单独成块,户数为0", "{} lakes of 10 hectares or more became blocks without households",
    )  # fmt: skip
    report.met(
        "ponds_left_in_the_ground", int((~flows & ~large).sum()),
        "{}处小水面并入所在地块", "{} ponds belong to the ground around them",
    )  # fmt: skip
    return Waters(grounds[flows], called[flows], grounds[large], called[large])


def without_lanes_in_compounds(dividers: Dividers, compounds: Objects, report: Report) -> Dividers:
    """Take lanes and walls out of compounds, so that no compound is cut by them."""
    inner = shapely.buffer(shapely.union_all(compounds), -COMPOUND_EDGE_M)
    minor = np.flatnonzero(np.isin(dividers.kind.astype(str), ("lane", "wall")))
    if len(minor) == 0 or shapely.is_empty(inner):
        return dividers
    shapely.prepare(inner)
    hit = minor[shapely.intersects(dividers.geometry[minor], inner)]
    report.met(
        "lanes_inside_compounds", len(hit),
        "{}条小路或围墙穿过小区,小区内的部分不作界线",
        "{} lanes or walls run through compounds; inside they divide nothing",
    )  # fmt: skip
    return _cut_out(dividers, hit, inner)


def without_lines_under_roundabouts(dividers: Dividers, report: Report) -> Dividers:
    """Take out what crosses the middle of a roundabout: it runs below or above it."""
    named = np.array([bool(ROUNDABOUT_NAME.search(one)) for one in dividers.name], dtype=np.bool_)
    ring = dividers.roundabout | named
    if not ring.any():
        return dividers
    grounds = shapely.get_parts(shapely.polygonize(node(dividers.geometry[ring])))
    grounds = grounds[(shapely.area(grounds) < ROUNDABOUT_M2) & (_roundness(grounds) > 0.7)]
    inner = shapely.buffer(shapely.union_all(grounds), -0.5)
    crosses = ~ring & shapely.intersects(dividers.geometry, inner)
    report.met(
        "lines_under_roundabouts", int(crosses.sum()),
        "{}条线从环岛下方或上方穿过,环岛内不作界线",
        "{} lines pass below or above a roundabout; inside it they divide nothing",
    )  # fmt: skip
    return _cut_out(dividers, np.flatnonzero(crosses), inner)


def _cut_out(dividers: Dividers, rows: Ints, ground: Any) -> Dividers:
    """Take the parts of some lines that lie on a ground out of the set."""
    if len(rows) == 0:
        return dividers
    rest = np.setdiff1d(np.arange(len(dividers)), rows)
    parts, origin = shapely.get_parts(shapely.difference(dividers.geometry[rows], ground), return_index=True)
    cut = dividers.take(rows[origin])
    outside = Dividers(parts, cut.kind, cut.name, cut.level, cut.link, cut.roundabout)
    return Dividers.join([dividers.take(rest), outside.take(shapely.length(parts) > 0.01)])


def _roundness(grounds: Objects) -> Floats:
    around = np.maximum(shapely.length(grounds), 1e-9)
    return np.asarray(4 * np.pi * shapely.area(grounds) / around**2)


def _long_tunnels(geometry: Objects, tunnel: Bools) -> Bools:
    """Tell which lines belong to tunnels too long to be an underpass."""
    deep = np.zeros(len(geometry), dtype=np.bool_)
    rows = np.flatnonzero(tunnel)
    if len(rows):
        left, right = shapely.STRtree(geometry[rows]).query(geometry[rows], predicate="dwithin", distance=0.5)
        graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(rows), len(rows)))
        _, chain = connected_components(graph, directed=False)
        total: Ints = np.bincount(chain, shapely.length(geometry[rows]))
        deep[rows] = total[chain] > UNDERPASS_M
    return deep


def _is_river(ground: object, name: str, said: str) -> bool:
    low = f"{said.lower()} {name.lower()}"
    if any(word in said.lower() for word in ("river", "canal", "stream")):
        return True
    if any(word in said.lower() for word in ("lake", "pond", "reservoir", "basin")):
        return False
    if name and name[-1] in "".join(word for word in RIVER_WORDS if len(word) == 1):
        return True
    if any(word in low for word in LAKE_WORDS):
        return False
    # nothing says what it is: a river is long and narrow
    return bool(_roundness(np.array([ground], dtype=np.object_))[0] < 0.15)
