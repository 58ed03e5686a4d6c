"""The pages of a split: opened by a clerk, drawn on, compared, published to everybody, put in force by the district."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from linli.jobs.running import run_job
from linli.org.tests.world import World
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Enactment, Evidence, Plan, Project, Run
from linli.planning.tests.small import NOTICE, by_two, clear_way, colleague, name_finally, ready
from linli.plans.measures import compactness
from linli.territory.models import Block

ClientOf = Callable[[str], Client]


@pytest.fixture
def clerk(client_of: ClientOf) -> Client:
    """The street's clerk."""
    return client_of("jiedao")


@pytest.fixture
def plan(project: Project, clerk: Client) -> Plan:
    """The engine's plan, asked for on the page."""
    asked = {"weight_boundary": "100", "parts": "2", "kept": ["团结"], "keep_whole": "on", "seconds": "5", "seed": "1"}
    assert clerk.post(f"/planning/projects/{project.pk}/run", asked).status_code == 302
    page = clerk.get(f"/planning/projects/{project.pk}/").content.decode()
    assert "data-poll" in page
    run_job(Run.objects.get().job)
    return Plan.objects.get()


def post(browser: Client, address: str, body: Any) -> Any:
    return browser.post(address, json.dumps(body), content_type="application/json")


def bench(browser: Client, plan: Plan) -> tuple[str, dict[str, Any]]:
    """Where the workbench of a plan is, and what it loads."""
    address = f"/planning/projects/{plan.project_id}/{plan.number}/"
    assert browser.get(f"{address}draw").status_code == 200
    return address, browser.get(f"{address}ground.json").json()


def test_a_project_is_opened_on_a_page(ground: dict[str, Block], clerk: Client) -> None:
    page = clerk.get("/planning/projects/new").content.decode()
    home, standard = (re.findall(rf'name="{name}"[^>]*value="(\d+)"', page) for name in ("scope", "x"))
    assert home
    assert not standard
    chosen = re.findall(r'<option value="(\d+)" selected', page)[0]
    said = {"title": "试拆", "scope": home[:1], "standard": chosen, "count": "households_registered",
            "households_least": "1500", "households_most": "3500"}  # fmt: skip
    assert clerk.post("/planning/projects/new", {**said, "households_most": "10"}).status_code == 422
    assert clerk.post("/planning/projects/new", said).status_code == 302
    assert "试拆" in clerk.get("/planning/projects/").content.decode()


def test_a_version_is_shown_with_its_proof(plan: Plan, clerk: Client) -> None:
    page = clerk.get(f"/planning/projects/{plan.project_id}/1/").content.decode()
    assert "经计算证明，在所列规则和目标下没有更优的划法" in page
    assert "4800" in page
    assert page.count('<path class="plan-ground') == 2


def test_the_workbench_reckons_as_the_server_does(plan: Plan, clerk: Client) -> None:
    """What `board.ts` adds up from the file equals `linli.plans`, on random labels."""
    _address, ground = bench(clerk, plan)
    blocks = ground_of(plan.project)
    draw = random.Random(7)
    for _ in range(20):
        label = [draw.randrange(2) for _ in ground["ids"]]
        plan.labels = dict(zip(ground["ids"], label, strict=True))
        found = found_of(plan, blocks)
        measures = found.measures()
        a, b = np.array(ground["a"]), np.array(ground["b"])
        length, kind = np.array(ground["length"]), np.array(ground["kind"])
        cut = np.array(label)[a] != np.array(label)[b]
        assert length[cut].sum() == pytest.approx(measures["cut_length_m"], abs=0.1 * cut.sum())
        assert np.array(ground["price"])[cut].sum() == pytest.approx(measures["boundary"], abs=0.1 * cut.sum())
        assert 1 - length[cut & (kind == 6)].sum() / length[cut].sum() == pytest.approx(measures["reliance"], abs=0.01)
        count = np.array(ground["count"])
        for k, name in enumerate(plan.names):
            inside = np.array(label) == k
            households = blocks.counts(plan.project.count)[found.community == name].sum()
            assert count[inside].sum() == households
            area = np.array(ground["area"])[inside].sum()
            assert area == pytest.approx(sum(shape.area for shape in blocks.geometry[inside]), rel=1e-3)
    assert set(compactness(blocks, found.community.astype(str))) <= set(plan.names)


def test_the_engine_completes_improves_and_repairs(plan: Plan, clerk: Client) -> None:
    address, ground = bench(clerk, plan)
    label = ground["label"]
    opened = [-1 if k % 5 == 0 else zone for k, zone in enumerate(label)]
    drawn = {"names": ground["names"], "locked": []}
    done = post(clerk, f"{address}work", {**drawn, "verb": "complete", "label": opened}).json()
    assert all(zone == was for zone, was in zip(done["label"], opened, strict=True) if was >= 0)
    assert -1 not in done["label"]
    spoilt = [1 - zone if ground["ids"][k] == "B33" else zone for k, zone in enumerate(label)]
    better = post(clerk, f"{address}work", {**drawn, "verb": "improve", "label": spoilt}).json()
    assert len(better["label"]) == len(label)
    assert [k for k, (a, b) in enumerate(zip(spoilt, better["label"], strict=True)) if a != b] == [
        ground["ids"].index("B33")
    ], "the one block that was spoilt goes back, no other moves"
    held = {**drawn, "locked": [ground["ids"].index("B33")]}
    kept = post(clerk, f"{address}work", {**held, "verb": "improve", "label": spoilt, "most": 3}).json()["label"]
    assert kept[held["locked"][0]] == spoilt[held["locked"][0]]
    for most in (1, 2):
        worse = [1 - zone if ground["ids"][k] in ("B33", "B30") else zone for k, zone in enumerate(label)]
        done = post(clerk, f"{address}work", {**drawn, "verb": "improve", "label": worse, "most": most}).json()["label"]
        assert sum(a != b for a, b in zip(worse, done, strict=True)) <= most
    refused = post(clerk, f"{address}work", {**drawn, "verb": "improve", "label": opened})
    assert (refused.status_code, refused.json()["words"]) == (422, "还有地块没有归属，请先补全。")
    mended = post(clerk, f"{address}work", {**drawn, "verb": "repair", "label": spoilt})
    assert mended.status_code == 200, mended.json()
    for wrong in ({"label": label[1:]}, {"label": [9] * len(label)}, {"label": ["0"] * len(label)}, {"names": [1]}):
        assert post(clerk, f"{address}work", {**drawn, "verb": "improve", "label": label, **wrong}).status_code == 409
    assert post(clerk, f"{address}work", {**drawn, "verb": "destroy", "label": label}).status_code == 404
    assert Plan.objects.count() == 1, "nothing is kept before it is saved"


def test_what_is_locked_clashing_is_said(plan: Plan, clerk: Client) -> None:
    address, ground = bench(clerk, plan)
    label = [0] * len(ground["label"])
    said = {"verb": "repair", "names": ground["names"], "label": label, "locked": list(range(len(label)))}
    answer = post(clerk, f"{address}work", said)
    assert answer.status_code == 422
    assert answer.json()["words"]


def test_a_drawn_plan_is_saved_and_a_conflict_offers_a_choice(plan: Plan, clerk: Client) -> None:
    address, ground = bench(clerk, plan)
    label = [1 - zone if code == "B33" else zone for code, zone in zip(ground["ids"], ground["label"], strict=True)]
    drawn = {"names": ground["names"], "label": label, "locked": [0]}
    assert post(clerk, f"{address}save", {**drawn, "why": ""}).status_code == 422
    saved = post(clerk, f"{address}save", {**drawn, "why": "居民代表提议"})
    assert saved.status_code == 200
    page = clerk.get(saved.json()["url"]).content.decode()
    assert "居民代表提议" in page
    assert "B33" in page
    assert "经***" in page, "who drew it, masked"
    late = post(clerk, f"{address}save", {**drawn, "why": "晚了一步"})
    assert late.status_code == 409
    assert late.json()["head"] == 2
    assert post(clerk, f"{address}save", {**drawn, "why": "晚了一步", "over": 2}).status_code == 200
    assert post(clerk, f"{address}save", {**drawn, "why": "另起", "branch": "另一支"}).status_code == 200
    assert list(Plan.objects.order_by("number").values_list("branch", flat=True)) == ["s1", "s1", "s1", "另一支"]
    beside = clerk.get(f"{address}beside?with=2&with=4").content.decode()
    assert "300" in beside
    assert beside.count("<svg") == 6, "three to be pulled over each other, three side by side"
    assert clerk.get(f"{address}beside").status_code == 404


def test_the_plan_file_is_one_that_verify_confirms(plan: Plan, clerk: Client, tmp_path: Any) -> None:
    answer = clerk.get(f"/planning/projects/{plan.project_id}/1/plan.gpkg")
    path = tmp_path / "plan.gpkg"
    path.write_bytes(answer.content)
    from linli.plans.planfile import read_plan

    read = read_plan(path, ground_of(plan.project))
    assert dict(zip(read.blocks.ids, read.community, strict=True)) == {c: plan.community_of(c) for c in plan.labels}


def test_everybody_sees_a_published_plan_and_his_own_home(
    plan: Plan, clerk: Client, client_of: ClientOf, ground: dict[str, Block]
) -> None:
    public = f"/planning/public/{plan.pk}/"
    assert client_of("").get(public).status_code == 404
    by_two(clerk, client_of("quji"), f"/planning/projects/{plan.project_id}/1/publish", {**NOTICE, "kind": "comments"})
    page = client_of("").get(f"{public}?block=B00").content.decode()
    assert "矿务局大院" in page
    assert plan.community_of("B00") in page
    assert "要不要本人跑" in page
    assert "团结社区拆分" in client_of("").get("/planning/public/").content.decode()
    assert client_of("").get(f"{public}?block=nothing").status_code == 200
    Plan.objects.update(parents=dict.fromkeys(plan.names, "白云"))
    page = client_of("").get(f"{public}?block=B00").content.decode()
    assert "现在属于团结" in page, "where the block itself lies, not where most of its new community comes from"


def test_the_district_puts_it_in_force_and_takes_it_back(
    plan: Plan, clerk: Client, client_of: ClientOf, world: World
) -> None:
    colleague(world)
    name_finally(plan)
    plan.refresh_from_db()
    address, officer, second = f"/planning/projects/{plan.project_id}/1/", client_of("quji"), client_of("fuhe")
    said = {"from_day": timezone.localdate() + timedelta(days=3), "undelivered": "counted", "assets": "unchanged"}
    assert clerk.post(f"{address}enact", {**said, "paper": "1号"}).status_code == 404
    early = officer.post(f"{address}enact", {**said, "paper": "云政复〔2026〕1号"})
    assert early.status_code == 409
    assert "没有签办" in early.content.decode()
    clear_way(plan.project)
    assert officer.post(f"{address}enact", {**said, "paper": ""}).status_code == 422
    site = sorted(plan.labels)[0]
    full = {**said, "paper": "云政复〔2026〕1号", "held": site, "group0": "stay"}
    by_two(officer, second, f"{address}enact", full)
    assert Enactment.objects.get().held == {site: plan.community_of(site)}
    assert len(Enactment.objects.get().matters) == 1
    passing = f"/planning/enactments/{Enactment.objects.get().pk}/hand-over"
    assert officer.get(passing).status_code == 200
    assert officer.post(passing, {"from_day": said["from_day"], "paper": "移交单"}).status_code == 302
    assert "云政复" in officer.get(address).content.decode()
    done = Enactment.objects.get()
    by_two(second, officer, f"/planning/enactments/{done.pk}/undo", {})
    done.refresh_from_db()
    assert done.undone_at is not None
    assert "已撤回" in officer.get(address).content.decode()


def test_a_search_is_called_off_on_the_page(project: Project, clerk: Client) -> None:
    asked = {"weight_boundary": "100", "seconds": "5", "seed": "1"}
    clerk.post(f"/planning/projects/{project.pk}/run", asked)
    assert clerk.post(f"/planning/runs/{Run.objects.get().pk}/cancel").status_code == 302
    assert "已取消" in clerk.get(f"/planning/projects/{project.pk}/").content.decode()


def test_plan_and_public_page_tell_each_band_apart_with_its_source_and_the_reason(
    plan: Plan, clerk: Client, client_of: ClientOf
) -> None:
    address, name = f"/planning/projects/{plan.project_id}/1/", plan.names[0]
    Project.objects.update(households_most=3900)
    Plan.objects.update(outside=[name], households={**plan.households, name: 3400})
    page = clerk.get(address).content.decode()
    assert "需说明理由" in page
    assert f'href="{address}reasons"' in clerk.get(f"{address}publish").content.decode()
    fields = re.findall(r'name="(c\d)"', clerk.get(f"{address}reasons").content.decode())
    assert clerk.post(f"{address}reasons", dict.fromkeys(fields, "地形封闭")).status_code == 302
    by_two(clerk, client_of("quji"), f"{address}publish", {**NOTICE, "kind": "comments"})
    public = client_of("").get(f"/planning/public/{plan.pk}/").content.decode()
    for page in (clerk.get(address).content.decode(), public):
        assert re.search(r'法定一般规模 <small class="whole">1000–3000</small>', page)
        assert re.search(r'本区社区规模标准 <small class="whole">1500–3500</small>', page)
        assert re.search(r'本次运算采用的户数范围 <small class="whole">1500–3900</small>', page)
        assert "《城市居民委员会组织法》" in page
        assert "超出法定一般规模，理由：地形封闭" in page
        assert "超过上限 400 户" in page


def test_the_pack_is_asked_for_reasons_and_adds_up(plan: Plan, clerk: Client) -> None:
    import io
    import zipfile

    import docx
    import openpyxl

    address = f"/planning/projects/{plan.project_id}/1/"
    asked = clerk.get(f"{address}pack.zip")
    if asked.status_code == 302:  # above the statutory 3,000
        page = clerk.get(asked["Location"]).content.decode()
        fields = re.findall(r'name="(c\d)"', page)
        assert clerk.post(asked["Location"], dict.fromkeys(fields, "")).status_code == 422
        assert clerk.post(asked["Location"], dict.fromkeys(fields, "楼栋密集，不宜再拆")).status_code == 302
        asked = clerk.get(f"{address}pack.zip")
    place = f"/planning/projects/{plan.project_id}/appraisals/#step-experts"
    for lacking in (asked, clerk.get(f"{address}papers/petition.docx")):
        assert f'href="{place}"' in lacking.content.decode(), "no papers for approval before the appraisal"
    ready(plan)
    asked = clerk.get(f"{address}pack.zip")
    assert asked.status_code == 200
    pack = zipfile.ZipFile(io.BytesIO(asked.content))
    assert sorted(pack.namelist()) == [
        "基本情况.xlsx", "实施方案.docx", "拆分方案.docx", "社区界线.cpg", "社区界线.dbf",
        "社区界线.geojson", "社区界线.prj", "社区界线.shp", "社区界线.shx", "请示.docx",
        "调整前后示意图.pdf", "调整前后示意图.png",
    ]  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(pack.read("基本情况.xlsx")))
    for name in ("调整前", "调整后"):
        rows = list(book[name].values)
        for k in range(1, len(rows[0])):
            assert sum(row[k] for row in rows[1:-1]) == pytest.approx(rows[-1][k])
        assert 4800 in rows[-1]
        assert all(row[1] for row in rows[1:]), "only communities that there are"
    assert sum(row[3] for row in list(book["去向"].values)[1:]) == 4800
    assert len(list(book["地块"].values)) == 17
    assert {"资源配置前", "资源配置后"} <= set(book.sheetnames)
    opinions = list(book["论证意见"].values)[1:]
    kept = set(Evidence.objects.values_list("sha256", flat=True))
    assert {row[5].rpartition(" ")[2] for row in opinions} == kept, "each opinion with the digest of its file"
    assert {row[0] for row in opinions} == {"专家论证", "社会稳定风险评估", "合法性、公平性审查", "部门会签"}
    split = docx.Document(io.BytesIO(pack.read("拆分方案.docx")))
    assert any("专家论证应有3份意见，同意和修改后同意3份" in one.text for one in split.paragraphs)
    cells = {cell.text for table in split.tables for row in table.rows for cell in row.cells}
    assert kept <= {words.rpartition(" ")[2] for words in cells}
    paper = docx.Document(io.BytesIO(pack.read("请示.docx")))
    words = "\n".join(one.text for one in paper.paragraphs)
    for said in ("妥否，请批示", "附件1", "附件2", "附件3", "4800户", *(f"{n}户" for n in plan.households.values())):
        assert said in words
    assert "需说明理由" not in words
    body = words[: words.index("附件1")]
    said = dict(list(book["说明"].values))["请示字数"]
    assert int(said.split("（")[0]) == len("".join(body.split())) < 4000
    across = [one for one in paper.sections if one.page_width > one.page_height]
    assert len(across) == 1, "the map lies across, and fits its sheet"
    assert paper.inline_shapes[0].width <= across[0].page_width - across[0].left_margin - across[0].right_margin
