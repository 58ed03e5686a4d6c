"""Matters of the invented district: what residents write, and how far it has come, by the actions of its people."""

from __future__ import annotations

import uuid

import numpy as np

from linli.cases.actions.report_case import report_case
from linli.cases.actions.teaching import teach
from linli.demo.case_texts import released, sentence, topics
from linli.demo.duties import fill_duties
from linli.demo.history import fill_history
from linli.matters.actions import dispatching, handling
from linli.matters.duties import duty_of, is_taken_back
from linli.matters.models import Matter
from linli.matters.routing import seats_below
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.models import Account, Division
from linli.territory.models import Building

ENOUGH_TO_LEARN = 500
ANSWER = "已到现场处理，请您看看是否好了；没好请点“重新办理”。"


RECENT = 18  # opened today through the same actions as by anybody, in the ledger one by one


def fill_matters(*, seed: int, history: int) -> int:
    """Write a year of cases, teach the suggestions on them, open today's; returns how many there are.

    Parameters
    ----------
    history
        Cases of the year before.
    """
    officer = actor_of(Account.objects.get(username="quji"))
    street = Division.objects.filter(kind=Division.Kind.STREET).order_by("code")[0]
    fill_duties(officer, street)
    fill_history(history, seed=seed)
    if history >= ENOUGH_TO_LEARN:
        teach()
    return history + _today(officer, seed)


def _today(officer: Actor, seed: int) -> int:
    """Open the day's reports and take them to different stages."""
    rng, words = np.random.default_rng(seed), np.random.default_rng(seed + 11)
    buildings = list(Building.objects.select_related("block__street", "compound").order_by("pk"))
    chosen = [one for one in topics() if one.code not in ("0701", "0103", "1002", "0402")][:RECENT]
    for number, topic in enumerate(chosen):
        building = buildings[int(rng.integers(len(buildings)))]
        compound = building.compound.name if building.compound else ""
        matter = report_case(
            PUBLIC, key=uuid.uuid5(uuid.NAMESPACE_URL, f"linli-demo-{seed}-{number}"), building=building,
            text=sentence(rng, topic, door=str(building), compound=compound), place=str(building),
            kind=Matter.Kind.SUGGESTION if topic.suggestion else Matter.Kind.REPORT,
        )  # fmt: skip
        if number % 4 and matter.category is not None and not matter.category.private:
            dispatching.publish(officer, matter=matter, text=released(words, topic))
        home = matter.division()
        if number % 4 == 0 or home is None or is_taken_back(duty_of(matter, home)):
            continue
        seats = seats_below(home, "matters.handle")
        dispatching.dispatch(officer, matter=matter, to=seats[int(rng.integers(len(seats)))])
        if number % 4 == 1:
            continue
        handling.resolve(officer, matter=matter, text=ANSWER)
        if number % 4 == 3:
            dispatching.verify(officer, matter=matter)
    return len(chosen)
