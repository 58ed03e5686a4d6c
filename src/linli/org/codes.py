"""The codes of divisions: 12 digits of the statistics side, longer for grids, temporary until it gives one."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from linli.org.models import Division, DivisionCode

# by level: how a formal code looks, and how many of its leading digits are the parent's
SHAPES = {
    "district": (re.compile(r"[1-9]\d{5}0{6}"), 0),
    "street": (re.compile(r"[1-9]\d{5}(?!000)\d{3}000"), 6),
    "community": (re.compile(r"[1-9]\d{5}(?!000)\d{3}(?!000)\d{3}"), 9),
    "grid": (re.compile(r"[1-9]\d{5}(?!000)\d{3}(?!000)\d{3}\d{2,8}"), 12),
}


def check_code(code: str, kind: str, parent: Division | None) -> None:
    """Refuse a formal code that does not fit its level or its parent.

    Raises
    ------
    django.core.exceptions.ValidationError
        The code has the wrong shape, lies outside the parent, or is taken.
    """
    shape, shared = SHAPES[kind]
    if not shape.fullmatch(code):
        raise ValidationError(
            _("区划代码 %(code)s 不合规则：区、街道、社区 12 位数字，网格在社区代码后加 2–8 位。请核对统计部门的代码。")
            % {"code": code},
            code="code_shape",
        )
    if parent and not parent.temporary and code[:shared] != parent.code[:shared]:
        raise ValidationError(
            _("区划代码 %(code)s 不在 %(parent)s(%(parent_code)s)之下。请核对。")
            % {"code": code, "parent": parent.title, "parent_code": parent.code},
            code="code_parent",
        )


def check_free(code: str, division: Division | None = None) -> None:
    """Refuse a code that another division bears or has borne."""
    others = DivisionCode.objects.filter(code=code)
    holders = Division.objects.filter(code=code)
    if division is not None:
        others, holders = others.exclude(division=division), holders.exclude(pk=division.pk)
    if others.exists() or holders.exists():
        raise ValidationError(_("区划代码 %(code)s 已被使用过，不能重复。") % {"code": code}, code="code_taken")


def temporary_code(parent: Division | None) -> str:
    """Return the next free temporary code below a division: T, the parent's number, a running number."""
    stem = f"T{parent.pk if parent else 0:06d}"
    taken = set(DivisionCode.objects.filter(code__startswith=stem).values_list("code", flat=True)) | set(
        Division.objects.filter(code__startswith=stem).values_list("code", flat=True)
    )
    return next(code for n in range(1, 1_000_000) if (code := f"{stem}{n:03d}") not in taken)


def code_on(division: Division, day: date) -> str:
    """Return the code that a division bears on a day; its present one where no history is kept."""
    for kept in sorted(division.codes.all(), key=lambda found: (found.valid_from, found.pk), reverse=True):
        if kept.valid_from <= day and (kept.valid_to is None or kept.valid_to > day):
            return kept.code
    return division.code
