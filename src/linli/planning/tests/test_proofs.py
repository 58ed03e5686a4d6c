"""An answer without a proof says so, and why, wherever it is listed; and it tells its input and seed."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from linli.geodata import input_hash
from linli.org.actors import SYSTEM
from linli.planning.actions.publish_plan import publish_plan
from linli.planning.actions.run_scenario import run_scenario
from linli.planning.actions.save_plan import save_plan
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project
from linli.planning.tests.small import engine_plan, ready

ClientOf = Callable[[str], Client]


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def test_unproven_plans_say_so_and_why_on_every_list(project: Project, found: Plan, client_of: ClientOf) -> None:
    balanced = engine_plan(
        run_scenario(SYSTEM, project=project, goals={"balance": 1.0}, parts=2, kept=["团结"], seconds=1)
    )
    mixed = engine_plan(
        run_scenario(
            SYSTEM, project=project, goals={"boundary": 1.0, "balance": 1.0}, parts=2, kept=["团结"], seconds=1
        )
    )
    hand = save_plan(
        SYSTEM, project=project, base=found, why="试",
        communities={code: found.community_of(code) for code in found.labels},
    )  # fmt: skip
    reasons = {
        balanced: "这个目标没有能证明的方法", mixed: "几个目标加权，没有能证明的方法", hand: "手工画的，没有找过更好的",
    }  # fmt: skip
    assert found.unproven == ""
    clerk, home = client_of("jiedao"), f"/planning/projects/{project.pk}/"
    beside = "&".join(f"with={one.number}" for one in reasons)
    for address in (home, f"{home}1/beside?{beside}", f"{home}tradeoff", f"{home}1/dossier?{beside}"):
        page = words(clerk.get(address).content)
        assert page.count("未证明") == len(reasons), address
        assert page.count("已证明最优") == 1, address
        for plan, why in reasons.items():
            assert plan.unproven.startswith(why)
            assert why in page, address
    assert "人工划定" in words(clerk.get(f"{home}{hand.number}/").content)


def test_a_search_whose_time_was_up_says_how_many_blocks_and_how_far(found: Plan) -> None:
    found.proof |= {"status": "feasible", "objective": 100.0, "bound": 96.0}
    assert found.unproven == "16 个地块，5 秒内没有证完；最多还能好 4.0%"


def test_a_plan_tells_its_input_and_seed_and_that_it_was_rechecked(found: Plan, client_of: ClientOf) -> None:
    page = words(client_of("jiedao").get(f"/planning/projects/{found.project_id}/1/").content)
    shown = input_hash(ground_of(found.project))[:16]
    assert re.search(rf"种子 1：[^。]*。输入指纹： *{shown}", page)
    assert "核验过" not in page
    published = publish_plan(SYSTEM, plan=ready(found))
    assert published.verified["input"] == found.proof["input"], "the checker found the same input"
    for browser, address in (
        (client_of("jiedao"), f"/planning/projects/{found.project_id}/1/"), (Client(), f"/planning/public/{found.pk}/")
    ):  # fmt: skip
        assert "项检查都通过，没有空白和重叠" in words(browser.get(address).content)
