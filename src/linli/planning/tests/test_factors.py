"""Any imported column can be a rule or a weighted goal; the survey's affinities reach engine, plan and workbench."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.jobs.running import run_job
from linli.org.actors import SYSTEM
from linli.org.tests.world import World
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.save_plan import save_plan
from linli.planning.engine import rules_of
from linli.planning.ground import areas_of, ground_of, sums_of
from linli.planning.models import Plan, Project, Run
from linli.planning.tests.small import engine_plan, small_project
from linli.planning.verifying import verification
from linli.territory.actions.apply_import import apply_import, undo_import
from linli.territory.actions.prepare_import import upload_import
from linli.territory.actions.ready_import import ready_import
from linli.territory.models import Block, Count, Line

ClientOf = Callable[[str], Client]


@pytest.fixture
def zoned(ground: dict[str, Block], world: World) -> Project:
    """The project over blocks with a column of the district's own: two areas, one of three columns and one of one."""
    for code, block in ground.items():
        block.columns = {"校区": "东校" if code[1] == "3" else "西校", "FID": 7, "备注": code, "年": 2026}
        block.save()
    return small_project(world)


def areas(plan: Plan) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code in plan.labels:
        found.setdefault(plan.community_of(code), set()).add("东校" if code[1] == "3" else "西校")
    return found


def test_a_column_of_areas_is_offered_by_its_own_name(zoned: Project, client_of: ClientOf) -> None:
    assert areas_of(zoned) == {"校区": "校区", "备注": "备注"}, "neither one value for all nor a row number"
    page = client_of("jiedao").get(f"/planning/projects/{zoned.pk}/run").content.decode()
    assert "少切开校区" in page
    assert re.search(r'name="never_cross" value="校区"', page)
    assert "少拆散调查" not in page, "nobody was asked"


def test_a_column_as_a_rule_is_never_crossed(zoned: Project) -> None:
    zoned.households_least = 1000
    zoned.save()
    run = run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, never_cross=["校区"], seconds=5)
    plan = engine_plan(run)
    assert not plan.broken
    assert all(len(found) == 1 for found in areas(plan).values())


def test_a_column_can_be_kept_whole_beside_compounds(
    zoned: Project, ground: dict[str, Block], client_of: ClientOf
) -> None:
    for code, block in ground.items():  # four pairs of columns and rows
        block.school_area = f"{'东' if code[1] in '23' else '西'}{'北' if code[2] in '23' else '南'}小学"
        block.save()
    said = {"weight_cut_length_m": "100", "parts": "2", "kept": ["团结"], "keep_whole": "on", "whole": ["school_area"],
            "seconds": "5", "seed": "1"}  # fmt: skip
    clerk = client_of("jiedao")
    page = clerk.get(f"/planning/projects/{zoned.pk}/run").content.decode()
    assert re.search(r'name="whole" value="school_area"', page)
    assert clerk.post(f"/planning/projects/{zoned.pk}/run", said).status_code == 302
    plan = engine_plan(Run.objects.latest("pk"))
    homes: dict[str, set[str]] = {}
    for code in plan.labels:
        ground[code].refresh_from_db()
        homes.setdefault(ground[code].school_area, set()).add(plan.community_of(code))
    assert len(homes) == 4
    assert all(len(one) == 1 for one in homes.values())
    assert not plan.broken
    rules = rules_of(zoned, plan.scenario, ground_of(zoned))
    assert rules.whole == ("compound", "school_area")
    assert ("R10", "不拆分同一学区的地块") in rules.in_words("户籍户数")
    body = clerk.get(f"/planning/projects/{zoned.pk}/{plan.number}/ground.json").json()
    assert len(set(body["atom"])) == 4, "on the workbench they move together"
    homes_now = {code: plan.community_of(code) for code in plan.labels}
    away = next(name for name in plan.names if name != homes_now["B32"])
    split = save_plan(SYSTEM, project=zoned, base=plan, communities={**homes_now, "B32": away}, why="拆开")
    assert any("学区东北小学被拆分到" in chinese for chinese, _english in split.broken)
    assert verification(plan)["ok"]


def test_a_column_can_be_capped_in_each_community(
    zoned: Project, ground: dict[str, Block], client_of: ClientOf
) -> None:
    for code, block in ground.items():
        Count.objects.create(block=block, definition="persons", value=1000 if code[1] == "0" else 500, source="试验",
                             as_of=date(2026, 1, 1))  # fmt: skip
        block.columns = {**block.columns, "老人": 40}
        block.save()
    assert sums_of(zoned) == {"persons": "常住人口", "年": "年", "老人": "老人"}
    clerk = client_of("jiedao")
    page = clerk.get(f"/planning/projects/{zoned.pk}/run").content.decode()
    assert "每个社区的常住人口不超过" in page
    assert 'name="cap_老人"' in page
    asked = {"goals": {"boundary": 1.0}, "parts": 2, "kept": ["团结"], "seconds": 5}

    def most(plan: Plan) -> int:
        sums: dict[str, int] = {}
        for code in plan.labels:
            name = plan.community_of(code)
            sums[name] = sums.get(name, 0) + (1000 if code[1] == "0" else 500)
        return max(sums.values())

    assert most(engine_plan(run_scenario(SYSTEM, project=zoned, **asked))) > 5600  # type: ignore[arg-type]
    said = {"weight_boundary": "100", "parts": "2", "kept": ["团结"], "keep_whole": "on", "cap_persons": "5600",
            "seconds": "5", "seed": "1"}  # fmt: skip
    assert clerk.post(f"/planning/projects/{zoned.pk}/run", said).status_code == 302
    plan = engine_plan(Run.objects.latest("pk"))
    assert plan.scenario is not None
    assert plan.scenario.capped == {"persons": 5600}
    assert most(plan) <= 5600
    assert not plan.broken
    words = rules_of(zoned, plan.scenario, ground_of(zoned)).in_words("户籍户数")
    assert ("R02", "每个社区人口不超过5600") in words
    assert verification(plan)["ok"]
    run = run_scenario(SYSTEM, project=zoned, **{**asked, "capped": {"persons": 4000}})  # type: ignore[arg-type]
    assert run_job(run.job).state == "done"
    run.refresh_from_db()
    assert any("每个社区人口不超过4000" in one for one in run.clash), "what cannot be kept is named in words"


def test_an_area_too_large_for_any_community_is_named_before_the_search(zoned: Project) -> None:
    with pytest.raises(ValidationError, match="校区“西校”有3600户，超过上限3500户"):
        run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, whole=["校区"])


def test_areas_in_pieces_are_named_with_their_pieces_before_the_search(
    zoned: Project, ground: dict[str, Block], client_of: ClientOf
) -> None:
    for code in ground:
        name = {"B00": "一小", "B01": "一小", "B33": "一小", "B10": "二小", "B32": "二小"}.get(code, "")
        ground[code].school_area = name or f"{code}小学"
        ground[code].save()
    clerk, address = client_of("jiedao"), f"/planning/projects/{zoned.pk}/run"
    said = {"weight_boundary": "100", "parts": "2", "kept": ["团结"], "keep_whole": "on", "whole": ["school_area"],
            "seconds": "5", "seed": "1"}  # fmt: skip
    answer = clerk.post(address, said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "学区“一小”分在互不相连的2处：矿务局大院；B33。请不再要求学区不拆分" in page
    assert "学区“二小”分在互不相连的2处：B10；B32。" in page
    english = clerk.post(address, said, headers={"accept-language": "en"}).content.decode()
    assert "“一小” lies in 2 places that do not touch: 矿务局大院；B33." in english
    assert not Run.objects.filter(scenario__project=zoned).exists()
    assert not zoned.scenarios.exists()


def test_a_compound_in_pieces_and_a_block_too_large_are_named_before_the_search(
    zoned: Project, ground: dict[str, Block]
) -> None:
    ground["B33"].compound = ground["B00"].compound
    ground["B33"].save()
    with pytest.raises(ValidationError, match="小区“矿务局大院”分在互不相连的2处：B00、B01；B33。请不再要求小区不拆分"):
        run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0})
    Count.objects.create(block=ground["B20"], definition="households_registered", value=3600, source="试验",
                         as_of=date(2026, 2, 1))  # fmt: skip
    with pytest.raises(ValidationError, match="地块B20有3600户，超过上限3500户"):
        run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, keep_whole=False)


def test_ground_in_pieces_and_areas_across_what_is_never_crossed_fail_no_search(
    zoned: Project, ground: dict[str, Block]
) -> None:
    Line.objects.filter(a__code__startswith="B1", b__code__startswith="B2").delete()
    ground["B00"].save()
    plan = engine_plan(run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, seconds=2))
    assert not plan.broken, "each piece is divided for itself"
    ground["B00"].police_area, ground["B01"].police_area = "东所", "西所"
    for code in ("B00", "B01"):
        ground[code].save()
    run = run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, never_cross=["police_area"], seconds=2)
    assert run_job(run.job).state == "done"
    run.refresh_from_db()
    assert run.clash == ["R10 不拆分小区：矿务局大院", "R11 不跨警务区：矿务局大院分属东所、西所"]


def test_a_column_as_a_goal_draws_the_line_along_it(zoned: Project) -> None:
    zoned.households_least, zoned.households_most = 1000, 3600
    zoned.save()
    run = run_scenario(SYSTEM, project=zoned, goals={"follow:校区": 1.0}, parts=2, kept=["团结"], seconds=5)
    plan = engine_plan(run)
    assert plan.proof["status"] == "proven"
    assert plan.proof["objective"] == 0, "no area of the column is cut"
    mixed = run_scenario(
        SYSTEM, project=zoned, goals={"follow:校区": 5.0, "boundary": 1.0}, parts=2, kept=["团结"], seconds=2
    )
    assert "校区" in engine_plan(mixed).proof["goal"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"goals": {"follow:没有": 1.0}}, "goals"),
        ({"never_cross": ["没有"]}, "never_cross"),
        ({"whole": ["没有"]}, "whole"),
        ({"capped": {"校区": 5}}, "capped"),
        ({"goals": {"follow:校区": 1.0, "boundary": 1.0}, "front": True}, "front"),
    ],
)
def test_a_column_that_is_not_there_is_refused(zoned: Project, more: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as error:
        run_scenario(SYSTEM, **{"project": zoned, "goals": {"boundary": 1.0}, **more})  # type: ignore[arg-type]
    assert error.value.code == field


def test_what_households_feel_is_a_goal_a_share_and_told_on_the_workbench(
    zoned: Project, ground: dict[str, Block], client_of: ClientOf
) -> None:
    clerk = client_of("jiedao")
    bare = engine_plan(run_scenario(SYSTEM, project=zoned, goals={"boundary": 1.0}, parts=2, kept=["团结"], seconds=5))
    page = clerk.get(f"/planning/projects/{zoned.pk}/{bare.number}/").content.decode()
    assert re.search(r"受访户认同的片区没有被拆开</dt><dd>无数据", page)
    for one, other, felt in (("B10", "B20", 30.0), ("B11", "B21", 30.0), ("B12", "B13", 10.0)):
        a, b = sorted((ground[one].pk, ground[other].pk))
        assert Line.objects.filter(a__in=(a, b), b__in=(a, b)).update(affinity=felt) == 1
    ground["B00"].save()  # ground changed: it is read anew
    assert sorted(ground_of(zoned).lines.affinity[ground_of(zoned).lines.affinity > 0]) == [10, 30, 30]
    said = {"weight_belonging": "100", "weight_boundary": "1", "parts": "2", "kept": ["团结"], "keep_whole": "on",
            "seconds": "2", "seed": "1"}  # fmt: skip
    assert clerk.post(f"/planning/projects/{zoned.pk}/run", said).status_code == 302
    plan = engine_plan(Run.objects.order_by("pk").last() or bare.run)
    assert plan.measures["felt"] == 1.0
    page = clerk.get(f"/planning/projects/{zoned.pk}/{plan.number}/").content.decode()
    assert re.search(r"受访户认同的片区没有被拆开</dt><dd>100%", page)
    body = clerk.get(f"/planning/projects/{zoned.pk}/{plan.number}/ground.json").json()
    pairs = {
        tuple(sorted((body["ids"][body["a"][k]], body["ids"][body["b"][k]]))): felt
        for k, felt in enumerate(body["felt"]) if felt
    }  # fmt: skip
    assert pairs == {("B10", "B20"): 30, ("B11", "B21"): 30, ("B12", "B13"): 10}
    assert run_job(plan.run.job).state == "done"


def test_a_survey_that_is_imported_moves_the_line_of_the_next_plan(zoned: Project, client_of: ClientOf) -> None:
    zoned.households_least, zoned.households_most = 1200, 3600
    zoned.save()
    clerk = client_of("jiedao")
    page = clerk.get(f"/planning/projects/{zoned.pk}/run").content.decode()
    assert "少拆散调查" not in page
    asked = {"goals": {"boundary": 1.0}, "parts": 2, "kept": ["团结"], "seconds": 5}
    before = engine_plan(run_scenario(SYSTEM, project=zoned, **asked))  # type: ignore[arg-type]
    cut = {(one, other) for one, other in pairs(zoned) if before.community_of(one) != before.community_of(other)}
    rows = [f"{one},{other},100,72" for one, other in sorted(cut)]
    street = zoned.street
    text = "\n".join(["地块,乙,受访户数,认同户数", *rows, "B00,团结,50,36"])
    batch = upload_import(SYSTEM, street=street, kind="affinities", name="归属.csv", chunks=[text.encode()])
    ready_import(SYSTEM, batch=batch)
    apply_import(SYSTEM, batch=batch)
    assert ground_of(zoned).lines.affinity[ground_of(zoned).lines.affinity > 0].sum() == 72 * len(cut), "read anew"
    assert "少拆散调查" in clerk.get(f"/planning/projects/{zoned.pk}/run").content.decode()
    after = engine_plan(run_scenario(SYSTEM, project=zoned, **{**asked, "goals": {"belonging": 1.0}}))  # type: ignore[arg-type]
    assert after.measures["felt"] == 1.0
    assert all(after.community_of(one) == after.community_of(other) for one, other in cut), "none of them is divided"
    body = clerk.get(f"/planning/projects/{zoned.pk}/{before.number}/ground.json").json()
    said = {(body["ids"][body["a"][k]], body["ids"][body["b"][k]]): numbers for k, *numbers in body["asked"]}
    assert said == {pair: [100, 72] for pair in cut}
    assert body["theirs"] == [[body["ids"].index("B00"), "团结", 50, 36]]
    undo_import(SYSTEM, batch=batch)
    assert not (ground_of(zoned).lines.affinity > 0).any()


def pairs(project: Project) -> list[tuple[str, str]]:
    """Blocks that meet, each pair by its codes in order."""
    blocks = ground_of(project)
    return [(blocks.ids[a], blocks.ids[b]) for a, b in zip(blocks.lines.a, blocks.lines.b, strict=True)]
