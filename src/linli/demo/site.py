"""A site filled with the synthetic district: divisions, people, ground, counts and memberships. Needs Django awake."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.db import transaction

from linli.demo.names import COMMUNITIES, DISTRICT, STREET, STREET_CODE
from linli.demo.people import VISITORS, names
from linli.documents.official import ordinal
from linli.geodata import COUNT_COLUMNS, Blocks, Layer, read_blocks, read_layer, transform
from linli.org.actors import SYSTEM
from linli.org.models import Account, Division, DivisionName, Post, Role, Tenure
from linli.territory.models import Block, Building, Compound, Count, Facility, Line, Membership
from linli.territory.search import index_buildings

DISTRICT_CODE = "539901000000"
BEGAN, COUNTED = date(2015, 1, 1), date(2026, 6, 30)
SOURCE = "街道住户台账(合成)"
CGCS2000 = "EPSG:4490"
HOUSEHOLDS_A_GRID = 480
WORKERS = 66  # community workers before the split, of whom each community has its share
Tell = Callable[[str], None]


def fill(folder: Path, *, seed: int = 20261123, tell: Tell = print) -> bool:
    """Fill the site's database from the folder that `linli demo` wrote; False where it is filled already.

    Parameters
    ----------
    folder
        Holds `blocks.gpkg` and `data/`.
    seed
        Of the invented people.
    tell
        Called with what has been done.
    """
    if Division.objects.exists():
        return False
    rng = np.random.default_rng(seed)
    blocks = read_blocks(folder / "blocks.gpkg")
    with transaction.atomic():
        divisions = _divisions(blocks)
        tell(f"区划 {len(divisions)} / divisions")
        seats = _people(divisions, rng)
        tell(f"岗位 {seats} / posts")
        ground = _ground(folder / "data", blocks, divisions)
        tell(f"地块 {len(ground)} / blocks")
        SYSTEM.record(
            "demo.fill", object=divisions[STREET].reference, public=True,
            content={"note": "演示数据·全部合成", "blocks": len(ground), "divisions": len(divisions), "seed": seed},
        )  # fmt: skip
    return True


def accounts_file() -> Path:
    """Where the demo's accounts and their password are kept."""
    return Path(settings.HOME) / "demo-accounts.txt"


def _divisions(blocks: Blocks) -> dict[str, Division]:
    made: dict[str, Division] = {}

    def make(name: str, code: str, kind: str, parent: str, english: str = "") -> None:
        division = Division(
            name=name, name_en=english, code=code, kind=kind, parent=made.get(parent), valid_from=BEGAN,
            temporary=len(code) > 12,
        )  # fmt: skip
        division.save()
        DivisionName.objects.create(division=division, name=name, name_en=english, valid_from=BEGAN)
        made[name] = division

    make(DISTRICT, DISTRICT_CODE, Division.Kind.DISTRICT, "", "Yunchuan District (demo)")
    make(STREET, f"{STREET_CODE}000", Division.Kind.STREET, DISTRICT, "Tongyuan Street (demo)")
    households = blocks.counts("households_registered")
    english = {"团结": "Tuanjie", "白云": "Baiyun", "京铜": "Jingtong"}
    for name, code in COMMUNITIES.items():
        make(name, code, Division.Kind.COMMUNITY, STREET, english.get(name, ""))
        here = int(households[blocks.columns["community"] == name].sum())
        for number in range(1, round(here / HOUSEHOLDS_A_GRID) + 1):
            make(
                f"{name}第{ordinal(number)}网格", f"{code}{number:03d}", Division.Kind.GRID, name,
                f"{english.get(name, name)} grid {number}",
            )  # fmt: skip
    return made


def _people(divisions: dict[str, Division], rng: np.random.Generator) -> int:
    password = os.environ.get("LINLI_DEMO_PASSWORD") or secrets.token_urlsafe(9)
    roles = {role.code: role for role in Role.objects.all()}
    began = datetime(2020, 1, 1, tzinfo=UTC)
    seated: list[tuple[str, str]] = []

    def seat(account: Account, role: str, place: str, title: str) -> None:
        post = Post.objects.create(division=divisions[place], role=roles[role], title=title, valid_from=BEGAN)
        Tenure.objects.create(post=post, account=account, starts_at=began)
        seated.append((place, role))

    for visitor in VISITORS:
        account = Account.objects.create_account(visitor.username, name=visitor.name, password=password)
        if visitor.role:
            seat(account, visitor.role, visitor.place, visitor.seat)
    places = [(name, "grid_worker", "网格员") for name, d in divisions.items() if d.kind == Division.Kind.GRID]
    places += [(name, "community_secretary", "社区书记") for name in COMMUNITIES]
    places = [place for place in places if place[:2] not in seated]
    places += [
        (name, "grid_worker", "社区工作者")
        for number, name in enumerate(list(COMMUNITIES) * WORKERS)
        if number < WORKERS - len(COMMUNITIES)
    ]
    for number, ((place, role, title), name) in enumerate(zip(places, names(len(places), rng), strict=True), 1):
        account = Account.objects.create_account(f"yanshi{number:03d}", name=name)  # enters by no password
        seat(account, role, place, title)
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"密码 / password: {password}", *(f"{v.username:<8} {v.seat} / {v.english}" for v in VISITORS)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.chmod(0o600)
    return len(seated)


def _ground(data: Path, blocks: Blocks, divisions: dict[str, Division]) -> list[Block]:
    street = divisions[STREET]
    compounds = _compounds(read_layer(data / "compounds.gpkg"), street)
    shapes = transform(blocks.geometry, blocks.crs, CGCS2000)
    made = []
    for row, code in enumerate(blocks.ids):
        block = Block(
            street=street, code=code, compound=compounds.get(_first(blocks.columns["compound"][row])),
            police_area=_text(blocks.columns["police_area"][row]),
            school_area=_text(blocks.columns["school_area"][row]), columns={},
        )  # fmt: skip
        block.shape = shapes[row]
        made.append(block)
    Block.objects.bulk_create(made)
    _lines(blocks, made)
    Count.objects.bulk_create(
        Count(block=made[row], definition=column, value=int(value), source=SOURCE, as_of=COUNTED)
        for column in COUNT_COLUMNS
        if column in blocks.columns
        for row, value in enumerate(blocks.counts(column))
    )
    Membership.objects.bulk_create(
        Membership(
            block=block, community=divisions[str(blocks.columns["community"][row])], valid_from=BEGAN,
            enactment="云政复〔2014〕87号(合成)",
        )
        for row, block in enumerate(made)
    )  # fmt: skip
    _things(data, made, shapes, compounds, street)
    return made


def _compounds(layer: Layer, street: Division) -> dict[str, Compound]:
    rows = [
        Compound(
            street=street, code=str(layer.columns["id"][row]), name=_text(layer.columns["name"][row]),
            also_called=_text(layer.columns["also_called"][row]), use=_text(layer.columns["use"][row]),
        )
        for row in range(len(layer.geometry))
    ]  # fmt: skip
    Compound.objects.bulk_create(rows)
    return {compound.name: compound for compound in rows}


def _lines(blocks: Blocks, made: list[Block]) -> None:
    """Write one line a pair: the longest of what runs between two blocks, with the length of all."""
    best: dict[tuple[int, int], tuple[float, str, str, Any]] = {}
    length: dict[tuple[int, int], float] = {}
    lines = blocks.lines
    for row in range(len(lines)):
        pair = (int(lines.a[row]), int(lines.b[row]))
        metres = float(lines.length_m[row])
        length[pair] = length.get(pair, 0.0) + metres
        if pair not in best or metres > best[pair][0]:
            best[pair] = (metres, str(lines.kind[row]), _text(lines.name[row]), lines.geometry[row])
    Line.objects.bulk_create(
        Line(a=made[a], b=made[b], length_m=length[a, b], kind=kind, name=name,
             wkb=shapely.to_wkb(transform(np.array([shape], dtype=object), blocks.crs, CGCS2000)[0]))
        for (a, b), (_, kind, name, shape) in best.items()
    )  # fmt: skip


def _things(data: Path, made: list[Block], shapes: Any, compounds: dict[str, Compound], street: Division) -> None:
    """Hang buildings and facilities on the blocks in which they stand."""
    tree = shapely.STRtree(shapes)
    layer = read_layer(data / "buildings.gpkg")
    points = shapely.point_on_surface(transform(layer.geometry, layer.crs, CGCS2000))
    buildings = []
    for row, point in enumerate(points):
        compound = compounds.get(_text(layer.columns["compound"][row]))
        number = _text(layer.columns["name"][row])
        buildings.append(
            Building(
                block=made[_home(tree, point)], compound=compound, code=str(layer.columns["id"][row]), number=number,
                units=int(layer.columns["units"][row]), floors=int(layer.columns["floors"][row]),
                longitude=float(point.x), latitude=float(point.y),
            )
        )  # fmt: skip
    Building.objects.bulk_create(buildings)
    index_buildings(Building.objects.all())
    layer = read_layer(data / "facilities.gpkg")
    points = transform(layer.geometry, layer.crs, CGCS2000)
    Facility.objects.bulk_create(
        Facility(
            block=made[_home(tree, point)], street=street, code=str(layer.columns["id"][row]),
            kind=_text(layer.columns["kind"][row]), name=_text(layer.columns["name"][row]),
            area_m2=_number(layer.columns["area_m2"][row]), longitude=float(point.x), latitude=float(point.y),
        )
        for row, point in enumerate(points)
    )  # fmt: skip


def _home(tree: shapely.STRtree, point: shapely.Point) -> int:
    inside = tree.query(point, predicate="intersects")
    return int(inside.min()) if len(inside) else int(tree.nearest(point))


def _first(value: object) -> str:
    return _text(value).split(";")[0].strip()


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _number(value: Any) -> float | None:
    return None if value is None or value != value else float(value)
