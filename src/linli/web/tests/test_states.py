"""What was changed behind the ledger's back: things as they stand against what their last entry vouches for."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from linli.ledger.checking import BEHIND, check
from linli.ledger.models import Entry
from linli.ledger.states import kinds
from linli.org.actions import appoint, close_account, create_post, open_account
from linli.org.actors import actor_of
from linli.org.models import Post, Role
from linli.org.tests.world import World


def faults() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        return check(cursor, connection.vendor).faults


def test_every_declared_column_stands_and_its_kind_is_of_a_model() -> None:
    shapes = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields} for model in apps.get_models()
    }
    assert {"account", "post", "assignment", "matter", "token"} <= kinds().keys()
    for kept in kinds().values():
        assert set(kept.columns) <= shapes[kept.table]
        for part in kept.parts:
            assert {part.key, *part.columns} <= shapes[part.table]


@pytest.mark.django_db
def test_a_right_given_by_raw_sql_is_found(world: World) -> None:
    security = actor_of(world.account("anquan"))
    account, _password = open_account(security, username="xinren", name="新人")
    role = Role.objects.get(code=Post.objects.order_by("pk")[0].role.code)
    post = create_post(
        security, division=world.division("团结"), role=role, title="新岗", valid_from=timezone.localdate()
    )
    with transaction.atomic():
        appoint(security, post=post, account=account, starts_at=timezone.now())
        assert faults() == []
        last = dict(Entry.objects.order_by("seq").values_list("object", "seq"))
        for bent in (
            f"UPDATE org_tenure SET account_id = 1 WHERE post_id = {post.pk}",
            f"UPDATE org_account SET username = 'other' WHERE id = {account.pk}",
            f"UPDATE org_post SET role_id = (SELECT MAX(id) FROM org_role WHERE id <> role_id) WHERE id = {post.pk}",
            f"UPDATE org_tenure SET ends_at = starts_at WHERE post_id = {post.pk}",
            f"DELETE FROM org_tenure WHERE post_id = {post.pk}",
        ):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(bent)
                found = faults()
                transaction.set_rollback(True)
            about = account if "org_account" in bent else post
            assert found == [(last[about.reference], f"{BEHIND}: {about.reference}")], bent
        close_account(security, account=account)
        assert faults() == []
