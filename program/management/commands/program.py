from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import LoyaltyError
from program import blueprint


class Command(BaseCommand):
    help = "Work with a program as a file: apply a blueprint."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        apply = verbs.add_parser(
            "apply", help="make this deployment's program what FOLDER/program.toml says"
        )
        apply.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changes = blueprint.apply(options["folder"], actor="system:program")
        except LoyaltyError as error:
            raise CommandError(error.message) from error
        for change in changes:
            self.stdout.write(f"  {change}")
        self.stdout.write(
            f"{len(changes)} changes."
            if changes
            else "Nothing to change: the program says this already."
        )
