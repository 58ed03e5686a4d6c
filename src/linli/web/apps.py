"""The site as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base pages, health, the look."""

    name = "linli.web"
    label = "web"
