from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from points import audit


class Command(BaseCommand):
    help = "Check every invariant of the ledger. Exit status 1 when one is broken, naming the rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--most", type=int, default=20, help="print at most so many faults (default 20)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for fault in audit.check():
            count += 1
            if count <= options["most"]:
                self.stderr.write(f"{fault.invariant}: {fault.row}: {fault.found}")
        if count:
            raise CommandError(f"The books do not balance: {count} faults.")
        self.stdout.write(f"The books balance: {len(audit.invariants())} invariants hold.")
