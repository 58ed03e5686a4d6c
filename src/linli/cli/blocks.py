"""`linli blocks`: blocks from roads, rivers, railways, walls, buildings and counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linli.errors import InputError
from linli.written import day_of

if TYPE_CHECKING:
    from linli.geodata import Blocks

LAYER = "file, or file.gpkg:layer"


def command(
    roads: Annotated[
        list[str], typer.Option("--roads", metavar="R", help=f"道路 / centre lines of roads: {LAYER}；repeatable")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="地块文件 / the blocks file to write, .gpkg")],
    water: Annotated[
        list[str] | None, typer.Option("--water", metavar="W", help="水系 / rivers and lakes, lines or polygons")
    ] = None,
    rail: Annotated[list[str] | None, typer.Option("--rail", metavar="RR", help="铁路 / railways")] = None,
    walls: Annotated[list[str] | None, typer.Option("--walls", metavar="X", help="围墙 / walls")] = None,
    buildings: Annotated[
        list[str] | None,
        typer.Option("--buildings", metavar="B", help="楼栋 / buildings with counts, or with floors to estimate them"),
    ] = None,
    counts: Annotated[
        str | None,
        typer.Option("--counts", metavar="T", help="户数表 / CSV or XLSX by building id, compound or coordinates"),
    ] = None,
    within: Annotated[
        str | None, typer.Option("--within", metavar="P", help="边界 / the territory: polygons or a closed line")
    ] = None,
    communities: Annotated[
        str | None, typer.Option("--communities", metavar="C", help="现有社区 / present communities, polygons")
    ] = None,
    compounds: Annotated[
        str | None, typer.Option("--compounds", metavar="C", help="小区 / residential compounds, polygons: never cut")
    ] = None,
    facilities: Annotated[
        list[str] | None, typer.Option("--facilities", metavar="F", help="设施 / points with a column kind")
    ] = None,
    sites: Annotated[
        list[str] | None,
        typer.Option("--sites", metavar="S", help="用地 / parks, schools, works: polygons drawn beneath maps"),
    ] = None,
    area: Annotated[
        list[str] | None,
        typer.Option("--area", metavar="COLUMN=A", help="other polygons by column, such as police_area=police.gpkg"),
    ] = None,
    affinities: Annotated[
        str | None, typer.Option("--affinities", metavar="A", help="归属感 / table with a, b, affinity (households)")
    ] = None,
    count_column: Annotated[
        list[str] | None,
        typer.Option("--count-column", metavar="COUNT=COLUMN", help="口径 / a count and the column that holds it"),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option("--crs", help="坐标系 / of files that name none: gcj02, bd09, wgs84, cgcs2000, EPSG:…"),
    ] = None,
    count_source: Annotated[str, typer.Option("--count-source", help="户数来源 / who counted; default: the file")] = "",
    count_day: Annotated[str, typer.Option("--count-day", help="户数截至 / as of which day, such as 2026-06-30")] = "",
    credit: Annotated[
        list[str] | None,
        typer.Option("--credit", help="署名 / whom maps must name; OpenStreetMap is found by itself; repeatable"),
    ] = None,
    min_block: Annotated[
        float, typer.Option("--min-block", min=0, help="ground below this many m² without a building is shared out")
    ] = 2000.0,
    reach: Annotated[
        float, typer.Option("--reach", min=0, help="metres over which a dead end is carried on to the next line")
    ] = 15.0,
    dwelling_area: Annotated[
        float, typer.Option("--dwelling-area", min=10, help="m² of floor a dwelling where counts are estimated")
    ] = 90.0,
    floors: Annotated[
        float, typer.Option("--floors", min=1, help="floors of a building that tells none, for the estimate")
    ] = 6.0,
    keep_slivers: Annotated[
        bool, typer.Option("--keep-slivers", help="leave medians and traffic islands as blocks of their own")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="图件 / draw the blocks too: .png, .svg or .pdf")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """从道路生成地块 / Make blocks from roads, rivers, railways, walls and buildings.

    Divided roads, junctions and rivers are shared out along their middle; residential compounds are never cut by a
    lane. What was met and mended is told, and kept in the layer `report`. An OpenStreetMap extract (.pbf, .osm)
    serves for every layer that it holds.

    Example: linli blocks --roads map.gpkg:roads --water map.gpkg:water --buildings map.gpkg:buildings
    --within map.gpkg:boundary --counts households.xlsx -o blocks.gpkg --picture blocks.png
    """
    from linli.cli.common import must_be_writable, note, pairs, print_json
    from linli.geodata import write_blocks
    from linli.geodata.make_blocks import make_blocks

    sources = [*roads, *(water or []), *(rail or []), *(walls or []), *(buildings or []), *(facilities or [])]
    sources += [one for one in (counts, within, communities, compounds, affinities) if one is not None]
    sources += list(pairs(area or [], "--area").values())
    files = [one if Path(one).exists() else one.rpartition(":")[0] for one in sources]
    must_be_writable(output, *files, suffix=".gpkg")
    if picture is not None:
        from linli.drawing.page import check_suffix

        check_suffix(picture)
        must_be_writable(picture)
    blocks = make_blocks(
        roads=roads,
        water=water,
        rail=rail,
        walls=walls,
        buildings=buildings,
        counts=counts,
        within=within,
        communities=communities,
        compounds=compounds,
        facilities=facilities,
        sites=sites,
        areas=dict(pairs(area or [], "--area")),
        affinities=affinities,
        count_columns=pairs(count_column, "--count-column") if count_column else None,
        estimate_area_per_dwelling=dwelling_area,
        default_floors=floors,
        min_block_m2=min_block,
        reach_m=reach,
        keep_slivers=keep_slivers,
        crs=crs,
        count_source=count_source,
        count_day=_day(count_day),
        credit=credit or (),
        progress=note,
    )
    write_blocks(blocks, output)
    if picture is not None:
        from linli.drawing.maps import draw_blocks

        draw_blocks(blocks, picture, count=blocks.count)
    if json:
        print_json({"path": str(output), **summary(blocks)})
    else:
        _tell(blocks, output)


def _day(text: str) -> date | None:
    found = day_of(text)
    if text and found is None:
        raise InputError("this is no day", field="count-day", value=text, advice="write it as 2026-06-30")
    return found


def summary(blocks: Blocks) -> dict[str, object]:
    """Say in numbers what was made."""
    kinds: dict[str, float] = {}
    for kind, length in zip(blocks.lines.kind, blocks.lines.length_m, strict=True):
        kinds[kind] = kinds.get(kind, 0.0) + float(length)
    return {
        "blocks": len(blocks),
        "lines": len(blocks.lines),
        "crs": blocks.crs,
        "counts": {name: int(blocks.counts(name).sum()) for name in blocks.count_columns()},
        "line_m": {kind: round(length, 1) for kind, length in sorted(kinds.items())},
        "report": blocks.report,
    }


def _tell(blocks: Blocks, output: Path) -> None:
    from linli.geodata.credits import credits_in

    lines = [f"已写入 {output}：{len(blocks)} 个地块，{len(blocks.lines)} 条界线"]
    for name in blocks.count_columns():
        found = blocks.note_of(name)
        lines.append(f"  {name}: {int(blocks.counts(name).sum()):,}" + (f"（{found.words()}）" if found.parts else ""))
    lines += [f"  {one}" for one in credits_in(blocks.report)]
    notes = blocks.report.get("notes")
    if isinstance(notes, list):
        lines += [f"  · {one['zh']}\n    {one['en']}" for one in notes]
    typer.echo("\n".join(lines))
