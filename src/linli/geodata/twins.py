"""Compounds of one name that are not one compound: numbered alike on polygons, buildings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from linli.geodata.arrangement import Ints, Objects

TWIN_M = 150.0  # buildings of one name that lie farther apart belong to two compounds
TOUCH_M = 1.0  # polygons of one name that lie closer are drawn in pieces


@dataclass(frozen=True, eq=False)
class Compounds:
    """Polygons of residential compounds.

    Parameters
    ----------
    ground
        Shape (n,): polygons.
    drawn
        Shape (n,): the names as the layer has them, '' for none.
    name
        Shape (n,): the same, where polygons of one name that do not touch are numbered.
    """

    ground: Objects
    drawn: Objects
    name: Objects


def number_polygons(ground: Objects, drawn: Objects) -> tuple[Compounds, list[str]]:
    """Number polygons of one name that do not touch; one polygon is one compound, however large.

    Returns
    -------
    The compounds, '幸福小区(2)' for the second of its name, and the names that were met more than once.
    """
    name, taken, twins = drawn.copy(), set(drawn.tolist()), []
    for one in sorted(taken - {""}):
        rows = np.flatnonzero(drawn == one)
        piece = _pieces(ground[rows], TOUCH_M)
        for k in range(1, piece.max() + 1):
            name[rows[piece == k]] = _next_of(one, taken)
        if piece.max() > 0:
            twins.append(one)
    return Compounds(ground, drawn, name), twins


def number_buildings(name: Objects, geometry: Objects, compounds: Compounds) -> tuple[Objects, list[str]]:
    """Give buildings the numbered names of their compounds.

    A building on a polygon of its compound's name, or in a group of buildings within 150 m of one, takes the name of
    that polygon. The other groups of buildings of a name are compounds of their own, numbered on.

    Parameters
    ----------
    name
        Shape (n,): the compound of each building, '' for none.
    geometry
        Shape (n,): polygons or points.
    compounds
        Polygons of compounds, as `number_polygons` numbers them; there may be none.

    Returns
    -------
    The names, and those that were met more than once but stand for one compound among the polygons.
    """
    told, twins = name.copy(), []
    taken = set(name.tolist()) | set(compounds.name.tolist())
    for one in sorted(set(name.tolist()) - {""}):
        rows = np.flatnonzero(name == one)
        free = rows
        met: set[str] = set()
        if (compounds.drawn == one).any():
            held = np.flatnonzero(compounds.drawn == one)
            tree = shapely.STRtree(compounds.ground[held])
            inside, polygon = tree.query(shapely.point_on_surface(geometry[rows]), predicate="intersects")
            names = compounds.name[held]
            told[rows[inside]] = names[polygon]
            met = set(names.tolist())
            free = np.delete(rows, inside)
        if len(free) == 0:
            continue
        piece = _pieces(geometry[free], TWIN_M)
        for k in range(piece.max() + 1):
            group = free[piece == k]
            if met:
                near, distance = tree.query_nearest(
                    geometry[group], max_distance=TWIN_M, return_distance=True, all_matches=False
                )
                if len(distance):
                    told[group] = names[near[1][np.argmin(distance)]]
                    continue
            if met or k > 0:
                told[group] = _next_of(one, taken)
        if len(met) < 2 and len(set(told[rows].tolist()) | met) > 1:
            twins.append(one)
    return told, twins


def is_numbered(told: str, name: str) -> bool:
    """Say whether a name is that of a compound or of one of its twins: '幸福小区(2)', but not '幸福小区(东区)'."""
    return told == name or re.fullmatch(re.escape(name) + r"\(\d+\)", told) is not None


def called(name: str, known: Iterable[str], listed: frozenset[str]) -> set[str]:
    """Return the compounds that a table means by a name.

    Parameters
    ----------
    name
        What a row says.
    known
        Compounds as they are numbered on the map.
    listed
        All names in the table: where it tells twins apart by number, each row means one of them, else all.
    """
    twins = {one for one in known if is_numbered(one, name)}
    return {one for one in twins if one == name} if len(twins & listed) > 1 else twins


def _pieces(ground: Objects, distance: float) -> Ints:
    """Number the groups of shapes that lie within a distance of each other, in the order they appear."""
    left, right = shapely.STRtree(ground).query(ground, predicate="dwithin", distance=distance)
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(len(ground), len(ground)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _next_of(name: str, taken: set[str]) -> str:
    """Find the first number no other compound bears, and take it."""
    number = 2
    while f"{name}({number})" in taken:
        number += 1
    taken.add(f"{name}({number})")
    return f"{name}({number})"
