"""The pages of accounts, roles and oneself: masks, sights, passwords that work once, who may what."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from linli.ledger.models import Entry
from linli.org import actions, lockout
from linli.org.actors import actor_of
from linli.org.limits import forget_all
from linli.org.models import Account, Role
from linli.org.tests.world import PASSWORD, World

Queries = Callable[[int], AbstractContextManager[object]]
SIGN_IN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_limits(world: World) -> None:
    forget_all()


def test_the_list_masks_names_and_costs_the_same_for_sixty(
    world: World, client_of: Callable[[str], Client], django_assert_max_num_queries: Queries
) -> None:
    guard = actor_of(world.account("anquan"))
    for number in range(60):
        actions.open_account(guard, username=f"xinren{number}", name="新人甲")
    browser = client_of("anquan")
    browser.get("/")
    with django_assert_max_num_queries(9):
        page = browser.get("/org/accounts/").content.decode()
    assert "经办杨四" not in page
    assert "经***" in page


def test_a_full_name_costs_a_reason_and_its_owner_reads_it(world: World, client_of: Callable[[str], Client]) -> None:
    guard, clerk = client_of("anquan"), world.account("jiedao")
    here = f"/org/accounts/{clerk.pk}/"
    assert guard.post(f"{here}see", {"why": ""}).status_code == 422
    assert "经办杨四" in guard.post(f"{here}see", {"why": "办理交接"}).content.decode()
    assert "经办杨四" not in guard.get(here).content.decode()
    assert "办理交接" in client_of("jiedao").get("/my/sights").content.decode()


def password_in(page: str) -> str:
    found = re.search(r'class="secret">([a-z0-9-]+)<', page)
    assert found is not None
    return found[1]


def test_a_new_account_signs_in_once_and_must_change_its_password(
    world: World, client_of: Callable[[str], Client]
) -> None:
    page = client_of("anquan").post("/org/accounts/open", {"username": "Xin.Ren", "name": "新人甲"}).content.decode()
    password = password_in(page)
    browser = Client()
    assert browser.post(SIGN_IN, {"login": "xin.ren", "password": password}).status_code == 302
    assert browser.get("/where/")["Location"] == "/accounts/password/change/"
    change = {"oldpassword": password, "password1": "yizhi-xiao-mao-88", "password2": "yizhi-xiao-mao-88"}
    assert browser.post("/accounts/password/change/", change).status_code == 302
    assert browser.get("/where/").status_code == 200
    assert Account.objects.get(username="xin.ren").password.startswith("md5$"), "hashed as slowly as any other by now"


@pytest.mark.parametrize(
    ("username", "name", "words"),
    [("jiedao", "甲乙", "已存在"), ("甲", "甲乙", "不合规则"), ("good", "甲", "须为")],
)
def test_a_wrong_account_is_not_opened(
    client_of: Callable[[str], Client], username: str, name: str, words: str
) -> None:
    count = Account.objects.count()
    answer = client_of("anquan").post("/org/accounts/open", {"username": username, "name": name})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Account.objects.count() == count


def test_a_reset_ends_open_sessions(world: World, client_of: Callable[[str], Client]) -> None:
    clerk, account = client_of("jiedao"), world.account("jiedao")
    page = client_of("anquan").post(f"/org/accounts/{account.pk}/reset-password").content.decode()
    assert clerk.get("/my/").status_code == 302
    assert Client().post(SIGN_IN, {"login": "jiedao", "password": PASSWORD}).status_code == 200
    assert Client().post(SIGN_IN, {"login": "jiedao", "password": password_in(page)}).status_code == 302
    assert password_in(page) not in "".join(Entry.objects.values_list("content", flat=True))


def test_a_closed_account_is_out_at_the_next_click(world: World, client_of: Callable[[str], Client]) -> None:
    clerk, account = client_of("jiedao"), world.account("jiedao")
    assert client_of("anquan").post(f"/org/accounts/{account.pk}/close").status_code == 302
    assert clerk.get("/my/").status_code == 302
    refused = Client()
    refused.post(SIGN_IN, {"login": "jiedao", "password": PASSWORD})
    assert "_auth_user_id" not in refused.session
    assert actor_of(Account.objects.get(pk=account.pk)).posts == ()


def test_nobody_closes_or_resets_himself(world: World, client_of: Callable[[str], Client]) -> None:
    guard, own = client_of("anquan"), world.account("anquan")
    for act in ("close", "reset-password"):
        assert guard.post(f"/org/accounts/{own.pk}/{act}").status_code == 422


def test_a_lock_is_shown_and_lifted(world: World, client_of: Callable[[str], Client]) -> None:
    for _ in range(5):
        Client().post(SIGN_IN, {"login": "jiedao", "password": "bu-shi"})
    guard, account = client_of("anquan"), world.account("jiedao")
    assert "已锁定" in guard.get(f"/org/accounts/{account.pk}/").content.decode()
    assert guard.post(f"/org/accounts/{account.pk}/unlock").status_code == 302
    assert not lockout.locked("jiedao")
    assert Client().post(SIGN_IN, {"login": "jiedao", "password": PASSWORD}).status_code == 302


def test_roles_are_changed_for_all_holders_at_once(world: World, client_of: Callable[[str], Client]) -> None:
    clerk = client_of("jiedao")
    role = Role.objects.get(code="street_clerk")
    fewer = [permission for permission in role.permissions if permission != "planning.diagnose"]
    assert client_of("anquan").post("/org/roles/street_clerk", {"permissions": fewer}).status_code == 302
    assert clerk.get("/planning/diagnosis/").status_code == 404


@pytest.mark.parametrize(
    ("code", "permissions", "words"),
    [
        ("street_clerk", ["audit.read", "system.jobs"], "三员分立"),
        ("security_administrator", ["org.view"], "自己所任岗位"),
        ("street_clerk", ["matters.fly"], "matters.fly"),
    ],
)
def test_a_role_keeps_the_three_administrations_apart(
    client_of: Callable[[str], Client], code: str, permissions: list[str], words: str
) -> None:
    before = Role.objects.get(code=code).permissions
    answer = client_of("anquan").post(f"/org/roles/{code}", {"permissions": permissions})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Role.objects.get(code=code).permissions == before


def test_my_page_tells_my_posts_and_sign_ins(world: World) -> None:
    browser = Client()
    browser.post(SIGN_IN, {"login": "jiedao", "password": "bu-shi"})
    browser.post(SIGN_IN, {"login": "jiedao", "password": PASSWORD})
    page = browser.get("/my/").content.decode()
    assert "铜源街道" in page
    assert "导入地块" in page
    assert page.index("成功") < page.index("失败")


@pytest.mark.parametrize("password", ["duan", "1234567890", "jiedao-jiedao", "password123", PASSWORD])
def test_a_weak_or_used_password_is_refused(world: World, password: str) -> None:
    account = world.account("jiedao")
    with pytest.raises(ValidationError):
        actions.change_password(actor_of(account), account=account, password=password)


def test_an_idle_session_ends(world: World, client_of: Callable[[str], Client]) -> None:
    browser = client_of("jiedao")
    browser.get("/my/")
    session = browser.session
    session["seen"] = session["seen"] - 31 * 60
    session.save()
    assert browser.get("/my/").status_code == 302
    assert Entry.objects.filter(verb="org.sign_out").exists()


def test_an_administrator_sets_up_his_code_before_anything_else(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR = True
    browser = Client()
    browser.post(SIGN_IN, {"login": "anquan", "password": PASSWORD})
    assert browser.get("/org/accounts/")["Location"] == "/accounts/2fa/totp/activate/"
    clerk = Client()
    clerk.post(SIGN_IN, {"login": "jiedao", "password": PASSWORD})
    assert clerk.get("/org/").status_code == 200
