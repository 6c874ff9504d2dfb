from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from loyalty_site import env


class Command(BaseCommand):
    help = "Writes .env.example from the variables that the settings read."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        (env.ROOT / ".env.example").write_text(env.example(), encoding="utf-8")
        self.stdout.write("Wrote .env.example")
