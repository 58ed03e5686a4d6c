"""A site with some of everything, on which pages, inputs and stories are tried, in a test or served."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from linli.cases.actions import ruling
from linli.cases.models import Suggester
from linli.cases.suggesting import train
from linli.geodata import Layer, read_blocks, write_blocks
from linli.jobs.running import run_job
from linli.matters.actions import dispatching, handling
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC, SYSTEM, Actor, actor_of
from linli.org.models import Division, Tenure
from linli.org.tests.world import World, build_world
from linli.planning.actions.appraise import record_appraisal
from linli.planning.actions.confirm import begin
from linli.planning.actions.draw_neutral import draw_neutral
from linli.planning.actions.open_project import open_project
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.put_evidence import put_evidence
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.state_reasons import state_reasons
from linli.planning.models import Standard
from linli.planning.tests.small import colleague, scan
from linli.territory.actions.apply_import import apply_import
from linli.territory.actions.prepare_import import check_import, locate_import, map_columns, upload_import
from linli.territory.actions.ready_import import ready_import
from linli.territory.indexing import index_buildings
from linli.territory.models import Block, Building, Compound, Count, Facility, ImportBatch, Membership


@transaction.atomic
def fill(source: str = "台账", estimate: str = "") -> None:
    """Fill the site, as the people of the world would."""
    _number_anew()
    world = World() if Division.objects.exists() else build_world()
    street = world.division("铜源街道")
    # entry 2, behind the upgrade: the page of a public entry is looked at by its number
    SYSTEM.record("org.rename_division", object=street.reference, public=True, content={"name": "铜源街道"})
    _put_ground(world, street, source, estimate)
    secretary, officer, clerk = (actor_of(world.account(name)) for name in ("shuji", "quji", "jiedao"))
    lamp = Category.objects.get(code="0602")
    _bring_matters(secretary)
    _rule(officer, street, lamp)
    _close_a_matter(secretary, lamp)
    _bring_imports(clerk, street)
    bring_basemap(clerk, street)
    _plan(world, clerk, officer, street)


def _number_anew() -> None:
    """Let numbers begin behind what stands there, so that addresses are those of a fresh site: PostgreSQL counts on."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(statement)


def _put_ground(world: World, street: Division, source: str, estimate: str) -> None:
    for k in range(6):
        compound = Compound.objects.create(street=street, code=f"C{k}", name=f"白云花园{k + 1}区")
        block = Block(street=street, code=f"B{k}", compound=compound)
        block.shape = shapely.box(103.1 + k * 0.001, 26.08, 103.101 + k * 0.001, 26.082)
        block.save()
        community = world.division("团结" if k < 4 else "白云")
        Membership.objects.create(block=block, community=community, valid_from=date(2020, 1, 1))
        Building.objects.create(
            block=block, compound=compound, code=f"L{k}", number="1幢", longitude=103.1005 + k * 0.001, latitude=26.081
        )
        for definition in ("households_registered", "dwellings", "dwellings_delivered", "persons"):
            Count.objects.create(
                block=block,
                definition=definition,
                value=1700 + k,
                source=source,
                estimate=estimate,
                as_of=date(2026, 6, 30),
            )
    Facility.objects.create(
        street=street, block=block, code="F1", kind="党群服务中心", name="白云社区党群服务中心", area_m2=540,
        longitude=103.1055, latitude=26.081,
    )  # fmt: skip
    index_buildings(Building.objects.all())


def _bring_matters(secretary: Actor) -> None:
    grid = Tenure.objects.get(account__username="wangge").post
    texts = ("楼道灯坏了半个多月，老人下楼摸黑。", "兴铜路口井盖响得很，车一过就哐当。", "建议在河边步道装几个椅子。")
    for k, text in enumerate(texts):
        one = open_matter(
            PUBLIC, key=uuid.UUID(int=k), text=text, place="白云花园1区1幢", contact="13800000000",
            building=Building.objects.get(code="L0"), kind="suggestion" if k == 2 else "report",
        )  # fmt: skip
        if k == 1:
            dispatching.dispatch(secretary, matter=one, to=grid, text="请去看看")
    one.secret = "aaaaaaaa"
    one.save()


def _rule(officer: Actor, street: Division, lamp: Category) -> None:
    ruling.write_duty(
        officer, list="withdrawn", number=3, text="对违法建筑实施强制拆除", owner="区综合行政执法局",
        basis="履职事项清单", categories=[Category.objects.get(code="0701")], division=street,
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    ruling.write_route(
        officer, title="地质灾害直接到街道", basis="防汛方案", valid_from=date(2026, 1, 1), level="street",
        category=Category.objects.get(code="1301"),
    )  # fmt: skip
    ruling.write_text(officer, verb="resolve", title="换灯", text="已更换{place}的灯。", category=lamp)
    said = [(f"楼道灯坏了{k}天没人修", "0602") for k in range(9)] + [(f"垃圾堆了{k}天没人清", "0201") for k in range(9)]
    weights, figures = train([text for text, _code in said], [code for _text, code in said])
    Suggester.objects.create(texts=18, corrected=18, weights=weights, accuracy=figures, active=True)


def _close_a_matter(secretary: Actor, lamp: Category) -> None:
    grid = Tenure.objects.get(account__username="wangge").post
    done = open_matter(
        PUBLIC, key=uuid.UUID(int=9), text="单元门锁坏了", place="白云花园2区1幢", contact="13800000000",
        building=Building.objects.get(code="L1"), category=lamp,
    )  # fmt: skip
    dispatching.dispatch(secretary, matter=done, to=grid)
    handling.resolve(secretary, matter=done, text="已换锁，请您看看是否好了。")
    dispatching.verify(secretary, matter=done)
    done.secret = "aaaaaaaa"
    done.save()
    dispatching.categorise(secretary, matter=Matter.objects.order_by("number")[0], category=lamp)


def _bring_imports(clerk: Actor, street: Division) -> None:
    """Four imports: at coordinates, at columns, with errors, ready to be written."""
    rows = [{"type": "Feature", "geometry": {"type": "Point", "coordinates": [103.1005 + k * 0.0013, 26.081]},
             "properties": {"编号": str(k), "类别": "诊所", "名称": f"诊所{k}", "面积": "很大" if k == 1 else 80}}
            for k in range(5)]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False)
    for step in range(4):
        batch = upload_import(clerk, street=street, kind="facilities", name="设施.geojson", chunks=[text.encode()])
        if step:
            locate_import(clerk, batch=batch, layer="file", crs="EPSG:4490")
        if step > 1:
            columns = {"code": "编号", "kind": "类别", "name": "名称", "area_m2": "面积"}
            map_columns(clerk, batch=batch, columns=columns, leave_out=step == 3)
            check_import(clerk, batch=batch)


def bring_basemap(clerk: Actor, street: Division) -> ImportBatch:
    """Import the blocks again, with a road, a lane, a river, a park, a school and houses to draw maps on."""
    west, east, south, north = 103.0995, 103.1065, 26.0795, 26.0825
    drawn: list[tuple[str, str, Any]] = [
        ("primary", "兴铜路", shapely.LineString([(west, 26.0799), (east, 26.0799)])),
        ("lane", "桂花巷", shapely.LineString([(103.103, south), (103.103, north)])),
        ("water", "铜源河", shapely.box(west, 26.08205, east, north)),
        ("green", "莲花塘公园", shapely.box(103.1041, 26.0811, 103.1049, 26.0819)),
        ("site", "铜源二小", shapely.box(103.1011, 26.0811, 103.1019, 26.0819)),
        *(
            ("building", "", shapely.box(103.1003 + k * 0.001, 26.0806, 103.1007 + k * 0.001, 26.0808))
            for k in range(6)
        ),
        *(("compound", f"白云花园{k + 1}区", shapely.Point(103.1005 + k * 0.001, 26.0804)) for k in range(6)),
    ]
    kinds, names, shapes = (np.array(column, dtype=object) for column in zip(*drawn, strict=True))
    ground = Layer(shapes, {"class": kinds, "name": names}, "EPSG:4490", "basemap", None, np.arange(1, len(drawn) + 1))
    rows = [
        {"type": "Feature", "properties": {"id": one.code}, "geometry": json.loads(shapely.to_geojson(one.shape))}
        for one in Block.objects.filter(street=street)
    ]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "blocks.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
        blocks = read_blocks(file)
        write_blocks(replace(blocks, beside=(ground.to(blocks.crs),)), file.with_suffix(".gpkg"))
        content = file.with_suffix(".gpkg").read_bytes()
    batch = upload_import(clerk, street=street, kind="blocks", name="地块.gpkg", chunks=[content])
    ready_import(clerk, batch=batch)
    return apply_import(clerk, batch=batch)


def _plan(world: World, clerk: Actor, officer: Actor, street: Division) -> None:
    """Draw two plans; the first is published for comments, a waiver waits for a second person."""
    project = open_project(
        clerk, street=street, title="试拆两个社区", scope=[world.division("团结"), world.division("白云")],
        standard=Standard.objects.get(code="local-1500-3500", version=1), count="households_registered",
        households_least=1500, households_most=3500,
    )  # fmt: skip
    for goal in ("boundary", "balance"):
        run = run_scenario(clerk, project=project, goals={goal: 1.0}, parts=3, kept=["团结", "白云"], seconds=2)
        run_job(run.job)
    first = project.plans.get(number=1)
    state_reasons(clerk, plan=first, reasons=dict.fromkeys(first.outside, "地块少，无法再分"))
    publish_plan(
        SYSTEM, plan=first, days=30, kind="comments", number="铜街公示〔2026〕1号", issuer="铜源街道办事处",
        contact="基层治理办公室", telephone="0000-6120301", place="市府街26号一楼3号窗口",
    )  # fmt: skip
    for body, conclusion in (("铜源街道司法所（试验）", "amend"), ("云州某律师事务所（试验）", "refuse")):
        record_appraisal(
            clerk, project=project, step="legality", plan=first, body=body, person="（试验）", conclusion=conclusion,
            words="试验数据：名称依据请补齐，其余合法。", day=date(2026, 7, 1),
            attached=[scan(name="合法性审查意见.pdf")],
        )  # fmt: skip
    put_evidence(clerk, project=project, step="survey", attached=[scan(name="调研会议纪要.pdf")])
    colleague(world)
    said = {"steps": ["survey"], "reason": "摸底数据沿用上月的人口核查结果"}
    begin(officer, project=project, act="waive", said=said)
    run_job(draw_neutral(clerk, plan=first).job)
