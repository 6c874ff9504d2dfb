from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import LoyaltyError
from program import verbs
from program.verbs import Progress

PATIENCE_S = 2  # what is done sooner needs no report of progress
PAUSE_S = 1


class Command(BaseCommand):
    help = "Work with a program as a file: apply it, compare it, test it, replay the past under it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        names = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for verb in verbs.known().values():
            verb.arguments(names.add_parser(verb.name, help=verb.help))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verbs.known()[options["verb"]].run(options, self)
        except LoyaltyError as error:
            raise CommandError(error.message) from error

    def line(self, text: str = "") -> None:
        self.stdout.write(text)

    def progress(self, noun: str) -> Progress:
        """Says how far it has come once that has taken a while, and then every so often."""
        quiet_until = time.monotonic() + PATIENCE_S

        def tell(done: int, total: int) -> None:
            nonlocal quiet_until
            if time.monotonic() > quiet_until:
                quiet_until = time.monotonic() + PAUSE_S
                self.stderr.write(f"  {done:,} of {total:,} {noun}")
                self.stderr.flush()

        return tell
