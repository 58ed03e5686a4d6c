#!/usr/bin/env python3
"""核验一条记录确在台账中 / Check that an entry stands in a ledger, offline, with Python alone.

用法 / usage:  python check_proof.py PROOF KEY [ENTRY]

PROOF  证明文件 / the proof, saved from the entry's page or read from its QR code
KEY    台账公钥，一行 / the ledger's public key in one line, from a source that you trust (a printed paper, a newspaper)
ENTRY  该条记录（JSON）/ the entry itself: checks also that it reads as it was recorded
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

FIELDS = ("seq", "at", "actor", "post", "verb", "object", "before", "after", "public", "content", "salt")

# Ed25519 (RFC 8032) ------------------------------------------------------------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1
Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    """Add two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    """Add a point to itself so many times."""
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_of(data: bytes) -> Point | None:
    """Read a point; None where the bytes are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature of 64 bytes is that of a key of 32 bytes under a message."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or BASE is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    one, two = times(s, BASE), add(r, times(h, a))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


# the tree (RFC 6962) and the texts (C2SP) --------------------------------------------------------------------------
def root_from(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Reckon the root from a leaf and its path; None where the path has another length than it must."""
    root, last = hashlib.sha256(b"\0" + leaf).digest(), size - 1
    for step in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            root = hashlib.sha256(b"\1" + step + root).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\1" + root + step).digest()
        index, last = index >> 1, last >> 1
    return root if last == 0 else None


def checked(proof: str, line: str, entry: dict[str, Any] | None = None) -> str:
    """Return what a proof shows, in words; raise ValueError where it shows nothing."""
    head, note = proof.split("\n\n", 1)
    kind, extra, index, *path = head.split("\n")
    text, below = note.rsplit("\n\n", 1)
    origin, size, root = text.split("\n")[:3]
    if kind != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
        raise ValueError("不是证明文件 / this is no proof")
    name, told, data = line.strip().split("+", 2)
    key = base64.b64decode(data)
    if hashlib.sha256(f"{name}\n".encode() + key).hexdigest()[:8] != told or key[:1] != b"\1" or origin != name:
        raise ValueError("公钥不对 / not the key of this ledger")
    lines = [one.split(" ") for one in below.strip("\n").split("\n")]
    signatures = [base64.b64decode(one[2]) for one in lines if one[:2] == ["—", name] and len(one) == 3]
    if not any(one[:4].hex() == told and signed(key[1:], f"{text}\n".encode(), one[4:]) for one in signatures):
        raise ValueError("签名不对 / the signature is wrong")
    leaf, number = base64.b64decode(extra[6:]), int(index[6:])
    if not 0 <= number < int(size):
        raise ValueError("序号不对 / the index is wrong")
    if root_from(leaf, number, int(size), [base64.b64decode(one) for one in path]) != base64.b64decode(root):
        raise ValueError("不在台账中 / it does not stand in the ledger")
    digest = leaf.decode().split(":")[1]
    if entry is not None:
        fields = "\n".join(str(entry[name]) for name in FIELDS)
        if hashlib.sha256(fields.encode()).hexdigest() != digest or entry["seq"] != number + 1:
            raise ValueError("记录与证明不符 / the entry is not the one that is proven")
    return f"第{number + 1}条在台账中，台账共{size}条 / entry {number + 1} of {size} stands in {origin}: {digest}"


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    try:
        held = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8")) if len(sys.argv) == 4 else None
        print("✓", checked(Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2], held))
    except (ValueError, KeyError, IndexError) as error:
        sys.exit(f"✗ {error}")
