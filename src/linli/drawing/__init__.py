"""Maps and charts as PNG, SVG and PDF, in one palette and one typeface; nothing is loaded before a module is named."""
