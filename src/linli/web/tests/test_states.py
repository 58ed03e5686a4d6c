"""What was changed behind the ledger's back: things as they stand against what their last entry vouches for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

import linli
from linli.ledger.chain import COLUMNS
from linli.ledger.checking import BEHIND, STRANGE, Standing, check
from linli.ledger.guards import SQLITE
from linli.ledger.models import Entry
from linli.ledger.recording import record, record_sight
from linli.ledger.states import kinds
from linli.ledger.tests.bending import Bender
from linli.ledger.vouching import astray, vouch
from linli.ledger.words import told
from linli.org.actions import appoint, close_account, create_post, open_account
from linli.org.actors import actor_of
from linli.org.models import Post, Role
from linli.org.tests.world import World
from linli.web.actions.acknowledge import acknowledge
from linli.web.tests.filling import fill_every_kind

FORGERIES = 40
# kinds of things that acts are about and that a check does not read again
LEFT_OUT = {
    "job": "the worker moves it on without an act; what it brings about is recorded by itself",
    "suggester": "weights that are trained anew from the matters; it proposes, a person decides",
    "block": "part of its street, whose division is vouched for with all its ground",
    "site": "no row: upgrades, and what is vouched for without an act",
    "matters": "no row: exports, and deletions, whose matters are vouched for by the same entry",
}


def faults() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        return check(cursor, connection.vendor).faults


def test_every_declared_column_stands_and_its_kind_is_of_a_model() -> None:
    shapes = {
        model._meta.db_table: {field.column for field in model._meta.concrete_fields} for model in apps.get_models()
    }
    many = [field for model in apps.get_models() for field in model._meta.many_to_many]
    shapes |= {one.m2m_db_table(): {one.m2m_column_name(), one.m2m_reverse_name()} for one in many}
    for kept in kinds().values():
        assert {kept.key, *kept.columns, *kept.standing} <= shapes[kept.table]
        for part in kept.parts:
            table, column = part.through or (part.table, part.key)
            assert {column, *part.columns} <= shapes[part.table]
            assert part.key in shapes[table]


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


def about(tree: ast.Module) -> Iterator[ast.expr]:
    """Find what acts are recorded about, and how things call themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
            "record", "record_sight",
        ):  # fmt: skip
            yield from (one.value for one in node.keywords if one.arg == "object")
        elif isinstance(node, ast.FunctionDef) and node.name == "reference":
            yield from (one for one in ast.walk(node) if isinstance(one, ast.JoinedStr))


def test_every_kind_that_an_act_is_about_is_read_again_or_left_out_for_a_reason() -> None:
    found, unknown = set(), []
    for path in Path(linli.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "tests" in path.parts or not ("record" in text or "def reference" in text):
            continue
        for said in about(ast.parse(text)):
            first = said.values[0] if isinstance(said, ast.JoinedStr) else said
            if isinstance(first, ast.Constant):
                found.add(str(first.value).partition(":")[0])
            # a thing's own `reference`, which is found where it is defined; or one that was handed on
            elif getattr(said, "attr", getattr(said, "id", "")) not in ("reference", "object", "thing"):
                unknown.append(f"{path.name}: {ast.unparse(said)}")
    assert unknown == []
    assert found - kinds().keys() == set(LEFT_OUT)
    assert kinds().keys() <= found, "a kind that no act is about"


@pytest.mark.django_db
def test_raw_sql_on_any_covered_column_is_found(world: World) -> None:
    passed, played = [], set()
    with transaction.atomic(), connection.cursor() as cursor:
        fill_every_kind(cursor)
        found = check(cursor, connection.vendor)
        assert (found.faults, found.uncovered) == ([], 0)
        for seed in range(FORGERIES):
            with transaction.atomic():
                way = Bender(cursor, connection.vendor, seed).bend()
                with transaction.atomic():
                    bent = check(cursor, connection.vendor)
                transaction.set_rollback(True)
            played.add(way.partition(" ")[0])
            if bent.sound:
                passed.append((seed, way))
        assert check(cursor, connection.vendor).sound
        transaction.set_rollback(True)
    assert passed == []
    assert played == {"value", "NULL", "gone", "more"}


# tables that no check reads again
UNREAD = {
    "jobs_job": LEFT_OUT["job"], "jobs_tick": "when what is done by the clock is next due",
    "planning_run": LEFT_OUT["job"], "planning_neutralsample": "drawn anew from its seed",
    "cases_suggester": LEFT_OUT["suggester"],
    "notices_notice": "on its way: each try changes it; what it says stands in its matter",
    "territory_importproblem": "of a check before an import, made anew", "territory_groundstamp": "when caches end",
    "territory_importundo": "goes with the next import", "territory_columnmapping": "offered, not decided",
    "org_signinfailure": "kept for a day", "org_formerpassword": "no password of his is accepted by it",
    "matters_deletion": "repeats entries of the ledger", "matters_sentform": "keys of forms",
    "ledger_entry": "the chain", "ledger_tile": "the tree", "ledger_checkpoint": "signed",
}  # fmt: skip


def test_every_table_is_read_again_or_left_out_for_a_reason() -> None:
    ours = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("linli.")
    }
    read = {table for kept in kinds().values() for table in (kept.table, *(part.table for part in kept.parts))}
    assert ours - read == set(UNREAD)


@pytest.mark.django_db
def test_a_number_of_another_kind_beside_something_bent_is_told_not_stumbled_over(world: World) -> None:
    account = world.account("jumin")
    record(actor="system", verb="test.act", object=account.reference)
    stood = Standing()
    stood.step("x", account.reference, "=", "{}", "")  # as SQLite hands it out where a forger wrote it
    stood.step(1, None, b"", 2.5, account.reference)
    assert (stood.seq, stood.last) == (0, {})
    if connection.vendor == "sqlite":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE org_account SET email = 'other@example.org' WHERE id = {account.pk}")
            for text in SQLITE:
                cursor.execute(f"DROP TRIGGER {text.split()[2]}")
            names = ", ".join(f'"{name}"' for name in COLUMNS)
            cursor.execute(f"CREATE TABLE loose AS SELECT {names} FROM ledger_entry")
            cursor.execute("INSERT INTO loose SELECT 'x', " + names.partition(", ")[2] + " FROM ledger_entry")
            cursor.execute("DROP TABLE ledger_entry")
            cursor.execute("ALTER TABLE loose RENAME TO ledger_entry")
            stood.catch_up(cursor)
            assert stood.behind(cursor, "sqlite") == [(stood.seq, account.reference)]
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_has_no_entry_is_not_covered_until_it_is_vouched_for_and_then_smuggled_in(world: World) -> None:
    with connection.cursor() as cursor:
        assert check(cursor, connection.vendor).uncovered > 0
        assert faults() == []
        vouched = vouch()
        assert vouched > 0
        assert vouch() == 0, "once is enough"
        assert check(cursor, connection.vendor).uncovered == 0
        smuggled = Post.objects.create(
            division=world.division("团结"), role=Role.objects.order_by("pk")[0], title="后门",
            valid_from=timezone.localdate(),
        )  # fmt: skip
        assert faults() == [(0, f"{STRANGE}: {smuggled.reference}")]
        Role.objects.filter(code="grid_worker").update(permissions=["system.backup"])
        assert astray() == {smuggled.reference, "role:grid_worker"}
        vouch(but=astray())  # an upgrade vouches for nobody's forgery
        assert astray() == {smuggled.reference, "role:grid_worker"}


@pytest.mark.django_db
def test_an_entry_of_other_columns_than_todays_covers_nothing_and_is_no_fault(world: World) -> None:
    account = world.account("jumin")
    record(actor="system", verb="test.act", object=account.reference)
    with connection.cursor() as cursor:
        before = check(cursor, connection.vendor).uncovered
        shape = kinds()["account"].__dict__
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(shape, "shape", "0" * 8)  # as if a column had come since
            found = check(cursor, connection.vendor)
    assert found.faults == []
    assert found.uncovered == before + 1


@pytest.mark.django_db
def test_neither_a_look_nor_a_sign_in_vouches_for_what_was_bent(world: World) -> None:
    account = world.account("jumin")
    record(actor="system", verb="test.act", object=account.reference)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE org_account SET email = 'other@example.org' WHERE id = {account.pk}")
    record_sight(actor="account:1", object=account.reference, fields=["name"], why="核对")
    record(actor="public", verb="org.sign_in_failed", object=account.reference, touched=False)
    assert astray() == {account.reference}


@pytest.mark.django_db
def test_a_break_is_acknowledged_once_with_a_reason_and_stays_on_record(world: World) -> None:
    tender, account = actor_of(world.account("xitong")), world.account("jumin")
    record(actor="system", verb="test.act", object=account.reference)
    with pytest.raises(ValidationError, match="相符"):
        acknowledge(tender, thing=account.reference, why="误改")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE org_account SET is_active = NOT is_active WHERE id = {account.pk}")
    with pytest.raises(PermissionDenied):
        acknowledge(actor_of(world.account("jiedao")), thing=account.reference, why="误改")
    with pytest.raises(ValidationError, match="原因"):
        acknowledge(tender, thing=account.reference, why=" ")
    assert len(faults()) == 1
    entry = acknowledge(tender, thing=account.reference, why="迁移脚本误改，已按审批单改回")
    assert faults() == []
    assert (entry.verb, entry.actor, entry.said["why"]) == (
        "ledger.acknowledge", tender.reference, "迁移脚本误改，已按审批单改回",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_password_that_is_hashed_anew_when_it_is_used_leaves_an_entry(world: World) -> None:
    account, password = open_account(actor_of(world.account("anquan")), username="xinren", name="新人")
    before = account.password
    assert account.check_password(password)
    account.refresh_from_db()
    assert account.password != before
    assert Entry.objects.order_by("-seq")[0].verb == "org.hash_anew"
    assert faults() == []


def test_digests_of_other_things_are_not_read_out_to_people() -> None:
    assert [
        name for name, *_rest in told({"vouched": {"post:1": "=ab"}, "complete": {"post": "ab"}, "x": "1"}, {})
    ] == ["x"]
