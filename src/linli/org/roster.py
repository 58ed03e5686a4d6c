"""A roster of staff as a workbook: reading its rows, and what each of them would do, before anything is done."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.errors import InputError
from linli.geodata.workbook_guard import check_workbook
from linli.org.actors import Actor
from linli.org.days import holding
from linli.org.models import Account, Division, Post, Role, Tenure
from linli.org.person import clean_name, clean_username
from linli.org.separation import Span, check_separation, spans_of, spheres
from linli.written import day_of, gone

MOST_ROWS = 1000
MOST_BYTES = 2 * 2**20
MOST_UNPACKED = 50 * 2**20
MOST_CHARACTERS = 200
MOST_LINES, MOST_COLUMNS = 5000, 60  # empty ones included

# field to the heads under which it is found, the first of them in the template
HEADS: dict[str, tuple[str, ...]] = {
    "username": ("账号", "username", "登录名"),
    "name": ("姓名", "name"),
    "division": ("区划代码", "division", "所属区划", "区划"),
    "title": ("岗位", "post", "岗位名称"),
    "role": ("角色", "role"),
    "starts_on": ("到岗日期", "starts on", "到岗"),
}
OPTIONAL = frozenset({"starts_on"})

OUTCOMES: dict[str, str | Promise] = {
    "opened": gettext_lazy("开通账号并任命"),
    "appointed": gettext_lazy("任命"),
    "unchanged": gettext_lazy("不变"),
    "wrong": gettext_lazy("有错误"),
}


@dataclass(frozen=True)
class Row:
    """One line of the file, as it stands there."""

    number: int
    values: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept between preview and import."""
        return {"number": self.number, "values": self.values}


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line: in which column, with which value, and what to do."""

    column: str
    value: str
    words: str


@dataclass
class Line:
    """What a row would do."""

    row: Row
    outcome: str = "wrong"
    problems: list[Problem] = field(default_factory=list)
    account: Account | None = None
    division: Division | None = None
    role: Role | None = None
    post: Post | None = None  # the seat that it takes; None where one is made for it
    starts_on: date | None = None

    @property
    def words(self) -> str:
        """The outcome as people read it."""
        return str(OUTCOMES[self.outcome])


def read_rows(content: bytes, name: str) -> list[Row]:
    """Read the rows of a roster.

    Raises
    ------
    django.core.exceptions.ValidationError
        It is no workbook, too large, lacks a column, or holds no row.
    """
    import openpyxl

    if len(content) > MOST_BYTES:
        raise ValidationError(_("文件超过 2 MB，请分几次导入。"), code="size")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
                raise ValidationError(_("文件解开后太大，请分几次导入。"), code="size")
        check_workbook(io.BytesIO(content), most_unpacked=MOST_UNPACKED)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        # a sheet may claim a cell at its far end; what lies between is not made
        cells = book.worksheets[0].iter_rows(max_row=MOST_LINES, max_col=MOST_COLUMNS)
        head = [_text(cell) for cell in next(cells, ())]
    except (InputError, zipfile.BadZipFile, KeyError, OSError, ValueError, IndexError, TypeError) as error:
        raise ValidationError(
            _("“%(name)s”不是 XLSX 工作簿，或已损坏。请用模板另存后再传。") % {"name": name}, code="kind"
        ) from error
    columns = {
        key: next((at for at, said in enumerate(head) if said.strip().lower() in heads), -1)
        for key, heads in HEADS.items()
    }
    lacking = [HEADS[key][0] for key, at in columns.items() if at < 0 and key not in OPTIONAL]
    if lacking:
        raise ValidationError(
            _("第一行缺少这些列：%(names)s。请用模板填写。") % {"names": "、".join(lacking)}, code="columns"
        )
    rows = []
    for number, line in enumerate(cells, 2):
        values = {key: _text(line[at]) if 0 <= at < len(line) else "" for key, at in columns.items()}
        if any(value.strip() for value in values.values()):
            rows.append(Row(number, {key: value.strip()[:MOST_CHARACTERS] for key, value in values.items()}))
        if len(rows) > MOST_ROWS:
            raise ValidationError(_("超过 1,000 行，请分几次导入。"), code="rows")
    if not rows:
        raise ValidationError(_("第一行以下没有内容。"), code="rows")
    return rows


def plan(actor: Actor, rows: Sequence[Row]) -> list[Line]:
    """Say what each row would do; nothing is written, the number of queries does not grow with the rows."""
    lines = [Line(row) for row in rows]
    now, today = timezone.now(), timezone.localdate()
    divisions = _by_code(row.values["division"] for row in rows)
    roles = {word: role for role in Role.objects.all() for word in (role.code, role.name, role.name_en) if word}
    known = Account.objects.filter(username__in={row.values["username"].lower() for row in rows})
    accounts = {account.username: account for account in known}
    found = Post.objects.filter(holding(today), division__in=divisions.values()).select_related("role", "division")
    posts = list(found)
    sitting: dict[int, list[Tenure]] = {}
    for tenure in Tenure.objects.filter(post__in=posts).exclude(ends_at__lte=now).order_by("starts_at"):
        sitting.setdefault(tenure.post_id, []).append(tenure)
    seats = {(post.division_id, post.title, post.role_id): [] for post in posts}  # type: ignore[var-annotated]
    for post in posts:
        seats[post.division_id, post.title, post.role_id].append(post)
    seen: dict[tuple[str, ...], int] = {}
    names: dict[str, tuple[str, int]] = {}
    spans: dict[str, list[Span]] = {}
    for line in lines:
        _read(actor, line, divisions, roles, accounts, seen, names)
        if line.problems or line.division is None or line.role is None:
            continue
        here = seats.setdefault((line.division.pk, line.row.values["title"], line.role.pk), [])
        _seat(line, here, sitting)
        if line.outcome != "unchanged":
            _separate(line, spans)
    return lines


def _read(
    actor: Actor,
    line: Line,
    divisions: dict[str, Division],
    roles: dict[str, Role],
    accounts: dict[str, Account],
    seen: dict[tuple[str, ...], int],
    names: dict[str, tuple[str, int]],
) -> None:
    """Look at each column of a row by itself."""
    said = line.row.values

    def wrong(key: str, words: str) -> None:
        line.problems.append(Problem(HEADS[key][0], said[key], words))

    for key, value in said.items():
        if value.startswith("="):
            wrong(key, _("这是公式。请复制后“粘贴为数值”。"))
        elif gone(value):
            wrong(key, _("文字里有看不见的控制字符，请重新输入这一格。"))
        elif not value and key not in OPTIONAL:
            wrong(key, _("不能为空。"))
    if line.problems:
        return
    try:
        username = clean_username(said["username"])
        line.account = accounts.get(username)
    except ValidationError as error:
        username = ""
        wrong("username", error.messages[0])
    try:
        name = clean_name(said["name"])
        if line.account is not None and line.account.name != name:
            wrong("name", _("这个账号已开通给另一个姓名。同名不同人请换账号；改名请找安全管理员。"))
        before = names.setdefault(username, (name, line.row.number))
        if before[0] != name:
            wrong("name", _("与第 %(row)d 行账号相同、姓名不同。") % {"row": before[1]})
    except ValidationError as error:
        wrong("name", error.messages[0])
    line.division, line.role = divisions.get(said["division"]), roles.get(said["role"])
    if line.division is None:
        wrong("division", _("没有这个区划代码。代码见模板第二张表。"))
    elif not (actor.may("security.grant", line.division) and actor.may("security.accounts", line.division)):
        wrong("division", _("这个区划不归您管。"))
    elif line.division.valid_to is not None:
        wrong("division", _("这个区划已撤销或将撤销。"))
    if line.role is None:
        names_of_roles = "、".join(sorted({role.name for role in roles.values()}))
        wrong("role", _("没有这个角色。可用的是：%(names)s。") % {"names": names_of_roles})
    if line.account is not None and not line.account.is_active:
        wrong("username", _("账号已停用。"))
    if actor.account is not None and line.account is not None and line.account.pk == actor.account.pk:
        wrong("username", _("不能任命自己，请由另一位安全管理员办理。"))
    line.starts_on = _day(said["starts_on"])
    if said["starts_on"] and line.starts_on is None:
        wrong("starts_on", _("不是日期，应如 2026-03-01。"))
    same = (username, said["division"], said["title"], said["role"])
    if same in seen:
        wrong("username", _("与第 %(row)d 行重复。") % {"row": seen[same]})
    seen.setdefault(same, line.row.number)


def _seat(line: Line, here: list[Post], sitting: dict[int, list[Tenure]]) -> None:
    """Find the seat: one that he has already, an empty one, or a new one."""
    for post in here:
        if line.account and any(tenure.account_id == line.account.pk for tenure in sitting.get(post.pk, ())):
            line.post, line.outcome = post, "unchanged"
            return
    line.outcome = "appointed" if line.account else "opened"
    line.post = next((post for post in here if not sitting.get(post.pk)), None)
    if line.post is not None:
        here.remove(line.post)  # the next row takes another


def _separate(line: Line, spans: dict[str, list[Span]]) -> None:
    """Hold the three administrations apart, over what he has and every row of his."""
    assert line.role is not None
    if not spheres(line.role.permissions):  # adds nothing to any of the three
        return
    username = line.row.values["username"].lower()
    if username not in spans:
        spans[username] = spans_of(line.account) if line.account else []
    spans[username].append(Span(frozenset(line.role.permissions), begin_of(line), None))
    try:
        check_separation(spans[username])
    except ValidationError as error:
        line.outcome = "wrong"
        line.problems.append(Problem(HEADS["role"][0], line.row.values["role"], error.messages[0]))


def begin_of(line: Line) -> datetime:
    """Return the minute from which a row's seat is held: midnight of its day, now where it names none."""
    if line.starts_on is None:
        return timezone.now()
    return timezone.make_aware(datetime.combine(line.starts_on, datetime.min.time()))


def _by_code(codes: Iterable[str]) -> dict[str, Division]:
    return {division.code: division for division in Division.objects.filter(code__in=set(codes))}


def _text(cell: Any) -> str:
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _day(text: str) -> date | None:
    return day_of(text.replace("/", "-").replace(".", "-")) if text else None
