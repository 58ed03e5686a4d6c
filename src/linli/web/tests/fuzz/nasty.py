"""What a form, an address or a program may send that nobody thought of."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

LEFT_OUT, TWICE = "(left out)", "(twice)"  # no text, but what is done with the key
LONE = "\ud800"  # half of a pair of surrogates: JSON can say it, UTF-8 cannot
TEXTS = (
    "", " ", "0", "-1", "²", "١٢", "１２", "1.5", "1e400", "NaN", "-inf", "+1", "1_0", "0x10", "9" * 20, "9" * 5000,
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "2147483648", "null", "true", "[]", "{}",
    "\0", "a\0b", "\x0b", "\x7f", "\u2028", "\u202ea", "\ufeff", "\ufffe", LONE, "字" * 10_000, "\U00030edd\U00020bb7",
    "\U0001f469\u200d\U0001f467", "e\u0301", "\uf900", "\ue000",
    "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30", "2026-W01-1", "20260101", "10000-01-01", "24:00-25:00",
    "00000000-0000-0000-0000-000000000000", "{00000000000000000000000000000000}", "urn:uuid:x",
    "../../etc/passwd", "..", ".", "/", "//host/", "\\", "%", "%00", "%s", "{0}", "{number.__class__}", "$1",
    "'\"<>&;--", "*",
    "_", "(", "a" * 300, "=1+1", "EPSG:99999999", "a\r\nb: c", "2026-01-01 2026-01-02", "999999 99999999999", "-",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, 1e308, "", "²", LONE, "\0", "字" * 10_000, [], [[]], [None], {}, {"a": {}},
    [1] * 300, [True], [10**30], "0000-00-00", "9999-12-31", float("nan"), float("inf"),
)  # fmt: skip
FILES = (
    ("空.xlsx", b""), ("a.xlsx", b"PK\x03\x04 cut"), ("a\0b.csv", b"a,b\n1"), ("x" * 300 + ".geojson", b"{}"),
    ("..", b"\xff\xfe\x00"), ("照片.jpg", b"\xff\xd8\xff\xe0 no picture"), ("a.csv", b"a,b\n\xff\0,\xed\xa0\x80"),
)  # fmt: skip


def query(pairs: list[tuple[str, str]]) -> str:
    """Return pairs as they stand behind an address or in a form's body, halves of surrogates included."""
    return "&".join(f"{_said(name)}={_said(value)}" for name, value in pairs)


def segment(text: str) -> str:
    """Return a text as one part of an address."""
    return _said(text)


def _said(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")
