"""What a person keeps for himself, and what leaves the site: saved filters, exports."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.matters.models import SavedFilter
from linli.org.actors import Actor
from linli.org.policies import permit

MOST_FILTERS = 20


def save_filter(actor: Actor, *, name: str, question: str) -> SavedFilter:
    """Keep a list by a name; the same name again replaces it."""
    permit(actor, "matters.view")
    if actor.account is None:
        raise PermissionDenied("matters.view")
    name = name.strip()
    if not name or len(name) > 20:
        raise ValidationError(_("名称一到二十个字。"), code="name")
    with transaction.atomic():
        known = SavedFilter.objects.filter(account=actor.account)
        if known.exclude(name=name).count() >= MOST_FILTERS:
            raise ValidationError(_("最多存 %(most)d 个，先删一个。") % {"most": MOST_FILTERS}, code="name")
        made, _new = SavedFilter.objects.update_or_create(
            account=actor.account, name=name, defaults={"question": question[:400]}
        )
        actor.record("matters.save_filter", object=f"filter:{made.pk}", content={"name": name})
    return made


def forget_filter(actor: Actor, *, saved: SavedFilter) -> None:
    """Keep a list no longer."""
    if actor.account is None or saved.account_id != actor.account.pk:
        raise PermissionDenied("matters.view")
    with transaction.atomic():
        key = saved.pk
        saved.delete()
        actor.record("matters.forget_filter", object=f"filter:{key}", content={"name": saved.name})


def record_export(actor: Actor, *, number: int, question: str, why: str) -> int:
    """Record that matters leave the site; returns the number of the ledger's entry, which stands in the file."""
    permit(actor, "matters.export")
    if not why.strip():
        raise ValidationError(_("请写明导出做什么用。"), code="why")
    with transaction.atomic():
        entry = actor.record(
            "matters.export", object="matters", permission="matters.export",
            content={"number": number, "question": question, "why": why.strip()[:120]},
        )  # fmt: skip
    return int(entry.seq)
