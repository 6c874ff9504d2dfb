from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from loyalty_site import jobs


class Command(BaseCommand):
    help = "Brings database and static files up to date. Run it at every release; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        verbosity = options["verbosity"]
        call_command("migrate", interactive=False, verbosity=verbosity)
        if "db.DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
            call_command("createcachetable", verbosity=verbosity)
        if not settings.IS_LOCAL:  # elsewhere files are served from where they are
            call_command("collectstatic", interactive=False, clear=True, verbosity=verbosity)
        version = jobs.install()
        if verbosity:
            self.stdout.write(f"The job queue (pgmq {version}) is in place.")
