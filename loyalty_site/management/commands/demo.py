from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from loyalty_site.demo import ports, show


class Command(BaseCommand):
    help = "Runs a populated portal on this machine: web server, worker, beat. Ctrl-C stops it."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default="8000", help="on 127.0.0.1")
        parser.add_argument(
            "--fresh", action="store_true", help="forget the demo's data and start over"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        show.run(port=ports.parse(options["port"]), is_fresh=options["fresh"])
