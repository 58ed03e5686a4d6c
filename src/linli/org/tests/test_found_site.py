"""A new site: its district and three administrators, once, by whoever holds the machine."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from linli.ledger.models import Entry
from linli.org.actions import found_site
from linli.org.actions.found_site import ADMINISTRATORS
from linli.org.actors import SYSTEM, actor_of
from linli.org.models import Account, Division, DivisionName, Post, Tenure
from linli.org.tests.world import World

PEOPLE = {"xitong": "钱六", "anquan": "孙七", "shenji": "李八"}
ASKED = {"name": "新区", "code": "539902000000", "valid_from": date(2026, 1, 1), "people": PEOPLE}


@pytest.fixture
def empty(world: World) -> None:
    """A site without divisions and accounts."""
    for model in (Tenure, Post, DivisionName):
        model.objects.all().delete()
    for kind in reversed(Division.Kind.values):
        Division.objects.filter(kind=kind).delete()
    Account.objects.all().delete()


def test_three_persons_are_seated_and_none_of_them_does_the_work_of_another(empty: None) -> None:
    passwords = found_site(SYSTEM, **ASKED)
    assert set(passwords) == set(ADMINISTRATORS)
    district = Division.objects.get()
    assert (district.code, district.status) == ("539902000000", "formal")
    for username, role in ADMINISTRATORS.items():
        account = Account.objects.get(username=username)
        assert account.check_password(passwords[username])
        assert account.must_change_password
        assert [post.role.code for post in actor_of(account).posts] == [role]
    assert actor_of(Account.objects.get(username="anquan")).may("security.grant", district)
    assert not actor_of(Account.objects.get(username="anquan")).may("audit.read")
    assert Entry.objects.filter(verb="org.appoint", actor="system").count() >= 3


def test_an_empty_site_says_what_to_do(empty: None) -> None:
    assert "linli found" in Client().get("/").content.decode()


def test_a_founded_site_says_nothing_of_it(world: World) -> None:
    assert "linli found" not in Client().get("/").content.decode()


def test_a_founded_site_is_not_founded_again(world: World) -> None:
    with pytest.raises(ValidationError, match="不能再次建站"):
        found_site(SYSTEM, **ASKED)


@pytest.mark.parametrize(
    ("people", "code"), [({**PEOPLE, "shenji": "孙七"}, "separation"), ({"xitong": "钱六"}, "people")]
)
def test_three_persons_are_needed(db: None, people: dict[str, str], code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        found_site(SYSTEM, **{**ASKED, "people": people})
    assert refused.value.code == code


def test_no_account_founds_a_site(world: World) -> None:
    with pytest.raises(PermissionDenied):
        found_site(actor_of(world.account("anquan")), **ASKED)


def test_each_administrator_has_a_role_of_his_own() -> None:
    assert len(set(ADMINISTRATORS.values())) == 3
