"""Compounds and buildings as layers beside the blocks, under the names by which the site's import knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from linli.geodata.arrangement import Objects
from linli.geodata.blocks import Blocks
from linli.geodata.hang import block_of
from linli.geodata.hang_counts import Buildings, texts_of
from linli.geodata.layers import Layer
from linli.geodata.street_classes import ADDRESS_COLUMNS, NUMBER_COLUMNS

CODE_COLUMNS = ("id", "building_id", "uID", "编号", "楼栋编号", "osm_way_id", "osm_id")
CODE_LENGTH = 40
AROUND_M = 25.0  # buildings of a compound without an outline stand on one ground where they are nearer than twice this


def layers_beside(blocks: Blocks, compounds: Mapping[str, Any], buildings: Buildings | None) -> tuple[Layer, ...]:
    """Return the layers `compounds` and `buildings`, each where there is something to say.

    Parameters
    ----------
    blocks
        Where a building stands on several, it is given a point on the one that it counts for.
    compounds
        Ground by name; of a compound without any, its buildings give it.
    buildings
        What stands on the ground; those outside every block are left out.
    """
    return tuple(
        layer
        for layer in (_compounds(blocks, compounds, buildings), _buildings(blocks, buildings))
        if layer is not None
    )


def _compounds(blocks: Blocks, drawn: Mapping[str, Any], buildings: Buildings | None) -> Layer | None:
    ground = dict(drawn)
    names = set() if buildings is None else set(buildings.compound.tolist()) - {"", *ground}
    for name in sorted(names):
        assert buildings is not None
        ours = shapely.union_all(buildings.geometry[buildings.compound == name])
        closed = shapely.buffer(shapely.buffer(ours, AROUND_M), -AROUND_M)
        ground[name] = closed if closed.area > 0 else ours
    if not ground:
        return None
    name = np.array(list(ground), dtype=np.object_)
    return _layer("compounds", np.array(list(ground.values()), dtype=np.object_), {"name": name}, blocks.crs)


def _buildings(blocks: Blocks, buildings: Buildings | None) -> Layer | None:
    if buildings is None:
        return None
    home = block_of(buildings.geometry, blocks.geometry)
    inside = np.flatnonzero(home >= 0)
    if len(inside) == 0:
        return None
    here = shapely.intersection(buildings.geometry[inside], blocks.geometry[home[inside]])
    size = len(buildings.geometry)
    told = {name: texts_of(buildings.columns, names, size)[inside] for name, names in ADDRESS_COLUMNS.items()}
    columns = {
        "id": _codes(texts_of(buildings.columns, CODE_COLUMNS, size)[inside]),
        "compound": buildings.compound[inside],
        "number": texts_of(buildings.columns, NUMBER_COLUMNS, size)[inside],
        **told,
        "floors": buildings.floors[inside],
    }
    return _layer("buildings", np.asarray(shapely.point_on_surface(here)), columns, blocks.crs)


def _codes(told: Objects) -> Objects:
    """Return the codes that a layer gives where each building has one of its own, else numbers in its order."""
    if "" not in told and len(set(told)) == len(told) and max(map(len, told)) <= CODE_LENGTH:
        return told
    return np.array([f"H{number:05d}" for number in range(1, len(told) + 1)], dtype=np.object_)


def _layer(name: str, geometry: Objects, columns: dict[str, Any], crs: str) -> Layer:
    return Layer(geometry, columns, crs, name, None, np.arange(1, len(geometry) + 1))
