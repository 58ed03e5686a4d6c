"""The README's chart: bars of the line beside Linli's, one panel an input, as SVG on its own white ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

MOST = 4.0  # times Linli's line, where a bar ends
LEFT, WIDTH, ROW, BAR, RIGHT = 164, 330, 24, 14, 250
OURS, LAWFUL, UNLAWFUL, INK, FAINT = "#0f766e", "#64748b", "#dc2626", "#1f2937", "#e5e7eb"
FONT = "system-ui, -apple-system, 'Noto Sans', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
WORDS = {
    False: {
        "title": "Length of new line, times Linli's (shorter is better), and CPU seconds",
        "proven": "proven least", "broken": "rules broken", "none": "no plan within 60 s", "lawful": "keeps the rules",
        "times": "×", "seconds": "s",
    },
    True: {
        "title": "新增界线长度（Linli 为 1，越短越好）与处理器秒数",
        "proven": "已证明最短", "broken": "违反规则", "none": "60 秒内没有方案", "lawful": "符合规则",
        "times": "倍", "seconds": "秒",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """A solver: its line in units of Linli's (None without a plan), its time, whether rules hold, whether proven."""

    name: str
    ratio: float | None
    seconds: float
    lawful: bool
    proven: bool


@dataclass(frozen=True)
class Panel:
    """One input and the answers to it, in the order of drawing."""

    title: str
    bars: Sequence[Bar]


def draw(panels: Sequence[Panel], *, chinese: bool = False) -> str:
    """An SVG image of all panels, one below the other."""
    words, parts, y = WORDS[chinese], [], 34
    for panel in panels:
        y += 26
        parts.append(_text(16, y, panel.title, weight=600))
        y += 12
        top = y
        for bar in panel.bars:
            parts += _bar(bar, y, words)
            y += ROW
        parts.append(f'<path d="M{LEFT + WIDTH / MOST:.1f} {top - 4}V{y}" stroke="{OURS}" stroke-dasharray="3 3"/>')
        y += 6
    y += 22
    legend = []
    for place, (colour, name) in enumerate(((LAWFUL, words["lawful"]), (UNLAWFUL, words["broken"]))):
        x = LEFT + 170 * place
        legend.append(_block(x, y - 11, BAR, colour, hollow=colour == UNLAWFUL))
        legend.append(_text(x + 22, y, name))
    width, height = LEFT + WIDTH + RIGHT, y + 18
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="{FONT}" font-size="13" fill="{INK}">'
    )
    ground = f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff" stroke="{FAINT}"/>'
    title = f"<title>{escape(words['title'])}</title>"
    lines = [head, title, ground, _text(16, 30, words["title"], weight=600, size=15), *parts, *legend, "</svg>"]
    return "\n".join(lines) + "\n"


def _bar(bar: Bar, y: int, words: dict[str, str]) -> list[str]:
    middle = y + ROW / 2 + 4.5
    parts = [_text(LEFT - 10, middle, bar.name, anchor="end", weight=600 if bar.name == "Linli" else 400)]
    if bar.ratio is None:
        return [*parts, _text(LEFT + WIDTH / MOST + 8, middle, words["none"], colour=LAWFUL)]
    length = WIDTH * min(bar.ratio, MOST) / MOST
    colour = OURS if bar.name == "Linli" else LAWFUL if bar.lawful else UNLAWFUL
    parts.append(_block(LEFT, y + (ROW - BAR) / 2, length, colour, hollow=not bar.lawful))
    spent = f"{bar.seconds:.0f}" if bar.seconds >= 10 else f"{bar.seconds:.2g}"
    told = [f"{bar.ratio:.2f} {words['times']}", f"{spent} {words['seconds']}"]
    told += [words["proven"]] if bar.proven else []
    told += [] if bar.lawful else [words["broken"]]
    parts.append(_text(LEFT + length + 8, middle, " · ".join(told), colour=INK if bar.lawful else UNLAWFUL))
    return parts


def _block(x: float, y: float, width: float, colour: str, *, hollow: bool) -> str:
    look = f'fill="none" stroke="{colour}" stroke-dasharray="4 2"' if hollow else f'fill="{colour}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BAR}" rx="2" {look}/>'


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", weight: int = 400, size: int = 13, colour: str = INK
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}" font-size="{size}" '
        f'fill="{colour}">{escape(words)}</text>'
    )
