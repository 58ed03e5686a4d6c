"""The small world of every test: one district, two streets, four communities, a grid, and eight people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from linli.org.models import Account, Division, DivisionName, Post, Role, Tenure

BEGAN = date(2020, 1, 1)
PASSWORD = "ceshi-mima-2026"

# username, name, role, division, title of the post
PEOPLE = (
    ("jumin", "居民刘一", "", "", ""),
    ("wangge", "网格员陈二", "grid_worker", "团结第一网格", "网格员"),
    ("shuji", "书记张三", "community_secretary", "团结", "社区书记"),
    ("jiedao", "经办杨四", "street_clerk", "铜源街道", "经办"),
    ("quji", "科员赵五", "district_officer", "云川区", "基层治理科科员"),
    ("xitong", "系统管理员钱六", "system_administrator", "云川区", "系统管理员"),
    ("anquan", "安全管理员孙七", "security_administrator", "云川区", "安全管理员"),
    ("shenji", "审计管理员李八", "audit_administrator", "云川区", "审计管理员"),
)
# name, code, kind, parent
DIVISIONS = (
    ("云川区", "539901000000", "district", ""),
    ("铜源街道", "539901001000", "street", "云川区"),
    ("兴铜街道", "539901002000", "street", "云川区"),
    ("团结", "539901001001", "community", "铜源街道"),
    ("白云", "539901001002", "community", "铜源街道"),
    ("京铜", "539901001003", "community", "铜源街道"),
    ("东门", "539901002001", "community", "兴铜街道"),
    ("团结第一网格", "539901001001001", "grid", "团结"),
)


@dataclass(frozen=True)
class World:
    """What stands in the test database; look things up by name."""

    def account(self, username: str) -> Account:
        """One of `PEOPLE`."""
        return Account.objects.get(username=username)

    def division(self, name: str) -> Division:
        """One of `DIVISIONS`."""
        return Division.objects.get(name=name)


def build_world() -> World:
    """Make the world, straight in the database."""
    divisions: dict[str, Division] = {}
    for name, code, kind, parent in DIVISIONS:
        division = Division(name=name, code=code, kind=kind, parent=divisions.get(parent), valid_from=BEGAN)
        division.save()
        divisions[name] = division
        DivisionName.objects.create(division=division, name=name, valid_from=BEGAN)
    for username, name, role, place, title in PEOPLE:
        account = Account.objects.create_account(username, name=name, password=PASSWORD)
        if role:
            post = Post.objects.create(
                division=divisions[place], role=Role.objects.get(code=role), title=title, valid_from=BEGAN
            )
            Tenure.objects.create(post=post, account=account, starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    return World()
