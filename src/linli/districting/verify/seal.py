"""Check the seal of a plan file: the SHA-256 of its bytes, with the 64 digits of the seal itself read as zeros."""

from __future__ import annotations

import hashlib
import re

from linli.districting.verify.findings import Finding

MARKER = b"linli-seal-sha256:"
DIGITS = re.compile(rb"[0-9a-f]{64}")


def check_seal(data: bytes, stored: str | None) -> Finding:
    """Compare the seal with the bytes of the file.

    Parameters
    ----------
    data
        The whole file.
    stored
        What the layer `seal` holds; None where it cannot be read.

    Returns
    -------
    Finding
        A fault unless the marker stands once in the file, is followed by 64 lower-case hex digits, is what the
        layer `seal` holds, and the digits are those of the file.
    """
    found = data.count(MARKER)
    if found != 1:
        return _broken(f"封印标记出现 {found} 次,应为 1 次。", f"The seal's marker stands {found} times, not once.")
    start = data.index(MARKER) + len(MARKER)
    digits = data[start : start + 64]
    if not DIGITS.fullmatch(digits):
        return _broken("封印不是 64 位十六进制数。", "The seal is not 64 lower-case hexadecimal digits.")
    if stored != (MARKER + digits).decode("ascii"):
        return _broken("seal 图层中的封印与文件中的不符。", "The layer seal holds another seal than the file.")
    actual = hashlib.sha256(data[:start] + b"0" * 64 + data[start + 64 :]).hexdigest()
    if actual != digits.decode("ascii"):
        return Finding(
            "seal",
            "fault",
            "封印不符:文件在写出后被改动过(用 QGIS 打开也会改动,请打开副本)。",
            "The seal does not match: the file was changed after it was written (opening it in QGIS does so too: "
            "open a copy).",
            {"stated": digits.decode("ascii"), "found": actual},
        )
    return Finding(
        "seal",
        "ok",
        "封印相符:文件自写出后一字节未改(封印防改动,不是签名)。",
        "The seal matches: not a byte changed since the file was written (a seal is no signature).",
        {"sha256": actual},
    )


def _broken(chinese: str, english: str) -> Finding:
    return Finding("seal", "fault", chinese, english, {})
