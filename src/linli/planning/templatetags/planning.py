"""What small maps of communities stand on."""

from __future__ import annotations

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from linli.planning.outlines import Drawing

register = template.Library()


@register.simple_tag(takes_context=True)
def ground_of(context: template.Context, drawing: Drawing) -> SafeString:
    """Return the pictures of streets where they lie on a drawing of communities."""
    rows = []
    for one in context["under_maps"].pictures:
        left, top = drawing.place(one.west, one.north)
        right, bottom = drawing.place(one.east, one.south)
        rows.append((one.address, f"{left:.1f}", f"{top:.1f}", f"{right - left:.1f}", f"{bottom - top:.1f}"))
    return format_html_join(
        "", '<image href="{}" x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none"></image>', rows
    )
