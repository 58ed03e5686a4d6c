"""The description of the interface, ready to be read: for the page `/api/` and, run as a command, for the documents."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

PREFIX = "/api/v1"


@dataclass(frozen=True)
class Parameter:
    """What an operation takes: where it stands, whether it must be there, what it may be."""

    name: str
    place: str
    required: bool
    kind: str
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation of the interface; `scope` is what it needs, `fields` what an answer, or each row of it, holds."""

    id: str
    method: str
    address: str
    summary: str
    description: str
    public: bool
    scope: str
    parameters: tuple[Parameter, ...]
    fields: tuple[tuple[str, str], ...]


def operations(schema: dict[str, Any]) -> list[Operation]:
    """Return the operations of a description in its order."""
    return [
        _operation(schema, address, method, told)
        for address, methods in schema["paths"].items()
        for method, told in methods.items()
    ]


def _operation(schema: dict[str, Any], address: str, method: str, told: dict[str, Any]) -> Operation:
    taken = [
        Parameter(one["name"], one["in"], one.get("required", False), _kind(schema, one["schema"]), _about(schema, one))
        for one in told.get("parameters", ())
    ]
    for form in told.get("requestBody", {}).get("content", {}).values():
        body = _resolved(schema, form["schema"])
        taken += [
            Parameter(name, "body", name in body.get("required", ()), _kind(schema, one), _about(schema, one))
            for name, one in body.get("properties", {}).items()
        ]
    good = next(one for code, one in told["responses"].items() if code.startswith("2"))
    answer = _resolved(schema, good["content"]["application/json"]["schema"])
    needed = re.search(r"needs `([\w.]+)`", told.get("description", ""), re.IGNORECASE)
    rows = answer.get("properties", {}).get("items")
    shown = _resolved(schema, rows["items"]) if rows else answer
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        address=address,
        summary=_spoken(told.get("summary", "")),
        description=told.get("description", "").replace("`", ""),
        public="public" in told.get("tags", ()),
        scope=needed[1] if needed else "",
        parameters=tuple(taken),
        fields=tuple((name, _kind(schema, one)) for name, one in shown.get("properties", {}).items()),
    )


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    reference = part.get("$ref")
    found: dict[str, Any] = schema["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else part
    return found


def _kind(schema: dict[str, Any], part: dict[str, Any]) -> str:
    """Say in a word or two what a value may be: integer, date, a | b."""
    part = _resolved(schema, part)
    if "anyOf" in part:
        return " | ".join(_kind(schema, one) for one in part["anyOf"])
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if part.get("type") == "array":
        return f"[{_kind(schema, part.get('items', {}))}]"
    return str(part.get("format") or part.get("type") or "any")


def _about(schema: dict[str, Any], part: dict[str, Any]) -> str:
    return _spoken(str(part.get("description") or part.get("schema", {}).get("description") or ""))


def _spoken(words: str) -> str:
    """Return the half of `中文 · English` that the reader's language asks for."""
    chinese, _, english = words.partition(" · ")
    return (english[:1].upper() + english[1:] if english else chinese) if get_language() == "en" else chinese


if __name__ == "__main__":
    from linli.web.start import start_django

    start_django()
    from linli.web.api import schema as description

    json.dump(description(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
