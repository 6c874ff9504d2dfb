from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from common.errors import LoyaltyError
from program import blueprint, scenarios


class Command(BaseCommand):
    help = "Work with a program as a file: apply it, test it, print its schema."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        apply = verbs.add_parser(
            "apply", help="make this deployment's program what FOLDER/program.toml says"
        )
        apply.add_argument("folder", type=Path)
        test = verbs.add_parser(
            "test", help="play the scenarios beside a blueprint; nothing is changed"
        )
        test.add_argument("folder", type=Path)
        test.add_argument("--only", default="", help="scenarios whose file name holds this")
        schema = verbs.add_parser("schema", help="print the JSON Schema of blueprints, for editors")
        schema.add_argument("--scenario", action="store_true", help="that of scenarios instead")

    def handle(self, *args: Any, **options: Any) -> None:
        verb = {"apply": self._apply, "test": self._test, "schema": self._schema}[options["verb"]]
        try:
            verb(options)
        except LoyaltyError as error:
            raise CommandError(error.message) from error

    def _apply(self, options: dict[str, Any]) -> None:
        changes = blueprint.apply(options["folder"], actor="system:program")
        for change in changes:
            self.stdout.write(f"  {change}")
        self.stdout.write(
            f"{len(changes)} changes."
            if changes
            else "Nothing to change: the program says this already."
        )

    def _test(self, options: dict[str, Any]) -> None:
        paths = [
            path for path in scenarios.paths(options["folder"]) if options["only"] in path.name
        ]
        if not paths:
            raise CommandError(
                f"There are no scenarios in {options['folder']}/scenarios. Write one."
            )
        failed = total = 0
        for path in paths:
            self.stdout.write(path.name)
            for verdict in scenarios.run(options["folder"], path):
                total += 1
                failed += not verdict.holds
                self._judge(verdict)
        if failed:
            raise CommandError(f"{failed} of {total} expectations failed.")
        self.stdout.write(f"All {total} expectations hold.")

    def _judge(self, verdict: scenarios.Verdict) -> None:
        if verdict.holds:
            self.stdout.write(f"  ok    {verdict.place}: {verdict.expected}")
            return
        self.stdout.write(f"  FAIL  {verdict.place}: {verdict.expected}, but found {verdict.found}")
        for line in verdict.because:
            self.stdout.write(f"          {line}")

    def _schema(self, options: dict[str, Any]) -> None:
        kind = scenarios.type_of() if options["scenario"] else blueprint.type_of()
        self.stdout.write(json.dumps(msgspec.json.schema(kind), indent=2))
