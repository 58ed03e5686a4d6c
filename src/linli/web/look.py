"""How a visitor wants pages to look: light or dark, size of type, contrast; kept in one cookie, no account needed."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COOKIE = "linli_look"
A_YEAR = 365 * 24 * 3600

# choice, its legend, and its values with their words; the first value is what holds without a choice
CHOICES: tuple[tuple[str, str | Promise, tuple[tuple[str, str | Promise], ...]], ...] = (
    ("size", _("字号"), (("normal", _("标准")), ("large", _("长辈版")))),
    ("theme", _("明暗"), (("auto", _("跟随设备")), ("light", _("明")), ("dark", _("暗")))),
    ("contrast", _("对比度"), (("normal", _("标准")), ("high", _("高对比")))),
)
_VALUES = {name: tuple(value for value, _words in values) for name, _legend, values in CHOICES}


@dataclass(frozen=True)
class Look:
    """One value for each of `CHOICES`."""

    size: str = "normal"
    theme: str = "auto"
    contrast: str = "normal"

    @property
    def choices(self) -> list[dict[str, object]]:
        """What the form of the header offers."""
        return [
            {
                "name": name,
                "legend": legend,
                "values": [
                    {"value": value, "words": words, "chosen": getattr(self, name) == value} for value, words in values
                ],
            }
            for name, legend, values in CHOICES
        ]

    def changed(self, name: str, value: str) -> Look:
        """Return the look with one choice made; what is no choice changes nothing."""
        return replace(self, **{name: value}) if value in _VALUES.get(name, ()) else self

    def keep(self, response: HttpResponse) -> None:
        """Put the look into the answer's cookie."""
        response.set_cookie(
            COOKIE, ".".join(getattr(self, part.name) for part in fields(self)), max_age=A_YEAR, samesite="Lax"
        )


def look_of(request: HttpRequest) -> Look:
    """Return the look that the visitor's cookie names; a broken cookie counts as none."""
    look = Look()
    for part, value in zip(fields(look), request.COOKIES.get(COOKIE, "").split("."), strict=False):
        look = look.changed(part.name, value)
    return look
