"""Draw the pictures of the engine guide from invented blocks: `python docs/images/make.py`, or `make pictures`."""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import shapely
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from linli.districting import split
from linli.districting.problem import Problem
from linli.drawing.fonts import font_path
from linli.geodata import Lines, find_borders

HERE = Path(__file__).parent
PAPER, INK, RED, BLUE = "#fbfaf6", "#22201c", "#c8362c", "#3b6ea5"
PARTS = ("#f3e3b3", "#b4d3b2", "#9fc3dc")
SIDE, SEED = 6, 11


def main() -> None:
    """Draw ground and dual, then the ears of a proven plan."""
    font_manager.fontManager.addfont(font_path())
    plt.rcParams["font.family"] = font_manager.FontProperties(fname=font_path()).get_name()
    quads, household = ground()
    borders, rim = find_borders(tuple(f"B{k:02d}" for k in range(len(quads))), quads)
    edges = np.stack([borders.a, borders.b], axis=1)
    problem = Problem.from_graph(
        household, edges, np.round(borders.length_m, 3), rim=np.isin(np.arange(len(quads)), rim.a)
    )
    share = problem.total / 3
    plan = split(problem, int(share * 0.85), int(share * 1.15), 3, seed=1, time_limit=30)
    assert plan.labels is not None
    labels = np.asarray(plan.labels)

    figure, panes = plt.subplots(1, 3, figsize=(12.6, 4.7), facecolor=PAPER)
    draw_ground(panes[0], quads, household)
    draw_junctions(panes[1], quads, borders)
    draw_ear(panes[2], quads, household, labels, borders, problem)
    for pane, title in zip(
        panes,
        (
            "1  地块与户数\nblocks and households",
            "2  对偶: 路口与线段, 外部是一个点\njunctions, chains, the outside as one",
            "3  一条闭合路切下一个“耳”\none closed path cuts off an ear",
        ),
        strict=True,
    ):
        pane.set_title(title, fontsize=11, color=INK, loc="left")
        pane.set_aspect("equal")
        pane.axis("off")
    figure.tight_layout(w_pad=2)
    figure.savefig(HERE / "dual.png", dpi=110, facecolor=PAPER, bbox_inches="tight", pad_inches=0.2)

    figure, panes = plt.subplots(1, 2, figsize=(9.4, 4.9), facecolor=PAPER)
    for pane, colour, title in (
        (panes[0], np.zeros(len(quads), int), "划分前: 一个社区\nbefore: one community"),
        (panes[1], labels, "划分后: 三个社区, 界线最短且有证明\nafter: three, the least line, proven"),
    ):
        draw_plan(pane, quads, colour, borders)
        pane.set_title(title, fontsize=11, color=INK, loc="left")
        pane.set_aspect("equal")
        pane.axis("off")
    for part in range(3):
        middle = shapely.union_all(quads[labels == part]).representative_point()
        words = f"{int(household[labels == part].sum())}户"
        panes[1].text(middle.x, middle.y, words, ha="center", va="center", fontsize=13, color=INK)
    middle = shapely.union_all(quads).centroid
    panes[0].text(middle.x, middle.y, f"{problem.total}户", ha="center", va="center", fontsize=15, color=INK)
    figure.tight_layout(w_pad=2)
    figure.savefig(HERE / "before-after.png", dpi=110, facecolor=PAPER, bbox_inches="tight", pad_inches=0.2)


def ground() -> tuple[np.ndarray, np.ndarray]:
    """Blocks between crooked streets, and their households."""
    random = np.random.default_rng(SEED)
    grid = np.stack(np.meshgrid(np.arange(SIDE + 1), np.arange(SIDE + 1)), axis=-1) * 100.0
    grid[1:-1, 1:-1] += random.uniform(-24, 24, (SIDE - 1, SIDE - 1, 2))
    quads = [
        shapely.Polygon([grid[r, c], grid[r, c + 1], grid[r + 1, c + 1], grid[r + 1, c]])
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    return np.array(quads, dtype=object), random.integers(60, 260, SIDE * SIDE)


def fill(pane: Axes, shape: shapely.Polygon, colour: str) -> None:
    """Paint one block."""
    pane.add_patch(Polygon(np.asarray(shape.exterior.coords), facecolor=colour, edgecolor="#a39c8c", linewidth=0.9))
    pane.autoscale_view()


def stroke(pane: Axes, line: shapely.Geometry, colour: str, width: float, **style: object) -> None:
    """Draw a border between two blocks."""
    for part in shapely.get_parts(line):
        xy = np.asarray(part.coords)
        pane.plot(xy[:, 0], xy[:, 1], color=colour, linewidth=width, solid_capstyle="round", **style)


def draw_ground(pane: Axes, quads: np.ndarray, household: np.ndarray) -> None:
    """Blocks, each with its households."""
    for quad, number in zip(quads, household, strict=True):
        fill(pane, quad, PARTS[0])
        pane.text(quad.centroid.x, quad.centroid.y, str(number), ha="center", va="center", fontsize=9, color=INK)


def draw_junctions(pane: Axes, quads: np.ndarray, borders: Lines) -> None:
    """Chains in blue, inner junctions as full dots, junctions on the outside as rings: all one face."""
    for quad in quads:
        fill(pane, quad, "#f4f1ea")
    outline = shapely.union_all(quads).exterior
    for line in borders.geometry:
        stroke(pane, line, BLUE, 1.8)
    corners = [tuple(np.round(xy, 6)) for quad in quads for xy in quad.exterior.coords[:-1]]
    for x, y in {xy for xy in corners if corners.count(xy) > 1}:
        outside = outline.distance(shapely.Point(x, y)) < 1e-6
        pane.plot(x, y, "o", markersize=6, color=BLUE, markerfacecolor=PAPER if outside else BLUE)


def draw_ear(
    pane: Axes, quads: np.ndarray, household: np.ndarray, labels: np.ndarray, borders: Lines, problem: Problem
) -> None:
    """One part of the plan whose removal leaves the rest in one piece, with the path that cuts it off."""
    ear = next(part for part in range(3) if one_piece(problem, labels != part))
    for quad, label in zip(quads, labels, strict=True):
        fill(pane, quad, PARTS[1] if label == ear else "#f4f1ea")
    cut = (labels[borders.a] == ear) != (labels[borders.b] == ear)
    for line in borders.geometry[cut]:
        stroke(pane, line, RED, 3.4)
    middle = shapely.union_all(quads[labels == ear]).representative_point()
    words = f"耳 ear\n{int(household[labels == ear].sum())}户"
    pane.text(middle.x, middle.y, words, ha="center", va="center", fontsize=12, color=INK)
    rest = shapely.union_all(quads[labels != ear]).representative_point()
    pane.text(
        rest.x, rest.y, "其余仍连成一片\nthe rest is one piece", ha="center", va="center", fontsize=10, color="#6d675b"
    )


def one_piece(problem: Problem, keep: np.ndarray) -> bool:
    """Whether the blocks kept are connected."""
    return int(problem.subproblem(np.flatnonzero(keep)).pieces.max()) == 0


def draw_plan(pane: Axes, quads: np.ndarray, labels: np.ndarray, borders: Lines) -> None:
    """Parts in colours, the lines between them in red."""
    for quad, label in zip(quads, labels, strict=True):
        fill(pane, quad, PARTS[label])
    for line in borders.geometry[labels[borders.a] != labels[borders.b]]:
        stroke(pane, line, RED, 3.4)


if __name__ == "__main__":
    main()
