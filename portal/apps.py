from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The member's front door."""

    name = "portal"
    label = "portal"
