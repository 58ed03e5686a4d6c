"""Read the plan file and hold it against its contract, layer by layer and field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from linli.districting.verify.findings import BrokenPlan
from linli.districting.verify.geopackage import Shape, Table, UnreadableError, layers, opened, read_table, shape_of

FORMAT = 1
LIMIT = 1e18  # no figure of a plan comes near it
COUNTS = ("households_registered", "households_resident", "dwellings", "dwellings_delivered", "persons")
COLUMNS = {
    "plan": ("id", "community", "locked"),
    "communities": ("community", "parent", "kept", "blocks", "count", "cut_length_m"),
    "meta": ("json",),
    "seal": ("seal",),
}
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Row:
    """One row of the layer `plan`."""

    id: str
    community: str
    locked: bool
    shape: Shape


@dataclass(frozen=True)
class Community:
    """One row of the layer `communities`."""

    name: str
    values: Mapping[str, object]
    shape: Shape


@dataclass(frozen=True)
class Rules:
    """The rules that the plan says it keeps."""

    lower: int | None
    upper: int | None
    parts: int | None
    keep_whole: tuple[str, ...]
    never_cross: tuple[str, ...]
    never_cross_kinds: tuple[str, ...]
    kept: Mapping[str, str]  # name to seat; an empty seat is an open one
    fixed: Mapping[str, str]
    enclaves: bool
    capped: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """Everything that the plan file states."""

    rows: list[Row]
    communities: list[Community]
    seal: str
    rules: Rules
    count: str
    goal: str
    prices: Mapping[str, float]
    scope: tuple[str, ...]
    status: str
    objective: float
    bound: float | None
    gap: float | None
    cut_length_m: float
    measures: Mapping[str, object]
    input_hash: str
    blocks_file_sha256: str
    proof: Mapping[str, object]


def read_plan(data: bytes) -> Plan:
    """Read a plan file.

    Raises
    ------
    UnreadableError
        The bytes are no GeoPackage, or one that SQLite cannot read.
    BrokenPlan
        It is a GeoPackage, but not what the contract of plan files asks for.
    """
    with opened(data) as database:
        found = layers(database)
        tables = {}
        for layer, columns in COLUMNS.items():
            if layer not in found:
                _broken(f"缺少图层 {layer}。", f"The layer {layer} is missing.", layer=layer)
            tables[layer] = read_table(database, layer)
            absent = [name for name in columns if name not in tables[layer].columns]
            if absent:
                text = ", ".join(absent)
                _broken(f"图层 {layer} 缺少列:{text}。", f"The layer {layer} lacks columns: {text}.", layer=layer)
    meta = _meta(_only(tables["meta"], "meta", "json"))
    rules = _part(meta, "rules", _mapping)
    return Plan(
        rows=[_row(number, row, blob) for number, (row, blob) in enumerate(_pairs(tables["plan"]), 1)],
        communities=[_community(number, *pair) for number, pair in enumerate(_pairs(tables["communities"]), 1)],
        seal=_only(tables["seal"], "seal", "seal"),
        rules=Rules(
            lower=_part(rules, "lower", _maybe(_whole)),
            upper=_part(rules, "upper", _maybe(_whole)),
            parts=_part(rules, "parts", _maybe(_whole)),
            keep_whole=_part(rules, "keep_whole", _one_or_more),
            never_cross=_part(rules, "never_cross", _one_or_more),
            never_cross_kinds=_part(rules, "never_cross_kinds", _one_or_more),
            kept=_part(rules, "kept", _mapping_of(_maybe_text)),
            fixed=_part(rules, "fixed", _mapping_of(_text)),
            enclaves=_part(rules, "enclaves", _truth),
            capped=_part(rules, "capped", _mapping_of(_number)),
        ),
        count=_part(meta, "count", _text),
        goal=_part(meta, "goal", _text),
        prices=_part(meta, "prices", _mapping_of(_number)),
        scope=_part(meta, "scope", _one_or_more),
        status=_part(meta, "status", _text),
        objective=_part(meta, "objective", _number),
        bound=_part(meta, "bound", _maybe(_number)),
        gap=_part(meta, "gap", _maybe(_number)),
        cut_length_m=_part(meta, "cut_length_m", _number),
        measures=_part(meta, "measures", _mapping),
        input_hash=_part(meta, "input_hash", _text),
        blocks_file_sha256=_part(meta, "blocks_file_sha256", _text),
        proof=_part(meta, "proof", _mapping),
    )


def number_in(holder: Mapping[str, object], name: str) -> float | None:
    """A finite number or None from an object in the proof; anything else is a broken contract."""
    return _part(holder, name, _maybe(_number))


def text_in(holder: Mapping[str, object], name: str) -> str:
    """A text from an object in the proof; anything else is a broken contract."""
    return _part(holder, name, _text)


def objects_in(holder: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """A list of objects, empty where absent; anything else is a broken contract."""
    value = holder.get(name, [])
    if not isinstance(value, list):
        _wrong(name, value)
    return [_mapping(name, entry) for entry in value]


def _broken(chinese: str, english: str, **evidence: object) -> NoReturn:
    raise BrokenPlan("contract", chinese, english, **evidence)


def _wrong(name: str, value: object) -> NoReturn:
    _broken(f"字段 {name} 的值不合规定。", f"The field {name} holds a value it may not hold.", field=name, value=value)


def _only(table: Table, layer: str, column: str) -> str:
    if len(table.rows) != 1:
        _broken(f"图层 {layer} 应恰有一行。", f"The layer {layer} must have exactly one row.", rows=len(table.rows))
    return _text(column, table.rows[0][column])


def _meta(text: str) -> Mapping[str, object]:
    def refuse(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is no number")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name stands twice in one object")
        return dict(pairs)

    try:
        meta = _mapping("json", json.loads(text, parse_constant=refuse, object_pairs_hook=once))
        json.dumps(meta, ensure_ascii=False).encode("utf-8")  # a half of a surrogate pair can be read, never printed
    except (ValueError, RecursionError) as error:
        _broken(f"meta 不是有效的 JSON:{error}。", f"meta is no valid JSON: {error}.")
    if meta.get("format") != FORMAT:
        _broken("不认识的方案文件版本。", "The plan file has an unknown format.", format=meta.get("format"))
    return meta


def _pairs(table: Table) -> list[tuple[dict[str, object], bytes | None]]:
    return list(zip(table.rows, table.shapes, strict=True))


def _row(number: int, row: Mapping[str, object], blob: bytes | None) -> Row:
    locked = row["locked"]
    if locked not in (0, 1):
        _wrong("locked", locked)
    key = row["id"]
    name = str(key) if isinstance(key, int) else _text("id", key)
    return Row(name, _text("community", row["community"]), locked == 1, _shape("plan", number, blob))


def _community(number: int, row: Mapping[str, object], blob: bytes | None) -> Community:
    return Community(_text("community", row["community"]), row, _shape("communities", number, blob))


def _shape(layer: str, number: int, blob: bytes | None) -> Shape:
    try:
        return shape_of(blob or b"")
    except UnreadableError as error:
        _broken(
            f"图层 {layer} 第 {number} 行的图形读不出。", f"Row {number} of {layer}: {error}.", layer=layer, row=number
        )


def _part(holder: Mapping[str, object], name: str, read: Callable[[str, object], Kind]) -> Kind:
    if name not in holder:
        _broken(f"meta 缺少字段 {name}。", f"meta lacks the field {name}.", field=name)
    return read(name, holder[name])


def _text(name: str, value: object) -> str:
    return value if isinstance(value, str) and value else _wrong(name, value)


def _maybe_text(name: str, value: object) -> str:
    return "" if value is None or value == "" else _text(name, value)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LIMIT:
        _wrong(name, value)
    return value


def _whole(name: str, value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else _wrong(name, value)


def _truth(name: str, value: object) -> bool:
    return value if isinstance(value, bool) else _wrong(name, value)


def _mapping(name: str, value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else _wrong(name, value)


def _mapping_of(read: Callable[[str, object], Kind]) -> Callable[[str, object], Mapping[str, Kind]]:
    return lambda name, value: {key: read(f"{name}.{key}", entry) for key, entry in _mapping(name, value).items()}


def _maybe(read: Callable[[str, object], Kind]) -> Callable[[str, object], Kind | None]:
    return lambda name, value: None if value is None else read(name, value)


def _one_or_more(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    return tuple(_text(name, entry) for entry in listed)
