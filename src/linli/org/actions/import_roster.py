"""Import a roster: every row of it in one transaction, or none."""

from __future__ import annotations

import uuid
from collections import Counter

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.appoint import appoint
from linli.org.actions.create_post import create_post
from linli.org.actions.open_account import open_account
from linli.org.actors import Actor
from linli.org.models import Account, RosterImport
from linli.org.policies import permit
from linli.org.roster import Row, begin_of, plan, read_rows


def upload_roster(actor: Actor, *, name: str, content: bytes, key: uuid.UUID) -> RosterImport:
    """Keep the rows of a roster for preview; the same key again returns the same import.

    Raises
    ------
    django.core.exceptions.ValidationError
        The file is none that can be read.
    """
    permit(actor, "security.accounts")
    permit(actor, "security.grant")
    assert actor.account is not None
    known = RosterImport.objects.filter(key=key, account=actor.account).first()
    if known is not None:
        return known
    rows = read_rows(content, name)
    return RosterImport.objects.create(
        key=key, account=actor.account, name=name[-200:], rows=[row.as_json() for row in rows]
    )


def import_roster(actor: Actor, *, roster: RosterImport) -> dict[str, str]:
    """Open the accounts, make the posts and appoint as the rows say; done again it changes nothing.

    Returns
    -------
    Username of each new account to the password that works once.

    Raises
    ------
    django.core.exceptions.ValidationError
        A row has an error by now: nothing is written.
    """
    permit(actor, "security.accounts")
    permit(actor, "security.grant")
    passwords: dict[str, str] = {}
    opened: dict[str, Account] = {}
    with transaction.atomic():
        held = RosterImport.objects.select_for_update().get(pk=roster.pk)
        if held.done_at is not None:
            return {}
        lines = plan(actor, [Row(**row) for row in held.rows])
        wrong = [line for line in lines if line.problems]
        if wrong:
            raise ValidationError(
                _("有 %(count)d 行有错误，一行也没有导入。请改好文件再上传。") % {"count": len(wrong)}, code="rows"
            )
        for line in lines:
            if line.outcome == "unchanged":
                continue
            assert line.division is not None
            assert line.role is not None
            said = line.row.values
            username = said["username"].lower()
            account = line.account or opened.get(username)
            if account is None:
                account, passwords[username] = open_account(actor, username=username, name=said["name"])
                opened[username] = account
            begin = begin_of(line)
            post = line.post or create_post(
                actor, division=line.division, role=line.role, title=said["title"],
                valid_from=max(line.division.valid_from, timezone.localdate(begin)),
            )  # fmt: skip
            appoint(actor, post=post, account=account, starts_at=begin)
        held.rows, held.done_at = [], timezone.now()
        held.numbers = dict(Counter(line.outcome for line in lines))
        held.save(update_fields=["rows", "done_at", "numbers"])
        actor.record(
            "org.import_roster",
            object=held.reference,
            permission="security.grant",
            content={"file": held.name, "rows": len(lines), "numbers": held.numbers},
        )
    return passwords
