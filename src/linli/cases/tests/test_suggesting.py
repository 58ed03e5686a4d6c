"""Suggestions of categories: trained here, asked without the package that trains, measured on unseen wordings."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.cases.actions import teaching
from linli.cases.actions.report_case import report_case
from linli.cases.models import Suggester
from linli.cases.suggesting import pieces_of, suggest, train, unpacked, wordings
from linli.jobs.models import Job
from linli.jobs.running import run_job
from linli.matters.actions import dispatching
from linli.matters.actions.open_matter import open_matter
from linli.matters.models import Category, Matter
from linli.org.actors import PUBLIC, actor_of
from linli.org.tests.world import World
from linli.territory.models import Building

LAMPS = [
    f"{where}的灯{how}" for where in ("楼道", "单元", "楼梯间", "走廊") for how in ("不亮了", "坏了三天", "一直闪")
]
RUBBISH = [f"{where}垃圾{how}" for where in ("楼下", "路边", "院里", "河边") for how in ("没人清", "堆成山", "臭得很")]
TEXTS, CODES = [*LAMPS, *RUBBISH], ["0602"] * 12 + ["0201"] * 12


def test_a_model_is_asked_without_the_package_that_trained_it_and_answers_the_same() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    content, _figures = train(TEXTS, CODES)
    model = unpacked(content)
    pairs = sorted(set(zip(TEXTS, CODES, strict=True)))
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, max_features=20_000, sublinear_tf=True)
    learner = LogisticRegression(C=8.0, max_iter=400, class_weight="balanced", tol=1e-3)
    learner.fit(vectors.fit_transform([text for text, _ in pairs]), [code for _, code in pairs])
    for text in ("走廊灯不亮", "垃圾臭", "院里的灯坏了"):
        scores = learner.decision_function(vectors.transform([text]))[0] / model.temperature
        wanted = 1 / (1 + np.exp(-scores))  # of the second code
        answer = {one.code: one.confidence for one in model.ask(text)}
        assert answer["0602"] == pytest.approx(wanted, abs=0.01)


def test_pieces_are_those_of_the_trainer() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    text = "楼道灯 坏了\n三天 ABC"
    analyse = TfidfVectorizer(analyzer="char", ngram_range=(1, 3)).build_analyzer()
    assert sorted(analyse(text)) == sorted(pieces_of(text))


def test_the_same_wording_is_never_on_both_sides() -> None:
    texts = [
        "跟物业说了三回没人来修楼道灯",
        "跟物业说了三回没人来修楼道灯呀",
        "垃圾堆了好几天",
        "社区的同志你好垃圾",
        "社区的同志你好楼道灯",
    ]
    groups = wordings(texts, ["0602", "0602", "0201", "0201", "0602"])
    assert groups[0] == groups[1]
    assert len(set(groups)) == 4, "a greeting that stands in several categories joins nothing"


def test_figures_say_what_was_measured() -> None:
    _content, figures = train(TEXTS, CODES)
    assert figures["trained"] == 24
    assert 0 <= figures["macro_f1"] <= 1
    assert set(figures["by_code"]) == {"0602", "0201"}
    with pytest.raises(ValueError, match="at least two"):
        train(LAMPS, ["0602"] * 12)


def test_it_learns_from_people_and_suggests_without_ever_blocking(ground: Building, world: World) -> None:
    assert suggest("楼道灯不亮") == []
    plain = report_case(PUBLIC, key=uuid.uuid4(), text="楼道灯不亮", building=ground)
    assert (plain.category, plain.guess) == (None, "")
    with pytest.raises(ValidationError):
        teaching.teach()
    secretary = actor_of(world.account("shuji"))
    for text, code in zip(TEXTS, CODES, strict=True):
        one = open_matter(PUBLIC, key=uuid.uuid4(), text=text, building=ground)
        dispatching.categorise(secretary, matter=one, category=Category.objects.get(code=code))
    made = teaching.teach()
    assert (made.active, made.corrected) == (True, 24)
    one = report_case(PUBLIC, key=uuid.uuid4(), text="我们楼道的灯又坏了", building=ground)
    assert (str(one.category), one.guess) == ("照明井盖·楼道灯", "model")
    assert one.confidence is not None
    assert 0.5 < one.confidence <= 1
    teaching.switch(actor_of(world.account("quji")), suggester=None)
    off = report_case(PUBLIC, key=uuid.uuid4(), text="我们楼道的灯又坏了", building=ground)
    assert off.category is None


def test_the_page_trains_shows_and_switches(ground: Building, client_of: Callable[[str], Client]) -> None:
    for text, code in zip(TEXTS, CODES, strict=True):
        category = Category.objects.get(code=code)
        open_matter(PUBLIC, key=uuid.uuid4(), text=text, building=ground, category=category, guess=Matter.Guess.PERSON)
    browser = client_of("quji")
    assert browser.post("/cases/suggester/train").status_code == 302
    browser.post("/cases/suggester/train")
    job = Job.objects.get(kind="cases.train")
    assert run_job(job).state == Job.State.DONE
    page = browser.get("/cases/suggester/?text=楼道的灯").content.decode()
    assert "照明井盖·楼道灯" in page
    assert "宏平均 F1" in page
    browser.post("/cases/suggester/switch")
    assert not Suggester.objects.filter(active=True).exists()
    browser.post("/cases/suggester/switch", {"suggester": Suggester.objects.get().pk})
    assert Suggester.objects.get().active
