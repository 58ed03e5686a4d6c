"""The demo story: from raw layers to a proven, verified plan for three over-large communities, told on one page."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from linli.demo.generate import SEED, DemoDistrict, generate
from linli.demo.names import COUNTED, NOTE, SOURCE, STREET
from linli.errors import InfeasibleError
from linli.geodata import Blocks, read_blocks, read_layer, replace_when_done, write_blocks
from linli.geodata.make_blocks import make_blocks
from linli.plans import Change, Checkup, Plan, Rules, SplitResult, diagnose, evaluate, split
from linli.plans.pages import write_report

if TYPE_CHECKING:
    from linli.districting.verify import Verification

COUNT = "households_registered"
KEPT = ("团结", "白云", "京铜")
PARTS = 9
STATION = "党群服务中心"
OPTION_SECONDS = 8.0  # for each alternative; nearly all end far earlier
Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class Option:
    """One of the alternatives that are compared: its rules and goal in words, and what came out.

    Parameters
    ----------
    letter, chinese, english
        How the page calls it.
    band
        (least, most) households.
    goal
        What is minimised.
    never_cross
        Columns whose areas no community crosses.
    result
        What the engine answered; None before it was asked.
    """

    letter: str
    chinese: str
    english: str
    band: tuple[int, int]
    goal: str
    never_cross: tuple[str, ...] = ("community",)
    result: SplitResult | None = None

    def rules(self) -> Rules:
        """Return the rules of the alternative."""
        return Rules(
            households=self.band, keep_whole="compound", kept=dict.fromkeys(KEPT), never_cross=self.never_cross
        )


OPTIONS = (
    Option("A", "本区标准，界线最宜", "local band, cheapest line", (1500, 3500), "boundary"),
    Option("B", "兼顾国家法与本区标准，界线最宜", "both bands, cheapest line", (1500, 3000), "boundary"),
    Option("C", "兼顾两个标准，新界线最短", "both bands, shortest line", (1500, 3000), "cut_length_m"),
    Option("D", "兼顾两个标准，最紧凑", "both bands, most compact", (1500, 3000), "inertia"),
    Option("E", "兼顾两个标准，最多户不换社区", "both bands, most households keep theirs", (1500, 3000), "continuity"),
    Option("F", "兼顾两个标准，到服务站最近", "both bands, shortest walk", (1500, 3000), "access"),
    Option(
        "G", "同B，且不跨警务区", "B, no police area crossed", (1500, 3000), "boundary", ("community", "police_area")
    ),
)
CHOSEN = "B"


@dataclass(frozen=True, eq=False)
class Story:
    """Everything the page says, computed.

    Parameters
    ----------
    folder
        Where all files stand.
    district, blocks, checkups, options, plan, what_if, verification
        The steps' results, in their order; `what_if` is one move of a block, None where none keeps the rules.
    centres
        Floor space of each present community's service centre, m².
    pictures
        Name to PNG.
    seconds
        Seconds of each step, as the clock on the wall had them.
    """

    folder: Path
    district: DemoDistrict
    blocks: Blocks
    checkups: list[Checkup]
    options: list[Option]
    plan: Plan
    what_if: Change | None
    verification: Verification
    centres: Mapping[str, int]
    pictures: Mapping[str, Path]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def index(self) -> Path:
        """The page that tells it all."""
        return self.folder / "index.html"


STEPS = (
    ("generate", "生成演示街道的原始图层 / generate raw layers"),
    ("blocks", "由道路、河流、围墙生成地块 / blocks from streets"),
    ("diagnose", "社区规模体检 / check-up"),
    ("options", "多方案比选 / compare alternatives"),
    ("files", "写出方案、报告 / write plan and report"),
    ("verify", "独立核验 / verify"),
    ("pictures", "绘图 / draw"),
    ("page", "汇成一页 / one page"),
)


def run(folder: str | os.PathLike[str], *, seed: int = SEED) -> None:
    """Build the demo in a folder, show each step as it goes, and say where to look.

    Parameters
    ----------
    folder
        Created where it is absent; files of the same names are replaced.
    seed
        Seed of the invented street.

    Raises
    ------
    InputError
        The folder cannot be created or written.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    words, console = dict(STEPS), Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=len(STEPS))

        def tell(step: str, state: str) -> None:
            if state == "begins":
                bar.update(task, description=words[step])
                if not console.is_terminal:
                    console.print(f"… {words[step]}", highlight=False)
            elif state == "ends":
                bar.advance(task)
            else:
                bar.update(task, description=f"{words[step]} · {state}")

        story = build(folder, seed=seed, tell=tell)
    print(f"{STREET} {NOTE}")
    print(story.plan.headline())
    print(story.verification.verdict()[0])
    print(f"用时 {sum(story.seconds.values()):.0f} 秒 / seconds")
    print(f"请看 / look at: {story.index.resolve()}")


def build(folder: str | os.PathLike[str], *, seed: int = SEED, tell: Tell | None = None) -> Story:
    """Do every step of the story and write its files; return what was found.

    Parameters
    ----------
    folder, seed
        As for `run`.
    tell
        Called with a step of `STEPS` and 'begins', 'ends', or a word on how far it is.
    """
    from linli.demo.page import write_page
    from linli.demo.picture import draw_town
    from linli.districting.verify import verify

    home = Path(folder)
    clock = _Clock(tell or (lambda step, state: None))
    with clock.step("generate"):
        district = generate(home / "data", seed=seed)
    with clock.step("blocks"):
        blocks, centres = blocks_of(district, home / "blocks.gpkg")
    with clock.step("diagnose"):
        checkups = diagnose(blocks, count=COUNT)
    with clock.step("options"):
        options = [solved(blocks, option, clock.tell) for option in OPTIONS]
        plan = chosen(options)
        what_if = best_move(plan)
    with clock.step("files"):
        plan.to_file(home / "plan.gpkg")
        for ending in (".html", ".md", ".txt"):
            write_report(plan, home / f"report{ending}", title=f"{STREET}社区规模调整方案（{NOTE}）")
    with clock.step("verify"):
        verification = verify(home / "plan.gpkg", home / "blocks.gpkg")
        _write(home / "verification.json", verification.as_json())
    with clock.step("pictures"):
        pictures = {"town": draw_town(district.paths, home / "town.png"), **_draw(blocks, plan, home)}
    story = Story(
        home, district, blocks, checkups, options, plan, what_if, verification, centres, pictures, clock.seconds
    )
    with clock.step("page"):
        write_page(story)
    return story


def blocks_of(district: DemoDistrict, path: Path) -> tuple[Blocks, dict[str, int]]:
    """Make the blocks file from the raw layers; return it read again, and the floor space of the service centres."""
    paths = district.paths
    made = make_blocks(
        roads=paths["roads"],
        water=paths["water"],
        rail=paths["rail"],
        walls=paths["walls"],
        buildings=paths["buildings"],
        within=paths["boundary"],
        communities=paths["communities"],
        compounds=paths["compounds"],
        facilities=paths["facilities"],
        sites=paths["grounds"],
        areas={"police_area": paths["police"], "school_area": f"{paths['schools']}:primary"},
        affinities=paths["survey"],
        count_source=SOURCE,
        count_day=COUNTED,
    )
    # the centres' floor space hangs on the block that holds them
    places = read_layer(paths["facilities"])
    rows = np.flatnonzero(places.columns["kind"] == STATION)
    floor = np.zeros(len(made))
    point, block = shapely.STRtree(made.geometry).query(places.geometry[rows], predicate="intersects")
    np.add.at(floor, block, places.columns["area_m2"][rows][point])
    centres: dict[str, int] = {}
    for k, b in zip(point, block, strict=True):
        community = str(made.columns["community"][b])
        centres[community] = centres.get(community, 0) + int(places.columns["area_m2"][rows][k])
    made = replace(
        made, columns={**made.columns, "service_floor_m2": floor}, report={**made.report, "demo": NOTE}, count=COUNT
    )
    write_blocks(made, path)
    return read_blocks(path, count=COUNT), centres


def solved(blocks: Blocks, option: Option, tell: Tell) -> Option:
    """Let the engine answer one alternative."""
    tell("options", f"{option.letter} {option.chinese}")
    result = split(
        blocks,
        option.rules(),
        parts=PARTS,
        minimize=option.goal,
        count=COUNT,
        seed=1,
        time_limit=OPTION_SECONDS,
    )
    return replace(option, result=result)


def chosen(options: list[Option]) -> Plan:
    """Return the plan of the chosen alternative; the first other one's where its rules cannot be kept on this ground.

    Raises
    ------
    InfeasibleError
        No alternative has a plan.
    """
    ordered = sorted(options, key=lambda option: option.letter != CHOSEN)
    results = [option.result for option in ordered if option.result is not None]
    for result in results:
        if result.best is not None:
            return result.best
    raise InfeasibleError(list(results[0].clash) if results else [])


def best_move(plan: Plan) -> Change | None:
    """Find the neighbours across a new line that feel most strongly as one, and move one over if the rules allow."""
    lines, label = plan.blocks.lines, plan.community
    asked = (label[lines.a] != label[lines.b]) & (np.nan_to_num(lines.affinity) > 0)
    present = plan.blocks.columns["community"]
    asked &= present[lines.a] == present[lines.b]
    rows = np.flatnonzero(asked)
    for row in rows[np.argsort(-lines.affinity[rows], kind="stable")][:12]:
        for mover, goal in ((lines.a[row], lines.b[row]), (lines.b[row], lines.a[row])):
            moves = {plan.blocks.ids[k]: str(label[goal]) for k in _compound_of(plan.blocks, int(mover))}
            change = evaluate(plan, moves)
            if change.holds:
                return change
    return None


def _compound_of(blocks: Blocks, row: int) -> list[int]:
    name = blocks.columns["compound"][row]
    return [row] if not name else np.flatnonzero(blocks.columns["compound"] == name).tolist()


def _draw(blocks: Blocks, plan: Plan, home: Path) -> dict[str, Path]:
    from linli.drawing.charts import bar_chart
    from linli.drawing.maps import draw_blocks

    local, statutory = plan.rules.standard(), plan.rules.statutory()
    bands = [(profile.title, *profile.households) for profile in (statutory, local) if profile.households is not None]
    title = f"{STREET}社区规模调整前后对照"
    plan.draw(home / "plan.png", title=title, facilities=None, dpi=160)
    plan.draw(home / "plan.pdf", title=title)
    draw_blocks(blocks, home / "blocks.png", count=COUNT, title=f"{STREET}地块图", dpi=130)
    bar_chart(
        [c.name for c in plan.communities],
        [c.count for c in plan.communities],
        home / "sizes.png",
        note=blocks.note_of(COUNT),
        bands=bands,
        kept=plan.kept,
        title="调整后各社区规模",
        demo=True,
        dpi=130,
    )
    return {name: home / f"{name}.png" for name in ("plan", "blocks", "sizes")}


def _write(path: Path, text: str) -> None:
    with replace_when_done(path) as temporary:
        temporary.write_text(json.dumps(json.loads(text), ensure_ascii=False, indent=1), encoding="utf-8")


class _Clock:
    """Tells steps as they begin and end, and how long each took."""

    def __init__(self, tell: Tell) -> None:
        self.tell, self.seconds = tell, dict[str, float]()
        self._name, self._start = "", 0.0

    def step(self, name: str) -> _Clock:
        self._name = name
        return self

    def __enter__(self) -> None:
        self._start = time.perf_counter()
        self.tell(self._name, "begins")

    def __exit__(self, *_: object) -> None:
        self.seconds[self._name] = time.perf_counter() - self._start
        self.tell(self._name, "ends")
