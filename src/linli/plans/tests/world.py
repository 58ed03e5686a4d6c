"""A small made-up town for tests: square blocks between named streets, two present communities, a river."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from linli.geodata import Blocks, find_borders

ROW_STREETS = ("古渡路", "兴铜路", "矿工路", "市府街", "春晖路", "学府巷", "炎龙路", "驼峰巷", "白云街")
COLUMN_STREETS = ("铜源大道", "团结街", "滨河东路", "滨河西路", "幸福路", "和谐路", "建设路", "民主路", "新华路")


def town(rows: int = 6, columns: int = 6, *, households: int = 200, seed: int = 3, river: int | None = None) -> Blocks:
    """Blocks of 100 m, numbered B0001 … from the south-west; the west half is 团结, the east half 白云.

    `river` names the column boundary that is a river; the boundary between the two communities is an arterial road.
    """
    rng = np.random.default_rng(seed)
    squares, ids, community, compound, police = [], [], [], [], []
    for r in range(rows):
        for c in range(columns):
            squares.append(shapely.box(100 * c, 100 * r, 100 * c + 100, 100 * r + 100))
            ids.append(f"B{len(ids) + 1:04d}")
            community.append("团结" if c < columns // 2 else "白云")
            compound.append(f"{len(ids)}号院" if c != 1 or r >= 2 else "矿务局家属院")
            police.append("一区" if r < rows // 2 else "二区")
    geometry = np.array(squares, dtype=object)
    lines, rim = find_borders(tuple(ids), geometry)
    kind, name = lines.kind.copy(), lines.name.copy()
    for row in range(len(lines)):
        (ra, ca), (rb, cb) = divmod(int(lines.a[row]), columns), divmod(int(lines.b[row]), columns)
        if ra == rb:
            edge = max(ca, cb)
            kind[row] = "river" if edge == river else "arterial" if edge == columns // 2 else "lane"
            name[row] = "铜源河" if edge == river else COLUMN_STREETS[edge % len(COLUMN_STREETS)]
        else:
            edge = max(ra, rb)
            kind[row] = "secondary" if edge == rows // 2 else "lane"
            name[row] = ROW_STREETS[edge % len(ROW_STREETS)]
    counts = households + rng.integers(-30, 31, rows * columns)
    facilities = np.full(rows * columns, None, dtype=object)
    facilities[0] = "service_station;kindergarten"
    facilities[columns - 1] = "service_station;clinic"
    return Blocks(
        ids=tuple(ids),
        geometry=geometry,
        columns={
            "households_registered": (counts * 1.1).astype(np.int64),
            "dwellings_delivered": counts.astype(np.int64),
            "persons": (counts * 2.6).astype(np.int64),
            "community": np.array(community, dtype=object),
            "compound": np.array(compound, dtype=object),
            "police_area": np.array(police, dtype=object),
            "facilities": facilities,
        },
        lines=replace(lines, kind=kind, name=name),
        rim=rim,
        crs="EPSG:4543",
        count="dwellings_delivered",
    )
