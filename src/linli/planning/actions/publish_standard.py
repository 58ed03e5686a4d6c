"""Publish a new version of a size standard; the old ones stay, so that old diagnoses keep theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.models import Standard
from linli.planning.norms import in_words
from linli.planning.standards import COMPARED, fields_of
from linli.plans.profiles import profile_from


def publish_standard(actor: Actor, *, code: str, valid_from: date, **changed: Any) -> Standard:
    """Publish what changes against the newest version of a code; a code not known yet begins at version 1.

    Parameters
    ----------
    actor
        Needs `planning.standards`.
    code
        Of the standard, such as `local-1500-3500`.
    valid_from
        First day on which the version holds.
    changed
        Fields of `COMPARED` that differ from the newest version.

    Returns
    -------
    The version; the newest one as it stands where nothing differs, so that a double click publishes once.

    Raises
    ------
    ValidationError
        A bound that is not right, an unknown field, or a first day before the newest version's.
    PermissionDenied
        The actor may not.
    """
    permit(actor, "planning.standards")
    unknown = sorted(set(changed) - set(COMPARED))
    if unknown:
        raise ValidationError(_("规模标准没有这一项：%(name)s") % {"name": unknown[0]}, code="field")
    with transaction.atomic():
        newest = Standard.objects.select_for_update().filter(code=code).order_by("-version").first()
        base = (
            {name: getattr(newest, name) for name in (*COMPARED, "statutory")}
            if newest
            else fields_of(profile_from(code, {}))
        )
        wanted = {**base, **changed, "valid_from": valid_from}
        if newest and all(getattr(newest, name) == wanted[name] for name in COMPARED):
            return newest
        made = Standard(code=code, version=newest.version + 1 if newest else 1, **wanted)
        _check(made, newest)
        made.full_clean()
        made.save()
        content: dict[str, Any] = {name: wanted[name] for name in COMPARED if name != "norms"}
        with override("zh-hans"):  # the ledger's own words
            old, new = dict(in_words(base["norms"])), in_words(wanted["norms"])
            content["changed"] = {words: value for words, value in new if old.get(words) != value}
        content["valid_from"] = valid_from.isoformat()
        actor.record(
            "planning.publish_standard",
            object=made.reference,
            permission="planning.standards",
            before={"version": newest.version} if newest else None,
            after=content,
            public=True,
            content={"code": code, "version": made.version, **content},
        )
    return made


def _check(made: Standard, newest: Standard | None) -> None:
    least, most = made.households_least, made.households_most
    if (least is None) != (most is None):
        raise ValidationError({"households_most": _("户数下限和上限请一并填写")})
    if least is not None and most is not None and (most < 1 or least > most):
        raise ValidationError({"households_most": _("户数上限须不低于下限，且不少于1户")})
    if made.split_above is not None and made.split_above < 1:
        raise ValidationError({"split_above": _("拆分门槛须不少于1户")})
    if newest and newest.valid_from and made.valid_from and made.valid_from < newest.valid_from:
        raise ValidationError({"valid_from": _("施行日期不能早于上一版")})
