"""A site filled with the synthetic district: divisions, people, ground, counts and memberships. Needs Django awake."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from linli.demo.matters import fill_matters
from linli.demo.names import COMMUNITIES, COUNTED, DISTRICT, SOURCE, STREET, STREET_CODE
from linli.demo.people import VISITORS, names
from linli.demo.planning import fill_planning
from linli.documents.official import ordinal
from linli.geodata import Blocks, read_blocks
from linli.ledger.vouching import vouch
from linli.org.actors import SYSTEM, actor_of
from linli.org.models import Account, Division, DivisionName, Post, Role, Tenure
from linli.org.passwords import OneTimeHasher
from linli.territory.actions.apply_import import apply_import
from linli.territory.actions.prepare_import import upload_import
from linli.territory.actions.ready_import import ready_import

DISTRICT_CODE = "539901000000"
BEGAN = date(2015, 1, 1)
# the counts of buildings are in those of their blocks already
BUILDING_COLUMNS = {"code": "id", "compound": "compound", "number": "name", "units": "units", "floors": "floors"}
HOUSEHOLDS_A_GRID = 480
WORKERS = 66  # community workers before the split, of whom each community has its share
CASES = 11_000  # of a year
Tell = Callable[[str], None]


def fill(folder: Path, *, seed: int = 20261123, tell: Tell = print, cases: int = CASES) -> bool:
    """Fill the site's database from the folder that `linli demo` wrote; False where it is filled already.

    Parameters
    ----------
    folder
        Holds `blocks.gpkg` and `data/`.
    seed
        Of the invented people.
    tell
        Called with what has been done.
    cases
        Of the year before, besides those of today.
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
        _ground(folder, divisions[STREET])
        tell(f"地块 {len(blocks)} / blocks")
        tell(f"事项 {fill_matters(seed=seed, history=cases)} / matters")
        clerk = actor_of(Account.objects.get(username="jiedao"))
        tell(f"方案 {fill_planning(clerk, divisions[STREET], seed=seed)} / plans")
        SYSTEM.record(
            "demo.fill", object=divisions[STREET].reference, public=True,
            content={"note": "演示数据·全部合成", "blocks": len(blocks), "divisions": len(divisions),
                     "cases": cases, "seed": seed},
        )  # fmt: skip
        vouch()
    return True


def accounts_file() -> Path:
    """Where the demo's accounts and their password are kept."""
    return Path(settings.HOME) / "demo-accounts.txt"


def _divisions(blocks: Blocks) -> dict[str, Division]:
    made: dict[str, Division] = {}

    def make(name: str, code: str, kind: str, parent: str, english: str = "") -> None:
        division = Division(
            name=name, name_en=english, code=code, kind=kind, parent=made.get(parent), valid_from=BEGAN,
        )  # fmt: skip
        division.save()
        DivisionName.objects.create(division=division, name=name, name_en=english, valid_from=BEGAN)
        made[name] = division

    make(DISTRICT, DISTRICT_CODE, Division.Kind.DISTRICT, "", "Yunchuan District (demo)")
    make(STREET, f"{STREET_CODE}000", Division.Kind.STREET, DISTRICT, "Tongyuan Street (demo)")
    households = blocks.counts("households_registered")
    english = {"团结": "Tuanjie", "白云": "Baiyun", "京铜": "Jingtong"}
    for name, code in COMMUNITIES.items():
        make(name, code, Division.Kind.COMMUNITY, STREET, f"{english.get(name, name)} Community")
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
        account = Account.objects.create_account(visitor.username, name=visitor.name)
        account.password = make_password(password, hasher=OneTimeHasher.algorithm)  # hashed slowly once it is used
        account.save(update_fields=["password"])
        if visitor.role:
            seat(account, visitor.role, visitor.place, visitor.seat)
    places = [(name, "grid_worker", "网格员") for name, d in divisions.items() if d.kind == Division.Kind.GRID]
    places += [(name, "community_secretary", "社区书记") for name in COMMUNITIES]
    places = [place for place in places if place[:2] not in seated]
    places += [
        (name, "community_worker", "社区工作者")
        for number, name in enumerate(list(COMMUNITIES) * WORKERS)
        if number < WORKERS
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


def _ground(folder: Path, street: Division) -> None:
    """Import the layers as a clerk would: blocks with counts and memberships, then what stands on them."""
    counted = {"source": SOURCE, "as_of": COUNTED}
    _bring(folder / "blocks.gpkg", "blocks", street, members_from=BEGAN, **counted)
    for kind in ("compounds", "buildings", "facilities"):
        columns = None if kind != "buildings" else BUILDING_COLUMNS
        _bring(folder / "data" / f"{kind}.gpkg", kind, street, columns=columns)
    for sheet in ("归属感", "认同感"):
        _bring(folder / "data" / "survey.xlsx", "affinities", street, layer=sheet)


def _bring(path: Path, kind: str, street: Division, **answers: Any) -> None:
    batch = upload_import(SYSTEM, street=street, kind=kind, name=path.name, chunks=[path.read_bytes()])
    ready_import(SYSTEM, batch=batch, **answers)
    apply_import(SYSTEM, batch=batch)
