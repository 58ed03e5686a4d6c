"""Errors of the interface for programs, all in the form of RFC 9457 (`application/problem+json`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.errors import InputError

FORM = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """A kind of error: its code, the HTTP status, what it is called, what to do."""

    code: str
    status: int
    title: str | Promise
    detail: str | Promise


KINDS = (
    Kind("unreadable", 400, gettext_lazy("请求读不懂"), gettext_lazy("正文应是合法的JSON或表单，参见 /api/")),
    Kind(
        "no-token", 401, gettext_lazy("没有有效的令牌"),
        gettext_lazy("请在请求头写 Authorization: Bearer 令牌；令牌可能已过期或已撤销"),
    ),
    Kind("missing-scope", 403, gettext_lazy("令牌没有这个权限范围"), gettext_lazy("请签发含有该权限范围的令牌")),
    Kind("not-found", 404, gettext_lazy("没有找到"), gettext_lazy("不存在，或不在您的辖区内")),
    Kind("method", 405, gettext_lazy("这个地址不支持此方法"), gettext_lazy("支持的方法见响应头 Allow")),
    Kind("refused", 409, gettext_lazy("现在不能这样做"), gettext_lazy("原因见 errors")),
    Kind("malformed", 422, gettext_lazy("参数不对"), gettext_lazy("哪一项不对见 errors")),
    Kind("too-often", 429, gettext_lazy("请求太频繁"), gettext_lazy("请在响应头 Retry-After 所说的秒数后再试")),
)  # fmt: skip
BY_CODE = {kind.code: kind for kind in KINDS}

# of pydantic's many kinds of error those that a caller meets
WORDS: tuple[tuple[str, str | Promise], ...] = (
    ("missing", gettext_lazy("缺少这一项")),
    ("extra_forbidden", gettext_lazy("没有这个参数")),
    ("date", gettext_lazy("应是日期，如2026-01-31")),
    ("int", gettext_lazy("应是整数")),
    ("float", gettext_lazy("应是数字")),
    ("finite", gettext_lazy("应是数字")),
    ("bool", gettext_lazy("应是 true 或 false")),
    ("uuid", gettext_lazy("应是UUID")),
    ("literal", gettext_lazy("不在可选的值里")),
    ("greater", gettext_lazy("太小")),
    ("less", gettext_lazy("太大")),
    ("string_too_long", gettext_lazy("太长")),
    ("string_too_short", gettext_lazy("不能为空")),
)

SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "出错时的回答(RFC 9457)· what every error looks like",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "错误种类，指向 /api/ 的说明 · kind of error, explained at /api/"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "scope": {"type": "string", "description": "403:缺少的权限范围 · the scope that is missing"},
    },
}


def answer(
    code: str,
    *,
    detail: str = "",
    errors: Iterable[Mapping[str, str]] = (),
    scope: str = "",
    headers: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return the answer that tells of an error, in the language of the one who asks."""
    kind = BY_CODE[code]
    body: dict[str, Any] = {
        "type": f"/api/#{code}",
        "title": str(kind.title),
        "status": kind.status,
        "detail": detail or str(kind.detail),
        "errors": list(errors),
    }
    if scope:
        body["scope"] = scope
    return JsonResponse(
        body,
        status=kind.status,
        content_type=FORM,
        headers=dict(headers or {}),
        json_dumps_params={"ensure_ascii": False},
    )


def errors_of(found: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Say pydantic's errors in our words: which field, what is wrong."""
    told = []
    for error in found:
        field = ".".join(str(part) for part in error["loc"][1:] if part not in ("paged", "asked", "body"))
        wrong = next((words for start, words in WORDS if str(error["type"]).startswith(start)), None)
        told.append({"field": field, "message": str(wrong) if wrong else _("写法不对")})
    return told


def errors_in(error: ValidationError) -> list[dict[str, str]]:
    """Return what an action refuses, by field; '' stands for the whole."""
    if hasattr(error, "error_dict"):
        return [
            {"field": "" if field == NON_FIELD_ERRORS else field, "message": str(message)}
            for field, messages in error.message_dict.items()
            for message in messages
        ]
    return [{"field": "", "message": str(message)} for message in error.messages]


def errors_of_input(error: InputError) -> list[dict[str, str]]:
    """Say what is wrong with a file, and what to do."""
    advice = f" → {error.advice}" if error.advice else ""
    return [{"field": str(error.where.get("field", "")), "message": f"{error.message}{advice}"}]


def describe(schema: dict[str, Any]) -> None:
    """Add to a description of the interface the errors of each operation, and that some need no token."""
    schema["components"]["schemas"]["Problem"] = SCHEMA
    for address, methods in schema["paths"].items():
        for operation in methods.values():
            _sayable(schema, operation)
            public = "public" in operation.get("tags", ())
            if public:
                operation["security"] = [{}, *operation.get("security", [])]
            codes = ["no-token", "malformed", "too-often"]
            codes += [] if public else ["missing-scope"]
            codes += ["not-found"] if "{" in address or not public else []
            codes += ["unreadable", "refused"] if "requestBody" in operation else []
            for kind in KINDS:
                if kind.code in codes:
                    operation["responses"][str(kind.status)] = {
                        "description": kind.code,
                        "content": {FORM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                    }


def _sayable(schema: dict[str, Any], operation: dict[str, Any]) -> None:
    """Take out what an address or a form cannot say: null, which it leaves out, and a file without a byte."""
    parts = [one["schema"] for one in operation.get("parameters", ())]
    for form in operation.get("requestBody", {}).get("content", {}).values():
        body = form["schema"]
        body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]] if "$ref" in body else body
        parts += body.get("properties", {}).values()
    for part in parts:
        kinds = [kind for kind in part.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del part["anyOf"]
            part.update(kinds[0])
        if part.get("format") == "binary" or "contentMediaType" in part:
            part["minLength"] = 1
