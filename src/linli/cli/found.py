"""`linli found`: the district of a new site, with its three administrators; also a way back in for one of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from linli.cli.common import Json, note, print_json
from linli.errors import InputError


def command(
    district: Annotated[str, typer.Argument(metavar="DISTRICT", help="区名 / name of the district: 云川区")] = "",
    code: Annotated[str, typer.Option(help="12位区划代码 / its 12-digit code")] = "",
    system: Annotated[str, typer.Option(help="系统管理员姓名 / who tends the machine")] = "",
    security: Annotated[str, typer.Option(help="安全管理员姓名 / who opens accounts and appoints")] = "",
    audit: Annotated[str, typer.Option(help="审计管理员姓名 / who reads the ledger")] = "",
    since: Annotated[str, typer.Option(help="设立日期 / founded on YYYY-MM-DD; today where not given")] = "",
    english: Annotated[str, typer.Option(help="英文名 / name in English")] = "",
    password_for: Annotated[str, typer.Option(help="账号 / give this account a new password instead")] = "",
    json: Json = False,
) -> None:
    """建站 / Found the district of an empty site and print its administrators' passwords, which work once.

    Three persons: who grants rights must not tend the record of it (三员分立). Where one of them has lost his password
    and no other can help, `--password-for xitong` gives a new one; the ledger shows that it was done at the machine.

    Example: linli found 云川区 --code 539901000000 --system 钱六 --security 孙七 --audit 李八
    """
    from linli.web.start import start_django

    start_django()
    from django.core.exceptions import ValidationError
    from django.utils import timezone

    from linli.org.actions import reset_password
    from linli.org.actions.found_site import found_site
    from linli.org.actors import SYSTEM
    from linli.org.models import Account
    from linli.web.upkeep.upgrading import upgrade

    upgrade(tell=note)
    try:
        if password_for:
            account = Account.objects.filter(username=password_for).first()
            if account is None:
                raise InputError("there is no such account", field="--password-for", value=password_for)
            passwords = {password_for: reset_password(SYSTEM, account=account)}
        else:
            passwords = found_site(
                SYSTEM, name=district, name_en=english, code=code,
                valid_from=_day(since) if since else timezone.localdate(),
                people={"xitong": system, "anquan": security, "shenji": audit},
            )  # fmt: skip
    except ValidationError as error:
        raise InputError("; ".join(error.messages), advice="see linli found --help") from None
    if json:
        print_json({"passwords": passwords})
        return
    print("一次性密码，首次登录须修改 / passwords that work once, to be changed at the first sign-in:")
    for username, password in passwords.items():
        print(f"  {username:<8} {password}")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InputError("a day is written YYYY-MM-DD", field="--since", value=text) from None
