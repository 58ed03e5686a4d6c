"""Recheck a plan file from the data alone, in code that shares nothing with what made it."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from linli.districting.verify.blocks import BlocksFile, read_blocks, read_bytes, unwritten
from linli.districting.verify.case import Case
from linli.districting.verify.coverage import check_coverage
from linli.districting.verify.figures import check_figures
from linli.districting.verify.findings import BrokenPlan, Finding, Verification
from linli.districting.verify.geopackage import UnreadableError
from linli.districting.verify.plan import read_plan
from linli.districting.verify.proof import check_proof
from linli.districting.verify.rules import check_rules
from linli.districting.verify.seal import MARKER, check_seal
from linli.errors import InputError

__all__ = ["Finding", "Verification", "verify"]


def verify(plan_path: str | PathLike[str], blocks_path: str | PathLike[str]) -> Verification:
    """Recheck a plan file against the blocks file that it divides.

    Nothing of what the plan file states is believed: cover, gaps and overlaps of the ground, rules, figures and input
    hash are computed anew from the blocks file, the seal from the bytes. Of the proof only the arithmetic can be
    checked so; the bound rests on the method that the proof names, and a finding says it.

    Parameters
    ----------
    plan_path
        Plan file (GeoPackage) as docs/architecture.md describes it.
    blocks_path
        Blocks file: a GeoPackage with the layers `blocks` and `lines`, or any file of polygons that GDAL reads.

    Returns
    -------
    Verification
        All findings; `.ok` is True when none is a fault.

    Raises
    ------
    InputError
        A file is missing or is not what it should be: the plan file no plan file at all, the blocks file unreadable.
    """
    plan, blocks = Path(plan_path), Path(blocks_path)
    data = read_bytes(plan)
    return Verification(str(plan), str(blocks), tuple(_findings(plan, data, read_blocks(blocks))))


def _findings(path: Path, data: bytes, blocks: BlocksFile) -> Iterator[Finding]:
    try:
        plan = read_plan(data)
    except UnreadableError as error:
        if MARKER not in data:
            raise InputError(f"this is no plan file: {error}", file=path, advice="name a file made by linli") from error
        yield check_seal(data, None)
        text = f"The plan file cannot be read: {error}."
        yield Finding("contract", "fault", f"方案文件读不出:{error}。", text)
        return
    except BrokenPlan as broken:
        if MARKER not in data and broken.finding.evidence.get("layer") in ("plan", "communities", "meta"):
            raise InputError(f"this is no plan file: {broken}", file=path, advice="name a file made by linli") from None
        yield check_seal(data, None)
        yield broken.finding
        return
    text = f"The plan file is complete: {len(plan.rows)} blocks, {len(plan.communities)} communities."
    yield Finding("contract", "ok", f"方案文件完整:{len(plan.rows)} 个地块,{len(plan.communities)} 个社区。", text)
    yield check_seal(data, plan.seal)
    if journal := unwritten(path):
        text = f"Beside the plan file lies {journal}: other programs would see other content than the sealed bytes."
        yield Finding("seal", "fault", f"方案文件旁有未写入的日志 {journal},其他程序看到的内容会与封印不同。", text)
    case = Case(plan, blocks)
    yield from _input(case)
    try:
        yield from check_rules(case)
        yield from check_coverage(case)
        yield from check_figures(case)
        yield from check_proof(case)
    except BrokenPlan as broken:
        yield broken.finding


def _input(case: Case) -> Iterator[Finding]:
    plan, blocks = case.plan, case.data
    found = blocks.input_hashes(case.scope)
    if plan.input_hash not in found:
        yield Finding(
            "input",
            "fault",
            "输入不符:方案不是依据这份地块数据做的,或数据此后有改动。",
            "The input hash differs: the plan was made from other blocks, or they changed since.",
            {"stated": plan.input_hash, "found": found[0]},
        )
    else:
        text = "The input hash matches: these are the blocks, counts and lines that the plan was made from."
        yield Finding("input", "ok", "输入相符:地块、户数、界线即方案所依据者。", text, {"sha256": plan.input_hash})
    if blocks.sha256 != plan.blocks_file_sha256:
        yield Finding(
            "blocks_file",
            "notice",
            "地块文件的字节与当时不同(内容以输入校验为准)。",
            "The blocks file is not byte for byte the one used (its content is judged by the input hash).",
            {"stated": plan.blocks_file_sha256, "found": blocks.sha256},
        )
    if blocks.measured:
        yield Finding(
            "lines_measured",
            "notice",
            "地块文件没有 lines 图层:邻接与共边长度由核验程序从图形量算。",
            "The blocks file has no layer lines: neighbours and shared borders were measured from the shapes.",
            {"lines": len(blocks.lines)},
        )
