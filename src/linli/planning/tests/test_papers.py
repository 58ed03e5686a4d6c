"""方案说明 and the papers: sides by hand, proposals, the objective, petition, split plan and work plan, GeoJSON."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import docx
import pyogrio
import pytest
import shapely
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org.actors import SYSTEM, actor_of
from linli.org.masks import mask_name
from linli.org.models import Post, Role, Tenure
from linli.org.tests.world import World
from linli.planning.actions.choose_proposals import choose_proposals
from linli.planning.actions.enact import enact
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.save_plan import save_plan
from linli.planning.actions.state_objective import state_objective
from linli.planning.actions.write_sides import write_sides
from linli.planning.details import staff_of
from linli.planning.engine import found_of
from linli.planning.geojson import geojson_of, write_shapefile
from linli.planning.ground import _read, ground_of
from linli.planning.models import Plan, Project
from linli.planning.tests.small import clear_way, engine_plan, ready
from linli.planning.verifying import verification
from linli.plans.principles import indicators
from linli.plans.resources import before_and_after
from linli.plans.sections import Section
from linli.territory.models import Block, Facility, Line

ClientOf = Callable[[str], Client]


def seat(world: World, place: str, many: int) -> None:
    """Seat community workers in a community."""
    role = Role.objects.get(code="community_worker")
    day = timezone.localdate() - timedelta(days=30)
    for number in range(many):
        post = Post.objects.create(
            division=world.division(place), role=role, title=f"社区工作者{number}", valid_from=day
        )
        Tenure.objects.create(post=post, account=world.account("wangge"), starts_at=timezone.now())


def words_of(plan: Plan, name: str) -> str:
    return next(one.text for one in found_of(plan, ground_of(plan.project)).communities if one.name == name)


def paper(browser: Client, plan: Plan, name: str) -> tuple[str, list[list[str]]]:
    """The paragraphs of a paper as text, and the rows of its tables."""
    if name == "petition":
        ready(plan)
    answer = browser.get(f"/planning/projects/{plan.project_id}/{plan.number}/papers/{name}.docx")
    assert answer.status_code == 200
    made = docx.Document(io.BytesIO(answer.content))
    rows = [[cell.text for cell in row.cells] for table in made.tables for row in table.rows]
    return "\n".join(one.text for one in made.paragraphs), rows


def test_a_side_by_hand_is_marked_kept_while_its_border_stays_and_goes_when_it_changes(found: Plan) -> None:
    words = words_of(found, "团结")
    new = next(name for name in found.names if name != "团结")
    assert "与白云社区为界" in words_of(found, new), "the neighbour outside the project is named"
    held = write_sides(SYSTEM, plan=found, community="团结", sides={"north": "山脚坎下", "east": ""})
    assert set(held.sides["团结"]) == {"north"}
    assert "北至山脚坎下（人工修改，" in words_of(held, "团结")
    assert Entry.objects.filter(verb="planning.write_sides").count() == 1
    drawn = {code: held.community_of(code) for code in held.labels}
    again = save_plan(SYSTEM, project=held.project, base=held, communities=drawn, why="另存")
    assert again.sides["团结"]["north"]["words"] == "山脚坎下"
    top = next(code for code in sorted(drawn) if drawn[code] != "团结" and code.endswith("3"))
    other = save_plan(SYSTEM, project=held.project, base=again, communities={**drawn, top: "团结"}, why="改北面")
    assert "north" not in other.sides.get("团结", {}), "its northern border is another now"
    back = write_sides(SYSTEM, plan=again, community="团结", sides={"north": ""})
    assert back.sides["团结"] == {}
    assert words_of(back, "团结") == words


def test_a_side_is_not_written_on_what_is_published_nor_by_whom_it_does_not_concern(found: Plan, world: World) -> None:
    with pytest.raises(PermissionDenied):
        write_sides(actor_of(world.account("shuji")), plan=found, community="团结", sides={"north": "山"})
    for community, sides, code in (("东门", {"north": "山"}, "name"), ("团结", {"up": "天"}, "name"),
                                   ("团结", {"north": "长" * 121}, "north")):  # fmt: skip
        with pytest.raises(ValidationError) as error:
            write_sides(SYSTEM, plan=found, community=community, sides=sides)
        assert error.value.code == code
    publish_plan(SYSTEM, plan=ready(found))
    with pytest.raises(ValidationError) as error:
        write_sides(SYSTEM, plan=found, community="团结", sides={"north": "山"})
    assert error.value.code == "published"


def test_a_chosen_way_replaces_the_rules_and_needs_a_reason(found: Plan, world: World) -> None:
    for chosen, code in (({"clinic": ("rent", " ")}, "note_clinic"), ({"clinic": ("hire", "x")}, "way_clinic"),
                         ({"zoo": ("rent", "x")}, "name")):  # fmt: skip
        with pytest.raises(ValidationError) as error:
            choose_proposals(SYSTEM, plan=found, community="团结", chosen=chosen)
        assert error.value.code == code
    with pytest.raises(PermissionDenied):
        choose_proposals(actor_of(world.account("shuji")), plan=found, community="团结", chosen={})
    held = choose_proposals(SYSTEM, plan=found, community="团结", chosen={"clinic": ("share", "与铜源医院共建")})
    assert held.proposals["团结"]["clinic"]["note"] == "与铜源医院共建"
    assert choose_proposals(SYSTEM, plan=held, community="团结", chosen={"clinic": ("", "")}).proposals["团结"] == {}
    assert Entry.objects.filter(verb="planning.choose_proposals").count() == 2


def test_the_objective_is_the_projects_own(project: Project, world: World) -> None:
    assert "提升城市管理服务质效" in project.objective
    with pytest.raises(ValidationError):
        state_objective(SYSTEM, project=project, objective=" ")
    with pytest.raises(PermissionDenied):
        state_objective(actor_of(world.account("shuji")), project=project, objective="别的")
    assert state_objective(SYSTEM, project=project, objective="让老人少走路。").objective == "让老人少走路。"


def test_the_account_and_the_split_plan_say_the_same(
    ground: dict[str, Block], found: Plan, world: World, client_of: ClientOf
) -> None:
    seat(world, "团结", 7)
    assert staff_of(found.project) == {"团结": 7}
    browser = client_of("jiedao")
    address = f"/planning/projects/{found.project_id}/1/"
    assert (
        browser.post(f"/planning/projects/{found.project_id}/objective", {"objective": "办事少跑路"}).status_code == 302
    )
    assert browser.post(f"{address}sides/0", {"north": "山脚坎下", "east": ""}).status_code == 302
    assert browser.post(f"{address}sides/9").status_code == 404
    page = browser.get(f"{address}account/").content.decode()
    text, rows = paper(browser, found, "split")
    publish_plan(SYSTEM, plan=ready(found))
    for where in (address, f"/planning/public/{found.pk}/"):
        assert f"北至山脚坎下（人工修改，{mask_name('经办杨四')}，" in browser.get(where).content.decode()
    for said in ("办事少跑路", "界线依托率", "管辖区域与户数适当", "居民认同", "山脚坎下", "没有更优的划法"):
        assert said in page
        assert said in text or any(said in cell for row in rows for cell in row)
    assert text.index("办事少跑路") < text.index("现状"), "the objective opens it"
    indicators = next(row for row in rows if row[0].startswith("每个社区户数"))
    sums = sorted(found.households.values())
    assert indicators[1:3] == ["4800—4800", f"{sums[0]}—{sums[-1]}"]
    assert "本方案尚未公示" in text
    assert "依据：" in text


def test_the_petition_claims_nothing_without_a_figure_and_hides_nothing(found: Plan, client_of: ClientOf) -> None:
    Plan.objects.update(proof={**found.proof, "status": "feasible", "objective": 100.0, "bound": 90.0})
    text, _rows = paper(client_of("jiedao"), found, "petition")
    assert "跟不上" not in text
    assert "未能证明为最优" in text
    assert "下界" not in text
    split, _rows = paper(client_of("jiedao"), found, "split")
    assert "相差不超过10.0%" in split
    Plan.objects.update(source=Plan.Source.HAND)
    for name in ("petition", "split"):
        assert "本方案由人工划定" in paper(client_of("jiedao"), found, name)[0], "as the page says"


def test_compounds_are_called_whole_only_where_there_are_compounds(
    found: Plan, ground: dict[str, Block], client_of: ClientOf
) -> None:
    clerk = client_of("jiedao")
    assert "小区和院落不拆分" in paper(clerk, found, "petition")[0]
    Block.objects.update(compound=None)
    ground["B00"].compound = None
    ground["B00"].save()  # ground changed: it is read anew
    text, _rows = paper(clerk, found, "petition")
    assert "不拆分" not in text
    assert "各社区连成一片" in text


def test_the_work_plan_has_steps_with_dates_and_what_is_handed_over(
    ground: dict[str, Block], found: Plan, client_of: ClientOf
) -> None:
    browser = client_of("jiedao")
    text, rows = paper(browser, found, "work")
    new = next(name for name in found.names if name != "团结")
    assert "生效日期【待填】" in text
    steps = {row[1]: row for row in rows if len(row) == 5 and row[4] in ("未办",)}
    assert steps["公示"][4] == "未办"
    handed = [row for row in rows if len(row) == 5 and row[0].startswith(new[:2])]
    assert [row[1] for row in handed] == [
        "公章", "办公场所", "集体财务账目", "固定资产", "工作档案", "债权债务", "遗留问题",
    ]  # fmt: skip
    assert all(row[2] == "团结社区" for row in handed)
    assert "没办完的事项0件" in handed[-1][3]
    assert any(row[1] == "公章刻制" for row in rows if len(row) == 3)
    clear_way(found.project)
    day = timezone.localdate() + timedelta(days=1)
    enact(SYSTEM, plan=found, from_day=day, paper="云政复〔2026〕1号", assets="agreed")
    text, rows = paper(browser, found, "work")
    assert f"自{day.year}年{day.month}月{day.day}日起生效（云政复〔2026〕1号）" in text
    assert "集体资产按另行协议移交" in text
    assert any(row[1] == "批复" and "已办" in row[2] for row in rows if len(row) == 3)


def test_papers_speak_chinese_to_an_english_reader(found: Plan, client_of: ClientOf) -> None:
    browser = client_of("jiedao")
    browser.cookies["django_language"] = "en"
    text, rows = paper(browser, found, "work")
    assert not re.search(r"Street office|not signed|Survey", text + str(rows))


def test_the_communities_are_given_as_geojson(found: Plan, client_of: ClientOf) -> None:
    answer = client_of("jiedao").get(f"/planning/projects/{found.project_id}/1/plan.geojson")
    features = json.loads(answer.content)["features"]
    assert {one["properties"]["community"]: one["properties"]["households"] for one in features} == found.households
    shapes = [shapely.from_geojson(json.dumps(one["geometry"])) for one in features]
    assert shapely.union_all(shapes).area == pytest.approx(4 * 4 * 0.001**2, rel=1e-3)
    assert shapes[0].bounds[0] == pytest.approx(103, abs=0.01)
    told = json.loads(answer.content)
    assert (told["version"], told["from"]) == (1, "")


def test_the_shapefile_holds_what_the_geojson_does_and_the_day_from_which_it_is_in_force(
    found: Plan, tmp_path: Path
) -> None:
    clear_way(found.project)
    day = timezone.localdate() + timedelta(days=1)
    enact(SYSTEM, plan=found, from_day=day, paper="云政复〔2026〕1号")
    made = found_of(found, ground_of(found.project))
    files = write_shapefile(found, made, tmp_path / "界线.shp")
    assert {one.suffix for one in files} == {".shp", ".shx", ".dbf", ".prj", ".cpg"}
    meta, _ids, wkb, values = pyogrio.raw.read(tmp_path / "界线.shp")
    rows = dict(zip(meta["fields"].tolist(), values, strict=True))
    assert "China_Geodetic_Coordinate_System_2000" in (tmp_path / "界线.prj").read_text()
    assert dict(zip(rows["community"], rows["households"].tolist(), strict=True)) == found.households
    assert set(rows["from"]) == {day.isoformat()}
    assert rows["north"].tolist() == [one.sides["north"] for one in made.communities]
    told = json.loads(geojson_of(found, made))
    assert told["from"] == day.isoformat()
    for one, feature in zip(shapely.from_wkb(wkb), told["features"], strict=True):
        assert one.equals(shapely.from_geojson(json.dumps(feature["geometry"])))


def test_a_ground_without_records_has_four_indicators_all_the_same_and_says_what_it_does_not_know(found: Plan) -> None:
    made = found_of(found, ground_of(found.project))
    told = indicators(made, *before_and_after(made, {}))
    assert [(one.title, one.after) for one in told if one.after == "无数据"] == [("每百户服务用房（㎡）", "无数据")]
    assert len(told) == 4


def test_papers_wait_for_reasons_and_whole_plans(found: Plan, client_of: ClientOf) -> None:
    browser, address = client_of("jiedao"), f"/planning/projects/{found.project_id}/1/"
    assert browser.get(f"{address}papers/poem.docx").status_code == 404
    Plan.objects.update(outside=[found.names[0]])
    assert browser.get(f"{address}papers/split.docx").status_code == 302
    assert "还没说明理由" in browser.get(f"{address}account/").content.decode()
    Plan.objects.update(labels={code: place for code, place in found.labels.items() if code != "B33"})
    assert browser.get(f"{address}account/").status_code == 404


def test_a_street_without_lines_but_with_a_station_passes_the_independent_check(
    ground: dict[str, Block], project: Project
) -> None:
    Line.objects.all().delete()
    block = ground["B00"]
    Facility.objects.create(
        street=block.street, block=block, code="F1", kind="党群服务中心", name="团结中心", area_m2=33.3,
        longitude=103.0, latitude=26.0,
    )  # fmt: skip
    _read.cache_clear()
    made = engine_plan(
        run_scenario(SYSTEM, project=project, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=2)
    )
    assert verification(made)["faults"] == []


def test_others_may_close_the_split_plan(found: Plan) -> None:
    from linli.planning.papers import compose_paper

    closing = [Section("附注", ("另行说明。",))]
    made = compose_paper(
        "split", found, found_of(found, ground_of(found.project)), day=timezone.localdate(), closing=closing
    )
    assert any("附注" in one.text for one in made.document.paragraphs)


def test_the_split_plan_closes_with_a_checkpoint_of_the_ledger(
    ground: dict[str, Block], found: Plan, client_of: ClientOf
) -> None:
    from linli.ledger.checkpoints import printed

    text, _rows = paper(client_of("jiedao"), found, "split")
    told = printed()
    assert told is not None
    assert f"共{told.size}条，根值为{told.root}" in text
