from __future__ import annotations

import contextlib
import io
import re
from collections import Counter
from html.parser import HTMLParser

import numpy as np
import pytest

from linli.cli import run
from linli.demo import story
from linli.demo.names import NOTE
from linli.geodata import read_blocks
from linli.plans import Plan, diagnose
from linli.plans.task import names_in


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Run `linli demo` with two of the seven alternatives; return its folder and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "OPTIONS", tuple(o for o in story.OPTIONS if o.letter in "BG"))
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            assert run(["demo", str(folder)]) == 0
    return folder, said.getvalue().splitlines()


@pytest.fixture(scope="module")
def blocks(told):
    return read_blocks(told[0] / "blocks.gpkg", count=story.COUNT)


@pytest.fixture(scope="module")
def plan(told, blocks):
    return Plan.from_file(told[0] / "plan.gpkg", blocks)


@pytest.fixture(scope="module")
def page(told):
    return (told[0] / "index.html").read_text(encoding="utf-8")


def test_the_blocks_keep_every_household_and_their_communities(blocks):
    present, households = blocks.columns["community"], blocks.counts(story.COUNT)
    assert {name: int(households[present == name].sum()) for name in story.KEPT} == {
        "团结": 7960,
        "白云": 7310,
        "京铜": 6840,
    }
    assert all(60 <= int((present == name).sum()) <= 110 for name in story.KEPT)
    assert np.isfinite(blocks.lines.affinity).sum() > 100


def test_compounds_are_called_undivided_only_where_each_lies_in_one_block(blocks, page):
    homes = Counter(name for text in blocks.texts("compound") for name in names_in(text))
    whole = sum(number == 1 for number in homes.values())
    assert homes
    assert ("住宅小区不拆开" in page) == (whole == len(homes))
    assert (f"{len(homes)}个住宅小区中{whole}个各在一个地块内" in page) == (whole < len(homes))


def test_the_three_communities_are_flagged_as_too_large(blocks):
    assert [(c.name, c.flagged) for c in diagnose(blocks, count=story.COUNT)] == [
        ("团结", True),
        ("白云", True),
        ("京铜", True),
    ]


def test_three_become_nine_proven_and_inside_both_bands(plan):
    assert plan.status == "proven"
    assert plan.gap == 0.0
    assert len(plan.communities) == 9
    assert sum(c.count for c in plan.communities) == 22_110
    assert all(1500 <= c.count <= 3000 for c in plan.communities)
    assert sorted(plan.kept) == sorted(story.KEPT)
    assert sorted(c.parent for c in plan.communities) == sorted(story.KEPT * 3)
    assert not any(c.needs_reason for c in plan.communities)


def test_the_plan_passes_the_independent_check(told):
    said = (told[0] / "verification.json").read_text(encoding="utf-8")
    assert '"ok": true' in said


def test_it_says_where_to_look(told):
    folder, said = told
    assert said[-1].endswith(str((folder / "index.html").resolve()))
    assert any(NOTE in line for line in said)


def test_rules_that_cannot_all_hold_are_named_on_the_page(page):
    assert "方案G不可行" in page
    assert re.search(r"最少几条规则是：[^<]*不跨警务区", page)


def test_the_page_needs_nothing_from_outside(page):
    assert "<script" not in page
    assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", page)
    assert "@import" not in page
    assert set(re.findall(r"url\((.{0,22})", page)) == {"data:font/woff;base64,"[:22]}
    assert set(re.findall(r'src="([^"]{0,22})', page)) == {"data:image/png;base64,"}


def test_every_link_of_the_page_leads_somewhere(told, page):
    for target in re.findall(r'href="([^"]+)"', page):
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in page
        else:
            assert (told[0] / target).exists(), target


def test_every_table_has_a_caption_and_every_picture_words(page):
    assert page.count("<table>") == page.count("<caption>") >= 7
    assert page.count("<img ") == len(re.findall(r'<img [^>]*alt="[^"]+"', page)) == 4


def test_the_page_is_well_formed(page):
    class Checker(HTMLParser):
        open_tags: list[str]

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "img", "br"):
                self.open_tags.append(tag)

        def handle_endtag(self, tag):
            assert self.open_tags.pop() == tag

    checker = Checker()
    checker.open_tags = []
    checker.feed(re.sub(r"base64,[^\"]*", "", page))
    assert checker.open_tags == []


def test_the_page_states_the_figures_of_the_plan(plan, page):
    for community in plan.communities:
        assert f"{community.count:,}" in page
        assert community.sides["east"] in page
    assert "22,110" in page
    assert "57,928" in page
    assert NOTE in page
    assert "示意图，不作为划界依据" in page


def test_marks_are_full_width_beside_chinese_and_stay_in_numbers_and_tags():
    from linli.demo.markup import with_chinese_marks

    assert (
        with_chinese_marks('<body><p title="a,b">甲，1,510户；乙</p>')
        == '<body><p title="a,b">甲\uff0c1,510户\uff1b乙</p>'
    )


def test_text_from_outside_is_escaped():
    from linli.demo.markup import Mark, table

    made = table("甲<b>", "a", ("x",), [(Mark("<script>"),)])
    assert "<script>" not in made
    assert "<b>" not in made


def test_no_plan_at_all_is_an_error_that_names_the_rules():
    from linli.errors import InfeasibleError
    from linli.plans import SplitResult

    nothing = SplitResult(None, "infeasible", "boundary", None, None, clash=("R01", "R10"))
    with pytest.raises(InfeasibleError, match="R01; R10"):
        story.chosen([story.replace(story.OPTIONS[1], result=nothing)])
