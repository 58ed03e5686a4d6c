"""The words that an approving office expects of each community: range, compounds, households, office, staff."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from linli.districting.problem import Ints
from linli.geodata import Blocks
from linli.plans.bands import bands_of, outside_words
from linli.plans.names import community_words
from linli.plans.profiles import Profile
from linli.plans.rules import Rules
from linli.plans.task import has_station, names_in, texts

NO_DATA = "无数据"
FLOOR_COLUMNS = ("service_floor_m2", "服务用房面积")


@dataclass(frozen=True)
class Staffing:
    """Seats, workers and floor space that the norms ask for; None where the data do not say."""

    seats: int
    workers: int | None
    floor_needed_m2: float


def community_text(
    blocks: Blocks,
    inside: Ints,
    name: str,
    sides: str,
    *,
    households: int,
    persons: int | None,
    count: str,
    rules: Rules,
    reason: str = "",
) -> str:
    """Write the block of words of one community.

    Parameters
    ----------
    inside
        Rows of the community's blocks.
    sides
        Its four sides in words, see `sides_text`.
    households, persons
        Its sums; None where nobody counted persons.
    rules
        Whose standards, norms and range of households hold.
    reason
        Why the community lies outside the statutory band; missing where one is needed, 需说明理由 is written.
    """
    staff = staffing(households, persons, rules.standard().norms)
    lived_in = NO_DATA if persons is None else f"{persons}人"
    sentences = [
        f"社区范围：{sides}",
        _compounds(blocks, inside),
        f"总计{households}户（口径：{blocks.note_of(count).brief()}），常住人口{lived_in}",
        _office(blocks, inside, staff.floor_needed_m2),
        f"建议配备两委{staff.seats}名、社区工作者"
        + (f"{staff.workers}名" if staff.workers is not None else f"{NO_DATA}（缺人口数）"),
        "规模标准：" + "；".join(band.words(households) for band in bands_of(rules)),
    ]
    text = f"{community_words(name)}  " + "；".join(sentences) + "。"
    outside = outside_words(households, rules.statutory(), reason)
    return f"{text}{outside}。" if outside else text


def needs_reason(households: int, statutory: Profile) -> bool:
    """Tell whether a community lies outside the statutory band, so that its plan must say why."""
    return statutory.within(households) is False


def staffing(households: int, persons: int | None, norms: Mapping[str, Any]) -> Staffing:
    """Work out seats, workers and floor space by a profile's norms."""
    seats = next((n for below, n in norms["committee_seats"] if below == 0 or households < below), 0)
    workers = None
    if persons is not None:
        workers = max(math.ceil(persons * norms["workers_per_10000_persons"] / 10_000), norms.get("workers_least", 0))
    floor = max(norms["floor_m2_least"], households / 100 * norms["floor_m2_per_100_households"])
    return Staffing(min(seats, norms["committee_seats_most"]), workers, float(floor))


def compounds_of(blocks: Blocks, inside: Ints) -> list[str] | None:
    """Name the compounds of a community; None where the blocks name none."""
    if "compound" not in blocks.columns:
        return None
    return sorted({name for text in texts(blocks.columns["compound"][inside]) for name in names_in(text)})


def station_floor(blocks: Blocks, rows: Ints) -> float | None:
    """Sum the floor space of the stations in some blocks; None where a station has none on record."""
    column = next((name for name in FLOOR_COLUMNS if name in blocks.columns), None)
    if column is None:
        return None
    floor = float(np.sum(np.asarray(blocks.columns[column][rows], dtype=np.float64)))
    return floor if floor > 0 else None


def _compounds(blocks: Blocks, inside: Ints) -> str:
    names = compounds_of(blocks, inside)
    if names is None:
        return f"管辖小区：{NO_DATA}"
    return f"管辖小区：{'、'.join(names) or '无'}，共计{len(names)}个小区"


def _office(blocks: Blocks, inside: Ints, needed: float) -> str:
    want = f"应有{needed:.0f}㎡"
    if "facilities" not in blocks.columns:
        return f"办公地点：{NO_DATA}，面积{NO_DATA}（{want}）"
    rows = inside[has_station(blocks, inside)]
    if len(rows) == 0:
        return f"办公地点：未落实，面积0㎡（{want}）"
    where = "、".join(_place(blocks, int(row)) for row in rows)
    floor = station_floor(blocks, rows)
    if floor is None:
        return f"办公地点：{where}，面积{NO_DATA}（{want}）"
    state = "已落实" if floor >= needed else f"尚缺{needed - floor:.0f}㎡，待落实"
    return f"办公地点：{where}，面积{floor:.0f}㎡（{want}，{state}）"


def _place(blocks: Blocks, row: int) -> str:
    compound = texts(blocks.columns["compound"])[row] if "compound" in blocks.columns else ""
    return f"{'、'.join(names_in(compound))}（地块{blocks.ids[row]}）" if compound else f"地块{blocks.ids[row]}"
