"""Maps and charts as PNG, SVG and PDF, in one palette and one typeface."""

from __future__ import annotations

from linli.drawing.charts import Band, bar_chart
from linli.drawing.maps import draw_blocks, draw_plan, is_demo
from linli.drawing.page import DEMO_NOTE, NOTE

__all__ = ["DEMO_NOTE", "NOTE", "Band", "bar_chart", "draw_blocks", "draw_plan", "is_demo"]
