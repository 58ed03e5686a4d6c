"""Have, should and lack of each community, proposals by the rule; indicators, principles, bare lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from linli.plans.measures import facilities as lacking
from linli.plans.measures import measure
from linli.plans.plan import Plan
from linli.plans.principles import indicators, method_words, principles, unsupported
from linli.plans.resources import FLOOR, WORKERS, before_and_after, proposals, shared_out, total
from linli.plans.rules import Rules
from linli.plans.task import community_column
from linli.plans.tests.test_plan import by_hand, halves

RULES = Rules(households=(1000, 4000), keep_whole="compound", kept={"团结", "白云"})
STAFF = {"团结": 14, "白云": 6}


def thirds(**columns: object) -> Plan:
    """团结 gives its northern half to 丙; the town's columns may be others."""
    labels = halves()
    labels[[k for k in range(36) if k % 6 < 3 and k >= 18]] = 2
    plan = replace(by_hand(labels, RULES), parents={"团结": "团结", "白云": "白云", "丙": "团结"})
    blocks = plan.blocks
    return replace(plan, blocks=replace(blocks, columns={**blocks.columns, **columns}))  # type: ignore[dict-item]


def facilities(**where: str) -> np.ndarray:
    column = np.full(36, None, dtype=object)
    for block, kinds in where.items():
        column[int(block[1:]) - 1] = kinds
    return column


def test_have_and_should_add_up_before_and_after() -> None:
    floor = np.zeros(36)
    floor[0], floor[5] = 620, 480
    today, then = before_and_after(thirds(service_floor_m2=floor), STAFF)
    assert total(today, FLOOR)[0] == total(then, FLOOR)[0] == 1100
    assert total(today, WORKERS)[0] == total(then, WORKERS)[0] == 20
    third = {one.kind: one for one in then if one.community == "丙"}
    assert (third[FLOOR].have, third["service_station"].have) == (0, 0)
    assert third[FLOOR].lack == third[FLOOR].should


def test_one_function_counts_what_lacks_for_goal_measure_report_and_site() -> None:
    said = facilities(
        B0001="service_station；幼儿园", B0013=" clinic ; 卫生室", B0006="服务站;kindergarten;kindergarten"
    )
    plan = thirds(facilities=said)
    today, then = before_and_after(plan, STAFF)
    norm = plan.rules.standard().norms["facilities"]
    for found, labels in ((today, community_column(plan.blocks)), (then, plan.community)):
        told = lacking(plan.blocks, labels, norm=norm)
        assert told is not None
        by_paper = {(one.community, one.kind): one.lack for one in found if one.kind in norm and one.lack}
        assert by_paper == {(name, kind): lack for name, kinds in told.items() for kind, lack in kinds.items()}
    assert {one.kind: one.have for one in then if one.community == "团结"}["kindergarten"] == 1
    measured = measure(plan.blocks, plan.community, plan.rules, plan.count)["facilities"]
    [row] = [one for one in indicators(plan, today, then) if one.code == "places"]
    assert row.after == f"{measured:.0f}"
    assert measured == sum(one.lack or 0 for one in then if one.kind in norm) > 0
    open_blocks = plan.community.copy()
    open_blocks[0] = ""
    assert set(lacking(plan.blocks, open_blocks, norm=norm) or ()) == set(plan.names), "'' is no community"


def test_what_nobody_recorded_is_no_data_and_no_lack() -> None:
    blank = thirds()
    columns = {k: v for k, v in blank.blocks.columns.items() if k not in ("facilities", "persons")}
    _today, then = before_and_after(replace(blank, blocks=replace(blank.blocks, columns=columns)), {})
    assert all(one.have is None for one in then)
    assert all(one.lack is None for one in then)
    assert proposals(blank, then, {}) == []


def test_workers_stay_first_where_the_community_goes_on() -> None:
    plan = thirds()
    should = {one.name: one.staffing.workers for one in plan.communities}
    shared = shared_out(plan, STAFF)
    assert shared["白云"] == 6
    assert shared["团结"] == should["团结"]
    assert shared["丙"] == 14 - (should["团结"] or 0)
    assert shared_out(plan, {"白云": 6})["丙"] is None


def test_a_place_is_shared_then_built_then_rented() -> None:
    near = facilities(B0001="service_station", B0013="kindergarten;kindergarten", B0006="service_station")
    plan = thirds(facilities=near)
    _today, then = before_and_after(plan, STAFF)
    way = {(one.community, one.kind): one for one in proposals(plan, then, STAFF)}
    kindergarten = way["丙", "kindergarten"]
    assert (kindergarten.way, kindergarten.from_community) == ("share", "团结")
    assert 0 < kindergarten.metres <= 500
    assert "团结社区有富余" in kindergarten.why
    assert way["丙", "clinic"].way == "rent", "nobody has one to spare"
    counts = plan.blocks.columns["dwellings_delivered"]
    coming = thirds(facilities=near, dwellings=counts + np.where(np.arange(36) == 35, 90, 0))
    _today, then = before_and_after(coming, STAFF)
    built = {one.community: one for one in proposals(coming, then, STAFF) if one.kind == "clinic"}
    assert (built["白云"].way, built["白云"].dwellings) == ("build", 90)
    assert built["丙"].way == "rent"


def test_too_far_is_not_shared() -> None:
    plan = thirds(facilities=facilities(B0006="clinic;clinic"))
    _today, then = before_and_after(plan, STAFF)
    assert {one.way for one in proposals(plan, then, STAFF) if one.kind == "clinic"} == {"rent"}


def test_indicators_stand_beside_the_objective_with_before_and_after() -> None:
    plan = thirds()
    today, then = before_and_after(plan, STAFF)
    found = {one.code: one for one in indicators(plan, today, then)}
    assert 4 <= len(found) <= 6
    counts = plan.blocks.counts(plan.count)
    sums = sorted(int(counts[plan.community == name].sum()) for name in plan.names)
    assert found["sizes"].after == f"{sums[0]}—{sums[-1]}"
    assert found["sizes"].before != found["sizes"].after
    assert found["workers"].after == found["workers"].before
    blind = indicators(plan, *before_and_after(plan, {}))
    assert "workers" not in {one.code for one in blind}, "no data, no figure"


def test_each_principle_has_a_measure_and_a_verdict() -> None:
    plan = thirds()
    found = {one.code: one for one in principles(plan, before_and_after(plan, STAFF)[1])}
    assert len(found) == 6
    assert found["belonging"].verdict == "no data"
    assert found["compact"].verdict == "kept"
    assert found["places"].verdict == "not kept"
    labels = halves()
    labels[35] = 0
    apart = by_hand(labels, RULES)
    judged = {one.code: one for one in principles(apart, before_and_after(apart, {})[1])}
    assert judged["compact"].verdict == "not kept"
    assert judged["resources"].verdict == "no data"


def test_a_standard_with_a_most_of_persons_is_held_against_persons() -> None:
    plan = thirds()
    standard = replace(plan.rules.standard(), households=(1000, 4000), persons_most=9000)
    strict = replace(plan, rules=RULES.but(profile=standard), reasons=dict.fromkeys(plan.names, "地形封闭"))
    judged = principles(strict, before_and_after(strict, {})[1])[0]
    assert judged.verdict == "not kept"
    assert "白云社区人口超过上限" in judged.measured
    columns = {k: v for k, v in strict.blocks.columns.items() if k != "persons"}
    blind = replace(strict, blocks=replace(strict.blocks, columns=columns))
    assert principles(blind, before_and_after(blind, {})[1])[0].verdict == "no data"


def test_no_compound_on_record_is_no_compound_kept_whole() -> None:
    def clear(plan: Plan) -> tuple[str, str]:
        judged = {one.code: one for one in principles(plan, before_and_after(plan, {})[1])}["clear"]
        return judged.measured.rpartition("；")[2], judged.verdict

    assert clear(thirds()) == ("没有拆分小区", "kept")
    assert clear(thirds(compound=np.full(36, None, dtype=object))) == ("小区无数据", "no data")
    loose = thirds(compound=np.full(36, "大院", dtype=object))
    assert clear(replace(loose, rules=replace(RULES, keep_whole=None))) == ("拆分了小区", "not kept")


def test_no_walk_is_measured_to_a_station_that_is_not_there() -> None:
    assert thirds().measures()["access"] > 0
    for nowhere in (facilities(), facilities(B0001="kindergarten")):
        measured = thirds(facilities=nowhere).measures()
        assert measured["access"] is None
        assert measured["access_p90"] is None


def test_every_metre_that_follows_nothing_is_listed_with_where_it_is() -> None:
    plan = thirds()
    assert unsupported(plan) == []
    lines = plan.blocks.lines
    kind = lines.kind.copy()
    kind[(lines.a == 12) & (lines.b == 18)] = "none"
    bare = replace(plan, blocks=replace(plan.blocks, lines=replace(lines, kind=kind)))
    (one,) = unsupported(bare)
    assert one.where == "地块B0013（13号院）与地块B0019（19号院）之间"
    assert set(one.communities) == {"团结", "丙"}
    measured = bare.measures()
    assert one.metres == pytest.approx((1 - measured["reliance"]) * measured["cut_length_m"], abs=0.1)


def test_how_good_it_is_is_said_in_words_that_an_office_signs() -> None:
    plan = by_hand(halves())
    assert "未能证明为最优" in method_words(replace(plan, bound=None))
    assert "相差不超过5.0%" in method_words(replace(plan, objective=100.0, bound=95.0))
    assert "没有更优的划法" in method_words(replace(plan, status="proven"))
