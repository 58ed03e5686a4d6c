"""Tables for the terminal and for RESULTS.md, in which every benchmark owns one section and all misses stand on top."""

from __future__ import annotations

import fcntl
import os
import platform
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

RESULTS = Path(__file__).with_name("RESULTS.md")
ORDER = ("together", "seed_suite", "hard", "inertia", "scale", "ensembles", "startup")
MISS = "- ✗ "
HEAD = """# Results

Written by `python -m benchmarks NAME`, section by section; do not edit by hand. Seconds are CPU seconds of the
process on one core. Machines differ and are shared: only ratios within one section, measured in one run, count.
"""


@dataclass
class Section:
    """One benchmark's part of RESULTS.md.

    Parameters
    ----------
    name
        Name of the command.
    title
        Heading.
    body
        Markdown paragraphs and tables, in order.
    misses
        Each target that was not met, in one line with the instance's name.
    """

    name: str
    title: str
    body: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def markdown(self, packages: Sequence[str] = ()) -> str:
        """The section with date, machine and versions."""
        missed = [MISS + miss for miss in self.misses] or ["none"]
        return "\n\n".join(
            [f"## {self.title}", stamp(packages), *self.body, f"**Targets missed ({self.name})**", "\n".join(missed)]
        )


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table that also reads well in a terminal; the first column is text, the others are figures."""
    cells = [[str(c) for c in header], *([_cell(c) for c in row] for row in rows)]
    widths = [max(len(row[c]) for row in cells) for c in range(len(header))]
    lines = [
        "| " + " | ".join(_pad(c, w, i) for i, (c, w) in enumerate(zip(row, widths, strict=True))) + " |"
        for row in cells
    ]
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def publish(section: Section, packages: Sequence[str] = (), *, to: Path | None = RESULTS) -> None:
    """Print a section and, unless `to` is None, put it in its place in the results file."""
    text = section.markdown(packages)
    print(text, flush=True)
    if to is not None:
        replace_section(to, section.name, text)


def replace_section(path: Path, name: str, text: str) -> None:
    """Replace one section and the list of misses, leave the others as they are; readers never see half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sections = read_sections(path)
        sections[name] = text.strip()
        known = [n for n in ORDER if n in sections]
        names = known + sorted(n for n in sections if n not in ORDER)
        missed = [f"- {n}: {miss}" for n in names for miss in misses_of(sections[n])]
        parts = [HEAD, "## All targets missed\n\n" + ("\n".join(missed) or "none") + "\n"]
        parts += [f"<!-- begin {n} -->\n{sections[n]}\n<!-- end {n} -->\n" for n in names]
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(parts))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    finally:
        os.close(lock)


def read_sections(path: Path) -> dict[str, str]:
    """Sections of a results file by name; empty where there is no file."""
    if not path.exists():
        return {}
    found = re.findall(r"<!-- begin (\S+) -->\n(.*?)\n<!-- end \1 -->", path.read_text(encoding="utf-8"), re.DOTALL)
    return dict(found)


def misses_of(section: str) -> list[str]:
    """The misses that a section names."""
    return [line.removeprefix(MISS) for line in section.splitlines() if line.startswith(MISS)]


def stamp(packages: Sequence[str] = ()) -> str:
    """Date, machine shape and versions in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
    versions = [f"{name} {_version(name)}" for name in ("linli", "numpy", "numba", *packages)]
    return f"*{date.today().isoformat()} · {machine} · {', '.join(versions)}*"


def seconds(value: float) -> str:
    """Seconds with three significant digits or so."""
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _pad(text: str, width: int, column: int) -> str:
    return text.ljust(width) if column == 0 else text.rjust(width)
