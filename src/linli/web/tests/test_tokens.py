"""A token never does more than its account may now."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from linli.ledger.models import Entry
from linli.org.actions import close_account, reset_password
from linli.org.actors import PUBLIC, Actor, actor_of
from linli.org.lockout import key_of
from linli.org.models import SignInFailure, Tenure
from linli.org.tests.world import World
from linli.web.actions.issue_token import issue_token
from linli.web.actions.revoke_token import revoke_token
from linli.web.models import Token
from linli.web.tokens import actor_of_token, note_use, token_of


@pytest.fixture
def clerk(world: World) -> Actor:
    return actor_of(world.account("jiedao"))


def secret_of(actor: Actor, *scopes: str) -> str:
    return issue_token(actor, name="户数同步", scopes=scopes, days=30)[1]


def by_token(secret: str) -> Actor:
    token = token_of(secret)
    assert token
    return actor_of_token(token)


def test_a_token_has_its_scopes_in_the_areas_of_its_account_only(world: World, clerk: Actor) -> None:
    actor = by_token(secret_of(clerk, "territory.view"))
    assert actor.may("territory.view", world.division("团结"))
    assert not actor.may("territory.view", world.division("东门"))
    assert not actor.may("territory.import")


def test_leaving_the_post_takes_the_rights_of_the_token(world: World, clerk: Actor) -> None:
    secret = secret_of(clerk, "territory.view")
    Tenure.objects.filter(account=clerk.account).update(ends_at=timezone.now())
    assert not by_token(secret).may("territory.view")


def test_a_reset_password_and_a_closed_account_end_every_token(world: World, clerk: Actor) -> None:
    administrator = actor_of(world.account("anquan"))
    for end in (reset_password, close_account):
        secrets = [secret_of(clerk, "territory.view") for _ in range(2)]
        assert all(token_of(secret) for secret in secrets)
        end(administrator, account=world.account("jiedao"))
        assert not any(token_of(secret) for secret in secrets)
        assert Token.objects.exclude(revoked_at=None).count() in (2, 4)
    assert Entry.objects.filter(verb="web.revoke_token", actor=administrator.reference).count() == 4
    secret = secret_of(actor_of(world.account("quji")), "territory.view")
    for _ in range(9):
        SignInFailure.objects.create(key=key_of("quji"), address="203.0.113.9", at=timezone.now())
    assert token_of(secret), "a stranger who guesses passwords stops nobody's programs"


def test_only_a_digest_is_kept_and_the_ledger_holds_no_secret(clerk: Actor) -> None:
    token, secret = issue_token(clerk, name="户数同步", scopes=["territory.view"], days=30)
    assert secret not in str(Token.objects.filter(pk=token.pk).values())
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.verb, entry.public) == ("web.issue_token", False)
    assert secret not in str(entry.content)


def test_a_second_click_makes_no_second_token(clerk: Actor) -> None:
    key = uuid.uuid4()
    first = issue_token(clerk, name="户数同步", scopes=[], days=30, key=key)
    assert issue_token(clerk, name="户数同步", scopes=[], days=30, key=key) == (first[0], "")


def test_an_expired_token_and_one_of_a_disabled_account_do_not_work(clerk: Actor) -> None:
    secret = secret_of(clerk)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert token_of(secret) is None
    other = secret_of(clerk)
    assert clerk.account
    clerk.account.is_active = False
    clerk.account.save()
    assert token_of(other) is None


def test_a_revoked_token_is_refused_at_once_and_recorded_once(clerk: Actor) -> None:
    token, secret = issue_token(clerk, name="户数同步", scopes=[], days=30)
    revoke_token(clerk, token=token)
    revoke_token(clerk, token=token)
    assert token_of(secret) is None
    assert Entry.objects.filter(verb="web.revoke_token", object=token.reference).count() == 1


def test_nobody_revokes_the_token_of_another(world: World, clerk: Actor) -> None:
    token, _ = issue_token(clerk, name="户数同步", scopes=[], days=30)
    with pytest.raises(PermissionDenied):
        revoke_token(actor_of(world.account("quji")), token=token)


@pytest.mark.parametrize("scope", ["planning.standards", "security.grant", "audit.read", "no.such"])
def test_a_scope_that_one_does_not_hold_is_refused(clerk: Actor, scope: str) -> None:
    with pytest.raises(ValidationError):
        secret_of(clerk, scope)


@pytest.mark.parametrize(("name", "days"), [("", 30), (" ", 30), ("长" * 61, 30), ("户数同步", 0), ("户数同步", 367)])
def test_a_token_has_a_purpose_and_an_end(clerk: Actor, name: str, days: int) -> None:
    with pytest.raises(ValidationError):
        issue_token(clerk, name=name, scopes=[], days=days)


def test_the_public_has_no_tokens(db: None) -> None:
    with pytest.raises(PermissionDenied):
        issue_token(PUBLIC, name="户数同步", scopes=[], days=30)


def test_the_day_of_the_last_use_is_kept(clerk: Actor) -> None:
    token = token_of(secret_of(clerk))
    assert token
    note_use(token)
    assert Token.objects.get(pk=token.pk).last_used_on == timezone.localdate()
