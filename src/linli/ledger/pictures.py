"""A proof as a QR code, which one photographs and keeps."""

from __future__ import annotations

import io


def qr_of(proof: str) -> bytes:
    """Return the QR code of a proof as SVG."""
    import segno

    target = io.BytesIO()
    made = segno.make(proof, mode="byte", encoding="utf-8", error="l", micro=False, boost_error=False)
    made.save(target, kind="svg", scale=3, border=4, light="#fff", xmldecl=False)
    return target.getvalue()
