"""Writing the tables by which cases are told apart and sent: categories, duty lists, rules, texts for usual answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.cases.models import Route
from linli.matters.models import Category, DutyItem, StandardText
from linli.matters.states import VERBS
from linli.matters.texts import filled
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.models import Division, Post
from linli.org.policies import permit

PERMISSION = "cases.rules"


def write_category(
    actor: Actor, *, category: Category | None = None, code: str, title: str, group: str, national: str = "",
    limits: dict[str, list[Any]] | None = None, private: bool = False, urgent: bool = False, active: bool = True,
    succession: str = Category.Succession.FOLLOW,
) -> Category:  # fmt: skip
    """Add or change a category; one that matters bear is switched off, never deleted."""
    permit(actor, PERMISSION)
    held = category or Category()
    before = _state(held) if held.pk else None
    for name, value in {
        "code": code, "title": title, "group": group, "national": national, "limits": limits or {},
        "private": private, "urgent": urgent, "active": active, "succession": succession,
    }.items():  # fmt: skip
        setattr(held, name, value)
    held.full_clean()
    with transaction.atomic():
        held.save()
        actor.record(
            "cases.write_category", object=f"category:{held.pk}", permission=PERMISSION, before=before,
            after=_state(held), content={"code": held.code, "title": held.title, "active": held.active},
        )  # fmt: skip
    return held


def write_duty(
    actor: Actor, *, list: str, number: int, text: str, owner: str, basis: str, categories: Sequence[Category],
    division: Division, valid_from: date, replaces: DutyItem | None = None,
) -> DutyItem:  # fmt: skip
    """Add an entry to a duty list, or a new version of one; the version before ends the day the new one begins."""
    permit(actor, PERMISSION, division)
    made = DutyItem(
        list=list, number=number, text=text, owner=owner, basis=basis, division=division, valid_from=valid_from
    )
    made.full_clean()
    same = DutyItem.objects.on(valid_from).filter(list=list, number=number, division=division)
    if any(one != replaces for one in same):
        raise ValidationError(_("这张清单已有第 %(number)d 项。") % {"number": number}, code="number")
    with transaction.atomic():
        if replaces is not None:
            _end(replaces, valid_from)
        made.save()
        made.categories.set(categories)
        actor.record(
            "cases.write_duty", object=f"duty:{made.pk}", permission=PERMISSION,
            content={"list": list, "number": number, "text": text, "owner": owner,
                     "categories": sorted(one.code for one in categories)},
            also=[f"duty:{replaces.pk}"] if replaces is not None else [],
        )  # fmt: skip
    return made


def end_duty(actor: Actor, *, duty: DutyItem, on: date) -> None:
    """Let an entry hold no longer, from a day on."""
    permit(actor, PERMISSION, duty.division)
    with transaction.atomic():
        _end(duty, on)
        actor.record(
            "cases.end_duty", object=f"duty:{duty.pk}", permission=PERMISSION,
            content={"list": duty.list, "number": duty.number, "on": on.isoformat()},
        )  # fmt: skip


def write_route(
    actor: Actor, *, title: str, basis: str, valid_from: date, group: str = "", category: Category | None = None,
    kind: str = "", source: str = "", urgent: bool = False, within: Division | None = None, level: str = "",
    post: Post | None = None, replaces: Route | None = None,
) -> Route:  # fmt: skip
    """Add a rule, or a new version of one; rules are never changed in place, so what a rule did can be told later."""
    permit(actor, PERMISSION, within)
    made = Route(
        title=title, basis=basis, valid_from=valid_from, group=group, category=category, kind=kind, source=source,
        urgent=urgent, within=within, level=level, post=post,
    )  # fmt: skip
    check_route(made)
    with transaction.atomic():
        if replaces is not None:
            _end(replaces, valid_from)
        made.save()
        forget_brief()
        actor.record(
            "cases.write_route", object=f"route:{made.pk}", permission=PERMISSION,
            content={"title": title, "category": category.code if category else None, "group": group, "level": level,
                     "post": post.reference if post else None, "within": within.reference if within else None,
                     "from": valid_from.isoformat()},
            also=[f"route:{replaces.pk}"] if replaces is not None else [],
        )  # fmt: skip
    return made


def check_route(route: Route) -> None:
    """Refuse a rule that says nothing, or two things at once."""
    route.full_clean(exclude=["valid_to"])
    if bool(route.post) == bool(route.level):
        raise ValidationError({"level": _("请选一级，或指定一个岗位，二者选一。")})
    if route.category is not None and route.group and route.category.group != route.group:
        raise ValidationError({"group": _("这个类别不在这个大类里。")})


def end_route(actor: Actor, *, route: Route, on: date) -> None:
    """Let a rule hold no longer, from a day on."""
    permit(actor, PERMISSION, route.within)
    with transaction.atomic():
        _end(route, on)
        actor.record(
            "cases.end_route", object=f"route:{route.pk}", permission=PERMISSION,
            content={"title": route.title, "on": on.isoformat()},
        )  # fmt: skip


def write_text(
    actor: Actor, *, verb: str, title: str, text: str, category: Category | None = None, active: bool = True,
    standard: StandardText | None = None,
) -> StandardText:  # fmt: skip
    """Add or change a text for a usual answer."""
    permit(actor, PERMISSION)
    if verb not in VERBS:
        raise ValidationError(_("没有这个动作。"), code="verb")
    held = standard or StandardText()
    held.verb, held.title, held.text, held.category, held.active = verb, title, text, category, active
    held.full_clean()
    if not {"{", "}"}.isdisjoint(filled(text, number="", place="")):
        raise ValidationError(_("花括号里只能写 number 或 place。"), code="text")
    with transaction.atomic():
        held.save()
        actor.record(
            "cases.write_text", object=f"text:{held.pk}", permission=PERMISSION,
            content={"verb": verb, "title": title, "active": active},
        )  # fmt: skip
    return held


def _end(row: DutyItem | Route, on: date) -> None:
    if on < timezone.localdate():
        raise ValidationError(_("不能早于今天。"), code="on")
    if row.valid_to is not None and row.valid_to <= on:
        raise ValidationError(_("已经停用。"), code="on")
    row.valid_to = max(on, row.valid_from)
    forget_brief()
    row.save(update_fields=["valid_to"])


def _state(category: Category) -> dict[str, Any]:
    return {
        name: getattr(category, name)
        for name in ("code", "title", "group", "national", "limits", "private", "urgent", "succession", "active")
    }
