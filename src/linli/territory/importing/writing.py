"""Writing a draft, and taking it back: in a transaction of the caller."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import date
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from linli.org.hanging import hanging_on
from linli.territory.importing.draft import ORDER, Draft
from linli.territory.models import Block, Line
from linli.territory.periods import AT_ONCE, chunks


def write_draft(draft: Draft) -> dict[str, Any]:
    """Write what a draft would change; return what undoing needs, as JSON."""
    undo: dict[str, Any] = {"made": {}, "changed": {}, "gone": {}}
    for model in reversed(ORDER):
        rows = draft.gone[model]
        lines = [] if model is not Block else _lines_of([row.pk for row in rows])
        undo["gone"].setdefault("line", []).extend(_stored(line) for line in lines)
        undo["gone"].setdefault(_name(model), []).extend(_stored(row) for row in rows)
        for keys in chunks([row.pk for row in rows]):
            model._default_manager.filter(pk__in=keys).delete()
    for model in ORDER:
        made = model._default_manager.bulk_create(draft.new[model], batch_size=AT_ONCE)
        undo["made"][_name(model)] = [row.pk for row in made]
        changed = draft.changed[model]
        names = sorted({name for _row, before in changed for name in before})
        undo["changed"][_name(model)] = [
            [row.pk, {name: _to_json(value) for name, value in before.items()}] for row, before in changed
        ]
        if changed:
            model._default_manager.bulk_update([row for row, _before in changed], names, batch_size=100)
    return undo


def pack(undo: dict[str, Any]) -> bytes:
    """Return what undoing needs as it is kept."""
    return zlib.compress(json.dumps(undo, ensure_ascii=False, separators=(",", ":")).encode())


def unpack(content: bytes) -> dict[str, Any]:
    """Read what `pack` wrote."""
    found: dict[str, Any] = json.loads(zlib.decompress(content))
    return found


def take_back(undo: dict[str, Any]) -> None:
    """Restore what stood before an import.

    Raises
    ------
    ValidationError
        Something has come to hang on what the import made.
    """
    made = {name: list(keys) for name, keys in undo["made"].items()}
    for model in ORDER:  # what the import tied to its own rows is let go of first
        for key, before in undo["changed"].get(_name(model), []):
            model._default_manager.filter(pk=key).update(**_read(model, before))
    for model in ORDER:
        if hanging_on(model, made.get(_name(model), []), besides=(Line,), own=made):
            raise ValidationError(
                _("导入的内容上已有归属、房屋、设施、户数或事项：先撤销它们，才能撤销这次导入"), code="depends"
            )
    for model in reversed(ORDER):
        for keys in chunks(made.get(_name(model), [])):
            model._default_manager.filter(pk__in=keys).delete()
    for model in ORDER:
        back = [model(**_read(model, stored)) for stored in undo["gone"].get(_name(model), [])]
        model._default_manager.bulk_create(back, batch_size=AT_ONCE)


def _lines_of(blocks: list[int]) -> list[models.Model]:
    model = apps.get_model("territory", "Line")
    return [
        line
        for keys in chunks(blocks)
        for line in model._default_manager.filter(models.Q(a__in=keys) | models.Q(b__in=keys)).distinct()
    ]


def _name(model: type[models.Model]) -> str:
    return str(model._meta.model_name)


def _stored(row: models.Model) -> dict[str, Any]:
    return {field.attname: _to_json(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _to_json(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    return value.isoformat() if isinstance(value, date) else value


def _read(model: type[models.Model], stored: dict[str, Any]) -> dict[str, Any]:
    """Turn stored values into the columns of a model."""
    found = {}
    for name, value in stored.items():
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)
        if isinstance(value, dict) and set(value) == {"base64"}:
            value = base64.b64decode(value["base64"])
        found[field.attname] = value if field.is_relation else field.to_python(value)
    return found
