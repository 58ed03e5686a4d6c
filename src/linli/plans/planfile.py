"""The plan file: a GeoPackage that says which block belongs where, why, how good, and is sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from linli.districting.problem import connected_pieces
from linli.districting.result import Proof
from linli.errors import InputError
from linli.geodata import Blocks, file_hash, input_hash, replace_when_done
from linli.plans.groups import rows_of
from linli.plans.measures import dissolve
from linli.plans.plan import Plan
from linli.plans.rules import Rules
from linli.plans.sides import ByHand
from linli.plans.task import STEPS

FORMAT = 1
SEAL = "linli-seal-sha256:"
UNITS = {
    "boundary": "metres × price",
    "cut_length_m": "metres",
    "belonging": "households",
    "inertia": "households × km²",
    "access": "household metres",
    "continuity": "households",
    "balance": "households",
}


def write_plan(plan: Plan, path: Path) -> None:
    """Write a plan as docs/architecture.md lays it down, sealed, moved into place when whole.

    Raises
    ------
    InputError
        The plan leaves a block open, or the file cannot be written.
    """
    open_blocks = np.flatnonzero(plan.community == "")
    if len(open_blocks):
        raise InputError(
            f"{len(open_blocks)} blocks belong to no community yet",
            row=plan.blocks.ids[open_blocks[0]],
            field="community",
            advice="complete the plan first (linli complete)",
        )
    with replace_when_done(path) as temporary:
        _write_layers(plan, temporary)
        _seal(temporary)


def read_plan(path: Path, blocks: Blocks) -> Plan:
    """Read a plan file against the blocks that it was made from.

    Raises
    ------
    InputError
        No such file, no plan file, or a plan of other blocks.
    """
    meta = read_meta(path)
    scope = tuple(meta.get("scope") or ())
    if scope:
        blocks = blocks.select_communities(list(scope))
    table = _read_table(path, "plan", ("id", "community", "locked"))
    community = dict(zip(table["id"].astype(str), table["community"].astype(str), strict=True))
    locked = dict(zip(table["id"].astype(str), table["locked"], strict=True))
    missing = [block for block in blocks.ids if block not in community]
    strange = sorted(set(community) - set(blocks.ids))
    if missing or strange:
        raise InputError(
            f"the plan is one of other blocks: {len(missing)} blocks are not in it, {len(strange)} it has are not here",
            file=path,
            layer="plan",
            row=(missing or strange)[0],
            advice="give the blocks file that the plan was made from",
        )
    rows = _read_table(path, "communities", ("community", "parent", "reason"))
    names = rows["community"].astype(str)
    rules = Rules.from_json({**meta["rules"], "kept": _kept_of(meta["rules"])}, meta["prices"])
    return Plan(
        blocks=blocks,
        community=np.array([community[block] for block in blocks.ids], dtype=object),
        rules=rules,
        count=meta["count"],
        goal=meta["goal"],
        parents={name: parent or "" for name, parent in zip(names, rows["parent"], strict=True)},
        scope=scope,
        status=meta["status"],
        objective=meta["objective"],
        bound=meta["bound"],
        proof=_proof(meta["proof"]),
        parts=meta["rules"].get("parts"),
        seed=meta["seed"],
        locked=np.array([bool(locked[block]) for block in blocks.ids], dtype=np.bool_),
        reasons={name: reason for name, reason in zip(names, rows["reason"], strict=True) if reason},
        by_hand=_by_hand(names, rows.get("by_hand", ())),
    )


def read_meta(path: Path) -> dict[str, Any]:
    """Read what a plan file says of itself.

    Raises
    ------
    InputError
        No such file, or no plan file.
    """
    table = _read_table(path, "meta", ("json",))
    try:
        meta: dict[str, Any] = json.loads(str(table["json"][0]))
    except (ValueError, IndexError):
        raise InputError("the plan's own description cannot be read", file=path, layer="meta", field="json") from None
    lacking = sorted({"format", "rules", "count", "goal", "prices", "proof", "status", "seed"} - set(meta))
    if lacking or meta["format"] != FORMAT:
        raise InputError(
            "this is no plan file of a format known here",
            file=path,
            layer="meta",
            field=lacking[0] if lacking else "format",
            value=meta.get("format"),
        )
    return meta


def meta_of(plan: Plan) -> dict[str, Any]:
    """Return what the plan file's layer `meta` holds."""
    from linli import __version__

    measures = plan.measures()
    rules = plan.rules.as_json(parts=plan.parts)
    source = plan.blocks.source
    return {
        "linli": __version__,
        "format": FORMAT,
        "created_with": {name: _version(name) for name in ("numpy", "numba", "highspy", "shapely")},
        "seed": plan.seed,
        "count": plan.count,
        "counted": plan.note.as_json(),
        # a kept community whose seat nobody knows stands in kept_open
        "rules": {
            **rules,
            "kept": {name: seat for name, seat in rules["kept"].items() if seat},
            "kept_open": [name for name, seat in rules["kept"].items() if not seat],
        },
        "goal": plan.goal,
        "prices": dict(plan.rules.prices or {}),
        "scope": list(plan.scope),
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "status": plan.status,
        "cut_length_m": measures["cut_length_m"],
        "measures": measures,
        "counts_held": plan.counts_held(),
        "input_hash": input_hash(plan.blocks),
        "blocks_file_sha256": file_hash(source) if source is not None and Path(source).is_file() else "not from a file",
        "proof": _proof_table(plan),
    }


def _write_layers(plan: Plan, path: Path) -> None:
    blocks, crs = plan.blocks, plan.blocks.crs
    locked = np.zeros(len(blocks), dtype=np.int32) if plan.locked is None else plan.locked.astype(np.int32)
    layer = {"id": np.array(blocks.ids, dtype=object), "community": plan.community, "locked": locked}
    _write(path, "plan", layer, blocks.geometry, crs)

    rows = plan.communities
    table: dict[str, Any] = {
        "community": _texts([c.name for c in rows]),
        "parent": _texts([c.parent for c in rows]),
        "kept": np.array([c.kept for c in rows], dtype=np.int32),
        "blocks": np.array([c.blocks for c in rows], dtype=np.int64),
        "count": np.array([c.count for c in rows], dtype=np.int64),
        **{column: np.array([c.sums[column] for c in rows], dtype=np.int64) for column in rows[0].sums},
        **{
            name: np.array([getattr(c, name) for c in rows], dtype=np.float64)
            for name in ("area_m2", "cut_length_m", "polsby_popper")
        },
        "seats": np.array([c.staffing.seats for c in rows], dtype=np.int32),
        "floor_needed_m2": np.array([c.staffing.floor_needed_m2 for c in rows], dtype=np.float64),
        **{side: _texts([c.sides[side] for c in rows]) for side in ("east", "south", "west", "north")},
        "by_hand": _texts([json.dumps(plan.by_hand[c.name], ensure_ascii=False) if c.marks else None for c in rows]),
        "text": _texts([c.text for c in rows]),
        "reason": _texts([c.reason or None for c in rows]),
    }
    inside = rows_of(plan.community)
    ground = np.array([dissolve(blocks, inside[c.name]) for c in rows], dtype=object)
    _write(path, "communities", table, ground, crs)
    said = json.dumps(meta_of(plan), ensure_ascii=False, default=_plain, allow_nan=False)
    _write(path, "meta", {"json": _texts([said])}, None, None)
    _write(path, "seal", {"seal": _texts([SEAL + "0" * 64])}, None, None)


def _write(path: Path, layer: str, columns: Mapping[str, Any], geometry: Any, crs: str | None) -> None:
    pyogrio.raw.write(
        path,
        geometry=None if geometry is None else shapely.to_wkb(geometry, flavor="iso"),
        field_data=list(columns.values()),
        fields=np.array(list(columns), dtype=object),
        layer=layer,
        driver="GPKG",
        geometry_type=None if geometry is None else "Unknown",
        crs=crs,
    )


def _seal(path: Path) -> None:
    """Put the hash of the whole file, read with zeros in its place, into the place kept for it."""
    data = bytearray(path.read_bytes())
    marker = SEAL.encode()
    if data.count(marker) != 1:
        raise InputError("the words that mark the seal stand elsewhere in the plan, too", file=path, value=SEAL)
    start = data.index(marker) + len(marker)
    data[start : start + 64] = hashlib.sha256(data).hexdigest().encode()
    path.write_bytes(data)


def _read_table(path: Path, layer: str, wanted: tuple[str, ...]) -> dict[str, Any]:
    if not path.is_file():
        raise InputError("there is no such file", file=path, advice="give the plan file that linli split wrote")
    try:
        meta, _, _, values = pyogrio.raw.read(path, layer=layer, read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(
            f"this is no plan file: {str(error).splitlines()[0]}",
            file=path,
            layer=layer,
            advice="give a file that linli split wrote",
        ) from None
    table = dict(zip(meta["fields"], values, strict=True))
    for column in wanted:
        if column not in table:
            raise InputError("this is no plan file: a column is missing", file=path, layer=layer, field=column)
    return table


def _by_hand(names: Any, cells: Any) -> dict[str, dict[str, ByHand]]:
    """Read the sides that somebody wrote; files from before have no such column."""
    return {
        name: {side: ByHand(*written) for side, written in json.loads(cell).items()}
        for name, cell in zip(names, cells, strict=False)
        if cell
    }


def _kept_of(rules: Mapping[str, Any]) -> dict[str, str | None]:
    return {**rules.get("kept", {}), **dict.fromkeys(rules.get("kept_open", ()))}


def _proof_table(plan: Plan) -> dict[str, Any]:
    proof = plan.proof or Proof("heuristic", "nothing is claimed", plan.objective, None)
    label = np.unique(plan.community.astype(str), return_inverse=True)[1]
    lines = plan.blocks.lines
    same = label[lines.a] == label[lines.b]
    whole = connected_pieces(len(plan.blocks), np.stack([lines.a, lines.b], axis=1)[same])
    return {
        "method": proof.method,
        "claim": proof.claim,
        "objective": plan.objective,
        "bound": plan.bound,
        "unit": UNITS.get(plan.goal, "weighted"),
        "cost_scale": STEPS,
        "counters": dict(proof.counters),
        "communities_in_one_piece": len(np.unique(whole)) == len(plan.names),
        "pieces": [_piece_table(piece) for piece in proof.pieces],
    }


def _piece_table(piece: Proof) -> dict[str, Any]:
    counters = dict(piece.counters)
    return {
        "blocks": counters.pop("blocks", None),
        "parts": counters.pop("parts", None),
        "objective": piece.objective,
        "bound": piece.bound,
        "method": piece.method,
        "claim": piece.claim,
        "counters": counters,
    }


def _proof(table: Mapping[str, Any]) -> Proof:
    pieces = tuple(
        Proof(
            p["method"],
            p.get("claim", ""),
            p["objective"],
            p["bound"],
            {**p.get("counters", {}), **{name: p[name] for name in ("blocks", "parts") if p.get(name) is not None}},
        )
        for p in table.get("pieces", ())
    )
    return Proof(table["method"], table["claim"], table["objective"], table["bound"], table.get("counters", {}), pieces)


def _texts(values: list[str | None]) -> Any:
    return np.array(values, dtype=object)


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
