"""Blocks, compounds, buildings, facilities, counts by 口径, and the community that a block belongs to on a date."""
