"""A QR code of an address, as a picture in a page."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe


def qr_of(address: str) -> SafeString:
    """Return the code as SVG of the class `qr`, as large as its place."""
    import segno

    made = segno.make(address, error="m", micro=False)
    return mark_safe(made.svg_inline(scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True))
