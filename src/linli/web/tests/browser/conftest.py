"""A served site with the test world and a little ground, and Chromium to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

START = """
from linli.web.start import start_django
start_django()
from linli.web.upkeep.upgrading import upgrade
upgrade(tell=lambda words: None)
"""
FILL = """
from datetime import date
import shapely
from linli.org.models import Division
from linli.org.tests.world import World, build_world
from linli.org.actors import SYSTEM
from django.db import transaction
from linli.territory.models import Block, Building, Compound, Count, Facility, Membership
from linli.territory.indexing import index_buildings
with transaction.atomic():
    world = World() if Division.objects.exists() else build_world()
    street = world.division("铜源街道")
    # entry 2, behind the upgrade: the page of a public entry is looked at by its number
    SYSTEM.record("org.rename_division", object=street.reference, public=True, content={"name": "铜源街道"})
    for k in range(6):
        compound = Compound.objects.create(street=street, code=f"C{k}", name=f"白云花园{k + 1}区")
        block = Block(street=street, code=f"B{k}", compound=compound)
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.082)
        block.save()
        community = world.division("团结" if k < 4 else "白云")
        Membership.objects.create(block=block, community=community, valid_from=date(2020, 1, 1))
        Building.objects.create(block=block, compound=compound, code=f"L{k}", number="1幢",
                                longitude=103.1005 + k * 0.001, latitude=26.081)
        for definition in ("households_registered", "dwellings", "dwellings_delivered", "persons"):
            Count.objects.create(block=block, definition=definition, value=1700 + k, source="台账",
                                 as_of=date(2026, 6, 30))
    Facility.objects.create(street=street, block=block, code="F1", kind="党群服务中心", name="白云社区党群服务中心",
                            area_m2=540, longitude=103.1055, latitude=26.081)
    index_buildings(Building.objects.all())
    import json
    import uuid
    from linli.matters.actions import dispatching, handling
    from linli.matters.actions.open_matter import open_matter
    from linli.matters.models import Matter
    from linli.org.actors import PUBLIC
    from linli.org.models import Tenure
    grid = Tenure.objects.get(account__username="wangge").post
    from linli.org.actors import actor_of
    secretary = actor_of(world.account("shuji"))
    texts = ("楼道灯坏了半个多月，老人下楼摸黑。", "兴铜路口井盖响得很，车一过就哐当。", "建议在河边步道装几个椅子。")
    for k, text in enumerate(texts):
        one = open_matter(PUBLIC, key=uuid.UUID(int=k), text=text, place="白云花园1区1幢", contact="13800000000",
                          building=Building.objects.get(code="L0"), kind="suggestion" if k == 2 else "report")
        if k == 1:
            dispatching.dispatch(secretary, matter=one, to=grid, text="请去看看")
    one.secret = "aaaaaaaa"
    one.save()
    from linli.cases.actions import ruling
    from linli.cases.models import Suggester
    from linli.cases.suggesting import train
    from linli.matters.models import Category
    officer = actor_of(world.account("quji"))
    lamp = Category.objects.get(code="0602")
    ruling.write_duty(officer, list="withdrawn", number=3, text="对违法建筑实施强制拆除", owner="区综合行政执法局",
                      basis="履职事项清单", categories=[Category.objects.get(code="0701")], division=street,
                      valid_from=date(2026, 1, 1))
    ruling.write_route(officer, title="地质灾害直接到街道", basis="防汛方案", valid_from=date(2026, 1, 1),
                       level="street", category=Category.objects.get(code="1301"))
    ruling.write_text(officer, verb="resolve", title="换灯", text="已更换{place}的灯。", category=lamp)
    said = [(f"楼道灯坏了{k}天没人修", "0602") for k in range(9)]
    said += [(f"垃圾堆了{k}天没人清", "0201") for k in range(9)]
    weights, figures = train([text for text, _ in said], [code for _, code in said])
    Suggester.objects.create(texts=18, corrected=18, weights=weights, accuracy=figures, active=True)
    done = open_matter(PUBLIC, key=uuid.UUID(int=9), text="单元门锁坏了", place="白云花园2区1幢", contact="13800000000",
                       building=Building.objects.get(code="L1"), category=lamp)
    dispatching.dispatch(secretary, matter=done, to=grid)
    handling.resolve(secretary, matter=done, text="已换锁，请您看看是否好了。")
    dispatching.verify(secretary, matter=done)
    done.secret = "aaaaaaaa"
    done.save()
    first = Matter.objects.order_by("number")[0]
    dispatching.categorise(secretary, matter=first, category=lamp)
    from linli.org.actors import actor_of
    from linli.territory.actions.prepare_import import check_import, locate_import, map_columns, upload_import
    clerk = actor_of(world.account("jiedao"))
    rows = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [103.1005 + k * 0.0013, 26.081]},
             "properties": {"编号": str(k), "类别": "诊所", "名称": f"诊所{k}", "面积": "很大" if k == 1 else 80}}
            for k in range(5)]
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    for step in range(4):  # imports 1 to 4: at coordinates, at columns, with errors, ready to be written
        batch = upload_import(clerk, street=street, kind="facilities", name="设施.geojson", chunks=[text.encode()])
        if step:
            locate_import(clerk, batch=batch, layer="file", crs="EPSG:4490")
        if step > 1:
            columns = {"code": "编号", "kind": "类别", "name": "名称", "area_m2": "面积"}
            map_columns(clerk, batch=batch, columns=columns, leave_out=step == 3)
            check_import(clerk, batch=batch)
    from linli.jobs.running import run_job
    from linli.planning.actions.draw_neutral import draw_neutral
    from linli.planning.actions.open_project import open_project
    from linli.planning.actions.publish_plan import publish_plan
    from linli.planning.actions.run_scenario import run_scenario
    from linli.planning.models import Standard
    project = open_project(
        clerk, street=street, title="试拆两个社区", scope=[world.division("团结"), world.division("白云")],
        standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        households_least=1500, households_most=3500)
    for goal in ("boundary", "balance"):
        run = run_scenario(clerk, project=project, goals={goal: 1.0}, parts=3, kept=["团结", "白云"], seconds=2)
        run_job(run.job)
    from linli.planning.actions.state_reasons import state_reasons
    first = project.plans.get(number=1)
    state_reasons(clerk, plan=first, reasons=dict.fromkeys(first.outside, "地块少，无法再分"))
    publish_plan(SYSTEM, plan=first, days=30, kind="comments", number="铜街公示〔2026〕1号",
                 issuer="铜源街道办事处", contact="基层治理办公室", telephone="0000-6120301",
                 place="市府街26号一楼3号窗口")
    from linli.planning.actions.appraise import record_appraisal
    from linli.planning.actions.put_evidence import put_evidence
    from linli.planning.tests.small import scan
    for body, conclusion in (("铜源街道司法所（试验）", "amend"), ("云州某律师事务所（试验）", "refuse")):
        record_appraisal(clerk, project=project, step="legality", plan=first, body=body, person="（试验）",
                         conclusion=conclusion, words="试验数据：名称依据请补齐，其余合法。", day=date(2026, 7, 1),
                         attached=[scan(name="合法性审查意见.pdf")])
    put_evidence(clerk, project=project, step="survey", attached=[scan(name="调研会议纪要.pdf")])
    from linli.planning.actions.confirm import begin
    from linli.planning.tests.small import colleague
    colleague(world)
    said = {"steps": ["survey"], "reason": "摸底数据沿用上月的人口核查结果"}
    begin(officer, project=project, act="waive", said=said)
    run_job(draw_neutral(clerk, plan=first).job)
"""


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Fill a site in processes of its own; return what they run in."""
    home = tmp_path_factory.mktemp("site")
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("LINLI", "DATABASE", "DJANGO"))}
    made = {**keep, "LINLI_HOME": str(home), "LINLI_SECOND_FACTOR": "0", "LINLI_LOG": "DEBUG"}
    subprocess.run([sys.executable, "-c", START + FILL], env={**made, "LINLI_LOG": "ERROR"}, check=True)
    return made


@pytest.fixture(scope="session")
def work_jobs(environment: dict[str, str]) -> Callable[[], None]:
    """Return a call that does the long work that waits, as a worker would."""

    def work() -> None:
        with log_of(environment).open("ab") as log:
            subprocess.run(
                [Path(sys.executable).with_name("linli"), "worker", "--until-empty"],
                env=environment,
                check=True,
                timeout=120,
                stderr=log,
            )

    return work


@pytest.fixture(scope="session")
def run_inside(environment: dict[str, str]) -> Callable[[str], None]:
    """Return a call that runs a few lines in the site's own process, such as letting days pass."""

    def run(code: str) -> None:
        start = "from linli.web.start import start_django; start_django()\n"
        subprocess.run([sys.executable, "-c", start + code], env=environment, check=True, timeout=120)

    return run


@pytest.fixture(scope="session")
def site(environment: dict[str, str]) -> Iterator[str]:
    """Serve a site in processes of its own; return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    linli = Path(sys.executable).with_name("linli")
    log = log_of(environment).open("ab")
    server = subprocess.Popen([linli, "serve", "--port", str(port), "--no-jobs"], env=environment, stderr=log)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until or server.poll() is not None:
                server.kill()
                pytest.fail("the site does not answer")
            time.sleep(0.1)
    yield address
    server.terminate()
    server.wait(20)
    log.close()


@pytest.fixture
def secrets(environment: dict[str, str], site: str) -> Iterator[list[str]]:
    """Yield a list for every secret that a story uses; afterwards none of them may stand in the site's whole log."""
    used: list[str] = []
    yield used
    written = log_of(environment).read_text(encoding="utf-8")
    assert "linli.request" in written
    assert used
    assert [secret for secret in used if secret in written] == []


def log_of(environment: dict[str, str]) -> Path:
    """Return the file in which a site of the tests keeps its log."""
    return Path(environment["LINLI_HOME"]) / "log.jsonl"


@pytest.fixture(scope="session")
def chromium(site: str) -> Iterator[Any]:
    """Return a browser; it knows no host but this machine."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("Chromium is not installed: these tests need the package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        yield browser
        browser.close()
