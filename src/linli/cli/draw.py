"""`linli draw`: a plan, or blocks alone, as a map on one sheet."""

from __future__ import annotations

from json import dumps as write_json
from json import loads as read_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linli.errors import InputError

if TYPE_CHECKING:
    from linli.geodata import Blocks


def command(
    drawn: Annotated[
        Path, typer.Argument(metavar="PLAN|BLOCKS", help="方案或地块文件 / a plan file, or a blocks file")
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="图件 / the picture: .png, .svg or .pdf")],
    blocks: Annotated[
        Path | None, typer.Option("--blocks", help="方案所划分的地块文件 / the blocks file that the plan divides")
    ] = None,
    before: Annotated[
        bool, typer.Option("--before", help="并列调整前 / show the communities before beside it")
    ] = False,
    count: Annotated[
        str | None, typer.Option("--count", help="口径 / counting definition; default: the file's own")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="图名 / title")] = None,
    date: Annotated[str | None, typer.Option("--date", help="日期 / a date to print")] = None,
    facilities: Annotated[bool, typer.Option("--facilities", help="标注设施 / mark the facilities")] = False,
    dpi: Annotated[int, typer.Option("--dpi", min=50, max=600, help="PNG 分辨率 / dots an inch of a PNG")] = 200,
    json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象 / print one JSON object")] = False,
) -> None:
    """绘图 / Draw a plan as a map, or blocks alone.

    The suffix chooses the format. Every sheet says 示意图,不作为划界依据.

    Example: linli draw plan.gpkg --blocks blocks.gpkg --before -o plan.png
    """
    from linli.cli.common import load_blocks, must_be_writable
    from linli.drawing.page import check_suffix

    check_suffix(output)
    must_be_writable(output, drawn, blocks)
    if blocks is None and "plan" not in _layers(drawn):
        _refuse_without_plan(drawn, before=before, facilities=facilities)
        summary = _draw_blocks(load_blocks(drawn), output, count=count, title=title, date=date, dpi=dpi)
    elif blocks is None:
        raise InputError("a plan is drawn on its blocks", file=drawn, advice="name the blocks file: --blocks BLOCKS")
    else:
        summary = _draw_plan(
            drawn, load_blocks(blocks), output,
            before=before, count=count, title=title, date=date, facilities=facilities, dpi=dpi,
        )  # fmt: skip
    typer.echo(write_json(summary, ensure_ascii=False) if json else f"已绘制 {output}")


def _draw_blocks(
    blocks: Blocks, output: Path, *, count: str | None, title: str | None, date: str | None, dpi: int
) -> dict[str, object]:
    from linli.drawing.maps import draw_blocks

    columns = blocks.count_columns()
    chosen = count or blocks.count or (columns[0] if columns else None)
    draw_blocks(blocks, output, count=chosen, title=title, date=date, dpi=dpi)
    return {"path": str(output), "format": output.suffix[1:].lower(), "blocks": len(blocks), "count": chosen}


def _draw_plan(
    plan: Path,
    blocks: Blocks,
    output: Path,
    *,
    before: bool,
    count: str | None,
    title: str | None,
    date: str | None,
    facilities: bool,
    dpi: int,
) -> dict[str, object]:
    from linli.drawing.maps import draw_plan

    layers = _layers(plan)
    if "plan" not in layers:
        raise InputError(
            "this file holds no plan", file=plan, layer="plan", advice=f"its layers are: {', '.join(layers) or 'none'}"
        )
    rows = _read(plan, "plan", ("id", "community"))
    label = {str(block): community for block, community in zip(rows["id"], rows["community"], strict=True)}
    unknown = sorted(set(label) - set(blocks.ids))
    if unknown:
        raise InputError(
            "the plan names blocks that the blocks file does not have",
            file=plan, layer="plan", field="id", value=unknown[0],
            advice="name the blocks file that the plan was made from",
        )  # fmt: skip
    definition = count or _definition(plan, layers)
    draw_plan(
        blocks,
        [label.get(block) for block in blocks.ids],
        output,
        count=definition,
        before=_column(blocks, "community", "--before") if before else None,
        title=title,
        kept=_kept(plan, layers),
        facilities=_column(blocks, "facilities", "--facilities") if facilities else None,
        date=date,
        dpi=dpi,
    )
    communities = sorted({str(name) for name in label.values() if name})
    return {
        "path": str(output),
        "format": output.suffix[1:].lower(),
        "blocks": len(label),
        "communities": communities,
        "count": definition,
    }


def _definition(plan: Path, layers: list[str]) -> str:
    """Read the counting definition that the plan was made under."""
    if "meta" in layers:
        texts = _read(plan, "meta", ("json",))["json"]
        try:
            found = read_json(texts[0]).get("count") if texts else None
        except (ValueError, AttributeError, TypeError):
            found = None
        if isinstance(found, str) and found:
            return found
    raise InputError(
        "the plan does not say under which counting definition (口径) it was made",
        file=plan, layer="meta", field="json", advice="name one: --count COLUMN",
    )  # fmt: skip


def _kept(plan: Path, layers: list[str]) -> set[str] | None:
    """Read which communities keep their seat; None where the plan does not say."""
    if "communities" not in layers:
        return None
    rows = _read(plan, "communities", ("community", "kept"))
    return {str(name) for name, kept in zip(rows["community"], rows["kept"], strict=True) if kept}


def _column(blocks: Blocks, column: str, option: str) -> list[str | None]:
    from linli.geodata.blocks import how_to_bring

    if column not in blocks.columns:
        raise InputError(
            f"the blocks have no column {column}",
            file=blocks.source, layer="blocks", field=column,
            advice=f"{how_to_bring(column)}, or leave {option} out",
        )  # fmt: skip
    return list(blocks.columns[column])


def _layers(path: Path) -> list[str]:
    from linli.geodata import layer_names

    return [] if path.suffix.lower() in (".csv", ".xlsx") else layer_names(path)


def _read(path: Path, layer: str, columns: tuple[str, ...]) -> dict[str, list[Any]]:
    """Read text and number columns of a layer."""
    import pyogrio.raw

    try:
        meta, _, _, values = pyogrio.raw.read(path, layer=layer, columns=list(columns), read_geometry=False)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise InputError(
            "this layer cannot be read", file=path, layer=layer, advice="write the plan file anew"
        ) from error
    found = {str(name): list(column) for name, column in zip(meta["fields"], values, strict=True)}
    for name in columns:
        if name not in found:
            raise InputError(
                "a column is missing", file=path, layer=layer, field=name, advice="write the plan file anew"
            )
    return found


def _refuse_without_plan(path: Path, *, before: bool, facilities: bool) -> None:
    if before or facilities:
        raise InputError(
            "these are blocks without a plan", file=path, layer="plan",
            advice="leave --before and --facilities out, or name a plan file and its --blocks",
        )  # fmt: skip
