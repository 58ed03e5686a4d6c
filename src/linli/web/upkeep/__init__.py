"""Keeping a site: serving it, upgrading it, backing it up, restoring it."""
